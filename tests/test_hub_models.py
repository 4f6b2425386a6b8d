"""Grid models in a hub: versions, differences, what the store has of them, and who may bring them."""

from __future__ import annotations

from pathlib import Path

import pytest
from mutations import variants
from parties import THEN, TOWN, example_hub, load_town
from small_models import document
from third_party import data

from adapter.codecs.rdf_source import source
from adapter.errors import DecodeError, UnknownMessage
from adapter.grid import difference, model
from adapter.grid.statements import ntriples
from adapter.hub import models
from adapter.hub.hub import Hub, rebuild
from adapter.hub.provenance import PROVENANCE
from adapter.names import model_graph

VARIANTS = 12  # of each file
EQUIPMENT = (TOWN / "01_equipment.xml").read_bytes()
BOUNDARY = ("cim", "grid", "cgmes30-microgrid-be", "20171002T0930Z_ENTSO-E_EQ_BD_2.xml")
CHANGE = ("cim", "grid", "difference-models", "MicroGrid-BD-MAS-diff.xml")


@pytest.fixture
def hub(tmp_path: Path):  # type: ignore[no-untyped-def]
    with example_hub(tmp_path) as found:
        yield found


def stored(hub: Hub, graph: str) -> set[str]:
    return set(hub.store.text(model_graph(graph)).splitlines())


def test_provenance_keeps_the_version_of_cim_that_a_file_uses(hub: Hub) -> None:
    older = EQUIPMENT.replace(b"http://iec.ch/TC57/CIM100#", b"http://iec.ch/TC57/2013/CIM-schema-cim16#")
    assert hub.receive(older, "dso").taken
    hub.expand()

    assert "hub#vocabulary> <http://iec.ch/TC57/2013/CIM-schema-cim16#> ." in hub.store.text(PROVENANCE)


def quads(hub: Hub) -> dict[str, list[str]]:
    return {graph: sorted(hub.store.text(graph).splitlines()) for graph in hub.store.graphs()}


def canonical(triples: str) -> int:
    return len(set(triples.splitlines()))


def changed(old: bytes, find: str, put: str, created: str) -> bytes:
    """A difference model that replaces a text in a model."""
    before = model.read(old)
    header = {**before.tree[model.FULL][0], "@id": "urn:uuid:b0000000-0000-4000-8000-000000000001"}
    after = model.with_header(model.read(old.replace(find.encode(), put.encode())), header)
    return model.write(difference.difference(before, after, created))


def test_the_store_has_every_statement_of_a_model(hub: Hub) -> None:
    receipt = hub.receive(EQUIPMENT, "dso")

    assert receipt.taken
    assert len(stored(hub, receipt.graph)) == canonical(ntriples(source(EQUIPMENT)))


def test_a_difference_by_others_is_taken_as_the_model_it_makes(hub: Hub) -> None:
    base = hub.receive(data(*BOUNDARY).read_bytes(), "dso")
    before = stored(hub, base.graph)
    receipt = hub.receive(data(*CHANGE).read_bytes(), "dso")

    assert receipt.taken
    assert stored(hub, base.graph) == set()
    after = stored(hub, receipt.graph)
    forward = set(hub.store.text(model_graph(receipt.graph, "forward")).splitlines())
    assert forward
    assert {line for line in after - before if "61970-552" not in line} == forward
    assert {line for line in before - after if "61970-552" not in line} == set()


def test_a_difference_whose_model_is_not_there_may_come_again_when_it_is(hub: Hub) -> None:
    change = data(*CHANGE).read_bytes()
    refused = hub.receive(change, "dso")
    assert "which this hub has not taken" in str(refused.faults[0])

    hub.receive(data(*BOUNDARY).read_bytes(), "dso")

    assert hub.receive(change, "dso").taken


def test_a_difference_that_takes_away_what_the_model_does_not_say_is_refused(hub: Hub) -> None:
    hub.receive(EQUIPMENT, "dso")
    change = changed(EQUIPMENT.replace(b"Mill Lane 3", b"Mill Lane 4"), "Mill Lane 4", "Mill Lane 5", "2026-02-01T00:00:00Z")
    receipt = hub.receive(change, "dso")

    assert "takes 'Mill Lane 4' away, which urn:uuid:a0000000-0000-4000-8000-000000000001 does not say" in str(receipt.faults[0])


