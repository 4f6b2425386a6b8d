"""What the scaffold reads: every construct of XML Schema and JSON Schema, and samples; a message that is not there and a file elsewhere are refused."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from lxml import etree
from skeletons import JAVA, RSM_012, RSM_012_JSON, UFTP, assert_carries, compiled, faults_of, tree_of
from third_party import data

from adapter.errors import DecodeError, UsageError
from adapter.scaffold import scaffold, skeleton

SCHEMA = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:t" targetNamespace="urn:t" elementFormDefault="qualified">
  <xs:include schemaLocation="part.xsd"/>
  <xs:element name="Note" type="t:NoteType"/>
  <xs:element name="Value" abstract="true"/>
  <xs:element name="Word" substitutionGroup="t:Value" type="xs:string"/><xs:element name="Number" substitutionGroup="t:Value" type="xs:int"/>
  <xs:complexType name="Base"><xs:sequence><xs:element name="id" type="t:Code"/></xs:sequence><xs:attributeGroup ref="t:Marks"/></xs:complexType>
  <xs:complexType name="NoteType"><xs:complexContent><xs:extension base="t:Base"><xs:sequence>
    <xs:group ref="t:Names"/>
    <xs:choice><xs:element name="mail" type="xs:string"/><xs:element name="phone"><xs:simpleType><xs:restriction base="xs:string">
      <xs:pattern value="[0-9]+"/><xs:pattern value="\\+[0-9]+$"/></xs:restriction></xs:simpleType></xs:element></xs:choice>
    <xs:element ref="t:Value" minOccurs="0"/>
    <xs:element name="empty" minOccurs="0"><xs:complexType/></xs:element>
    <xs:element name="price" minOccurs="0" maxOccurs="4"><xs:complexType><xs:simpleContent><xs:restriction base="t:Amount"><xs:maxInclusive value="9"/>
      <xs:attribute name="unit" type="xs:string" fixed="EUR"/></xs:restriction></xs:simpleContent></xs:complexType></xs:element>
    <xs:element name="tag" type="xs:NMTOKEN" maxOccurs="unbounded"/>
    <xs:element name="reply" type="t:NoteType" minOccurs="0"/>
  </xs:sequence></xs:extension></xs:complexContent></xs:complexType>
</xs:schema>"""
PART = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" elementFormDefault="qualified">
  <xs:group name="Names"><xs:sequence><xs:element name="name" type="xs:string" minOccurs="0"/></xs:sequence></xs:group>
  <xs:attributeGroup name="Marks"><xs:attribute name="lang" type="xs:language" default="en"/><xs:attribute name="old" use="prohibited"/></xs:attributeGroup>
  <xs:simpleType name="Code"><xs:restriction base="xs:string"><xs:enumeration value="a b"/><xs:enumeration value="c"/></xs:restriction></xs:simpleType>
  <xs:complexType name="Amount"><xs:simpleContent><xs:extension base="xs:decimal"><xs:attribute name="unit" type="xs:string"/></xs:extension></xs:simpleContent></xs:complexType>
</xs:schema>"""
NOTE_TREE = """xml:
  "@lang?": {var: lang, default: en}
  id: {var: id, codes: {"a b": "a b", c: c}}
  "name?": name
  "mail?": mail  # one of mail, phone
  "phone?": phone phone  # one of mail, phone
  "Word?": word  # one of Word, Number
  "Number?": number int32  # one of Word, Number
  "empty?": {flag: empty}
  "price*":
    each: price
    of:
      "@unit?": {const: EUR}
      "#": price price
  "tag+": tag
  "reply?": {}  # an element inside itself: its content is left out
