"""Values of exchange variables as Turtle terms, and back."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from adapter.exchange import Term
from adapter.names import expand, shorten, turtle_prefixes
from adapter.values import Duration, Instant, decimal_text, utc_text


def quoted(text: str) -> str:
    """A Turtle string literal.

    >>> quoted('say "x"')
    '"say \\\\"x\\\\""'
    """
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")


@lru_cache(4096)
def _iri_text(iri: str) -> str:
    full = expand(iri)
    short = shorten(full)
    return short if short != full else f"<{full}>"


@lru_cache(4096)
def _value_iri(iri: str) -> str:
    """A value's IRI: ours by the prefix that every document declares, others in full."""
    text = _iri_text(iri)
    return text if text.startswith(("hub:", "<")) else f"<{expand(text)}>"


_TEXT: dict[str, Callable[[Any], str]] = {
    "text": quoted,
    "decimal": lambda value: f'"{decimal_text(value)}"^^xsd:decimal',
    "integer": str,
    "position": str,
    "instant": lambda value: f'"{value.text()}"^^xsd:dateTime',
    "utc": lambda value: f'"{utc_text(value)}"^^xsd:dateTime',
    "duration": lambda value: f'"{value.text()}"^^xsd:duration',
    "boolean": lambda value: "true" if value else "false",
    "date": lambda value: f'"{value.isoformat()}"^^xsd:date',
    "iri": _value_iri,
}
_READ: dict[str, Callable[[str], Any]] = {
    "text": str,
    "decimal": Decimal,
    "integer": int,
    "position": int,
    "instant": Instant.read,
    "utc": lambda text: Instant.read(text).epoch,
    "duration": Duration.read,
    "boolean": lambda text: text in ("true", "1"),
    "date": date.fromisoformat,
    "iri": str,
}


def term_text(kind: str, value: Any) -> str:
    """A value of an exchange variable of type *kind* as Turtle."""
    return _TEXT[kind](value)


def term_value(kind: str, term: Term) -> Any:
    """The value of a term for a variable of type *kind*; raises ValueError when it is of another kind."""
    if isinstance(term, str):
        if kind != "iri":
            raise ValueError(f"is the IRI {term}, and a {kind} is needed")
        return term
    if kind == "iri":
        raise ValueError(f"is the literal {term.value!r}, and an IRI is needed")
    try:
        return _READ[kind](term.value)
    except (ValueError, ArithmeticError) as error:
        raise ValueError(f"is {term.value!r}, which is no {kind}") from error


def turtle(graph: str, body: str) -> str:
    """A Turtle document with our prefixes, relative node names resolved against *graph*."""
    return f"{turtle_prefixes()}@base <{graph}> .\n{body}"


def trig(graph: str, body: str) -> str:
    """The same as one named graph."""
    return f"{turtle_prefixes()}@base <{graph}> .\n<{graph}> {{\n{body}}}\n"
