"""Which third-party schema belongs to which mapping, and where it stands in the folder of schemas.

The folder is the user's: `data/` of the project's shared folder, or any with the same layout. EDDIE's schemas keep the
layout of their repository, because they import code lists from the folder above.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from adapter.codecs import ship
from adapter.errors import Fault, UsageError
from adapter.mapping import MessageMapping
from adapter.scaffold.json_schema import read_json_schema
from adapter.scaffold.model import Place
from adapter.scaffold.xsd import read_xsd

RSM_012 = "NotifyValidatedMeasureData_MarketDocument"
UFTP = "uftp/xsd/V3.1.0/UFTP-agr-dso.xsd"
ENERGINET, EDDIE = "cim/market/xsd-energinet", "cim/market/xsd-eddie"
SPINE_ROOT = "DatagramType"


@dataclass(frozen=True, slots=True)
class Source:
    """The schema of a mapping: the syntax it is about, its file in the folder ("" for SPINE: its types are a table of ours), the message in it."""

    mapping: str
    syntax: str
    file: str
    message: str


SOURCES = (
    Source("uftp:flex_request", "xml", UFTP, "FlexRequest"),
    Source("uftp:flex_request_response", "xml", UFTP, "FlexRequestResponse"),
    Source("uftp:flex_offer", "xml", UFTP, "FlexOffer"),
    Source("uftp:flex_offer_response", "xml", UFTP, "FlexOfferResponse"),
    Source("uftp:flex_order", "xml", UFTP, "FlexOrder"),
    Source("uftp:flex_order_response", "xml", UFTP, "FlexOrderResponse"),
    Source("cim:rsm_012", "xml", f"{ENERGINET}/urn-ediel-org-measure-notifyvalidatedmeasuredata-0-1.xsd", RSM_012),
    Source("cim:rsm_012", "json", "cim/market/jsonschema-energinet/Notify-Validated-measure-data-assembly-model.schema.json", RSM_012),
    Source("cim:recmmoe", "xml", f"{EDDIE}/v1_12/recmmoe/ReferenceEnergyCurveMinMaxOperatingEnvelope Document_v1.12_annotated.xsd", "RECMMOE_Envelope"),
    Source("cim:acknowledgement", "xml", f"{EDDIE}/v1_12/ack/Acknowledgement Document_v1.12_annotated.xsd", "Acknowledgement_Envelope"),
    Source("cim:vhd_v1_04", "xml", f"{EDDIE}/v1_04/vhd/ValidatedHistoricalData Document_v1.04_annotated.xsd", "VHD_Envelope"),
)


def sources(mapping: MessageMapping) -> list[Source]:
    """The schemas of a mapping: those of the table, and for a SPINE function its types; none for a message without a public schema."""
    found = [source for source in SOURCES if source.mapping == mapping.id]
    if "ship" in mapping.standard.codecs.values() and mapping.message in ship.functions():
        found.append(Source(mapping.id, "json", "", mapping.message))
    return found


def places(source: Source, folder: Path) -> Place:
    """The tree of a schema's message. *Raises* `UsageError` when the folder has no such file."""
    if not source.file:
        return spine(source.message)
    file = folder / source.file
    if not file.is_file():
        raise UsageError(
            Fault(str(folder), f"has no {source.file}, the schema of {source.mapping}"),
            "Give the folder the schemas are in: gridglot check --schema --schemas FOLDER.",
        )
    return (read_xsd if source.syntax == "xml" else read_json_schema)(file, source.message).root


def spine(function: str) -> Place:
    """The tree of a datagram with one SPINE function in its command."""
    root = Place("", form="table")
    root.children.append(_spine("datagram", SPINE_ROOT, function, ()))
    return root


def _spine(key: str, type_name: str, function: str, above: tuple[str, ...]) -> Place:
    place = Place(key, 0, form="table")
    if type_name in above:
        return place
    for member in ship.elements(type_name):
        place.children.append(Place(member.name, 0) if member.type is None else _spine(member.name, member.type, function, (*above, type_name)))
    if type_name == "CmdType":
        place.children.append(_spine(function, ship.function_type(function), function, (*above, type_name)))
    return place
