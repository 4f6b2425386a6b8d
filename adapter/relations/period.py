"""Interval + resolution + position ↔ instants and window."""

from __future__ import annotations

from adapter.frames import Frame
from adapter.relations.base import column
from adapter.relations.grid import FROM, STEP, TO, Grid
from adapter.run import Run
from adapter.series import BEGIN, END, regrid
from adapter.values import LAST, Duration, Instant, utc_text


class PeriodGrid(Grid):
    """`period_grid: {start, end, step, position, rows, is}`: interval + resolution + position ↔ instants and window.

    `complete: true` demands as many points as the interval has steps (E-Flex); `curve: VAR` reads curveType A03,
    where a missing position repeats the one before. `fixed: PT30M` names the step the document is written in unless
    the partner profile says another `resolution`. Source: IEC 62325-351, Period and Point; D4.1 Table 11.
    """

    name = "period_grid"
    needs = ("start", "end", "step", "position", "rows", "is")
    may = ("complete", "curve", "fixed")
    wire_arguments = ("start", "end", "step", "position")

    def compile(self) -> None:
        super().compile()
        self.start, self.end, self.step, self.position = self.wire
        self.curve = self.use_wire(self.table.text("curve"), "curve") if "curve" in self.table else None
        self.complete = self.table.text("complete", "false") == "true"
        self.fixed = Duration.read(self.table.text("fixed")) if "fixed" in self.table else None
        self.canon_grid()

    def up(self, wire: Frame, canon: Frame, run: Run) -> None:
        start, end = wire.get(self.start), wire.get(self.end)
        step = self._step(wire, run)
        if step is None:
            return
        positions = wire.get(self.position)
        begins = [start.epoch + (position - 1) * step for position in positions]
        ends = [begin + step for begin in begins]
        variable = self.curve is not None and wire.get(self.curve) == "A03"
        if variable:
            ends = [*begins[1:], end.epoch]
        for row, (position, until) in enumerate(zip(positions, ends, strict=True)):
            if until > LAST:
                run.fault(run.place(wire, self.position, row), f"position {position} ends after the year 9999", self.rule())
                return
            if row and position <= positions[row - 1]:
                run.fault(run.place(wire, self.position, row), f"is {position} after {positions[row - 1]}: positions grow", self.rule())
            if until > end.epoch and not variable and begins[row] >= end.epoch:
                run.fault(run.place(wire, self.position, row), f"position {position} begins at {utc_text(begins[row])}, when the interval is over", self.rule())
        if self.complete and (end.epoch - start.epoch) != step * len(positions):
            run.fault(
                run.place(wire, self.end),
                f"the interval has {(end.epoch - start.epoch) / step:g} steps of {wire.get(self.step).text()}, and there are {len(positions)} points",
                self.rule(),
            )
        self.set_rows(canon, begins, ends)
        self.set_window(canon, start.epoch, end.epoch, step)

    def _step(self, wire: Frame, run: Run) -> int | None:
        duration, start, end = wire.get(self.step), wire.get(self.start), wire.get(self.end)
        if end.epoch <= start.epoch:
            run.fault(run.place(wire, self.end), f"is {end.text()}, which is not after the start {start.text()}", self.rule())
            return None
        try:
            step = int(duration.whole_seconds())
        except ValueError:
            step = 0
        if step <= 0:
            run.fault(run.place(wire, self.step), f"is {duration.text()}, which has no fixed length", self.rule())
            return None
        return step

    def target_step(self, canon: Frame, run: Run) -> tuple[int, str] | None:
        """The step to write in, and who says so; None when the source's own step will do."""
        agreed = run.profile.get("resolution")
        if agreed is not None:
            return Duration.read(agreed).whole_seconds(), f"partner profile {run.profile.name}"
        if self.fixed is not None:
            return self.fixed.whole_seconds(), self.rule()
        return None

    def prepare(self, canon: Frame, run: Run) -> None:
        begins = column(canon, BEGIN, self.rows)
        if not begins or run.restored:  # a sender's own rows are on its own grid, blocks of variable length included
            return
        holder = canon.holder(BEGIN)
        target = self.target_step(canon, run)
        own = canon.get(STEP)
        step = target[0] if target else own.whole_seconds() if own else min(e - b for b, e in zip(begins, canon.get(END), strict=True))
        anchor = canon.get(FROM) if canon.get(FROM) is not None else begins[0]
        regrid(holder, self.exchange, self.rows, step, anchor, run, target[1] if target else "the resolution of the series")
        if STEP in self.canon:
            canon.holder(STEP).values[STEP] = Duration.of_seconds(step)

    def down(self, canon: Frame, wire: Frame, run: Run) -> None:
        begins, ends = column(canon, BEGIN, self.rows), column(canon, END, self.rows)
        if not begins:
            run.fault(f"?{self.rows}", "has no rows, and the document needs at least one", self.rule())
            return
        begin = canon.get(FROM) if canon.get(FROM) is not None else begins[0]
        end = canon.get(TO) if canon.get(TO) is not None else ends[-1]
        step = canon.get(STEP).whole_seconds() if canon.get(STEP) else ends[0] - begins[0]
        if self.complete and (begins[0] != begin or ends[-1] != end):
            run.lose(
                "?window",
                f"{utc_text(begin)}/{utc_text(end)}",
                "the document's interval is filled by its points",
                f"{utc_text(begins[0])}/{utc_text(ends[-1])}",
            )
            begin, end = begins[0], ends[-1]
        if self.complete and ends[:-1] != begins[1:]:
            run.fault(f"?{self.rows}", "has gaps, and the document needs a point for every step", self.rule())
            return
        run.put(wire, self.start, Instant.of_epoch(begin))
        run.put(wire, self.end, Instant.of_epoch(end))
        run.put(wire, self.step, Duration.of_seconds(step))
        holder = wire.holder(self.position)
        holder.values[self.position] = [(row - begin) // step + 1 for row in begins]
        holder.values[self.wire_rows] = len(begins)
