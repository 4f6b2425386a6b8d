"""Relations of numbers: value and unit, bands with a sign, series split by direction, number and scale."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from adapter.exchange import Variable
from adapter.frames import Frame
from adapter.relations.base import ROUNDING, Relation, column
from adapter.relations.time import PeriodGrid, SliceGrid
from adapter.resources import folder
from adapter.run import Run
from adapter.text import read_file


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
    return {code: Unit(code, table.table(code).text("kind"), Decimal(table.table(code).text("factor"))) for code in table}


@lru_cache(1)
def kinds() -> dict[str, str]:
    """Canonical unit of each kind, as a CURIE, from mappings/units.yaml."""
    table = read_file(folder("mappings").joinpath("units.yaml"), "mappings/units.yaml").table("kinds")
    return {kind: table.table(kind).text("unit") for kind in table}


@lru_cache(65536)
def scaled(value: Decimal | int, factor: Decimal) -> Decimal:
    """value × factor, exact."""
    return Decimal(value) * factor


class Quantity(Relation):
    """`quantity: {value: wire, unit: W | variable | profile, is: exchange}`: a number in its unit ↔ kW, kWh, kvarh.

    A column that has to be rounded to fit the wire is rounded as its exchange says, into the allowed side, and listed.
    """

    name = "quantity"
    needs = ("value", "unit", "is")
    may = ("sign", "from")
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
            run.fault(
                run.place(wire, self.value), f"has no unit on the wire: add `unit: kWh` (or another) to the partner profile {run.profile.name}", self.rule()
            )
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
                "does not say whether positive means consumption or production: "
                f"add `sign: consumption` or `sign: production` to the partner profile {run.profile.name}",
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
        factor = unit.factor * sign
        holder = canon.holder(self.target)
        if isinstance(value, list):
            holder.values[self.target] = [None if item is None else scaled(item, factor) for item in value]
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
        fit = self.fitter(wire, unit.factor * sign, target, run)
        holder = wire.holder(self.value)
        if isinstance(value, list):
            holder.values[self.value] = [None if item is None else fit(item, row) for row, item in enumerate(value)]
        else:
            run.put(wire, self.value, fit(value, None))

    def default_code(self, target: Variable, run: Run) -> str | None:
        """The first code of units.yaml of the right kind and factor one that the wire's own code list knows."""
        known = run.codes_of(self.unit_variable or "")
        return next((unit.code for unit in units().values() if unit.kind == target.kind and unit.factor == 1 and (not known or unit.code in known)), None)

    def fitter(self, wire: Frame, factor: Decimal, target: Variable, run: Run) -> Callable[[Decimal, int | None], Decimal | int]:
        """Canonical value → wire number of the wire's own type, rounded by the column's rule when it must be."""
        whole = run.whole(self.value)
        seen: dict[Decimal, Decimal | int] = {}

        def fit(value: Decimal, row: int | None) -> Decimal | int:
            found = seen.get(value)
            if found is not None:
                return found
            exact = value / factor
            if exact * factor != value:
                run.fault(f"?{target.name}", f"{value} cannot be written exactly in units of {factor}", self.rule())
            result: Decimal | int = exact
            if whole:
                result = int(exact)
                if result != exact:
                    return self.rounded(value, exact, factor, target, run, row)
            seen[value] = result
            return result

        return fit

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
            canon.holder(self.canon[0]).values[self.canon[0]] = [one.values[self.canon[0]] * (-1 if self.codes[code] == "hub:Up" else 1)]

    def down(self, canon: Frame, wire: Frame, run: Run) -> None:
        values = canon.get(self.canon[0])
        if not values or len(values) != 1 or values[0] is None:
            run.fault(f"?{self.canon[0]}", "must be one value in one row", self.rule())
            return
        meaning = "hub:Up" if values[0] < 0 else "hub:Down"
        if values[0] or wire.get(self.wire[1]) is None:
            run.put(wire, self.wire[1], next(code for code, means in self.codes.items() if means == meaning))
        one = Frame(canon.scope, canon)
        one.values[self.canon[0]] = abs(values[0])
        self.quantity.down(one, wire, run)


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
            canon.holder(self.canon[0]).values[self.canon[0]] = Decimal(number).scaleb(scale or 0) * unit.factor
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
            number, scale = as_scaled(value / unit.factor)
            run.put(wire, self.wire[0], number)
            run.put(wire, self.wire[1], scale)


def as_scaled(value: Decimal) -> tuple[int, int]:
    """A decimal as (number, scale): scale 0 for whole numbers, negative otherwise.

    >>> as_scaled(Decimal("50.0")), as_scaled(Decimal("1.25"))
    ((50, 0), (125, -2))
    """
    if value == int(value):
        return int(value), 0
    exponent = int(value.normalize().as_tuple().exponent)
    return int(value.scaleb(-exponent)), exponent


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
        for frame in wire.all(self.scope):
            sign = self._sign(frame, run)
            one = Frame(canon.scope, canon.parent)
            self.grid.up(frame, one, run)
            self.quantity.up(frame, one, run)
            values = one.values.get(self.column)
            if sign == 0 or values is None or "t0" not in one.values:
                return
            for row, span in enumerate(zip(one.values["t0"], one.values["t1"], strict=True)):
                value = values[row] * sign
                if (value < 0 and sign > 0) or (value > 0 and sign < 0):
                    run.fault(run.place(frame, self.quantity.value, row), "is negative, and the direction already carries the sign", self.rule())
                if total.get(span) and value:
                    run.fault(
                        run.place(frame, self.quantity.value, row),
                        "is not zero, and another series has a value for the same time in the other direction",
                        self.rule(),
                    )
                total[span] = value or total.get(span, value)
            canon.values.update({name: value for name, value in one.values.items() if name not in ("t0", "t1", self.column)})
        spans = sorted(total)
        self.grid.set_rows(canon, [begin for begin, _ in spans], [end for _, end in spans])
        canon.holder(self.column).values[self.column] = [total[span] for span in spans]

    def _sign(self, frame: Frame, run: Run) -> int:
        code = frame.get(self.direction)
        meaning = run.profile.table("direction").get(code)
        if meaning not in ("hub:Up", "hub:Down"):
            run.fault(
                run.place(frame, self.direction),
                f"is {code}, and the standard does not say which way that is: "
                f"add `direction: {{{code}: hub:Up}}` (or hub:Down) to the partner profile {run.profile.name}",
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
        wanted = [(meaning, sign) for meaning, sign in (("hub:Up", -1), ("hub:Down", 1)) if any(value * sign > 0 for value in values if value is not None)]
        for meaning, sign in wanted or ([("hub:Down", 1)] if values else []):
            if meaning not in codes:
                run.fault(
                    f"?{self.column}",
                    f"needs the partner's code for {meaning}: add `direction: {{A01: …, A02: …}}` to the partner profile {run.profile.name}",
                    self.rule(),
                )
                return
            frame = wire.add(self.scope.name)
            self._series(canon, frame, sign, values, run)
            run.put(frame, self.direction, codes[meaning])

    def _series(self, canon: Frame, frame: Frame, sign: int, values: list[Any], run: Run) -> None:
        """Write one series: the values of one sign, zero elsewhere."""
        one = Frame(canon.scope, canon)
        one.values[self.column] = [value * sign if value is not None and value * sign > 0 else Decimal(0) for value in values]
        self.grid.down(one, frame, run)
        self.quantity.down(one, frame, run)
