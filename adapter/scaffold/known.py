"""What a standard of ours already has: types by their definition, fragments of its envelope by their keys."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from adapter.compiler import read_standard
from adapter.mapping import Standard
from adapter.resources import folder
from adapter.scaffold.model import Kind, Place
from adapter.text import Table, read_file
from adapter.tree.build import LEAF_KEYS
from adapter.tree.spec import Type
from adapter.tree.types import base_types, read_types


def shipped(name: str) -> Standard | None:
    """The standard *name* of the package without its messages; None when there is none yet."""
    root, shown = folder("mappings").joinpath(name), f"mappings/{name}"
    if not root.joinpath("standard.yaml").is_file():
        return None
    table = read_file(root.joinpath("standard.yaml"), f"{shown}/standard.yaml")
    types = read_types(table.table("types"))
    if root.joinpath("codelists.yaml").is_file():
        types |= read_types(read_file(root.joinpath("codelists.yaml"), f"{shown}/codelists.yaml"))
    return read_standard(table, name, types)


@dataclass
class Known:
    """The types and fragments a new mapping may refer to; `new` collects the types it needs besides."""

    types: dict[str, tuple[object, ...]] = field(default_factory=dict)
    fragments: dict[str, Table] = field(default_factory=dict)
    envelopes: dict[str, Table] = field(default_factory=dict)
    new: dict[str, Kind] = field(default_factory=dict)

    @classmethod
    def of(cls, standard: Standard | None) -> Known:
        """What *standard* has; nothing for a standard that does not exist yet."""
        if standard is None:
            return cls()
        own = {name: _definition(kind) for name, kind in standard.types.items() if name not in base_types()}
        return cls(own, dict(standard.includes), dict(standard.envelopes))

    def has(self, kind: Kind) -> bool:
        """True when a type of the standard says exactly what *kind* does."""
        return bool(self._same(kind))

    def _same(self, kind: Kind) -> list[str]:
        """The types that say what *kind* does, the best name first. Code lists may be equal by accident: they must share a word."""
        said = set(kind.name.split("_")) - {"type", "kind"}
        found = [(len(said & set(name.split("_"))), name) for name, definition in self.types.items() if definition == kind.definition()]
        return [name for shared, name in sorted(found, key=lambda one: -one[0]) if shared or not kind.codes]

    def type_for(self, kind: Kind) -> str:
        """The type name to write for *kind*; "" when the default (`str`) says it all."""
        if not kind.faceted and not (kind.codes and kind.name):
            return "" if kind.codec == "str" else kind.codec
        for name in self._same(kind):
            return name
        base, number = kind.name or kind.codec, 2
        name = base
        while name in self.types or name in base_types():
            name, number = f"{base}_{number}", number + 1
        self.types[name] = kind.definition()
        self.new[name] = kind
        return name

    def include(self, place: Place) -> list[str]:
        """Replace runs of places in *place* and the tables below it by the fragments that say the same; the fragments' names."""
        found: list[str] = []
        for name, table in self.fragments.items():
            at = next((at for at in range(len(place.children)) if _same_tree(place.children[at : at + len(table)], table)), None)
            if at is not None:
                place.children[at : at + len(table)] = [Place("+" + name, form="include")]
                found.append(name)
        return found + [name for child in place.children if child.form == "table" for name in self.include(child)]

    def variables(self, fragment: str) -> list[str]:
        """The variables a fragment declares, in order."""
        return list(_variables(self.fragments[fragment]))

    def envelope(self, fragments: list[str], variables: list[str]) -> str:
        """The envelope called like one of *fragments* that relates most, and nothing but *variables*; "" for none."""
        fitting = [name for name in fragments if name in self.envelopes and set(_related(self.envelopes[name])) <= set(variables)]
        return max(fitting, key=lambda name: len(_related(self.envelopes[name])), default="")

    def unrelated(self, fragments: list[str], envelope: str) -> list[str]:
        """The variables of *fragments* that the envelope does not speak of, so the mapping must."""
        spoken = {*_related(self.envelopes[envelope]), *self.envelopes[envelope].table("keep")} if envelope else set()
        return [variable for name in fragments for variable in self.variables(name) if variable not in spoken]


def _definition(kind: Type) -> tuple[object, ...]:
    def text(value: Decimal | int | None) -> str | None:
        return None if value is None else str(value)

    return Kind(
        kind.codec.name,
        pattern=kind.pattern.pattern if kind.pattern else None,
        least=text(kind.least),
        most=text(kind.most),
        length=text(kind.length),
        shortest=text(kind.shortest),
        fraction=text(kind.fraction),
        codes=tuple(kind.codes or ()),
    ).definition()


def _same_tree(places: list[Place], table: Table) -> bool:
    """Whether *places* are the entries of *table*, in order, with their cardinalities and whatever is below."""
    if not table or [place.key + place.suffix for place in places] != list(table):
        return False
    for place, value in zip(places, table.values(), strict=True):
        inner = value if isinstance(value, Table) and not any(key in value for key in LEAF_KEYS) else None
        if (place.form == "leaf") != (inner is None) or (inner is not None and not _same_tree(place.children, inner)):
            return False
    return True


def _variables(table: Table) -> list[str]:
    found: list[str] = []
    for value in table.values():
        if isinstance(value, str):
            found.append(value.split()[0])
        elif isinstance(value, Table):
            leaf = any(key in value for key in LEAF_KEYS)
            found += [str(value[key]) for key in ("var", "flag") if key in value] if leaf else _variables(value)
    return found


def _related(envelope: Table) -> list[str]:
    """The wire variables an envelope relates: what stands before the colon of `same`, the id and scheme of an identifier."""
    found: list[str] = []
    for relation in envelope.items_of("relate"):
        if isinstance(relation, Table):
            found += [*relation.table("same"), *(str(relation.table("identifier")[key]) for key in ("id", "scheme") if key in relation.table("identifier"))]
    return found
