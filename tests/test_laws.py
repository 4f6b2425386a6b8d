"""The three laws, for every golden document and every third-party sample (tests/subjects.py lists them).

1. value(lower(lift(m))) == value(m), by two comparisons that know nothing of each other: the wire frames of both documents,
   and the leaves of both documents as tests/leafwalk.py finds them without a mapping. Directly, and through the expanded
   and the packed graph as text.
2. match(instantiate(b)) == b, order included, in both forms of rows.
3. Every leaf is accounted for: the account's total is the number of leaves there are.
"""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from cases import NOW, golden_cases
from leafwalk import LEAVES, changes, xml_count
from subjects import ACCEPTED, KEYS, NO_SAMPLES, REFUSED, REFUSED_ALONE, UNKNOWN, Subject, present, profile_of, shown, subject_of
from third_party import data

from adapter.accounting import account
from adapter.codecs import syntaxes
from adapter.errors import DecodeError, HubError, UnknownMessage
from adapter.library import Library
from adapter.message import Message
from adapter.pipeline import decode, from_graph, lift, lower, read, to_graph, validate

FORMS = ("direct", "expanded", "packed")


@pytest.fixture
def subject(request: pytest.FixtureRequest) -> Subject:
    return subject_of(request.param)


every_subject = pytest.mark.parametrize("subject", KEYS, ids=shown, indirect=True)


def travelled(message: Message, form: str) -> Message:
    """The message as it comes back from its graph in one form."""
    if form == "direct":
        return message
    (back,) = from_graph(to_graph(message, "trig", packed=form == "packed"), "trig")
    return back


def returned(subject: Subject, form: str) -> bytes:
    """The document that comes back from lowering what was lifted."""
    (document,) = subject.lower(travelled(subject.lifted().message, form))
    return document.data


@pytest.mark.parametrize("form", FORMS)
@every_subject
def test_law_1_the_wire_frames_come_back(subject: Subject, form: str) -> None:
    again = subject.lift(returned(subject, form))
    assert again.wire == subject.lifted().wire


@pytest.mark.parametrize("form", FORMS)
@every_subject
def test_law_1_every_leaf_comes_back_with_its_value(subject: Subject, form: str) -> None:
    codec = syntaxes.recognise(subject.data)
    before, after = LEAVES[codec](subject.data), LEAVES[codec](returned(subject, form))
    counts = account(subject.lifted().decoded)
    if codec == "rdf":  # the file itself is kept as its named graph; what the mapping speaks of comes back, nothing is invented
        assert after.keys() - before.keys() == set()
        assert len(after) == counts.bound + counts.kept
    elif codec == "xml":  # what a mapping ignores, with its reason, stays away; nothing else does
        assert [change for change in changes(before, after) if not change.endswith(" is gone")] == []
        assert len(before.keys() - after.keys()) == counts.ignored
    else:
        assert changes(before, after) == []


@pytest.mark.parametrize("form", FORMS[1:])
@every_subject
def test_law_2_bindings_come_back_from_the_graph(subject: Subject, form: str) -> None:
    message = subject.lifted().message
    back = travelled(message, form)
    assert back.graph == message.graph
    assert back.mapping is message.mapping
    assert back.envelope == message.envelope
    assert back.kept == message.kept
    assert [(content.exchange.row, content.part) for content in back.contents] == [(content.exchange.row, content.part) for content in message.contents]
    for one, other in zip(back.contents, message.contents, strict=True):
        assert one.frame == other.frame


@every_subject
def test_law_3_every_leaf_is_accounted_for(subject: Subject) -> None:
    found = subject.lifted()
    counts = account(found.decoded)
    codec = syntaxes.recognise(subject.data)
    assert counts.total == counts.bound + counts.kept + counts.derived + counts.ignored + counts.unmapped
    assert counts.total == (xml_count(subject.data) if codec == "xml" else len(LEAVES[codec](subject.data)))
    assert counts.unmapped == len(found.unmapped)


@every_subject
def test_lifting_twice_gives_the_same_graph(subject: Subject) -> None:
    assert to_graph(subject.lift(subject.data).message) == to_graph(subject.lifted().message)


