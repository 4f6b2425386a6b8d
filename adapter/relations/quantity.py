"""Relations of numbers: value and unit, and bands whose bounds swap with the sign."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import repeat
from typing import Any

from adapter.exchange import Variable
from adapter.frames import Frame
from adapter.relations.base import ROUNDING, Relation
from adapter.resources import folder
from adapter.run import Run
from adapter.text import read_file
from adapter.values import EXACT


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit code: its kind (power, energy …) and how many canonical units it is."""

    code: str
    kind: str
    factor: Decimal


@lru_cache(1)
def units() -> dict[str, Unit]:
    """All unit codes, from mappings/units.yaml."""
    table = read_file(folder("mappings").joinpath("units.yaml"), "mappings/units.yaml").table("units")
    found = {code: Unit(code, table.table(code).text("kind"), Decimal(table.table(code).text("factor"))) for code in table}
    for code, unit in found.items():
        if unit.factor.normalize().as_tuple().digits != (1,):
            raise table.wrong(f"the factor of {code} is no power of ten, and others cannot be divided by exactly", code)
    return found


@lru_cache(1)
def kinds() -> dict[str, str]:
    """Canonical unit of each kind, as a CURIE, from mappings/units.yaml."""
    table = read_file(folder("mappings").joinpath("units.yaml"), "mappings/units.yaml").table("kinds")
    return {kind: table.table(kind).text("unit") for kind in table}


def scaled(value: Decimal | int, factor: Decimal) -> Decimal:
    """value × factor, exact."""
    return EXACT.multiply(Decimal(value), factor)


def scaled_column(values: Sequence[Any], factor: Decimal) -> list[Decimal | None]:
    """Each value × factor, exact; None stays None."""
    if None in values:
        return [None if value is None else EXACT.multiply(Decimal(value), factor) for value in values]
    return list(map(EXACT.multiply, map(Decimal, values), repeat(factor)))


