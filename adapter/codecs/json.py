"""JSON: bytes to plain Python values and back, with every digit kept and nothing silently dropped.

msgspec reads; what it lets pass (a key twice, deep nesting, the sign of -0) is checked here at C speed, and only
a suspicious document is looked at slowly.
"""

from __future__ import annotations

import codecs
import json as stdlib
import re
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import TypeAlias

import msgspec

from adapter.codecs.limits import LIMITS, Limits
from adapter.errors import DecodeError, EncodeError, Fault

Json: TypeAlias = "bool | int | Decimal | str | list[Json] | dict[str, Json] | None"

_decoder = msgspec.json.Decoder(float_hook=Decimal)
_compact = msgspec.json.Encoder()
_numbers = msgspec.json.Encoder(decimal_format="number")
_MINUS_ZERO = re.compile(rb"-0(?![0-9.eE])")
_HALF_PAIR = re.compile(rb"\\u[dD](?:[89abAB]..(?!\\u[dD][c-fC-F])|[c-fC-F])")
_OFFSET = re.compile(r" ?\(byte (\d+)\)")
_LAYOUT_LIMIT = 64 * 1024  # laid out, a document of n bytes and depth d takes up to n * d / 2 bytes
_RULE = "RFC 8259"


def decode(data: bytes, limits: Limits = LIMITS) -> Json:
    """Decode one JSON text in UTF-8, with or without byte order mark.

    Integers are `int` of any length (up to Python's 4300 digits), all other numbers (and -0) exact `Decimal`; never `float`.
    *Raises* `DecodeError`: empty, too large, too deep, not JSON (RFC 8259; NaN, trailing text, half surrogate pairs, not
    UTF-8), or an object with one key twice, which RFC 8259 clause 4 leaves open and where every reader picks another value.

    >>> decode(b'{"a": 1.50, "b": 18446744073709551616}')
    {'a': Decimal('1.50'), 'b': 18446744073709551616}
    """
    if len(data) > limits.max_bytes:
        raise DecodeError(Fault("", f"the document has {len(data)} bytes; at most {limits.max_bytes} are read"))
    if data.startswith(codecs.BOM_UTF8):
        data = data[3:]
    try:
        value: Json = _decoder.decode(data)
        compact = _compact.encode(value)
        deep = _may_be_deeper(compact, limits.max_depth) and _is_deeper(value, limits.max_depth)
    except (msgspec.MsgspecError, UnicodeDecodeError, InvalidOperation, RecursionError) as error:
        raise _refusal(error, data, limits) from error
    if deep:
        raise DecodeError(_too_deep(limits))
    if _hides_something(data, compact):
        return _reread(data)
    return value


def title(document: Json) -> str:
    """What a document without root element can be told by: its first members, or its kind of value.

    >>> title({"a": 1, "b": 2})
    'a, b'
    """
    return ", ".join(list(document)[:4]) if isinstance(document, dict) else type(document).__name__


def encode(value: Json, *, indent: int = 2) -> bytes:
    """Encode as UTF-8, in key order, indented by *indent* spaces (0: one line without blanks).

    A `Decimal` becomes a JSON number with all its digits. *Raises* `EncodeError` for NaN, infinities, half surrogate
    pairs and what is no JSON value.

    >>> encode({"a": Decimal("1.50")}, indent=0)
    b'{"a":1.50}'
    """
    try:
        written = _numbers.encode(value)
        # Reads what was written, so a Decimal NaN or Infinity does not leave the house.
        written = msgspec.json.format(written, indent=indent if indent > 0 else -1)
    except (msgspec.MsgspecError, TypeError, ValueError, RecursionError) as error:
        raise EncodeError(Fault("", f"the value cannot be written as JSON: {error}", _RULE)) from error
    if b"null" in written and _has_float(value):  # msgspec writes a float NaN as null
        raise EncodeError(Fault("", "a float stands among the values; use Decimal", _RULE))
    return written


def _may_be_deeper(compact: bytes, depth: int) -> bool:
    """False only if no more than *depth* containers nest: laid out with one blank per level, no line starts with that many."""
    return len(compact) > _LAYOUT_LIMIT or b"\n" + b" " * depth in msgspec.json.format(compact, indent=1)


