"""Which connections are eligible in a zone: those that belong to it at a moment, or all through a local day."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Protocol, TypeAlias

from adapter import moments
from adapter.store.base import Term
from adapter.store.questions import named
from adapter.values import Instant

QUESTION = "which_connections_belong_to_a_zone"
EVER = 2**62
Row: TypeAlias = "dict[str, str]"
Span: TypeAlias = "tuple[int, int]"  # seconds since 1970, from the first to before the last


class Asked(Protocol):
    """A hub, or a store: something that answers queries."""

    def ask(self, text: str, *, form: str = "", parameters: Mapping[str, Term] | None = None) -> bytes: ...


def connections(hub: Asked, zone: str, on: str, where: str = "") -> list[Row]:
    """Rows of connection, name, meter, through (an IRI), for the zone called *zone*; *on* is an instant, or a day in the time zone *where*.

    On a day a connection belongs to the zone if it does so without a gap, through whatever; its rows are those that hold on that day.
    *Raises* `UsageError` for what is neither instant nor day, `QueryError`, `StoreError`.
    """
    if moments.is_day(on):
        begin, end = (one.epoch for one in moments.day(on, where))
    else:
        begin = moments.moment(on).epoch
        end = begin + 1
    question = named(QUESTION)
    answer = hub.ask(question.text, form="csv", parameters=question.terms({"zone": zone})).decode()
    of: dict[str, list[tuple[Span, Row]]] = defaultdict(list)
    for row in csv.DictReader(io.StringIO(answer)):
        span = _second(row["since"], -EVER), _second(row["until"], EVER)
        if span[0] < end and begin < span[1]:
            of[row["connection"]].append((span, {name: row[name] for name in ("connection", "name", "meter", "through")}))
    kept = [row for rows in of.values() if covers((span for span, _ in rows), begin, end) for _, row in rows]
    return [dict(one) for one in dict.fromkeys(tuple(row.items()) for row in kept)]


def covers(spans: Iterable[Span], begin: int, end: int) -> bool:
    """The spans together leave no gap between *begin* and *end*.

    >>> covers([(5, 9), (0, 5)], 1, 8), covers([(0, 4), (5, 9)], 1, 8)
    (True, False)
    """
    for first, last in sorted(spans):
        if first <= begin:
            begin = max(begin, last)
    return begin >= end


def _second(text: str, otherwise: int) -> int:
    return Instant.read(text).epoch if text else otherwise
