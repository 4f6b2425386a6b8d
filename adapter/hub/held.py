"""Which models a journal holds: every version that was taken, and which of them hold."""

from __future__ import annotations

from dataclasses import dataclass

from adapter.codecs.rdf_source import source
from adapter.grid.heads import head
from adapter.grid.model import Header
from adapter.hub.journal import Journal, Row
from adapter.library import Library


@dataclass(frozen=True, slots=True)
class Held:
    """A model of a journal: the number of its message, its header, whether it came as a difference, and which message replaced it (0 for none: it holds).

    Of one whose bytes were *erased* no more is known than what its message was called.
    """

    number: int
    header: Header
    difference: bool
    replaced_by: int
    erased: bool = False

    @property
    def holds(self) -> bool:
        return not self.replaced_by and not self.erased


def held(journal: Journal, lib: Library) -> list[Held]:
    """All models that were taken, with every version, in the order they came."""
    kinds = [mapping for mapping in lib.mappings() if mapping.keeps_statements]
    rows = sorted((row for kind in kinds for row in journal.taken(kind.standard.name, kind.name)), key=lambda row: row.number)
    replaced = {str(row.outcome["replaces"]): row.number for row in rows if "replaces" in row.outcome}
    return [_held(row, journal.data(row.number), replaced.get(row.id, 0)) for row in rows]


def _held(row: Row, data: bytes | None, replaced_by: int) -> Held:
    if data is None:
        return Held(row.number, Header(row.identity), False, replaced_by, True)
    header, is_difference = head(source(data), data)
    return Held(row.number, header, is_difference, replaced_by)
