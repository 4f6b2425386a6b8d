"""Numbers whose sign is a word: one value with a direction, series split by direction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from adapter.frames import Frame
from adapter.relations.base import Relation, column
from adapter.relations.period import PeriodGrid
from adapter.relations.quantity import Quantity
from adapter.run import Run
from adapter.series import BEGIN, END


class Directed(Relation):
    """`directed: {value, unit, direction, codes: {UP: hub:Up, DOWN: hub:Down}, is}`: a positive number and a direction ↔ a signed row.

    Up (more injection or less load) counts negative, Down positive. Zero keeps the direction it came with. Source: D4.1 Figure 11.
    """

    name = "directed"
    needs = ("value", "unit", "direction", "is")
    may = ("codes",)
    wire_arguments = ("value", "direction")
    canon_arguments = ("is",)

    def compile(self) -> None:
        self.codes = {code: str(meaning) for code, meaning in self.table.table("codes").items()}
        super().compile()
        part = self.table.part("value", "unit", "is")
        self.quantity = Quantity(part, self.wire_scope, self.exchange, self.canon_scope)
        self.wire += self.quantity.wire[1:]

    def up(self, wire: Frame, canon: Frame, run: Run) -> None:
        value, code = wire.get(self.wire[0]), wire.get(self.wire[1])
        if code not in self.codes:
            run.fault(run.place(wire, self.wire[1]), f"is {code!r}: expected {' or '.join(self.codes)}", self.rule())
            return
        if value < 0:
            run.fault(run.place(wire, self.wire[0]), "is negative, and the direction already carries the sign", self.rule())
            return
        one = Frame(canon.scope, canon.parent)
        self.quantity.up(wire, one, run)
        if self.canon[0] in one.values:
            canon.holder(self.canon[0]).values[self.canon[0]] = [
                one.values[self.canon[0]].copy_negate() if self.codes[code] == "hub:Up" else one.values[self.canon[0]]
            ]

    def down(self, canon: Frame, wire: Frame, run: Run) -> None:
        values = canon.get(self.canon[0])
        if not values or len(values) != 1 or values[0] is None:
            run.fault(f"?{self.canon[0]}", "must be one value in one row", self.rule())
            return
        meaning = "hub:Up" if values[0] < 0 else "hub:Down"
        if values[0] or wire.get(self.wire[1]) is None:
            run.put(wire, self.wire[1], next(code for code, means in self.codes.items() if means == meaning))
        one = Frame(canon.scope, canon)
        one.values[self.canon[0]] = values[0].copy_abs()
        self.quantity.down(one, wire, run)


_ZERO = Decimal(0)


def _reaches(values: Sequence[Any], sign: int) -> bool:
    """True when some value has this sign."""
    present = [value for value in values if value is not None] if None in values else values
    return bool(present) and bool(max(present) > 0 if sign > 0 else min(present) < 0)


class SignedSeries(Relation):
    """`signed_series: {scope, direction, value, unit, …grid…, is, column}`: one series per direction ↔ one signed column.

    Up counts negative, Down positive (more injection or less load is Up). Mixed signs are written as two series with
    zeros between; both non-zero at one time is refused. Source: D4.1 Table 11, FlowDirection; codes from the partner profile.
    """

    name = "signed_series"
    needs = ("scope", "direction", "value", "unit", "start", "end", "step", "position", "rows", "is", "column")
    may = ("complete", "fixed")

    def compile(self) -> None:
        self.table.only(*self.needs, *self.may)
        scope = self.wire_scope.find(self.table.text("scope"))
        if scope is None:
            raise self.table.wrong(f"there is no scope {self.table.text('scope')!r}", "scope")
        self.scope = scope
        self.grid = PeriodGrid(self.table.part("start", "end", "step", "position", "rows", "is", "complete", "fixed"), scope, self.exchange, self.canon_scope)
        self.quantity = Quantity(self.table.part("value", "unit", **{"is": self.table["column"]}), scope, self.exchange, self.canon_scope)
        self.direction, self.column = self.table.text("direction"), self.table.text("column")
        self.wire = [*self.grid.wire, *self.quantity.wire, self.direction, self.scope.name]
        self.canon = [*self.grid.canon, *self.quantity.canon]

    def up(self, wire: Frame, canon: Frame, run: Run) -> None:
        total: dict[tuple[int, int], Decimal] = {}
        grids: dict[int, tuple[list[int], list[int]]] = {}  # by sign
        faults = len(run.faults)
        for frame in wire.all(self.scope):
            sign, one = self._sign(frame, run), self._read(frame, canon, run)
            if sign == 0 or one is None:
                continue
            grid = (one.values.pop(BEGIN), one.values.pop(END))
            if sign in grids or any(grid != other for other in grids.values()):
                says = "stands beside a series of the same direction" if sign in grids else "does not cover the time of the first series in its steps"
                run.fault(run.place(frame, self.grid.start), f"{says}: each direction has one series, on one grid", self.rule())
                continue
            grids[sign] = grid
            self._add(frame, sign, zip(*grid, strict=True), one.values.pop(self.column), total, run)
            canon.values.update(one.values)
        if not grids or len(run.faults) > faults:
            return  # no series, no rows: the scope that would hold them is taken away
        spans = sorted(total)
        self.grid.set_rows(canon, [begin for begin, _ in spans], [end for _, end in spans])
        canon.holder(self.column).values[self.column] = [total[span] for span in spans]

    def _read(self, frame: Frame, canon: Frame, run: Run) -> Frame | None:
        """One series by itself; None when it has a fault."""
        one, faults = Frame(canon.scope, canon.parent), len(run.faults)
        self.grid.up(frame, one, run)
        self.quantity.up(frame, one, run)
        return None if len(run.faults) > faults or BEGIN not in one.values or one.values.get(self.column) is None else one

    def _add(self, frame: Frame, sign: int, spans: Iterable[tuple[int, int]], values: list[Decimal], total: dict[tuple[int, int], Decimal], run: Run) -> None:
        """Add the values of one direction to the *total*, with their sign."""
        for row, (span, value) in enumerate(zip(spans, values, strict=True)):
            if value < 0:
                run.fault(run.place(frame, self.quantity.value, row), "is negative, and the direction already carries the sign", self.rule())
            if total.get(span) and value:
                run.fault(
                    run.place(frame, self.quantity.value, row),
                    "is not zero, and another series has a value for the same time in the other direction",
                    self.rule(),
                )
            total[span] = (value if sign > 0 else value.copy_negate()) if value or span not in total else total[span]

    def _sign(self, frame: Frame, run: Run) -> int:
        code = frame.get(self.direction)
        meaning = run.profile.table("direction").get(code)
        if meaning not in ("hub:Up", "hub:Down"):
            run.fault(
                run.place(frame, self.direction),
                f"is {code}, and the standard does not say which way that is: add `direction: {{{code}: hub:Up}}` (or hub:Down) to {run.profile}",
                self.rule(),
            )
            return 0
        return -1 if meaning == "hub:Up" else 1

    def prepare(self, canon: Frame, run: Run) -> None:
        self.grid.prepare(canon, run)

    def down(self, canon: Frame, wire: Frame, run: Run) -> None:
        values: list[Any] = column(canon, self.column, self.grid.rows)
        existing = wire.all(self.scope)
        if run.restored and existing and all(frame.values.get(self.direction) is not None for frame in existing):
            for frame in existing:
                self._series(canon, frame, self._sign(frame, run), values, run)
            return
        codes = {meaning: code for code, meaning in run.profile.table("direction").items()}
        wanted = [(meaning, sign) for meaning, sign in (("hub:Up", -1), ("hub:Down", 1)) if _reaches(values, sign)]
        for meaning, sign in wanted or ([("hub:Down", 1)] if values else []):
            if meaning not in codes:
                run.fault(
                    f"?{self.column}",
                    f"needs the partner's code for {meaning}: add `direction: {{A01: …, A02: …}}` to {run.profile}",
                    self.rule(),
                )
                return
            frame = wire.add(self.scope.name)
            self._series(canon, frame, sign, values, run)
            run.put(frame, self.direction, codes[meaning])

    def _series(self, canon: Frame, frame: Frame, sign: int, values: list[Any], run: Run) -> None:
        """Write one series: the values of one sign, zero elsewhere."""
        one = Frame(canon.scope, canon)
        signed = values if sign > 0 else [None if value is None else value.copy_negate() for value in values]
        one.values[self.column] = [value if value is not None and value > 0 else _ZERO for value in signed]
        self.grid.down(one, frame, run)
        self.quantity.down(one, frame, run)