"""


def test_a_schema_with_everything_becomes_a_tree_in_wire_order(tmp_path: Path) -> None:
    (tmp_path / "note.xsd").write_text(SCHEMA)
    (tmp_path / "part.xsd").write_text(PART)
    made = skeleton(tmp_path / "note.xsd", "Note")
    assert tree_of(made, "xml").splitlines() == NOTE_TREE.splitlines()
    assert "  phone: {pattern: '(?:[0-9]+)|(?:\\+[0-9]+\\$)', source: phone}\n" in made.types
    document = '<Note xmlns="urn:t" lang="de"><id>a b</id><phone>7</phone><Number>3</Number><empty/><price unit="EUR">1.5</price><price>2</price><tag>x</tag><tag>y</tag></Note>'
    etree.XMLSchema(etree.parse(str(tmp_path / "note.xsd"))).assertValid(etree.fromstring(document))
    assert_carries(compiled(made), document.encode())


JSON_SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Bid",
    "type": "object",
    "required": ["id", "slots", "state"],
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "state": {"const": "new"},
        "note": {"type": ["string", "null"], "maxLength": 9},
        "level": {"enum": [1, 2]},
        "owner": {"$ref": "#party"},
        "price": {"allOf": [{"type": "number"}, {"minimum": 0, "exclusiveMaximum": 9}]},
        "slots": {"type": "array", "minItems": 1, "items": {"$ref": "other.json#/$defs/slot"}},
        "tags": {"type": "array", "items": {"type": "string"}},
        "extra": {"type": "object"},
        "either": {"oneOf": [{"type": "string"}, {"type": "number"}]},
    },
    "$defs": {"party": {"$anchor": "party", "anyOf": [{"properties": {"gln": {"type": "string"}}}, {"properties": {"eic": {"type": "string"}}}]}},
}
OTHER = {
    "$defs": {"slot": {"type": "object", "required": ["index"], "properties": {"index": {"type": "integer"}, "kw": {"type": "number", "multipleOf": 0.01}}}}
}
BID_TREE = """json:
  id: id uuid
  state: {const: new}
  "note?": {var: note, type: note, nil: keep}
  "level?": {var: level, type: int, codes: ["1", "2"]}
  "owner?": {"gln?": gln, "eic?": eic}  # members of several alternatives
  "price?": price price  # exclusiveMaximum 9 is not checked
  "slots+": {rows: slots, of: {index: index int, "kw?": kw kw}}
  "tags*": tags
  "extra?": extra json
  "either?": either json
"""


def test_a_json_schema_with_everything_becomes_a_tree(tmp_path: Path) -> None:
    (tmp_path / "bid.json").write_text(json.dumps(JSON_SCHEMA))
    (tmp_path / "other.json").write_text(json.dumps(OTHER))
    made = skeleton(tmp_path / "bid.json", "Bid")
    assert tree_of(made, "json").splitlines() == BID_TREE.splitlines()
    document = {
        "id": "d3ae4836-55b1-4084-b54e-34107b22648c",
        "state": "new",
        "note": None,
        "level": 2,
        "owner": {"eic": "x"},
        "price": 8.5,
        "slots": [{"index": 1, "kw": 1.25}, {"index": 2}],
        "tags": ["a", "b"],
        "extra": {"a": [1, {}]},
        "either": 3,
    }
    assert_carries(compiled(made), json.dumps(document).encode())
    assert faults_of(compiled(made), "json", {**document, "price": Decimal(8), "slots": [], "extra": 1})[0].startswith("/slots: is missing")


def test_a_sample_gives_cardinality_codecs_and_offers_codes(tmp_path: Path) -> None:
    sample = {
        "a": [
            {"kind": "up", "at": "2020-02-27T20:00:00.000+0000"},
            {"kind": "down", "end": "PT1H", "no": 1},
            {"kind": "up", "end": "2026-01-01T00:00:00Z", "no": None},
        ],
        "b": [],
        "c": [[1]],
    }
    (tmp_path / "s.json").write_text(json.dumps(sample))
    made = skeleton(tmp_path / "s.json", "S")
    assert "      kind: kind  # seen: up, down\n" in made.mapping
    assert '      "end?": end anchored\n      "no?": {var: "no", type: int, nil: keep}\n      "at?": at compact\n' in made.mapping
    assert_carries(compiled(made), json.dumps(sample).encode())


# --- what is refused --------------------------------------------------------------------------------------------------


def test_an_unknown_message_is_answered_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no element 'Flexoffer'; it has .*FlexOffer, FlexOfferResponse"):
        scaffold(data(*UFTP), "Flexoffer")
    with pytest.raises(UsageError, match=f"no message 'X'; it has {RSM_012}"):
        scaffold(data(*RSM_012_JSON), "X")
    with pytest.raises(UsageError, match="its root element is FlexRequest"):
        scaffold(data(*JAVA, "FlexRequest.xml"), "FlexOffer")
    with pytest.raises(UsageError, match="cannot be read"):
        scaffold(tmp_path / "nowhere.xsd", "X")


def schema_with(location: str) -> str:
    return f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:include schemaLocation="{location}"/><xs:element name="A" type="T"/></xs:schema>'


@pytest.mark.parametrize(
    ("location", "says"),
    [
        ("inner/part.xsd", "the same folder and the folders above it only"),
        ("http://127.0.0.1:9/part.xsd", "not found beside it: http://127.0.0.1:9/part.xsd"),
        ("evil.xsd", "document type"),
    ],
)
def test_schemas_are_read_from_the_folder_only_and_never_with_a_doctype(tmp_path: Path, location: str, says: str) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "part.xsd").write_text("<a/>")
    (tmp_path / "evil.xsd").write_text('<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>')
    (tmp_path / "main.xsd").write_text(schema_with(location))
    with pytest.raises((UsageError, DecodeError), match=says):
        scaffold(tmp_path / "main.xsd", "A")
