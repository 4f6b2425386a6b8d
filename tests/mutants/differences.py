"""The named list tests/known_differences.yaml: where our verdict is not the schema's, and why; what we refuse beyond it, and by which rule."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from adapter.text import Table, read_text

FILE = Path(__file__).resolve().parents[1] / "known_differences.yaml"


@dataclass(frozen=True)
class Known:
    """One entry: regular expressions for the message and for the mutation (or what is said of it), and the rest as written."""

    section: str
    message: str
    mutation: str
    says: str
    schema: str
    ours: str
    reason: str
    line: int

    def covers(self, message: str, mutation: str) -> bool:
        return re.fullmatch(self.message, message) is not None and re.fullmatch(self.mutation, mutation) is not None

    @property
    def id(self) -> str:
        return f"line {self.line}"


@lru_cache(1)
def known() -> tuple[Known, ...]:
    """All entries of all sections."""
    table = read_text(FILE.read_text(encoding="utf-8"), FILE.name)
    table.only("verdicts", "rules", "leaves")
    return tuple(_known(section, entry) for section in table for entry in table.items_of(section) if isinstance(entry, Table))


def _known(section: str, entry: Table) -> Known:
    entry.only("message", "mutation", "says", "schema", "ours", "reason")
    return Known(
        section,
        entry.text("message", ".*"),
        entry.text("mutation", ".*"),
        entry.text("says", ""),
        entry.text("schema", ""),
        entry.text("ours", ""),
        entry.text("reason"),
        entry.line,
    )


def section(*names: str) -> list[Known]:
    """The entries of some sections, in order."""
    return [entry for entry in known() if entry.section in names]
