"""Relations over a nested scope as a whole: its members as one many-valued variable."""

from __future__ import annotations

from adapter.frames import Frame
from adapter.names import identifier_iri
from adapter.relations.base import Relation
from adapter.relations.identifiers import in_scheme
from adapter.run import Run


class Members(Relation):
    """`members: {scope, id, as, is, beside}`: one identifier in each instance of a scope ↔ a many-valued variable, in order.

    `beside: SCOPE` names series that the standard does not link to the members: several of both are refused unless the
    partner profile says `domains: together`.
    """

    name = "members"
    needs = ("scope", "id", "as", "is")
    may = ("beside",)

    def compile(self) -> None:
        self.table.only(*self.needs, *self.may)
        scope = self.wire_scope.find(self.table.text("scope"))
        if scope is None:
            raise self.table.wrong(f"there is no scope {self.table.text('scope')!r}", "scope")
        self.scope, self.id, self.fixed = scope, self.table.text("id"), self.table.text("as")
        if self.id not in scope.variables:
            raise self.table.wrong(f"{self.id!r} is no variable of the scope {scope.name}", "id")
        self.wire = [self.id]
        self.target = self.use_canon(self.table.text("is"), "is")

    def up(self, wire: Frame, canon: Frame, run: Run) -> None:
        beside = self.wire_scope.find(self.table.text("beside", "")) if "beside" in self.table else None
        count, others = len(wire.all(self.scope)), len(wire.all(beside)) if beside is not None else 0
        if count > 1 and others > 1 and run.profile.get("domains") != "together":
            run.fault(
                wire.path or run.place(wire.all(self.scope)[1], self.id),
                f"names {count} members and {others} series, and the standard does not say which belongs to which. "
                f"If every series is for all of them, add `domains: together` to {run.profile}",
                self.rule(),
            )
        canon.holder(self.target).values[self.target] = tuple(identifier_iri(self.fixed, frame.values[self.id]) for frame in wire.all(self.scope))

    def down(self, canon: Frame, wire: Frame, run: Run) -> None:
        existing = wire.all(self.scope)
        for at, iri in enumerate(canon.get(self.target) or ()):
            found = in_scheme(iri, (self.fixed,), f"?{self.target}", run, self.rule())
            if found is None:
                continue
            frame = existing[at] if at < len(existing) else wire.add(self.scope.name)
            run.put(frame, self.id, found[1])
