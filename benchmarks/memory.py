"""Peak memory of either side, each in a process of its own, so that nothing the other side keeps is counted.

A process that has everything loaded translates one message, then more of them. What its peak gains with the first is
what a message of that size costs; what it gains afterwards would be kept for good if it grew with every message.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from adapter import pipeline
from adapter.library import library
from benchmarks.messages import flex_request, profile
from benchmarks.naive import NaiveHub, graph_of
from benchmarks.proof import TARGET

MORE = 20
ROOT = Path(__file__).resolve().parents[1]


def naive(rows: int) -> Callable[[bytes], object]:
    """The naive hub: lift, validate, lower."""
    hub = NaiveHub(profile(rows))

    def translate(data: bytes) -> object:
        graph = graph_of(data)
        hub.validate(graph)
        return hub.document(hub.request(graph))

    return translate


def ours(rows: int) -> Callable[[bytes], object]:
    """Our hub: translate."""
    partner, lib = profile(rows), library()
    return lambda data: pipeline.translate(data, TARGET, to_profile=partner, lib=lib)


SIDES = {"naive": naive, "ours": ours}


def peak() -> float:
    """The greatest memory this process has had, in MiB. Linux: VmHWM, since ru_maxrss there begins with what the parent had."""
    status = Path("/proc/self/status")
    if status.is_file():
        return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM:")) / 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20  # macOS counts bytes


def measured(side: str, rows: int) -> dict[str, float]:
    """MiB in this process: `idle` with everything loaded, `first` more for one message, `more` after 20 further ones."""
    translate = SIDES[side](rows)
    translate(flex_request(1, 1))
    idle = peak()
    translate(flex_request(rows, 2))
    first = peak()
    for serial in range(3, 3 + MORE):
        translate(flex_request(rows, serial))
    return {"idle": round(idle, 1), "first": round(first - idle, 1), "more": round(peak() - first, 1)}


def memory(rows: int) -> dict[str, dict[str, float]]:
    """Both sides, each measured in a new process."""
    found = {}
    for side in SIDES:
        done = subprocess.run([sys.executable, "-m", "benchmarks.memory", side, str(rows)], cwd=ROOT, capture_output=True, check=True, text=True)
        found[side] = json.loads(done.stdout)
    return found


if __name__ == "__main__":
    print(json.dumps(measured(sys.argv[1], int(sys.argv[2]))))
