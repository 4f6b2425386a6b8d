"""What third-party schemas say and a mapping does not: `gridglot check --schema` lists it.

Law 3 over the schema: every element and attribute of an XSD, every member of a JSON schema, every element of a SPINE
type is bound, kept or ignored by the mapping of its message, or it is on this list.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from adapter.mapping import MessageMapping
from adapter.scaffold.model import Place
from adapter.schema.paths import Said, mapped, wanted
from adapter.schema.sources import Source, sources
from adapter.tree.spec import Leaf


@dataclass(frozen=True, slots=True)
class Pairing:
    """One leaf of a schema and the leaf of the mapping at the same path; `leaf` is None where a JSON value is kept or ignored whole."""

    path: str
    place: Place
    leaf: Leaf | None


def uncovered(mapping: MessageMapping, schema_folder: Path) -> list[str]:
    """The paths of the schemas of a message that its mapping neither binds, keeps nor ignores, in the order of the schema.

    *schema_folder*: the folder of third-party schemas; where in it each one stands is said by `schema:` of the mapping.
    *Returns* `/FlexRequest/ISP/@Start` for XML, `/Series/Period/resolution` for JSON and SPINE, without indexes; nothing for a message that has no public schema.
    *Raises* `UsageError` when the folder lacks a schema, naming the file.
    """
    found = [path for source in sources(mapping) for path, _, said in _both(source, schema_folder) if not said]
    return list(dict.fromkeys(found))


def pairings(mapping: MessageMapping, schema_folder: Path) -> Iterator[tuple[Source, Pairing]]:
    """Each leaf of the schemas with the leaf of the mapping that reads it: what a test compares facet by facet."""
    for source in sources(mapping):
        for path, place, said in _both(source, schema_folder):
            if said:
                yield source, Pairing(path, place, said.leaf)


def _both(source: Source, folder: Path) -> Iterator[tuple[str, Place, Said | None]]:
    known = mapped(source.mapping.trees[source.syntax].root)
    for path, place in wanted(source.tree(folder)):
        yield path, place, known.find(path)
