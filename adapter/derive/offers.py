"""Derive rules of offers: energy bands, power deviations and prices."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from adapter.derive.base import Rule
from adapter.frames import Frame
from adapter.run import Run
from adapter.series import to_decimal
from adapter.values import EXACT


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
        wanted = [side for at, side in enumerate(sides) if any(side) and side not in sides[:at]] or [sides[0]]
        siblings = frame.parent.children[frame.scope.name]
        for at, side in enumerate(wanted):
            piece = frame if at == 0 else frame.clone()
            piece.values[self.names["power"]] = side
            if any(low != high for low, high in zip(*sides, strict=True)):
                piece.values[self.names["factor"]] = Decimal("0.01")
                run.default(f"?{self.names['factor']}", "0.01", "the offered band: any part of it may be taken")
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
    makes = ("lower", "upper")

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
                    f"is not given, and the target speaks of absolute energy: add `baseline: zero` to {run.profile} if its offers are deviations",
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
            lowers.append(EXACT.add(base, min(whole, part)))
            uppers.append(EXACT.add(base, max(whole, part)))
        frame.values[self.names["lower"]], frame.values[self.names["upper"]], frame.values[self.names["baseline"]] = lowers, uppers, baselines


class PricePerEnergy(Rule):
    """`price_per_energy: {price, power, per, scope}`: price of a whole option ↔ price per kWh of the energy it moves."""

    name = "price_per_energy"
    needs = ("price", "power", "per", "scope")
    makes = ("per",)
    both_ways = True

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
