"""docs/requirements.md: what the hub is held to, with the tests that prove it or the parts that are missing.

The rows of the acceptance grid have the status of `gridglot coverage`; everything else stands in tests/traced.yaml.
`python -m tests.generated` writes the page, tests/test_requirements.py holds the file to what there is.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from typer.main import get_command

from adapter import cli, coverage
from adapter.library import Library, library
from adapter.text import Table, read_text

ROOT = Path(__file__).resolve().parents[1]
FILE = ROOT / "tests" / "traced.yaml"
PAGE = ROOT / "docs" / "requirements.md"
LISTS = {"itu": "Statements of ITU-T Y.2071, Y.2072 and F.751.13", "functions": "Functions of InterConnect D4.1, Tables 16 and 17"}
SETTLED = ("tested", "not-expressible")


@dataclass(frozen=True, slots=True)
class Requirement:
    """One line of the page: what proves it, and the parts it waits for."""

    id: str
    title: str
    evidence: list[str]
    open: list[str]

    @property
    def status(self) -> str:
        """`proven`, `partly` (some of it is), or `open`."""
        return "open" if not self.evidence else "partly" if self.open else "proven"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the grid, with the cells and legs that are asked for."""

    id: str
    title: str
    cells: list[coverage.Cell]
    legs: list[coverage.Leg]

    @property
    def status(self) -> str:
        """`proven` when all is tested or not expressible, `partly` when something is tested, else `open`."""
        found = [cell.status for cell in self.cells] + [leg.status for leg in self.legs]
        return "proven" if found and all(one in SETTLED for one in found) else "partly" if "tested" in found else "open"


def read() -> Table:
    """tests/traced.yaml."""
    return read_text(FILE.read_text(encoding="utf-8"), "tests/traced.yaml")


def requirements(traced: Table, kind: str) -> list[Requirement]:
    """The entries of one list of the file, `itu` or `functions`."""
    found = []
    for name in traced.table(kind):
        entry = traced.table(kind).table(name)
        entry.only("title", "evidence", "open")
        found.append(Requirement(name, entry.text("title"), entry.texts("evidence"), entry.texts("open")))
    return found


def rows(library: Library) -> list[Row]:
    """The rows of the grid as they are covered now."""
    table = coverage.grid().table("rows")
    cells = coverage.asked_for(coverage.cells(library))
    legs = [leg for leg in coverage.legs(library) if leg.status != "beyond-grid"]
    return [Row(row, table.table(row).text("title"), [one for one in cells if one.row == row], [one for one in legs if one.row == row]) for row in table]


# --- what is wrong with the file ---


def faults(traced: Table) -> list[str]:
    """One sentence for each claim without ground: evidence that is not there, parts that nobody named, entries that say nothing."""
    parts, every = traced.table("parts"), [requirement for kind in LISTS for requirement in requirements(traced, kind)]
    found = [f"grid: {item} is not there" for item in traced.texts("grid") if not exists(item)]
    for requirement in every:
        found += [f"{requirement.id}: {item} is not there" for item in requirement.evidence if not exists(item)]
        found += [f"{requirement.id}: {part!r} is not among the parts" for part in requirement.open if part not in parts]
        if not requirement.evidence and not requirement.open:
            found.append(f"{requirement.id}: neither evidence nor what is open")
    awaited = {part for requirement in every for part in requirement.open}
    return found + [f"{part}: nothing waits for this part" for part in parts if part not in awaited]


