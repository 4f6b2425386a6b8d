"""Each named question answers with its expected rows, asked of a hub that took the example conversation, and each parameter narrows them."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from cases import NOW
from parties import CONVERSATION, ROOT, everybody, example_hub, load_town, tell

from adapter import pipeline
from adapter.hub.hub import Hub
from adapter.pipeline import lift, to_graph
from adapter.store.questions import Question, named

GOLDEN = ROOT / "tests" / "golden"
FILES = sorted((ROOT / "sparql").rglob("*.rq"))
QUESTIONS = [named(path.stem) for path in FILES]
NOBODY = {"iri": "urn:nobody", "text": "nobody", "instant": "1999-01-01T00:00:00Z"}
# A parameter that is no column: what it is given, and the values of one column that remain.
NARROWED = {
    ("how_much_flexibility_is_requested", "from"): [("2026-06-15T17:15:00+02:00", "up", ["200", "160", "120"])],
    ("how_much_flexibility_is_requested", "until"): [("2026-06-15T14:15:00Z", "up", ["180"]), ("2026-06-15T14:15:01Z", "up", ["180", "220"])],
    ("which_limits_are_in_force", "at"): [
        ("2026-06-15T14:59:59Z", "limit", []),
        ("2026-06-15T17:00:00+02:00", "limit", ["4.2", "4.2"]),
        ("2026-06-15T16:59:59Z", "limit", ["4.2", "4.2"]),
        ("2026-06-15T17:00:00Z", "limit", []),
    ],
    ("which_offer_is_cheapest", "zone"): [("https://w3id.org/gridglot/data/id/GDO/PS-004711", "per_energy", ["0.16"])],
}
NARROWED |= {
    ("which_connections_belong_to_a_zone", "at"): [
        ("2026-02-28T00:00:00Z", "meter", ["METER-1", "METER-2", "METER-3", "METER-5", "METER-3", "METER-1", "METER-2", "METER-3", "METER-4", "METER-5"]),
        ("2026-06-15T08:00:00Z", "meter", ["METER-1", "METER-2B", "METER-3", "METER-5", "METER-1", "METER-2B", "METER-3", "METER-4", "METER-5"]),
    ],
    ("which_zones_have_few_connections", "at"): [
        ("2026-06-15T07:59:59Z", "connections", ["4", "2", "5"]),
        ("2026-09-01T00:00:00Z", "connections", ["2", "1", "5"]),
        ("2025-01-01T00:00:00Z", "zone", []),
    ],
    ("which_zones_have_few_connections", "fewer_than"): [("4", "connections", ["2"]), ("3", "zone", ["ZONE-SQUARE"])],
    ("which_meters_follow_a_feeder", "behind"): [
        ("00000058-0000-4000-8000-000000000058", "meter", ["METER-3", "METER-5", "METER-3", "METER-5"]),
        ("00000005-0000-4000-8000-000000000005", "meter", []),
    ],
    ("which_meters_follow_a_feeder", "at"): [
        ("2026-03-01T09:59:59Z", "meter", ["METER-1", "METER-2", "METER-3", "METER-5", "METER-4"]),
        ("2026-06-15T08:00:00Z", "meter", ["METER-1", "METER-2B", "METER-3", "METER-5", "METER-4"]),
    ],
}
Rows = list[dict[str, str]]


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """A hub that took the example conversation and the example grid, and wrote the rows out."""
    with example_hub(tmp_path_factory.mktemp("hub")) as hub:
        tell(hub)
        load_town(hub)
        hub.expand()
        yield hub


def take(hub: Hub, data: bytes) -> None:
    """Let a hub receive a message that is not refused, whoever sends it, and write its rows out."""
    sender = pipeline.decode(data)
    if not hub.arrive(sender).admitted:
        hub.partners.put(everybody([data], f"sender-{hub.last}"), NOW)
    assert hub.receive(data).faults == ()
    hub.expand()


def ask(hub: Hub, name: str, **given: str) -> Rows:
    question = named(name)
    answer = hub.store.query(question.text, form="csv", parameters=question.terms(given)).decode()
    return list(csv.DictReader(answer.splitlines()))


def expected(name: str) -> Rows:
    (path,) = (path for path in FILES if path.stem == name)
    with path.with_suffix(".csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_the_question_has_its_answer(hub: Hub, question: Question) -> None:
    assert expected(question.name)
    assert ask(hub, question.name) == expected(question.name)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_the_header_says_question_columns_and_parameters(hub: Hub, question: Question) -> None:
    assert question.text.startswith(f"# question: {question.asks}\n# columns: ")
    assert question.asks.partition(" (")[0].endswith("?")
    said = question.text.splitlines()[1]
    assert said == "# columns: " + ", ".join(f"{column} ({words})" if words else column for column, words in question.columns.items())
    answer = hub.store.query(question.text, form="csv").decode()
    assert answer.splitlines()[0].split(",") == list(question.columns)
    assert question.parameters
    assert all(question.narrows.values())


PARAMETERS = [(question.name, parameter) for question in QUESTIONS for parameter in question.parameters]


@pytest.mark.parametrize(("name", "parameter"), PARAMETERS)
def test_a_parameter_leaves_the_rows_of_its_value(hub: Hub, name: str, parameter: str) -> None:
    """A row without a value, which would match any, does not stay either."""
    everything = expected(name)
    if (name, parameter) in NARROWED:
        for given, column, remain in NARROWED[name, parameter]:
            assert [row[column] for row in ask(hub, name, **{parameter: given})] == remain
        assert any(len(remain) < len(everything) for _, _, remain in NARROWED[name, parameter])
        return
    values = {row[parameter] for row in everything} - {""}
    assert values
    for value in values:
        assert ask(hub, name, **{parameter: value}) == [row for row in everything if row[parameter] == value]
    assert ask(hub, name, **{parameter: NOBODY[named(name).parameters[parameter]]}) == []


def test_parameters_that_are_no_columns_are_the_ones_told_here() -> None:
    assert {(name, parameter) for name, parameter in PARAMETERS if parameter not in named(name).columns} == set(NARROWED)


def test_a_connection_without_a_known_feeder_does_not_follow(hub: Hub) -> None:
    text = named("which_connection_hangs_on_which_feeder").text
    without = text.replace("?line hub:name ?feeder", "?line hub:name 'nowhere' , ?feeder")
    assert without != text
    assert len(hub.store.query(without, form="csv").splitlines()) == 1


def test_a_rejected_message_is_shown_with_its_reason(tmp_path: Path) -> None:
    with example_hub(tmp_path) as hub:
        take(hub, (GOLDEN / "uftp" / "flex_offer_response" / "wire_rejected.xml").read_bytes())
        take(hub, (GOLDEN / "uftp" / "flex_request_response" / "wire.xml").read_bytes())
        assert len(ask(hub, "which_messages_were_answered")) == 2
        (row,) = ask(hub, "which_messages_were_answered", result="hub:Rejected")
    assert (row["message"], row["reason"]) == ("5f0f6c1e-0d0b-4b8e-9a39-2f6f3b8a1c01", 'ISP Conflict; "Unknown CongestionPoint" & ä <more>')


def test_a_later_write_ends_a_limit(tmp_path: Path) -> None:
    with example_hub(tmp_path) as hub:
        take(hub, (CONVERSATION / "07_limit_descriptions.json").read_bytes())
        first = (CONVERSATION / "09_limit_write.json").read_text(encoding="utf-8")
        take(hub, first.encode())
        second = first.replace("2026-06-15T15:00:00", "2026-06-15T16:00:00").replace('"msgCounter": 20', '"msgCounter": 21')
        assert second.count("21") > first.count("21")
        take(hub, second.replace('"isLimitActive": true', '"isLimitActive": false').encode())
        assert [row["end"] for row in ask(hub, "which_limits_are_in_force", at="2026-06-15T15:59:59Z")] == ["2026-06-15T16:00:00Z"]
        assert ask(hub, "which_limits_are_in_force", at="2026-06-15T16:00:00Z") == []


def test_a_newer_revision_replaces_an_offer(tmp_path: Path) -> None:
    old = (CONVERSATION / "04_eflex_offer.xml").read_text(encoding="utf-8")
    new = old.replace("<revisionNumber>2<", "<revisionNumber>3<").replace("<amount>0.16<", "<amount>0.12<")
    with example_hub(tmp_path) as hub:
        for text in (old, new):
            take(hub, text.encode())
        assert [row["per_energy"] for row in ask(hub, "which_offer_is_cheapest")] == ["0.12"]


def test_a_price_that_has_no_end_of_digits_is_rounded_to_six_places(tmp_path: Path) -> None:
    offer = (CONVERSATION / "03_flex_offer.xml").read_text(encoding="utf-8")
    dear = offer.replace('Price="41.0000"', 'Price="41.0100"')
    assert dear != offer
    with example_hub(tmp_path) as hub:
        tell(hub, "01_flex_request.xml")
        take(hub, dear.encode())
        assert {row["option"]: row["per_energy"] for row in ask(hub, "which_offer_is_cheapest")} == {"heat-pumps": "0.09", "batteries": "0.100024"}


def test_energy_is_summed_by_day_where_it_is_written_out_and_only_counted_where_it_is_packed(tmp_path: Path) -> None:
    data = (CONVERSATION / "14_metered_data.json").read_bytes()
    with example_hub(tmp_path) as hub:
        take(hub, data)
        (packed,) = ask(hub, "how_much_energy_was_metered")
        message = lift(data).message
        hub.store.put(message.graph, to_graph(message, "turtle"))
        (summed,) = ask(hub, "how_much_energy_was_metered")
    assert (packed["energy"], packed["steps"], packed["packed"]) == ("", "0", "4")
    assert (summed["energy"], summed["steps"], summed["missing"], summed["packed"]) == ("4.4", "3", "1", "0")
