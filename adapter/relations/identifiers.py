"""Relations of identifiers: with a scheme, as an entity address, as a UUID."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from adapter.frames import Frame
from adapter.names import derived_uuid, identifier_iri, identifier_of
from adapter.relations.base import Relation
from adapter.relations.plain import Same
from adapter.run import Run
from adapter.values import UUID

ADDRESSED = {"GS1": "ean", "EA1": "ea1"}  # scheme → how an address in it begins (UFTP 3.1.0, EntityAddressType)


class BusinessId(Same):
    """`business_id: {wire: exchange}`: an identifier the wire wants as a UUID.

    A UUID is carried as it is. Any other identifier becomes the UUIDv5 of itself, always the same one, so that
    references keep pointing at what they named; the change is listed.
    """

    name = "business_id"

    def down(self, canon: Frame, wire: Frame, run: Run) -> None:
        for target, source in self.pairs:
            value = canon.get(source)
            if isinstance(value, str) and UUID.fullmatch(value) is None:
                made = derived_uuid("identifier", value)
                run.lose(f"?{source}", value, "the target identifies by UUID; this one is made of it", made)
                value = made
            run.put(wire, target, value)


def only_one(value: Any, what: str, wire: Frame, variable: str, run: Run, rule: str) -> str | None:
    """The IRI to write; None, and a fault, where there are several and the wire holds one."""
    iris = value if isinstance(value, tuple) else () if value is None else (value,)
    if len(iris) > 1:
        run.fault(run.place(wire, variable), f"holds one {what}, and there are {len(iris)}: {', '.join(iris)}", rule)
    return iris[0] if len(iris) == 1 else None


def in_scheme(iri: str, known: tuple[str, ...], place: str, run: Run, rule: str) -> tuple[str, str] | None:
    """(scheme, identifier) in a scheme the wire can say: its own, or the one the partner profile gives; else a fault. No *known*: it can say all."""
    own = identifier_of(iri)
    found = run.profile.identifier(*own, known) if own is not None and known and own[0] not in known else own
    if found is None:
        shown, schemes = "/".join(own) if own else iri, f"{', '.join(known[:8])}{' …' if len(known) > 8 else ''}"
        says = f"needs an identifier of scheme {schemes}, and {shown} has none: add `identifiers: {{{shown}: {known[0]}/…}}` to {run.profile}"
        run.fault(place, says if known else f"{iri} is no identifier of a known scheme", rule)
    return found


class Identifier(Relation):
    """`identifier: {id: wire, scheme: wire, schemes: {A10: GS1}, is: exchange}` or `{id: wire, as: DNS, is: exchange}`.

    The IRI holds scheme and id. A scheme the target does not know is looked up in the partner's `identifiers`; no entry, no message.
    """

    name = "identifier"
    needs = ("id", "is")
    may = ("scheme", "as", "schemes")

    def compile(self) -> None:
        self.table.only(*self.needs, *self.may)
        self.id = self.use_wire(self.table.text("id"), "id")
        self.is_ = self.use_canon(self.table.text("is"), "is")
        self.scheme = self.use_wire(self.table.text("scheme"), "scheme") if "scheme" in self.table else None
        self.fixed = self.table.text("as", "")
        self.schemes = {code: str(name) for code, name in self.table.table("schemes").items()}
        self.codes = {name: code for code, name in reversed(self.schemes.items())}
        if (self.scheme is None) == (not self.fixed):
            raise self.table.wrong("identifier needs either `scheme` (a variable) or `as` (a fixed scheme)")

    def up(self, wire: Frame, canon: Frame, run: Run) -> None:
        identifier = wire.get(self.id)
        if identifier is None:
            return
        if identifier == "":
            run.fault(run.place(wire, self.id), "is empty, and an identifier names something", self.rule())
            return
        scheme = self.fixed or wire.get(self.scheme or "")
        iri = identifier_iri(self.schemes.get(scheme, scheme), str(identifier))
        canon.holder(self.is_).values[self.is_] = (iri,) if self.exchange.variables[self.is_].many else iri

    def down(self, canon: Frame, wire: Frame, run: Run) -> None:
        iri = only_one(canon.get(self.is_), "identifier", wire, self.id, run, self.rule())
        if iri is None:
            return
        found = in_scheme(iri, self._known(run), run.place(wire, self.id), run, self.rule())
        if found is None:
            return
        if self.scheme is not None:
            run.put(wire, self.scheme, self.codes.get(found[0], found[0]))
        run.put(wire, self.id, found[1])

    def _known(self, run: Run) -> tuple[str, ...]:
        """The schemes the wire can say; none listed, all can be said."""
        if self.scheme is None:
            return (self.fixed,)
        return tuple(self.schemes.get(code, code) for code in run.codes_of(self.scheme))


class EntityAddress(Relation):
    """`entity_address: {id: wire, is: exchange, code: exchange}`: UFTP addresses, `ean.<digits>` (scheme GS1) and `ea1.…` (scheme EA1).

    `code`, where a thing has one besides its IRI, is the address; another one cannot be said, and is listed.

    Source: UFTP 3.1.0, EntityAddressType.
    """

    name = "entity_address"
    needs = ("id", "is")
    may = ("code",)
    wire_arguments = ("id",)
    canon_arguments = ("is", "code")
    many = False

    def up(self, wire: Frame, canon: Frame, run: Run) -> None:
        address = wire.get(self.wire[0])
        if address is None:
            return
        kind, _, rest = address.partition(".")
        iri = identifier_iri("GS1" if kind == ADDRESSED["GS1"] else "EA1", rest)
        many = self.exchange.variables[self.canon[0]].many
        canon.holder(self.canon[0]).values[self.canon[0]] = (iri,) if many else iri
        for code in self.canon[1:]:
            canon.holder(code).values[code] = address

    def down(self, canon: Frame, wire: Frame, run: Run) -> None:
        iri = only_one(canon.get(self.canon[0]), "address", wire, self.wire[0], run, self.rule())
        if iri is None:
            return
        found = identifier_of(iri)
        if found is None or found[0] not in ADDRESSED:
            found = run.profile.named("/".join(found) if found else iri, tuple(ADDRESSED)) or found
        if found is None or found[0] not in ADDRESSED or (found[0] == "GS1" and re.fullmatch(r"\d{12,34}", found[1]) is None):
            shown = "/".join(found) if found else iri
            run.fault(
                run.place(wire, self.wire[0]),
                f"needs an entity address, and {shown} has none: add `identifiers: {{{shown}: EA1/2026-01.…:…}}` to {run.profile}",
                self.rule(),
            )
            return
        address = f"{ADDRESSED[found[0]]}.{found[1]}"
        run.put(wire, self.wire[0], address)
        for code in self.canon[1:]:
            said = canon.get(code)
            if said is not None and said != address:
                run.lose(f"?{code}", said, "the target calls things by their addresses", address)


class Mrid(Relation):
    """`mrid: {id: wire, mrid: wire, is: exchange}`: the code of a CIM object is its mRID, or, where the file leaves it out, the identifier itself.

    IEC 61970-552 makes the rdf:ID of an object its mRID, and CGMES 2.4.15 files do without the attribute. Written back to its sender, an object has
    the attribute if it had it.
    """

    name = "mrid"
    needs = ("id", "mrid", "is")
    wire_arguments = ("id", "mrid")
    canon_arguments = ("is",)

    def up(self, wire: Frame, canon: Frame, run: Run) -> None:
        code = wire.get(self.wire[1])
        identifier = wire.get(self.wire[0])
        canon.holder(self.canon[0]).values[self.canon[0]] = code if code is not None else identifier and bare_mrid(identifier)

    def down(self, canon: Frame, wire: Frame, run: Run) -> None:
        if not run.restored or wire.get(self.wire[1]) is not None:
            run.put(wire, self.wire[1], canon.get(self.canon[0]))

    def links(self) -> Iterator[tuple[str, str]]:
        yield self.wire[1], self.canon[0]

    def points_at(self, canon: str, row: bool) -> str:
        return self.wire[1]


def bare_mrid(iri: str) -> str:
    """The identifier of a CIM object without what makes it an IRI.

    >>> bare_mrid("urn:uuid:6c33817b-05d5-4ad0-bbaa-e93c77c51dd3"), bare_mrid("urn:gridglot:local:_N0")
    ('6c33817b-05d5-4ad0-bbaa-e93c77c51dd3', '_N0')
    """
    return iri.removeprefix("urn:uuid:").removeprefix("urn:gridglot:local:")
