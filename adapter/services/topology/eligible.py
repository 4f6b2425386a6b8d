"""Which connections are eligible in a zone: those that belong to it at a moment, or all through a local day."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Protocol

from adapter.services.topology import moments
from adapter.store.base import Term
from adapter.store.questions import named

QUESTION = "which_connections_belong_to_a_zone"


class Asked(Protocol):
    """A hub, or a store: something that answers queries."""

    def ask(self, text: str, *, form: str = "", parameters: Mapping[str, Term] | None = None) -> bytes: ...


def connections(hub: Asked, zone: str, on: str, where: str = "") -> list[dict[str, str]]:
    """Rows of connection, name, meter, through (an IRI), for the zone called *zone*; *on* is an instant, or a day in the time zone *where*.

    *Raises* `UsageError` for what is neither, `QueryError`, `StoreError`.
    """
    begin, end = moments.day(on, where) if moments.is_day(on) else (moments.moment(on), moments.moment(on))
    question = named(QUESTION)
    given = question.terms({"zone": zone, "begin": begin.text(), "end": end.text()})
    answer = hub.ask(question.text, form="csv", parameters=given).decode()
    return [{name: text for name, text in row.items() if name != "zone"} for row in csv.DictReader(io.StringIO(answer))]
