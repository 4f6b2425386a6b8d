"""What a scaffolded skeleton looks like: rows and scopes, code lists, the types and fragments of the standard by name, quoting."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from skeletons import ACK, UFTP, compiled, standard_of
from third_party import data

from adapter.scaffold import scaffold, skeleton
from adapter.scaffold.write import scalar
from adapter.text import read_text


def test_points_are_rows_and_options_are_scopes() -> None:
    offer = scaffold(data(*UFTP), "FlexOffer")
    assert '"OfferOption+":\n    each: offer_option\n' in offer
    assert '      "ISP+":\n        rows: isp\n        of:\n          "@Power": power int\n          "@Start": start positive_integer\n' in offer


def test_a_long_code_list_is_named_with_its_size_or_written_on_request() -> None:
    few, every = (skeleton(data(*ACK), "Acknowledgement_Envelope", codes=codes) for codes in ("few", "all"))
    assert "code: code  # code list ReasonCodeTypeList, 166 codes" in few.mapping
    assert "reason_code_type" not in few.types
    assert "code: code reason_code_type\n" in every.mapping
    assert '  reason_code_type:\n    source: ReasonCodeTypeList\n    codes:\n      - "999 A01 ' in every.types


KNOWN = """
standard: new
title: New
types:
  isp: {codec: int, min: "1"}
  accident: {codes: [Available Requested]}
includes:
  payload:
    "@Version": version
    "@SenderDomain": sender
    "@RecipientDomain": recipient
    "@TimeStamp": created instant
    "@MessageID": message_id uuid
    "@ConversationID": conversation uuid
envelopes:
  payload:
    relate:
      - same: {message_id: id, created: created, conversation: conversation, version: version}
      - identifier: {id: sender, as: DNS, is: sender}
"""


def test_types_and_fragments_of_the_standard_are_used_by_name() -> None:
    made = skeleton(data(*UFTP), "FlexRequest", standard="new", against=standard_of(text=KNOWN))
    assert 'envelope: payload\nidentity: [sender, message_id, revision]\nxml:\n  "+payload":\n  "@ISP-Duration": isp_duration duration\n' in made.mapping
    assert '"@Start": start isp' in made.mapping
    assert "{var: disposition, codes: [Available, Requested]}" in made.mapping  # equal codes under a name that has nothing to do with it
    assert "keep:\n  recipient: new:recipient\n  isp_duration:" in made.mapping
    compiled(made, standard_of(made, text=KNOWN))


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_every_scalar_reads_back_as_itself(text: str) -> None:
    assert read_text(f"a: {scalar(text, flow=False)}\nb: {{{scalar(text + '?')}: {scalar(text)}}}\n", "x")["a"] == text
    assert read_text(f"b: {{{scalar(text + '?')}: {scalar(text)}}}\n", "x").table("b") == {text + "?": text}
