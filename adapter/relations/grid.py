"""Relations between places in a grid and instants: what they share, single blocks, slices. All in UTC."""

from __future__ import annotations

from itertools import pairwise
from operator import le

from adapter.frames import Frame
from adapter.relations.base import Relation, column
from adapter.run import Run
from adapter.series import BEGIN, END, regrid
from adapter.values import LAST, Duration, Instant, shown, utc_text

FROM, TO, STEP, ZONE = "w0", "w1", "resolution", "zone_name"


class Grid(Relation):
    """What grid relations share: the exchange side is always t0, t1 (columns), w0, w1 (window) and resolution."""

    def canon_grid(self, *extra: str) -> None:
        rows = self.table.text("is")
        self.rows, self.wire_rows = rows, self.table.text("rows")
        if self.canon_scope.owner(BEGIN) is None:
            raise self.table.wrong(f"{self.exchange.row} has no rows with t0 and t1 here", "is")
        self.wire.append(self.wire_rows)
        for variable in (BEGIN, END, FROM, TO, STEP, *extra):
            if self.canon_scope.owner(variable) is not None:
                self.canon.append(variable)

    def set_window(self, canon: Frame, begin: int, end: int, step: int) -> None:
        for variable, value in ((FROM, begin), (TO, end), (STEP, Duration.of_seconds(step))):
            if variable in self.canon:
                canon.holder(variable).values[variable] = value

    def set_rows(self, canon: Frame, begins: list[int], ends: list[int]) -> None:
        holder = canon.holder(BEGIN)
        holder.values[BEGIN], holder.values[END], holder.values[self.rows] = begins, ends, len(begins)

    def disjoint(self, begins: list[int], ends: list[int], wire: Frame, variable: str, run: Run) -> None:
        """Rows may come in any order, but no two may overlap."""
        if ends[:-1] == begins[1:] or all(map(le, ends, begins[1:])):
            return
        order = sorted(range(len(begins)), key=begins.__getitem__)
        for first, second in pairwise(order):
            if ends[first] > begins[second]:
                run.fault(run.place(wire, variable, second), f"overlaps row {first + 1}: both cover {utc_text(begins[second])}", self.rule())


class Block(Grid):
    """`block: {start, end, is}`: two instants ↔ a series of one row. Several rows are split into documents, or refused."""

    name = "block"
    needs = ("start", "end", "is")
    wire_arguments = ("start", "end")

    def compile(self) -> None:
        self.table.only(*self.needs)
        self.start, self.end = self.use_wire(self.table.text("start"), "start"), self.use_wire(self.table.text("end"), "end")
        self.rows = self.table.text("is")
        self.canon = [name for name in (BEGIN, END, FROM, TO, STEP) if self.canon_scope.owner(name) is not None]

    def up(self, wire: Frame, canon: Frame, run: Run) -> None:
        start, end = wire.get(self.start), wire.get(self.end)
        for variable, instant in ((self.start, start), (self.end, end)):
            if not instant.zoned or instant.fraction:
                run.fault(run.place(wire, variable), f"is {shown(instant)}, which is no whole second with a zone", self.rule())
                return
        if end.epoch <= start.epoch:
            run.fault(run.place(wire, self.end), f"is {shown(end)}, which is not after the start {shown(start)}", self.rule())
            return
        self.set_rows(canon, [start.epoch], [end.epoch])
        self.set_window(canon, start.epoch, end.epoch, end.epoch - start.epoch)

    def down(self, canon: Frame, wire: Frame, run: Run) -> None:
        begins, ends = column(canon, BEGIN, self.rows), column(canon, END, self.rows)
        if len(begins) != 1:
            run.fault(f"?{self.rows}", f"has {len(begins)} rows, and the document holds one block", self.rule())
            return
        for variable, epoch in ((self.start, begins[0]), (self.end, ends[0])):
            if not (run.restored and wire.get(variable) is not None):
                run.put(wire, variable, Instant.of_epoch(epoch))


class SliceGrid(Grid):
    """`slice_grid: {start, seconds, length, rows, is}`: start + slice lengths (in intervals) ↔ instants.

    Source: FlexOffer specification V1, slices; numSecondsPerInterval.
    """

    name = "slice_grid"
    needs = ("start", "seconds", "length", "rows", "is")
    wire_arguments = ("start", "seconds", "length")

    def compile(self) -> None:
        super().compile()
        self.start, self.seconds, self.length = self.wire
        self.canon_grid()

    def up(self, wire: Frame, canon: Frame, run: Run) -> None:
        start, seconds, lengths = wire.get(self.start), wire.get(self.seconds), wire.get(self.length)
        begins, ends, at = [], [], start.epoch
        for row, length in enumerate(lengths or ()):
            begins.append(at)
            at += length * seconds
            ends.append(at)
            if at > LAST:
                run.fault(run.place(wire, self.length, row), "ends after the year 9999", self.rule())
                return
        self.set_rows(canon, begins, ends)
        self.set_window(canon, start.epoch, at, seconds)

    def prepare(self, canon: Frame, run: Run) -> None:
        agreed = run.profile.get("resolution")
        if agreed is not None and not run.restored and column(canon, BEGIN, self.rows):
            holder = canon.holder(BEGIN)
            step = Duration.read(agreed).whole_seconds()
            regrid(holder, self.exchange, self.rows, step, canon.get(BEGIN)[0], run, f"partner profile {run.profile.name}")
            canon.holder(STEP).values[STEP] = Duration.of_seconds(step)

    def down(self, canon: Frame, wire: Frame, run: Run) -> None:
        begins, ends = column(canon, BEGIN, self.rows), column(canon, END, self.rows)
        step = canon.get(STEP).whole_seconds() if canon.get(STEP) else None
        if not begins or step is None:
            run.fault(f"?{self.rows}", "has no rows, and the document needs at least one slice", self.rule())
            return
        for row, (begin, end) in enumerate(zip(begins, ends, strict=True)):
            if (end - begin) % step or (row and ends[row - 1] != begin):
                run.fault(
                    f"?{self.rows}[{row + 1}]", f"{utc_text(begin)}/{utc_text(end)} does not follow the slice before it in steps of {step} s", self.rule()
                )
                return
        run.put(wire, self.start, Instant.of_epoch(begins[0]))
        run.put(wire, self.seconds, step)
        holder = wire.holder(self.length)
        holder.values[self.length] = [(end - begin) // step for begin, end in zip(begins, ends, strict=True)]
        holder.values[self.wire_rows] = len(begins)
