"""The registry of derive rules: variables of an exchange that follow from others, each naming what is lost on the way.

A rule stands in an exchange file under `derive:`. On the way in, a mapping may produce the derived variables and
the rule fills those of the pattern; on the way out, a mapping may ask for the derived ones.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar

from adapter.exchange import Exchange
from adapter.frames import Frame, Scope
from adapter.run import Run
from adapter.text import Table

RULES: dict[str, type[Rule]] = {}


class Rule(ABC):
    """One derive rule, compiled for one exchange. `made` are the derived variables, `base` those of the pattern."""

    name: ClassVar[str] = ""
    needs: ClassVar[Sequence[str]] = ()
    may: ClassVar[Sequence[str]] = ()
    makes: ClassVar[Sequence[str]] = ()
    reads: ClassVar[Sequence[str]] = ("t0", "t1")
    both_ways: ClassVar[bool] = False  # `inward` fills the pattern from what is derived

    def __init_subclass__(cls) -> None:
        RULES[cls.name] = cls

    def __init__(self, table: Table, exchange: Exchange) -> None:
        table.only(*self.needs, *self.may)
        self.table, self.exchange = table, exchange
        self.names = {key: table.text(key) for key in self.needs if key not in ("scope", "rows")}
        for key, name in self.names.items():
            if name not in exchange.variables:
                raise table.wrong(f"{self.name}: {name!r} is no variable of {exchange.row}", key)
        self.made = [self.names[key] for key in self.makes]
        self.base = [name for name in self.names.values() if name not in self.made] + [name for name in self.reads if name in exchange.variables]
        self.scope: Scope = exchange.scope.find(table.text("scope", ".")) or exchange.scope

    @abstractmethod
    def inward(self, frame: Frame, run: Run) -> None:
        """Fill the pattern's variables from the derived ones."""

    @abstractmethod
    def outward(self, frame: Frame, run: Run) -> None:
        """Fill the derived variables from the pattern's."""

    def rule(self) -> str:
        return self.table.at()
