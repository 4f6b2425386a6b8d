"""Codecs of leaves: the text at one place of a document ↔ a typed value."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from adapter.codecs.rdf_names import identifier
from adapter.values import BLANKS, UUID, Duration, Instant, civil, decimal_text, offset, zone_of

_INT = re.compile(r"[+-]?\d+", re.ASCII)
_DECIMAL = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)", re.ASCII)
_DECIMALS = re.compile(r"[0-9+\-. \t\r\n]*", re.ASCII)
_INTS = re.compile(r"[0-9+\- \t\r\n]*", re.ASCII)


Reader = Callable[[Any], Any]
Writer = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Codec:
    """One leaf type: `read` wire text → value, `write` value → wire text; `column` reads many at once, `texts` writes many (and gives up, with no text at all, when one is unusual).

    `json` says how the value stands in JSON: "string", "number" or "boolean". `example` draws a legal value from a random source.
    """

    name: str
    read: Reader
    write: Writer
    json: str = "string"
    column: Callable[[list[str]], list[Any]] | None = None
    kind: type = str
    texts: Callable[[Sequence[Any]], list[str | None]] | None = None


def _read_int(text: str) -> int:
    text = text.strip(BLANKS)
    if _INT.fullmatch(text) is None:
        raise ValueError("is not a whole number")
    return int(text)


def _read_decimal(text: str) -> Decimal:
    text = text.strip(BLANKS)
    if _DECIMAL.fullmatch(text) is None:
        raise ValueError("is not a decimal number")
    return Decimal(text)


def _ints(texts: list[str]) -> list[int]:
    digits = "".join(texts)
    if not (digits.isascii() and digits.isdigit()) and _INTS.fullmatch(" ".join(texts)) is None:
        raise ValueError("is not a whole number")
    return list(map(int, texts))


def _decimals(texts: list[str]) -> list[Decimal]:
    digits = "".join(texts).replace(".", "")
    if not (digits.isascii() and digits.isdigit()) and _DECIMALS.fullmatch(" ".join(texts)) is None:
        raise ValueError("is not a decimal number")
    try:
        return list(map(Decimal, texts))
    except InvalidOperation as error:
        raise ValueError("is not a decimal number") from error


def _int_texts(values: Sequence[Any]) -> list[str | None]:
    texts = list(map(str, values))
    return [*texts] if "".join(texts).replace("-", "").isdigit() else []


def _decimal_texts(values: Sequence[Any]) -> list[str | None]:
    texts = list(map(str, values))
    return [*texts] if "".join(texts).replace("-", "").replace(".", "").isdigit() else []  # no exponent, no None


def _read_bool(text: str) -> bool:
    value = {"true": True, "1": True, "false": False, "0": False}.get(text.strip(BLANKS))
    if value is None:
        raise ValueError("is not true or false")
    return value


def _read_date(text: str) -> date:
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text.strip(BLANKS), re.ASCII) is None:
        raise ValueError("is not a day such as 2026-11-21")
    return date.fromisoformat(text.strip(BLANKS))


def _read_minute(text: str) -> Instant:
    text = text.strip(BLANKS)
    if re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\dZ", text, re.ASCII) is None:
        raise ValueError("is not a minute in UTC such as 2026-11-21T09:00Z")
    return Instant.read(text[:-1] + ":00Z")


def _write_minute(value: Instant) -> str:
    if value.zone is None or value.epoch % 60 or value.fraction:
        raise ValueError(f"{value.text()} is not a whole minute with a zone, which is all this field can carry")
    return civil(value.epoch)[:-3] + "Z"


def _read_second(text: str) -> Instant:
    text = text.strip(BLANKS)
    if re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", text, re.ASCII) is None:
        raise ValueError("is not a second in UTC such as 2026-11-21T09:00:00Z")
    return Instant.read(text)


def _write_second(value: Instant) -> str:
    if value.zone is None or value.fraction:
        raise ValueError(f"{value.text()} is not a whole second with a zone, which is all this field can carry")
    return civil(value.epoch) + "Z"


def _read_compact(text: str) -> Instant:
    match = re.fullmatch(r"(.*[0-9])([+-]\d\d)(\d\d)", text.strip(BLANKS), re.ASCII)
    if match is None:
        raise ValueError("is not a date and time such as 2026-11-21T09:00:00.000+0000")
    return Instant.read(f"{match[1]}{match[2]}:{match[3]}")


def _write_compact(value: Instant) -> str:
    if value.zone is None:
        raise ValueError("has no time zone, and this field needs one")
    zone = "+0000" if value.zone == "Z" else value.zone.replace(":", "")
    return f"{civil(value.epoch + offset(value.zone))}.{value.fraction.ljust(3, '0')}{zone}"


def _read_anchored(text: str) -> Instant | Duration:
    return Duration.read(text) if text.strip(BLANKS).lstrip("-").startswith("P") else Instant.read(text)


def _read_zone(text: str) -> str:
    zone_of(text)
    return text


def _read_currency(text: str) -> str:
    if re.fullmatch(r"[A-Z]{3}", text.strip(BLANKS), re.ASCII) is None:
        raise ValueError("is not a currency of ISO 4217 such as EUR")
    return text.strip(BLANKS)


def _read_uuid(text: str) -> str:
    if UUID.fullmatch(text.strip(BLANKS)) is None:
        raise ValueError("is not a UUID such as d3ae4836-55b1-4084-b54e-34107b22648c")
    return text.strip(BLANKS)


def _read_object(text: str) -> str:
    """A UUID in any spelling of it as `urn:uuid:`, in small letters, as CIM files are read; any other text without blanks around it."""
    text = text.strip(BLANKS)
    return identifier(f"#{text}" if UUID.fullmatch(text.removeprefix("_")) else text)


def _texts(values: list[str]) -> list[str]:
    return values


CODECS: dict[str, Codec] = {
    codec.name: codec
    for codec in (
        Codec("str", lambda text: text.strip(BLANKS), lambda value: value),
        Codec("text", lambda text: text, lambda value: value, column=_texts),
        Codec("uuid", _read_uuid, lambda value: value),
        Codec("object", _read_object, lambda value: value),
        Codec("int", _read_int, str, "number", _ints, int, _int_texts),
        Codec("decimal", _read_decimal, decimal_text, "number", _decimals, Decimal, _decimal_texts),
        Codec("bool", _read_bool, lambda value: "true" if value else "false", "boolean", kind=bool),
        Codec("date", _read_date, lambda value: value.isoformat(), kind=date),
        Codec("instant", Instant.read, Instant.text, kind=Instant),
        Codec("second", _read_second, _write_second, kind=Instant),
        Codec("minute", _read_minute, _write_minute, kind=Instant),
        Codec("compact", _read_compact, _write_compact, kind=Instant),
        Codec("duration", Duration.read, Duration.text, kind=Duration),
        Codec("anchored", _read_anchored, lambda value: value.text(), kind=object),
        Codec("zone", _read_zone, lambda value: value),
        Codec("currency", _read_currency, lambda value: value),
    )
}
