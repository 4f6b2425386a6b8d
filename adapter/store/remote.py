"""The store of a cluster: any SPARQL 1.1 endpoint, through SPARQLWrapper. The same guard, parameters and forms; the endpoint does the work.

Its memory is limited by the endpoint; time counts from question to first byte and for each wait after that, rows when the answer is here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from http.client import HTTPException
from typing import TypeVar

import pyoxigraph as ox
from SPARQLWrapper import JSON, POST, TURTLE, SPARQLWrapper
from SPARQLWrapper.SPARQLExceptions import QueryBadFormed, SPARQLWrapperException

from adapter.errors import QueryError, StoreError
from adapter.store.base import USUAL, Limits, Term, name, ntriples
from adapter.store.binding import bind
from adapter.store.guard import check
from adapter.store.results import GRAPH_FORM, form_of, turtle, write

T = TypeVar("T")
LONGEST_ANSWER = 256 * 1024 * 1024  # bytes


class RemoteStore:
    """Message graphs behind *query_url* and *update_url*. Its default graph should be the union of all graphs, as the setting of most stores allows."""

    def __init__(self, query_url: str, update_url: str | None = None, user: str | None = None, password: str | None = None, seconds: float = 30.0) -> None:
        self._urls = (query_url, update_url or query_url)
        self._login = (user, password)
        self._seconds = seconds

    def put(self, graph: str, text: str) -> None:
        self._send(f"DROP SILENT GRAPH {name(graph)} ; INSERT DATA {{ GRAPH {name(graph)} {{ {ntriples(graph, text)} }} }}", JSON, self._seconds)

    def add(self, graph: str, text: str) -> None:
        self._send(f"INSERT DATA {{ GRAPH {name(graph)} {{ {ntriples(graph, text)} }} }}", JSON, self._seconds)

    def fill(self, graph: str, ntriples: Iterable[str]) -> None:
        self._send(f"DROP SILENT GRAPH {name(graph)}", JSON, self._seconds)
        for piece in ntriples:
            self._send(f"INSERT DATA {{ GRAPH {name(graph)} {{ {piece} }} }}", JSON, self._seconds)

    def pairs(self, graph: str, predicate: str) -> list[tuple[str, str]]:
        answer = self._send(f"SELECT ?s ?o {{ GRAPH {name(graph)} {{ ?s {name(predicate)} ?o }} }}", JSON, self._seconds)
        return self._read(lambda: [(row["s"].value, row["o"].value) for row in ox.parse_query_results(answer, format=ox.QueryResultsFormat.JSON)])  # type: ignore[union-attr]

    def exchange(self, graph: str, text: str, nodes: Sequence[str]) -> None:
        gone = "".join(f"DELETE WHERE {{ GRAPH {name(graph)} {{ {name(node)} ?p ?o }} }} ; " for node in nodes)
        self._send(f"{gone}INSERT DATA {{ GRAPH {name(graph)} {{ {ntriples(graph, text)} }} }}", JSON, self._seconds)

    def drop(self, graph: str) -> None:
        self._send(f"DROP SILENT GRAPH {name(graph)}", JSON, self._seconds)

    def graphs(self) -> list[str]:
        answer = self._send("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g", JSON, self._seconds)
        return self._read(lambda: _names(answer))

    def text(self, graph: str) -> str:
        found = self._send(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH {name(graph)} {{ ?s ?p ?o }} }}", TURTLE, self._seconds)
        return self._read(lambda: ntriples(graph, found.decode()))

    def holding(self, predicate: str, value: Term) -> list[str]:
        answer = self._send(f"SELECT DISTINCT ?g {{ GRAPH ?g {{ ?s {name(predicate)} {value} }} }} ORDER BY ?g", JSON, self._seconds)
        return self._read(lambda: _names(answer))

    def open(self) -> None:
        """The endpoint is asked whether it is there."""
        self._send("ASK {}", JSON, self._seconds)

    @property
    def full(self) -> bool:
        return False

    def flush(self) -> None:
        """What the endpoint has taken is its own to keep."""

    def clear(self) -> None:
        self._send("DROP NAMED", JSON, self._seconds)

    def close(self) -> None:
        """Nothing is held between two questions."""

    def query(self, text: str, *, form: str = "", parameters: Mapping[str, Term] | None = None, limits: Limits = USUAL) -> bytes:
        asked = check(text)
        form = form_of(asked, form)
        bound = bind(asked, parameters or {})
        if form == GRAPH_FORM:
            found = self._send(bound, TURTLE, limits.seconds)
            return self._read(lambda: turtle((quad.triple for quad in ox.parse(found, format=ox.RdfFormat.TURTLE)), limits.rows))
        answer = self._send(bound, JSON, limits.seconds)
        return self._read(lambda: write(asked, lambda more: ox.parse_query_results(answer, format=ox.QueryResultsFormat.JSON), form, limits.rows))

    def _send(self, text: str, form: str, seconds: float) -> bytes:
        """The endpoint's answer to a query or an update."""
        query_url, update_url = self._urls
        wrapper = SPARQLWrapper(query_url, updateEndpoint=update_url, returnFormat=form)
        wrapper.setMethod(POST)
        wrapper.setQuery(text)
        wrapper.setTimeout(max(1, round(seconds)))
        if self._login[0] is not None:
            wrapper.setCredentials(*self._login)
        try:
            answer: bytes = wrapper.query().response.read(LONGEST_ANSWER + 1)
        except QueryBadFormed as error:
            raise QueryError(f"the query is refused by {query_url}: {error}") from error
        except (SPARQLWrapperException, HTTPException, OSError) as error:
            if isinstance(error, TimeoutError) or isinstance(getattr(error, "reason", None), TimeoutError):
                raise QueryError(f"{query_url} did not answer within {seconds:g} s", "Ask for less, or raise the limit: seconds.") from error
            raise StoreError(f"{query_url} gives no answer: {error}", "Look whether the endpoint runs, and at its address and login.") from error
        if len(answer) > LONGEST_ANSWER:
            raise QueryError(f"the answer has more than {LONGEST_ANSWER} bytes", "Ask for less (LIMIT, a narrower pattern).")
        return answer

    def _read(self, use: Callable[[], T]) -> T:
        try:
            return use()
        except (SyntaxError, ValueError) as error:
            raise StoreError(
                f"{self._urls[0]} answers what SPARQL 1.1 does not foresee: {error}", "Look whether this is the address of its queries."
            ) from error


def _names(answer: bytes) -> list[str]:
    found = ox.parse_query_results(answer, format=ox.QueryResultsFormat.JSON)
    return [row["g"].value for row in found] if isinstance(found, ox.QuerySolutions) else []
