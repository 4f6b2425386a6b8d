"""The schemas of a message: the files that `schema:` of its mapping names, or the types its codec knows by itself.

The folder of the files is the user's: `data/` of the project's shared folder, or any with the same layout. EDDIE's schemas
keep the layout of their repository, because they import code lists from the folder above.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from adapter.codecs import ship
from adapter.errors import Fault, UsageError
from adapter.mapping import MessageMapping
from adapter.scaffold.json_schema import read_json_schema
from adapter.scaffold.model import Place
from adapter.scaffold.xsd import read_xsd

SPINE_ROOT = "DatagramType"
READERS = {"xml": read_xsd, "json": read_json_schema}


@dataclass(frozen=True, slots=True)
class Source:
    """The schema of a mapping in one syntax: its file in the folder ("" where the codec knows the types), the message in it."""

    mapping: MessageMapping
    syntax: str
    file: str

    def tree(self, folder: Path) -> Place:
        """The tree of the schema's message. *Raises* `UsageError` when the folder has no such file."""
        if not self.file:
            return TYPED[self.mapping.codec(self.syntax)](self.mapping.message)
        file = folder / self.file
        if not file.is_file():
            raise UsageError(
                Fault(str(folder), f"has no {self.file}, the schema of {self.mapping.id}"),
                "Give the folder the schemas are in: gridglot check --schema --schemas FOLDER.",
            )
        return READERS[self.syntax](file, self.mapping.message).root


def sources(mapping: MessageMapping) -> list[Source]:
    """The schemas of a mapping; none for a message without a public one."""
    named = mapping.table.table("schema")
    found = [Source(mapping, syntax, named.text(syntax)) for syntax in named]
    return found + [Source(mapping, syntax, "") for syntax in mapping.trees if syntax not in named and mapping.codec(syntax) in TYPED]


def spine(function: str) -> Place:
    """The tree of a datagram with one SPINE function in its command."""
    root = Place("", form="table")
    root.children.append(_spine("datagram", SPINE_ROOT, function, ()))
    return root


def _spine(key: str, type_name: str, function: str, above: tuple[str, ...]) -> Place:
    place = Place(key, 0, form="table")
    if type_name in above:
        return place
    for member in ship.elements(type_name):
        place.children.append(Place(member.name, 0) if member.type is None else _spine(member.name, member.type, function, (*above, type_name)))
    if type_name == "CmdType":
        place.children.append(_spine(function, ship.function_type(function), function, (*above, type_name)))
    return place


TYPED: dict[str, Callable[[str], Place]] = {"ship": spine}  # codecs that read by a table of types, and the tree of one of their messages
