"""What we write of third-party grids, read by others: triplets, pyoxigraph, rdflib and lxml find in it what they find in the original.

Nothing here asks our own spelling what is right; only the statements are compared by our own reader too.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TypeAlias

import pyoxigraph
import pytest
import rdflib
import triplets
from lxml import etree
from third_party import data

from adapter.codecs.rdf_source import source
from adapter.grid import model
from adapter.grid.statements import ntriples
from adapter.names import RDF

GRIDS = [path for path in sorted(data("cim", "grid").glob("*/*.xml")) if path.parent.name != "difference-models"]
BASE = "urn:document"
SMALL = [path for path in GRIDS if path.stat().st_size < 200_000]  # rdflib needs a minute for all that is larger
TWICE = {"20191030T0924Z_XX_YYY_TP_.xml": 12}  # file → objects that stand in two elements, one that defines and one that describes; we write one
Row: TypeAlias = "tuple[str, str, str]"


@dataclass(frozen=True)
class Export:
    """A file of others, and what we write after reading it."""

    path: Path
    given: bytes
    written: bytes


def shown(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


@pytest.fixture(scope="module", params=GRIDS, ids=shown)
def export(request: pytest.FixtureRequest) -> Export:
    given = request.param.read_bytes()
    return Export(request.param, given, model.write(model.read(given)))


def objects(document: bytes) -> list[etree._Element]:
    return list(etree.fromstring(document).iterchildren("{*}*"))


def name(element: etree._Element) -> tuple[str, str]:
    """The attribute that names an object, and its text, as they stand in the file."""
    ((attribute, text),) = element.attrib.items()
    return attribute, text


def local(element: etree._Element) -> str:
    return name(element)[1].removeprefix("#")


def twice(document: bytes) -> dict[str, str]:
    """Each object that stands in two elements → its class."""
    counted = Counter((local(element), etree.QName(element).localname) for element in objects(document))
    return {one: kind for (one, kind), count in counted.items() if count > 1}


def test_the_objects_that_stand_in_two_elements_are_those_that_are_named_here(export: Export) -> None:
    assert len(twice(export.given)) == TWICE.get(export.path.name, 0)
    assert twice(export.written) == {}


# --- triplets --------------------------------------------------------------------------------------------------------


def table(document: bytes) -> Counter[Row]:
    """(ID, KEY, VALUE) of each row of triplets, with what it says of the file (name, prefixes); the IDs it makes up for that are its words."""
    file = BytesIO(document)
    file.name = "grid.xml"
    read = triplets.parse(file, categorical_columns=None)
    rows = list(zip(read["ID"], read["KEY"], read["VALUE"], strict=True))
    made = {one: value for one, key, value in rows if key == "Type" and value in ("Distribution", "NamespaceMap")}
    assert sorted(made.values()) == ["Distribution", "NamespaceMap"]
    return Counter((made.get(one, one), key, value) for one, key, value in rows)


def test_triplets_reads_the_same_table(export: Export) -> None:
    before, after = table(export.given), table(export.written)
    assert sum(before.values()) > len(objects(export.given))
    assert before - after == Counter((one.removeprefix("_"), "Type", kind) for one, kind in twice(export.given).items())
    assert after - before == Counter()


# --- RDF -------------------------------------------------------------------------------------------------------------


def test_our_own_reader_reads_the_same_statements(export: Export) -> None:
    before, after = (set(ntriples(source(document)).splitlines()) for document in (export.given, export.written))
    assert before ^ after == set()


def test_what_is_written_of_what_is_written_is_the_same_bytes(export: Export) -> None:
    assert model.write(model.read(export.written)) == export.written


def parsed(document: bytes) -> set[tuple[str, str, str]]:
    quads = pyoxigraph.parse(document, format=pyoxigraph.RdfFormat.RDF_XML, base_iri=BASE)
    return {(str(quad.subject), str(quad.predicate), str(quad.object)) for quad in quads}


def test_pyoxigraph_reads_the_same_triples(export: Export) -> None:
    assert parsed(export.given) ^ parsed(export.written) == set()


@pytest.mark.parametrize("export", SMALL, ids=shown, indirect=True)
def test_rdflib_reads_the_same_triples(export: Export) -> None:
    before, after = (set(rdflib.Graph().parse(data=document, format="xml", publicID=BASE)) for document in (export.given, export.written))
    assert before ^ after == set()


# --- the sender's dialect --------------------------------------------------------------------------------------------


def test_the_prefixes_and_namespaces_are_those_of_the_sender(export: Export) -> None:
    before, after = etree.fromstring(export.given), etree.fromstring(export.written)
    assert after.nsmap == before.nsmap
    assert {element.tag for element in after.iter("{*}*")} == {element.tag for element in before.iter("{*}*")}


def test_each_object_is_named_as_the_sender_names_it(export: Export) -> None:
    before, after = ({(element.tag, *name(element)) for element in objects(document)} for document in (export.given, export.written))
    again = twice(export.given)
    described = {name(element) for element in objects(export.given) if local(element) in again and name(element)[0] == f"{{{RDF}}}about"}
    assert after - before == set()
    assert {one[1:] for one in before - after} == described


def said(document: bytes) -> Counter[tuple[str, str, str | None, str | None]]:
    """Each property: the text that names its object, its element, the text of its reference, and its own text."""
    rows = Counter[tuple[str, str, str | None, str | None]]()
    for element in objects(document):
        for child in element.iterchildren("{*}*"):
            rows[local(element), child.tag, child.get(f"{{{RDF}}}resource"), child.text or None] += 1
    return rows


def test_each_property_and_reference_is_written_as_the_sender_writes_it(export: Export) -> None:
    before, after = said(export.given), said(export.written)
    assert (before - after, after - before) == (Counter(), Counter())
