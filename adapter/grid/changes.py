"""What changed between two versions of a model, object by object."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from adapter.grid.difference import TYPE, Key, Statement, statements
from adapter.grid.model import Model, objects

Kind = Literal["added", "removed", "changed"]


@dataclass(frozen=True)
class Change:
    """An object that one version has and the other has not, or of which they say other things: the statements *taken* away and *given*."""

    kind: Kind
    class_name: str
    object: str
    name: str
    taken: tuple[Statement, ...]
    given: tuple[Statement, ...]

    def lines(self) -> Iterator[str]:
        """A line for the object; where it changed, one for each statement, those taken away before those given."""
        yield " ".join(part for part in (self.kind, self.class_name, f'"{self.name}"' if self.name else "", self.object) if part)
        if self.kind != "changed":
            return
        yield from (f"  - {name} {_text(key)}" for _, name, key in self.taken)
        yield from (f"  + {name} {_text(key)}" for _, name, key in self.given)


def changes(old: Model, new: Model) -> list[Change]:
    """The objects that changed, by class and identifier; headers are not compared."""
    before, after = statements(objects(old.tree)), statements(objects(new.tree))
    earlier, later = (_described(known) for known in (before, after))
    names = {**_names(before), **_names(after)}
    taken, given = (_by_object(one for one in these if one not in those) for these, those in ((before, after), (after, before)))
    found = []
    for identifier in {**taken, **given}:
        kind: Kind = "changed" if identifier in earlier and identifier in later else "added" if identifier in later else "removed"
        class_name = later.get(identifier, "") or earlier.get(identifier, "")
        found.append(Change(kind, class_name, identifier, names.get(identifier, ""), tuple(taken.get(identifier, ())), tuple(given.get(identifier, ()))))
    return sorted(found, key=lambda one: (one.class_name, one.object))


def _described(known: dict[Statement, None]) -> dict[str, str]:
    """Object → class, "" for one without."""
    found: dict[str, str] = {}
    for identifier, name, key in known:
        if name == TYPE:
            found[identifier] = found.get(identifier) or _text(key)
        else:
            found.setdefault(identifier, "")
    return found


def _names(known: dict[Statement, None]) -> dict[str, str]:
    return {identifier: _text(key) for identifier, name, key in known if name == "cim:IdentifiedObject.name"}


def _by_object(found: Iterator[Statement]) -> dict[str, list[Statement]]:
    grouped: dict[str, list[Statement]] = {}
    for statement in found:
        grouped.setdefault(statement[0], []).append(statement)
    return grouped


def _text(key: Key) -> str:
    """A value as a line shows it."""
    if isinstance(key, str):
        return key
    value = dict(key)
    return value.get("@id", value.get("@value", ""))
