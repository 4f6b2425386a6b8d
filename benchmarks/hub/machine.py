"""What is measured of the machine: time on the wall and of the processor, memory, bytes on disk."""

from __future__ import annotations

import gc
import resource
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

MIB = 2**20
STATUS = Path("/proc/self/status")


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds on the wall and seconds of the processor, those of the store's own threads included."""

    wall: float
    cpu: float


def spent(work: Callable[[], object]) -> Spent:
    """What some work takes."""
    wall, cpu = perf_counter(), process_time()
    work()
    return Spent(perf_counter() - wall, process_time() - cpu)


def usual(work: Callable[[], object], seconds: float, most: int = 5) -> float:
    """The median time on the wall of some work, done again and again for so many seconds, at most *most* times."""
    walls: list[float] = []
    while not walls or (sum(walls) < seconds and len(walls) < most):
        walls.append(spent(work).wall)
    return median(walls)


def memory() -> float:
    """The memory of this process in MiB, without files that are mapped; where the system does not tell, the greatest it has had."""
    gc.collect()
    if STATUS.is_file():
        return next(int(line.split()[1]) for line in STATUS.read_text().splitlines() if line.startswith("RssAnon:")) / 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MIB  # macOS counts bytes


def on_disk(*paths: Path) -> int:
    """The bytes of files, and of all files in folders."""
    files = [file for path in paths for file in (path.rglob("*") if path.is_dir() else [path])]
    return sum(file.stat().st_size for file in files if file.is_file())
