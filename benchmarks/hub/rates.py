"""Messages of 96 rows: how fast a hub receives them, how fast it writes their rows out, and what they take on disk."""

from __future__ import annotations

from pathlib import Path
from time import time

from adapter.hub.hub import Hub
from adapter.values import Instant
from benchmarks.hub.machine import Spent, on_disk, spent
from benchmarks.messages import PARTNER, flex_request

ROWS = 96
WARM = 3  # messages that do not count


def clock() -> Instant:
    """Now."""
    return Instant.of_epoch(int(time()))


def rates(folder: Path, messages: int) -> dict[str, float]:
    """Receive so many messages, then write their rows out; per second, and bytes per message."""
    with Hub(folder, clock) as hub:
        hub.partners.put(PARTNER, hub.now())
        _receive(hub, range(WARM))
        hub.expand()
        received = spent(lambda: _receive(hub, range(WARM, WARM + messages)))
        packed = on_disk(folder / "store")
        expanded = spent(hub.expand)
    total = WARM + messages
    journal = on_disk(*folder.glob("journal.sqlite*"))
    return {
        "messages": messages,
        **_per_second("receive", received, messages),
        **_per_second("write_out", expanded, messages),
        "points_per_s": round(ROWS * messages / expanded.wall),
        "wire_bytes": round(sum(len(flex_request(ROWS, serial)) for serial in range(total)) / total),
        "journal_bytes": round(journal / total),
        "store_packed_bytes": round(packed / total),
        "store_bytes": round(on_disk(folder / "store") / total),
    }


def _receive(hub: Hub, serials: range) -> None:
    for serial in serials:
        receipt = hub.receive(flex_request(ROWS, serial))
        assert receipt.taken, receipt.faults


def _per_second(step: str, took: Spent, messages: int) -> dict[str, float]:
    return {f"{step}_per_s": round(messages / took.wall, 1), f"{step}_cpu_ms": round(took.cpu / messages * 1000, 2)}
