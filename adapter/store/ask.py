"""One question to the store of a data folder, as the command line asks it."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
from rich.table import Table
from rich.text import Text

from adapter.errors import UsageError
from adapter.names import shorten
from adapter.store.guard import check
from adapter.store.local import LocalStore
from adapter.store.questions import named
from adapter.store.questions import read as read_question
from adapter.store.results import GRAPH_FORM, form_of

FORMS = ("table", "csv", "json")


def ask(data: Path, name: str, own: bytes | None, given: list[str], form: str) -> bytes | Table:
    """The answer to the shipped question *name*, or to the text *own*: rows as a table or as bytes, graphs as Turtle.

    *given*: parameters as `name=text`.
    """
    if form not in FORMS:
        raise UsageError(f"{form!r} is no format; known are {', '.join(FORMS)}")
    question = named(name) if own is None else read_question(name, _text(name, own))
    rows = form_of(check(question.text), "") != GRAPH_FORM
    wanted = {"table": "json", "csv": "csv", "json": "json"}[form] if rows else GRAPH_FORM
    with LocalStore(data / "store") as store:
        answer = store.query(question.text, form=wanted, parameters=question.terms(_pairs(given)))
    return table(answer) if rows and form == "table" else answer if answer.endswith(b"\n") else answer + b"\n"


def table(answer: bytes) -> Table | bytes:
    """Rows in JSON as a table, with short names; a yes or no stays a word."""
    found = ox.parse_query_results(answer, format=ox.QueryResultsFormat.JSON)
    if isinstance(found, ox.QueryBoolean):
        return b"true\n" if found else b"false\n"
    shown = Table(*[variable.value for variable in found.variables])
    for row in found:
        shown.add_row(*[Text(_show(term)) for term in row])
    return shown


def _show(term: object) -> str:
    return shorten(term.value) if isinstance(term, ox.NamedNode) else term.value if isinstance(term, ox.Literal) else "" if term is None else str(term)


def _text(name: str, own: bytes) -> str:
    try:
        return own.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(f"{name} is not UTF-8 text") from error


def _pairs(given: list[str]) -> dict[str, str]:
    pairs = [pair.partition("=") for pair in given]
    for name, equals, _ in pairs:
        if not equals:
            raise UsageError(f"--param {name} has no value; write --param {name}=VALUE")
    return {name: text for name, _, text in pairs}
