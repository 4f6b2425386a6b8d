"""Derive rules of exchanges: variables that follow from others, each naming what is lost on the way.

A rule stands in an exchange file under `derive:`. On the way in, a mapping may produce the derived variables and
the rule fills those of the pattern; on the way out, a mapping may ask for the derived ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import ClassVar

from adapter.exchange import Exchange
from adapter.frames import Frame, Scope
from adapter.run import Run
from adapter.series import to_decimal
from adapter.text import Table
from adapter.values import Duration, Instant

RULES: dict[str, type[Rule]] = {}


class Rule:
    """One derive rule, compiled for one exchange. `made` are the derived variables, `base` those of the pattern."""

    name: ClassVar[str] = ""
    needs: ClassVar[Sequence[str]] = ()
    may: ClassVar[Sequence[str]] = ()
    makes: ClassVar[Sequence[str]] = ()
    reads: ClassVar[Sequence[str]] = ("t0", "t1")

    def __init_subclass__(cls) -> None:
        RULES[cls.name] = cls

    def __init__(self, table: Table, exchange: Exchange) -> None:
        table.only(*self.needs, *self.may)
        self.table, self.exchange = table, exchange
        self.names = {key: table.text(key) for key in self.needs if key not in ("scope", "rows")}
        for key, name in self.names.items():
            if name not in exchange.variables:
                raise table.wrong(f"{self.name}: {name!r} is no variable of {exchange.row}", key)
        self.made = [self.names[key] for key in self.makes]
        self.base = [name for name in self.names.values() if name not in self.made] + [name for name in self.reads if name in exchange.variables]
        self.scope: Scope = exchange.scope.find(table.text("scope", ".")) or exchange.scope

    def inward(self, frame: Frame, run: Run) -> None:
        """Fill the pattern's variables from the derived ones."""
        raise NotImplementedError

    def outward(self, frame: Frame, run: Run) -> None:
        """Fill the derived variables from the pattern's."""
        raise NotImplementedError

    def rule(self) -> str:
        return self.table.at()


class NeedOfBand(Rule):
    """`need_of_band: {lower, upper, disposition, need, scope}`: a requested band ↔ one requested power.

    Requested with lower = upper is that power, exactly and back. Another requested band becomes its bound nearest
    zero (listed). Available with both bounds zero is a need of zero; other available power is dropped (listed).
    """

    name = "need_of_band"
    needs = ("lower", "upper", "disposition", "need", "scope")
    makes = ("need",)

    def inward(self, frame: Frame, run: Run) -> None:
        need = frame.values.get(self.names["need"])
        if need is None or frame.values.get(self.names["lower"]) is not None:
            return
        frame.values[self.names["lower"]] = list(need)
        frame.values[self.names["upper"]] = list(need)
        frame.values[self.names["disposition"]] = ["hub:Requested" if value else "hub:Available" for value in need]

    def outward(self, frame: Frame, run: Run) -> None:
        lowers, uppers = frame.values.get(self.names["lower"]), frame.values.get(self.names["upper"])
        if lowers is None or uppers is None:
            return
        dispositions = frame.values.get(self.names["disposition"]) or [None] * len(lowers)
        need: list[Decimal] = []
        for row, (lower, upper, disposition) in enumerate(zip(lowers, uppers, dispositions, strict=True), 1):
            if lower == upper and (disposition == "hub:Requested" or not lower):
                need.append(lower)
            elif disposition == "hub:Requested":
                nearest = lower if lower > 0 else upper if upper < 0 else Decimal(0)
                other = self.names["upper"] if nearest == lower else self.names["lower"]
                run.lose(
                    f"?{other}[{row}]",
                    upper if nearest == lower else lower,
                    "the target has one power and no band; the bound nearest zero stands for it",
                    nearest,
                )
                need.append(nearest)
            else:
                run.lose(f"?{self.names['lower']}[{row}]", lower, "power that is available, not requested, has no place in the target", Decimal(0))
                run.lose(f"?{self.names['upper']}[{row}]", upper, "power that is available, not requested, has no place in the target", Decimal(0))
                need.append(Decimal(0))
        frame.values[self.names["need"]] = need


