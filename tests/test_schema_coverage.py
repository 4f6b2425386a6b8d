"""Law 3 over the schema: every element and attribute of a third-party schema is bound, kept or ignored, and said as the schema says it.

What differs on purpose is named in tests/known_differences.yaml, `leaves`: both have it, with other values or another cardinality.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from mutants.differences import Known, section
from third_party import DATA, data

from adapter.errors import UsageError
from adapter.library import Library, library
from adapter.mapping import MessageMapping
from adapter.resources import folder
from adapter.scaffold.model import Kind, Place
from adapter.schema import Pairing, pairings, uncovered
from adapter.schema.paths import mapped, wanted
from adapter.schema.sources import sources
from adapter.text import read_text
from adapter.tree.spec import Leaf

MAPPINGS = list(library().mappings())
SCHEMAS = [mapping for mapping in MAPPINGS if sources(mapping)]
every_schema = pytest.mark.parametrize("mapping", SCHEMAS, ids=lambda mapping: mapping.id)

# Messages without a public schema of their tree, with the reason.
WITHOUT_SCHEMA = {
    "cim:eflex_acknowledgement": "Enedis publishes no schema of E-Flex",
    "cim:eflex_offer": "Enedis publishes no schema of E-Flex",
    "cim:eflex_request": "Enedis publishes no schema of E-Flex",
    "cim:grid_model": "a graph: the profile says which classes there are, and no document has all of them",
    "flexoffer:offer": "the specification has tables, and no schema of the GOFLEX form",
    "gmhub:activation_signal": "known from samples alone",
    "iec61850:scl": "the schema of IEC 61850-6 is not among the data; its field rules stand in the tree, and bad files break them",
    "table:connections": "a table of our own",
    "table:nodes": "a table of our own",
    "table:zones": "a table of our own",
}


@pytest.fixture(autouse=True)
def schemas() -> Path:
    """The third-party data; the tests are skipped without."""
    data("uftp", "xsd")
    return DATA


def known(name: str, mapping: MessageMapping) -> list[Known]:
    return [entry for entry in section(name) if re.fullmatch(entry.message, mapping.id)]


def test_every_mapping_has_a_schema_or_a_reason() -> None:
    assert {mapping.id for mapping in MAPPINGS} - {mapping.id for mapping in SCHEMAS} == set(WITHOUT_SCHEMA)


@every_schema
def test_no_leaf_of_the_schema_is_forgotten(mapping: MessageMapping, schemas: Path) -> None:
    assert uncovered(mapping, schemas) == []


@every_schema
def test_no_leaf_of_the_mapping_is_unknown_to_the_schema(mapping: MessageMapping, schemas: Path) -> None:
    for source in sources(mapping):
        there = {path for path, _ in wanted(source.tree(schemas))}
        mine = mapped(mapping.trees[source.syntax].root)
        assert [path for path in mine.leaves if path not in there and path not in mine.whole] == []


def differences(mapping: MessageMapping, schemas: Path) -> Iterator[tuple[str, str]]:
    """(path, what differs) for each leaf that the mapping says in another way than the schema."""
    for source, pairing in pairings(mapping, schemas):
        if source.file and pairing.leaf is not None:
            yield from ((f"{source.syntax} {pairing.path}", what) for what in _differences(pairing, pairing.leaf))


def _differences(pairing: Pairing, leaf: Leaf) -> Iterator[str]:
    place, kind = pairing.place, pairing.place.kind or Kind()
    codes = set(leaf.codes or leaf.type.codes or ([leaf.const] if leaf.const else ()))
    if codes != set(kind.codes):
        yield f"codes: only in the schema {_few(set(kind.codes) - codes)}, only here {_few(codes - set(kind.codes))}"
    elif not codes:
        yield from _facets(kind, leaf)
    if (place.least, place.most) != (leaf.least, leaf.most) and not _in_optional_cell(pairing, leaf):
        yield f"stands {_times(place)}, here {_times(leaf)}"
    if (None if place.default is None else leaf.read(place.default)) != leaf.default:
        yield f"default {place.default}, here {leaf.default}"


def _facets(kind: Kind, leaf: Leaf) -> Iterator[str]:
    if kind.codec != leaf.type.codec.name and {kind.codec, leaf.type.codec.name} != {"str", "text"}:
        yield f"codec {kind.codec}, here {leaf.type.codec.name}"
    for facet in ("least", "most", "length", "shortest", "fraction"):
        said, mine = getattr(kind, facet), getattr(leaf.type, facet)
        if (None if said is None else Decimal(said)) != mine:
            yield f"{facet} {said}, here {mine}"


def _in_optional_cell(pairing: Pairing, leaf: Leaf) -> bool:
    """A JSON cell `{value: …}` may be absent as a whole, which a column says of its value."""
    return bool(leaf.steps) and len(leaf.steps) > 1 and pairing.place.least == 1 and leaf.least == 0


def _times(place: Place | Leaf) -> str:
    return f"{place.least} to {'any' if place.most is None else place.most} times"


def _few(codes: set[str]) -> str:
    return " ".join(sorted(codes)[:8]) + (f" … ({len(codes)})" if len(codes) > 8 else "") if codes else "none"


@every_schema
def test_a_leaf_is_said_as_the_schema_says_it(mapping: MessageMapping, schemas: Path) -> None:
    named = known("leaves", mapping)
    found = [f"{path}: {what}" for path, what in differences(mapping, schemas)]
    assert [line for line in found if not any(re.fullmatch(entry.mutation, line) for entry in named)] == []


@pytest.mark.parametrize("entry", section("leaves"), ids=lambda entry: entry.id)
def test_a_leaf_named_as_said_otherwise_is(entry: Known, schemas: Path) -> None:
    found = [f"{path}: {what}" for mapping in SCHEMAS if re.fullmatch(entry.message, mapping.id) for path, what in differences(mapping, schemas)]
    assert any(re.fullmatch(entry.mutation, line) for line in found), f"{entry.id}: gone; delete it"


# --- the list is shown to have something on it -----------------------------------------------------------------------


def without(mapping: str, *leaves: str) -> MessageMapping:
    """A mapping of ours compiled again without some of its leaves, its relations and what it keeps."""
    standard, name = mapping.split(":")
    text = folder("mappings").joinpath(standard, f"{name}.yaml").read_text(encoding="utf-8")
    for leaf in leaves:
        assert leaf in text
        text = text.replace(leaf, "")
    head, _, _ = text.partition("\nexchanges:")
    variables = sorted(set(library().mapping(mapping).leaves) - library().mapping(mapping).envelope.wire)
    kept = [name for name in variables if re.search(rf"\b{name}\b", head) or (standard == "uftp" and name in ("step", "zone", "day", "congestion_point"))]
    lib = Library(exchanges=library().exchanges, rules=library().rules)
    apart = replace(library().standards[standard], mappings={})  # the library of the other tests keeps its own
    return lib.add_mapping(apart, read_text(f"{head}\nkeep: {{{', '.join(f'{name}: hub:{name}' for name in kept)}}}\n", f"{name}.yaml"), name)


def test_a_missing_attribute_and_a_missing_column_are_listed(schemas: Path) -> None:
    mapping = without("uftp:flex_request", '  "@ServiceType?": service text\n', '      "@MaxPower": isp_max int\n')
    assert uncovered(mapping, schemas) == ["/FlexRequest/@ServiceType", "/FlexRequest/ISP/@MaxPower"]


def test_a_missing_member_is_listed_for_each_syntax(schemas: Path) -> None:
    mapping = without(
        "cim:rsm_012", '  "businessSector.type?": sector energinet_business_sector\n', '  "businessSector.type?": {value: sector energinet_business_sector}\n'
    )
    stem = "/NotifyValidatedMeasureData_MarketDocument/businessSector.type"
    assert uncovered(mapping, schemas) == [stem, f"{stem}/value"]


def test_a_folder_without_the_schema_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"has no uftp/xsd/V3\.1\.0/UFTP-agr-dso\.xsd, the schema of uftp:flex_request"):
        uncovered(library().mapping("uftp:flex_request"), tmp_path)


def test_a_message_without_schema_has_nothing_on_the_list(tmp_path: Path) -> None:
    assert uncovered(library().mapping("cim:eflex_request"), tmp_path) == []
