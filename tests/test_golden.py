"""Golden folders: each document means its graph, conforms to the shapes, and each bad one is refused with its sentence.

Adding a case adds files, no Python; tests/cases.py says which. After a wanted change

    pytest tests/test_golden.py --refresh-golden

writes graph*.ttl and bad/*.txt anew: read the difference before you commit it.
"""

from __future__ import annotations

import re

import pyoxigraph as ox
import pytest
from cases import GOLDEN, WIRES, Case, bad_cases, golden_cases, lifted, refusal

from adapter.library import Library, library
from adapter.mapping import MessageMapping
from adapter.pipeline import to_graph, validate
from adapter.resources import folder

CASES = golden_cases()
BAD = bad_cases(*WIRES, ".ttl")

# Mappings that have no golden folder yet, with the reason.
WITHOUT_GOLDEN: dict[str, str] = {}


def readable(turtle: str) -> str:
    """The same Turtle without the prefixes it does not use."""
    used = set(re.findall(r"[ ^](\w+):", "".join(line for line in turtle.splitlines() if not line.startswith("@prefix"))))
    return "".join(line for line in turtle.splitlines(keepends=True) if not line.startswith("@prefix") or line.split()[1].rstrip(":") in used)


def masked(sentence: str) -> str:
    """A sentence without the line numbers of our own files, which move with every edit; another test checks them."""
    return re.sub(r"\.yaml:\d+", ".yaml:*", sentence)


def triples(turtle: str) -> list[str]:
    """A graph as sorted N-Triples lines; node names are derived from the message, so equal graphs have equal lines."""
    return sorted(str(quad.triple) for quad in ox.parse(turtle, format=ox.RdfFormat.TURTLE))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_document_means_its_golden_graph(case: Case, refresh: bool) -> None:
    text = to_graph(lifted(case).message, "turtle")
    if refresh:
        case.graph.write_text(readable(text), encoding="utf-8")
    assert triples(text) == triples(case.graph.read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_golden_document_conforms_to_the_shapes(case: Case) -> None:
    assert validate(lifted(case)).findings == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_golden_folder_is_named_after_the_mapping_that_reads_it(case: Case) -> None:
    assert lifted(case).mapping.id == f"{case.folder.parent.name}:{case.folder.name}"


@pytest.mark.parametrize("case", [case for case in CASES if case.wire.suffix == ".json" and case.wire.with_suffix(".xml").exists()], ids=lambda case: case.id)
def test_two_syntaxes_of_one_document_mean_one_graph(case: Case) -> None:
    other = Case(case.wire.with_suffix(".xml"))
    assert triples(to_graph(lifted(case).message, "turtle")) == triples(to_graph(lifted(other).message, "turtle"))


@pytest.mark.parametrize("case", BAD, ids=lambda case: case.id)
def test_a_bad_document_is_refused_with_its_sentence(case: Case, refresh: bool) -> None:
    said = masked(str(refusal(case)))
    expected = case.wire.with_suffix(".txt")
    if refresh:
        expected.write_text(said + "\n", encoding="utf-8")
    assert said + "\n" == expected.read_text(encoding="utf-8")


@pytest.mark.parametrize("case", BAD, ids=lambda case: case.id)
def test_a_refusal_names_the_line_of_its_rule(case: Case) -> None:
    for fault in refusal(case).faults:
        for file, number in re.findall(r"(mappings/[\w/]+\.yaml):(\d+)", fault.rule):
            lines = folder("mappings").joinpath(*file.split("/")[1:]).read_text(encoding="utf-8").splitlines()
            around = "".join(lines[max(int(number) - 4, 0) : int(number)])  # what repeats is named up to three lines above its table
            step = re.sub(r"\[\d*\]", "", fault.path.rpartition("/")[2])
            if ", " in fault.rule and step:  # a rule of the tree; other rules stand at the relation, the exchange or the shape
                assert step.lstrip("@") in around or "#" in around, f"{fault}: {around}"
            assert lines[int(number) - 1].strip()


def test_each_refusal_of_a_mapping_is_shown_by_a_bad_document() -> None:
    said = {fault.says for case in BAD for fault in refusal(case).faults}
    assert [f"{mapping.id} ({at})" for mapping in library().mappings() for _, says, _, at in mapping.refuse if says not in said] == []


def test_no_golden_file_is_left_over() -> None:
    used = {path for case in CASES for path in (case.wire, case.graph)} | {path for case in BAD for path in (case.wire, case.wire.with_suffix(".txt"))}
    spare = [
        path
        for path in GOLDEN.rglob("*")
        if path.is_file() and path not in used and not path.name.startswith("partner") and not path.parent.name.startswith("context")
    ]
    assert spare == []


def test_every_mapping_has_a_golden_folder_or_is_named_here() -> None:
    present = {lifted(case).mapping.id for case in CASES}
    assert {mapping.id for mapping in library().mappings()} - present == set(WITHOUT_GOLDEN)


def leaves_without_golden(mapping: MessageMapping) -> set[str]:
    """The wire variables of a mapping that have no value in any golden document, per syntax. One whose presence is refused stands in none."""
    missing = set()
    refused = {variable for condition, *_ in mapping.refuse for variable, texts in condition.wanted.items() if texts == ("present",)}
    for syntax in mapping.trees:
        frames = [lifted(case).wire for case in CASES if lifted(case).mapping is mapping and lifted(case).decoded.syntax == syntax]
        for scope in mapping.scope.every():
            for variable in {*scope.variables, *scope.columns} & (set(mapping.leaves) - refused):
                values = [frame.values.get(variable) for wire in frames for frame in wire.all(scope)]
                if all(value is None or (isinstance(value, list) and all(item is None for item in value)) for value in values):
                    missing.add(f"{syntax} {variable}")
    return missing


@pytest.mark.parametrize("name", sorted({f"{case.folder.parent.name}:{case.folder.name}" for case in CASES}))
def test_every_leaf_of_a_mapping_stands_in_a_golden_document(name: str, lib: Library) -> None:
    assert leaves_without_golden(lib.mapping(name)) == set()
