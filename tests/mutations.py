"""Documents a sender might have sent instead: a leaf less, an element twice, an empty value, a number out of all bounds.

Seeded: the same document always gives the same variants. Each has a description that says what was done where.
"""

from __future__ import annotations

import copy
import json
import random
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from lxml import etree

TEXTS = (
    "",
    "0",
    "-1",
    "1.5",
    "99999999999999999999",
    "1e5",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "9999-12-31",
    "P1M",
    "PT0S",
    "-PT15M",
    "PT1S",
    "P99999D",
    "é",
    "a b",
    " 1 ",
    "true",
    "A01",
    "A02",
    "A03",
    "Europe/Kiev",
)
VALUES: tuple[Any, ...] = (
    None,
    {},
    [],
    "",
    "x",
    0,
    -1,
    Decimal("1.5"),
    10**25,
    Decimal("1e-30"),
    True,
    [1],
    {"a": 1},
    "P1M",
    "9999-12-31T23:59:59-14:00",
    "0001-01-01T00:00:00.000+0000",
)


def variants(data: bytes, count: int, seed: str) -> Iterator[tuple[str, bytes]]:
    """(what was done, the document) *count* times."""
    rng = random.Random(seed)
    for _ in range(count):
        first = data.lstrip(b"\xef\xbb\xbf \r\n")[:1]
        yield _xml_variant(data, rng) if first == b"<" else _json_variant(data, rng) if first in b"{[" else _csv_variant(data, rng)


def _csv_variant(data: bytes, rng: random.Random) -> tuple[str, bytes]:
    """Cells are changed where no quotes stand, so that the table stays one."""
    text = data.decode("utf-8-sig")
    separator = next(sign for sign in (",", ";", "\t") if sign in text.splitlines()[0])
    rows = [line.split(separator) for line in text.splitlines() if '"' not in line]
    way, at = rng.choice(["cell", "cell", "cell", "column", "row twice", "row less", "cell more", "swap"]), rng.randrange(len(rows))
    column = rng.randrange(len(rows[at]))
    if way == "cell":
        rows[at][column] = rng.choice([one for one in TEXTS if separator not in one] + ["urn:x", "urn:uuid:1", "ean.123456789012", "2026-05-04", "connection"])
        way = f"cell = {rows[at][column]!r}"
    elif way == "column":
        rows = [row[:column] + row[column + 1 :] for row in rows]
    elif way == "row twice":
        rows.insert(at, rows[at])
    elif way == "row less":
        del rows[at]
    elif way == "cell more":
        rows[at] = [*rows[at], "x"]
    else:
        rows[at][0], rows[at][column] = rows[at][column], rows[at][0]
    return f"[{at}][{column}] {way}", "\n".join(separator.join(row) for row in rows).encode()


def _xml_variant(data: bytes, rng: random.Random) -> tuple[str, bytes]:
    root = etree.fromstring(data)
    elements = list(root.iter(etree.Element))
    element = rng.choice(elements)
    name = re.sub(r"\{[^}]*\}", "", root.getroottree().getelementpath(element))
    parent = element.getparent()
    ways = ["attribute", "text"] if parent is None else ["drop", "twice", "swap", "empty", "text", "attribute", "attribute"]
    way = rng.choice(ways)
    if way == "attribute" and element.attrib:
        key = rng.choice(sorted(element.attrib))
        if rng.random() < 0.4:
            del element.attrib[key]
            return f"{name}/@{key} taken away", etree.tostring(root)
        element.set(key, rng.choice(TEXTS))
        return f"{name}/@{key} = {element.get(key)!r}", etree.tostring(root)
    if way == "drop":
        parent.remove(element)
    elif way == "twice":
        parent.insert(parent.index(element) + rng.choice([0, 1]), copy.deepcopy(element))
    elif way == "swap":
        other = rng.choice(list(parent))
        one, two = parent.index(element), parent.index(other)
        parent[one], parent[two] = copy.deepcopy(other), copy.deepcopy(element)
    elif way == "empty":
        for child in list(element):
            element.remove(child)
        element.text = None
    elif not len(element):
        element.text = rng.choice(TEXTS)
        return f"{name} = {element.text!r}", etree.tostring(root)
    return f"{name} {way}", etree.tostring(root)


def _json_variant(data: bytes, rng: random.Random) -> tuple[str, bytes]:
    root = json.loads(data.decode("utf-8-sig"), parse_float=Decimal)
    places = list(_places(root, ""))
    path, holder, key = rng.choice(places)
    way = rng.choice(["drop", "twice", "value", "value"])
    if way == "drop":
        del holder[key]
    elif way == "twice" and isinstance(holder, list):
        holder.insert(key, copy.deepcopy(holder[key]))
    else:
        holder[key] = rng.choice(VALUES)
        path += f" = {holder[key]!r}"
    return f"{path} {way}", re.sub(r'"#(-?[\d.]+)#"', r"\1", json.dumps(root, default=lambda number: f"#{number:f}#")).encode()


def _places(value: Any, path: str) -> Iterator[tuple[str, Any, Any]]:
    for key, below in value.items() if isinstance(value, dict) else enumerate(value):
        yield f"{path}/{key}", value, key
        if isinstance(below, dict | list):
            yield from _places(below, f"{path}/{key}")
