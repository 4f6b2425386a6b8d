"""Translations of limits, operating envelope ↔ SPINE limit: one row is one limit, and what cannot be said is refused."""

from __future__ import annotations

import pytest
from cases import NOW
from leafwalk import LEAVES, xml_leaves
from translating import partner, result, source, translator

from adapter.errors import EncodeError, LowerError
from adapter.partners import Profile
from adapter.pipeline import translate


def envelope(**change: tuple[bytes, bytes]) -> bytes:
    text = source("envelope_to_spine")
    for old, new in change.values():
        assert old in text
        text = text.replace(old, new)
    return text


def test_an_envelope_of_one_row_is_a_limit_in_watt() -> None:
    leaves = LEAVES["ship"](result("envelope_to_spine").documents[0].data)
    stem = "/datagram/payload/cmd/loadControlLimitListData/loadControlLimitData"
    assert (leaves[f"{stem}/limitId"], leaves[f"{stem}/value/number"], leaves[f"{stem}/value/scale"]) == (0, 11500, 0)
    assert leaves["/datagram/header/cmdClassifier"] == "write"


def test_a_reduction_is_no_limit() -> None:
    with pytest.raises(LowerError, match="the power it is reduced from is not said"):
        translator("envelope_to_spine")(envelope(schedule=(b">load<", b">loadReduction<")))


SECOND = b"<Point><position>2</position><max_Quantity.quantity>7</max_Quantity.quantity></Point></Period>"


def test_several_rows_are_refused_unless_the_partner_names_one() -> None:
    document = envelope(step=(b"PT24H", b"PT12H"), more=(b"</Period>", SECOND))
    with pytest.raises(LowerError, match=r"has 2 rows, and the target carries one limit: add `row: N` \(1 to 2\)"):
        translator("envelope_to_spine")(document)
    named = Profile("named", {**partner("envelope_to_spine", "to").entries, "row": "2"})
    translation = translator("envelope_to_spine", to_partner=named)(document)
    assert LEAVES["ship"](translation.documents[0].data)["/datagram/payload/cmd/loadControlLimitListData/loadControlLimitData/value/number"] == 7000
    assert any(loss.value == "2 rows" and loss.became == "row 2" for loss in translation.loss)


def test_a_limit_nobody_described_is_refused() -> None:
    with pytest.raises(LowerError, match=r"no limit description with .* is known: send loadControlLimitDescriptionListData"):
        translate(
            source("envelope_to_spine"),
            "spine:load_control_limits",
            from_profile=partner("envelope_to_spine", "from"),
            to_profile=partner("envelope_to_spine", "to"),
            now=NOW,
        )


def limit(change: bytes, by: bytes) -> bytes:
    text = source("limit_to_envelope")
    assert change in text
    return text.replace(change, by)


def test_a_relative_end_is_anchored_in_the_message_and_listed() -> None:
    translation = translator("limit_to_envelope")(limit(b'"endTime": "2026-05-04T09:00:00Z"', b'"endTime": "PT3H"'))
    leaves = xml_leaves(translation.documents[0].data)
    period = "/RECMMOE_Envelope/MarketDocument[1]/TimeSeries_Series[1]/Series[1]/Period[1]/timeInterval[1]"
    expected = xml_leaves(result("limit_to_envelope").documents[0].data)
    assert leaves[f"{period}/end[1]/text()"] == expected[f"{period}/end[1]/text()"]
    assert [(loss.value, loss.became) for loss in translation.loss if "became an instant" in loss.reason] == [("PT3H", "2026-05-04T09:00:00Z")]


@pytest.mark.parametrize(
    ("change", "by", "says"),
    [
        (b', {"endTime": "2026-05-04T09:00:00Z"}', b"", "the limit holds without end"),
        (b'{"isLimitActive": true}', b'{"isLimitActive": false}', "an envelope is always in force"),
        (b'"endTime": "2026-05-04T09:00:00Z"', b'"endTime": "P1M"', "P1M"),
    ],
)
def test_a_limit_that_is_no_envelope_is_refused(change: bytes, by: bytes, says: str) -> None:
    with pytest.raises(LowerError, match=says):
        translator("limit_to_envelope")(limit(change, by))


def test_an_end_of_seconds_does_not_fit_a_document_of_minutes() -> None:
    with pytest.raises(EncodeError, match="is not a whole minute"):
        translator("limit_to_envelope")(limit(b"09:00:00Z", b"09:00:30Z"))
