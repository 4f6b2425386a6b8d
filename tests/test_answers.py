"""The answer to each golden document, taken or refused, in its own standard: read back by us, and judged by the schema where there is one."""

from __future__ import annotations

import pytest
from cases import NOW, WIRES, Case, bad_cases, golden_cases
from mutants.messages import MESSAGES

from adapter import pipeline
from adapter.errors import Fault, HubError
from adapter.library import library
from adapter.partners import Profile
from adapter.pipeline import Decoded, Document, Lifted

ORACLES = {message.mapping: message.oracle for message in MESSAGES if message.syntax == "xml"}

# Documents that say too little to be answered in their standard: to whom, or about what.
UNANSWERABLE = {
    "cim/recmmoe/wire_blocks.xml": "names no parties, which this message may leave out",
    "cim/recmmoe/wire_empty.xml": "names no parties, which this message may leave out",
    "cim/recmmoe/bad/envelope_without_document.xml": "has no header",
    "cim/vhd_v1_04/bad/envelope_without_document.xml": "has no header",
    "cim/eflex_request/bad/identifier_is_empty.xml": "has no identifier",
    "cim/rsm_012/bad/sender_of_seventeen_characters.xml": "has no sender",
    "uftp/flex_request/bad/domain_has_capitals.xml": "has no sender",
    "uftp/flex_request/bad/message_id_is_no_uuid.xml": "has no identifier",
    "uftp/flex_request/bad/several_faults_at_once.xml": "has no identifier",
}


def known(case: Case) -> bool:
    """A document whose message is recognised: nothing else can be answered."""
    try:
        pipeline.decode(case.data)
    except HubError:
        return False
    return True


CASES = [case for case in [*golden_cases(), *bad_cases()] if case.wire.suffix in WIRES and known(case)]
ANSWERED = [case for case in CASES if case.id not in UNANSWERABLE]
each = pytest.mark.parametrize("case", ANSWERED, ids=lambda case: case.id)


def profile(case: Case) -> Profile:
    """What the case says, and the number that the hub counts its datagrams with."""
    return Profile(case.profile.name, {**case.profile.entries, "values.counter": "7"})


def faults(case: Case, decoded: Decoded) -> list[Fault]:
    try:
        lifted = pipeline.lift_decoded(decoded, profile=case.profile, context=case.context(), now=NOW)
        pipeline.validate(lifted).raise_if_refused(lifted.mapping)
    except HubError as error:
        return list(error.faults)
    return []


def answer(case: Case) -> tuple[list[Fault], Document | None]:
    decoded = pipeline.decode(case.data)
    found = faults(case, decoded)
    return found, pipeline.answer(decoded, found, profile=profile(case), now=NOW)


def read_back(case: Case, document: Document) -> Lifted:
    lifted = pipeline.lift(document.data, profile=profile(case), now=NOW)
    pipeline.validate(lifted).raise_if_refused(lifted.mapping)
    return lifted


@each
def test_an_answer_says_whether_the_document_was_taken_and_why_not(case: Case) -> None:
    found, document = answer(case)
    if document is None:
        return
    said = read_back(case, document).message.envelope.values
    assert said["result"] == ("hub:Rejected" if found else "hub:Accepted")
    reason = said.get("reason") or ""
    assert str(found[0])[:100] in reason if found else not reason


@each
def test_an_answer_goes_back_to_the_sender_and_names_its_message(case: Case) -> None:
    _, document = answer(case)
    if document is None or case.wire.parent.name == "bad":
        return
    asked = pipeline.lift(case.data, profile=case.profile, context=case.context(), now=NOW).message.envelope.values
    said = read_back(case, document).message.envelope.values
    assert said["reference"] == asked["id"]
    assert (said.get("sender"), said.get("receiver")) == (asked.get("receiver"), asked.get("sender"))
    assert said.get("conversation") == asked.get("conversation")


@each
def test_the_schema_takes_our_answers(case: Case) -> None:
    _, document = answer(case)
    oracle = ORACLES.get(f"{document.standard}:{document.message}") if document is not None else None
    if document is not None and oracle is not None:
        assert oracle(document.data) == ""


@each
def test_the_same_document_is_answered_by_the_same_bytes(case: Case) -> None:
    assert answer(case)[1] == answer(case)[1]


@pytest.mark.parametrize("name", UNANSWERABLE)
def test_a_document_that_says_too_little_is_not_answered_by_a_guess(name: str) -> None:
    (case,) = [case for case in CASES if case.id == name]
    with pytest.raises(HubError):
        answer(case)


def test_a_refused_datagram_is_answered_even_when_no_answer_was_asked_for() -> None:
    (case,) = [case for case in CASES if case.id == "spine/measurements/wire_plain.json"]
    decoded = pipeline.decode(case.data)
    assert pipeline.answer(decoded, profile=profile(case), now=NOW) is None
    refused = pipeline.answer(decoded, [Fault("/datagram", "is refused")], profile=profile(case), now=NOW)
    assert refused is not None
    assert read_back(case, refused).message.envelope.values["reason"] == "/datagram: is refused"


def test_a_long_reason_is_cut_to_the_place_it_has() -> None:
    (case,) = [case for case in CASES if case.id == "cim/vhd_v1_04/wire.xml"]
    document = pipeline.answer(pipeline.decode(case.data), [Fault("/a", "x" * 600)], now=NOW)
    assert document is not None
    assert ORACLES["cim:acknowledgement"](document.data) == ""


def test_every_answer_is_a_message_of_its_standard_and_takes_variables_it_has() -> None:
    for mapping in library().mappings():
        if mapping.answer is not None:
            target = mapping.standard.mappings[mapping.answer.message]
            assert target.answer is None, "an answer is not answered"
            assert mapping.answer.take.keys() <= target.scope.variables
