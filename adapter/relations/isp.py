"""Local day + zone + ISP number ↔ instants, through UTC, so DST days have 23 or 25 hours."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from adapter.frames import Frame
from adapter.relations.base import column
from adapter.relations.grid import FROM, STEP, TO, ZONE, Grid
from adapter.run import Run
from adapter.series import BEGIN, END
from adapter.values import Duration, local_day, local_midnight, utc_text


class IspGrid(Grid):
    """`isp_grid: {day, zone, step, start, span, rows, is}`: local day + zone + ISP number ↔ instants.

    ISP n begins (n − 1) steps of elapsed time after local midnight; a day has 92, 96 or 100 quarter hours.
    Source: UFTP 3.1.0, Flex messages, ISP.
    """

    name = "isp_grid"
    needs = ("day", "zone", "step", "start", "span", "rows", "is")
    wire_arguments = ("day", "zone", "step", "start", "span")

    def compile(self) -> None:
        super().compile()
        self.day, self.zone, self.step, self.start, self.span = self.wire
        self.canon_grid(ZONE)

    def links(self) -> Iterator[tuple[str, str]]:
        """The name of the zone is said by nothing but a zone; all else is in the instants."""
        for variable in self.wire:
            for canon in (ZONE,) if variable == self.zone and ZONE in self.canon else self.canon:
                yield variable, canon

    def up(self, wire: Frame, canon: Frame, run: Run) -> None:
        zone, day = wire.get(self.zone), wire.get(self.day)
        step = self._step(wire, run)
        if step is None:
            return
        if not date.min < day < date.max:
            run.fault(run.place(wire, self.day), f"is {day}, and its midnights lie outside the years 0001 to 9999 in UTC", self.rule())
            return
        midnight, end = local_midnight(zone, day), local_midnight(zone, day + timedelta(days=1))
        starts, spans = wire.get(self.start), wire.get(self.span)
        begins = [midnight + (start - 1) * step for start in starts]
        ends = [begin + span * step for begin, span in zip(begins, spans, strict=True)]
        if min(begins) < midnight or max(ends) > end:
            for row, (begin, until) in enumerate(zip(begins, ends, strict=True)):
                if begin < midnight or until > end:
                    run.fault(
                        run.place(wire, self.start, row),
                        f"ISP {starts[row]} (length {spans[row]}) lies outside {day}, which has {(end - midnight) // step} ISPs of "
                        f"{wire.get(self.step).text()} in {zone}",
                        self.rule(),
                    )
        self.disjoint(begins, ends, wire, self.start, run)
        self.set_rows(canon, begins, ends)
        self.set_window(canon, midnight, end, step)
        if ZONE in self.canon:
            canon.holder(ZONE).values[ZONE] = zone

    def _step(self, wire: Frame, run: Run) -> int | None:
        duration = wire.get(self.step)
        try:
            step = int(duration.whole_seconds())
        except ValueError:
            step = 0
        if step <= 0 or 86400 % step:
            run.fault(run.place(wire, self.step), f"is {duration.text()}, which does not divide a day", self.rule())
            return None
        return step

    def down(self, canon: Frame, wire: Frame, run: Run) -> None:
        begins, ends = column(canon, BEGIN, self.rows), column(canon, END, self.rows)
        zone = canon.get(ZONE) or run.profile.get("zone")
        if zone is None:
            run.fault(run.place(wire, self.zone), f"needs the market's time zone: add `zone: Europe/…` to {run.profile}", self.rule())
            return
        if canon.get(ZONE) is None:
            run.filled(wire, self.zone, zone, f"profile {run.profile.name}")
        first = begins[0] if begins else canon.get(FROM)
        day = local_day(zone, first)
        midnight, after = local_midnight(zone, day), local_midnight(zone, day + timedelta(days=1))
        agreed = None if run.restored else run.profile.get("resolution")
        step = (
            Duration.read(agreed).whole_seconds()
            if agreed is not None
            else canon.get(STEP).whole_seconds()
            if canon.get(STEP)
            else min(end - begin for begin, end in zip(begins, ends, strict=True))
        )
        for row, (begin, end) in enumerate(zip(begins, ends, strict=True)):
            if (begin - midnight) % step or (end - begin) % step or begin < midnight or end > after:
                run.fault(
                    f"?{self.rows}[{row + 1}]",
                    f"{utc_text(begin)}/{utc_text(end)} is not a whole number of ISPs of {step} s inside {day} ({zone})",
                    self.rule(),
                )
                return
        window = (canon.get(FROM), canon.get(TO))
        if None not in window and window != (midnight, after):
            run.lose(
                "?window",
                f"{utc_text(window[0])}/{utc_text(window[1])}",
                "the message speaks of one whole local day",
                f"{utc_text(midnight)}/{utc_text(after)}",
            )
        run.put(wire, self.day, day)
        run.put(wire, self.zone, zone)
        run.put(wire, self.step, Duration.of_seconds(step))
        holder = wire.holder(self.start)
        holder.values[self.start] = [(begin - midnight) // step + 1 for begin in begins]
        holder.values[self.span] = [(end - begin) // step for begin, end in zip(begins, ends, strict=True)]
        holder.values[self.wire_rows] = len(begins)
