"""Another series of the same document as a column of this one."""

from __future__ import annotations

from adapter.frames import Frame
from adapter.relations.base import Relation
from adapter.relations.grid import SliceGrid
from adapter.relations.quantity import Quantity
from adapter.run import Run


class BaselineRows(Relation):
    """`baseline_rows: {start, seconds, length, value, unit, sign, rows, is, column}`: another series of the document as a column.

    The default schedule of a FlexOffer is the baseline of its slices: same grid, or no baseline (a fault when they overlap otherwise).
    Source: FlexOffer specification V1, defaultSchedule.
    """

    name = "baseline_rows"
    needs = ("start", "seconds", "length", "value", "unit", "rows", "is", "column")
    may = ("sign",)

    def compile(self) -> None:
        self.table.only(*self.needs, *self.may)
        self.grid = SliceGrid(self.table.part("start", "seconds", "length", "rows", "is"), self.wire_scope, self.exchange, self.canon_scope)
        self.quantity = Quantity(self.table.part("value", "unit", "sign", **{"is": self.table["column"]}), self.wire_scope, self.exchange, self.canon_scope)
        self.column = self.table.text("column")
        self.wire = [*self.grid.wire, *self.quantity.wire]
        self.canon = list(self.quantity.canon)

    def up(self, wire: Frame, canon: Frame, run: Run) -> None:
        if wire.get(self.grid.start) is None:
            return
        one = Frame(canon.scope, canon.parent)
        self.grid.up(wire, one, run)
        self.quantity.up(wire, one, run)
        begins, ends = canon.get("t0"), canon.get("t1")
        if one.values.get("t0") == begins and one.values.get("t1") == ends:
            canon.holder(self.column).values[self.column] = one.values.get(self.column)

    def down(self, canon: Frame, wire: Frame, run: Run) -> None:
        values = canon.get(self.column)
        if values is None or wire.get(self.grid.start) is not None:
            return
        one = Frame(canon.scope, canon)
        self.grid.down(one, wire, run)
        self.quantity.down(one, wire, run)