class DeviationOfBand(Rule):
    """`deviation_of_band: {lower, upper, baseline, power, factor, scope}`: absolute energy band − baseline → power deviation.

    A band that reaches from the baseline to one side becomes that power, activated in part or in whole; one that reaches to
    both sides becomes two options of which one may be chosen. Instants of the rows turn energy into mean power.
    """

    name = "deviation_of_band"
    needs = ("lower", "upper", "baseline", "power", "factor", "scope")
    makes = ("power",)

    def inward(self, frame: Frame, run: Run) -> None:
        """Nothing to do: the graph keeps the form the source used."""

    def outward(self, frame: Frame, run: Run) -> None:
        lowers, uppers, power = (frame.values.get(self.names[key]) for key in ("lower", "upper", "power"))
        if power is not None or lowers is None or uppers is None or frame.parent is None:
            return
        baselines = frame.values.get(self.names["baseline"])
        if baselines is None or None in baselines:
            run.fault(
                f"?{self.names['baseline']}", "is not given, and a deviation is measured from a baseline: send a default schedule with the offer", self.rule()
            )
            return
        hours = [Fraction(end - begin, 3600) for begin, end in zip(frame.values["t0"], frame.values["t1"], strict=True)]
        sides = [[to_decimal(Fraction(bound - base) / hour) for bound, base, hour in zip(bounds, baselines, hours, strict=True)] for bounds in (lowers, uppers)]
        wanted = [side for side in sides if any(side)] or [sides[0]]
        siblings = frame.parent.children[frame.scope.name]
        for at, side in enumerate(wanted):
            piece = frame if at == 0 else frame.clone()
            piece.values[self.names["power"]] = side
            if any(low != high for low, high in zip(*sides, strict=True)):
                piece.values[self.names["factor"]] = Decimal("0.01")
            if at:
                siblings.append(piece)
                piece.index = len(siblings)
        for row, (least, greatest) in enumerate(zip(*sides, strict=True)):
            if least > 0 or greatest < 0:
                run.lose(
                    f"?{self.names['baseline']}[{row + 1}]",
                    baselines[row],
                    "the baseline lies outside the offered band; the nearest bound is optional in the target",
                )


class BandOfDeviation(Rule):
    """`band_of_deviation: {power, factor, lower, upper, baseline, scope}`: baseline + power deviation → absolute energy band.

    The baseline comes with the offer, or the partner profile says `baseline: zero` (bounds are then deviations themselves).
    """

    name = "band_of_deviation"
    needs = ("power", "factor", "lower", "upper", "baseline", "scope")
    makes = ("lower", "upper", "baseline")

    def inward(self, frame: Frame, run: Run) -> None:
        """Nothing to do: the graph keeps the form the source used."""

    def outward(self, frame: Frame, run: Run) -> None:
        power = frame.values.get(self.names["power"])
        if power is None or frame.values.get(self.names["lower"]) is not None:
            return
        baselines = frame.values.get(self.names["baseline"])
        if baselines is None:
            if run.profile.get("baseline") != "zero":
                run.fault(
                    f"?{self.names['baseline']}",
                    "is not given, and the target speaks of absolute energy: "
                    f"add `baseline: zero` to the partner profile {run.profile.name} if its offers are deviations",
                    self.rule(),
                )
                return
            baselines = [Decimal(0)] * len(power)
            run.default(f"?{self.names['baseline']}", "0", f"profile {run.profile.name}")
        factor = frame.values.get(self.names["factor"])
        least = Decimal(1) if factor is None else factor
        lowers, uppers = [], []
        for value, base, begin, end in zip(power, baselines, frame.values["t0"], frame.values["t1"], strict=True):
            hours = Fraction(end - begin, 3600)
            whole, part = to_decimal(Fraction(value) * hours), to_decimal(Fraction(value) * Fraction(least) * hours)
            lowers.append(base + min(whole, part))
            uppers.append(base + max(whole, part))
        frame.values[self.names["lower"]], frame.values[self.names["upper"]], frame.values[self.names["baseline"]] = lowers, uppers, baselines


