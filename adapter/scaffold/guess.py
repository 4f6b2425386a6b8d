"""Which codec fits all values seen at one place of a sample."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from adapter.scaffold.model import Kind
from adapter.scaffold.names import words
from adapter.tree.leaves import CODECS

_ORDER = ("uuid", "minute", "instant", "compact", "date", "duration", "anchored")
_NAMES = (  # of texts that may look like numbers
    "id",
    "mrid",
    "code",
    "name",
    "text",
    "reference",
    "version",
    "product",
    "type",
    "comment",
    "description",
    "label",
)
_INT = re.compile(r"-?(?:0|[1-9]\d{0,17})")
_DECIMAL = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?")
_CODE = re.compile(r"[A-Z][A-Z0-9]{0,7}|[A-Za-z]+(?:[ _-]?[A-Za-z]+){0,3}")


def of_texts(values: Sequence[str], key: str) -> Kind:
    """The kind of XML texts. A number with leading zeros is a text, and so is whatever stands under a name like `…ID`.

    >>> of_texts(["1", "12"], "position").codec, of_texts(["003"], "meter").codec, of_texts(["1", "0.50"], "q").codec
    ('int', 'str', 'decimal')
    """
    texts = [value.strip() for value in values]
    kind = of_strings(texts, key)
    if kind.codec != "str" or not texts:
        return kind
    if all(text in ("true", "false") for text in texts):
        return Kind("bool")
    if words(key)[-1] not in _NAMES:
        if all(_INT.fullmatch(text) for text in texts):
            return Kind("int")
        if all(_DECIMAL.fullmatch(text) for text in texts):
            return Kind("decimal")
    return kind


def of_strings(values: Sequence[str], key: str) -> Kind:
    """The kind of JSON strings.

    >>> of_strings(["2020-02-27T20:00:00.000+0000"], "startTime").codec, of_strings(["PT1H", "2020-02-27T20:00:00Z"], "endTime").codec
    ('compact', 'anchored')
    """
    for codec in _ORDER:
        if values and all(_reads(codec, value) for value in values):
            return Kind(codec)
    return Kind(remark=_seen(values, key))


def of_values(values: Sequence[Any], key: str) -> Kind:
    """The kind of JSON scalars; `json` when they are of different types."""
    if all(isinstance(value, bool) for value in values):
        return Kind("bool")
    if all(isinstance(value, str) for value in values):
        return of_strings(values, key)
    if all(isinstance(value, (int, Decimal)) and not isinstance(value, bool) for value in values):
        return Kind("int" if all(isinstance(value, int) for value in values) else "decimal")
    return Kind("json", remark="values of different types")


def _reads(codec: str, text: str) -> bool:
    """Whether *text* reads, and is written again to the same value."""
    if codec in ("duration", "anchored") and len(text) < 3:
        return False
    try:
        value = CODECS[codec].read(text)
        return bool(CODECS[codec].read(CODECS[codec].write(value)) == value)
    except ValueError:
        return False


def _seen(values: Sequence[str], key: str) -> str:
    """A remark that offers a constant or a code list, for values that look like codes (never names or identifiers)."""
    seen = list(dict.fromkeys(values))
    if words(key)[-1] in ("id", "mrid", "name", "reference", "label", "text", "comment", "description", "device"):
        return ""
    if 1 <= len(seen) <= 6 and all(len(value) <= 30 and _CODE.fullmatch(value) for value in seen):
        return f"{'always' if len(seen) == 1 else 'seen:'} {', '.join(seen)}"
    return ""
