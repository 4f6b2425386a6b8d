"""The acceptance grid claims what these documents prove, no more and no less."""

from __future__ import annotations

import json

import pytest

from adapter import coverage
from adapter.library import library
from adapter.text import Table
from tests import evidence


def test_the_lock_file_is_what_the_documents_prove() -> None:
    """Refresh with `python -m tests.generated`."""
    assert json.loads(evidence.LOCK.read_text(encoding="utf-8")) == evidence.compute()


@pytest.mark.parametrize("leg", evidence.read_legs(), ids=lambda leg: f"{leg['row']} {leg['from']} {leg['to']}")
def test_essentials_arrive(leg: Table) -> None:
    assert evidence.missing(leg) == []


def test_the_grid_asks_for_51_cells_and_70_legs() -> None:
    rows = coverage.grid().table("rows")
    asked = [rows.table(row).texts("asked") for row in rows]
    assert (len(asked), sum(map(len, asked)), sum(len(one) * (len(one) - 1) for one in asked)) == (26, 51, 70)


def test_every_cell_and_leg_is_listed_with_a_status() -> None:
    cells, legs = coverage.cells(library()), coverage.legs(library())
    assert len(coverage.asked_for(cells)) == 102
    assert sum(leg.status != "beyond-grid" for leg in legs) == 70
    assert {cell.status for cell in cells} | {leg.status for leg in legs} <= {"tested", "beyond-grid", "not-expressible", "open"}


def test_a_tested_cell_binds_what_is_essential() -> None:
    for cell in coverage.cells(library()):
        if cell.status == "tested":
            mapping = library().mapping(f"{cell.standard}:{cell.message}")
            uses = [use for use in mapping.uses if use.exchange.row == cell.row]
            rules = library().rules[cell.row]
            derived = {made for rule in rules for made in rule.made if set(rule.base) & set(cell.bound)}
            derived |= {base for rule in rules for base in rule.base if set(rule.made) & set(cell.bound)}
            essentials = {name for use in uses for name in use.exchange.essentials if name not in use.cannot}
            assert essentials - derived <= set(cell.bound), cell