class PricePerEnergy(Rule):
    """`price_per_energy: {price, power, per, scope}`: price of a whole option ↔ price per kWh of the energy it moves."""

    name = "price_per_energy"
    needs = ("price", "power", "per", "scope")
    makes = ("per",)

    def energy(self, frame: Frame) -> Fraction:
        power = frame.values.get(self.names["power"])
        if power is None:
            return Fraction(0)
        return sum(
            (abs(Fraction(value)) * Fraction(end - begin, 3600) for value, begin, end in zip(power, frame.values["t0"], frame.values["t1"], strict=True)),
            Fraction(),
        )

    def inward(self, frame: Frame, run: Run) -> None:
        per = frame.values.get(self.names["per"])
        if per is not None and frame.values.get(self.names["price"]) is None:
            frame.values[self.names["price"]] = to_decimal(Fraction(per) * self.energy(frame))

    def outward(self, frame: Frame, run: Run) -> None:
        price, energy = frame.values.get(self.names["price"]), self.energy(frame)
        if price is None:
            return
        if not energy:
            if price:
                run.fault(f"?{self.names['price']}", f"is {price} for an option that moves no energy: it has no price per kWh", self.rule())
            elif not run.restored:  # a sender's own price per kWh is kept, and stands
                frame.values[self.names["per"]] = Decimal(0)
            return
        per = to_decimal(Fraction(price) / energy)
        if Fraction(per) * energy != Fraction(price):
            run.lose(f"?{self.names['price']}", price, "as a price per kWh it has no end of digits; rounded to twelve", per)
        frame.values[self.names["per"]] = per


class PriceOfTariff(Rule):
    """`price_of_tariff: {tariff, price, power, scope}`: the greatest price per kWh of each row → price of the whole option."""

    name = "price_of_tariff"
    needs = ("tariff", "price", "power", "scope")
    makes = ("price",)

    def inward(self, frame: Frame, run: Run) -> None:
        """Nothing to do: the graph keeps the form the source used."""

    def outward(self, frame: Frame, run: Run) -> None:
        tariffs, power = frame.values.get(self.names["tariff"]), frame.values.get(self.names["power"])
        if tariffs is None or None in tariffs or power is None or frame.values.get(self.names["price"]) is not None:
            return
        spans = zip(tariffs, power, frame.values["t0"], frame.values["t1"], strict=True)
        total = sum((Fraction(tariff) * abs(Fraction(value)) * Fraction(end - begin, 3600) for tariff, value, begin, end in spans), Fraction())
        frame.values[self.names["price"]] = to_decimal(total)


class LimitOfEnvelope(Rule):
    """`limit_of_envelope: {…}`: an envelope of one row → a single limit with begin and end. More rows, or a reduction: refused.

    Decision 13 of the canonical form: a single limit from an envelope names the row or is refused.
    """

    name = "limit_of_envelope"
    needs = ("upper", "lower", "power", "reference", "begin", "end", "active")
    makes = ("power",)
    reads = ("t0", "t1", "w0", "w1", "resolution")

    def inward(self, frame: Frame, run: Run) -> None:
        """Nothing to do: the graph keeps the form the source used."""

    def outward(self, frame: Frame, run: Run) -> None:
        uppers = frame.values.get(self.names["upper"])
        if frame.values.get(self.names["power"]) is not None or uppers is None:
            return
        if frame.values.get(self.names["reference"]) == "hub:Reduction":
            run.fault(
                f"?{self.names['reference']}", "is a reduction, and the target limits the power itself: the power it is reduced from is not said", self.rule()
            )
            return
        row = self._row(len(uppers), run)
        if row is None:
            return
        if uppers[row] is None:
            run.fault(f"?{self.names['upper']}[{row + 1}]", "has no greatest power, which is what a single limit states", self.rule())
            return
        lowers = frame.values.get(self.names["lower"])
        if lowers is not None and lowers[row] is not None:
            run.lose(f"?{self.names['lower']}[{row + 1}]", lowers[row], "the target has one limit, the greatest power")
        frame.values[self.names["power"]] = uppers[row]
        frame.values[self.names["begin"]] = Instant.of_epoch(frame.values["t0"][row])
        frame.values[self.names["end"]] = Instant.of_epoch(frame.values["t1"][row])
        frame.values[self.names["active"]] = True

    def _row(self, count: int, run: Run) -> int | None:
        named = run.profile.get("row")
        if count == 1 and named is None:
            return 0
        if named is None or not named.isdigit() or not 1 <= int(named) <= count:
            run.fault(
                f"?{self.names['upper']}",
                f"has {count} rows, and the target carries one limit: add `row: N` (1 to {count}) to the partner profile {run.profile.name}",
                self.rule(),
            )
            return None
        if count > 1:
            run.lose("?envelope", f"{count} rows", "the target carries one limit", f"row {named}")
        return int(named) - 1