def _is_deeper(value: Json, depth: int) -> bool:
    """Whether more than *depth* lists and objects nest; level by level, without recursion."""
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(depth + 1):
        if not level:
            return False
        level = [child for holder in level for child in _children(holder) if child.__class__ is dict or child.__class__ is list]
    return True


def _children(holder: Json) -> Iterable[Json]:
    if isinstance(holder, dict):
        return holder.values()
    return holder if isinstance(holder, list) else ()


def _hides_something(data: bytes, compact: bytes) -> bool:
    """Whether the text may say more than the value: a key twice, or -0.

    The value written again has one colon per key and the colons of its strings; a key that stood twice takes its colon
    along. An escaped colon (\\u003a) would upset the count, so it is suspicious by itself.
    """
    if data.count(b":") != compact.count(b":") or (92 in data and b"\\u003" in data):
        return True
    return _MINUS_ZERO.search(data) is not None


def _reread(data: bytes) -> Json:
    """Decode once more, slowly, seeing every key and every number as written; *data* is known to be well-formed."""
    twice: list[str] = []

    def pairs(items: list[tuple[str, Json]]) -> dict[str, Json]:
        read = dict(items)
        if len(read) < len(items):
            twice.extend(key for key, times in Counter(key for key, _ in items).items() if times > 1)
        return read

    value: Json = stdlib.loads(data, parse_float=Decimal, parse_int=_integer, object_pairs_hook=pairs)
    if twice:
        says = "the key {!r} stands twice in one object; readers would disagree on which value counts"
        raise DecodeError([Fault("", says.format(key), "RFC 8259, clause 4") for key in dict.fromkeys(twice)])
    return value


def _integer(digits: str) -> int | Decimal:
    return Decimal(digits) if digits == "-0" else int(digits)


def _has_float(value: Json) -> bool:
    level: list[object] = [value]
    while level:
        if float in set(map(type, level)):
            return True
        level = [child for holder in level if isinstance(holder, dict | list) for child in _children(holder)]
    return False


def _too_deep(limits: Limits) -> Fault:
    return Fault("", f"objects and lists are nested deeper than {limits.max_depth} levels; no standard read here needs that")


def _refusal(error: Exception, data: bytes, limits: Limits) -> DecodeError:
    """The error for what msgspec refused, with line and column where they are known."""
    if isinstance(error, RecursionError):
        return DecodeError(_too_deep(limits))
    if isinstance(error, UnicodeDecodeError) or data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return DecodeError(Fault("", "the document is not UTF-8; JSON is exchanged in UTF-8 only", f"{_RULE}, clause 8.1"))
    if isinstance(error, InvalidOperation):
        return DecodeError(Fault("", "a number has an exponent that no exact decimal can hold", _RULE))
    if not data.strip():
        return DecodeError(Fault("line 1", "the document is empty; expected one JSON value", _RULE))
    if "out of range" in str(error):
        return DecodeError(Fault("", "an integer has more than 4300 digits", _RULE))
    return DecodeError(Fault(*_malformed(str(error), data), _RULE))


def _malformed(reason: str, data: bytes) -> tuple[str, str]:
    half = _HALF_PAIR.search(data)
    if half is not None and ("surrogate" in reason or "truncated" in reason):
        return _place(data, half.start()), "half of a surrogate pair stands alone in a string; it stands for no character"
    offset = _OFFSET.search(reason)
    if offset is None:
        return _place(data, len(data)), "the document ends too early: a string, list or object is not closed"
    reason = _OFFSET.sub("", reason).removeprefix("JSON is malformed: ")
    at = int(offset[1]) - reason.startswith("trailing characters")  # msgspec points behind the first of them
    return _place(data, at), f"the document is not well-formed JSON: {reason}"


def _place(data: bytes, offset: int) -> str:
    line = data.count(b"\n", 0, offset) + 1
    column = offset - data.rfind(b"\n", 0, offset)
    return f"line {line}, column {column}"
