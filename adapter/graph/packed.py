"""Columns of rows as one exact text each, and back: the packed form of a series."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any

from adapter.exchange import Exchange, Variable
from adapter.graph.terms import _READ
from adapter.values import Instant, decimal_text, utc_text


def pack(variable: Variable, column: Sequence[Any]) -> str:
    """One column as one exact text: `name [v, v, …]`, or `name start+step*count` for equidistant instants."""
    if variable.type == "utc" and len(column) > 1 and None not in column:
        step = column[1] - column[0]
        if all(later - earlier == step for earlier, later in pairwise(column)):
            return f"{variable.name} {utc_text(column[0])}+{step}*{len(column)}"
    return f"{variable.name} [{','.join(_decimals(column) if variable.type == 'decimal' else _others(variable.type, column))}]"


def _decimals(column: Sequence[Any]) -> list[str]:
    """Numbers with their own digits. `str` writes an exponent for some, and only then each is written by the slower way."""
    shown = list(map(str, column))
    if "E" in "".join(shown) or "None" in shown:  # to look for None itself would compare it with every decimal, which is slow
        return ["null" if value is None else decimal_text(value) for value in column]
    return shown


def _others(kind: str, column: Sequence[Any]) -> list[str]:
    """Values as JSON, each different one written once."""
    seen = {value: "null" if value is None else json.dumps(_plain(kind, value)) for value in dict.fromkeys(column)}
    return [seen[value] for value in column]


def unpack(text: str, exchange: Exchange) -> tuple[str, list[Any]]:
    """The column name and values of a packed text; the inverse of `pack`."""
    name, _, rest = text.partition(" ")
    variable = exchange.variables[name]
    if not rest.startswith("["):
        start, _, steps = rest.partition("+")
        step, _, count = steps.partition("*")
        first = Instant.read(start).epoch
        return name, [first + int(step) * row for row in range(int(count))]
    values = json.loads(rest, parse_float=Decimal, parse_int=Decimal if variable.type == "decimal" else int)
    return name, [None if value is None else value if variable.type == "decimal" else _READ[variable.type](value) for value in values]


def _plain(kind: str, value: Any) -> Any:
    if kind == "utc":
        return utc_text(value)
    if kind in ("instant", "duration"):
        return value.text()
    return str(value) if kind == "date" else value
