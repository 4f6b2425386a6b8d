"""Our reading of third-party grids against cimpy's: equal but for the losses that tests/cimpy_losses.yaml names, no more and no less."""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from decimal import Decimal, InvalidOperation
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from cimpy_models import CIGRE, MICROGRID, MINIGRID, SMALLGRID, SWITCHES, TYPE, Triple, files, triples
from pages import DOCS, text

from adapter.grid.cimpy_bridge import objects
from adapter.grid.cimpy_facts import identifier
from adapter.grid.cimpy_losses import Why

cimpy = pytest.importorskip("cimpy")
VERSION = "cgmes_v2_4_15"
KNOWN: dict[str, dict[str, dict[str, int]]] = yaml.safe_load((Path(__file__).parent / "cimpy_losses.yaml").read_text(encoding="utf-8"))
Found = Counter[str]


@pytest.fixture(autouse=True)
def _classes_as_new() -> None:
    """cimpy keeps in its classes which profile it last read an attribute from; what it did before must not count."""
    for name, module in list(sys.modules.items()):
        if name.startswith(f"cimpy.{VERSION}."):
            getattr(getattr(module, name.rpartition(".")[2]), "serializationProfile", {}).clear()


def local(iri: str) -> str:
    return iri.rpartition("#")[2].rpartition(":")[2]


def listed(model: str) -> Found:
    """Property (or `type Class`) → how many facts of it cimpy does not hold."""
    return Counter({name: count for losses in KNOWN[model].values() for name, count in losses.items()})


def plain(model: str) -> dict[str, Any]:
    """What cimpy makes of the files as they are."""
    result: dict[str, Any] = cimpy.cim_import([BytesIO(one) for one in files(model)], VERSION)
    return result


# --- what is read ----------------------------------------------------------------------------------------------------


def equal(value: object, term: str, topology: dict[str, Any]) -> bool:
    if not term.startswith('"'):
        others = [key for key, one in topology.items() if value is one or (isinstance(value, list) and any(item is one for item in value))]
        return term in map(identifier, others) or value == term.rpartition(".")[2]
    said = term[1:-1]
    if isinstance(value, bool):
        return str(value).lower() == said
    if isinstance(value, int | float):
        return Decimal(repr(value)) == Decimal(said)
    return value == said


def differences(ours: set[Triple], topology: dict[str, Any]) -> Found:
    """What our tree says and cimpy's objects do not."""
    made = {identifier(key): one for key, one in topology.items()}
    found = Found()
    for subject, name, value in ours:
        one = made.get(subject)
        if name == TYPE:
            held = type(one).__name__ == local(value)
            found[f"type {local(value)}"] += not held
        else:
            attribute = name.rpartition(".")[2]
            in_cim = name.startswith("cim:") and hasattr(one, attribute)
            found[local(name)] += not (in_cim and equal(getattr(one, attribute), value, topology))
    return +found


@pytest.mark.parametrize("model", [CIGRE, MINIGRID])
def test_objects_and_attributes_of_our_tree_are_those_of_cimpy_but_for_the_named_losses(model: str) -> None:
    assert differences(triples(files(model)), plain(model)["topology"]) == listed(model)


@pytest.mark.parametrize("model", [CIGRE, MINIGRID])
def test_cimpy_reads_nothing_that_our_tree_does_not_say(model: str) -> None:
    """Each value that is not a default, and each reference, in one direction or the other."""
    ours, topology = triples(files(model)), plain(model)["topology"]
    stated = {(subject, name.rpartition(".")[2]) for subject, name, _ in ours}
    pairs = {frozenset((subject, value)) for subject, _, value in ours}
    keys = {id(one): identifier(key) for key, one in topology.items()}
    assert set(keys.values()) <= {subject for subject, _, _ in ours}
    more = set()
    for one in topology.values():
        subject, defaults = keys[id(one)], vars(type(one)())
        for attribute, value in vars(one).items():
            targets = [keys[id(item)] for item in (value if isinstance(value, list) else [value]) if id(item) in keys]
            more |= {(subject, attribute, target) for target in targets if frozenset((subject, target)) not in pairs}
            if not targets and value != defaults[attribute] and attribute != "mRID" and (subject, attribute) not in stated:
                more.add((subject, attribute, str(value)))
    assert more == set()


@pytest.mark.parametrize("model", KNOWN)
def test_a_view_lists_just_the_losses_that_are_named_with_their_reasons(model: str) -> None:
    found: dict[str, Found] = defaultdict(Counter)
    for loss in objects(files(model)).losses:
        found[loss.why.name][f"type {local(loss.fact.value)}" if loss.fact.name == TYPE else local(loss.fact.name)] += 1
    assert found == KNOWN[model]


def test_the_list_names_known_reasons() -> None:
    assert {why for losses in KNOWN.values() for why in losses} <= {why.name for why in Why}


