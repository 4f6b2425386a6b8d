"""Difference models: what one version of a model says and the other does not; and back. Source: IEC 61970-552, difference model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TypeAlias

from adapter.codecs.rdf import CimTree, Entry, Value
from adapter.errors import Fault, LiftError
from adapter.grid.model import DIFFERENCE, Model, header, objects, spelled, values, with_header
from adapter.names import derived_uuid

Statement: TypeAlias = "tuple[str, str, Key]"  # object, name of the property, value
Key: TypeAlias = "str | tuple[tuple[str, str], ...]"

FORWARD, REVERSE = "dm:forwardDifferences", "dm:reverseDifferences"
RULE = "IEC 61970-552"
TYPE = "rdf:type"
SHOWN = 20  # faults that are told one by one


def statements(entries: Iterable[tuple[str, Entry]]) -> dict[Statement, None]:
    """The statements of objects, in order."""
    found: dict[Statement, None] = {}
    for class_name, entry in entries:
        identifier = str(entry["@id"])
        if class_name:
            found[identifier, TYPE, (("@id", class_name),)] = None
        for name in entry:
            if not name.startswith("@"):
                for value in values(entry, name):
                    found[identifier, name, _key(value)] = None
    return found


def apply(base: Model, difference: Model) -> Model:
    """The version of *base* that *difference* makes of it, with the identity of the difference.

    *Raises* `LiftError` when it takes away what the base does not say: it was made for another version.
    """
    entry = difference.tree[DIFFERENCE][0]
    known = statements(objects(base.tree))
    taken, given = (statements(_entries(entry, part)) for part in (REVERSE, FORWARD))
    absent = [statement for statement in taken if statement not in known]
    if absent:
        raise LiftError([_absent(statement, base) for statement in absent[:SHOWN]], remedy="Send the whole model, or the differences between.")
    for statement in taken:
        del known[statement]
    known.update(given)
    merged = {name: value for name, value in entry.items() if name not in (FORWARD, REVERSE)}
    return with_header(replace(base, tree=tree_of(known)), merged)


def difference(old: Model, new: Model, created: str) -> Model:
    """The difference model that makes *new* of *old*, written as of the instant *created*; spelled as *new* is."""
    before, after = statements(objects(old.tree)), statements(objects(new.tree))
    entry: Entry = {"@id": f"urn:uuid:{derived_uuid('difference', old.header.id, new.header.id)}", "md:Model.created": created}
    said = new.header
    for name, text in (
        ("scenarioTime", said.scenario),
        ("description", said.description),
        ("modelingAuthoritySet", said.authority),
        ("version", said.version),
    ):
        if text:
            entry[f"md:Model.{name}"] = text
    if said.profiles:
        entry["md:Model.profile"] = list(said.profiles)
    if said.depends_on:
        entry["md:Model.DependentOn"] = [{"@id": one} for one in said.depends_on]
    entry["md:Model.Supersedes"] = {"@id": old.header.id}
    entry[REVERSE] = _list(tree_of({one: None for one in before if one not in after}))
    entry[FORWARD] = _list(tree_of({one: None for one in after if one not in before}))
    tree: CimTree = {DIFFERENCE: [entry]}
    return Model(tree, spelled(new.spelling, header(tree)), header(tree))


def _entries(entry: Entry, part: str) -> Iterator[tuple[str, Entry]]:
    for found in values(entry, part):
        if isinstance(found, dict):
            yield found.get("@type", ""), {name: value for name, value in found.items() if name != "@type"}


def tree_of(known: Iterable[Statement]) -> CimTree:
    """The objects of which *known* are the statements; undoes `statements`."""
    entries: dict[str, Entry] = {}
    classes: dict[str, str] = {}
    for identifier, name, key in known:
        entry = entries.setdefault(identifier, {"@id": identifier})
        if name == TYPE and identifier not in classes:
            classes[identifier] = _reference(key)
            continue
        value: Value = key if isinstance(key, str) else dict(key)
        before = entry.get(name)
        if before is None:
            entry[name] = value
        else:
            entry[name] = [*(before if isinstance(before, list) else [before]), value]
    tree: CimTree = {}
    for identifier, entry in entries.items():
        tree.setdefault(classes.get(identifier, ""), []).append(entry)
    return tree


def _list(tree: CimTree) -> list[Value]:
    return [{**({"@type": name} if name else {}), **entry} for name, entries in tree.items() for entry in entries]  # type: ignore[dict-item]


def _reference(key: Key) -> str:
    return key if isinstance(key, str) else dict(key)["@id"]


def _key(value: Value) -> Key:
    return value if isinstance(value, str) else tuple(sorted(value.items()))


def _absent(statement: Statement, base: Model) -> Fault:
    identifier, name, key = statement
    shown = key if isinstance(key, str) else dict(key).get("@id", dict(key).get("@value", ""))
    return Fault(f"{REVERSE}/{identifier}/{name}", f"takes {shown!r} away, which {base.header.id} does not say", RULE)
