"""Measure a hub on disk: `gridglot bench --hub`, `python -m benchmarks.hub`. See docs/benchmarks.md."""

from __future__ import annotations

import json
import platform
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.hub.growth import growth
from benchmarks.hub.http import over_http
from benchmarks.hub.memory import grown, per_message
from benchmarks.hub.rates import ROWS, rates


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is measured: messages of 96 rows in a go; messages of the conversation stored; clients at once, and what they send together."""

    rates: int = 30
    stored: tuple[int, ...] = (100, 400, 1600)
    memory: tuple[int, ...] = (300, 600, 1200)
    memory_of_rows: tuple[int, ...] = (300, 600, 1200)  # received only: to write them out takes minutes
    clients: tuple[int, ...] = (1, 4)
    sent: int = 100


USUAL = Sizes()
PACKAGES = ("pyoxigraph", "rdflib", "fastapi", "uvicorn")
Say = Callable[[str], None]


def run(sizes: Sizes = USUAL, say: Say = lambda line: None) -> dict[str, Any]:
    """The benchmark as one JSON-ready dict; *say* is told what is measured next."""
    found: dict[str, Any] = {"rows": ROWS, "versions": {"python": platform.python_version(), **{package: version(package) for package in PACKAGES}}}
    with TemporaryDirectory() as folder:
        say(f"{sizes.rates} messages of {ROWS} rows")
        found["rates"] = rates(Path(folder, "rates"), sizes.rates)
        say("over HTTP")
        found["http"] = over_http(Path(folder, "http"), sizes.clients, sizes.sent)
        found["stored"] = growth(Path(folder, "town"), sizes.stored, say)
    say("memory")
    filled = {"conversation": grown("conversation", sizes.memory), "rows_received": grown("rows", sizes.memory_of_rows, expand=False)}
    found["memory"] = {name: {"mib": mib, "kib_per_message": per_message(mib)} for name, mib in filled.items()}
    return found


def tables(found: Mapping[str, Any]) -> Iterator[Table]:
    """The result for people."""
    at = found["rates"]
    yield _table(
        f"{at['messages']} messages of {found['rows']} rows",
        ("", "per second", "CPU ms"),
        [(step, at[f"{key}_per_s"], at[f"{key}_cpu_ms"]) for step, key in (("receive", "receive"), ("write rows out", "write_out"))],
    )
    kinds = {"the wire": "wire_bytes", "journal": "journal_bytes", "store, packed": "store_packed_bytes", "store, written out": "store_bytes"}
    yield _table("KiB on disk per such message", ("", "KiB"), [(name, round(at[key] / 1024, 1)) for name, key in kinds.items()])
    lines = [(clients, one["per_s"], one["p50_ms"], one["p99_ms"]) for clients, one in found["http"].items()]
    yield _table("over HTTP, clients at once", ("clients", "per second", "p50 ms", "p99 ms"), lines)
    yield from _of_growth(found["stored"])
    for name, filled in found["memory"].items():
        title = f"MiB of memory, {name.replace('_', ' ')}; {filled['kib_per_message']} KiB more per message at the end"
        yield _table(title, ("messages", "MiB"), list(filled["mib"].items()))


def _of_growth(found: Mapping[str, Any]) -> Iterator[Table]:
    sizes = found["sizes"]
    names = next(iter(sizes.values()))["questions_ms"]
    plain = {"ASK {}": "nothing_ms", "ASK {}, store not flushed": "nothing_unflushed_ms"}
    lines = [(text, *(one[key] for one in sizes.values())) for text, key in plain.items()]
    lines += [(name, *(one["questions_ms"][name] for one in sizes.values())) for name in names]
    yield _table("milliseconds of a question, by messages stored", ("", *sizes), lines)
    lines = [(text, *(one[key] for one in sizes.values())) for text, key in (("start, ms", "start_ms"), ("disk, KiB per message", "disk_kib_per_message"))]
    yield _table(f"rebuilt: {found['rebuild_per_s']} of {found['rebuild_messages']} messages per second", ("", *sizes), lines)


def _table(title: str, heads: Sequence[str], lines: Sequence[Sequence[object]]) -> Table:
    table = Table(*heads, title=title, title_justify="left")
    for column in table.columns[1:]:
        column.justify = "right"
    for line in lines:
        table.add_row(*map(str, line))
    return table


def main(argv: Sequence[str] | None = None) -> int:
    """Run and print; `--json` for machines."""
    arguments = sys.argv[1:] if argv is None else list(argv)
    if set(arguments) - {"--json"}:
        print(f"python -m benchmarks.hub knows --json, not {', '.join(sorted(set(arguments) - {'--json'}))}", file=sys.stderr)
        return 2
    found = run(say=lambda line: print(f"… {line}", file=sys.stderr, flush=True))
    if arguments:
        print(json.dumps(found, indent=2, ensure_ascii=False))
        return 0
    console = Console()
    for table in tables(found):
        console.print(table)
    return 0


if __name__ == "__main__":
    sys.exit(main())
