"""Which messages have a third-party schema, and the valid documents their mutants are made of: golden ones and third-party samples."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from cases import GOLDEN, Case, golden_cases
from lxml import etree
from third_party import data

from adapter.partners import NEUTRAL, Profile
from mutants import Mutation, json, xml
from mutants.oracles import Oracle, json_schema, uftp, xsd

JAVA, OLD_JAVA = ("uftp", "messages", "shapeshifter-library-java"), ("uftp", "messages", "shapeshifter-library")
MARKET = ("cim", "market")
ENERGINET, EDDIE = (*MARKET, "samples-energinet"), (*MARKET, "samples-eddie")
PERIODS = 3
KILOWATTS = Profile("kilowatts", {"unit": "kW", "limit_direction.A02": "hub:Consume", "limit_direction.A01": "hub:Produce"})


@dataclass(frozen=True, eq=False)
class Seed:
    """A valid document: its name, how to get its bytes, and the partner profile its lift needs."""

    name: str
    read: Callable[[], bytes]
    profile: Profile = field(default=NEUTRAL)


@dataclass(frozen=True, eq=False)
class Message:
    """One message in one syntax: the verdict of its schema, and third-party documents besides the golden ones."""

    mapping: str
    syntax: str
    oracle: Oracle
    samples: tuple[Seed, ...] = ()

    @property
    def id(self) -> str:
        return self.mapping if self.syntax == "xml" else f"{self.mapping} ({self.syntax})"

    def seeds(self) -> list[Seed]:
        folder = GOLDEN.joinpath(*self.mapping.split(":"))
        return [*(_seed(case) for case in golden_cases() if case.folder == folder and case.wire.suffix == f".{self.syntax}"), *self.samples]

    def seed(self, name: str) -> Seed:
        return next(seed for seed in self.seeds() if seed.name == name)

    def mutations(self) -> Iterator[Mutation]:
        make = xml.mutations if self.syntax == "xml" else json.mutations
        for seed in self.seeds():
            yield from make(seed.read(), seed.name)


def _seed(case: Case) -> Seed:
    return Seed(case.id, lambda: case.data.removeprefix(codecs.BOM_UTF8), case.profile)


def sample(*parts: str, profile: Profile = NEUTRAL) -> Seed:
    """A third-party document."""
    return Seed(parts[-1], lambda: data(*parts).read_bytes().removeprefix(codecs.BOM_UTF8), profile)


def metered_data(syntax: str) -> tuple[Seed, ...]:
    """Energinet's valid documents, of one transaction and of two."""
    return tuple(sample(*ENERGINET, syntax, f"ValidMeteredDataForMeteringPoint{more}.{syntax}") for more in ("", "WithTwoTransactions"))


def active_energy() -> bytes:
    """The Green Button sample with the product its unit belongs to (it says active power, and counts kWh), and the first of its periods."""
    root = etree.fromstring(data(*EDDIE, "greenbutton", "output_vhd_v1.04.xml").read_bytes().replace(b"8716867000016", b"8716867000030"))
    for period in root.findall(".//{*}Period")[PERIODS:]:
        period.getparent().remove(period)
    return bytes(etree.tostring(root))


def only_active_energy() -> bytes:
    """The Fluvius sample with its reactive series (which it counts in kWh) said to be active."""
    return data(*EDDIE, "fluvius-v1_04", "vhd_for_headpoints.xml").read_bytes().replace(b"8716867000047", b"8716867000030")


MESSAGES = (
    Message("uftp:dso_portfolio_update", "xml", uftp),
    Message("uftp:dso_portfolio_query_response", "xml", uftp),
    Message("uftp:flex_request", "xml", uftp, (sample(*JAVA, "FlexRequest.xml"),)),
    Message("uftp:flex_offer", "xml", uftp, (sample(*JAVA, "FlexOffer.expected.xml"),)),
    Message("uftp:flex_order", "xml", uftp),
    Message("uftp:flex_request_response", "xml", uftp),
    Message("uftp:flex_offer_response", "xml", uftp, (sample(*OLD_JAVA, "TestFlexOfferResponse.XML"),)),
    Message("uftp:flex_order_response", "xml", uftp, (sample(*JAVA, "FlexOrderResponse.xml"),)),
    Message(
        "cim:rsm_012",
        "xml",
        xsd(*MARKET, "xsd-energinet", "urn-ediel-org-measure-notifyvalidatedmeasuredata-0-1.xsd"),
        metered_data("xml"),
    ),
    Message(
        "cim:rsm_012",
        "json",
        json_schema(*MARKET, "jsonschema-energinet", "Notify-Validated-measure-data-assembly-model.schema.json"),
        metered_data("json"),
    ),
    Message(
        "cim:recmmoe",
        "xml",
        xsd(*MARKET, "xsd-eddie", "v1_12", "recmmoe", "ReferenceEnergyCurveMinMaxOperatingEnvelope Document_v1.12_annotated.xsd"),
        (sample(*EDDIE, "min-max-envelope-example.xml", profile=KILOWATTS),),
    ),
    Message(
        "cim:acknowledgement",
        "xml",
        xsd(*MARKET, "xsd-eddie", "v1_12", "ack", "Acknowledgement Document_v1.12_annotated.xsd"),
        (sample(*EDDIE, "min-max-envelope.xml"),),
    ),
    Message(
        "cim:vhd_v1_04",
        "xml",
        xsd(*MARKET, "xsd-eddie", "v1_04", "vhd", "ValidatedHistoricalData Document_v1.04_annotated.xsd"),
        (Seed("vhd_for_headpoints.xml", only_active_energy), Seed("output_vhd_v1.04.xml", active_energy)),
    ),
)
