"""Relations of moments that are days, or may be."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from adapter.frames import Frame
from adapter.relations.base import Relation
from adapter.run import Run
from adapter.values import Instant, local_day, local_midnight


class Moments(Relation):
    """`moments: {wire: exchange, …}`: an instant with its offset, or a day, which means the midnight at which it begins in the partner profile's `zone`.

    A day comes back as what was written where the sender's cell is kept; to others it is an instant.
    """

    name = "moments"

    def compile(self) -> None:
        self.pairs = [(self.use_wire(wire, wire), self.use_canon(self.table.text(wire), wire)) for wire in self.table]

    def up(self, wire: Frame, canon: Frame, run: Run) -> None:
        for source, target in self.pairs:
            cell = wire.get(source)
            if cell is None:
                continue
            try:
                canon.holder(target).values[target] = _moment(cell, run)
            except ValueError as error:
                run.fault(run.place(wire, source), f"is {cell!r}: {error}", self.rule())

    def down(self, canon: Frame, wire: Frame, run: Run) -> None:
        for target, source in self.pairs:
            value = canon.get(source)
            if value is None or (run.restored and wire.get(target) is not None):
                continue
            if not value.zoned:
                run.fault(run.place(wire, target), f"needs an instant with its offset, and {value.text()} has none", self.rule())
                continue
            run.put(wire, target, value.text())

    def links(self) -> Iterator[tuple[str, str]]:
        yield from self.pairs

    def points_at(self, canon: str, row: bool) -> str:
        return next(source for source, target in self.pairs if target == canon)


class Days(Relation):
    """`days: {first, last, zone, begin, finish}`: the first and the last day of a link, whole days in a time zone ↔ from when on, and from when on no more.

    Written from a moment within a day, the day counts as a whole, and the change is listed. Source: UFTP 3.1.0, StartPeriod and EndPeriod.
    """

    name = "days"
    needs = ("first", "last", "zone", "begin", "finish")
    wire_arguments = ("first", "last", "zone")
    canon_arguments = ("begin", "finish")

    def up(self, wire: Frame, canon: Frame, run: Run) -> None:
        zone = wire.get(self.wire[2])
        for variable, target, more in zip(self.wire, self.canon, (0, 1), strict=False):
            day = wire.get(variable)
            if day is None:
                continue
            if not date.min < day < date.max - timedelta(days=more):
                run.fault(run.place(wire, variable), f"is {day}, and its midnights lie outside the years 0001 to 9999 in UTC", self.rule())
                continue
            canon.holder(target).values[target] = Instant.of_epoch(local_midnight(zone, day + timedelta(days=more)))

    def down(self, canon: Frame, wire: Frame, run: Run) -> None:
        moments = [canon.get(name) for name in self.canon]
        zone = wire.get(self.wire[2]) or run.profile.get("zone")
        if zone is None:
            run.fault(run.place(wire, self.wire[2]), f"needs the market's time zone: add `zone: Europe/…` to {run.profile}", self.rule())
            return
        if wire.get(self.wire[2]) is None:
            run.put(wire, self.wire[2], zone)
            run.filled(wire, self.wire[2], zone, f"profile {run.profile.name}")
        for variable, name, moment, more in zip(self.wire, self.canon, moments, (0, 1), strict=False):
            if moment is None:
                continue
            if not moment.zoned:
                run.fault(f"?{name}", f"is {moment.text()}, a local time without zone", self.rule())
                continue
            # the last day is the one on which the link still holds just before it no longer does
            day = local_day(zone, moment.epoch - more + (more and moment.fraction != ""))
            run.put(wire, variable, day)
            whole = Instant.of_epoch(local_midnight(zone, day + timedelta(days=more)))
            if (whole.epoch, "") != (moment.epoch, moment.fraction):
                run.lose(f"?{name}", moment, f"the target counts whole days in {zone}", whole)

    def links(self) -> Iterator[tuple[str, str]]:
        yield from zip(self.wire, self.canon, strict=False)
        yield from ((self.wire[2], name) for name in self.canon)

    def points_at(self, canon: str, row: bool) -> str:
        return self.wire[self.canon.index(canon)]


def _moment(cell: str, run: Run) -> Instant:
    """The instant of a cell; raises ValueError, also for a day where no zone is agreed."""
    if "T" in cell:
        instant = Instant.read(cell)
        if not instant.zoned:
            raise ValueError("an instant needs its offset, such as +02:00 or Z")
        return instant
    zone = run.profile.get("zone")
    if zone is None:
        raise ValueError(f"a day begins at another moment in every time zone: add `zone: Europe/…` to {run.profile}")
    try:
        return Instant.of_epoch(midnight_of(cell, zone))
    except (ValueError, OverflowError) as error:
        raise ValueError("expected a day such as 2026-05-04, or an instant with its offset such as 2026-05-04T08:00:00+02:00") from error


def midnight_of(text: str, zone: str) -> int:
    """Epoch seconds at which a day begins; raises ValueError for what is no day, and for one that begins outside the years 0001 to 9999.

    >>> midnight_of("2026-03-30", "Europe/Amsterdam") - midnight_of("2026-03-29", "Europe/Amsterdam") == 23 * 3600
    True
    """
    day = date.fromisoformat(text)
    if day.isoformat() != text or not date.min < day < date.max:
        raise ValueError("is no day of the years 0001 to 9999")
    return local_midnight(zone, day)
