"""Memory of a hub by the number of messages it took and wrote out, in a process that does nothing else.

Two fillings: copies of the conversation, and messages of 96 rows. What the hub keeps at hand is bounded (the last messages read, values), so that
memory should level off once that is full; what earlier messages said to later ones (`Context`) grows with devices, not with messages.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from adapter.hub.hub import Hub
from benchmarks.hub.machine import memory
from benchmarks.hub.rates import clock
from benchmarks.hub.town import Town
from benchmarks.messages import PARTNER, flex_request

ROOT = Path(__file__).resolve().parents[2]
Found = dict[str, float]


def conversation(folder: Path, sizes: Sequence[int], expand: bool) -> Found:
    """Copies of the example conversation."""
    town = Town(folder)
    with town.hub() as hub:
        return _after(hub, sizes, lambda size: town.tell(hub, size), expand)


def rows(folder: Path, sizes: Sequence[int], expand: bool) -> Found:
    """FlexRequests of 96 rows."""
    with Hub(folder, clock) as hub:
        hub.partners.put(PARTNER, hub.now())

        def fill(size: int) -> None:
            while hub.last < size:
                assert hub.receive(flex_request(96, hub.last)).taken

        return _after(hub, sizes, fill, expand)


FILLINGS = {"conversation": conversation, "rows": rows}


def _after(hub: Hub, sizes: Sequence[int], fill: Callable[[int], None], expand: bool) -> Found:
    found = {"0": round(memory(), 1)}
    for size in sizes:
        fill(size)
        if expand:
            hub.expand()
        found[str(size)] = round(memory(), 1)
    return found


def grown(filling: str, sizes: Sequence[int], expand: bool = True) -> Found:
    """MiB of a new process after so many messages; "0" is with everything loaded."""
    command = [sys.executable, "-m", "benchmarks.hub.memory", filling, "expand" if expand else "keep", *map(str, sizes)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True)
    found: Found = json.loads(done.stdout)
    return found


def per_message(found: Found) -> float:
    """KiB that one message more adds, between the last two sizes."""
    (before, lower), (after, upper) = [(int(size), mib) for size, mib in found.items()][-2:]
    return round((upper - lower) * 1024 / (after - before), 1)


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        print(json.dumps(FILLINGS[sys.argv[1]](Path(folder) / "data", [int(size) for size in sys.argv[3:]], sys.argv[2] == "expand")))
