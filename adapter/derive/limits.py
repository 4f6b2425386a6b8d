"""Derive rules of power limits: an envelope and a single limit."""

from __future__ import annotations

from adapter.derive.base import Rule
from adapter.frames import Frame
from adapter.run import Run
from adapter.values import FIRST, LAST, Duration, Instant, utc_text


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
        window, covered = (frame.values.get("w0"), frame.values.get("w1")), (frame.values["t0"][row], frame.values["t1"][row])
        if len(uppers) == 1 and None not in window and window != covered:
            says = "the target has no window beside its limit"
            run.lose("?window", "/".join(map(utc_text, window)), says, "/".join(map(utc_text, covered)))
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
                f"has {count} rows, and the target carries one limit: add `row: N` (1 to {count}) to {run.profile}",
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
            if run.faults:
                return
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
        for key, instant in (("begin", begin), ("end", end)):
            if instant.fraction:
                run.lose(f"?{self.names[key]}", instant, "the target counts whole seconds", Instant(instant.epoch, "", instant.zone))
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
        if not anchor.zoned:
            run.fault(f"?{self.names['anchor']}", f"is {anchor.text()}, which has no time zone, and {which} is {after.text()} after it", self.rule())
            return None
        if frame.values.get(self.names["anchor"]) is None:
            run.default("?anchor", anchor, "received-at")
        try:
            seconds = after.whole_seconds()
        except ValueError as wrong:
            run.fault(f"?{self.names[f'{which}_after']}", f"is {after.text()}, which {wrong}", self.rule())
            return None
        placed: Instant = anchor._replace(epoch=anchor.epoch + seconds)
        if not FIRST <= placed.epoch <= LAST:
            run.fault(f"?{self.names[f'{which}_after']}", f"is {after.text()}, and {anchor.text()} is too near the end of the calendar for it", self.rule())
            return None
        run.lose(f"?{self.names[f'{which}_after']}", after, "a duration from the message's time became an instant", placed)
        return placed
