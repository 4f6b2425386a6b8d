"""Leaf types: those every standard has, and those a standard.yaml declares."""

from __future__ import annotations

import re
from decimal import Decimal

from adapter.text import Table
from adapter.tree.leaves import CODECS, Codec
from adapter.tree.spec import Type


def base_types() -> dict[str, Type]:
    """The types every standard has: one for each codec, and `json` for a JSON value kept as it is."""
    types = {name: Type(name, codec) for name, codec in CODECS.items()}
    types["json"] = Type("json", Codec("json", lambda value: value, lambda value: value, "json"))
    return types


def read_types(table: Table) -> dict[str, Type]:
    """The `types:` of a standard.yaml: name → {codec, pattern, min, max, length, shortest, fraction, codes}."""
    types = base_types()
    for name in table:
        entry = table.table(name)
        entry.only("codec", "pattern", "min", "max", "length", "shortest", "fraction", "codes", "source")
        codec = CODECS.get(entry.text("codec", "str"))
        if codec is None:
            raise entry.wrong(f"{entry['codec']!r} is not a codec; known are {', '.join(CODECS)}", "codec")
        codes = {code: code for line in entry.texts("codes") for code in line.split()} if "codes" in entry else None
        types[name] = Type(
            name,
            codec,
            re.compile(entry.text("pattern")) if "pattern" in entry else None,
            _bound(entry, "min"),
            _bound(entry, "max"),
            _number(entry, "length"),
            _number(entry, "shortest"),
            _number(entry, "fraction"),
            codes,
        )
    return types


def _bound(entry: Table, key: str) -> Decimal | None:
    return Decimal(entry.text(key)) if key in entry else None


def _number(entry: Table, key: str) -> int | None:
    return int(entry.text(key)) if key in entry else None
