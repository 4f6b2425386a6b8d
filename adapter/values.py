"""Values: exact instants and durations, decimals as plain digits, local days through UTC.

Instants keep their zone (or its absence) and every fraction digit; numbers are int or Decimal, never float.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Context, Decimal
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

EPOCH_DATE = date(1970, 1, 1)
FIRST = (date.min - EPOCH_DATE).days * 86400  # the seconds a calendar with four digits for the year can name
LAST = (date.max - EPOCH_DATE).days * 86400 + 86399
_INSTANT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)?", re.ASCII)
_DURATION = re.compile(r"(-)?P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?", re.ASCII)


BLANKS = " \t\r\n"  # what XML takes for layout; str.strip and str.isspace take more
EXACT = Context(prec=20000)  # longer than any number a codec lets in: products and sums keep every digit


class Nil:
    """A value that is written as null: present, and empty. `NIL` is the only one."""

    def __repr__(self) -> str:
        return "NIL"

    def __reduce__(self) -> str:
        return "NIL"


NIL = Nil()


class Instant(NamedTuple):
    """A point in time as written: epoch seconds (zone-less: as if UTC), fraction digits, zone text or None.

    >>> Instant.read("2021-10-29T06:54:36.8868538Z").text()
    '2021-10-29T06:54:36.8868538Z'
    """

    epoch: int
    fraction: str
    zone: str | None

    @classmethod
    def read(cls, text: str) -> Instant:
        """Read an xsd:dateTime; raises ValueError."""
        match = _INSTANT.fullmatch(text.strip(BLANKS))
        if match is None:
            raise ValueError("is not a date and time such as 2026-11-21T09:00:00Z")
        day, hour, minute, second, fraction, zone = match.groups()
        if zone in ("+00:00", "-00:00"):
            zone = "Z"
        hours, minutes, seconds = int(hour), int(minute), int(second)
        if hours > 24 or minutes > 59 or seconds > 59 or (hours == 24 and (minutes or seconds or (fraction or "").strip("0"))):
            raise ValueError("has an hour, minute or second that no clock shows")
        local = _days(day) * 86400 + hours * 3600 + minutes * 60 + seconds
        epoch = local - offset(zone)
        if local > LAST or not FIRST <= epoch <= LAST:
            raise ValueError("lies outside the years 0001 to 9999 in UTC")
        return cls(epoch, (fraction or "").rstrip("0"), zone)

    @classmethod
    def of_epoch(cls, epoch: int) -> Instant:
        return cls(epoch, "", "Z")

    def text(self) -> str:
        """The xsd:dateTime: same offset, every fraction digit."""
        local = civil(self.epoch + offset(self.zone))
        return f"{local}{'.' + self.fraction if self.fraction else ''}{self.zone or ''}"

    @property
    def zoned(self) -> bool:
        return self.zone is not None


@lru_cache(4096)
def _days(day: str) -> int:
    return (date.fromisoformat(day) - EPOCH_DATE).days


def offset(zone: str | None) -> int:
    if zone is None or zone == "Z":
        return 0
    hours, minutes = int(zone[1:3]), int(zone[4:6])
    if hours * 60 + minutes > 14 * 60 or minutes > 59:
        raise ValueError("has an offset beyond 14 hours")
    return (hours * 3600 + minutes * 60) * (-1 if zone[0] == "-" else 1)


@lru_cache(8192)
def civil(epoch: int) -> str:
    day, second = divmod(epoch, 86400)
    return f"{EPOCH_DATE + timedelta(days=day)}T{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"


@lru_cache(8192)
def utc_text(epoch: int) -> str:
    """Epoch seconds as xsd:dateTime in UTC.

    >>> utc_text(0)
    '1970-01-01T00:00:00Z'
    """
    return civil(epoch) + "Z"


class Duration(NamedTuple):
    """An xsd:duration by value: months and seconds (PT60M equals PT1H; P1D equals PT24H, P1M stays a month)."""

    months: int
    seconds: Decimal

    @classmethod
    def read(cls, text: str) -> Duration:
        """Read an xsd:duration; raises ValueError.

        >>> Duration.read("P0Y0M0DT0H15M0.000S") == Duration.read("PT15M")
        True
        """
        return _duration(text.strip(BLANKS))

    @classmethod
    def _parse(cls, text: str) -> Duration:
        match = _DURATION.fullmatch(text)
        if match is None or text[-1:] in ("P", "T") or not any(match.groups()[1:]):
            raise ValueError("is not a duration such as PT15M")
        sign, years, months, days, hours, minutes, seconds = match.groups()
        total = EXACT.add(int(days or 0) * 86400 + int(hours or 0) * 3600 + int(minutes or 0) * 60, Decimal(seconds or 0))
        factor = -1 if sign else 1
        return cls(factor * (int(years or 0) * 12 + int(months or 0)), EXACT.add(EXACT.normalize(EXACT.multiply(factor, total)), 0))

    @classmethod
    def of_seconds(cls, seconds: int) -> Duration:
        return cls(0, Decimal(seconds).normalize() + 0)

    def whole_seconds(self) -> int:
        """The length in whole seconds; raises ValueError for calendar durations and fractions."""
        if self.months or self.seconds != int(self.seconds):
            raise ValueError("has no fixed length in whole seconds")
        return int(self.seconds)

    def text(self) -> str:
        """The shortest usual form: PT15M, PT1H, P1D, P1M, PT1H2M3S."""
        sign = "-" if self.months < 0 or self.seconds < 0 else ""
        months, seconds = abs(self.months), abs(self.seconds)
        day = f"{months // 12}Y" if months >= 12 else ""
        day += f"{months % 12}M" if months % 12 else ""
        days, rest = divmod(seconds, 86400)
        day += f"{int(days)}D" if days else ""
        hours, rest = divmod(rest, 3600)
        minutes, rest = divmod(rest, 60)
        time = (f"{int(hours)}H" if hours else "") + (f"{int(minutes)}M" if minutes else "") + (f"{decimal_text(rest)}S" if rest else "")
        return f"{sign}P{day}{'T' + time if time or not day else ''}" + ("0S" if not day and not time else "")


_duration = lru_cache(1024)(Duration._parse)  # messages use few lengths


def decimal_text(value: Decimal | int) -> str:
    """Plain digits, never an exponent: what xsd:decimal and people read.

    >>> decimal_text(Decimal("1E+2")), decimal_text(Decimal("0.50"))
    ('100', '0.50')
    """
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def zone_of(name: str) -> ZoneInfo:
    """The IANA time zone *name*; raises ValueError for a name the database does not know."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError("is not a time zone of the IANA database") from error


@lru_cache(1024)
def local_midnight(zone: str, day: date) -> int:
    """Epoch seconds at which the local *day* begins in *zone* (through UTC, so DST days have 23 or 25 hours).

    >>> (local_midnight("Europe/Amsterdam", date(2026, 3, 30)) - local_midnight("Europe/Amsterdam", date(2026, 3, 29))) // 900
    92
    """
    return int(datetime(day.year, day.month, day.day, tzinfo=zone_of(zone)).timestamp())


def local_day(zone: str, epoch: int) -> date:
    """The local calendar day of *epoch* in *zone*."""
    return datetime.fromtimestamp(epoch, UTC).astimezone(zone_of(zone)).date()


UUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}", re.ASCII)


def shown(value: Any) -> str:
    """A value as a report shows it."""
    if isinstance(value, (Instant, Duration)):
        return value.text()
    if isinstance(value, Decimal):
        return decimal_text(value)
    if type(value) in (list, tuple):
        return ", ".join(map(shown, value))
    return str(value)
