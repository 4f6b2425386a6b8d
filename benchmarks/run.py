"""Measure the naive hub and this one in one process, on the same messages: `gridglot bench`, `python -m benchmarks.run`.

What counts are ratios. Each round reads messages nobody has read before; both sides take turns; medians of CPU time,
which a busy machine changes less than the time on the wall. Before anything is timed, both sides are shown to make the
same graph and the same document, and to refuse the same bad messages. See docs/benchmarks.md.
"""

from __future__ import annotations

import gc
import json
import platform
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from importlib.metadata import version
from itertools import count
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import process_time, time
from typing import Any

from rich.console import Console
from rich.table import Table

from adapter import pipeline
from adapter.hub.hub import Hub
from adapter.hub.journal import Entry, Journal
from adapter.library import library
from adapter.lowering import down
from adapter.partners import Profile
from adapter.run import Run
from adapter.store import LocalStore
from adapter.values import Instant
from benchmarks.memory import MORE, SIDES, memory
from benchmarks.messages import PARTNER, ROWS, flex_request, profile
from benchmarks.naive import NaiveHub, graph_of, rows_by_walking
from benchmarks.proof import TARGET, prove

ROUNDS = {1: 60, 96: 24, 960: 6}
BATCH = {1: 6, 96: 6, 960: 3}  # a message takes our side so little time that it is given several in a row, as a hub under load is
PACKAGES = ("lxml", "rdflib", "pyshacl", "pyoxigraph", "shacl")
RATIOS = {  # ratio: (steps of the naive side, steps of ours)
    "translate": (("lift", "validate", "lower"), ("translate",)),
    "receive": (("lift", "validate"), ("receive",)),
    "receive_answered": (("lift", "validate"), ("receive, answered",)),
    "translate_accounted": (("lift", "validate", "lower"), ("translate, leaves counted",)),
    "translate_without_sparql": (("lift", "validate", "lower without SPARQL"), ("translate",)),
    "translate_unvalidated": (("lift", "lower"), ("decode", "lift", "lower", "encode")),
    "lift": (("lift",), ("decode", "lift", "graph text, expanded")),
    "lift_packed": (("lift",), ("decode", "lift", "graph text, packed")),
    "validate": (("validate",), ("validate",)),
    "lower": (("lower",), ("read graph, expanded", "lower", "encode")),
    "lower_packed": (("lower",), ("read graph, packed", "lower", "encode")),
}
NAIVE_STEPS = {"lift": "bytes → rdflib Graph", "validate": "pySHACL", "lower": "SPARQL → bytes", "lower without SPARQL": "for comparison"}
OUR_STEPS = {
    "decode": "bytes → document",
    "lift": "document → message",
    "validate": "columns, head by SHACL engine",
    "lower": "derive, relate",
    "encode": "frames → bytes",
    "translate": "all of these, and the loss report",
    "translate, leaves counted": "and the leaf account",
    "receive": "decode, lift, validate, journal with fsync, store",
    "receive, answered": "the same by Hub.receive: who sent it, did it come before, services, index, answer",
}


NOW = Instant.of_epoch(int(time()))
MEMORY = {"idle": "everything loaded", "first": "and one message", "more": f"and {MORE} more"}


