"""What the literals of CIM grid models are, against the tables of the vocabularies and of every model at hand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pyoxigraph
import pytest
from lxml import etree
from third_party import data

from adapter.errors import MappingError
from adapter.grid.datatypes import LONGEST, datatype, literal, primitive, properties, read_properties, unit
from adapter.names import RDF, XSD
from adapter.text import read_text

VOCABULARY = data("cim", "schema", "cgmes30-owl-inst4cim")
MODELS = sorted(data("cim", "grid").rglob("*.xml"))
PREFIXES = {
    "http://iec.ch/TC57/2012/CIM-schema-cim16#": "cim:",
    "http://iec.ch/TC57/2013/CIM-schema-cim16#": "cim:",
    "http://iec.ch/TC57/CIM100#": "cim:",
    "http://entsoe.eu/CIM/SchemaExtension/3/1#": "eu:",
    "http://iec.ch/TC57/CIM100-European#": "eu:",
    "http://iec.ch/TC57/61970-552/ModelDescription/1#": "md:",
}
DIFFERS = {"ActivePowerPerFrequency": ("WPers", "WPerHz")}  # watt per second against "per frequency" in its definition; 2.4.15 says Hz


def short(kind: str) -> str:
    return "xsd:" + kind.removeprefix(XSD)


def literals(path: Path) -> Iterator[tuple[str, str]]:
    """(name, text) of every element that holds a text and no object or reference; lxml reads, not the hub's codec."""
    for element in etree.parse(path).getroot().iter(etree.Element):
        if len(element) or any(name in element.attrib for name in (f"{{{RDF}}}{local}" for local in ("resource", "about", "ID", "parseType"))):
            continue
        tag = etree.QName(element)
        yield PREFIXES.get(tag.namespace or "", tag.namespace or "") + tag.localname, element.text or ""


def test_each_property_of_the_published_map_has_its_xsd_type() -> None:
    lines = (VOCABULARY / "CompleteDatatypeMap.tsv").read_text().splitlines()
    published = dict(line.split("\t") for line in lines)
    assert len(published) == 3101
    assert {name: short(literal(name, "", "shapes")[1]) for name in published} == published
    assert [name for name in published if name not in properties()] == []


def test_each_quantity_has_the_unit_and_multiplier_published_for_cgmes() -> None:
    published, ours = {}, {}
    by_datatype = {kind.name: name for name, kind in properties().items()}
    for line in (VOCABULARY / "qk-units-CGMES.md").read_text(encoding="utf-8-sig").splitlines()[2:]:
        name, multiplier, symbol = (cell.strip().strip('"') for cell in line.split("|")[1:4])
        name = name.removeprefix("cim1:")
        if name not in by_datatype:
            assert name in ("Area", "VolumeFlowRate")  # quantities of the dynamics, whose properties the published map gives without one
            continue
        if name in DIFFERS:
            theirs, symbol = symbol, DIFFERS[name][1]
            assert theirs == DIFFERS[name][0]
        published[name] = (symbol, multiplier)
        ours[name] = unit(by_datatype[name], "cgmes30")
    assert len(published) == 25
    assert ours == published


def test_the_quantities_are_those_of_the_vocabularies() -> None:
    published = {}
    for path in sorted(VOCABULARY.glob("*.ttl")):
        for triple in pyoxigraph.parse(path=path, format=pyoxigraph.RdfFormat.TURTLE):
            if triple.predicate.value.endswith("#hasQuantityKind") or triple.predicate.value.endswith("/hasQuantityKind"):
                assert isinstance(triple.subject, pyoxigraph.NamedNode)
                published[f"cim:{triple.subject.value.partition('#')[2]}"] = triple.object.value.partition("#")[2]
    assert len(published) == 260
    assert {name: datatype(name).name for name in published} == published


