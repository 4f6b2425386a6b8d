"""The commands that play what a checkout holds: bench, demo."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from adapter.cli.common import out, stop
from adapter.errors import UsageError

ROOT = Path(__file__).resolve().parents[2]  # of the checkout, where there is one


def bench(
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
    hub: Annotated[bool, typer.Option("--hub", help="Measure a hub on disk instead: rates, memory, questions, start-up, HTTP.")] = False,
    grid: Annotated[bool, typer.Option("--grid", help="Measure the import of grid models instead: against rdflib, triplets and cimpy.")] = False,
) -> None:
    """Measure against the naive pipeline (rdflib, pySHACL, SPARQL) in one run. Needs a checkout."""
    if not (ROOT / "benchmarks" / "run.py").is_file():
        stop(UsageError("the benchmarks are not part of the installed package: run this in a checkout of the project"))
    sys.path.insert(0, str(ROOT))
    from benchmarks.grid import main as import_grids
    from benchmarks.hub.__main__ import main as measure_hub
    from benchmarks.run import main as compare

    (import_grids if grid else measure_hub if hub else compare)(["--json"] if as_json else [])


def demo() -> None:
    """Play the example conversation: one line per message."""
    from adapter.demo import play

    raise typer.Exit(play(out, ROOT / "examples"))
