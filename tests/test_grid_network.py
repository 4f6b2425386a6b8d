"""The network of a grid model: what a feeder supplies through closed switches, where nothing does, and what kind a substation is."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from third_party import data

from adapter.codecs.rdf_source import source
from adapter.grid.network import Network, read
from adapter.grid.statements import ntriples
from adapter.names import CIM100

quick = settings(max_examples=150, derandomize=True, database=None, deadline=None)
IEEE123 = "cimhub-distribution/IEEE123.xml"


def network(*files: str, without: Iterable[str] = (), also: str = "") -> Network:
    """The network of third-party files, of which the statements with a property of *without* are left out, and N-Triples *also* added."""
    store = ox.Store()
    for file in files:
        store.load(ntriples(source(data("cim", "grid", *file.split("/")).read_bytes())).encode(), format=ox.RdfFormat.N_TRIPLES)
    for name in without:
        for quad in list(store.quads_for_pattern(None, ox.NamedNode(CIM100 + name), None)):
            store.remove(quad)
    store.load(also.encode(), format=ox.RdfFormat.N_TRIPLES)
    return read(lambda name: [(quad.subject.value, quad.object.value) for quad in store.quads_for_pattern(None, ox.NamedNode(name), None)])


def test_every_place_of_a_distribution_grid_has_one_feeder_and_one_substation() -> None:
    for file in ("cimhub-distribution/IEEE13.xml", IEEE123):
        supplies = network(file).supplies()
        assert {len(found) for found in supplies.values()} == {1}
        assert len({(one.feeder, one.substation) for (one,) in supplies.values()}) == 1
        assert all(one.feeder and one.substation and one.region for (one,) in supplies.values())


def test_a_switch_that_opens_leaves_what_is_behind_it_without_supply() -> None:
    """In IEEE 123 each normally closed switch that feeds something is opened by itself; what was found to hang behind it is then unsupplied, and nothing else."""
    found = network(IEEE123)
    (feeder,) = found.feeders
    whole = set(found.trace(feeder))
    switches = [thing for thing, kind in found.kinds.items() if kind == "LoadBreakSwitch" and thing not in found.open]
    cut = 0
    for switch in switches:
        opened = network(IEEE123, without=["Switch.open"], also=f'<{switch}> <{CIM100}Switch.open> "true" .\n')
        left = whole - set(opened.trace(feeder))
        cut += bool(left)
        assert not left or any(node in left for node in found.nodes_of[switch])
        assert {place for place, supplies in opened.supplies().items() if not supplies} >= left
    assert cut >= 3


def test_the_state_of_a_switch_goes_before_its_normal_state() -> None:
    found = network(IEEE123)
    switch = next(iter(found.open))

    assert switch not in network(IEEE123, without=["Switch.open"], also=f'<{switch}> <{CIM100}Switch.open> "false" .\n').open


def test_regulators_are_no_transformers_that_change_the_voltage() -> None:
    found = network("cimhub-distribution/IEEE13.xml")
    kinds = {found.changes_voltage(thing) for thing, kind in found.kinds.items() if kind == "PowerTransformer"}

    assert kinds == {True, False}


def test_without_feeders_a_node_belongs_to_the_substation_that_holds_it() -> None:
    folder = "cgmes24-smallgrid-nb"
    files = [f"{folder}/{path.name}" for path in sorted(data("cim", "grid", folder).glob("*.xml"))]
    supplies = network(*files).supplies()

    held = [one for found in supplies.values() for one in found]
    assert len(held) > 1400
    assert all(one.substation and not one.feeder for one in held)


@pytest.mark.parametrize(
    ("volts", "kind"),
    [
        ([110_000, 10_000], "hub:PrimarySubstation"),
        ([36_001, 36_000], "hub:PrimarySubstation"),
        ([110_000, 20_000, 400], "hub:PrimarySubstation"),
        ([20_000, 400], "hub:SecondarySubstation"),
        ([36_000, 1_000], "hub:SecondarySubstation"),
        ([380_000, 110_000], ""),
        ([20_000, 10_000], ""),
        ([400], ""),
        ([], ""),
    ],
)
def test_the_voltages_say_what_kind_a_substation_is(volts: list[int], kind: str) -> None:
    found = Network()
    found.voltages["s"] |= {Decimal(one) for one in volts}

    assert found.kind("s") == kind


def test_voltages_are_in_volts_whatever_the_profile_writes() -> None:
    found = read(pairs([("s", "l", "b", "110")]), "cgmes30")

    assert dict(found.voltages) == {"s": {Decimal(110_000)}}
    assert dict(read(pairs([("s", "l", "b", "110000")]), "base").voltages) == {"s": {Decimal(110_000)}}


def pairs(levels: list[tuple[str, str, str, str]]):  # type: ignore[no-untyped-def]
    said: dict[str, list[tuple[str, str]]] = {
        "VoltageLevel.Substation": [(level, substation) for substation, level, _, _ in levels],
        "VoltageLevel.BaseVoltage": [(level, base) for _, level, base, _ in levels],
        "BaseVoltage.nominalVoltage": [(base, text) for _, _, base, text in levels],
    }
    kinds = [(substation, f"{CIM100}Substation") for substation, _, _, _ in levels]
    return lambda name: said.get(name.removeprefix(CIM100), []) if name.startswith(CIM100) else kinds


@st.composite
def grids(draw: st.DrawFn) -> tuple[Network, dict[str, list[tuple[str, str]]], list[str]]:
    """A network with up to three feeders, its closed connections by node, and the heads."""
    nodes = [f"n{number}" for number in range(draw(st.integers(1, 12)))]
    found, closed = Network(), {node: [] for node in nodes}
    for node in nodes:
        found.equipment_at.setdefault(node, [])
    for number in range(draw(st.integers(0, 20))):
        equipment, ends = f"e{number}", (draw(st.sampled_from(nodes)), draw(st.sampled_from(nodes)))
        found.nodes_of[equipment] = list(ends)
        for end in ends:
            found.equipment_at[end].append(equipment)
        if draw(st.booleans()):
            found.open.add(equipment)
        else:
            closed[ends[0]].append((ends[1], equipment))
            closed[ends[1]].append((ends[0], equipment))
    heads = draw(st.lists(st.sampled_from(nodes), min_size=1, max_size=3))
    for number, head in enumerate(heads):
        found.feeders[f"f{number}"] = "s"
        found.heads[f"f{number}"] = [(head, f"b{number}")]
    return found, closed, heads


@quick
@given(grids())
def test_a_feeder_supplies_what_closed_connections_reach_and_nothing_else(drawn: tuple[Network, dict[str, list[tuple[str, str]]], list[str]]) -> None:
    found, closed, heads = drawn
    reached = []
    for head in heads:  # written anew, by growing a set until it stays
        seen = {head}
        while more := {other for node in seen for other, _ in closed[node]} - seen:
            seen |= more
        reached.append(seen)
    supplies = found.supplies()

    for node in found.equipment_at:
        assert {one.feeder for one in supplies[node]} == {f"f{number}" for number, seen in enumerate(reached) if node in seen}
