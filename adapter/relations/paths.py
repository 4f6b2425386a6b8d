"""Relations of things that are named by where they stand: path names, and names that siblings must not share."""

from __future__ import annotations

from collections.abc import Iterator

from adapter.frames import Frame
from adapter.names import identifier_iri, identifier_of
from adapter.relations.base import Relation
from adapter.relations.identifiers import bare_mrid
from adapter.run import Run

_UUID = "urn:uuid:"


class PathName(Relation):
    """`path_name: {in: wire, names: [wire, …], uuid: wire, path: wire, as: SCL, is: exchange, code: exchange}`: a thing named by its path ↔ its IRI.

    The path is the *names* of the things around it and its own, from outside in, with `/` between them; `in` names the whole within which paths are
    unique. Where the thing has a UUID, that is its IRI and its code, as in CIM files. `path`, where the wire repeats the path, is checked and computed.
    Written, things that stand in the same place are put together. Source: IEC 61850-6, object names and path names.
    """

    name = "path_name"
    needs = ("in", "names", "as", "is", "code")
    may = ("uuid", "path")

    def compile(self) -> None:
        self.table.only(*self.needs, *self.may)
        self.whole = self.use_wire(self.table.text("in"), "in")
        self.names = [self.use_wire(name, "names") for name in self.table.texts("names")]
        self.uuid = self.use_wire(self.table.text("uuid"), "uuid") if "uuid" in self.table else ""
        self.path = self.use_wire(self.table.text("path"), "path") if "path" in self.table else ""
        self.checked = [self.path] if self.path else []
        self.scheme = self.table.text("as")
        self.is_, self.code = self.use_canon(self.table.text("is"), "is"), self.use_canon(self.table.text("code"), "code")

    def up(self, wire: Frame, canon: Frame, run: Run) -> None:
        path = self._path(wire)
        told, unique = wire.get(self.path) if self.path else None, wire.get(self.uuid) if self.uuid else None
        if told is not None and told != path:
            run.fault(run.place(wire, self.path), f"is {told!r}, and it stands at {path}", self.rule())
        iri = f"{_UUID}{unique.lower()}" if unique else identifier_iri(self.scheme, f"{wire.get(self.whole)}/{path}")
        canon.holder(self.is_).values[self.is_] = iri
        canon.holder(self.code).values[self.code] = bare_mrid(iri) if unique else path

    def down(self, canon: Frame, wire: Frame, run: Run) -> None:
        iri = canon.get(self.is_)
        if iri is None:
            return
        if not run.restored and not self._named(iri, wire, run):
            return
        if self.path:
            run.put(wire, self.path, self._path(wire))
        if run.restored:
            return
        said, written = canon.get(self.code), self._path(wire)
        if said not in (None, written):
            run.lose(f"?{self.code}", said, "the target calls things by their paths", written)
        self._together(wire, run)

    def links(self) -> Iterator[tuple[str, str]]:
        yield from ((variable, canon) for variable in self.wire for canon in self.canon)

    def points_at(self, canon: str, row: bool) -> str:
        return self.names[-1]

    def _path(self, wire: Frame) -> str:
        return "/".join(str(wire.get(name)) for name in self.names)

    def _named(self, iri: str, wire: Frame, run: Run) -> bool:
        """Write the names that make up the path of *iri*; False, and a fault, when it has none."""
        own = identifier_of(iri)
        shown = "/".join(own) if own else iri
        if own is None or own[0] != self.scheme:
            own = run.profile.named(shown, (self.scheme,))
        steps = own[1].rsplit("/", len(self.names)) if own is not None else []
        if len(steps) != len(self.names) + 1 or not all(steps):
            form = "/".join((self.scheme, self.whole, *self.names))
            says = f"needs a path name, and {shown} has none of this depth: add `identifiers: {{{shown}: {form}}}` to {run.profile}"
            run.fault(run.place(wire, self.names[-1]), says, self.rule())
            return False
        for variable, step in zip((self.whole, *self.names), steps, strict=True):
            run.put(wire, variable, step)
        return True

    def _together(self, wire: Frame, run: Run) -> None:
        """Move what was just written into the things of the same name that stand there already."""
        frames = [wire]
        while (around := frames[0].parent) is not None:
            frames.insert(0, around)
        home = frames[0]
        for frame in frames[1:]:
            beside, named = home.children.setdefault(frame.scope.name, []), self._named_in(frame)
            known = next((one for one in beside if one is not frame and self._named_in(one) == named), None)
            if frame.parent is not None:
                frame.parent.children[frame.scope.name].remove(frame)
            if known is None:
                frame.parent = home
                beside.append(frame)
            else:
                for name, value in frame.values.items():
                    run.put(known, name, value)
            home = known or frame
            home.index = beside.index(home) + 1

    def _named_in(self, frame: Frame) -> list[object]:
        """The names of the path that a frame itself holds."""
        return [frame.values.get(name) for name in self.names if name in frame.scope.variables]


class Distinct(Relation):
    """`distinct: {scope: bay, of: bay_name}`: the instances of a scope that stand side by side differ in `of`. Source: IEC 61850-6, unique names."""

    name = "distinct"
    needs = ("scope", "of")

    def compile(self) -> None:
        self.table.only(*self.needs)
        scope = self.wire_scope.find(self.table.text("scope"))
        if scope is None or self.table.text("of") not in scope.variables:
            raise self.table.wrong("distinct needs a scope with the variable `of`", "scope")
        self.scope, self.of = scope, self.table.text("of")

    def up(self, wire: Frame, canon: Frame, run: Run) -> None:
        first: dict[tuple[int, object], Frame] = {}
        for frame in wire.all(self.scope):
            value = frame.values.get(self.of)
            other = first.setdefault((id(frame.parent), value), frame)
            if other is not frame:
                run.fault(run.place(frame, self.of), f"is {value!r}, and so is that of {other.path} beside it", self.rule())

    def down(self, canon: Frame, wire: Frame, run: Run) -> None:
        """Nothing is to be written: what is read as distinct stays so."""
