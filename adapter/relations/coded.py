"""The relation of what an operator calls its things: codes of its own, objects of its grid model, addresses of UFTP."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from adapter.frames import Frame
from adapter.names import identifier_iri, identifier_of
from adapter.relations.base import Relation
from adapter.relations.identifiers import ADDRESSED, bare_mrid
from adapter.run import Run

_IRI = re.compile(r"(?:urn:[a-z0-9][a-z0-9-]*:|[a-z][a-z0-9+.-]*://)[^\s<>\"{}|\\^`\x00-\x20\x7f]+", re.IGNORECASE)
_ADDRESS = re.compile(r"(ean)\.(\d{12,34})|(ea1)\.(\d{4}-\d{2}\..{1,244}:.{1,244})", re.ASCII)


class Said(NamedTuple):
    """What a cell says: an IRI, or why it says none."""

    iri: str = ""
    fault: str = ""


class Coded(Relation):
    """`coded: {id: wire, of: connection, is: exchange, code: exchange}` or `{id: wire, kind: wire, is: exchange}`: what an operator calls a thing ↔ its IRI.

    A UUID or URN names an object of the grid model, `ean.…` and `ea1.…` a UFTP address; everything else is a code of the operator, in the scheme that the
    partner profile gives for the kind of thing (`schemes`), and is refused without one: a code alone could name two things. `code` is what it is called.
    Written, the kind is the first whose scheme the identifier has. Sources: IEC 61970-552; UFTP 3.1.0, EntityAddressType.
    """

    name = "coded"
    needs = ("id", "is")
    may = ("of", "kind", "code")
    wire_arguments = ("id", "kind")
    canon_arguments = ("is", "code")

    def compile(self) -> None:
        super().compile()
        self.of = self.table.text("of", "")
        self.kind = self.table.text("kind", "")
        if bool(self.of) == bool(self.kind):
            raise self.table.wrong("coded needs either `of` (a kind of thing) or `kind` (a variable that says it)")

    def up(self, wire: Frame, canon: Frame, run: Run) -> None:
        cell = wire.get(self.wire[0])
        if cell is None:
            return
        iri, fault = self._iri(cell, self.of or wire.get(self.kind), run)
        if fault:
            run.fault(run.place(wire, self.wire[0]), fault, self.rule())
            return
        canon.holder(self.canon[0]).values[self.canon[0]] = iri
        for code in self.canon[1:]:
            canon.holder(code).values[code] = bare_mrid(cell)

    def down(self, canon: Frame, wire: Frame, run: Run) -> None:
        iri = canon.get(self.canon[0])
        if iri is None:
            return
        kept = wire.get(self.kind) if self.kind else None  # what the sender said, or left out, comes back as it was
        kinds = (self.of,) if self.of else (kept,) if kept else () if run.restored else run.codes_of(self.kind)
        found = self._cell(iri, kinds, run)
        if found is None:
            shown = "/".join(identifier_of(iri) or (iri,))
            says = f"needs a code of the operator, and {shown} has none: add `schemes` or `identifiers` for it to {run.profile}"
            run.fault(run.place(wire, self.wire[0]), says, self.rule())
            return
        cell, kind = found
        run.put(wire, self.wire[0], cell)
        if self.kind and kind:
            run.put(wire, self.kind, kind)
        for code in self.canon[1:]:
            said = canon.get(code)
            if said is not None and said != bare_mrid(cell):
                run.lose(f"?{code}", said, "the table calls things by their identifiers", bare_mrid(cell))

    def links(self) -> Iterator[tuple[str, str]]:
        yield from ((self.wire[0], canon) for canon in self.canon)
        if self.kind:
            yield self.kind, self.canon[0]

    def _iri(self, cell: str, kind: str | None, run: Run) -> Said:
        if cell.lower().startswith("urn:") or "://" in cell:
            if _IRI.fullmatch(cell) is None:
                return Said(fault=f"is {cell!r}, which begins like an IRI and is none")
            return Said(cell) if identifier_of(cell) is None else Said(fault=f"is {cell!r}, a name that the hub makes; write the code itself")
        scheme = run.profile.get(f"schemes.{kind}") if kind else None
        address = _ADDRESS.fullmatch(cell)
        if address is not None:
            own = "GS1" if address[1] else "EA1"
            if own == scheme:
                return Said(fault=f"is {cell!r}, and {run.profile} says already that codes of this kind are {own}; write {address[2] or address[4]}")
            return Said(identifier_iri(own, address[2] or address[4]))
        if kind is None:
            return Said(fault=f"is {cell!r}, a code of the operator: say beside it what kind of thing it is")
        if scheme is None:
            return Said(fault=f"is {cell!r}, and nothing says whose code that is: add `schemes: {{{kind}: …}}` to {run.profile}")
        return Said(identifier_iri(scheme, cell))

    def _cell(self, iri: str, kinds: tuple[str, ...], run: Run) -> tuple[str, str | None] | None:
        """(cell, kind) that says an IRI; None when no cell does."""
        own = identifier_of(iri)
        if own is None:
            return (iri, None) if self._iri(iri, None, run).iri == iri else None
        schemes = {kind: run.profile.get(f"schemes.{kind}") for kind in kinds}
        wanted = tuple(dict.fromkeys(scheme for scheme in (*schemes.values(), *ADDRESSED) if scheme is not None))
        scheme, code = own if own[0] in wanted else run.profile.identifier(*own, wanted) or own
        target = identifier_iri(scheme, code)
        tries: list[tuple[str, str | None]] = [(code, kind) for kind in kinds if schemes[kind] == scheme]
        tries += [(f"{ADDRESSED[scheme]}.{code}", kinds[0] if self.of else None)] if scheme in ADDRESSED else []
        return next(((cell, kind) for cell, kind in tries if cell == cell.strip() and self._iri(cell, kind, run).iri == target), None)