@pytest.mark.parametrize("path", MODELS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_each_literal_property_of_a_real_model_is_known(path: Path) -> None:
    found = {name for name, _ in literals(path)}
    assert found
    assert found - set(properties()) == set()


def test_exact_numbers_are_the_numbers_written_in_every_real_model() -> None:
    wrong, seen = [], 0
    for path in MODELS:
        for name, text in literals(path):
            if primitive(name) == "Float":
                seen += 1
                value, kind = literal(name, text)
                if kind != XSD + "decimal" or not re.fullmatch(r"[+-]?[0-9]*\.?[0-9]*", value) or Decimal(value) != Decimal(text.strip()):
                    wrong.append((path.name, name, text, value))
    assert seen > 10000
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "value", "kind"),
    [
        ("9.42478e-5", "0.0000942478", "decimal"),
        ("-1.5E+3", "-1500", "decimal"),
        (".5e1", "5", "decimal"),
        (" 1.10\n", "1.10", "decimal"),
        ("NaN", "NaN", "float"),
        ("-INF", "-INF", "float"),
        ("abc", "abc", "decimal"),
        ("", "", "decimal"),
        ("1,5", "1,5", "decimal"),
        (f"1e{LONGEST}", f"1e{LONGEST}", "decimal"),
        ("1e999999999", "1e999999999", "decimal"),
        ("٣", "٣", "decimal"),
    ],
)
def test_a_number_is_written_out_exactly_or_kept_as_it_stands(text: str, value: str, kind: str) -> None:
    assert literal("cim:ACLineSegment.r", text) == (value, XSD + kind)


def test_a_string_keeps_its_white_space_and_other_types_do_not() -> None:
    assert literal("cim:IdentifiedObject.name", " a ")[0] == " a "
    assert literal("cim:Switch.open", " true ") == ("true", XSD + "boolean")
    assert literal("cim:Unheard.of", "5") == ("5", XSD + "string")


@pytest.mark.parametrize(
    ("name", "text"),
    [("cim:ACLineSegment.r", "abc"), ("cim:EndDevice.isSmartInverter", "True"), ("cim:TapChanger.normalStep", "1.0"), ("cim:Season.endDate", "April")],
)
def test_the_store_keeps_a_text_that_is_no_value_of_its_type_and_compares_it_with_nothing(name: str, text: str) -> None:
    value, kind = literal(name, text)
    subject = pyoxigraph.NamedNode("urn:a")
    store = pyoxigraph.Store()
    store.add(pyoxigraph.Quad(subject, subject, pyoxigraph.Literal(value, datatype=pyoxigraph.NamedNode(kind))))
    assert [(quad.object.value, quad.object.datatype.value) for quad in store] == [(text, kind)]
    assert not store.query("ASK { ?s ?p ?value FILTER(?value < 1 || ?value >= 1 || ?value < true || ?value >= true) }")


def test_distribution_models_write_base_units_and_kilowatt_only_where_the_datatype_says_so() -> None:
    assert unit("cim:EnergyConsumer.p", "base") == ("W", "none")
    assert unit("cim:ACLineSegment.r", "base") == ("ohm", "none")
    assert unit("cim:ShortCircuitTest.loss", "base") == ("W", "k")
    assert unit("cim:StaticVarCompensator.slope", "cgmes24") == ("VPerVAr", "m")
    assert unit("cim:ExcAC1A.ka", "cgmes30") == ("", "none")


@pytest.mark.parametrize(
    ("datatypes", "classes", "says"),
    [
        ("PU: {primitive: Number}", "PU: {A: b}", "datatypes.yaml:1: Number is no primitive"),
        ("PU: {primitive: Float, mult: k}", "PU: {A: b}", "unknown key 'mult'"),
        ("PU: {primitive: Float}", "PerCent: {A: b}", "properties.yaml:1: PerCent is no datatype of datatypes.yaml"),
        ("PU: {primitive: Float}\nFloat: {primitive: Float}", "PU: {A: b c}\nFloat:\n  A: c", "properties.yaml:3: cim:A.c stands under PU and Float"),
    ],
)
def test_a_wrong_table_is_refused_with_its_line(datatypes: str, classes: str, says: str) -> None:
    with pytest.raises(MappingError, match=re.escape(says)):
        read_properties(read_text(datatypes, "datatypes.yaml"), read_text(classes, "properties.yaml"))
