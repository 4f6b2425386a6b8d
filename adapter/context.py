"""What earlier messages said and later ones need: descriptions by server address and id, baselines by day.

A mapping says `provides:` (what its message brings, under which key) and `join:` (what it needs of them).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from adapter.values import NIL, Duration, Instant

# What a wire value can be besides text, whole numbers and yes or no: (name, class, text of a value, value of a text).
_KINDS: tuple[tuple[str, type, Callable[[Any], str], Callable[[str], Any]], ...] = (
    ("decimal", Decimal, str, Decimal),
    ("instant", Instant, Instant.text, Instant.read),
    ("duration", Duration, Duration.text, Duration.read),
    ("date", date, date.isoformat, date.fromisoformat),
    ("nil", type(NIL), repr, lambda text: NIL),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """Facts an earlier message brought, and the graph that message became."""

    facts: Mapping[str, Any]
    graph: str


@dataclass
class Context:
    """Facts by (kind, key); a later message merges into or replaces what an earlier one said."""

    entries: dict[tuple[str, ...], Entry] = field(default_factory=dict)

    def add(self, kind: str, key: tuple[str, ...], facts: Mapping[str, Any], graph: str, merge: bool = True) -> None:
        before = self.entries.get((kind, *key))
        known = dict(before.facts) if before is not None and merge else {}
        known.update({name: value for name, value in facts.items() if value is not None})
        self.entries[(kind, *key)] = Entry(known, graph)

    def dump(self) -> str:
        """All entries as text; the inverse of `load`."""
        return json.dumps([[list(key), entry.graph, {fact: _plain(value) for fact, value in entry.facts.items()}] for key, entry in self.entries.items()])

    def load(self, text: str) -> None:
        """Add the entries of a text that `dump` gave."""
        for key, graph, facts in json.loads(text):
            self.entries[tuple(key)] = Entry({fact: _value(one) for fact, one in facts.items()}, graph)

    def find(self, kind: str, key: tuple[str, ...]) -> Entry | None:
        return self.entries.get((kind, *key))

    def of(self, kind: str, key: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Entry]]:
        """All entries of *kind* whose key begins with *key*, as (rest of the key, entry)."""
        for known, entry in self.entries.items():
            if known[: len(key) + 1] == (kind, *key):
                yield known[len(key) + 1 :], entry


def _plain(value: Any) -> Any:
    """A wire value as JSON says it; what JSON has no word for as {kind: text}."""
    for name, kind, text, _ in _KINDS:
        if isinstance(value, kind):
            return {name: text(value)}
    if isinstance(value, (list, tuple)):
        return {"tuple" if isinstance(value, tuple) else "list": [_plain(one) for one in value]}
    if value is None or isinstance(value, (str, int)):
        return value
    raise TypeError(f"{value!r} is no wire value")


def _value(plain: Any) -> Any:
    """The inverse of `_plain`."""
    if not isinstance(plain, dict):
        return plain
    ((name, said),) = plain.items()
    if name in ("tuple", "list"):
        found = [_value(one) for one in said]
        return tuple(found) if name == "tuple" else found
    return next(read for known, _, _, read in _KINDS if known == name)(said)
