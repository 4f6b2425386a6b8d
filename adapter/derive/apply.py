"""Apply the derive rules of an exchange to its frames, inwards and outwards."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from adapter.derive.base import RULES, Rule
from adapter.exchange import Exchange
from adapter.frames import Frame
from adapter.run import Run


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
    for rule in rules:
        for inner in frame.all(rule.scope):
            for name in rule.made:
                if rule.exchange.variables[name].derived:
                    inner.values.pop(name, None)


def outward(rules: Sequence[Rule], frame: Frame, wanted: set[str], run: Run) -> set[str]:
    """Fill the *wanted* derived variables; returns the pattern variables that were used for them."""
    needed = {name for name in wanted if _absent(frame, name)}
    for rule in reversed(rules):
        if needed & set(rule.made):
            needed |= {name for name in rule.base if _absent(frame, name)}
    used: set[str] = set()
    for rule in rules:
        if needed & set(rule.made):
            before = [dict(inner.values) for inner in frame.all(rule.scope)]
            for inner in frame.all(rule.scope):
                rule.outward(inner, run)
            if before != [inner.values for inner in frame.all(rule.scope)]:
                used |= set(rule.base)
    return used


def _absent(frame: Frame, name: str) -> bool:
    """No instance of any scope has a value for the variable."""
    return frame.values.get(name) is None and all(_absent(inner, name) for children in frame.children.values() for inner in children)
