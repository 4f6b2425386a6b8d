"""Relations of stateful protocols: times relative to the message, register readings, counters as text."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from adapter.frames import Frame
from adapter.relations.base import Relation
from adapter.relations.quantity import units
from adapter.relations.scaled import as_scaled
from adapter.run import Run
from adapter.values import EXACT, Duration, Instant, shown, utc_text


class TextOf(Relation):
    """`text_of: {wire: exchange}`: a whole number on the wire ↔ the same digits as an identifier."""

    name = "text_of"

    def compile(self) -> None:
        self.pairs = [(self.use_wire(wire, wire), self.use_canon(self.table.text(wire), wire)) for wire in self.table]

    def up(self, wire: Frame, canon: Frame, run: Run) -> None:
        for source, target in self.pairs:
            if wire.get(source) is not None:
                canon.values[target] = str(wire.get(source))

    def down(self, canon: Frame, wire: Frame, run: Run) -> None:
        for target, source in self.pairs:
            value = canon.get(source)
            if value is not None and value.isdigit():
                run.put(wire, target, int(value))
            elif value is not None:
                run.lose(f"?{source}", value, "the target counts its messages, and this is no number")


class Anchored(Relation):
    """`anchored: {start, end, begin, finish, begin_after, finish_after}`: an instant or a duration from the message's time.

    A duration stays a duration: turned into an instant, another duration would be written back. Source: SPINE 1.3,
    AbsoluteOrRelativeTimeType.
    """

    name = "anchored"
    needs = ("start", "end", "begin", "finish", "begin_after", "finish_after")
    wire_arguments = ("start", "end")
    canon_arguments = ("begin", "finish", "begin_after", "finish_after")

    def sides(self) -> list[tuple[str, str, str]]:
        begin, finish, begin_after, finish_after = self.canon
        return [(self.wire[0], begin, begin_after), (self.wire[1], finish, finish_after)]

    def up(self, wire: Frame, canon: Frame, run: Run) -> None:
        for place, instant, duration in self.sides():
            value = wire.get(place)
            if isinstance(value, Instant):
                canon.values[instant] = value
            elif isinstance(value, Duration):
                canon.values[duration] = value

    def down(self, canon: Frame, wire: Frame, run: Run) -> None:
        for place, instant, duration in self.sides():
            value = canon.get(duration) if canon.get(instant) is None else canon.get(instant)
            run.put(wire, place, value)

    def points_at(self, canon: str, row: bool) -> str:
        return next(place for place, *sides in self.sides() if canon in sides)

    def links(self) -> Any:
        for place, instant, duration in self.sides():
            yield from ((place, instant), (place, duration))


class Register(Relation):
    """`register: {…}`: two readings of an energy register ↔ the energy of the interval between them.

    A register reading is an instant, a meter series an interval: the start reading comes from an earlier message, or the
    message is refused. Source: SPINE 1.3, MeasurementDataType; decision 17 of the canonical form.
    """

    name = "register"
    needs = ("number", "scale", "time", "start_number", "start_scale", "start_time", "unit", "server", "id", "is", "energy")
    wire_arguments = ("number", "scale", "time", "start_number", "start_scale", "start_time", "unit", "server", "id")
    canon_arguments = ("energy",)

    def compile(self) -> None:
        super().compile()
        self.rows, self.energy = self.table.text("is"), self.canon[0]
        self.canon += ["t0", "t1", "w0", "w1", "resolution"]
        self.names = {key: self.table.text(key) for key in self.wire_arguments}

    def up(self, wire: Frame, canon: Frame, run: Run) -> None:
        value = {key: wire.get(name) for key, name in self.names.items()}
        unit = units().get(value["unit"])
        kind = self.exchange.variables[self.energy].kind
        if unit is None or unit.kind != kind:
            run.fault(run.place(wire, self.names["number"]), f"has the unit {value['unit']}, which is none of {kind.replace('_', ' ')}", self.rule())
            return
        begin, end = value["start_time"], value["time"]
        if not begin.zoned or not end.zoned or end.epoch <= begin.epoch or end.fraction or begin.fraction:
            run.fault(run.place(wire, self.names["time"]), f"{shown(begin)} to {shown(end)} is no interval of whole seconds with a zone", self.rule())
            return
        last, first = (Decimal(value[f"{side}number"]).scaleb(value[f"{side}scale"] or 0, EXACT) for side in ("", "start_"))
        energy = EXACT.multiply(EXACT.subtract(last, first), unit.factor)
        if energy < 0:
            run.fault(run.place(wire, self.names["number"]), "is below the reading before it: the register was reset or exchanged", self.rule())
            return
        canon.values.update(
            {
                "t0": [begin.epoch],
                "t1": [end.epoch],
                self.rows: 1,
                "w0": begin.epoch,
                "w1": end.epoch,
                "resolution": Duration.of_seconds(end.epoch - begin.epoch),
                self.energy: [energy],
            }
        )

    def down(self, canon: Frame, wire: Frame, run: Run) -> None:
        if run.restored:
            return
        values, begins, ends = canon.get(self.energy), canon.get("t0"), canon.get("t1")
        server, identifier, unit = wire.get(self.names["server"]), wire.get(self.names["id"]), units().get(wire.get(self.names["unit"]) or "")
        if identifier is None or unit is None:
            return  # the join has not found the measurement yet; it reports what is missing
        if not values or values[0] is None:
            run.fault(f"?{self.energy}[1]", "has no value, and a register cannot skip one", self.rule())
            return
        start = run.context.find("register", (str(server), str(identifier), utc_text(begins[0])))
        if start is None:
            run.missing(
                f"?{self.energy}[1]",
                f"is the energy from {utc_text(begins[0])}, and the register reading at that time is not known: "
                "send measurementListData with it first (--context FILE)",
                self.rule(),
            )
            return
        begin = Decimal(start.facts["number"]).scaleb(start.facts.get("scale") or 0, EXACT)
        total = EXACT.add(begin, EXACT.multiply(values[0], Decimal(1) / unit.factor))
        number, scale = as_scaled(total)
        run.put(wire, self.names["number"], number)
        run.put(wire, self.names["scale"], scale)
        run.put(wire, self.names["time"], Instant.of_epoch(ends[0]))
        run.context.add("register", (str(server), str(identifier), utc_text(ends[0])), {"number": number, "scale": scale}, "")
