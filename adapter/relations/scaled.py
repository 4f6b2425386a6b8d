"""Number and scale ↔ decimal."""

from __future__ import annotations

from decimal import Decimal

from adapter.frames import Frame
from adapter.relations.base import Relation
from adapter.relations.quantity import Unit, kinds, units
from adapter.run import Run
from adapter.values import EXACT


class Scaled(Relation):
    """`scaled: {number, scale, unit, is, unit_is}`: number × 10^scale in a unit ↔ decimal in the canonical unit of its kind.

    (14,1), (140,0) and (1400,−1) are one value. `unit` is a wire variable (often joined from a description); `unit_is`
    takes the unit's IRI where the exchange leaves it open. Source: SPINE 1.3, ScaledNumberType.
    """

    name = "scaled"
    needs = ("number", "scale", "unit", "is")
    may = ("unit_is",)
    wire_arguments = ("number", "scale", "unit")
    canon_arguments = ("is", "unit_is")

    def unit(self, wire: Frame, run: Run) -> Unit | None:
        code, kind = wire.get(self.wire[2]), self.exchange.variables[self.canon[0]].kind
        found = units().get(code or "")
        if found is None or (kind and found.kind != kind):
            run.fault(run.place(wire, self.wire[0]), f"has the unit {code}, which is no unit of {kind or 'a quantity we know'}", self.rule())
            return None
        return found

    def up(self, wire: Frame, canon: Frame, run: Run) -> None:
        number, scale = wire.get(self.wire[0]), wire.get(self.wire[1])
        unit = self.unit(wire, run) if number is not None else None
        if unit is not None:
            canon.holder(self.canon[0]).values[self.canon[0]] = EXACT.multiply(Decimal(number).scaleb(scale or 0, EXACT), unit.factor)
            if len(self.canon) > 1:
                canon.holder(self.canon[1]).values[self.canon[1]] = kinds()[unit.kind]

    def down(self, canon: Frame, wire: Frame, run: Run) -> None:
        value = canon.get(self.canon[0])
        if value is None or (run.restored and wire.get(self.wire[0]) is not None):
            return  # the sender's own number and scale are kept, and are the same value
        if wire.get(self.wire[2]) is None:
            return  # the join has not found the description yet; it reports what is missing
        unit = self.unit(wire, run)
        if unit is not None:
            number, scale = as_scaled(EXACT.multiply(value, Decimal(1) / unit.factor))
            run.put(wire, self.wire[0], number)
            run.put(wire, self.wire[1], scale)


def as_scaled(value: Decimal) -> tuple[int, int]:
    """A decimal as (number, scale): scale 0 for whole numbers, negative otherwise.

    >>> as_scaled(Decimal("50.0")), as_scaled(Decimal("1.25"))
    ((50, 0), (125, -2))
    """
    if value == int(value):
        return int(value), 0
    exponent = int(value.normalize(EXACT).as_tuple().exponent)
    return int(value.scaleb(-exponent, EXACT)), exponent
