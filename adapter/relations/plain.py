"""Relations of single values: the same value, a code, a constant, a convention, a verdict."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from adapter.frames import Frame
from adapter.relations.base import ROUNDING, Relation
from adapter.run import Run
from adapter.text import Table


class Same(Relation):
    """`same: {wire: exchange, …}`: the value (or the column) is carried as it is."""

    name = "same"

    def compile(self) -> None:
        self.pairs = [(self.use_wire(wire, wire), self.use_canon(self.table.text(wire), wire)) for wire in self.table]

    def up(self, wire: Frame, canon: Frame, run: Run) -> None:
        for source, target in self.pairs:
            value = wire.get(source)
            if value is not None:
                canon.holder(target).values[target] = value

    def down(self, canon: Frame, wire: Frame, run: Run) -> None:
        for target, source in self.pairs:
            value = canon.get(source)
            run.put(wire, target, self.fit(value, target, source, run) if isinstance(value, Decimal) else value)

    def fit(self, value: Decimal, target: str, source: str, run: Run) -> Decimal:
        """The value with as many digits as the wire's type has, rounded by the exchange's rule and listed."""
        digits = run.fraction(target)
        mode = self.exchange.variables[source].round
        if digits is None or -int(value.normalize().as_tuple().exponent) <= digits or mode in ("", "exact"):
            return value
        result = value.quantize(Decimal(1).scaleb(-digits), rounding=ROUNDING[mode])
        run.lose(f"?{source}", value, f"rounded to {digits} digits after the point ({mode})", result)
        return result

    def links(self) -> Iterator[tuple[str, str]]:
        yield from self.pairs

    def points_at(self, canon: str, row: bool) -> str:
        return next(source for source, target in self.pairs if target == canon)


class Constant(Relation):
    """`constant: {exchange: value}`: this message always means this value; another one cannot be said in it."""

    name = "constant"

    def compile(self) -> None:
        self.pairs = [(self.use_canon(key, key), self.table.text(key)) for key in self.table]

    def up(self, wire: Frame, canon: Frame, run: Run) -> None:
        for variable, value in self.pairs:
            canon.holder(variable).values[variable] = value

    def down(self, canon: Frame, wire: Frame, run: Run) -> None:
        for variable, value in self.pairs:
            found = canon.get(variable)
            if found is not None and found != value:
                run.fault(f"?{variable}", f"is {found}, and this message can only say {value}", self.rule())


class Codes(Relation):
    """`codes: {from: wire, is: exchange, table: {code: meaning}}`; `table: profile.KEY` takes the partner's codes.

    A code that means several things has them all: `{is: [reference, direction], table: {load: ["hub:Absolute", "hub:Consume"]}}`.
    """

    name = "codes"
    needs = ("from", "is", "table")

    def compile(self) -> None:
        self.table.only(*self.needs)
        table = self.table.get("table")
        self.fixed = {code: tuple(table.texts(code)) for code in table} if isinstance(table, Table) else None
        self.key = "" if self.fixed is not None else self.table.text("table").removeprefix("profile.")
        self.source = self.use_wire(self.table.text("from"), "from")
        self.targets = [self.use_canon(variable, "is") for variable in self.table.texts("is")]
        for code, meanings in (self.fixed or {}).items():
            if len(meanings) != len(self.targets):
                raise self.table.wrong(f"{code} has {len(meanings)} meanings, and `is` names {len(self.targets)} variables", "table")

    def codes(self, run: Run) -> Mapping[str, tuple[str, ...]]:
        return self.fixed if self.fixed is not None else {code: (meaning,) for code, meaning in run.profile.table(self.key).items()}

    def up(self, wire: Frame, canon: Frame, run: Run) -> None:
        code = wire.get(self.source)
        if code is None:
            return
        table = self.codes(run)
        if code not in table:
            where = f"{run.profile} has no `{self.key}.{code}`" if self.fixed is None else f"expected {' or '.join(table)}"
            run.fault(run.place(wire, self.source), f"is {code!r}: {where}", self.rule())
            return
        for target, meaning in zip(self.targets, table[code], strict=True):
            before = canon.holder(target).values.setdefault(target, meaning)
            if before != meaning:
                run.fault(run.place(wire, self.source), f"is {code!r}, which means {meaning}, and another code here means {before}", self.rule())

    def down(self, canon: Frame, wire: Frame, run: Run) -> None:
        wanted = tuple(canon.get(target) for target in self.targets)
        if None in wanted:
            return
        codes = [code for code, meanings in self.codes(run).items() if meanings == wanted]
        if not codes:
            where = f"{run.profile} has no code for it under `{self.key}`" if self.fixed is None else "this message has no code for it"
            run.fault(f"?{self.targets[0]}", f"is {' and '.join(map(str, wanted))}: {where}", self.rule())
        elif wire.get(self.source) not in codes:
            run.put(wire, self.source, codes[0])


class Profiled(Relation):
    """`profiled: {exchange: key}`: the wire does not say it; the partner profile does, or it stays open."""

    name = "profiled"

    def compile(self) -> None:
        self.pairs = [(self.use_canon(variable, variable), self.table.text(variable)) for variable in self.table]

    def up(self, wire: Frame, canon: Frame, run: Run) -> None:
        for variable, key in self.pairs:
            value = run.profile.get(key)
            if value is not None:
                canon.holder(variable).values[variable] = value
                run.default(f"?{variable}", value, f"profile {run.profile.name}")

    def down(self, canon: Frame, wire: Frame, run: Run) -> None:
        for variable, key in self.pairs:
            agreed, value = run.profile.get(key), canon.get(variable)
            if value is not None and agreed is not None and value != agreed:
                run.fault(f"?{variable}", f"is {value}, and {run.profile} agrees on {key} {agreed}", self.rule())


class Judging(Relation):
    """What verdicts share: one code takes, the variables `is` and `reason` say what was decided. Not a relation by itself."""

    canon_arguments = ("is", "reason")

    def tell(self, canon: Frame, accepted: bool, texts: Iterable[str | None]) -> None:
        """Say in *canon* what the codes and texts of a document mean."""
        canon.values[self.canon[0]] = "hub:Accepted" if accepted else "hub:Rejected"
        said = [text for text in texts if text]
        if said:
            canon.values[self.canon[1]] = "; ".join(said)

    def code(self, result: str) -> str:
        """The code to write for a result."""
        return self.table.text("accepted" if result == "hub:Accepted" else "rejected")


class VerdictNumber(Judging):
    """`verdict_number: {scope, number, text, is, reason, accepted: "0", rejected: "7"}`: error numbers and their texts ↔ result and reason.

    A document with the accepting number alone takes, any other number rejects; a rejection of ours has one number.
    Source: SPINE 1.3.0, ErrorNumberType.
    """

    name = "verdict_number"
    needs = ("scope", "number", "text", "is", "reason", "accepted", "rejected")

    def compile(self) -> None:
        super().compile()
        scope = self.wire_scope.find(self.table.text("scope"))
        if scope is None or not {self.table.text("number"), self.table.text("text")} <= scope.variables:
            raise self.table.wrong("verdict_number needs a scope with the variables `number` and `text`", "scope")
        self.scope, self.wire = scope, [self.table.text("number"), self.table.text("text")]

    def up(self, wire: Frame, canon: Frame, run: Run) -> None:
        frames = wire.all(self.scope)
        accepted = all(str(frame.get(self.wire[0])) == self.table.text("accepted") for frame in frames)
        self.tell(canon, accepted, (frame.get(self.wire[1]) for frame in frames))

    def down(self, canon: Frame, wire: Frame, run: Run) -> None:
        result = canon.get(self.canon[0])
        if run.restored or result is None:
            return
        frame = wire.add(self.scope.name)
        run.put(frame, self.wire[0], int(self.code(result)))
        run.put(frame, self.wire[1], canon.get(self.canon[1]))


class Verdict(Judging):
    """`verdict: {codes, texts, rows, is, reason, accepted: A01, rejected: A02}`: reason codes of an acknowledgement ↔ result and reason.

    A document with the accepting code alone is taken; any other code rejects it. Source: IEC 62325-451-1, Reason.code.
    """

    name = "verdict"
    needs = ("codes", "texts", "rows", "is", "reason", "accepted", "rejected")
    wire_arguments = ("codes", "texts")

    def compile(self) -> None:
        super().compile()
        self.rows = self.table.text("rows")

    def up(self, wire: Frame, canon: Frame, run: Run) -> None:
        codes, texts = wire.get(self.wire[0]) or [], wire.get(self.wire[1])
        self.tell(canon, set(codes) == {self.table.text("accepted")}, texts or ())

    def down(self, canon: Frame, wire: Frame, run: Run) -> None:
        result = canon.get(self.canon[0])
        if run.restored or result is None:
            return
        reason = canon.get(self.canon[1])
        holder = wire.holder(self.wire[0])
        holder.values[self.rows] = 1
        holder.values[self.wire[0]] = [self.code(result)]
        holder.values[self.wire[1]] = [reason or None]
