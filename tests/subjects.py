"""What the laws are held against: every golden document and every third-party sample; and which samples are refused, and why.

Each file of the folders in FOLDERS stands in exactly one of ACCEPTED, REFUSED, UNKNOWN and NO_SAMPLES.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from cases import NOW, Case, golden_cases
from third_party import DATA, data

from adapter.context import Context
from adapter.errors import ContextMissing, DecodeError, HubError, LiftError
from adapter.message import Message
from adapter.partners import NEUTRAL, Profile, find
from adapter.pipeline import Document, Lifted, learn, lift, lower

EXAMPLES = Path(__file__).resolve().parents[1] / "examples" / "partners"
FOLDERS = (
    "uftp/messages",
    "cim/market/samples-eddie",
    "cim/market/samples-energinet",
    "flexoffer",
    "spine/openeebus",
    "spine/spine-go",
    "cim/grid/cimhub-distribution",
    "iec61850",
)

LIBRARY, JAVA = "uftp/messages/shapeshifter-library", "uftp/messages/shapeshifter-library-java"
EDDIE, ENERGINET = "cim/market/samples-eddie", "cim/market/samples-energinet"
NIBE, SPINE_GO = "spine/openeebus", "spine/spine-go"
GRID = "cim/grid/cimhub-distribution"
SCL = "iec61850"

# file: (partner profile of examples/partners, earlier messages)
ACCEPTED: dict[str, tuple[str, tuple[str, ...]]] = {
    f"{LIBRARY}/TestFlexRequest.XML": ("", ()),
    f"{LIBRARY}/TestFlexOfferResponse.XML": ("", ()),
    f"{JAVA}/FlexRequest.xml": ("", ()),
    f"{JAVA}/FlexOffer.expected.xml": ("", ()),
    f"{JAVA}/FlexOrderResponse.xml": ("", ()),
    f"{EDDIE}/min-max-envelope-example.xml": ("eddie", ()),
    f"{EDDIE}/min-max-envelope.json": ("eddie", ()),
    f"{EDDIE}/min-max-envelope.xml": ("", ()),
    f"{ENERGINET}/json/ValidMeteredDataForMeteringPoint.json": ("", ()),
    f"{ENERGINET}/json/ValidMeteredDataForMeteringPointWithTwoTransactions.json": ("", ()),
    f"{ENERGINET}/xml/ValidMeteredDataForMeteringPoint.xml": ("", ()),
    f"{ENERGINET}/xml/ValidMeteredDataForMeteringPointWithTwoTransactions.xml": ("", ()),
    "flexoffer/goflex/SampleFO_Cyprus.json": ("goflex", ()),
    "flexoffer/goflex/SampleFO_Swiss.json": ("goflex", ()),
    f"{NIBE}/use_case__actor__cs__lpc__limits_request.json": ("", ()),
    f"{NIBE}/use_case__actor__cs__lpc__limits_write.json": ("", (f"{NIBE}/use_case__actor__eg__lpc__limits_description_reply.json",)),
    f"{NIBE}/use_case__actor__cs__lpc__result_data_msg_cnt_ref_3.json": ("", ()),
    f"{NIBE}/use_case__actor__eg__lpc__limits_description_reply.json": ("", ()),
    f"{NIBE}/use_case__actor__ma__mpc__electrical_connection_description_reply.json": ("", ()),
    f"{NIBE}/use_case__actor__ma__mpc__measurement_description_reply.json": ("", ()),
    f"{NIBE}/use_case__actor__ma__mpc__measurement_notify_frequency.json": ("", (f"{NIBE}/use_case__actor__ma__mpc__measurement_description_reply.json",)),
    f"{NIBE}/use_case__actor__ma__mpc__measurement_notify_power.json": ("", (f"{NIBE}/use_case__actor__ma__mpc__measurement_description_reply.json",)),
    f"{SPINE_GO}/ec_parameterDescriptionListData_recv_reply.json": ("", ()),
    f"{SPINE_GO}/ec_permittedvaluesetlistdata_recv_notify_partial.json": ("", ()),
    f"{SPINE_GO}/m_descriptionListData_recv_reply.json": ("", ()),
    f"{SPINE_GO}/m_measurementListData_recv_notify.json": (
        "",
        (f"{SPINE_GO}/m_descriptionListData_recv_reply.json", f"{SPINE_GO}/ec_parameterDescriptionListData_recv_reply.json"),
    ),
    f"{SPINE_GO}/nm_subscriptionRequestCall_send_result_expected.json": ("", ()),
    f"{GRID}/IEEE13.xml": ("", ()),
    f"{GRID}/IEEE123.xml": ("", ()),
    f"{GRID}/endDevicesAndUsagePoints.xml": ("", (f"{GRID}/IEEE13.xml", f"{GRID}/IEEE123.xml")),
    f"{SCL}/compas_scd_with_substation.xml": ("", ()),
    f"{SCL}/compas_ssd.xml": ("", ()),
    f"{SCL}/robidev_open_substation.scd": ("", ()),
}

DEVICES_ALONE = "/SCL/Substation: is missing"  # such files describe devices of a substation, and not the substation

# file: (partner profile, error class, a part of the sentence)
REFUSED: dict[str, tuple[str, type[HubError], str]] = {
    f"{LIBRARY}/TestFlexOffer.XML": ("", LiftError, "/FlexOffer/OfferOption[1]/@OptionReference: is missing"),
    f"{JAVA}/noversion/FlexOffer.xml": ("", LiftError, "/FlexOffer/@Version: is missing"),
    f"{JAVA}/noversion/FlexOrderResponse.xml": ("", LiftError, "/FlexOrderResponse/@Version: is missing"),
    f"{JAVA}/noversion/FlexRequestResponse_with_XXE_Attack.xml": ("", DecodeError, "line 9: the document has a document type"),
    f"{EDDIE}/fluvius-v1_04/vhd_for_headpoints.xml": (
        "",
        LiftError,
        "TimeSeries[3]: the product 8716867000047 is reactive energy, and the unit is one of active energy",
    ),
    f"{EDDIE}/fluvius-v1_04/vhd_for_physical_meters_for_gas.xml": (
        "",
        LiftError,
        "TimeSeries[1]: the product 8716867000030 is active electric energy, and the unit is none of energy",
    ),
    f"{EDDIE}/greenbutton/output_vhd_v1.04.xml": ("", LiftError, "TimeSeries[1]: the product 8716867000016 is active power, and the unit is one of energy"),
    f"{ENERGINET}/xml/InvalidMeteredDataForMeteringPoint.xml": ("", LiftError, "Series[1]/mRID: is missing"),
    f"{ENERGINET}/xml/InvalidMeteredDataForMeteringPointMissingRegistration.xml": ("", LiftError, "Series[1]/registration_DateAndOrTime.dateTime: is missing"),
    f"{SCL}/compas_ied_1_test.xml": ("", LiftError, DEVICES_ALONE),
    f"{SCL}/compas_scd_create_dataset_and_controlblocks_success.xml": ("", LiftError, DEVICES_ALONE),
    f"{SCL}/compas_scd_with_dai_test.xml": ("", LiftError, DEVICES_ALONE),
    f"{SCL}/compas_scd_with_ln.xml": ("", LiftError, DEVICES_ALONE),
    f"{SCL}/compas_scl_standard.scd": ("", LiftError, DEVICES_ALONE),
    f"{SCL}/compas_std.xml": ("", LiftError, DEVICES_ALONE),
    f"{SCL}/compas_std_with_communication.xml": ("", LiftError, DEVICES_ALONE),
}

# Accepted with their profile and context, refused without: file, error class, a part of the sentence.
REFUSED_ALONE: list[tuple[str, type[HubError], str]] = [
    (f"{EDDIE}/min-max-envelope-example.xml", LiftError, "limit_direction.A02"),
    (f"{EDDIE}/min-max-envelope.json", LiftError, "has no unit on the wire"),
    ("flexoffer/goflex/SampleFO_Cyprus.json", LiftError, "does not say whether positive means consumption or production"),
    ("flexoffer/goflex/SampleFO_Swiss.json", LiftError, "does not say whether positive means consumption or production"),
    (f"{NIBE}/use_case__actor__cs__lpc__limits_write.json", ContextMissing, "send loadControlLimitDescriptionListData of that device first"),
    (f"{NIBE}/use_case__actor__ma__mpc__measurement_notify_frequency.json", ContextMissing, "send measurementDescriptionListData of that device first"),
    (f"{NIBE}/use_case__actor__ma__mpc__measurement_notify_power.json", ContextMissing, "send measurementDescriptionListData of that device first"),
    (f"{SPINE_GO}/m_measurementListData_recv_notify.json", ContextMissing, "send measurementDescriptionListData of that device first"),
]

NOT_YET, NO_MESSAGE, USEF_2015 = "no mapping yet", "is no message we have a mapping for", "is a message of USEF 2015"
# file: a part of the sentence of UnknownMessage
UNKNOWN: dict[str, str] = {
    f"{LIBRARY}/TestAGRPortfolioUpdate_Correct.XML": f"/AGRPortfolioUpdate: {NOT_YET}",
    f"{LIBRARY}/TestD-Prognosis.XML": f"/D-Prognosis: {NOT_YET}",
    f"{LIBRARY}/TestD-PrognosisResponse.XML": f"/D-PrognosisResponse: {NOT_YET}",
    f"{LIBRARY}/TestFlexSettlement.XML": f"/FlexSettlement: {NOT_YET}",
    f"{LIBRARY}/TestMessageIncorrectTimezone.XML": f"/TestMessage: {NOT_YET}",
    f"{JAVA}/SignedMessage.xml": f"/SignedMessage: {NOT_YET}: the signed wrapper of a UFTP message",
    "uftp/messages/usef-2015/common_reference_query_response_dso.xml": f"/CommonReferenceQueryResponse: {USEF_2015}",
    "uftp/messages/usef-2015/settlement-message-test.xml": f"/SettlementMessage: {USEF_2015}",
    "uftp/messages/usef-2015/test-prognosis.xml": f"/Prognosis: {USEF_2015}",
    f"{EDDIE}/greenbutton/Batch.xml": f"/feed: {NO_MESSAGE}",
    f"{EDDIE}/greenbutton/BatchWithInvalidIntervalBlock.xml": f"/feed: {NO_MESSAGE}",
    f"{EDDIE}/greenbutton/BatchWithoutIntervalBlock.xml": f"/feed: {NO_MESSAGE}",
    f"{EDDIE}/greenbutton/UsagePoint.xml": f"/feed: {NO_MESSAGE}",
    f"{ENERGINET}/ebix/ValidPT1HMeteredDataForMeteringPoint.xml": f"/DK_MeteredDataTimeSeries: {NO_MESSAGE}",
    f"{ENERGINET}/xml/BadVersionMeteredDataForMeteringPoint.xml": "has the namespace 'urn:ediel.org:measure:notifyvalidatedmeasuredata:bad:1'",
    f"{NIBE}/spine__model__datagram_payload__sma_use_case_data_reply.json": f"/nodeManagementUseCaseData: {NOT_YET}",
    f"{NIBE}/use_case__actor__cem__ohpcf__receive__sem_ps_announce_notify_1.json": "'smartEnergyManagementPsData'",
    f"{NIBE}/use_case__actor__cem__ohpcf__send__sem_ps_schedule_write_1.json": "'smartEnergyManagementPsData'",
    f"{NIBE}/use_case__actor__cs__lpc__device_diagnosis_heartbeat_request.json": "'deviceDiagnosisHeartbeatData'",
    f"{NIBE}/use_case__actor__cs__lpc__failsafe_power_limit_write.json": "'deviceConfigurationKeyValueListData'",
    f"{NIBE}/use_case__actor__cs__lpc__heartbeat_notify.json": "'deviceDiagnosisHeartbeatData'",
    f"{NIBE}/use_case__actor__cs__lpc__load_control_binding_request.json": "'nodeManagementBindingRequestCall'",
    f"{NIBE}/use_case__actor__cs__lpc__load_control_subscription_request.json": "'nodeManagementSubscriptionRequestCall'",
    f"{NIBE}/use_case__actor__cs__lpc__use_case_reply.json": f"/nodeManagementUseCaseData: {NOT_YET}",
    f"{NIBE}/use_case__actor__ma__mpc__discovery_request.json": f"/nodeManagementDetailedDiscoveryData: {NOT_YET}",
    f"{NIBE}/use_case__actor__ma__mpc__measurement_constraints_reply.json": "'measurementConstraintsListData'",
    f"{SPINE_GO}/dd_subscriptionRequestCall_recv.json": "'nodeManagementSubscriptionRequestCall'",
    f"{SPINE_GO}/nm_destinationListData_send_reply_expected.json": "'nodeManagementDestinationListData'",
    f"{SPINE_GO}/nm_detaileddiscoverydata_recv_read_ack.json": f"/nodeManagementDetailedDiscoveryData: {NOT_YET}",
    f"{SPINE_GO}/nm_usecaseinformationlistdata_recv_reply.json": f"/nodeManagementUseCaseData: {NOT_YET}",
    f"{SPINE_GO}/wallbox_detaileddiscoverydata_recv_notify.json": f"/nodeManagementDetailedDiscoveryData: {NOT_YET}",
    f"{SPINE_GO}/wallbox_detaileddiscoverydata_recv_reply_full.json": f"/nodeManagementDetailedDiscoveryData: {NOT_YET}",
}

# Licences and lists of sources beside the samples.
NO_SAMPLES = ("flexoffer/SOURCES.md", "flexoffer/goflex/LICENSE", f"{NIBE}/LICENSE.txt", f"{SPINE_GO}/LICENSE", f"{GRID}/license.md", f"{SCL}/SOURCES.md")


@dataclass(frozen=True)
class Subject:
    """One document the laws are held against, with what is needed to understand it."""

    id: str
    path: Path
    profile: Profile = field(hash=False, default=NEUTRAL)
    earlier: tuple[Path, ...] = ()

    @property
    def data(self) -> bytes:
        return self.path.read_bytes()

    def context(self) -> Context:
        context = Context()
        for file in self.earlier:
            learn(file.read_bytes(), context, profile=self.profile)
        return context

    def lifted(self) -> Lifted:
        """The message, lifted once per process: what is lifted is never changed by those who look at it."""
        return _lifted(self)

    def lift(self, document: bytes) -> Lifted:
        return lift(document, profile=self.profile, context=self.context(), now=NOW)

    def lower(self, message: Message) -> list[Document]:
        """The message in its own standard again."""
        own = self.lifted()
        return lower(message, own.mapping, profile=self.profile, context=self.context(), now=NOW, syntax=own.decoded.syntax)


@lru_cache(256)
def _lifted(subject: Subject) -> Lifted:
    return subject.lift(subject.data)


def profile_of(name: str) -> Profile:
    return find(str(EXAMPLES / f"{name}.yaml")) if name else NEUTRAL


def third_party_subject(name: str) -> Subject:
    """A sample that is accepted; skips the test when the third-party data are not here."""
    profile, earlier = ACCEPTED[name]
    return Subject(name, data(*name.split("/")), profile_of(profile), tuple(data(*file.split("/")) for file in earlier))


def subject_of(key: Case | str) -> Subject:
    """A subject by golden case or by the name of a third-party sample."""
    if isinstance(key, str):
        return third_party_subject(key)
    return Subject(key.id, key.wire, key.profile, tuple(key.earlier()))


KEYS: list[Case | str] = [*golden_cases(), *ACCEPTED]


def shown(key: Case | str) -> str:
    return key if isinstance(key, str) else key.id


def present() -> set[str]:
    """Every file of the folders, by name."""
    return {str(path.relative_to(DATA)) for folder in FOLDERS for path in data(*folder.split("/")).rglob("*") if path.is_file()}
