"""Answers as bytes, and the limit on their rows: the same for every store."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice
from typing import TypeVar

import pyoxigraph as ox

from adapter.errors import QueryError
from adapter.names import prefixes
from adapter.store.guard import ReadOnly

Answer = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples
ROWS = {
    "json": ox.QueryResultsFormat.JSON,
    "xml": ox.QueryResultsFormat.XML,
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
}
GRAPH_FORM = "turtle"
T = TypeVar("T")


def form_of(query: ReadOnly, form: str) -> str:
    """The form of the answer: the one asked for, if the query has it; json or turtle if none is."""
    known = [GRAPH_FORM] if query.form in ("CONSTRUCT", "DESCRIBE") else list(ROWS)
    if form and form not in known:
        raise QueryError(f"the answer of {query.form} has no form {form!r}; it has {', '.join(known)}")
    return form or known[0]


def write(query: ReadOnly, ask: Callable[[], Answer], form: str, rows: int) -> bytes:
    """The answer as bytes. *ask* runs the query; it is run twice where only counting shows that there are not too many rows."""
    answer = ask()
    if isinstance(answer, ox.QueryTriples):
        return turtle(answer, rows)
    if isinstance(answer, ox.QuerySolutions) and (query.limit is None or query.limit > rows):
        _at_most(answer, rows)
        answer = ask()
    assert not isinstance(answer, ox.QueryTriples)
    return answer.serialize(format=ROWS[form]) or b""


def turtle(triples: Iterable[ox.Triple], rows: int) -> bytes:
    """A graph with our prefixes."""
    return ox.serialize(_at_most(triples, rows), format=ox.RdfFormat.TURTLE, prefixes=prefixes()) or b""


def _at_most(found: Iterable[T], rows: int) -> list[T]:
    kept = list(islice(found, rows + 1))
    if len(kept) > rows:
        raise QueryError(f"the answer has more than {rows} rows", "Ask for less (LIMIT, a narrower pattern), or raise the limit: rows.", "rows")
    return kept
