"""CSV: a table with a heading to a JSON value and back: the title of the table, and under it one object of texts per row.

What RFC 4180 leaves open is decided here: the separator is the one with which the heading is that of a table we know (mappings/table_headings.yaml),
an empty cell is an absent member, and what could be read in two ways is refused with its line.
"""

from __future__ import annotations

import codecs
import csv as stdlib
import io
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, TypeAlias

from adapter.codecs.limits import LIMITS, Limits
from adapter.errors import DecodeError, EncodeError, Fault
from adapter.resources import folder
from adapter.text import read_file
from adapter.values import BLANKS

Tables: TypeAlias = "dict[str, list[dict[str, str]]]"

SEPARATORS = (",", ";", "\t")
_FILE = "mappings/table_headings.yaml"
_RULE = "RFC 4180"
_HEAD = 4096  # a heading is looked for in so many characters


@lru_cache(1)
def headings() -> dict[str, frozenset[str]]:
    """Title of a table → the columns its heading must have."""
    table = read_file(folder("mappings").joinpath("table_headings.yaml"), _FILE).table("tables")
    return {title: frozenset(table.texts(title)) for title in table}


def is_table(head: bytes) -> bool:
    """Whether the first line of *head*, the beginning of a document, is the heading of a table we know.

    >>> is_table(b"zone;member\\r\\n"), is_table(b"begin;end\\r\\n")
    (True, False)
    """
    return _told(head.removeprefix(codecs.BOM_UTF8).decode("utf-8", "ignore")) is not None


def decode(data: bytes, limits: Limits = LIMITS) -> Tables:
    """Decode one table in UTF-8, with or without byte order mark; separators are commas, semicolons or tabs, lines may end in any way.

    Cells are texts as they stand; one that is empty or blank is absent, and so are lines with nothing on them. *Raises* `DecodeError` with the line: too
    large, not UTF-8, NUL, an unknown heading, a column twice or without name, a row that is longer or shorter than the heading, quotes that are not closed
    or text behind them, and a table without rows.

    >>> decode(b'zone;member\\r\\nZ1;"a;b"\\r\\nZ2;\\r\\n')
    {'zones': [{'zone': 'Z1', 'member': 'a;b'}, {'zone': 'Z2'}]}
    """
    if len(data) > limits.max_bytes:
        raise DecodeError(Fault("", f"the document has {len(data)} bytes; at most {limits.max_bytes} are read"))
    text = _text(data)
    told = _told(text)
    if told is None:
        known = "; ".join(f"{title}: {', '.join(sorted(columns))}" for title, columns in headings().items())
        raise DecodeError(Fault("line 1", "is the heading of no table we know", _FILE), f"The columns that tell a table are {known}.")
    title, separator = told
    lines = _lines(text, separator)
    columns = _columns(*next(lines))
    rows = list(_rows(columns, lines))
    if not rows:
        raise DecodeError(Fault("line 1", "the table has a heading and no rows"))
    return {title: rows}


def encode(document: Any) -> bytes:
    """Encode a table as UTF-8 with commas and CRLF. Columns that no row has a cell for are left out; the others stand in the order of the rows.

    *Raises* `EncodeError` for what is no table of texts, and for a text that would not come back: blank ones, and NUL.

    >>> encode({"zones": [{"zone": "Z1"}, {"zone": "Z2", "member": "a,b"}]})
    b'zone,member\\r\\nZ1,\\r\\nZ2,"a,b"\\r\\n'
    """
    rows = next(iter(document.values())) if isinstance(document, dict) and len(document) == 1 else None
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        raise EncodeError(Fault("", "a document is one table with at least one row", _RULE))
    for number, row in enumerate(rows, 1):
        for column, cell in row.items():
            if not isinstance(cell, str) or not cell.strip(BLANKS) or "\0" in cell:
                raise EncodeError(Fault(f"[{number}]/{column}", f"is {cell!r}, and a cell is a text with something in it", _RULE))
    written = io.StringIO(newline="")
    writer = stdlib.DictWriter(written, _heading(rows), strict=True)
    writer.writeheader()
    try:
        writer.writerows(rows)
        return written.getvalue().encode("utf-8")
    except (stdlib.Error, UnicodeEncodeError) as error:
        raise EncodeError(Fault("", f"the table cannot be written as CSV: {error}", _RULE)) from error


def _text(data: bytes) -> str:
    if b"\0" in data:
        line = data.count(b"\n", 0, data.index(b"\0")) + 1
        raise DecodeError(Fault(f"line {line}", "NUL stands in the text; save the table as UTF-8", _RULE))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise DecodeError(Fault(f"line {line}", "the text is not UTF-8; save the table in that encoding")) from error


def _told(text: str) -> tuple[str, str] | None:
    """Title and separator of the table whose heading begins *text*; None for a heading nobody knows."""
    first = next(iter(io.StringIO(text[:_HEAD], newline=None)), "")
    for title, wanted in headings().items():
        for separator in SEPARATORS:
            try:
                names = {name.strip(BLANKS) for name in next(stdlib.reader([first], delimiter=separator, strict=True), [])}
            except stdlib.Error:
                continue
            if wanted <= names:
                return title, separator
    return None


def _lines(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line it begins on; those of no fields at all are passed over."""
    reader = stdlib.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    begins = 1
    try:
        for record in reader:
            if record:
                yield begins, record
            begins = reader.line_num + 1
    except stdlib.Error as error:
        raise DecodeError(Fault(f"line {begins}", f"the row is not well-formed CSV: {error}", _RULE)) from error


def _columns(line: int, heading: list[str]) -> list[str]:
    columns = [name.strip(BLANKS) for name in heading]
    faults = [Fault(f"line {line}", f"column {at} has no name") for at, name in enumerate(columns, 1) if not name]
    faults += [Fault(f"line {line}", f"the column {name!r} stands {times} times") for name, times in Counter(columns).items() if name and times > 1]
    if faults:
        raise DecodeError(faults)
    return columns


def _rows(columns: list[str], lines: Iterable[tuple[int, list[str]]]) -> Iterator[dict[str, str]]:
    faults = []
    for line, cells in lines:
        if len(cells) != len(columns):
            faults.append(Fault(f"line {line}", f"has {len(cells)} cells, and the heading has {len(columns)} columns", _RULE))
        else:
            yield {column: cell for column, cell in zip(columns, cells, strict=True) if cell.strip(BLANKS)}
    if faults:
        raise DecodeError(faults)


def _heading(rows: list[dict[str, str]]) -> list[str]:
    """All columns; one that some rows leave out stands before the column that follows it in the row that has it."""
    found: dict[str, None] = {}
    for row in rows:
        if row.keys() <= found.keys():
            continue
        known, merged = list(found), list[str]()
        for column in row:
            if column in known:
                at = known.index(column)
                merged += [*known[:at], column]
                known = known[at + 1 :]
            elif column not in found:
                merged.append(column)
        found = dict.fromkeys([*merged, *known])
    return list(found)
