"""Moments and days as people give them: an instant with its offset, or a local day in a named zone."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from adapter.errors import UsageError
from adapter.values import Instant


def moment(text: str, zone: str = "") -> Instant:
    """An instant, or the beginning of a local day in *zone*. *Raises* `UsageError` for anything else: the hub does not guess a zone."""
    return day(text, zone)[0] if is_day(text) else instant(text, "Give an instant such as 2026-06-15T12:00:00Z, or a day and a zone.")


def within(at: Instant, begin: Instant | None, end: Instant | None) -> bool:
    """A moment lies in an interval: from *begin* on, and before *end*; None for an end that is open."""
    return (begin is None or begin.epoch <= at.epoch) and (end is None or at.epoch < end.epoch)


def day(text: str, zone: str) -> tuple[Instant, Instant]:
    """The beginning and the end of a local day, which may have 23, 24 or 25 hours."""
    if not is_day(text):
        raise UsageError(f"{text!r} is no day", "Give it as 2026-06-15.")
    if not zone:
        raise UsageError(f"the day {text} has no time zone", "Name one, such as Europe/Amsterdam, or give an instant: 2026-06-15T12:00:00Z.")
    try:
        there = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise UsageError(f"{zone!r} is no time zone of the IANA database", "Name one such as Europe/Amsterdam.") from error
    first = date.fromisoformat(text)
    begin, end = (datetime(one.year, one.month, one.day, tzinfo=there) for one in (first, first + timedelta(days=1)))
    return Instant.of_epoch(int(begin.timestamp())), Instant.of_epoch(int(end.timestamp()))


def is_day(text: str) -> bool:
    """A day such as 2026-06-15, and no instant."""
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return len(text) == len("2026-06-15")


def instant(text: str, remedy: str = "Give an instant such as 2026-06-15T12:00:00Z.") -> Instant:
    """A moment with its zone. *Raises* `UsageError`."""
    try:
        found = Instant.read(text)
    except ValueError as error:
        raise UsageError(f"{text!r} {error}", remedy) from error
    if not found.zoned:
        raise UsageError(f"the instant {text} has no zone", "Add Z or an offset such as +02:00.")
    return found
