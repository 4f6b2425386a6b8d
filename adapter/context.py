"""What earlier messages said and later ones need: descriptions by server address and id, baselines by day.

A mapping says `provides:` (what its message brings, under which key) and `join:` (what it needs of them).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any


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

    def find(self, kind: str, key: tuple[str, ...]) -> Entry | None:
        return self.entries.get((kind, *key))

    def of(self, kind: str, key: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Entry]]:
        """All entries of *kind* whose key begins with *key*, as (rest of the key, entry)."""
        for known, entry in self.entries.items():
            if known[: len(key) + 1] == (kind, *key):
                yield known[len(key) + 1 :], entry
