"""A graph in memory, indexed both ways: what a matcher walks over."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pyoxigraph as ox

from adapter.exchange import Literal, Term


class Graph:
    """A graph in memory, indexed both ways: what `match` walks over."""

    def __init__(self, triples: Iterator[tuple[str, str, Term]]) -> None:
        self.out: dict[str, dict[str, list[Term]]] = defaultdict(dict)
        self.back: dict[str, dict[Term, list[str]]] = defaultdict(dict)
        for subject, predicate, value in triples:
            self.out[subject].setdefault(predicate, []).append(value)
            self.back[predicate].setdefault(value, []).append(subject)

    @classmethod
    def parse(cls, data: bytes | str, form: ox.RdfFormat, base: str | None = None) -> Graph:
        """Read Turtle, TriG, N-Quads or JSON-LD text."""
        return cls((_key(quad.subject), quad.predicate.value, _term(quad.object)) for quad in ox.parse(data, format=form, base_iri=base))

    def values(self, subject: str, predicate: str) -> list[Term]:
        return self.out[subject].get(predicate, []) if subject in self.out else []

    def one(self, subject: str, predicate: str) -> Term | None:
        found = self.values(subject, predicate)
        return found[0] if found else None

    def subjects(self, predicate: str, value: Term) -> list[str]:
        return self.back[predicate].get(value, []) if predicate in self.back else []


def _key(term: Any) -> str:
    return str(term.value) if isinstance(term, ox.NamedNode) else f"_:{term.value}"


def _term(term: Any) -> Term:
    return Literal(term.value, term.datatype.value, term.language) if isinstance(term, ox.Literal) else _key(term)
