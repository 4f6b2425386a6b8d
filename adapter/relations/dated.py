"""Relations of moments that may be days."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from adapter.frames import Frame
from adapter.relations.base import Relation
from adapter.run import Run
from adapter.values import Instant, local_midnight


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
