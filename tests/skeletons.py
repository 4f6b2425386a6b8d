"""Scaffolded skeletons on trial: the third-party schemas with their samples, a skeleton compiled, and whether it carries a document."""

from __future__ import annotations

from typing import Any

from lxml import etree
from third_party import data

from adapter.accounting import account
from adapter.codecs import syntaxes
from adapter.compiler import read_standard
from adapter.frames import Frame
from adapter.library import Library
from adapter.mapping import MessageMapping, Standard
from adapter.pipeline import Decoded
from adapter.resources import folder
from adapter.scaffold import Skeleton
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
PLAIN = "standard: new\ntitle: New\n"


def xml_schema(schema: tuple[str, ...]) -> etree.XMLSchema:
    """The validator of a third-party XML schema."""
    return etree.XMLSchema(etree.parse(str(data(*schema))))


def tree_of(made: Skeleton, syntax: str) -> str:
    """The tree of one syntax, as the skeleton writes it."""
    return made.mapping[made.mapping.index(f"{syntax}:\n") : made.mapping.index("exchanges:")]


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