@pytest.mark.parametrize("name", ACCEPTED)
def test_an_accepted_sample_conforms_and_has_no_unmapped_leaf(name: str) -> None:
    found = subject_of(name).lifted()
    assert validate(found).findings == []
    assert found.unmapped == []


@pytest.mark.parametrize("name", REFUSED)
def test_a_wrong_sample_is_refused_with_its_reason(name: str) -> None:
    profile, error, says = REFUSED[name]
    with pytest.raises(error) as refused:
        lift(data(*name.split("/")).read_bytes(), profile=profile_of(profile), now=NOW)
    assert type(refused.value) is error
    assert says in str(refused.value)


@pytest.mark.parametrize(("name", "error", "says"), REFUSED_ALONE)
def test_a_sample_that_leaves_something_open_is_refused_without_profile_or_context(name: str, error: type[HubError], says: str) -> None:
    with pytest.raises(error) as refused:
        replace(subject_of(name), profile=profile_of(""), earlier=()).lifted()
    assert says in str(refused.value)


@pytest.mark.parametrize("name", UNKNOWN)
def test_a_sample_without_mapping_is_not_recognised_and_said_so(name: str) -> None:
    with pytest.raises(UnknownMessage) as refused:
        lift(data(*name.split("/")).read_bytes(), now=NOW)
    assert UNKNOWN[name] in str(refused.value)


@pytest.mark.parametrize("name", NO_SAMPLES)
def test_what_is_no_document_is_not_decoded(name: str) -> None:
    with pytest.raises(DecodeError, match="neither XML nor JSON"):
        lift(data(*name.split("/")).read_bytes(), now=NOW)


def test_every_sample_file_stands_in_exactly_one_list() -> None:
    lists = [*ACCEPTED, *REFUSED, *UNKNOWN, *NO_SAMPLES]
    assert len(lists) == len(set(lists))
    assert present() == set(lists)


def test_four_usage_points_hang_on_a_feeder_and_a_substation(lib: Library) -> None:
    """Third-party files: 228 usage points, of which the grid models given before know the equipment of four."""
    contents = subject_of("cim/grid/cimhub-distribution/endDevicesAndUsagePoints.xml").lifted().message.contents
    assert len(contents) == 228
    assert all(content.frame.values.get("meter") for content in contents)
    placed = [content for content in contents if content.frame.values.get("feeder")]
    assert len(placed) == 4
    assert all(content.frame.values.get("substation") for content in placed)


def test_a_document_read_without_relations_has_the_same_frames_as_one_lifted(lib: Library) -> None:
    subject = subject_of("uftp/messages/shapeshifter-library-java/FlexRequest.xml")
    frames, unmapped = read(subject.lifted().decoded)
    assert frames == subject.lifted().wire
    assert unmapped == []


@pytest.mark.parametrize("form", FORMS)
def test_equal_numbers_keep_their_own_digits(form: str) -> None:
    """12.5 and 12.50 are equal and hash alike: nothing that remembers one may give it for the other, within a message or between two."""
    (case,) = [case for case in golden_cases() if case.id == "cim/rsm_012/wire.xml"]
    for digits in (["12.5", "12.50", "12.500"], ["12.500", "12.5", "12.50"]):
        numbers = iter(digits)
        document = re.sub(r"quantity>[\d.]+<", lambda found, numbers=numbers: f"quantity>{next(numbers, '0')}<", case.data.decode())
        lifted = lift(document.encode(), now=NOW)
        (written,) = lower(travelled(lifted.message, form), lifted.mapping, now=NOW)
        assert re.findall(r"quantity>([\d.]+)<", written.data.decode())[:3] == digits


def test_lifting_leaves_what_was_read_as_it_was() -> None:
    """Joins and addresses add to the frames of a lifted message, never to those the document keeps."""
    for case in golden_cases():
        lifted = lift(case.data, profile=case.profile, context=case.context(), now=NOW)
        assert read(lifted.decoded)[0] == read(decode(case.data))[0], case.id
