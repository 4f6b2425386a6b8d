"""A scaffolded skeleton compiles and loses nothing: third-party samples read without faults, every leaf accounted, and back.

And it is as strict as the schema it came from: samples that are mutated get the verdict of the schema's own validator.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from copy import deepcopy
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator
from lxml import etree
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT7
from third_party import data

from adapter.accounting import account
from adapter.codecs import syntaxes, xml
from adapter.compiler import read_standard
from adapter.errors import DecodeError, UsageError
from adapter.frames import Frame
from adapter.library import Library
from adapter.mapping import MessageMapping, Standard
from adapter.pipeline import Decoded
from adapter.resources import folder
from adapter.scaffold import Skeleton, scaffold, skeleton
from adapter.scaffold.write import scalar
from adapter.text import read_file, read_text
from adapter.tree.log import Log
from adapter.tree.types import read_types

UFTP = ("uftp", "xsd", "V3.1.0", "UFTP-agr-dso.xsd")
JAVA, PYTHON = ("uftp", "messages", "shapeshifter-library-java"), ("uftp", "messages", "shapeshifter-library")
MARKET = ("cim", "market")
RSM_012 = "NotifyValidatedMeasureData_MarketDocument"
RSM_012_XSD = (*MARKET, "xsd-energinet", "urn-ediel-org-measure-notifyvalidatedmeasuredata-0-1.xsd")
RSM_012_JSON = (*MARKET, "jsonschema-energinet", "Notify-Validated-measure-data-assembly-model.schema.json")
RECMMOE = (*MARKET, "xsd-eddie", "v1_12", "recmmoe", "ReferenceEnergyCurveMinMaxOperatingEnvelope Document_v1.12_annotated.xsd")
ACK = (*MARKET, "xsd-eddie", "v1_12", "ack", "Acknowledgement Document_v1.12_annotated.xsd")
VHD = (*MARKET, "xsd-eddie", "v1_04", "vhd", "ValidatedHistoricalData Document_v1.04_annotated.xsd")
EDDIE, ENERGINET = (*MARKET, "samples-eddie"), (*MARKET, "samples-energinet")
GOFLEX, SPINE = ("flexoffer", "goflex"), ("spine", "openeebus")

Case = tuple[tuple[str, ...], str, tuple[str, ...]]
XSD_SAMPLES: list[Case] = [
    (UFTP, "FlexRequest", (*JAVA, "FlexRequest.xml")),
    (UFTP, "FlexRequest", (*PYTHON, "TestFlexRequest.XML")),
    (UFTP, "FlexOffer", (*JAVA, "FlexOffer.expected.xml")),
    (UFTP, "FlexOrderResponse", (*JAVA, "FlexOrderResponse.xml")),
    (UFTP, "FlexOfferResponse", (*PYTHON, "TestFlexOfferResponse.XML")),
    (UFTP, "D-Prognosis", (*PYTHON, "TestD-Prognosis.XML")),
    (UFTP, "D-PrognosisResponse", (*PYTHON, "TestD-PrognosisResponse.XML")),
    (RSM_012_XSD, RSM_012, (*ENERGINET, "xml", "ValidMeteredDataForMeteringPoint.xml")),
    (RSM_012_XSD, RSM_012, (*ENERGINET, "xml", "ValidMeteredDataForMeteringPointWithTwoTransactions.xml")),
    (RECMMOE, "RECMMOE_Envelope", (*EDDIE, "min-max-envelope-example.xml")),
    (ACK, "Acknowledgement_Envelope", (*EDDIE, "min-max-envelope.xml")),
    (VHD, "VHD_Envelope", (*EDDIE, "fluvius-v1_04", "vhd_for_headpoints.xml")),
    (VHD, "VHD_Envelope", (*EDDIE, "fluvius-v1_04", "vhd_for_physical_meters_for_gas.xml")),
    (VHD, "VHD_Envelope", (*EDDIE, "greenbutton", "output_vhd_v1.04.xml")),
]
JSON_SAMPLES: list[Case] = [
    (RSM_012_JSON, RSM_012, (*ENERGINET, "json", "ValidMeteredDataForMeteringPoint.json")),
    (RSM_012_JSON, RSM_012, (*ENERGINET, "json", "ValidMeteredDataForMeteringPointWithTwoTransactions.json")),
]
SAMPLES = [
    ((*GOFLEX, "SampleFO_Swiss.json"), "FlexOffer"),
    ((*GOFLEX, "SampleFO_Cyprus.json"), "FlexOffer"),
    ((*SPINE, "use_case__actor__cs__lpc__limits_write.json"), "LoadControlLimits"),
    ((*SPINE, "use_case__actor__ma__mpc__measurement_notify_power.json"), "Measurement"),
    ((*SPINE, "use_case__actor__cem__ohpcf__send__sem_ps_schedule_write_1.json"), "Schedule"),
    ((*EDDIE, "min-max-envelope-example.xml"), "RECMMOE_Envelope"),
    ((*JAVA, "FlexRequest.xml"), "FlexRequest"),
    ((*EDDIE, "greenbutton", "output_vhd_v1.04.xml"), "VHD_Envelope"),
    ((*ENERGINET, "json", "ValidMeteredDataForMeteringPointWithTwoTransactions.json"), RSM_012),
]
# Written by us from the field tables of UFTP 3.1.0, for messages no third party gives a valid sample of.
HEAD = (
    'Version="3.1.0" SenderDomain="dso.example" RecipientDomain="agr.example" TimeStamp="2026-11-20T09:00:00Z" '
    'MessageID="d3ae4836-55b1-4084-b54e-34107b22648c" ConversationID="1b67a3f0-55b1-4084-b54e-34107b22648c"'
)
OWN = {
    "FlexOrder": f"""<FlexOrder {HEAD} ISP-Duration="PT15M" TimeZone="Europe/Amsterdam" Period="2026-11-21" CongestionPoint="ean.265987182507322951"
        FlexOfferMessageID="d3ae4836-55b1-4084-b54e-34107b22648d" Price="12.3400" Currency="EUR" OrderReference="order 1" OptionReference="a">
        <ISP Power="-5000" Start="3"/><ISP Power="-4000" Start="5" Duration="2"/></FlexOrder>""",
    "FlexRequestResponse": f'<FlexRequestResponse {HEAD} Result="Rejected" RejectionReason="Unknown" FlexRequestMessageID="d3ae4836-55b1-4084-b54e-34107b22648d"/>',
    "FlexSettlement": f"""<FlexSettlement {HEAD} Result="Accepted" PeriodStart="2026-11-01" PeriodEnd="2026-11-30" Currency="EUR">
        <FlexOrderSettlement OrderReference="order 1" Period="2026-11-21" CongestionPoint="ean.265987182507322951" Price="12" NetSettlement="11.5">
        <ISP Start="1" BaselinePower="6" OrderedFlexPower="-1" ActualPower="5" DeliveredFlexPower="-1" PowerDeficiency="2"/></FlexOrderSettlement>
        <ContractSettlement ContractID="c"><Period Period="2026-11-21"><ISP Start="1" ReservedPower="5"/><ISP Start="2" ReservedPower="6" OrderedPower="1"/>
        </Period></ContractSettlement></FlexSettlement>""",
}


PLAIN = "standard: new\ntitle: New\n"
SHIP = PLAIN + "codecs: {json: ship}\n"


def standard_of(*made: Skeleton, text: str = PLAIN) -> Standard:
    """A standard that has nothing but the types the skeletons ask for (and what *text* says)."""
    table = read_text(text, "new/standard.yaml")
    types = read_types(table.table("types"))
    for one in made:
        types |= read_types(read_text(one.types, "types").table("types"))
    return read_standard(table, "new", types)


def compiled(made: Skeleton, standard: Standard | None = None, text: str = "") -> MessageMapping:
    lib = Library()
    lib.add_exchange(read_file(folder("mappings").joinpath("exchanges", "message.yaml"), "message.yaml"), "message")
    return lib.add_mapping(standard or standard_of(made), read_text(text or made.text(), "new/message.yaml"), "message")


def faults_of(mapping: MessageMapping, syntax: str, value: Any) -> list[str]:
    log = Log()
    mapping.trees[syntax].read(value, log)
    return [str(fault) for fault in log.faults]


def assert_carries(mapping: MessageMapping, sent: bytes) -> None:
    codec, value = syntaxes.decode(sent)
    syntax = syntaxes.CODECS[codec].tree
    frame, log = read(mapping, syntax, value)
    leaves = account(Decoded(syntax, value, mapping))
    assert (leaves.unmapped, leaves.total > 0) == (0, True)
    written = syntaxes.encode(codec, mapping.trees[syntax].write(frame, log))
    assert log.faults == []
    assert read(mapping, syntax, syntaxes.decode(written)[1])[0] == frame


def read(mapping: MessageMapping, syntax: str, value: Any) -> tuple[Frame, Log]:
    log = Log()
    frame = mapping.trees[syntax].read(value, log)
    assert [str(fault) for fault in log.faults] == []
    return frame, log


def named(cases: list[Any]) -> list[str]:
    return [case[-1][-1] if isinstance(case[-1], tuple) else case[0][-1] for case in cases]


# --- every leaf, there and back ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("codes", ["few", "all"])
@pytest.mark.parametrize(("schema", "message", "sample"), XSD_SAMPLES + JSON_SAMPLES, ids=named(XSD_SAMPLES + JSON_SAMPLES))
def test_a_skeleton_from_a_schema_carries_every_leaf(schema: tuple[str, ...], message: str, sample: tuple[str, ...], codes: str) -> None:
    assert_carries(compiled(skeleton(data(*schema), message, codes=codes)), data(*sample).read_bytes())


@pytest.mark.parametrize("message", OWN)
def test_a_skeleton_carries_a_document_of_ours_that_the_schema_finds_valid(message: str) -> None:
    etree.XMLSchema(etree.parse(str(data(*UFTP)))).assertValid(etree.fromstring(OWN[message]))
    assert_carries(compiled(skeleton(data(*UFTP), message)), OWN[message].encode())


@pytest.mark.parametrize(("sample", "message"), SAMPLES, ids=named(SAMPLES))
def test_a_skeleton_from_a_sample_carries_every_leaf_of_it(sample: tuple[str, ...], message: str) -> None:
    made = skeleton(data(*sample), message)
    assert_carries(compiled(made, standard_of(made, text=SHIP if "spine" in sample else PLAIN)), data(*sample).read_bytes())


def test_the_xml_and_the_json_tree_of_one_message_have_the_same_variables() -> None:
    from_xsd, from_json = skeleton(data(*RSM_012_XSD), RSM_012), skeleton(data(*RSM_012_JSON), RSM_012)
    tree = from_json.mapping[from_json.mapping.index("json:\n") : from_json.mapping.index("exchanges:")]
    both = from_xsd.mapping.replace("exchanges:", tree + "exchanges:")
    assert set(compiled(from_xsd, standard_of(from_json, from_xsd), both).trees) == {"xml", "json"}


# --- as strict as the schema ------------------------------------------------------------------------------------------

GARBAGE = (
    "x",
    "1",
    "-1",
    "0",
    "1.5",
    "2026-01-01",
    "2026-01-01T00:00:00Z",
    "2026-01-01T00:00Z",
    "PT15M",
    "A01",
    "A99",
    "true",
    "a" * 61,
    "EUR",
    "9" * 20,
    "1e3",
)


def mutated_xml(root: Any, source: random.Random) -> Any:
    root = deepcopy(root)
    element = source.choice(list(root.iter("*")))
    changes: list[Callable[[], Any]] = [lambda: element.set("Bogus", "1"), lambda: etree.SubElement(element, root.tag.replace(local(root), "Bogus"))]
    if element.attrib:
        changes += [
            lambda: element.attrib.pop(source.choice(list(element.attrib))),
            lambda: element.set(source.choice(list(element.attrib)), source.choice(GARBAGE)),
        ]
    if element is not root:
        changes += [lambda: element.getparent().remove(element), lambda: element.addnext(deepcopy(element))]
    if not len(element):
        changes += [lambda: setattr(element, "text", source.choice(GARBAGE))] * 2
    else:
        changes += [lambda: element.append(element[source.randrange(len(element))])]
    source.choice(changes)()
    return root


def local(element: Any) -> str:
    return str(etree.QName(element).localname)


@pytest.mark.parametrize(("schema", "message", "sample"), XSD_SAMPLES, ids=named(XSD_SAMPLES))
def test_a_skeleton_judges_mutated_documents_as_its_xml_schema_does(schema: tuple[str, ...], message: str, sample: tuple[str, ...]) -> None:
    mapping = compiled(skeleton(data(*schema), message, codes="all"))
    validator = etree.XMLSchema(etree.parse(str(data(*schema))))
    root, source = xml.decode(data(*sample).read_bytes()), random.Random(1)
    for _ in range(200):
        document = mutated_xml(root, source)
        faults = faults_of(mapping, "xml", document)
        assert validator.validate(document) == (not faults), (faults, validator.error_log.last_error, etree.tostring(document)[:2000])


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from places(inner, (*path, key))


def mutated_json(root: Any, source: random.Random) -> Any:
    root = deepcopy(root)
    *way, key = source.choice([path for path in places(root) if len(path) > 1])
    holder = root
    for step in way:
        holder = holder[step]
    change = source.choice(("delete", "set", "set", "add"))
    if change == "delete":
        del holder[key]
    elif change == "set":
        holder[key] = source.choice(["x", 1, -1, Decimal("1.5"), None, True, [], {}, "2026-01-01T00:00Z", "PT15M", "A01", "a" * 61, 1000000, "E66"])
    elif isinstance(holder, dict):
        holder["bogus"] = 1
    else:
        holder.insert(key, deepcopy(holder[key]))
    return root


def floats(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: floats(inner) for key, inner in value.items()}
    return [floats(inner) for inner in value] if isinstance(value, list) else float(value) if isinstance(value, Decimal) else value


@pytest.mark.parametrize(("schema", "message", "sample"), JSON_SAMPLES, ids=named(JSON_SAMPLES))
def test_a_skeleton_judges_mutated_documents_as_its_json_schema_does(schema: tuple[str, ...], message: str, sample: tuple[str, ...]) -> None:
    def retrieve(uri: str) -> Any:
        return Resource.from_contents(json.loads((data(*schema).parent / uri.rsplit("/", 1)[-1]).read_text("utf-8-sig")), default_specification=DRAFT7)

    validator = Draft7Validator(json.loads(data(*schema).read_text("utf-8-sig")), registry=Registry(retrieve=retrieve))
    mapping = compiled(skeleton(data(*schema), message, codes="all"))
    root, source = syntaxes.decode(data(*sample).read_bytes())[1], random.Random(1)
    for _ in range(200):
        document = mutated_json(root, source)
        faults = faults_of(mapping, "json", document)
        assert validator.is_valid(floats(document)) == (not faults), faults


@pytest.mark.parametrize(
    ("message", "sample", "fault"),
    [
        ("FlexOffer", "TestFlexOffer.XML", "/FlexOffer/OfferOption[1]/@OptionReference: is missing"),
        ("FlexSettlement", "TestFlexSettlement.XML", "/FlexSettlement/@Result: is missing"),
    ],
)
def test_a_sample_its_schema_refuses_is_refused(message: str, sample: str, fault: str) -> None:
    document = xml.decode(data(*PYTHON, sample).read_bytes())
    assert not etree.XMLSchema(etree.parse(str(data(*UFTP)))).validate(document)
    assert any(found.startswith(fault) for found in faults_of(compiled(skeleton(data(*UFTP), message)), "xml", document))


# --- what a skeleton looks like ---------------------------------------------------------------------------------------


def test_points_are_rows_and_options_are_scopes() -> None:
    offer = scaffold(data(*UFTP), "FlexOffer")
    assert '"OfferOption+":\n    each: offer_option\n' in offer
    assert '      "ISP+":\n        rows: isp\n        of:\n          "@Power": power int\n          "@Start": start positive_integer\n' in offer


def test_a_long_code_list_is_named_with_its_size_or_written_on_request() -> None:
    few, every = (skeleton(data(*ACK), "Acknowledgement_Envelope", codes=codes) for codes in ("few", "all"))
    assert "code: code  # code list ReasonCodeTypeList, 166 codes" in few.mapping
    assert "reason_code_type" not in few.types
    assert "code: code reason_code_type\n" in every.mapping
    assert '  reason_code_type:\n    source: ReasonCodeTypeList\n    codes:\n      - "999 A01 ' in every.types


KNOWN = """
standard: new
title: New
types:
  isp: {codec: int, min: "1"}
  accident: {codes: [Available Requested]}
