"""The registry of relations: named, two-way links between wire variables and exchange variables.

A relation is a class with `up` (wire → exchange), `down` (exchange → wire) and, where the target needs another
grid, `prepare`. It declares its arguments: which name wire variables, which exchange variables. The registry is
closed: a mapping file can only use what stands here, and every relation has a law in tests/test_relations_of_*.py.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_EVEN
from typing import Any, ClassVar

from adapter.exchange import Exchange
from adapter.frames import Frame, Scope
from adapter.run import Run
from adapter.text import Table

ROUNDING = {"floor": ROUND_FLOOR, "ceil": ROUND_CEILING, "half_even": ROUND_HALF_EVEN, "to_zero": ROUND_DOWN}
REGISTRY: dict[str, type[Relation]] = {}


class Relation(ABC):
    """One relation of a mapping, compiled. `wire` and `canon` list the variables it links; `checked` those it derives and checks."""

    name: ClassVar[str] = ""
    needs: ClassVar[Sequence[str]] = ()
    may: ClassVar[Sequence[str]] = ()
    wire_arguments: ClassVar[Sequence[str]] = ()
    canon_arguments: ClassVar[Sequence[str]] = ()

    def __init_subclass__(cls) -> None:
        if cls.name:
            REGISTRY[cls.name] = cls

    def __init__(self, table: Table, wire: Scope, exchange: Exchange, canon: Scope) -> None:
        self.table, self.wire_scope, self.exchange, self.canon_scope = table, wire, exchange, canon
        self.wire: list[str] = []
        self.canon: list[str] = []
        self.checked: list[str] = []
        self.compile()

    def compile(self) -> None:
        """Check the arguments and fill `wire` and `canon`. Relations with free keys override this."""
        self.table.only(*self.needs, *self.may)
        for key in self.needs:
            self.table.text(key)
        for key in self.wire_arguments:
            if key in self.table:
                self.use_wire(self.table.text(key), key)
        for key in self.canon_arguments:
            if key in self.table:
                self.use_canon(self.table.text(key), key)

    def use_wire(self, variable: str, key: str | None = None) -> str:
        if self.wire_scope.owner(variable) is None:
            raise self.table.wrong(f"{self.name}: {variable!r} is no variable of the tree that is visible here", key)
        self.wire.append(variable)
        return variable

    def use_canon(self, variable: str, key: str | None = None) -> str:
        if self.canon_scope.owner(variable) is None:
            raise self.table.wrong(f"{self.name}: {variable!r} is no variable of {self.exchange.row} that is visible here", key)
        self.canon.append(variable)
        return variable

    @abstractmethod
    def up(self, wire: Frame, canon: Frame, run: Run) -> None:
        """Fill the exchange variables from the wire variables."""

    @abstractmethod
    def down(self, canon: Frame, wire: Frame, run: Run) -> None:
        """Fill the wire variables from the exchange variables."""

    def prepare(self, canon: Frame, run: Run) -> None:  # noqa: B027 (not every relation has a grid)
        """Bring the rows of *canon* to the grid the target writes; most relations have nothing to do."""

    def links(self) -> Iterator[tuple[str, str]]:
        """(wire variable, exchange variable) pairs: which meaning carries which leaf."""
        for variable in self.wire:
            for canon in self.canon:
                yield variable, canon

    def beyond(self, wire: Frame) -> set[str]:
        """Those of `checked` that say more in the document *wire* (its outermost frame) than what they were checked against."""
        return set()

    def points_at(self, canon: str, row: bool) -> str:
        """The wire variable to show when something is wrong with *canon* (a column when *row*)."""
        columns = [name for name in self.wire if (owner := self.wire_scope.owner(name)) is not None and name in owner.columns]
        return columns[0] if row and columns else self.wire[0]

    def rule(self) -> str:
        return self.table.at()


def build(table: Table, wire: Scope, exchange: Exchange, canon: Scope) -> list[Relation]:
    """The relations of one entry of `relate:` (a table with one relation name)."""
    built = []
    for name in table:
        kind = REGISTRY.get(name)
        if kind is None:
            raise table.wrong(
                f"{name!r} is no relation; known are {', '.join(sorted(REGISTRY))}",
                name,
                "A new relation is a class in adapter/relations with both directions, a law and a decision record.",
            )
        value = table[name]
        if not isinstance(value, Table):
            raise table.wrong(f"{name} needs its arguments as a table", name)
        built.append(kind(value, wire, exchange, canon))
    return built


def column(frame: Frame, variable: str, rows: str) -> list[Any]:
    """A column as a list, all None when absent."""
    values = frame.get(variable)
    return values if values is not None else [None] * (frame.get(rows) or 0)
