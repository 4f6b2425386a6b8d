"""The acceptance grid as it is: which cell and which leg is proven, computed from mappings and from the tests' lock file.

A cell is `tested` when a test of this repository proves it and every essential variable the standard can carry is bound;
`beyond-grid` when we can and the grid did not ask; `not-expressible` with a decision record; else `open`.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from adapter.library import Library
from adapter.mapping import MessageMapping
from adapter.resources import folder
from adapter.text import Table, read_file

LOCK = "coverage.lock.json"


@dataclass(frozen=True, slots=True)
class Cell:
    """One row of the grid in one standard, in one direction."""

    row: str
    standard: str
    direction: str
    status: str
    message: str
    evidence: str
    bound: list[str]
    kept: list[str]


@dataclass(frozen=True, slots=True)
class Leg:
    """One row translated from one standard to another."""

    row: str
    source: str
    target: str
    status: str
    evidence: str


def grid() -> Table:
    """mappings/grid.yaml: the rows, and the standards asked for each."""
    return read_file(folder("mappings").joinpath("grid.yaml"), "mappings/grid.yaml")


def lock() -> dict[str, Any]:
    """The evidence the tests wrote: {"cells": {"FP2 uftp lift": {...}}, "legs": {"FP2 uftp cim": {...}}}; empty before the first run."""
    entry = folder("mappings").joinpath(LOCK)
    found: dict[str, Any] = json.loads(entry.read_text(encoding="utf-8")) if entry.is_file() else {"cells": {}, "legs": {}}
    return found


def bound(mapping: MessageMapping, row: str) -> list[str]:
    """The variables of exchange *row* that a message binds."""
    return sorted({name for use in mapping.uses if use.exchange.row == row for name in use.canon & set(use.exchange.variables)})


def kept(mapping: MessageMapping) -> list[str]:
    return sorted(set(mapping.keep) - mapping.related)


def cells(library: Library) -> list[Cell]:
    """All cells the grid asks for, and those we can beyond it; lift and lower each."""
    table, proven = grid(), lock()["cells"]
    found: list[Cell] = []
    for row in table.table("rows"):
        asked = table.table("rows").table(row).texts("asked")
        able = {standard: _best(library, standard, row) for standard in library.standards}
        for standard in library.standards:
            mapping = able[standard]
            refused = table.table("not_expressible").table(row).get(standard)
            if standard not in asked and mapping is None and not refused:
                continue
            for direction in ("lift", "lower"):
                evidence = proven.get(f"{row} {standard} {direction}", {}).get("test", "")
                if refused and mapping is None:
                    found.append(Cell(row, standard, direction, "not-expressible", "", str(refused), [], []))
                    continue
                if standard not in asked and not evidence:
                    continue
                status = "open" if not evidence or mapping is None else "tested" if standard in asked else "beyond-grid"
                found.append(
                    Cell(
                        row,
                        standard,
                        direction,
                        status,
                        mapping.name if mapping else "",
                        evidence,
                        bound(mapping, row) if mapping else [],
                        kept(mapping) if mapping else [],
                    )
                )
    return found


def _best(library: Library, standard: str, row: str) -> MessageMapping | None:
    able = [mapping for mapping in library.standards[standard].mappings.values() if any(use.exchange.row == row for use in mapping.uses)]
    return max(able, key=lambda mapping: len(bound(mapping, row)), default=None)


def asked_for(every: Iterable[Cell]) -> list[Cell]:
    """Those of *every* that the grid asks for."""
    rows = grid().table("rows")
    return [cell for cell in every if cell.standard in rows.table(cell.row).texts("asked")]


def legs(library: Library) -> list[Leg]:
    """Every ordered pair of standards the grid says yes to in one row, and those we can beyond it."""
    table, proven = grid(), lock()["legs"]
    found: list[Leg] = []
    for row in table.table("rows"):
        asked = table.table("rows").table(row).texts("asked")
        refused = set(table.table("not_expressible").table(row))
        able = [standard for standard in library.standards if _best(library, standard, row) is not None]
        for source in library.standards:
            for target in library.standards:
                if source == target:
                    continue
                evidence = proven.get(f"{row} {source} {target}", {}).get("test", "")
                if source in asked and target in asked:
                    status = "tested" if evidence else "not-expressible" if refused & {source, target} else "open"
                elif evidence and source in able and target in able:
                    status = "beyond-grid"
                else:
                    continue
                found.append(Leg(row, source, target, status, evidence))
    return found


def as_json(library: Library) -> dict[str, Any]:
    """{cells: [{row, standard, direction, status, message, evidence, bound, kept}], legs: [{row, from, to, status, evidence}]}."""
    return {
        "cells": [asdict(cell) for cell in cells(library)],
        "legs": [{"row": leg.row, "from": leg.source, "to": leg.target, "status": leg.status, "evidence": leg.evidence} for leg in legs(library)],
    }


def as_csv(library: Library) -> str:
    """One line per cell, then one per leg."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["kind", "row", "standard", "direction_or_target", "status", "message", "evidence"])
    for cell in cells(library):
        writer.writerow(["cell", cell.row, cell.standard, cell.direction, cell.status, cell.message, cell.evidence])
    for leg in legs(library):
        writer.writerow(["leg", leg.row, leg.source, leg.target, leg.status, "", leg.evidence])
    return out.getvalue()


MARKS = {"tested": "●", "beyond-grid": "+", "not-expressible": "–", "open": "○", "": ""}


def as_markdown(library: Library) -> str:
    """The grid as a table for the README: one line per row, one column per standard, then the sums."""
    standards = list(library.standards)
    status: dict[tuple[str, str], set[str]] = {}
    for cell in cells(library):
        status.setdefault((cell.row, cell.standard), set()).add(cell.status)
    lines = ["| row | data exchange | " + " | ".join(standards) + " |", "|---|---|" + "---|" * len(standards)]
    rows = grid().table("rows")
    for row in rows:
        marks = []
        for standard in standards:
            found = status.get((row, standard), set())
            marks.append(MARKS[found.pop()] if len(found) == 1 else "◐" if found else "")
        lines.append(f"| {row} | {rows.table(row).text('title')} | " + " | ".join(marks) + " |")
    every, ways = cells(library), legs(library)
    wanted = asked_for(every)
    lines += [
        "",
        f"● tested in both directions, + more than the grid asks, – the standard has no such message, ○ open. "
        f"Lifts and lowers tested: {sum(cell.status == 'tested' for cell in wanted)} of {len(wanted)}; "
        f"legs tested: {sum(leg.status == 'tested' for leg in ways)} of {len([leg for leg in ways if leg.status != 'beyond-grid'])}.",
    ]
    return "\n".join(lines)