@dataclass
class Clock:
    """CPU seconds per step, one entry per message."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def time(self, step: str, work: Callable[[], Any]) -> Any:
        start = process_time()
        result = work()
        self.seconds[step].append(process_time() - start)
        return result

    def each(self, step: str, work: Callable[[Any], Any], items: Sequence[Any]) -> list[Any]:
        """Do *work* for one item after the other; the first only warms up."""
        results = [work(items[0])]
        for item in items[1:]:
            results.append(self.time(step, partial(work, item)))
        return results

    def medians(self) -> dict[str, float]:
        return {step: median(times) for step, times in self.seconds.items()}


def naive_pass(hub: NaiveHub, data: bytes, clock: Clock) -> None:
    """One message through the naive hub; its translate is exactly the three steps."""
    graph = clock.time("lift", lambda: graph_of(data))
    clock.time("validate", lambda: hub.validate(graph))
    request = clock.time("rows", lambda: hub.request(graph))
    clock.time("write", lambda: hub.document(request))
    clock.seconds["lower"].append(clock.seconds["rows"][-1] + clock.seconds["write"][-1])
    clock.time("walk", lambda: rows_by_walking(graph))
    clock.seconds["lower without SPARQL"].append(clock.seconds["walk"][-1] + clock.seconds["write"][-1])


def our_pass(partner: Profile, fresh: Sequence[bytes], clock: Clock) -> None:
    """Our side: a third of the *fresh* messages through translate as a whole, a third with the leaf account, a third step by step."""
    lib, third = library(), len(fresh) // 3
    target = lib.mapping(TARGET)
    clock.each("translate", lambda data: pipeline.translate(data, TARGET, to_profile=partner, lib=lib), fresh[:third])
    clock.each("translate, leaves counted", lambda data: pipeline.translate(data, TARGET, to_profile=partner, lib=lib).leaves, fresh[third : 2 * third])
    decoded = clock.each("decode", lambda data: pipeline.decode(data, lib=lib), fresh[2 * third :])
    lifted = clock.each("lift", lambda document: pipeline.lift_decoded(document, lib=lib), decoded)
    clock.each("validate", lambda one: pipeline.validate(one, lib), lifted)
    lowered = clock.each("lower", lambda one: down(one.message, target, lib, Run(partner, syntax="xml")), lifted)
    clock.each("encode", lambda documents: [pipeline.encode(document, "xml") for document in documents], lowered)
    for form, packed in (("expanded", False), ("packed", True)):
        write = partial(pipeline.to_graph, form="turtle", packed=packed, lib=lib)
        texts = clock.each(f"graph text, {form}", write, [one.message for one in lifted])
        clock.each(f"read graph, {form}", lambda text: pipeline.from_graph(text, "turtle", lib), texts)


def hub_pass(hub: Hub, bare: Bare, fresh: Sequence[bytes], clock: Clock) -> None:
    """Our hub on disk: what it acknowledges is in its journal, synced, and its graph in the store, packed; half of the messages without what more it does."""
    half = len(fresh) // 2
    clock.each("receive", bare.receive, fresh[:half])
    clock.each("receive, answered", hub.receive, fresh[half:])


class Bare:
    """The steps that define `receive`, with a journal and a store of their own, and nothing else."""

    def __init__(self, folder: Path) -> None:
        self.journal, self.store = Journal(folder / "journal.sqlite"), LocalStore(folder / "store")

    def receive(self, data: bytes) -> None:
        lifted = pipeline.lift(data, now=NOW)
        pipeline.validate(lifted).raise_if_refused(lifted.mapping)
        graph = lifted.message.graph
        self.journal.add(Entry(graph, NOW, "", "uftp", "flex_request", graph), data, "done", {}, [])
        self.store.add(graph, pipeline.to_graph(lifted.message, "turtle", packed=True))
        if self.store.full:
            self.store.flush()

    def close(self) -> None:
        self.store.close()
        self.journal.close()


def measure(rows: int, rounds: int) -> tuple[dict[str, float], dict[str, float]]:
    """Median seconds per step, naive and ours, in interleaved rounds after one round that does not count."""
    partner, serials, batch = profile(rows), count(1), BATCH.get(rows, 4)
    hub, naive, ours = NaiveHub(partner), Clock(), Clock()
    with TemporaryDirectory() as folder, Hub(Path(folder) / "hub", lambda: NOW) as kept, closing(Bare(Path(folder) / "bare")) as bare:
        kept.partners.put(PARTNER, kept.now())
        for at in range(rounds + 1):
            if at == 1:
                naive, ours = Clock(), Clock()
            fresh = [flex_request(rows, next(serials)) for _ in range(5 * batch + 1)]
            gc.collect()
            naive_pass(hub, fresh[0], naive)
            gc.collect()  # the naive side's garbage is its own
            our_pass(partner, fresh[1 : 3 * batch + 1], ours)
            hub_pass(kept, bare, fresh[3 * batch + 1 :], ours)
    return naive.medians(), ours.medians()


def ratios(naive: dict[str, float], ours: dict[str, float]) -> dict[str, float]:
    return {name: round(sum(naive[step] for step in theirs) / sum(ours[step] for step in mine), 1) for name, (theirs, mine) in RATIOS.items()}


def run(rows: Sequence[int] = ROWS, rounds: dict[int, int] | None = None) -> dict[str, Any]:
    """The benchmark as one JSON-ready dict. Steps are in units of our own translate of the same size; `seconds` has the raw medians."""
    found: dict[str, Any] = {
        "naive_over_ours": defaultdict(dict),
        "naive_steps": {},
        "ours_steps": {},
        "triples": {},
        "machine_free": True,
        "unit": "our translate of the same number of rows",
        "clock": "CPU time of the process, median",
        "rounds": {},
        "seconds": {"naive": {}, "ours": {}},
        "memory_mib": {},
        "versions": {"python": platform.python_version(), **{package: version(package) for package in PACKAGES}},
    }
    for size in rows:
        found["triples"][str(size)] = prove(size)
        found["rounds"][str(size)] = times = (rounds or ROUNDS).get(size, 10)
        naive, ours = measure(size, times)
        unit = ours["translate"]
        for name, ratio in ratios(naive, ours).items():
            found["naive_over_ours"][name][str(size)] = ratio
        found["naive_steps"][str(size)] = {step: round(seconds / unit, 2) for step, seconds in naive.items()}
        found["ours_steps"][str(size)] = {step: round(seconds / unit, 3) for step, seconds in ours.items()}
        found["memory_mib"][str(size)] = memory(size)
        found["seconds"]["naive"][str(size)], found["seconds"]["ours"][str(size)] = naive, ours
    found["naive_over_ours"] = dict(found["naive_over_ours"])
    return found


def tables(found: dict[str, Any]) -> Iterator[Table]:
    """The result for people: the ratios, then what each step costs on either side."""
    sizes = list(found["triples"])
    yield _table("naive ÷ ours", {**found["naive_over_ours"], "triples of the graph": found["triples"]}, sizes, str)
    for side, key, shown in (("naive", "naive_steps", NAIVE_STEPS), ("ours", "ours_steps", OUR_STEPS)):
        steps = {f"{step} ({says})": {size: found[key][size][step] for size in sizes} for step, says in shown.items()}
        yield _table(f"{side}, step by step; 1 = our translate", steps, sizes, "{:.2f}".format)
    times = {f"naive {step}": {size: found["seconds"]["naive"][size][step] * 1000 for size in sizes} for step in NAIVE_STEPS}
    times["our translate"] = {size: found["seconds"]["ours"][size]["translate"] * 1000 for size in sizes}
    yield _table("CPU milliseconds on this machine, today", times, sizes, "{:.2f}".format)
    gains = {f"{side}, {says}": {size: found["memory_mib"][size][side][key] for size in sizes} for key, says in MEMORY.items() for side in SIDES}
    yield _table("MiB of memory, at the peak", gains, sizes, "{:.1f}".format)


def _table(title: str, lines: dict[str, dict[str, float]], sizes: list[str], text: Callable[[float], str]) -> Table:
    table = Table("rows", *sizes, title=title, title_justify="left")
    for column in table.columns[1:]:
        column.justify = "right"
    for name, cells in lines.items():
        table.add_row(name, *(text(cells[size]) for size in sizes))
    return table


def main(argv: Sequence[str] | None = None) -> int:
    """Run and print; `--json` for machines, `--quick` for fewer rounds, without the 960 rows."""
    arguments = sys.argv[1:] if argv is None else list(argv)
    unknown = set(arguments) - {"--json", "--quick"}
    if unknown:
        print(f"gridglot bench knows --json and --quick, not {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    found = run((1, 96), {1: 10, 96: 4}) if "--quick" in arguments else run()
    if "--json" in arguments:
        print(json.dumps(found, indent=2, ensure_ascii=False))
        return 0
    console = Console()
    for table in tables(found):
        console.print(table)
    return 0


if __name__ == "__main__":
    sys.exit(main())
