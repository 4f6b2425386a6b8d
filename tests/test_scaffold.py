"""A scaffolded skeleton compiles and loses nothing: samples read without faults, every leaf is accounted, and they come back."""

from __future__ import annotations

import pytest
from lxml import etree
from skeletons import (
    EDDIE,
    ENERGINET,
    GOFLEX,
    JAVA,
    JSON_SAMPLES,
    PLAIN,
    RSM_012,
    RSM_012_JSON,
    RSM_012_XSD,
    SPINE,
    UFTP,
    XSD_SAMPLES,
    assert_carries,
    compiled,
    named,
    standard_of,
    tree_of,
    xml_schema,
)
from third_party import data

from adapter.scaffold import skeleton

SHIP = PLAIN + "codecs: {json: ship}\n"
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


@pytest.mark.parametrize("codes", ["few", "all"])
@pytest.mark.parametrize(("schema", "message", "sample"), XSD_SAMPLES + JSON_SAMPLES, ids=named(XSD_SAMPLES + JSON_SAMPLES))
def test_a_skeleton_from_a_schema_carries_every_leaf(schema: tuple[str, ...], message: str, sample: tuple[str, ...], codes: str) -> None:
    assert_carries(compiled(skeleton(data(*schema), message, codes=codes)), data(*sample).read_bytes())


@pytest.mark.parametrize("message", OWN)
def test_a_skeleton_carries_a_document_of_ours_that_the_schema_finds_valid(message: str) -> None:
    xml_schema(UFTP).assertValid(etree.fromstring(OWN[message]))
    assert_carries(compiled(skeleton(data(*UFTP), message)), OWN[message].encode())


@pytest.mark.parametrize(("sample", "message"), SAMPLES, ids=named(SAMPLES))
def test_a_skeleton_from_a_sample_carries_every_leaf_of_it(sample: tuple[str, ...], message: str) -> None:
    made = skeleton(data(*sample), message)
    assert_carries(compiled(made, standard_of(made, text=SHIP if "spine" in sample else PLAIN)), data(*sample).read_bytes())


def test_the_xml_and_the_json_tree_of_one_message_have_the_same_variables() -> None:
    from_xsd, from_json = skeleton(data(*RSM_012_XSD), RSM_012), skeleton(data(*RSM_012_JSON), RSM_012)
    both = from_xsd.mapping.replace("exchanges:", tree_of(from_json, "json") + "exchanges:")
    assert set(compiled(from_xsd, standard_of(from_json, from_xsd), both).trees) == {"xml", "json"}