def exists(item: str) -> bool:
    """True if a piece of evidence is there: a test, a command of the Makefile or of gridglot, or a file of the project."""
    file, _, test = item.partition("::")
    if test:
        return test in tests_of(file)
    program, _, command = item.partition(" ")
    if program == "make":
        return re.search(rf"^{re.escape(command)}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE) is not None
    if program == "gridglot":
        return command in get_command(cli.app).commands  # type: ignore[attr-defined]
    path = (ROOT / item).resolve()
    return path.suffix != ".py" and path.is_file() and path.is_relative_to(ROOT)


@lru_cache
def tests_of(file: str) -> frozenset[str]:
    """The tests of a file as pytest names them, `test_y` or `TestX::test_y`; none when pytest would not look into it."""
    path = ROOT / file
    if not re.fullmatch(r"tests/(\w+/)*test_\w+\.py", file) or not path.is_file():
        return frozenset()
    return frozenset(_named(ast.parse(path.read_text(encoding="utf-8")).body))


def _named(body: list[ast.stmt]) -> Iterator[str]:
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name.startswith("test"):
            yield node.name
        elif isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
            yield from (f"{node.name}::{name}" for name in _named(node.body))


# --- the page ---


def page(_: str = "") -> str:
    """The text of docs/requirements.md as it is to be now."""
    traced, grid = read(), rows(library())
    lines = [
        "# Requirements",
        "",
        "What the hub is held to, and what proves it: a test, a file, a command. `proven`: all of it; `partly`: what stands under evidence, the rest is",
        "open; `open`: nothing proves it yet. The names are ours, the numbers lead to the sources. This page is made by `python -m tests.generated` of",
        "the coverage and of `tests/traced.yaml`; a test fails when what it names is not there.",
        "",
        *_sums(traced, grid),
        "",
        "## Rows of the acceptance grid",
        "",
        "Data exchanges of D4.1, as far as the grid asks for them in our standards. A lift or lower, or a leg from one standard to another, is done when a",
        "document proves it or a decision says why the standard has no such message. The documents of the legs stand in `tests/legs.yaml`. Held by",
        "",
        *(f"- {_shown(item)}" for item in traced.texts("grid")),
        "",
        *_grid(grid),
    ]
    for kind, title in LISTS.items():
        lines += ["", f"## {title}", "", "| id | what | status | evidence | open |", "|---|---|---|---|---|"]
        lines += [_line(requirement, traced.table("parts")) for requirement in requirements(traced, kind)]
    return "\n".join([*lines, "", "## What waits for what", "", *_waiting(traced)]) + "\n"


def _sums(traced: Table, grid: list[Row]) -> list[str]:
    """How many of each list have which status."""
    counted = {"Rows of the acceptance grid": [row.status for row in grid]}
    counted |= {title: [requirement.status for requirement in requirements(traced, kind)] for kind, title in LISTS.items()}
    words = ("proven", "partly", "open")
    lines = [f"| {title} | " + " | ".join(str(found.count(word)) for word in words) + " |" for title, found in counted.items()]
    return ["| | " + " | ".join(words) + " |", "|---|---|---|---|", *lines]


def _grid(rows: list[Row]) -> list[str]:
    lines = ["| row | data exchange | status | lifts and lowers | legs | evidence |", "|---|---|---|---|---|---|"]
    for row in rows:
        evidence = dict.fromkeys(cell.evidence for cell in row.cells if cell.evidence)
        marks = [row.id, row.title, row.status, _done(row.cells), _done(row.legs), "<br>".join(map(_shown, evidence))]
        lines.append(f"| {' | '.join(marks)} |")
    return lines


def _done(ways: list[coverage.Cell] | list[coverage.Leg]) -> str:
    return f"{sum(way.status in SETTLED for way in ways)} of {len(ways)}" if ways else ""


def _line(requirement: Requirement, parts: Table) -> str:
    evidence, missing = "<br>".join(map(_shown, requirement.evidence)), "<br>".join(parts.text(part) for part in requirement.open)
    return f"| {requirement.id} | {requirement.title} | {requirement.status} | {evidence} | {missing} |"


def _shown(item: str) -> str:
    """Evidence as it stands on the page; another page of the documentation is a link."""
    return f"[{item}]({item.removeprefix('docs/')})" if item.startswith("docs/") else f"`{item}`"


def _waiting(traced: Table) -> list[str]:
    """For each missing part the entries it would bring on."""
    every = [requirement for kind in LISTS for requirement in requirements(traced, kind)]
    lines = ["| missing | waiting for it |", "|---|---|"]
    for part in traced.table("parts"):
        waiting = [requirement.id for requirement in every if part in requirement.open]
        lines.append(f"| {traced.table('parts').text(part)} | {', '.join(waiting)} |")
    return lines
