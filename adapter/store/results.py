"""Answers as bytes, and the limit on their rows: the same for every store."""

from __future__ import annotations

import json
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


def write(query: ReadOnly, ask: Callable[[str], Answer], form: str, rows: int) -> bytes:
    """The answer as bytes. *ask* runs the query with some text after it: a LIMIT, by which too many rows show without counting them first."""
    if query.form == "SELECT" and query.limit is None:
        try:
            answer = ask(f"\nLIMIT {rows + 1}")
        except SyntaxError:  # VALUES stands at the end, where a LIMIT cannot follow
            return _counted(ask, form, rows)
        assert isinstance(answer, ox.QuerySolutions)
        data = answer.serialize(format=ROWS[form]) or b""
        if _rows(data, form) > rows:
            raise _too_many(rows)
        return data
    if query.form == "SELECT" and query.limit is not None and query.limit > rows:
        return _counted(ask, form, rows)
    answer = ask("")
    return turtle(answer, rows) if isinstance(answer, ox.QueryTriples) else answer.serialize(format=ROWS[form]) or b""


def _counted(ask: Callable[[str], Answer], form: str, rows: int) -> bytes:
    """The answer of a query that is run twice: once to count."""
    answer = ask("")
    assert isinstance(answer, ox.QuerySolutions)
    _at_most(answer, rows)
    again = ask("")
    assert isinstance(again, ox.QuerySolutions)
    return again.serialize(format=ROWS[form]) or b""


def _rows(data: bytes, form: str) -> int:
    """How many rows an answer has, as it was written."""
    if form == "csv":  # what stands between quotes is a value; a doubled quote leaves the count as it is
        return sum(outside.count(b"\r\n") for outside in data.split(b'"')[::2]) - 1
    if form == "tsv":  # line ends in values are escaped
        return data.count(b"\n") - 1
    if form == "xml":  # so is < in values
        return data.count(b"<result>")
    return len(json.loads(data)["results"]["bindings"])


def turtle(triples: Iterable[ox.Triple], rows: int) -> bytes:
    """A graph with our prefixes."""
    return ox.serialize(_at_most(triples, rows), format=ox.RdfFormat.TURTLE, prefixes=prefixes()) or b""


def _at_most(found: Iterable[T], rows: int) -> list[T]:
    kept = list(islice(found, rows + 1))
    if len(kept) > rows:
        raise _too_many(rows)
    return kept


def _too_many(rows: int) -> QueryError:
    return QueryError(f"the answer has more than {rows} rows", "Ask for less (LIMIT, a narrower pattern), or raise the limit: rows.", "rows")
