"""Which messages have a third-party schema, and the valid documents their mutants are made of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from third_party import data

from adapter.partners import NEUTRAL, Profile
from mutants import Mutation, json, xml
from mutants.oracles import Oracle, json_schema, uftp, xsd

SEEDS = Path(__file__).parent / "seeds"
JAVA, OLD_JAVA = ("uftp", "messages", "shapeshifter-library-java"), ("uftp", "messages", "shapeshifter-library")
MARKET = ("cim", "market")
ENERGINET = (*MARKET, "samples-energinet")
EDDIE = (*MARKET, "samples-eddie")
KILOWATTS = Profile("kilowatts", {"unit": "kW", "limit_direction.A02": "hub:Consume", "limit_direction.A01": "hub:Produce"})


@dataclass(frozen=True)
class Seed:
    """A valid document: its name, and how to get its bytes."""

    name: str
    read: Callable[[], bytes]


@dataclass(frozen=True)
class Message:
    """One message in one syntax: the schema's verdict, documents to start from, the partner profile a lift of it needs."""

    mapping: str
    syntax: str
    oracle: Oracle
    seeds: tuple[Seed, ...]
    profile: Profile = field(default=NEUTRAL)

    @property
    def id(self) -> str:
        return self.mapping if self.syntax == "xml" else f"{self.mapping} ({self.syntax})"

    def mutations(self) -> Iterator[Mutation]:
        make = xml.mutations if self.syntax == "xml" else json.mutations
        for seed in self.seeds:
            yield from make(seed.read(), seed.name)


def own(standard: str, name: str) -> Seed:
    """A document we wrote ourselves."""
    return Seed(name, lambda: SEEDS.joinpath(standard, name).read_bytes())


def sample(*parts: str) -> Seed:
    """A third-party document."""
    return Seed(parts[-1], lambda: data(*parts).read_bytes())


def _active_energy() -> bytes:
    """The Green Button sample with the product its unit belongs to (it says active power, and counts kWh)."""
    return data(*EDDIE, "greenbutton", "output_vhd_v1.04.xml").read_bytes().replace(b"8716867000016", b"8716867000030")


MESSAGES = (
    Message("uftp:flex_request", "xml", uftp, (own("uftp", "flex_request.xml"), sample(*JAVA, "FlexRequest.xml"))),
    Message("uftp:flex_offer", "xml", uftp, (own("uftp", "flex_offer.xml"), sample(*JAVA, "FlexOffer.expected.xml"))),
    Message("uftp:flex_order", "xml", uftp, (own("uftp", "flex_order.xml"), own("uftp", "flex_order-3.0.0.xml"))),
    Message("uftp:flex_request_response", "xml", uftp, (own("uftp", "flex_request_response.xml"),)),
    Message("uftp:flex_offer_response", "xml", uftp, (own("uftp", "flex_offer_response.xml"), sample(*OLD_JAVA, "TestFlexOfferResponse.XML"))),
    Message("uftp:flex_order_response", "xml", uftp, (own("uftp", "flex_order_response.xml"), sample(*JAVA, "FlexOrderResponse.xml"))),
    Message(
        "cim:rsm_012", "xml", xsd(*MARKET, "xsd-energinet", "urn-ediel-org-measure-notifyvalidatedmeasuredata-0-1.xsd"),
        (own("cim", "rsm_012.xml"), sample(*ENERGINET, "xml", "ValidMeteredDataForMeteringPoint.xml")),
    ),
    Message(
        "cim:rsm_012", "json", json_schema(*MARKET, "jsonschema-energinet", "Notify-Validated-measure-data-assembly-model.schema.json"),
        (own("cim", "rsm_012.json"), Seed("ValidMeteredDataForMeteringPoint.json", lambda: data(*ENERGINET, "json", "ValidMeteredDataForMeteringPoint.json").read_bytes()[3:])),
    ),
    Message(
        "cim:recmmoe", "xml", xsd(*MARKET, "xsd-eddie", "v1_12", "recmmoe", "ReferenceEnergyCurveMinMaxOperatingEnvelope Document_v1.12_annotated.xsd"),
        (own("cim", "recmmoe.xml"), sample(*EDDIE, "min-max-envelope-example.xml")), KILOWATTS,
    ),
    Message(
        "cim:acknowledgement", "xml", xsd(*MARKET, "xsd-eddie", "v1_12", "ack", "Acknowledgement Document_v1.12_annotated.xsd"),
        (own("cim", "acknowledgement.xml"), sample(*EDDIE, "min-max-envelope.xml")),
    ),
    Message(
        "cim:vhd_v1_04", "xml", xsd(*MARKET, "xsd-eddie", "v1_04", "vhd", "ValidatedHistoricalData Document_v1.04_annotated.xsd"),
        (own("cim", "vhd_v1_04.xml"), Seed("output_vhd_v1.04.xml", _active_energy)),
    ),
)
