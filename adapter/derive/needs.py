"""Derive rules of requests: a band of power and one power."""

from __future__ import annotations

from decimal import Decimal

from adapter.derive.base import Rule
from adapter.frames import Frame
from adapter.run import Run


class NeedOfBand(Rule):
    """`need_of_band: {lower, upper, disposition, need, scope}`: a requested band ↔ one requested power.

    Requested with lower = upper is that power, exactly and back. Another requested band becomes its bound nearest
    zero (listed). Available with both bounds zero is a need of zero; other available power is dropped (listed).
    """

    name = "need_of_band"
    needs = ("lower", "upper", "disposition", "need", "scope")
    makes = ("need",)
    both_ways = True

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
        if lowers == uppers and all(state == "hub:Requested" or not lower for lower, state in zip(lowers, dispositions, strict=True)):
            frame.values[self.names["need"]] = lowers
            return
        need: list[Decimal] = []
        for row, (lower, upper, disposition) in enumerate(zip(lowers, uppers, dispositions, strict=True), 1):
            if lower == upper and (disposition == "hub:Requested" or not lower):
                need.append(lower)
                if disposition == "hub:Requested" and not lower:
                    run.lose(f"?{self.names['disposition']}[{row}]", disposition, "a power of zero is asked for by nobody in the target", "hub:Available")
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
