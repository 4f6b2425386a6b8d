"""A hub as it fills up: the example conversation again and again, each copy a day later, with ids, counters and a connection of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

from adapter.hub.example import register
from adapter.hub.hub import Hub
from adapter.values import Instant
from benchmarks.messages import CLOCK_CHANGES

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
CONVERSATION = sorted((EXAMPLES / "conversation").glob("[01]*"))
CHANNEL = {"05_goflex_offer.json": "prosumer", "15_grid_model.xml": "dso", "16_usage_points.xml": "dso", "17_activation_signal.json": "dso"}
DAY = date(2026, 6, 15)  # that the first copy is about
LATER = [days for days in range(600) if DAY + timedelta(days=days) not in CLOCK_CHANGES]  # how many days a copy comes after the first
COUNTS = 50  # between the counters of a device in one copy and in the next
ENERGY = 1000  # Wh that a register counts from one copy to the next
_OWN = re.compile(
    r"(?P<uuid>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})|(?P<day>2026-06-1[456])|(?P<name>OFF-2026|ENV-2026|MD-2026|CONN|ORD-2026)(?=-|\d)"
    r'|(?P<counter>(?<="msgCounter": )\d+|(?<="msgCounterReference": )\d+)|(?P<register>(?<="number": )\d{8})'
)


def noon(serial: int) -> Instant:
    """What the clock shows while a copy is told: noon of the day before, between request and order."""
    return Instant.read(f"{DAY + timedelta(days=LATER[serial] - 1)}T12:00:00Z")


def copy(text: str, serial: int) -> str:
    """A message of the conversation as it stands in copy *serial*.

    >>> copy('"msgCounter": 20, "timestamp": "2026-06-15T15:00:00Z"', 2)
    '"msgCounter": 120, "timestamp": "2026-06-17T15:00:00Z"'
    """
    return _OWN.sub(lambda found: _another(str(found.lastgroup), found[0], serial), text)


def _another(kind: str, text: str, serial: int) -> str:
    if kind == "uuid":
        return str(UUID(int=UUID(text).int ^ serial))
    if kind == "day":
        return str(date.fromisoformat(text) + timedelta(days=LATER[serial]))
    if kind == "name":
        return f"{text}-{serial}" if serial else text
    return str(int(text) + serial * (COUNTS if kind == "counter" else ENERGY))


class Town:
    """A hub in *folder* that knows the partners of the conversation, and how many messages it was told."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.told = 0
        self.now = noon(0)
        with self.hub() as hub:
            register(hub, EXAMPLES)

    @contextmanager
    def hub(self) -> Iterator[Hub]:
        """The hub, opened."""
        with Hub(self.folder, lambda: self.now) as hub:
            yield hub

    def tell(self, hub: Hub, upto: int) -> None:
        """Let the hub take messages until it has *upto*; none may be refused, or be one it had before."""
        while self.told < upto:
            serial, at = divmod(self.told, len(CONVERSATION))
            self.now = noon(serial)
            file = CONVERSATION[at]
            receipt = hub.receive(copy(file.read_text(encoding="utf-8"), serial).encode(), CHANNEL.get(file.name, ""))
            assert receipt.taken, (file.name, receipt.faults)
            assert not receipt.repeated, file.name
            self.told += 1
