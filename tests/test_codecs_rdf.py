"""CIM RDF/XML: one identifier for every spelling of it, nothing dropped without a word, and back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyoxigraph
import pytest
from hypothesis import given
from hypothesis import strategies as st
from third_party import data

from adapter.codecs import rdf
from adapter.codecs.limits import Limits
from adapter.codecs.rdf_source import source
from adapter.errors import DecodeError, EncodeError
from adapter.grid.model import read, write

CIM = "http://iec.ch/TC57/CIM100#"
UUID = "urn:uuid:6c33817b-05d5-4ad0-bbaa-e93c77c51dd3"


def document(body: str, attributes: str = "") -> bytes:
    return f'<rdf:RDF xmlns:cim="{CIM}" xmlns:rdf="{rdf.RDF}"{attributes}>\n{body}\n</rdf:RDF>'.encode()


def refusal(body: bytes) -> str:
    with pytest.raises(DecodeError) as caught:
        rdf.decode(body)
    return str(caught.value)


# --- the shape -------------------------------------------------------------------------------------------------------


def test_objects_stand_under_their_class_in_document_order() -> None:
    tree = rdf.decode(
        document(
            '<cim:Meter rdf:about="urn:uuid:b"><cim:IdentifiedObject.name>B</cim:IdentifiedObject.name></cim:Meter>'
            '<cim:UsagePoint rdf:about="urn:uuid:c"/>'
            '<cim:Meter rdf:about="urn:uuid:a"><cim:EndDevice.UsagePoint rdf:resource="urn:uuid:c"/></cim:Meter>'
        )
    )

    assert list(tree.items()) == [
        (
            "cim:Meter",
            [
                {"@id": "urn:uuid:b", "cim:IdentifiedObject.name": "B"},
                {"@id": "urn:uuid:a", "cim:EndDevice.UsagePoint": {"@id": "urn:uuid:c"}},
            ],
        ),
        ("cim:UsagePoint", [{"@id": "urn:uuid:c"}]),
    ]


def test_a_property_that_repeats_is_a_list_in_order() -> None:
    tree = rdf.decode(document('<cim:A rdf:about="urn:a"><cim:b>2</cim:b><cim:c>x</cim:c><cim:b rdf:resource="urn:b"/><cim:b>1</cim:b></cim:A>'))

    assert tree == {"cim:A": [{"@id": "urn:a", "cim:b": ["2", {"@id": "urn:b"}, "1"], "cim:c": "x"}]}


def test_an_object_described_in_two_places_is_one() -> None:
    tree = rdf.decode(document(f'<cim:A rdf:ID="_{UUID[9:]}"><cim:b>1</cim:b></cim:A><rdf:Description rdf:about="{UUID}"><cim:c>2</cim:c></rdf:Description>'))

    assert tree == {"cim:A": [{"@id": UUID, "cim:b": "1", "cim:c": "2"}]}


def test_objects_without_class_stand_under_no_name_and_further_classes_are_a_property() -> None:
    tree = rdf.decode(
        document(f'<rdf:Description rdf:about="urn:a"><cim:b/></rdf:Description><cim:A rdf:about="urn:c"><rdf:type rdf:resource="{CIM}B"/></cim:A>')
    )

    assert tree == {"": [{"@id": "urn:a", "cim:b": ""}], "cim:A": [{"@id": "urn:c", "rdf:type": {"@id": f"{CIM}B"}}]}


def test_names_outside_the_three_namespaces_are_full_iris() -> None:
    tree = rdf.decode(
        document(
            '<md:FullModel rdf:about="urn:a"><eu:x>1</eu:x></md:FullModel>',
            ' xmlns:md="http://iec.ch/TC57/61970-552/ModelDescription/1#" xmlns:eu="http://example.org/eu#"',
        )
    )

    assert tree == {"md:FullModel": [{"@id": "urn:a", "http://example.org/eu#x": "1"}]}


def test_language_and_datatype_are_kept() -> None:
    body = '<cim:A rdf:about="urn:a"><cim:b xml:lang="nl">x</cim:b><cim:c rdf:datatype="http://example.org/d">1</cim:c></cim:A>'

    assert rdf.decode(document(body)) == {
        "cim:A": [{"@id": "urn:a", "cim:b": {"@value": "x", "@language": "nl"}, "cim:c": {"@value": "1", "@type": "http://example.org/d"}}]
    }


# --- identifiers -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "identifier",
    [
        'rdf:ID="_6C33817B-05D5-4AD0-BBAA-E93C77C51DD3"',
        'rdf:ID="_6c33817b-05d5-4ad0-bbaa-e93c77c51dd3"',
        'rdf:ID="6c33817b-05d5-4ad0-bbaa-e93c77c51dd3"',
        'rdf:about="#_6C33817B-05d5-4ad0-bbaa-e93c77c51dd3"',
        'rdf:about="#6C33817B-05d5-4ad0-bbaa-e93c77c51dd3"',
        'rdf:about="urn:uuid:6C33817B-05D5-4AD0-BBAA-E93C77C51DD3"',
        'rdf:about="URN:UUID:_6C33817B-05D5-4AD0-BBAA-E93C77C51DD3"',
        'xml:base="http://iec.ch/TC57/2013/CIM-schema-cim16" rdf:ID="_6C33817B-05D5-4AD0-BBAA-E93C77C51DD3"',
    ],
)
def test_every_spelling_of_a_uuid_is_one_identifier(identifier: str) -> None:
    assert rdf.decode(document(f"<cim:A {identifier}/>")) == {"cim:A": [{"@id": UUID}]}
    if not identifier.startswith(("rdf:ID", "xml:base")):
        reference = identifier.replace("rdf:about", "rdf:resource")
        assert rdf.decode(document(f'<cim:A rdf:about="urn:a"><cim:b {reference}/></cim:A>'))["cim:A"][0]["cim:b"] == {"@id": UUID}


@pytest.mark.parametrize("name", ["feeder", "_feeder", "12", "12_a", "_12", "é"])
def test_a_local_identifier_that_is_no_uuid_is_kept_and_written_back(name: str) -> None:
    body = f'<cim:A rdf:ID="{name}"><cim:b rdf:resource="#{name}"/></cim:A>'

    tree = rdf.decode(document(body))

    assert tree == {"cim:A": [{"@id": f"urn:gridglot:local:{name}", "cim:b": {"@id": f"urn:gridglot:local:{name}"}}]}
    assert f'rdf:about="#{name}"' in rdf.encode(tree).decode()
    assert rdf.decode(rdf.encode(tree)) == tree


def test_an_identifier_in_a_text_is_left_alone() -> None:
    body = '<cim:A rdf:ID="1"><cim:b>say rdf:ID="1" or #_6C33817B-05D5-4AD0-BBAA-E93C77C51DD3</cim:b></cim:A>'

    assert rdf.decode(document(body))["cim:A"][0]["cim:b"] == 'say rdf:ID="1" or #_6C33817B-05D5-4AD0-BBAA-E93C77C51DD3'


def test_enumerations_stay_as_they_are() -> None:
    body = f'<cim:A rdf:about="urn:a"><cim:kind rdf:resource="{CIM}PhaseCode.ABC"/></cim:A>'

    assert rdf.decode(document(body))["cim:A"][0]["cim:kind"] == {"@id": f"{CIM}PhaseCode.ABC"}


# --- refusals --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("quoted", ['"Statements"', "'Statements'", '"&#83;tatements"'])
def test_statements_outside_a_difference_model_are_refused_and_not_dropped(quoted: str) -> None:
    said = refusal(document(f'<cim:A rdf:about="urn:a">\n<cim:b rdf:parseType={quoted}><cim:C rdf:about="urn:c"/></cim:b></cim:A>'))

    assert said.startswith("line 3, ")
    assert "holds statements and is not dm:forwardDifferences" in said


def test_an_unknown_parse_type_is_refused() -> None:
    assert "'Other'" in refusal(document('<cim:A rdf:about="urn:a"><cim:b rdf:parseType="Other"/></cim:A>'))


@pytest.mark.parametrize(
    "body",
    [
        "<cim:A/>",
        '<cim:A rdf:about="urn:a"><cim:b><cim:C/></cim:b></cim:A>',
        '<cim:A rdf:about="urn:a"><cim:b rdf:nodeID="c"/></cim:A>',
        '<cim:A rdf:about="urn:a"><cim:b rdf:parseType="Resource"><cim:c>1</cim:c></cim:b></cim:A>',
    ],
)
def test_an_object_without_identifier_is_refused(body: str) -> None:
    assert "without identifier" in refusal(document(body))


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "the document is empty"),
        (b"<cim/>", "/cim: is the root element; expected rdf:RDF"),
        (b'<!DOCTYPE a [<!ENTITY e "x">]>' + document(""), "document type"),
        (b"<rdf:RDF>", "not well-formed"),
        (document('<cim:A rdf:ID="a b"/>'), "a b is not a valid rdf:ID value"),
        (document('<cim:A rdf:about="#a b"/>'), "Invalid IRI"),
        (document('<cim:A rdf:ID="1"/>\n<cim:A rdf:ID="1"/>'), "line 3: rdf:ID '1' is given to a second object, the first is in line 2"),
        (document('<cim:A rdf:ID="1"/><cim:A rdf:ID="1"><cim:b xml:lang="en">x</cim:b></cim:A>'), "rdf:ID '1' is given to a second object"),
        (document('<cim:A rdf:ID="a" rdf:about="#b"/>\n<cim:B/>'), "line 2: has rdf:ID 'a' and rdf:about '#b'; give each object one"),
        (document('<A rdf:ID="a"/>'), "A: has no namespace"),
        (document('<cim:A rdf:about="urn:a"><cim:b>' + "<cim:A><cim:b>" * 100 + "</cim:b></cim:A>" * 100 + "</cim:b></cim:A>"), "deeper than 64"),
    ],
)
def test_what_is_no_cim_document_is_refused_in_words(body: bytes, said: str) -> None:
    assert said in refusal(body)


def test_a_document_over_the_size_limit_is_refused() -> None:
    with pytest.raises(DecodeError, match="at most 10 are read"):
        rdf.decode(document(""), Limits(max_bytes=10))


# --- back ------------------------------------------------------------------------------------------------------------


def _same(left: rdf.CimTree, right: rdf.CimTree) -> bool:
    return left == right and list(left) == list(right)


@pytest.mark.parametrize("name", ["IEEE13.xml", "IEEE123.xml", "endDevicesAndUsagePoints.xml"])
def test_a_distribution_grid_comes_back_as_it_was(name: str) -> None:
    tree = rdf.decode(data("cim", "grid", "cimhub-distribution", name).read_bytes())

    assert _same(rdf.decode(rdf.encode(tree)), tree)


def _grids() -> list[Path]:
    folders = ["cgmes24-microgrid-be", "cgmes24-minigrid-nb", "cgmes30-microgrid-be", "cimpy-cigre-mv", "cimpy-switches-nb"]
    return [path for folder in folders for path in sorted(data("cim", "grid", folder).glob("*.xml"))]


def test_transmission_grids_of_both_cgmes_versions_come_back_as_they_were() -> None:
    for path in _grids():
        tree = rdf.decode(path.read_bytes())
        assert _same(rdf.decode(rdf.encode(tree)), tree), path.name


def test_meters_of_one_file_join_equipment_of_another() -> None:
    folder = data("cim", "grid", "cimhub-distribution")
    meters: Any = rdf.decode((folder / "endDevicesAndUsagePoints.xml").read_bytes())
    grid: Any = rdf.decode((folder / "IEEE13.xml").read_bytes())
    known = {entry["@id"] for entries in grid.values() for entry in entries}

    assert len({entry["@id"] for entry in meters["cim:PowerElectronicsConnection"]} & known) > 0


def test_a_document_in_another_encoding_is_read() -> None:
    body = '<?xml version="1.0" encoding="ISO-8859-1"?>' + document('<cim:A rdf:about="urn:a"><cim:b>é</cim:b></cim:A>').decode()

    assert rdf.decode(body.encode("latin1"))["cim:A"][0]["cim:b"] == "é"
    assert rdf.decode(body.encode("utf-16"))["cim:A"][0]["cim:b"] == "é"


def test_line_ends_are_read_as_xml_asks() -> None:
    assert rdf.decode(document('<cim:A rdf:about="urn:a"><cim:b>1\r\n2\r3</cim:b></cim:A>'))["cim:A"][0]["cim:b"] == "1\n2\n3"


@pytest.mark.parametrize(
    "tree",
    [
        {"cim:A": [{"cim:b": "1"}]},
        {"": [{"@id": "urn:a"}]},
        {"cim:A": [{"@id": "urn:a b"}]},
        {"cim:A": [{"@id": "urn:a", "cim:b": "\x00"}]},
        {"cim:A": [{"@id": "urn:a", "no name": "1"}]},
        {"cim:": [{"@id": "urn:a"}]},
    ],
)
def test_what_rdf_xml_cannot_say_is_not_written(tree: rdf.CimTree) -> None:
    with pytest.raises(EncodeError):
        rdf.encode(tree)


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cn")) | st.sampled_from("\t\n\r<&>\"'"))
IDS = st.sampled_from([UUID, "urn:gridglot:local:a", "urn:gridglot:local:12", "urn:gridglot:document:x/y", f"{CIM}Unit.W", "http://example.org/?a=1&b=2"])
VALUE = TEXTS | st.builds(lambda iri: {"@id": iri}, IDS) | st.builds(lambda text: {"@value": text, "@language": "en"}, TEXTS)
NAMES = st.sampled_from(["cim:A.b", "cim:A.c", "md:Model.version", "http://example.org/x#y", "http://example.org/z/w", "urn:x:y"])


@st.composite
def _trees(draw: st.DrawFn) -> rdf.CimTree:
    tree: Any = {}
    for number, identifier in enumerate(draw(st.lists(IDS, unique=True, max_size=4))):
        entry = draw(st.dictionaries(NAMES, VALUE | st.lists(VALUE, min_size=2, max_size=3), min_size=1, max_size=4))
        tree.setdefault(draw(st.sampled_from(["cim:A", "cim:B", "", f"http://example.org/k#K{number}"])), []).append({"@id": identifier, **entry})
    return tree  # type: ignore[no-any-return]


@given(_trees())
def test_what_is_written_is_read_back(tree: rdf.CimTree) -> None:
    assert _same(rdf.decode(rdf.encode(tree)), tree)


# --- two readers -----------------------------------------------------------------------------------------------------


def _every_grid() -> list[Path]:
    return sorted(data("cim", "grid").glob("*/*.xml"))


def test_the_walk_over_a_plain_document_gives_what_an_rdf_parser_gives() -> None:
    plain = 0
    for path in _every_grid():
        document = source(path.read_bytes())
        for part in ("", *document.parts):
            walked, parsed = list(document.statements(part)), list(document._parsed(document.parts[part] if part else document.rest, part))
            assert walked == parsed, (path.name, part)
            plain += 1

    assert plain >= 52


ODD = {
    "language": '<cim:A rdf:about="urn:a"><cim:b xml:lang="en">x</cim:b></cim:A>',
    "datatype": '<cim:A rdf:about="urn:a"><cim:b rdf:datatype="urn:t">x</cim:b></cim:A>',
    "property attribute": '<cim:A rdf:about="urn:a" cim:b="x"/>',
    "object in a property": '<cim:A rdf:about="urn:a"><cim:b><cim:C rdf:about="urn:c"/></cim:b></cim:A>',
    "type as a property": '<cim:A rdf:about="urn:a"><rdf:type rdf:resource="urn:t"/></cim:A>',
    "collection": '<cim:A rdf:about="urn:a"><cim:b rdf:parseType="Literal">x</cim:b></cim:A>',
}


@pytest.mark.parametrize("what", ODD)
def test_what_cimxml_does_not_use_is_left_to_the_rdf_parser(what: str) -> None:
    document_ = source(document(ODD[what]))

    assert list(document_.statements()) == list(document_._parsed(document_.rest))


def test_an_object_that_one_file_describes_and_defines_has_its_class_once_and_stays_defined() -> None:
    twice = document('<cim:A rdf:about="#_a"><cim:b>1</cim:b></cim:A><cim:A rdf:ID="_a"><cim:c>2</cim:c></cim:A>')

    assert rdf.decode(twice) == {"cim:A": [{"@id": "urn:gridglot:local:_a", "cim:b": "1", "cim:c": "2"}]}
    assert b'<cim:A rdf:ID="_a">' in write(read(twice))


def test_a_base_in_the_document_is_kept() -> None:
    tree = rdf.decode(document('<cim:A rdf:about="#a"/>', ' xml:base="http://example.org/x"'))

    assert tree["cim:A"][0]["@id"] == "http://example.org/x#a"


# --- versions of the vocabulary --------------------------------------------------------------------------------------


def test_an_older_version_of_cim_is_read_as_cim100_with_its_enumerations() -> None:
    older = "http://iec.ch/TC57/2013/CIM-schema-cim16#"
    body = f'<cim:A rdf:ID="_a"><cim:kind rdf:resource="{older}PhaseCode.ABC"/></cim:A>'

    tree = rdf.decode(document(body).replace(CIM.encode(), older.encode()))

    assert tree == {"cim:A": [{"@id": "urn:gridglot:local:_a", "cim:kind": {"@id": f"{CIM}PhaseCode.ABC"}}]}


def test_two_versions_in_one_document_stay_two() -> None:
    older = "http://iec.ch/TC57/2013/CIM-schema-cim16#"

    tree = rdf.decode(document('<cim:A rdf:about="urn:a"><old:b>1</old:b></cim:A>', f' xmlns:old="{older}"'))

    assert tree == {"cim:A": [{"@id": "urn:a", f"{older}b": "1"}]}
    first = document('<cim:A rdf:about="urn:a"><old:b>1</old:b></cim:A>').replace(b"<rdf:RDF", f'<rdf:RDF xmlns:old="{older}"'.encode())
    assert rdf.decode(first) == tree


# --- difference models -----------------------------------------------------------------------------------------------


def test_a_difference_model_comes_back_with_both_parts() -> None:
    models = sorted(data("cim", "grid", "difference-models").glob("*.xml"))

    assert len(models) == 3
    for model in models:
        tree = rdf.decode(model.read_bytes())
        assert set(rdf.PARTS) <= set(tree["dm:DifferenceModel"][0]), model.name
        assert _same(rdf.decode(rdf.encode(tree)), tree), model.name


def test_a_difference_model_holds_the_statements_that_others_read_in_it() -> None:
    """The folder has each file as TriG too, written by its author: one named graph per part."""
    for model in sorted(data("cim", "grid", "difference-models").glob("*.xml")):
        ours = source(model.read_bytes())
        theirs = list(pyoxigraph.parse(model.with_suffix(".trig").read_bytes(), format=pyoxigraph.RdfFormat.TRIG))
        for part in rdf.PARTS:
            name = next(quad.object.value for quad in theirs if quad.predicate.value.endswith(part.removeprefix("dm:")))
            expected = {(_end(quad.subject.value), quad.predicate.value, _end(quad.object.value)) for quad in theirs if str(quad.graph_name) == f"<{name}>"}
            assert {(_end(subject), predicate, _end(value)) for subject, predicate, value, _, _ in ours.statements(part)} == expected, (model.name, part)


def _end(text: str) -> str:
    """An identifier without what stands before it, which differs between the files."""
    return text.rpartition("#")[2].removeprefix("_")


def test_statements_without_a_header_are_refused() -> None:
    body = '<dm:Other rdf:about="urn:d"><dm:forwardDifferences rdf:parseType="Statements"/></dm:Other>'

    assert "there are 0 dm:DifferenceModel" in refusal(document(body, ' xmlns:dm="http://iec.ch/TC57/61970-552/DifferenceModel/1#"'))
