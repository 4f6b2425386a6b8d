"""The UFTP peer: messages built and written, documents read by the PyPI package shapeshifter-uftp, which knows nothing of us.

Runs in the peer's own environment (.venv-peer), never in ours:

    make_messages.py make             JSON on stdout: {name: {"xml": …, "values": {path: text}}}
    make_messages.py read  < JSON     {name: xml} on stdin; {name: {path: text}} on stdout: what the peer read, or {"refuses": why}

A path is the place on the wire, `/FlexRequest/ISP[2]/@MinPower`, by the names the package has in its field descriptions.
"""

from __future__ import annotations

import dataclasses
import enum
import json
import sys
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from shapeshifter_uftp import uftp
from shapeshifter_uftp.transport import from_xml, to_xml
from xsdata.exceptions import ParserError
from xsdata.models.datatype import XmlDate, XmlDuration

DAYS = {"spring": (XmlDate(2026, 3, 29), 92), "autumn": (XmlDate(2026, 10, 25), 100), "plain": (XmlDate(2026, 6, 15), 96)}
STEP = XmlDuration("PT15M")
NUMBER = iter(range(1, 10_000))


def identifier() -> str:
    return f"7c9e6679-7425-40de-944b-{next(NUMBER):012x}"


def head(sender: str = "dso", **fields: Any) -> dict[str, Any]:
    """What every message has."""
    other = "agr" if sender == "dso" else "dso"
    return {
        "version": "3.1.0",
        "sender_domain": f"{sender}.peer.example",
        "recipient_domain": f"{other}.peer.example",
        "time_stamp": "2026-03-01T08:30:00.125+01:00",
        "message_id": identifier(),
        "conversation_id": identifier(),
        **fields,
    }


def day(name: str) -> dict[str, Any]:
    """What every message about a day has."""
    return {"isp_duration": STEP, "time_zone": "Europe/Amsterdam", "period": DAYS[name][0], "congestion_point": "ea1.2026-01.example.peer:substation 4"}


def request(name: str) -> uftp.FlexRequest:
    isps = [
        uftp.FlexRequestISP(
            disposition="Requested" if 70 <= start < 80 else "Available",
            min_power=-1000 * start if start < 80 else 0,
            max_power=0 if start < 80 else 500,
            start=start,
        )
        for start in range(1, DAYS[name][1] + 1)
    ]
    for isp in isps:
        isp.disposition = uftp.AvailableRequested(isp.disposition)
    return uftp.FlexRequest(
        **head(), **day(name), revision=3, expiration_date_time="2026-03-28T17:00:00Z", contract_id="contract 1", service_type="Secure", isps=isps
    )


def options(name: str) -> list[uftp.FlexOfferOption]:
    last = DAYS[name][1]
    return [
        uftp.FlexOfferOption(
            option_reference="whole",
            price=Decimal("1250.1234"),
            min_activation_factor=Decimal("0.25"),
            isps=[uftp.FlexOfferOptionISP(power=-7000 - start, start=start) for start in range(1, last + 1)],
        ),
        uftp.FlexOfferOption(option_reference="evening", price=Decimal("99.5"), isps=[uftp.FlexOfferOptionISP(power=-4000, start=last - 3, duration=4)]),
        uftp.FlexOfferOption(
            option_reference="<&>",
            price=Decimal("0"),
            min_activation_factor=Decimal("0.01"),
            isps=[uftp.FlexOfferOptionISP(power=2500, start=1, duration=last)],
        ),
    ]


def solicited(name: str) -> uftp.FlexOffer:
    return uftp.FlexOffer(
        **head("agr"),
        **day(name),
        expiration_date_time="2026-03-28T18:00:00.5+01:00",
        unsolicited=False,
        flex_request_message_id=identifier(),
        contract_id="contract 1",
        d_prognosis_message_id=identifier(),
        baseline_reference="baseline 2",
        currency="EUR",
        offer_options=options(name),
    )


def unsolicited(name: str) -> uftp.FlexOffer:
    return uftp.FlexOffer(
        **head("agr"), **day(name), expiration_date_time="2026-03-28T18:00:00Z", unsolicited=True, currency="DKK", offer_options=options(name)[1:2]
    )


def order(name: str, **fields: Any) -> uftp.FlexOrder:
    isps = [uftp.FlexOrderISP(power=-3500, start=1, duration=DAYS[name][1] - 4), uftp.FlexOrderISP(power=0, start=DAYS[name][1])]
    return uftp.FlexOrder(**head(), **day(name), currency="EUR", order_reference="order 12", isps=isps, **fields)


def answers() -> Iterator[tuple[str, Any]]:
    """Every response, accepted and rejected."""
    kinds = (("request", "agr", uftp.FlexRequestResponse), ("offer", "dso", uftp.FlexOfferResponse), ("order", "agr", uftp.FlexOrderResponse))
    for name, sender, kind in kinds:
        reference = {f"flex_{name}_message_id": identifier()}
        yield f"{name}_accepted", kind(**head(sender), result=uftp.AcceptedRejected.ACCEPTED, **reference)
        reasons = "Unknown Reference;Invalid Message: 'ISP' 93"
        yield f"{name}_rejected", kind(**head(sender), result=uftp.AcceptedRejected.REJECTED, rejection_reason=reasons, **reference)


def messages() -> dict[str, Any]:
    """Everything the peer has to say."""
    partial = {
        "unsolicited": False,
        "flex_offer_message_id": identifier(),
        "option_reference": "whole",
        "activation_factor": Decimal("0.25"),
        "price": Decimal("312.5309"),
    }
    found: dict[str, Any] = {f"request_{name}": request(name) for name in DAYS}
    found |= {f"offer_{name}": solicited(name) for name in DAYS}
    found |= {f"offer_unsolicited_{name}": unsolicited(name) for name in DAYS}
    found |= {f"order_partial_{name}": order(name, **partial) for name in DAYS}
    found["order_direct"] = order(
        "autumn", unsolicited=True, price=Decimal("10"), service_type="Secure", contract_id="contract 1", baseline_reference="baseline 2"
    )
    return found | dict(answers())


def values(message: Any) -> dict[str, str]:
    """What a message says, by wire path."""
    kind = type(message)
    return dict(_values(message, "/" + getattr(getattr(kind, "Meta", None), "name", kind.__name__)))


def _values(message: Any, path: str) -> Iterator[tuple[str, str]]:
    for field in dataclasses.fields(message):
        name, value = field.metadata["name"], getattr(message, field.name)
        if field.metadata["type"] == "Element":
            for number, item in enumerate(value, 1):
                yield from _values(item, f"{path}/{name}[{number}]")
        elif value is not None:
            yield f"{path}/@{name}", _text(value)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, enum.Enum):
        return str(value.value)
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def understood(document: str) -> dict[str, str]:
    """What the peer reads in a document; `refuses` alone when it does not take it."""
    try:
        return values(from_xml(document))
    except (ParserError, TypeError, ValueError) as error:
        return {"refuses": str(error)}


def main(task: str) -> None:
    if task == "make":
        found: dict[str, Any] = {name: {"xml": to_xml(message), "values": values(message)} for name, message in messages().items()}
    else:
        found = {name: understood(document) for name, document in json.load(sys.stdin).items()}
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
