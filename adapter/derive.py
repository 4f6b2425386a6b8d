"""Derive rules of exchanges: variables that follow from others, each naming what is lost on the way.

A rule stands in an exchange file under `derive:`. On the way in, a mapping may produce the derived variables and
the rule fills those of the pattern; on the way out, a mapping may ask for the derived ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import ClassVar

from adapter.exchange import Exchange
from adapter.frames import Frame, Scope
from adapter.run import Run
from adapter.text import Table

RULES: dict[str, type[Rule]] = {}


class Rule:
    """One derive rule, compiled for one exchange. `made` are the derived variables, `base` those of the pattern."""

    name: ClassVar[str] = ""
    needs: ClassVar[Sequence[str]] = ()
    may: ClassVar[Sequence[str]] = ()

    def __init_subclass__(cls) -> None:
        RULES[cls.name] = cls

    def __init__(self, table: Table, exchange: Exchange) -> None:
        table.only(*self.needs, *self.may)
        self.table, self.exchange = table, exchange
        self.names = {key: table.text(key) for key in self.needs if key not in ("scope", "rows")}
        for key, name in self.names.items():
            if name not in exchange.variables:
                raise table.wrong(f"{self.name}: {name!r} is no variable of {exchange.row}", key)
        self.made = [name for name in self.names.values() if exchange.variables[name].derived]
        self.base = [name for name in self.names.values() if not exchange.variables[name].derived]
        self.scope: Scope = exchange.scope.find(table.text("scope", ".")) or exchange.scope

    def inward(self, frame: Frame, run: Run) -> None:
        """Fill the pattern's variables from the derived ones."""
        raise NotImplementedError

    def outward(self, frame: Frame, run: Run) -> None:
        """Fill the derived variables from the pattern's."""
        raise NotImplementedError

    def rule(self) -> str:
        return self.table.at()


class NeedOfBand(Rule):
    """`need_of_band: {lower, upper, disposition, need, scope}`: a requested band ↔ one requested power.

    Requested with lower = upper is that power, exactly and back. Another requested band becomes its bound nearest
    zero (listed). Available with both bounds zero is a need of zero; other available power is dropped (listed).
    """

    name = "need_of_band"
    needs = ("lower", "upper", "disposition", "need", "scope")

    def inward(self, frame: Frame, run: Run) -> None:
        need = frame.values.get(self.names["need"])
        if need is None or frame.values.get(self.names["lower"]) is not None:
            return
        frame.values[self.names["lower"]] = list(need)
        frame.values[self.names["upper"]] = list(need)
        frame.values[self.names["disposition"]] = ["hub:Requested" if value else "hub:Available" for value in need]

    def outward(self, frame: Frame, run: Run) -> None:
        lowers, uppers = frame.values.get(self.names["lower"]), frame.values.get(self.names["upper"])
        if lowers is None or uppers is None:
            return
        dispositions = frame.values.get(self.names["disposition"]) or [None] * len(lowers)
        need: list[Decimal] = []
        for row, (lower, upper, disposition) in enumerate(zip(lowers, uppers, dispositions, strict=True), 1):
            if lower == upper and (disposition == "hub:Requested" or not lower):
                need.append(lower)
            elif disposition == "hub:Requested":
                nearest = lower if lower > 0 else upper if upper < 0 else Decimal(0)
                other = self.names["upper"] if nearest == lower else self.names["lower"]
                run.lose(f"?{other}[{row}]", upper if nearest == lower else lower, "the target has one power and no band; the bound nearest zero stands for it", nearest)
                need.append(nearest)
            else:
                run.lose(f"?{self.names['lower']}[{row}]", lower, "power that is available, not requested, has no place in the target", Decimal(0))
                run.lose(f"?{self.names['upper']}[{row}]", upper, "power that is available, not requested, has no place in the target", Decimal(0))
                need.append(Decimal(0))
        frame.values[self.names["need"]] = need


def build_rules(exchange: Exchange) -> list[Rule]:
    """The compiled derive rules of an exchange, in file order."""
    built = []
    for entry in exchange.derive:
        for name in entry:
            if name not in RULES:
                raise entry.wrong(f"{name!r} is no derive rule; known are {', '.join(sorted(RULES))}", name)
            built.append(RULES[name](entry.table(name), exchange))
    return built


def inward(rules: Iterable[Rule], frame: Frame, run: Run) -> None:
    """Fill what the pattern needs from what a mapping produced."""
    for rule in rules:
        for inner in frame.all(rule.scope):
            rule.inward(inner, run)


def outward(rules: Sequence[Rule], frame: Frame, wanted: set[str], run: Run) -> set[str]:
    """Fill the *wanted* derived variables; returns the pattern variables that were used for them."""
    used: set[str] = set()
    for rule in reversed(rules):
        if wanted & set(rule.made):
            for inner in frame.all(rule.scope):
                rule.outward(inner, run)
            used |= set(rule.base)
            wanted = wanted | set(rule.base)
    return used
