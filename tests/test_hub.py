"""What becomes of a message in the hub: journalled, stored, answered, once; over restarts and rebuilds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from shutil import copytree, rmtree

import pytest
from cases import NOW, Case, golden_cases
from parties import CONVERSATION, ROOT, THEN, example_hub, open_hub, tell

from adapter import pipeline
from adapter.context import Context
from adapter.errors import ContextMissing, DecodeError, StoreError, UnknownMessage, UsageError
from adapter.hub.hub import Hub, rebuild
from adapter.hub.index import Index, Marks
from adapter.hub.journal import Journal
from adapter.hub.provenance import PROVENANCE, receipt_iri
from adapter.store import LocalStore

REQUEST = (CONVERSATION / "01_flex_request.xml").read_bytes()
OFFER = (CONVERSATION / "04_eflex_offer.xml").read_bytes()
EVERYTHING = "SELECT ?g ?s ?p ?o { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g ?s ?p ?o"


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    with example_hub(tmp_path) as found:
        yield found


def count(hub: Hub, kind: str) -> int:
    """How many nodes of a class the store has."""
    text = hub.store.query(f"PREFIX hub: <https://w3id.org/gridglot/hub#> SELECT (COUNT(*) AS ?n) {{ ?x a {kind} }}", form="csv")
    return int(text.split()[1])


def messages(hub: Hub) -> list[str]:
    """The graphs of messages in the store."""
    return [graph for graph in hub.store.graphs() if "/message/" in graph]


def ask(hub: Hub, text: str) -> list[list[str]]:
    """The rows of a query, with our prefixes."""
    from adapter.names import prefixes

    head = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in prefixes().items())
    return [line.split(",") for line in hub.store.query(head + text, form="csv").decode().splitlines()[1:]]


def test_messages_that_services_ask_for_are_not_kept_at_hand_for_ever(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    tell(hub, "01_flex_request.xml", "03_flex_offer.xml", "04_eflex_offer.xml")
    hub._read.clear()  # as after a restart
    monkeypatch.setattr("adapter.hub.graphs.READ", 1)
    for identifier in ("1b0d6f3e-52c1-4a55-8a4e-3f7a1f0c9d21", "3d8f5a21-7c46-4e9d-a0b3-6e2d4f8a7b13", "OFF-2026-000482"):
        (message,) = hub.named(identifier)
        assert list(hub._read) == [message.graph]


def test_a_message_is_journalled_stored_and_answered_in_its_standard(hub: Hub) -> None:
    receipt = hub.receive(REQUEST)
    assert (receipt.number, receipt.message, receipt.exchanges, receipt.faults) == (1, "uftp:flex_request", ("FP2",), ())
    assert hub.journal.data(1) == REQUEST
    assert hub.journal.row(1).state == "done"
    assert messages(hub) == [receipt.graph]
    assert receipt.answer is not None
    assert hub.journal.answers(1) == [receipt.answer.data]
    answer = pipeline.lift(receipt.answer.data).message.envelope.values
    assert (answer["result"], answer["reference"]) == ("hub:Accepted", "1b0d6f3e-52c1-4a55-8a4e-3f7a1f0c9d21")


def test_a_message_is_found_with_its_provenance(hub: Hub) -> None:
    tell(hub, "07_limit_descriptions.json", "09_limit_write.json")
    hub.expand()
    described, written = (hub.journal.row(number) for number in (1, 2))
    found = ask(hub, "SELECT ?who ?hash ?mapping ?context { ?g prov:wasGeneratedBy ?r . ?r prov:wasAssociatedWith ?who ; hub:mapping ?mapping ; prov:used ?context . "
                     "?g prov:wasDerivedFrom ?w . ?w hub:hash ?hash . FILTER (!STRENDS(STR(?context), '/wire')) }")  # fmt: skip
    ((who, digest, mapping, context),) = found
    assert who.endswith("/partner/control_box")
    assert (digest, context) == (written.hash, described.id)
    assert mapping.startswith("spine:load_control_limits gridglot ")


def test_a_refused_message_is_journalled_and_answered_and_not_stored(hub: Hub) -> None:
    bad = REQUEST.replace(b'MinPower="-220000" MaxPower="-220000"', b'MinPower="-220000" MaxPower="-230000"')
    receipt = hub.receive(bad)
    assert [fault.path for fault in receipt.faults] == ["/FlexRequest/ISP[3]/@MinPower"]
    assert hub.journal.row(1).state == "refused"
    assert messages(hub) == []
    assert receipt.answer is not None
    assert "/FlexRequest/ISP[3]/@MinPower" in pipeline.lift(receipt.answer.data).message.envelope.values["reason"]
    hub.expand()
    ((result, reason),) = ask(hub, f"SELECT ?result ?reason {{ <{receipt_iri(1)}> hub:result ?result ; hub:reason ?reason }}")
    assert result.endswith("#Rejected")
    assert reason.startswith("/FlexRequest/ISP[3]/@MinPower")


@pytest.mark.parametrize(("data", "error"), [(b"", DecodeError), (b"{", DecodeError), (b"<a/>", UnknownMessage), (b"[]", UnknownMessage)])
def test_what_is_no_message_leaves_no_trace(hub: Hub, data: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        hub.receive(data)
    assert hub.journal.rows() == []


# --- the same again, and other versions ---


def test_the_same_bytes_again_get_the_same_answer_and_have_one_effect(hub: Hub) -> None:
    first, second = (hub.receive(REQUEST) for _ in range(2))
    assert second.repeated
    assert (second.number, second.answer, second.exchanges) == (first.number, first.answer, first.exchanges)
    assert len(hub.journal.rows()) == 1


def test_an_identifier_with_other_content_is_refused_in_the_words_of_the_standard(hub: Hub) -> None:
    hub.receive(REQUEST)
    before = hub.store.query(f"SELECT ?s ?p ?o {{ GRAPH ?g {{ ?s ?p ?o }} FILTER (?g != <{PROVENANCE}>) }}", form="csv")
    receipt = hub.receive(REQUEST.replace(b"Europe/Amsterdam", b"Europe/Berlin"))
    assert [str(fault) for fault in receipt.faults] == ["/FlexRequest/@MessageID: Duplicate Identifier (UFTP 3.1.0)"]
    assert receipt.answer is not None
    assert b"Duplicate Identifier" in receipt.answer.data
    assert hub.store.query(f"SELECT ?s ?p ?o {{ GRAPH ?g {{ ?s ?p ?o }} FILTER (?g != <{PROVENANCE}>) }}", form="csv") == before


def test_a_higher_revision_replaces_and_a_lower_one_is_refused(hub: Hub) -> None:
    second, third, first = (hub.receive(OFFER.replace(b"<revisionNumber>2<", f"<revisionNumber>{number}<".encode())) for number in (2, 3, 1))
    assert second.taken
    assert third.taken
    hub.expand()
    assert messages(hub) == [third.graph]
    assert ask(hub, "SELECT ?new ?old { ?new prov:wasRevisionOf ?old }") == [[third.graph, second.graph]]
    assert [str(fault) for fault in first.faults] == ["/MarketDocument/revisionNumber: revision 1 comes after revision 3 was taken (IEC 62325-351)"]


def test_a_flexoffer_that_changes_its_state_replaces_what_it_was(hub: Hub) -> None:
    offer = (CONVERSATION / "05_goflex_offer.json").read_bytes()
    assert b'"state": "Offered"' in offer
    hub.receive(offer, "prosumer")
    changed = hub.receive(offer.replace(b'"state": "Offered"', b'"state": "Accepted"'), "prosumer")
    assert changed.taken
    assert messages(hub) == [changed.graph]


# --- who may send ---


def test_an_unknown_sender_is_refused_until_it_is_registered(tmp_path: Path) -> None:
    with Hub(tmp_path / "data", lambda: THEN) as hub:
        refused = hub.receive(REQUEST)
        assert [fault.path for fault in refused.faults] == ["/FlexRequest/@SenderDomain"]
        assert "is not known to this hub" in refused.faults[0].says
        assert refused.answer is not None
        assert b'Result="Rejected"' in refused.answer.data
        text = "profile: dso\npartner: {registered: REGISTERED, ids: {DNS: dso.example.com}}\n"
        hub.partners.put(text.replace("REGISTERED", "false"), THEN)
        assert "is not registered" in hub.receive(REQUEST).faults[0].says
        hub.partners.put(text.replace("REGISTERED", "true"), THEN)
        assert hub.receive(REQUEST).taken


def test_a_partner_cannot_send_as_another_one(hub: Hub) -> None:
    receipt = hub.receive(REQUEST, "aggregator")
    assert [str(fault) for fault in receipt.faults] == ["/FlexRequest/@SenderDomain: the sender is the partner dso, and the document was brought by aggregator"]
    assert hub.receive(REQUEST, "dso").taken


def test_a_document_that_names_no_sender_needs_the_partner_that_brings_it(hub: Hub) -> None:
    offer = (CONVERSATION / "05_goflex_offer.json").read_bytes()
    assert [str(fault) for fault in hub.receive(offer).faults] == ["the document does not say who sent it"]
    assert hub.receive(offer, "prosumer").taken


def test_a_partner_s_conventions_are_those_of_the_sender(hub: Hub) -> None:
    assert hub.receive(OFFER).taken
    hub.partners.put((ROOT / "examples" / "registry" / "aggregator.yaml").read_text().replace("direction:", "#"), THEN)
    refused = hub.receive(OFFER.replace(b"OFF-2026-000482", b"OFF-2026-000483"))
    assert any("direction" in str(fault) for fault in refused.faults)


# --- over a restart ---


def test_what_earlier_messages_said_is_known_after_a_restart(tmp_path: Path) -> None:
    limit = (CONVERSATION / "09_limit_write.json").read_bytes()
    with pytest.raises(ContextMissing):
        pipeline.lift(limit)
    with example_hub(tmp_path) as hub:
        tell(hub, "07_limit_descriptions.json")
    with example_hub(tmp_path) as hub:
        receipt = hub.receive(limit)
        assert (receipt.exchanges, receipt.faults) == (("DT4",), ())
        assert receipt.answer is not None
        assert receipt.answer.message == "result"


def test_while_the_store_is_damaged_nothing_is_acknowledged_and_it_is_made_anew(tmp_path: Path) -> None:
    with example_hub(tmp_path) as hub:
        tell(hub, "07_limit_descriptions.json")
    damaged = tmp_path / "data" / "store" / "CURRENT"
    damaged.write_text("no store")
    limit = (CONVERSATION / "09_limit_write.json").read_bytes()
    with example_hub(tmp_path) as hub, pytest.raises(StoreError, match="gridglot store rebuild"):
        hub.receive(limit)
    rebuild(tmp_path / "data", lambda: THEN)
    with example_hub(tmp_path) as hub:
        assert (hub.last, hub.receive(limit).taken, len(messages(hub))) == (1, True, 2)


def test_what_is_known_is_kept_and_need_not_be_read_from_the_messages_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with example_hub(tmp_path) as hub:
        tell(hub)
        known = hub.context.entries
        assert hub.context.find("limit", ("x",)) is None
    assert known
    with monkeypatch.context() as patched:
        patched.setattr(pipeline, "lift", None)
        with example_hub(tmp_path) as hub:
            assert hub.context.entries == known
    with Journal(tmp_path / "data" / "journal.sqlite") as journal:
        Index(journal.database).forget()
    with example_hub(tmp_path) as hub:
        assert hub.context.entries == known


@pytest.mark.parametrize("case", [case for case in golden_cases() if case.earlier()], ids=lambda case: case.id)
def test_what_is_known_comes_back_from_its_text(case: Case) -> None:
    known, again = case.context(), Context()
    again.load(known.dump())
    assert again.entries == known.entries
    assert [type(value) for entry in again.entries.values() for value in entry.facts.values()] == [
        type(value) for entry in known.entries.values() for value in entry.facts.values()
    ]


def test_what_erased_bytes_said_is_not_known_any_more(tmp_path: Path) -> None:
    with example_hub(tmp_path) as hub:
        tell(hub, "07_limit_descriptions.json", "11_measurement_descriptions.json")
        before = len(hub.context.entries)
        hub.erase(1)
        tell(hub, "12_register_at_start.json")
        left = dict(hub.context.entries)
        assert len(left) < before + 1
    with example_hub(tmp_path) as hub:
        assert hub.context.entries == left


def test_a_message_whose_context_was_erased_is_left_out_of_a_rebuilt_store_and_said(tmp_path: Path) -> None:
    with example_hub(tmp_path) as hub:
        tell(hub, "07_limit_descriptions.json", "09_limit_write.json")
        hub.erase(1)
        assert len(messages(hub)) == 1
    number, left_out = rebuild(tmp_path / "data", lambda: THEN)
    assert (number, list(left_out)) == (2, [2])
    assert "there is no limit description" in left_out[2]
    with example_hub(tmp_path) as hub:
        assert messages(hub) == []


def test_an_erasure_that_was_not_brought_to_an_end_is_done_at_the_next_start(tmp_path: Path) -> None:
    with example_hub(tmp_path) as hub:
        hub.receive(REQUEST)
        with hub.journal.transaction():  # as far as a kill can let it come
            hub.journal.erase(1)
            hub.index.erase(1)
    with example_hub(tmp_path) as hub:
        assert messages(hub) == []
        assert hub.index.erasing() == []
        assert ask(hub, f"SELECT ?erased {{ <{receipt_iri(1)}> prov:used ?w . ?w hub:isErased ?erased }}") == [["true"]]


def test_rows_are_written_out_later_and_over_a_restart(tmp_path: Path) -> None:
    with example_hub(tmp_path) as hub:
        hub.receive(REQUEST)
        assert (count(hub, "hub:PackedRows"), count(hub, "hub:ValueRange")) == (1, 0)
        assert hub.lag() == (1, 0)
    with example_hub(tmp_path) as hub:
        assert hub.expand() == 1
        assert (count(hub, "hub:PackedRows"), count(hub, "hub:ValueRange")) == (0, 10)
        assert hub.expand() == 0
    with example_hub(tmp_path) as hub:
        assert hub.lag() == (0, 0)


def test_metered_series_stay_packed(hub: Hub) -> None:
    tell(hub, "14_metered_data.json")
    hub.expand()
    assert count(hub, "hub:PackedRows") == 1


def test_a_store_that_lost_its_last_messages_is_made_up_from_the_journal(tmp_path: Path) -> None:
    store, copy = tmp_path / "data" / "store", tmp_path / "copy"
    with example_hub(tmp_path) as hub:
        tell(hub, "01_flex_request.xml", "03_flex_offer.xml")
        hub.expand()
    copytree(store, copy)
    with example_hub(tmp_path) as hub:
        tell(hub)
        hub.expand()
        before = hub.store.query(EVERYTHING, form="csv")
    rmtree(store)
    copy.rename(store)
    with Journal(tmp_path / "data" / "journal.sqlite") as journal:
        Index(journal.database).flushed(Marks(2, 2, 2))
    with example_hub(tmp_path) as hub:
        hub.expand()
        assert hub.store.query(EVERYTHING, form="csv") == before


def test_a_rebuilt_store_equals_the_first(tmp_path: Path) -> None:
    seen: list[int] = []
    with example_hub(tmp_path) as hub:
        tell(hub)
        hub.receive(REQUEST.replace(b"Europe/Amsterdam", b"Europe/Berlin"))
        for number in (2, 3):
            hub.receive(OFFER.replace(b"<revisionNumber>2<", f"<revisionNumber>{number}<".encode()))
        hub.expand()
        hub.erase(3)
        before = hub.store.query(EVERYTHING, form="csv")
        last = hub.last
    assert rebuild(tmp_path / "data", lambda: NOW, lambda number, of: seen.append(number)) == (last, {})
    assert seen == list(range(1, last + 1))
    with example_hub(tmp_path) as hub:
        assert hub.store.query(EVERYTHING, form="csv") == before


def test_erased_bytes_leave_a_note_and_no_graph(hub: Hub) -> None:
    receipt = hub.receive(REQUEST)
    hub.erase(1)
    assert (hub.journal.data(1), messages(hub)) == (None, [])
    assert ask(hub, f"SELECT ?erased {{ <{receipt_iri(1)}> prov:used ?w . ?w hub:isErased ?erased }}") == [["true"]]
    assert hub.receive(REQUEST).number == receipt.number  # it came before, and is not taken in again


def test_what_services_keep_of_erased_bytes_goes_with_them(hub: Hub) -> None:
    tell(hub, "07_limit_descriptions.json", "09_limit_write.json", "14_metered_data.json", "15_grid_model.xml")
    for number in (2, 3, 4):
        hub.erase(number)
    assert ask(hub, "SELECT ?s ?o { { ?s hub:total ?o } UNION { ?s hub:subjectToLimit ?o } UNION { ?s hub:suppliedBy ?o } }") == []


def test_two_hubs_on_one_folder_are_refused(tmp_path: Path) -> None:
    with example_hub(tmp_path), pytest.raises(UsageError, match="process"):
        example_hub(tmp_path)


def test_a_store_that_refuses_does_not_refuse_the_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: LocalStore, text: str, write: object) -> None:
        raise StoreError("no space left")

    with open_hub(tmp_path, [REQUEST]) as hub:
        with monkeypatch.context() as patched:
            patched.setattr(LocalStore, "_written", refuse)
            receipt = hub.receive(REQUEST)
            assert receipt.taken
            assert "no space left" in hub.trouble
            with pytest.raises(StoreError, match="no space left"):
                hub.receive(REQUEST.replace(b"1b0d6f3e", b"1b0d6f3f"))
        assert (hub.last, messages(hub)) == (1, [])
        assert hub.receive(REQUEST).number == receipt.number  # the store takes again what it is given
        assert messages(hub) == [receipt.graph]


# --- one partner's message is not another's ---


def test_a_partner_cannot_take_the_name_of_another_one_s_message_or_replace_it(hub: Hub) -> None:
    offer = (CONVERSATION / "05_goflex_offer.json").read_bytes()
    first = hub.receive(offer, "prosumer")
    before = hub.store.text(first.graph)
    text = (ROOT / "examples" / "registry" / "prosumer.yaml").read_text(encoding="utf-8")
    hub.partners.put(text.replace("profile: prosumer", "profile: rival").replace("prosumer-204", "rival-1"), THEN)
    other = hub.receive(offer.replace(b'"numSecondsPerInterval": 900', b'"numSecondsPerInterval": 1800'), "rival")
    assert (other.kind, other.taken) == ("AlreadyUsed", False)
    assert "of another partner" in other.faults[0].says
    assert hub.receive(offer.replace(b'"state": "Offered"', b'"state": "Accepted"'), "rival").taken
    assert hub.store.text(first.graph) == before


def test_a_message_that_nothing_tells_from_others_is_refused(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    mapping = pipeline.decode(REQUEST).mapping
    monkeypatch.setattr(mapping, "identity", ("no_such_variable",))
    refused = hub.receive(REQUEST)
    assert ["nothing in the document tells it from others" in fault.says for fault in refused.faults] == [True]
    assert messages(hub) == []
