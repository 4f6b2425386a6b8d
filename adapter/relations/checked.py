"""Relations between wire variables alone: leaves that repeat what others say are checked on read and computed on write."""

from __future__ import annotations

from typing import Any

from adapter.frames import Frame
from adapter.relations.base import Relation
from adapter.run import Run
from adapter.values import Instant, shown


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
        if run.restored:  # what the sender wrote is kept; what it left out stays out
            return
        after, before = self.ends[0][0], self.ends[1][0]
        if wire.get(before) is None and wire.get(after) is not None:
            run.put(wire, before, wire.get(after))
            run.filled(wire, before, wire.get(after), "the start: the source leaves no freedom in time")
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
        if run.restored:  # what the sender wrote is kept; what it left out stays out
            return
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

    def beyond(self, wire: Frame) -> set[str]:
        """The bounds that are wider than the periods inside them: these do not follow from the periods."""
        found: set[str] = set()
        for outer, inner, choose in ((self.start, self.inner[0], min), (self.end, self.inner[1], max)):
            for document in wire.all(self.wire_scope.owner(outer) or self.wire_scope):
                told, own = document.get(outer), [at.epoch for frame in document.all(self.scope) if (at := frame.get(inner)) is not None]
                if told is not None and (not own or choose(own) != told.epoch):
                    found.add(outer)
        return found

    def down(self, canon: Frame, wire: Frame, run: Run) -> None:
        if run.restored:  # what the sender wrote is kept; what it left out stays out
            return
        for outer, inner, choose in ((self.start, self.inner[0], min), (self.end, self.inner[1], max)):
            holder = wire.holder(outer)
            found = [own for frame in wire.all(self.scope) if (own := frame.get(inner)) is not None]
            before: Any = holder.values.get(outer)
            if found:
                holder.values[outer] = choose([*found, *([before] if before is not None else [])], key=lambda instant: instant.epoch)


class Agreed(Relation):
    """`agreed: {scope: row, of: zone, same: [name, basis]}`: all instances of a scope that name one thing say the same of it.

    What is said of a thing stands in the graph once, whichever instance said it; so each has to say it, and in the same words.
    """

    name = "agreed"
    needs = ("scope", "of", "same")

    def compile(self) -> None:
        self.table.only(*self.needs)
        scope = self.wire_scope.find(self.table.text("scope"))
        if scope is None or not {self.table.text("of"), *self.table.texts("same")} <= scope.variables:
            raise self.table.wrong("agreed needs a scope with the variables `of` and `same`", "scope")
        self.scope, self.of, self.same = scope, self.table.text("of"), self.table.texts("same")

    def up(self, wire: Frame, canon: Frame, run: Run) -> None:
        first: dict[Any, Frame] = {}
        for frame in wire.all(self.scope):
            other = first.setdefault(frame.values.get(self.of), frame)
            for variable in self.same:
                said, before = frame.values.get(variable), other.values.get(variable)
                if said != before:
                    says = f"{_said(said)}, and {other.path} {_said(before)} of the same {self.of}"
                    run.fault(run.place(frame, variable), says, self.rule())

    def down(self, canon: Frame, wire: Frame, run: Run) -> None:
        """Nothing is to be written: what is said of a thing comes from one place."""


def _said(value: Any) -> str:
    return "says nothing" if value is None else f"says {shown(value)!r}"
