"""Relations between positions in a grid and instants. All through UTC, so DST days have 23 or 25 hours."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import Any

from adapter.frames import Frame
from adapter.relations.base import Relation, column
from adapter.run import Run
from adapter.series import BEGIN, END, regrid
from adapter.values import Duration, Instant, local_day, local_midnight, shown, utc_text

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
        if all(end <= later for end, later in zip(ends, begins[1:], strict=False)):
            return
        order = sorted(range(len(begins)), key=begins.__getitem__)
        for first, second in pairwise(order):
            if ends[first] > begins[second]:
                run.fault(run.place(wire, variable, second), f"overlaps row {first + 1}: both cover {utc_text(begins[second])}", self.rule())


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

    def up(self, wire: Frame, canon: Frame, run: Run) -> None:
        zone, day = wire.get(self.zone), wire.get(self.day)
        step = self._step(wire, run)
        if step is None:
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
            run.fault(run.place(wire, self.zone), f"needs the market's time zone: add `zone: Europe/…` to the partner profile {run.profile.name}", self.rule())
            return
        if canon.get(ZONE) is None:
            run.default(run.place(wire, self.zone), zone, f"profile {run.profile.name}")
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
        if run.restored:
            return None
        agreed = run.profile.get("resolution")
        if agreed is not None:
            return Duration.read(agreed).whole_seconds(), f"partner profile {run.profile.name}"
        if self.fixed is not None:
            return self.fixed.whole_seconds(), self.rule()
        return None

    def prepare(self, canon: Frame, run: Run) -> None:
        begins = column(canon, BEGIN, self.rows)
        if not begins:
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
        if self.complete and any(until != later for until, later in zip(ends, begins[1:], strict=False)):
            run.fault(f"?{self.rows}", "has gaps, and the document needs a point for every step", self.rule())
            return
        run.put(wire, self.start, Instant.of_epoch(begin))
        run.put(wire, self.end, Instant.of_epoch(end))
        run.put(wire, self.step, Duration.of_seconds(step))
        holder = wire.holder(self.position)
        holder.values[self.position] = [(row - begin) // step + 1 for row in begins]
        holder.values[self.wire_rows] = len(begins)


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
        for length in lengths or ():
            begins.append(at)
            at += length * seconds
            ends.append(at)
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


class SliceEnd(Relation):
    """`slice_end: {seconds, start_after, start_before, least, most, end_after, end_before}`: end window = start window + slice lengths.

    Derived and checked: end_after = start_after + shortest lengths, end_before = start_before + longest ones.
    Source: FlexOffer specification V1, endAfterTime and endBeforeTime.
    """

    name = "slice_end"
    needs = ("seconds", "start_after", "start_before", "least", "most", "end_after", "end_before")

    def compile(self) -> None:
        self.table.only(*self.needs)
        names = {key: self.use_wire(self.table.text(key), key) for key in self.needs}
        self.seconds = names["seconds"]
        self.ends = [(names["start_after"], names["least"], names["end_after"]), (names["start_before"], names["most"], names["end_before"])]
        self.checked = [names["end_after"], names["end_before"]]

    def computed(self, wire: Frame, start: str, lengths: str) -> Instant | None:
        begin, seconds = wire.get(start), wire.get(self.seconds)
        return None if begin is None or seconds is None else begin._replace(epoch=begin.epoch + seconds * sum(wire.get(lengths) or ()))

    def up(self, wire: Frame, canon: Frame, run: Run) -> None:
        for start, lengths, end in self.ends:
            told, right = wire.get(end), self.computed(wire, start, lengths)
            if told is not None and right is not None and told.epoch != right.epoch:
                run.fault(run.place(wire, end), f"is {shown(told)}, but start and slice lengths give {shown(right)}", self.rule())

    def down(self, canon: Frame, wire: Frame, run: Run) -> None:
        after, before = self.ends[0][0], self.ends[1][0]
        if wire.get(before) is None and wire.get(after) is not None:
            run.put(wire, before, wire.get(after))
            run.default(run.place(wire, before), wire.get(after), "the start: the source leaves no freedom in time")
        for start, lengths, end in self.ends:
            if wire.get(lengths) is None:
                wire.holder(lengths).values[lengths] = wire.get(self.ends[1][1])
            run.put(wire, end, self.computed(wire, start, lengths))


class EpochNumber(Relation):
    """`epoch_number: {number: instant, …, seconds: VAR}`: a number that repeats an instant, counted in intervals since 1970.

    Derived and checked: compared on read, computed on write. Source: FlexOffer, the …Interval fields.
    """

    name = "epoch_number"

    def compile(self) -> None:
        self.seconds = self.use_wire(self.table.text("seconds"), "seconds")
        self.pairs = [(self.use_wire(key, key), self.use_wire(self.table.text(key), key)) for key in self.table if key != "seconds"]
        self.checked = [number for number, _ in self.pairs]

    def up(self, wire: Frame, canon: Frame, run: Run) -> None:
        seconds = wire.get(self.seconds)
        for number, instant in self.pairs:
            told, at = wire.get(number), wire.get(instant)
            if told is not None and at is not None and at.epoch // seconds != told:
                run.fault(run.place(wire, number), f"is {told}, but {shown(at)} lies in interval {at.epoch // seconds}", self.rule())

    def down(self, canon: Frame, wire: Frame, run: Run) -> None:
        seconds = wire.get(self.seconds)
        for number, instant in self.pairs:
            at = wire.get(instant)
            if at is not None and seconds:
                run.put(wire, number, at.epoch // seconds)


class Hull(Relation):
    """`hull: {start, end, inner: SCOPE, inner_start, inner_end}`: a document interval that covers the periods inside it.

    Derived and checked: must cover the periods on read; is their hull when written without a source.
    Source: IEC 62325-351, period.timeInterval.
    """

    name = "hull"
    needs = ("start", "end", "inner", "inner_start", "inner_end")

    def compile(self) -> None:
        self.table.only(*self.needs)
        self.start, self.end = self.use_wire(self.table.text("start"), "start"), self.use_wire(self.table.text("end"), "end")
        scope = self.wire_scope.find(self.table.text("inner")) if self.table.text("inner") != "." else self.wire_scope
        if scope is None:
            raise self.table.wrong(f"there is no scope {self.table.text('inner')!r} here", "inner")
        self.scope, self.inner = scope, (self.table.text("inner_start"), self.table.text("inner_end"))
        self.checked = [self.start, self.end]

    def up(self, wire: Frame, canon: Frame, run: Run) -> None:
        for outer, inner, side in ((self.start, self.inner[0], 1), (self.end, self.inner[1], -1)):
            told = wire.get(outer)
            for frame in wire.all(self.scope):
                own = frame.get(inner)
                if told is not None and own is not None and (own.epoch - told.epoch) * side < 0:
                    run.fault(run.place(frame, inner), f"is {shown(own)}, outside the document's interval ({shown(told)})", self.rule())

    def down(self, canon: Frame, wire: Frame, run: Run) -> None:
        for outer, inner, choose in ((self.start, self.inner[0], min), (self.end, self.inner[1], max)):
            holder = wire.holder(outer)
            if run.restored and holder.values.get(outer) is not None:
                continue
            found = [own for frame in wire.all(self.scope) if (own := frame.get(inner)) is not None]
            before: Any = holder.values.get(outer)
            if found:
                holder.values[outer] = choose([*found, *([before] if before is not None else [])], key=lambda instant: instant.epoch)
