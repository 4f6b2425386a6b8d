"""What becomes of each leaf of a document in a translation, found by changing the leaf and looking what changes.

Knows nothing of mappings: a leaf is *carried* if some change of it changes the documents written, *reported* if it changes
the loss report or the defaults, *checked* if every change of it is refused. A change that is taken and changes nothing is a
leaf that was lost in silence.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from leafwalk import LEAVES
from lxml import etree

from adapter.codecs import syntaxes
from adapter.errors import HubError
from adapter.pipeline import Translation

CODES = {
    "A01": ["A02"], "A02": ["A01"], "Requested": ["Available"], "Available": ["Requested"], "E17": ["E18"], "E18": ["E17"], "EUR": ["SEK"],
    "load": ["generation"], "consume": ["produce"], "A04": ["A03"], "A03": ["A04"], "measuredValue": ["calculatedValue"], "value": ["averageValue"],
    "Europe/Berlin": ["Europe/Vienna", "Europe/Helsinki"], "KWH": ["MWH"], "3.1.0": ["3.0.0"], "true": ["false"], "false": ["true"], "NDK": ["NSE"], "NAT": ["NSE"], "A10": ["NSE"],
}  # fmt: skip
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def others(text: str) -> Iterator[str]:
    """Other values a leaf might have had."""
    if text in CODES:
        yield from CODES[text]
    elif UUID.fullmatch(text):
        yield text[:-1] + ("0" if text[-1] != "0" else "1")
    elif re.fullmatch(r"\d{4}-\d\d-\d\dT.*", text):
        shape = re.fullmatch(r"(\d{4}-\d\d-\d\dT\d\d:\d\d)(.*)", text)
        assert shape is not None
        for minutes in (1, 60, -60):
            yield (datetime.fromisoformat(shape[1]) + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M") + shape[2]
    elif re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        yield (datetime.fromisoformat(text) + timedelta(days=1)).strftime("%Y-%m-%d")
    elif re.fullmatch(r"P.*\d.*", text):
        yield from (other for other in ("PT30M", "PT15M", "PT1H", "PT5M") if other != text)
    elif re.fullmatch(r"-?\d+(\.\d+)?", text):
        number = Decimal(text)
        yield from (format(other, "f") for other in (number + 1, -number, number * 2, number - 1) if other != number)
    else:
        yield text + "x"
        yield "x" + text


def edits(data: bytes) -> Iterator[tuple[str, bytes]]:
    """(path, document) for every leaf and every other value of it."""
    if data.lstrip().startswith(b"<"):
        yield from _xml_edits(data)
    elif data[:1].isalpha():
        yield from _csv_edits(data)
    else:
        value = json.loads(data, parse_float=Decimal, parse_int=Decimal)
        for path, place in _json_places(value, "", lambda root: root):
            parent, key = place(value)
            for other in _json_others(parent[key]):
                changed = copy.deepcopy(value)
                holder, name = place(changed)
                holder[name] = other
                yield path, _dump(changed)


def _xml_edits(data: bytes) -> Iterator[tuple[str, bytes]]:
    root = etree.fromstring(data, etree.XMLParser(remove_comments=True))
    for element in root.iter():
        path = re.sub(r"\{[^}]*\}", "", root.getroottree().getelementpath(element))
        for key, text in list(element.attrib.items()):
            for other in others(text):
                element.set(key, other)
                yield f"{path}/@{key}", etree.tostring(root)
            element.set(key, text)
        before = element.text
        if not len(element) and before and before.strip():
            for other in others(before.strip()):
                element.text = other
                yield path, etree.tostring(root)
            element.text = before


def _csv_edits(data: bytes) -> Iterator[tuple[str, bytes]]:
    heading, *rows = [line.split(",") for line in data.decode().splitlines()]
    for at, row in enumerate(rows, 1):
        for column, cell in enumerate(row):
            for other in others(cell) if cell else ():
                changed = [*rows[: at - 1], [*row[:column], other, *row[column + 1 :]], *rows[at:]]
                yield f"[{at}]/{heading[column]}", "\n".join(",".join(line) for line in [heading, *changed]).encode()


def _json_places(value: Any, path: str, find: Callable[[Any], Any]) -> Iterator[tuple[str, Callable[[Any], tuple[Any, Any]]]]:
    for key, below in value.items() if isinstance(value, dict) else enumerate(value):
        here = f"{path}/{key}"
        if isinstance(below, dict | list) and below:
            yield from _json_places(below, here, lambda root, key=key: find(root)[key])  # type: ignore[misc]
        elif not isinstance(below, dict | list):
            yield here, lambda root, key=key: (find(root), key)  # type: ignore[misc]


def _json_others(value: Any) -> Iterator[Any]:
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, Decimal):
        yield from map(Decimal, others(format(value, "f")))
    elif isinstance(value, str):
        yield from others(value)
    elif value is None:
        yield "x"


def _dump(value: Any) -> bytes:
    return re.sub(r'"#(-?[\d.]+)#"', r"\1", json.dumps(value, default=lambda number: f"#{number:f}#")).encode()


@dataclass
class Trace:
    """What became of each leaf, and which leaves of the documents written never changed."""

    carried: set[str] = field(default_factory=set)
    reported: set[str] = field(default_factory=set)
    checked: set[str] = field(default_factory=set)
    silent: set[str] = field(default_factory=set)
    moved: set[str] = field(default_factory=set)


def written(translation: Translation) -> list[dict[str, Any]]:
    """The leaves of each document, without the identifiers the hub made."""
    made = [default.value for default in translation.defaults if default.source == "generated"]
    found = []
    for document in translation.documents:
        data = document.data
        for value in made:
            data = data.replace(value.encode(), b"made")
        found.append(LEAVES[syntaxes.recognise(document.data)](data))
    return found


def trace(data: bytes, translate: Callable[[bytes], Translation]) -> Trace:
    """Change every leaf of *data* and look what that changes."""
    base = translate(data)
    before = written(base)
    report = (base.loss, [default for default in base.defaults if default.source != "generated"])
    found = Trace()
    taken: dict[str, list[str]] = {}
    for path, changed in edits(data):
        outcomes = taken.setdefault(path, [])
        try:
            result = translate(changed)
        except HubError:
            continue
        after = written(result)
        if after != before:
            outcomes.append("carried")
            found.moved |= moved(before, after)
        elif (result.loss, [default for default in result.defaults if default.source != "generated"]) != report:
            outcomes.append("reported")
        else:
            outcomes.append("silent")
    for path, outcomes in taken.items():
        kind = "checked" if not outcomes else "silent" if "silent" in outcomes else "carried" if "carried" in outcomes else "reported"
        getattr(found, kind).add(path)
    return found


def moved(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> set[str]:
    """The places in the documents of *before* that have another value in *after*, or none."""
    if len(before) != len(after):
        return {f"{at}{path}" for at, leaves in enumerate(before) for path in leaves}
    return {f"{at}{path}" for at, (one, other) in enumerate(zip(before, after, strict=True)) for path in one if one[path] != other.get(path)}


def unsourced(translation: Translation, found: Trace, constant: re.Pattern[str]) -> list[str]:
    """Leaves of the documents that no leaf of the source moves, that no default names, and that are no constants of the message."""
    named = {default.value for default in translation.defaults}
    return sorted(
        f"{path} = {value}"
        for at, leaves in enumerate(written(translation))
        for path, value in leaves.items()
        if f"{at}{path}" not in found.moved and value != "made" and not constant.search(path) and str(value) not in named and not _among(value, named)
    )


def _among(value: Any, named: set[str]) -> bool:
    from leafwalk import value_of

    return any(value_of(text) == value for text in named) or (isinstance(value, bool) and str(value).lower() in named)
