"""The messages of the benchmark: UFTP FlexRequests with 1, 96 or 960 rows, never twice the same, and the partner's profile.

Own values, valid per UFTP 3.1.0. The rows fill one local day of 24 hours, so that nothing is lost on the way to
E-Flex at the message's own resolution: 1 × 24 h, 96 × 15 min, 960 × 90 s.
"""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from adapter.partners import Profile, read_profile
from adapter.text import read_text

ROWS = (1, 96, 960)
ZONE = "Europe/Amsterdam"
DSO, AGGREGATOR = "dso.bench.example", "aggregator.bench.example"
POINT = "ea1.2026-01.example.bench:feeder-7"
STEPS = {1: "PT24H", 96: "PT15M", 960: "PT1M30S"}
CLOCK_CHANGES = (date(2026, 3, 29), date(2026, 10, 25), date(2027, 3, 28), date(2027, 10, 31))
_DAYS = [day for at in range(700) if (day := date(2026, 1, 5) + timedelta(days=at)) not in CLOCK_CHANGES]

PROFILE = """
profile: bench
means: The aggregator of the benchmark, who speaks E-Flex.
zone: {zone}
resolution: {step}
direction: {{A01: "hub:Up", A02: "hub:Down"}}
identifiers:
  "DNS/{dso}": ENEDIS/17X100A100A0001A
  "DNS/{aggregator}": ENEDIS/17X100A100R0629X
  "EA1/2026-01.example.bench:feeder-7": GDO/GDO-A4RDX
"""


PARTNER = f"profile: bench\npartner: {{registered: true, ids: {{DNS: {DSO}}}}}\n"


def profile(rows: int) -> Profile:
    """What the aggregator agreed on: zone, direction codes, identifiers, and the resolution of a message with *rows* rows."""
    return read_profile(read_text(PROFILE.format(zone=ZONE, step=STEPS[rows], dso=DSO, aggregator=AGGREGATOR), "benchmarks/messages.py"))


def power_w(row: int, serial: int) -> int | None:
    """The power asked for in a row, in W (more consumption, to the watt); None where nothing is asked for: every third row.

    >>> power_w(0, 0), power_w(2, 0)
    (4001, None)
    """
    return None if row % 3 == 2 else 4001 + (row * 7919 + serial * 104729) % 90000


def flex_request(rows: int, serial: int = 0) -> bytes:
    """One FlexRequest. *serial* changes its ids, its day and every power: a message no cache has seen."""
    day = _DAYS[serial % len(_DAYS)]
    head = {
        "Version": "3.1.0",
        "SenderDomain": DSO,
        "RecipientDomain": AGGREGATOR,
        "TimeStamp": f"{day - timedelta(days=1)}T08:{serial % 60:02}:07Z",
        "MessageID": UUID(int=serial * 2 + 1),
        "ConversationID": UUID(int=serial * 2 + 2),
        "ISP-Duration": STEPS[rows],
        "TimeZone": ZONE,
        "Period": day,
        "CongestionPoint": POINT,
        "Revision": serial % 9 + 1,
        "ExpirationDateTime": f"{day - timedelta(days=1)}T16:00:00+01:00",
        "ServiceType": "Sustain",
    }
    lines = ["<FlexRequest " + " ".join(f'{name}="{value}"' for name, value in head.items()) + ">"]
    for row in range(rows):
        power = power_w(row, serial)
        disposition = "Available" if power is None else "Requested"
        lines.append(f'  <ISP Disposition="{disposition}" MinPower="{power or 0}" MaxPower="{power or 0}" Start="{row + 1}"/>')
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', *lines, "</FlexRequest>", ""]).encode()