class EnvelopeOfLimit(Rule):
    """`envelope_of_limit: {…}`: a single limit with begin and end → an envelope of one row. Without an end: refused."""

    name = "envelope_of_limit"
    needs = ("power", "begin", "end", "begin_after", "end_after", "anchor", "created", "active", "upper", "reference")
    makes = ("upper",)

    def inward(self, frame: Frame, run: Run) -> None:
        """Nothing to do: the graph keeps the form the source used."""

    def outward(self, frame: Frame, run: Run) -> None:
        power = frame.values.get(self.names["power"])
        if power is None or frame.values.get(self.names["upper"]) is not None:
            return
        if frame.values.get(self.names["active"]) is False:
            run.fault(f"?{self.names['active']}", "is false: an envelope is always in force, so a limit that is not cannot be said", self.rule())
            return
        begin, end = self._instant(frame, "begin", run), self._instant(frame, "end", run)
        if begin is None:
            begin = frame.values.get(self.names["anchor"]) or run.now
        if end is None or begin is None:
            run.fault(
                f"?{self.names['end']}",
                "is not given (the limit holds without end), and an envelope has one"
                if end is None
                else "cannot be placed in time: the message has no timestamp",
                self.rule(),
            )
            return
        span = end.epoch - begin.epoch
        if span <= 0:
            run.fault(f"?{self.names['end']}", f"{end.text()} is not after {begin.text()}", self.rule())
            return
        frame.values["t0"], frame.values["t1"], frame.values["envelope"] = [begin.epoch], [end.epoch], 1
        frame.values["w0"], frame.values["w1"], frame.values["resolution"] = begin.epoch, end.epoch, Duration.of_seconds(span)
        frame.values[self.names["upper"]] = [power]
        frame.values[self.names["reference"]] = "hub:Absolute"

    def _instant(self, frame: Frame, which: str, run: Run) -> Instant | None:
        """The instant of begin or end: given, or a duration after the anchor (the message's time, else its reception)."""
        given = frame.values.get(self.names[which])
        after = frame.values.get(self.names[f"{which}_after"])
        if isinstance(given, Instant) or after is None:
            return given if isinstance(given, Instant) else None
        anchor = frame.values.get(self.names["anchor"]) or run.now
        if anchor is None:
            run.fault(f"?{self.names['anchor']}", f"is not known, and {which} is {after.text()} after it: the message has no timestamp", self.rule())
            return None
        if frame.values.get(self.names["anchor"]) is None:
            run.default("?anchor", anchor, "received-at")
        placed: Instant = anchor._replace(epoch=anchor.epoch + after.whole_seconds())
        run.lose(f"?{self.names[f'{which}_after']}", after, "a duration from the message's time became an instant", placed)
        return placed


def build_rules(exchange: Exchange) -> list[Rule]:
    """The compiled derive rules of an exchange, in file order."""
    built = []
    for entry in exchange.derive:
        for name in entry:
            if name not in RULES:
                raise entry.wrong(f"{name!r} is no derive rule; known are {', '.join(sorted(RULES))}", name)
            built.append(RULES[name](entry.table(name), exchange))
    return built


def inward(rules: Iterable[Rule], frame: Frame, run: Run) -> None:
    """Fill what the pattern needs from what a mapping produced."""
    for rule in rules:
        for inner in frame.all(rule.scope):
            rule.inward(inner, run)
    for rule in rules:
        for inner in frame.all(rule.scope):
            for name in rule.made:
                if rule.exchange.variables[name].derived:
                    inner.values.pop(name, None)


def outward(rules: Sequence[Rule], frame: Frame, wanted: set[str], run: Run) -> set[str]:
    """Fill the *wanted* derived variables; returns the pattern variables that were used for them."""
    needed = {name for name in wanted if _absent(frame, name)}
    for rule in reversed(rules):
        if needed & set(rule.made):
            needed |= {name for name in rule.base if _absent(frame, name)}
    used: set[str] = set()
    for rule in rules:
        if needed & set(rule.made):
            before = [dict(inner.values) for inner in frame.all(rule.scope)]
            for inner in frame.all(rule.scope):
                rule.outward(inner, run)
            if before != [inner.values for inner in frame.all(rule.scope)]:
                used |= set(rule.base)
    return used


def _absent(frame: Frame, name: str) -> bool:
    """No instance of any scope has a value for the variable."""
    return frame.values.get(name) is None and all(_absent(inner, name) for children in frame.children.values() for inner in children)
