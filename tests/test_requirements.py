"""docs/requirements.md claims what is there: each list is whole, each test it names exists, and the page is made of both."""

from __future__ import annotations

import csv
import re

import pytest
from third_party import data

from adapter import coverage
from adapter.errors import MappingError
from adapter.library import library
from adapter.text import Table, read_text
from tests import traced

# How many functions each line of the two tables has.
TABLES = {"T16": (4, 1, 1, 4, 3, 1, 1, 1), "T17": (4, 5, 2, 3, 2, 1)}
GOOD = "tests/test_requirements.py::test_the_file_claims_nothing_without_ground"


def statements() -> list[dict[str, str]]:
    """The rows of the third-party list of statements."""
    with data("seeds", "itu_requirements.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def listed(text: str) -> list[str]:
    """The first column of every table of a page whose rows have a name and a status."""
    return re.findall(r"^\| (\S+) \| [^|]+ \| (?:proven|partly|open) \|", text, re.MULTILINE)


def test_the_file_claims_nothing_without_ground() -> None:
    assert traced.faults(traced.read()) == []


def test_the_page_is_what_the_file_and_the_coverage_say() -> None:
    """Refresh with `python -m tests.generated`."""
    assert traced.PAGE.read_text(encoding="utf-8") == traced.page()


def test_the_page_lists_every_row_statement_and_function_once() -> None:
    read = traced.read()
    rows = list(coverage.grid().table("rows"))
    assert len(rows) == 26
    assert listed(traced.PAGE.read_text(encoding="utf-8")) == [*rows, *read.table("itu"), *read.table("functions")]


def test_the_rows_are_those_of_the_third_party_grid() -> None:
    with data("seeds", "gap_matrix.csv").open(encoding="utf-8", newline="") as lines:
        rows = dict.fromkeys(line["row"] for line in csv.DictReader(lines))
    assert list(coverage.grid().table("rows")) == list(rows)


def test_the_statements_are_the_core_of_the_third_party_list() -> None:
    assert list(traced.read().table("itu")) == [row["id"] for row in statements() if row["mark"] == "CORE"]


def test_the_functions_are_those_of_the_two_tables() -> None:
    names = [f"{table}.{line}.{item}" for table, lines in TABLES.items() for line, items in enumerate(lines, 1) for item in range(1, items + 1)]
    assert list(traced.read().table("functions")) == names


def test_nothing_is_said_in_the_words_of_the_source() -> None:
    """No four words in a row of a statement stand on the page."""
    page = " ".join(re.findall(r"\w+", traced.PAGE.read_text(encoding="utf-8").lower()))
    copied = []
    for row in statements():
        words = re.findall(r"\w+", row["requirement"].lower())
        copied += [run for start in range(len(words) - 3) if f" {(run := ' '.join(words[start : start + 4]))} " in f" {page} "]
    assert copied == []


@pytest.mark.parametrize(
    ("cells", "legs", "status"),
    [
        (["tested", "tested"], [], "proven"),
        (["tested", "not-expressible"], ["not-expressible"], "proven"),
        (["tested", "tested"], ["open"], "partly"),
        (["tested", "open"], [], "partly"),
        (["not-expressible", "open"], ["not-expressible"], "open"),
        (["open"], [], "open"),
        ([], [], "open"),
    ],
)
def test_a_row_is_proven_when_all_that_is_asked_is_settled(cells: list[str], legs: list[str], status: str) -> None:
    ways = [coverage.Cell("X", "acme", "lift", one, "", "", [], []) for one in cells], [coverage.Leg("X", "acme", "other", one, "") for one in legs]
    assert traced.Row("X", "x", *ways).status == status


def test_what_lies_beyond_the_grid_makes_no_row_proven() -> None:
    rows = traced.rows(library())
    assert (sum(len(row.cells) for row in rows), sum(len(row.legs) for row in rows)) == (102, 70)


# --- the checks are shown to fail ---


def file(entry: str, parts: str = "{}", grid: str = "[]") -> Table:
    return read_text(f"parts: {parts}\ngrid: {grid}\nitu: {{}}\nfunctions: {{X: {{title: x, {entry}}}}}\n", "x.yaml")


@pytest.mark.parametrize(
    "item",
    [
        "tests/test_requirements.py::test_that_is_not_there",
        "tests/test_requirements.py::listed",
        f"{GOOD}[one]",
        "tests/test_nowhere.py::test_x",
        "tests/traced.py::tests_of",
        "tests/test_requirements.py",
        "docs/nowhere.md",
        "docs",
        "../outside.md",
        "make nothing",
        "gridglot nothing",
        "it works",
    ],
)
def test_evidence_that_is_not_there_is_a_fault(item: str) -> None:
    assert traced.faults(file(f"evidence: ['{item}']")) == [f"X: {item} is not there"]
    assert traced.faults(file(f"evidence: ['{GOOD}']", grid=f"['{item}']")) == [f"grid: {item} is not there"]


def test_a_key_nobody_reads_is_refused() -> None:
    with pytest.raises(MappingError, match="unknown key 'evidnce'"):
        traced.faults(file(f"evidnce: ['{GOOD}']"))


@pytest.mark.parametrize("item", [GOOD, "docs/integrator.md", "make check", "gridglot coverage"])
def test_evidence_that_is_there_is_none(item: str) -> None:
    assert traced.faults(file(f"evidence: ['{item}']")) == []


def test_an_entry_that_says_nothing_and_a_part_nobody_knows_or_wants_are_faults() -> None:
    assert traced.faults(file("open: []")) == ["X: neither evidence nor what is open"]
    assert traced.faults(file("open: [api]")) == ["X: 'api' is not among the parts"]
    assert traced.faults(file("open: [api]", "{api: a, sparql: b}")) == ["sparql: nothing waits for this part"]


@pytest.mark.parametrize(("entry", "status"), [(f"evidence: ['{GOOD}']", "proven"), (f"evidence: ['{GOOD}'], open: [api]", "partly"), ("open: [api]", "open")])
def test_a_status_follows_from_what_there_is(entry: str, status: str) -> None:
    assert [found.status for found in traced.requirements(file(entry, "{api: a}"), "functions")] == [status]