class Quantity(Relation):
    """`quantity: {value: wire, unit: W | variable | profile, is: exchange}`: a number in its unit ↔ kW, kWh, kvarh.

    A column that has to be rounded to fit the wire is rounded as its exchange says, into the allowed side, and listed.
    """

    name = "quantity"
    needs = ("value", "unit", "is")
    may = ("sign",)
    wire_arguments = ("value",)
    canon_arguments = ("is",)

    def compile(self) -> None:
        super().compile()
        self.value, self.target = self.wire[0], self.canon[0]
        unit = self.table.text("unit")
        self.unit_variable = self.use_wire(unit, "unit") if self.wire_scope.owner(unit) is not None else None
        self.fixed = None if self.unit_variable or unit == "profile" else units().get(unit)
        if self.unit_variable is None and unit != "profile" and self.fixed is None:
            raise self.table.wrong(f"{unit!r} is neither a unit of mappings/units.yaml nor a variable here", "unit")
        self.signed = self.table.text("sign", "") == "profile"

    def unit(self, wire: Frame, run: Run, target: Variable) -> Unit | None:
        """The unit on this wire: fixed, told by a sibling, or agreed with the partner."""
        if self.fixed is not None:
            return self.fixed
        code = wire.get(self.unit_variable) if self.unit_variable else run.profile.get("unit")
        if code is None:
            run.fault(run.place(wire, self.value), f"has no unit on the wire: add `unit: kWh` (or another) to {run.profile}", self.rule())
            return None
        found = units().get(code)
        if found is None or (target.kind and found.kind != target.kind):
            place = run.place(wire, self.unit_variable) if self.unit_variable else "profile unit"
            run.fault(place, f"is {code}, which is no unit of {target.kind.replace('_', ' ')}", self.rule())
            return None
        return found

    def sign(self, run: Run, wire: Frame) -> int:
        """+1 when the wire counts consumption positive, −1 when production; 0 after a fault."""
        if not self.signed:
            return 1
        agreed = run.profile.get("sign")
        if agreed not in ("consumption", "production"):
            run.fault(
                run.place(wire, self.value),
                f"does not say whether positive means consumption or production: add `sign: consumption` or `sign: production` to {run.profile}",
                self.rule(),
            )
            return 0
        return 1 if agreed == "consumption" else -1

    def up(self, wire: Frame, canon: Frame, run: Run) -> None:
        value = wire.get(self.value)
        if value is None:
            return
        target = self.exchange.variables[self.target]
        unit, sign = self.unit(wire, run, target), self.sign(run, wire)
        if unit is None or not sign:
            return
        factor = EXACT.multiply(unit.factor, Decimal(sign))
        holder = canon.holder(self.target)
        if isinstance(value, list):
            holder.values[self.target] = scaled_column(value, factor)
        else:
            holder.values[self.target] = scaled(value, factor)

    def down(self, canon: Frame, wire: Frame, run: Run) -> None:
        value = canon.get(self.target)
        if value is None:
            return
        target = self.exchange.variables[self.target]
        if self.unit_variable and wire.get(self.unit_variable) is None:
            run.put(wire, self.unit_variable, run.profile.get("unit") or self.default_code(target, run))
        unit, sign = self.unit(wire, run, target), self.sign(run, wire)
        if unit is None or not sign:
            return
        factor = EXACT.multiply(unit.factor, Decimal(sign))
        if isinstance(value, list):
            wire.holder(self.value).values[self.value] = self.column(value, factor, target, run)
        else:
            run.put(wire, self.value, self.fit(value, factor, target, run, None))

    def default_code(self, target: Variable, run: Run) -> str | None:
        """The first code of units.yaml of the right kind and factor one that the wire's own code list knows."""
        known = run.codes_of(self.unit_variable or "")
        return next((unit.code for unit in units().values() if unit.kind == target.kind and unit.factor == 1 and (not known or unit.code in known)), None)

    def column(self, values: list[Any], factor: Decimal, target: Variable, run: Run) -> list[Any]:
        """`fit` for each value; at once when none is to be rounded."""
        if run.whole(self.value):
            return [None if value is None else self.fit(value, factor, target, run, row) for row, value in enumerate(values)]
        return values if factor == 1 else scaled_column(values, Decimal(1) / factor)

    def fit(self, value: Decimal, factor: Decimal, target: Variable, run: Run, row: int | None) -> Decimal | int:
        """The wire's number for a canonical value, rounded by the column's rule when the wire has whole numbers only."""
        exact = scaled(value, Decimal(1) / factor)  # units of units.yaml are powers of ten, so this is exact
        if not run.whole(self.value):
            return exact
        whole = int(exact)
        return whole if whole == exact else self.rounded(value, exact, factor, target, run, row)

    def rounded(self, value: Decimal, exact: Decimal, factor: Decimal, target: Variable, run: Run, row: int | None) -> int:
        mode = target.round
        place = f"?{target.name}" + ("" if row is None else f"[{row + 1}]")
        if mode in ("", "exact"):
            run.fault(place, f"is {exact.normalize():f} in the unit of the target, which holds whole numbers, and may not be rounded", target.at)
            return 0
        if factor < 0 and mode in ("floor", "ceil"):
            mode = "ceil" if mode == "floor" else "floor"
        result = int(exact.quantize(Decimal(1), rounding=ROUNDING[mode]))
        run.lose(place, value, f"rounded to whole units of the target ({target.round})", result * factor)
        return result


class Band(Relation):
    """`band: {lower, upper, unit, sign, is_lower, is_upper}`: two bounds whose places swap when the sign flips."""

    name = "band"
    needs = ("lower", "upper", "unit", "is_lower", "is_upper")
    may = ("sign",)
    wire_arguments = ("lower", "upper")
    canon_arguments = ("is_lower", "is_upper")

    def compile(self) -> None:
        super().compile()
        self.parts = {}
        for wire, canon in (("lower", "is_lower"), ("upper", "is_upper"), ("lower", "is_upper"), ("upper", "is_lower")):
            table = self.table.part("unit", "sign", value=self.table[wire], **{"is": self.table[canon]})
            self.parts[wire, canon] = Quantity(table, self.wire_scope, self.exchange, self.canon_scope)

    def pair(self, wire: Frame, run: Run) -> tuple[Quantity, Quantity] | None:
        sign = self.parts["lower", "is_lower"].sign(run, wire)
        if sign == 0:
            return None
        return (
            (self.parts["lower", "is_lower"], self.parts["upper", "is_upper"])
            if sign > 0
            else (self.parts["lower", "is_upper"], self.parts["upper", "is_lower"])
        )

    def up(self, wire: Frame, canon: Frame, run: Run) -> None:
        for part in self.pair(wire, run) or ():
            part.up(wire, canon, run)

    def down(self, canon: Frame, wire: Frame, run: Run) -> None:
        for part in self.pair(wire, run) or ():
            part.down(canon, wire, run)