includes:
  payload:
    "@Version": version
    "@SenderDomain": sender
    "@RecipientDomain": recipient
    "@TimeStamp": created instant
    "@MessageID": message_id uuid
    "@ConversationID": conversation uuid
envelopes:
  payload:
    relate:
      - same: {message_id: id, created: created, conversation: conversation, version: version}
      - identifier: {id: sender, as: DNS, is: sender}
"""


def test_types_and_fragments_of_the_standard_are_used_by_name() -> None:
    made = skeleton(data(*UFTP), "FlexRequest", standard="new", against=standard_of(text=KNOWN))
    assert 'envelope: payload\nidentity: [sender, message_id, revision]\nxml:\n  "+payload":\n  "@ISP-Duration": isp_duration duration\n' in made.mapping
    assert '"@Start": start isp' in made.mapping
    assert "{var: disposition, codes: [Available, Requested]}" in made.mapping  # equal codes under a name that has nothing to do with it
    assert "keep:\n  recipient: new:recipient\n  isp_duration:" in made.mapping
    compiled(made, standard_of(made, text=KNOWN))


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_every_scalar_reads_back_as_itself(text: str) -> None:
    assert read_text(f"a: {scalar(text, flow=False)}\nb: {{{scalar(text + '?')}: {scalar(text)}}}\n", "x")["a"] == text
    assert read_text(f"b: {{{scalar(text + '?')}: {scalar(text)}}}\n", "x").table("b") == {text + "?": text}


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
    tree = made.mapping[made.mapping.index("xml:\n") : made.mapping.index("exchanges:")]
    assert tree.splitlines() == NOTE_TREE.splitlines()
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
    tree = made.mapping[made.mapping.index("json:\n") : made.mapping.index("exchanges:")]
    assert tree.splitlines() == BID_TREE.splitlines()
    document = {
        "id": "d3ae4836-55b1-4084-b54e-34107b22648c",
        "state": "new",
        "note": None,
        "level": 2,
        "owner": {"eic": "x"},
        "price": 8.5,
        "slots": [{"index": 1, "kw": 1.25}, {"index": 2}],
        "tags": [],
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