def test_a_difference_to_a_version_that_holds_no_longer_is_refused(hub: Hub) -> None:
    hub.receive(EQUIPMENT, "dso")
    first = changed(EQUIPMENT, "Mill Lane 3", "Mill Lane 3a", "2026-02-01T00:00:00Z")
    second = changed(EQUIPMENT, "Quay 12", "Quay 12a", "2026-03-01T00:00:00Z")
    second = second.replace(model.read(second).header.id.encode(), b"urn:uuid:b0000000-0000-4000-8000-000000000009")
    assert hub.receive(first, "dso").taken

    assert "another version holds by now" in str(hub.receive(second, "dso").faults[0])


def test_an_older_file_of_a_model_does_not_replace_a_newer_one(hub: Hub) -> None:
    hub.receive(EQUIPMENT, "dso")
    older = EQUIPMENT.replace(b"2026-01-10T07:00:00Z</md:Model.created", b"2026-01-09T07:00:00Z</md:Model.created").replace(b"a0000000-", b"a9000000-", 1)

    assert not hub.receive(older, "dso").taken


def test_a_version_can_be_had_whole_after_it_was_replaced(hub: Hub) -> None:
    hub.receive(EQUIPMENT, "dso")
    change = changed(EQUIPMENT, "Mill Lane 3", "Mill Lane 3a", "2026-02-01T00:00:00Z")
    assert hub.receive(change, "dso").taken
    versions = [models.version(found, hub.journal) for number in (1, 2) if (found := hub.journal.data(number)) is not None]
    names = [found.tree["cim:EnergyConsumer"][0]["cim:IdentifiedObject.name"] for found in versions if found is not None]

    assert names == ["Mill Lane 3", "Mill Lane 3a"]


def test_a_store_with_models_and_differences_is_rebuilt_equal(tmp_path: Path) -> None:
    with example_hub(tmp_path) as hub:
        load_town(hub)
        assert hub.receive(changed(EQUIPMENT, "Mill Lane 3", "Mill Lane 3a", "2026-02-01T00:00:00Z"), "dso").taken
        hub.expand()
        before = quads(hub)
    rebuild(hub.folder, lambda: THEN)
    with Hub(hub.folder, lambda: THEN) as again:
        assert quads(again) == before


@pytest.mark.parametrize("seed", ["one", "two"])
def test_a_store_is_rebuilt_equal_whatever_the_operator_sent(seed: str, tmp_path: Path) -> None:
    """The example grid, then each of its files again with something changed, dropped, doubled or spoilt; what is refused leaves nothing behind."""
    kinds = set()
    with example_hub(tmp_path) as hub:
        load_town(hub)
        for documents in zip(*(variants(file.read_bytes(), VARIANTS, f"{seed} {file.name}") for file in sorted(TOWN.iterdir())), strict=True):
            for _, file in documents:
                try:
                    kinds.add(hub.receive(file, "dso").kind)
                except (DecodeError, UnknownMessage) as error:
                    kinds.add(type(error).__name__)
                assert hub.trouble == ""
        hub.expand()
        before = quads(hub)
    rebuild(hub.folder, lambda: THEN)
    with Hub(hub.folder, lambda: THEN) as again:
        assert quads(again) == before
    assert {"", "LiftError", "AlreadyUsed"} <= kinds


def test_a_file_that_is_no_model_is_told_by_its_classes(hub: Hub) -> None:
    with pytest.raises(UnknownMessage, match="a CIM document of 'cim:Breaker' is no message we have a mapping for"):
        hub.receive(document('<cim:Breaker rdf:ID="_a"/>', None), "dso")


def test_an_erased_model_leaves_nothing_in_the_store(hub: Hub) -> None:
    receipt = hub.receive(EQUIPMENT, "dso")
    hub.receive((TOWN / "02_connections.csv").read_bytes(), "dso")
    hub.erase(receipt.number)

    left = "".join(hub.store.text(graph) for graph in hub.store.graphs() if "/state/topology/" in graph or "/model/" in graph)
    assert receipt.graph not in left
    assert "Mill Lane T1" not in left


@pytest.mark.parametrize("name", ["aggregator", "prosumer", "home"])
def test_only_the_operator_says_where_something_is_connected(hub: Hub, name: str) -> None:
    for file in sorted(TOWN.iterdir()):
        receipt = hub.receive(file.read_bytes(), name)
        assert receipt.kind in ("AdmissionError", "LiftError"), (file.name, receipt)  # a table that names codes nobody agreed on is not even lifted
    assert [graph for graph in hub.store.graphs() if "/state/topology/" in graph] == []