@pytest.mark.parametrize("model", [CIGRE, MINIGRID, MICROGRID, SWITCHES, SMALLGRID])
def test_an_export_says_what_the_files_said(model: str, tmp_path: Path) -> None:
    written = [path.read_bytes() for path in objects(files(model)).export(tmp_path / "out")]
    assert triples(written) == triples(files(model))


# --- buses -----------------------------------------------------------------------------------------------------------


def topological_nodes(model: str) -> set[str]:
    return {subject for subject, name, value in triples(files(model)) if name == TYPE and local(value) == "TopologicalNode"}


@pytest.mark.parametrize(("model", "buses"), [(MINIGRID, 13), (SWITCHES, 12), (CIGRE, 15)])
def test_the_buses_are_the_topological_nodes_of_tp(model: str, buses: int) -> None:
    found = objects(files(model)).bus_branch()
    assert set(found.buses) == topological_nodes(model)
    assert len(found.buses) == buses
    assert all(found.buses.values())


def joined(pairs: list[tuple[str, str]], alone: set[str]) -> set[frozenset[str]]:
    """The sets of nodes that *pairs* connect."""
    of = {node: {node} for node in alone}
    for one, other in pairs:
        of[one] |= of[other]
        of.update(dict.fromkeys(of[one], of[one]))
    return {frozenset(group) for group in of.values()}


def test_the_buses_of_minigrid_are_what_its_closed_switches_join() -> None:
    """Worked out anew from the switches, connectivity nodes and terminals of EQ and SSH, without TP and without cimpy."""
    said: dict[str, dict[str, str]] = defaultdict(dict)
    for subject, name, value in triples(files(MINIGRID)):
        said[subject][local(name)] = value
    switches = {subject for subject, about in said.items() if about.get("Switch.open") == '"false"' and about.get("Switch.retained") == '"false"'}
    ends: dict[str, list[str]] = defaultdict(list)
    for about in said.values():
        if about.get("Terminal.ConductingEquipment") in switches:
            ends[about["Terminal.ConductingEquipment"]].append(about["Terminal.ConnectivityNode"])
    nodes = {subject: about["ConnectivityNode.TopologicalNode"] for subject, about in said.items() if "ConnectivityNode.TopologicalNode" in about}
    by_bus: dict[str, set[str]] = defaultdict(set)
    for node, bus in nodes.items():
        by_bus[bus].add(node)
    assert set(by_bus) == set(objects(files(MINIGRID)).bus_branch().buses)
    assert joined([(pair[0], pair[1]) for pair in ends.values()], set(nodes)) == {frozenset(group) for group in by_bus.values()}


def test_the_open_breakers_of_the_switch_model_are_gone_and_the_closed_ones_join_buses() -> None:
    view = objects(files(SWITCHES))
    breakers = {iri: one.open for iri, one in view.objects.items() if type(one).__name__ == "Breaker"}
    found = view.bus_branch()
    assert sorted(breakers.values()) == [False] * 5 + [True] * 5
    assert {iri for iri in breakers if iri in found.objects} == {iri for iri, is_open in breakers.items() if not is_open}


# --- what the page says ----------------------------------------------------------------------------------------------


def by_value(found: set[Triple]) -> set[Triple]:
    """The triples with numbers and booleans by value, so that only a change of meaning counts."""
    return {(subject, name, plain_value(value)) for subject, name, value in found}


def plain_value(value: str) -> str:
    if value in ('"True"', '"False"'):
        return value.lower()
    try:
        return str(Decimal(value[1:-1]).normalize() + 0) if value.startswith('"') else value
    except InvalidOperation:
        return value


def round_trip(model: str, folder: Path) -> list[bytes] | str:
    """What cimpy exports of what it imports, or how it ended."""
    try:
        result = plain(model)
        profiles = sorted({profile for one in result["topology"].values() for profile in type(one).serializationProfile.values()})
        cimpy.cim_export(result, str(folder / "model"), VERSION, profiles)
    except (Exception, SystemExit) as error:
        return type(error).__name__
    return [path.read_bytes() for path in sorted(folder.iterdir())]


def row(model: str, folder: Path) -> str:
    given = by_value(triples(files(model)))
    written = round_trip(model, folder)
    view = objects(files(model))
    if isinstance(written, str):
        own = f"{written} | – | –"
    else:
        again = by_value(triples(written))
        own = f"{len(plain(model)['topology'])} | {len(given - again)} | {len(again - given)}"
    return f"| {model} | {len(given)} | {own} | {len(view.objects)} | {len(view.losses)} |"


@pytest.mark.parametrize("model", KNOWN)
def test_the_page_shows_the_figures_measured_on_each_model(model: str, tmp_path: Path) -> None:
    assert row(model, tmp_path) in text(DOCS / "standards" / "cim.md")
