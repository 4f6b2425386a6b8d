"""A CIM model under validation: its name, its decoded tree, and the questions that rules ask it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from adapter.codecs.rdf import CimTree, Entry, Value
from adapter.grid.finding import Finding
from adapter.grid.model import DIFFERENCE, Header, header


@dataclass(frozen=True, eq=False)
class Subject:
    """A decoded CIM file with its name."""

    name: str
    tree: CimTree

    @cached_property
    def classes(self) -> dict[str, str]:
        """Object → class, "" for one that is spoken of without a class."""
        return {str(entry["@id"]): name for name, entries in self.tree.items() for entry in entries}

    @cached_property
    def entries(self) -> dict[str, Entry]:
        """Object → what the file says of it."""
        return {str(entry["@id"]): entry for entries in self.tree.values() for entry in entries}

    @cached_property
    def names(self) -> dict[str, str]:
        """Object → its cim:IdentifiedObject.name."""
        return {iri: text for iri, name, text in self.literals() if name == "cim:IdentifiedObject.name"}

    @cached_property
    def header(self) -> Header:
        return header(self.tree)

    @property
    def difference(self) -> bool:
        """True for a difference model: statements to add and to take away, no network (IEC 61970-552, clause 6)."""
        return DIFFERENCE in self.tree

    def what(self, iri: str) -> str:
        """The class and name of an object, for people: `cim:ACLineSegment "Line 1"`."""
        return " ".join(part for part in (self.classes.get(iri, ""), f'"{self.names[iri]}"' if iri in self.names else "") if part)

    def finding(self, focus: str, path: str, value: str, shape: str, message: str, severity: str = "Violation") -> Finding:
        """A finding in this model."""
        return Finding(self.name, focus, self.what(focus), path, value, shape, message, severity)

    def values(self) -> Iterator[tuple[str, str, Value]]:
        """(object, property, value) of every statement but the class an object stands under."""
        for entry in self.entries.values():
            yield from entry_values(entry)

    def literals(self) -> Iterator[tuple[str, str, str]]:
        """(object, property, text) of every literal that has the type of its property."""
        return ((iri, name, value) for iri, name, value in self.values() if isinstance(value, str))

    def references(self) -> Iterator[tuple[str, str, str]]:
        """(object, property, other object or enumeration value) of every reference."""
        return ((iri, name, value["@id"]) for iri, name, value in self.values() if isinstance(value, dict) and "@id" in value)


def entry_values(entry: Entry) -> Iterator[tuple[str, str, Value]]:
    """(object, property, value) of every statement of one object; the parts of a difference model are not among them."""
    iri = str(entry["@id"])
    for name, values in entry.items():
        if name != "@id":
            for value in values if isinstance(values, list) else [values]:
                if isinstance(value, str) or "@id" not in value or len(value) == 1:
                    yield iri, name, value
