"""A scaffolded skeleton compiles and loses nothing: third-party samples read without faults, every leaf accounted, and back."""

from __future__ import annotations

from pathlib import Path

import pytest
from third_party import data

from adapter.accounting import account
from adapter.codecs import syntaxes
from adapter.errors import DecodeError, UsageError
from adapter.frames import Frame
from adapter.library import Library, library
from adapter.mapping import MessageMapping, Standard, read_standard
from adapter.pipeline import Decoded
from adapter.scaffold import Skeleton, scaffold, skeleton
from adapter.text import read_text
from adapter.tree.log import Log
from adapter.tree.spec import read_types

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

SCHEMAS = [
    (UFTP, "FlexRequest", (*JAVA, "FlexRequest.xml")),
    (UFTP, "FlexRequest", (*PYTHON, "TestFlexRequest.XML")),
    (UFTP, "FlexOffer", (*JAVA, "FlexOffer.expected.xml")),
    (UFTP, "FlexOffer", (*PYTHON, "TestFlexOffer.XML")),
    (UFTP, "FlexOrderResponse", (*JAVA, "FlexOrderResponse.xml")),
    (UFTP, "FlexOfferResponse", (*PYTHON, "TestFlexOfferResponse.XML")),
    (UFTP, "D-Prognosis", (*PYTHON, "TestD-Prognosis.XML")),
    (UFTP, "D-PrognosisResponse", (*PYTHON, "TestD-PrognosisResponse.XML")),
    (RSM_012_XSD, RSM_012, (*ENERGINET, "xml", "ValidMeteredDataForMeteringPoint.xml")),
    (RSM_012_XSD, RSM_012, (*ENERGINET, "xml", "ValidMeteredDataForMeteringPointWithTwoTransactions.xml")),
    (RSM_012_JSON, RSM_012, (*ENERGINET, "json", "ValidMeteredDataForMeteringPoint.json")),
    (RSM_012_JSON, RSM_012, (*ENERGINET, "json", "ValidMeteredDataForMeteringPointWithTwoTransactions.json")),
    (RECMMOE, "RECMMOE_Envelope", (*EDDIE, "min-max-envelope-example.xml")),
    (ACK, "Acknowledgement_Envelope", (*EDDIE, "min-max-envelope.xml")),
    (VHD, "VHD_Envelope", (*EDDIE, "fluvius-v1_04", "vhd_for_headpoints.xml")),
    (VHD, "VHD_Envelope", (*EDDIE, "fluvius-v1_04", "vhd_for_physical_meters_for_gas.xml")),
    (VHD, "VHD_Envelope", (*EDDIE, "greenbutton", "output_vhd_v1.04.xml")),
]
SAMPLES = [
    ((*GOFLEX, "SampleFO_Swiss.json"), "FlexOffer"), ((*GOFLEX, "SampleFO_Cyprus.json"), "FlexOffer"),
    ((*SPINE, "use_case__actor__cs__lpc__limits_write.json"), "LoadControlLimits"),
    ((*SPINE, "use_case__actor__ma__mpc__measurement_notify_power.json"), "Measurement"),
    ((*EDDIE, "min-max-envelope-example.xml"), "RECMMOE_Envelope"), ((*JAVA, "FlexRequest.xml"), "FlexRequest"),
    ((*ENERGINET, "json", "ValidMeteredDataForMeteringPointWithTwoTransactions.json"), RSM_012),
]


def standard_of(made: Skeleton, codec: str = "") -> Standard:
    """A standard that has nothing but the types the skeleton asks for."""
    codecs = f"codecs: {{json: {codec}}}\n" if codec else ""
    table = read_text(f"standard: new\ntitle: New\n{codecs}{made.types}", "new/standard.yaml")
    return read_standard(table, "new", read_types(table.table("types")))


def compiled(made: Skeleton, standard: Standard | None = None) -> MessageMapping:
    lib = Library(exchanges=library().exchanges, rules=library().rules)
    return lib.add_mapping(standard or standard_of(made), read_text(made.text(), "new/message.yaml"), "message")


def read(mapping: MessageMapping, syntax: str, value: object) -> tuple[Frame, Log]:
    log = Log()
    return mapping.trees[syntax].read(value, log), log


def assert_carries(mapping: MessageMapping, file: Path) -> None:
    codec, value = syntaxes.decode(file.read_bytes())
    syntax = syntaxes.CODECS[codec].tree
    frame, log = read(mapping, syntax, value)
    assert [str(fault) for fault in log.faults] == []
    leaves = account(Decoded(syntax, value, mapping))
    assert leaves.unmapped == 0
    assert leaves.total > 0
    written = mapping.trees[syntax].write(frame, log)
    again, log = read(mapping, syntax, syntaxes.decode(syntaxes.encode(codec, written))[1])
    assert [str(fault) for fault in log.faults] == []
    assert again == frame


@pytest.mark.parametrize("codes", ["few", "all"])
@pytest.mark.parametrize(("schema", "message", "sample"), SCHEMAS, ids=[sample[-1] for _, _, sample in SCHEMAS])
def test_a_skeleton_from_a_schema_carries_every_leaf_of_a_sample_there_and_back(schema: tuple[str, ...], message: str, sample: tuple[str, ...], codes: str) -> None:
    assert_carries(compiled(skeleton(data(*schema), message, codes=codes)), data(*sample))


@pytest.mark.parametrize(("sample", "message"), SAMPLES, ids=[sample[-1] for sample, _ in SAMPLES])
def test_a_skeleton_from_a_sample_carries_every_leaf_of_it_there_and_back(sample: tuple[str, ...], message: str) -> None:
    made = skeleton(data(*sample), message)
    assert_carries(compiled(made, standard_of(made, "ship") if "spine" in sample else None), data(*sample))
