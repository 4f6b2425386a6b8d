"""A hub as it fills with the grid of a whole region: import, memory, disk and questions by the number of HV/MV substations.

    python -m benchmarks.grid_scale [--substations N[,N…]] [--sample N] [--json]

Every size is measured in a process of its own, from an empty data folder on: one CIM100 file and one table of connections per substation
(benchmarks/grid_model.py), then a zone for the first feeder of each. See docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from typing import Any

from adapter.hub.hub import Hub
from adapter.services.topology import eligible, paths, report
from adapter.values import Instant
from benchmarks import grid_model
from benchmarks.grid_model import Shape
from benchmarks.hub.machine import Spent, on_disk, spent, usual
from benchmarks.memory import peak

ROOT = Path(__file__).resolve().parents[1]
OPERATOR = ROOT / "examples" / "registry" / "dso.yaml"
SIZES = (1, 4, 16, 64)
ALL = 2000  # HV/MV substations of a large operator
METERS = 200  # asked for their path
NOW = Instant.read("2026-11-21T09:00:00Z")
Found = dict[str, Any]


def measured(folder: Path, substations: int, shape: Shape) -> Found:
    """The figures of one size, in this process: the memory is that of the whole of it."""
    with Hub(folder / "data", lambda: NOW) as hub:
        hub.partners.put(OPERATOR.read_text(encoding="utf-8"), NOW)
        found: Found = {"substations": substations, "idle_mib": round(peak(), 1)}
        models, tables = [], []
        for number in range(substations):
            model, table = _take_in(hub, folder, number, shape)
            models.append(model)
            tables.append(table)
        found |= {"model_s": _middle(one.wall for one in models), "model_cpu_s": _middle(one.cpu for one in models)}
        found |= {"late_model_cpu_s": _middle(one.cpu for one in models[-4:]), "table_cpu_s": _middle(one.cpu for one in tables)}
        found["written_out_cpu_s"] = round(spent(hub.expand).cpu / substations, 2)
        for number in range(substations):
            _take(hub, grid_model.zone(number).encode())
        hub.expand()
        hub.flush()
        found |= {"peak_mib": round(peak(), 1), "disk_mib": round(on_disk(folder / "data") / substations / 2**20, 1)}
        found |= _asked(hub, substations, shape)
        found |= _meanwhile(hub, folder, substations, shape)
    return found


def _take_in(hub: Hub, folder: Path, number: int, shape: Shape) -> tuple[Spent, Spent]:
    """Write the files of a substation, let the hub take them, remove them: what model and table take."""
    took = []
    for path in grid_model.write(folder, number, shape):
        data = path.read_bytes()
        path.unlink()
        took.append(spent(lambda data=data: _take(hub, data)))  # type: ignore[misc]
    return took[0], took[1]


def _take(hub: Hub, data: bytes) -> None:
    receipt = hub.receive(data, "dso")
    assert receipt.taken, receipt.faults[:3]
    assert not hub.trouble, hub.trouble


def _asked(hub: Hub, substations: int, shape: Shape) -> Found:
    """Milliseconds of a path, of the connections of a zone, and of a query that asks nothing; seconds of the orphans."""
    walls = [spent(lambda meter=meter: paths.paths(hub, meter, NOW)).wall for meter in _meters(substations, shape)]  # type: ignore[misc]
    zones = [f"ZONE-{number}" for number in range(0, substations, -(-substations // 5))]
    rows = [eligible.connections(hub, zone, NOW.text()) for zone in zones]
    expected = sum(len(shape.connections_of(transformer)) for transformer in shape.transformers_of(0))
    assert [len(one) for one in rows] == [expected] * len(zones), f"a zone has {expected} connections"
    asked = [usual(lambda zone=zone: eligible.connections(hub, zone, NOW.text()), 1, 3) for zone in zones]  # type: ignore[misc]
    orphans: list[report.Orphan] = []
    took = spent(lambda: orphans.extend(report.orphans(hub, NOW)))
    assert not orphans, orphans[:3]
    return {
        "path_ms": _ms(statistics.median(walls)),
        "path_p95_ms": _ms(sorted(walls)[len(walls) * 95 // 100]),
        "nothing_ms": _ms(usual(lambda: hub.ask("ASK {}"), 1, 5)),
        "zone_ms": _ms(statistics.median(asked)),
        "orphans_s": round(took.wall, 2),
    }


def _meters(substations: int, shape: Shape) -> Iterator[str]:
    """Codes of meters, all over the grid."""
    sampled = [number for transformer in range(shape.transformers) for number in shape.connections_of(transformer)]
    for at in range(METERS):
        yield f"METER-{at * substations // METERS:05}-{sampled[at * 7 % len(sampled)]:05}"


def _meanwhile(hub: Hub, folder: Path, number: int, shape: Shape) -> Found:
    """The paths that a reader of the same process asks for while one more substation is taken, and how long that takes then."""
    walls: list[float] = []
    done = Event()
    meters = list(_meters(number, shape))

    def read() -> None:
        while not done.is_set():
            walls.append(spent(lambda: paths.paths(hub, meters[len(walls) % len(meters)], NOW)).wall)

    reader = Thread(target=read)
    reader.start()
    try:
        model, _ = _take_in(hub, folder, number, shape)
    finally:
        done.set()
        reader.join()
    return {
        "busy_model_s": round(model.wall, 2),
        "busy_paths": len(walls),
        "busy_path_ms": _ms(statistics.median(walls)),
        "busy_path_longest_ms": _ms(max(walls)),
    }


def _middle(seconds: Iterable[float]) -> float:
    return round(statistics.median(seconds), 2)


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 1)


def run(sizes: Sequence[int], sample: int) -> list[Found]:
    """The figures of every size, each measured in a new process."""
    found = []
    for size in sizes:
        command = [sys.executable, "-m", "benchmarks.grid_scale", "--alone", "--substations", str(size), "--sample", str(sample)]
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
        found.append(json.loads(done.stdout))
    return found


LINES = {
    "model_s": "model taken, s",
    "model_cpu_s": "of the processor, s",
    "late_model_cpu_s": "the last four, of the processor, s",
    "table_cpu_s": "table of its connections taken, of the processor, s",
    "written_out_cpu_s": "rows written out, of the processor, s per substation",
    "idle_mib": "memory at the start, MiB",
    "peak_mib": "memory at the peak, MiB",
    "disk_mib": "data folder, MiB per substation",
    "path_ms": "path of a meter, ms",
    "path_p95_ms": "path of a meter, 95 of 100 below, ms",
    "nothing_ms": "a query that asks nothing, ms",
    "zone_ms": "connections of a zone, ms",
    "orphans_s": "orphans, s",
    "busy_model_s": "model taken while paths are asked, s",
    "busy_path_ms": "path meanwhile, ms",
    "busy_path_longest_ms": "the longest of them, ms",
}


def table(found: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """The figures as Markdown, and what they make of a large operator."""
    yield f"| HV/MV substations | {' | '.join(str(one['substations']) for one in found)} |\n|---|{'---|' * len(found)}"
    for key, text in LINES.items():
        yield f"| {text} | {' | '.join(str(one[key]) for one in found)} |"
    last = found[-1]
    hours = (last["late_model_cpu_s"] + last["table_cpu_s"] + last["written_out_cpu_s"]) * ALL / 3600
    yield f"\nExtrapolated from the last column, not measured: {ALL} substations take {hours:.1f} hours of a processor and {last['disk_mib'] * ALL / 1024:.0f} GiB."


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table, or JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.grid_scale", description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--substations", default=",".join(map(str, SIZES)), metavar="N[,N…]", help="how many HV/MV substations, size by size")
    parser.add_argument("--sample", type=int, default=Shape().sample, help="one in so many connections is modelled")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--alone", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    sizes = [int(size) for size in given.substations.split(",")]
    if given.alone:
        with TemporaryDirectory() as folder:
            print(json.dumps(measured(Path(folder), sizes[0], Shape(sample=given.sample))))
        return
    found = run(sizes, given.sample)
    print(json.dumps(found, indent=1) if given.json else "\n".join(table(found)))


if __name__ == "__main__":
    main()
