"""What a store of message graphs can do, wherever it is: one named graph per message, queries that only read and have limits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import pyoxigraph as ox

from adapter.errors import Fault, StoreError

Term = ox.NamedNode | ox.Literal


@dataclass(frozen=True, slots=True)
class Limits:
    """What one query may use: *seconds* of time, *memory_mb* (MiB) beyond what an idle worker has, *rows* (or triples) of result."""

    seconds: float = 30.0
    memory_mb: int = 1024
    rows: int = 100_000


USUAL = Limits()


class Store(Protocol):
    """Named graphs, kept and asked. All of them together are the default graph of a query."""

    def put(self, graph: str, text: str) -> None:
        """Replace one named graph by *text*, Turtle. All or nothing; the same text again changes nothing. *Raises* `StoreError` when it is not readable."""

    def add(self, graph: str, text: str) -> None:
        """Add the triples of *text*, Turtle, to one named graph; those it has already change nothing."""

    def fill(self, graph: str, ntriples: Iterable[str]) -> None:
        """Replace one named graph by many triples that are known to be well formed, given in pieces. A reader may see a part of it, and so may a crash."""

    def pairs(self, graph: str, predicate: str) -> list[tuple[str, str]]:
        """Subject and object (the text of a literal) of every triple with *predicate* in one named graph."""

    def exchange(self, graph: str, text: str, nodes: Sequence[str]) -> None:
        """Add the triples of *text*, Turtle, to one named graph, and take those away that have one of *nodes* (IRIs) as subject; again changes nothing.

        Much cheaper than `put` where most of the graph stays. A reader may see both for a moment.
        """

    def drop(self, graph: str) -> None:
        """Remove one named graph; a graph that is not there is removed already."""

    def graphs(self) -> list[str]:
        """The IRIs of all named graphs, sorted."""

    def text(self, graph: str) -> str:
        """One named graph as N-Triples, as it is now; empty for a graph that is not there."""

    def holding(self, predicate: str, value: Term) -> list[str]:
        """The graphs in which something has *value* for *predicate*, sorted."""

    def open(self) -> None:
        """Make ready for writing; *raises* `StoreError` when it cannot be used."""

    @property
    def full(self) -> bool:
        """So much was put since the last flush that it is time for the next."""

    def flush(self) -> None:
        """Bring to disk what was put; *raises* `StoreError` when that is refused."""

    def clear(self) -> None:
        """Remove everything; before `open` only."""

    def close(self) -> None:
        """Let go of what is held."""

    def query(self, text: str, *, form: str = "", parameters: Mapping[str, Term] | None = None, limits: Limits = USUAL) -> bytes:
        """The answer of a query that only reads.

        *form*: json, xml, csv or tsv for rows; turtle for graphs; json and turtle unless said. *parameters*: a term for each variable to bind.
        *Raises* `QueryError` when the query does more than read, is wrong, or goes over a limit.
        """


def name(graph: str) -> ox.NamedNode:
    """The name of a graph; raises `StoreError` for a text that is no IRI."""
    try:
        return ox.NamedNode(graph)
    except ValueError as error:
        raise StoreError(Fault(graph, f"is no name of a graph: {error}")) from error


def ntriples(graph: str, text: str) -> str:
    """Turtle *text* as N-Triples, as an update wants it; raises `StoreError` for text that is not readable."""
    try:
        found = [quad.triple for quad in ox.parse(text, format=ox.RdfFormat.TURTLE)]
    except (SyntaxError, ValueError) as error:
        raise unreadable(graph, error) from error
    return (ox.serialize(found, format=ox.RdfFormat.N_TRIPLES) or b"").decode()


def unreadable(graph: str, error: Exception) -> StoreError:
    return StoreError(Fault(graph, f"is not given as readable Turtle: {error}"))
