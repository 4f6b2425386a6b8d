"""Mappings, compiled: a standard, one message of it, and the uses by which it carries exchanges."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from adapter.exchange import Exchange
from adapter.frames import Frame, Scope
from adapter.relations.base import Relation
from adapter.text import Table
from adapter.tree.json import JsonTree
from adapter.tree.spec import Leaf, Type
from adapter.tree.xml import XmlTree


@dataclass(frozen=True)
class Condition:
    """A closed test on wire variables: {variable: text or list of texts}. `present` and `absent` are reserved texts."""

    wanted: Mapping[str, tuple[str, ...]]

    def holds(self, frame: Frame) -> bool:
        return all(self._one(frame.get(variable), texts) for variable, texts in self.wanted.items())

    def excludes(self, other: Condition) -> bool:
        """True when no document satisfies both: some variable is to have texts here that it must not have there."""
        return any(_apart(self.wanted[name], other.wanted[name]) for name in self.wanted.keys() & other.wanted.keys())

    def _one(self, value: Any, texts: tuple[str, ...]) -> bool:
        if value is None:
            return "absent" in texts
        shown = "true" if value is True else "false" if value is False else str(value)
        return shown in texts or "present" in texts


def _apart(some: tuple[str, ...], others: tuple[str, ...]) -> bool:
    """True when no value is among both lists of texts; `present` stands for all but `absent`."""
    if "present" in some or "present" in others:
        return {*some, *others} <= {"present", "absent"} and not set(some) & set(others)
    return not set(some) & set(others)


@dataclass(frozen=True)
class Pair:
    """Inside a use: one scope of the wire and one scope of the exchange, instance by instance, with their relations."""

    wire: str
    canon: str
    relations: tuple[Relation, ...]
    pairs: tuple[Pair, ...]


@dataclass(frozen=True, eq=False)
class Use:
    """One way a message carries an exchange: in every instance of `scope` for which `when` holds."""

    exchange: Exchange
    scope: Scope
    when: Condition
    relations: tuple[Relation, ...]
    pairs: tuple[Pair, ...]
    at: str
    split: tuple[str, ...] = ()
    cannot: Mapping[str, str] = field(default_factory=dict)
    gather: str = ""

    def every(self) -> Iterator[Relation]:
        yield from self.relations
        for pair in self.pairs:
            yield from _of(pair)

    @cached_property
    def wire(self) -> set[str]:
        return {variable for relation in self.every() for variable in relation.wire}

    @cached_property
    def canon(self) -> set[str]:
        return {variable for relation in self.every() for variable in relation.canon}


def _of(pair: Pair) -> Iterator[Relation]:
    yield from pair.relations
    for inner in pair.pairs:
        yield from _of(inner)


@dataclass(frozen=True)
class Address:
    """Which address of a message is the server's: the sender's for reply and notify, the receiver's for write, read, call.

    `server` becomes `device|entity.path|feature`, `entity` the same without the feature; `reports` is what a server sends
    unasked, so that a message from the server's own device is written as that. Source: SPINE 1.3, header.
    """

    server: str
    entity: str
    classifier: str
    source: str
    destination: str
    reports: str
    at: str

    def side(self, frame: Frame) -> str:
        return self.source if frame.get(self.classifier) in ("reply", "notify", "result") else self.destination


@dataclass(frozen=True)
class Join:
    """Facts that earlier messages brought, joined to each instance of a scope as further wire variables.

    `key` are wire variables that find the entry (the last one is the id written back when lowering); `facts` maps
    the entry's facts to the new variables. `outer` joins may find nothing.
    """

    kind: str
    scope: Scope
    key: tuple[str, ...]
    facts: Mapping[str, str]
    outer: bool
    brings: str
    at: str


@dataclass(frozen=True, slots=True)
class Fill:
    """Where a wire variable comes from when a translation has no source for it: a constant, the profile, or made by the hub.

    It stays empty where the variable `unless` has a value.
    """

    variable: str
    source: str
    value: str
    at: str
    unless: str = ""


@dataclass(frozen=True)
class Provide:
    """What a message brings for later ones: facts of each instance of a scope under a key; *own*: for itself too, and, if *written*, in both directions."""

    kind: str
    scope: Scope
    key: tuple[str, ...]
    facts: Mapping[str, str]
    own: bool
    at: str
    written: bool = True


@dataclass(frozen=True)
class Answer:
    """Which message of the standard says whether this one was taken, and when it is asked for: one of the conditions holds, or there are none.

    `take` are wire variables of the answer that repeat one of this message. A refusal is always answered.
    """

    message: str
    when: tuple[Condition, ...]
    take: Mapping[str, str]
    at: str


@dataclass(frozen=True)
class Replaces:
    """Messages with equal values in *same* are versions of one: the greater *revision* (or later instant) holds, or, where none is named, the last one.

    A message that lacks one of *same* stands alone.
    """

    same: tuple[str, ...]
    revision: str
    at: str


@dataclass
class Standard:
    """One standard: its types, envelope fragments and relations, policy for unknown leaves, codec per syntax."""

    name: str
    title: str
    table: Table
    types: Mapping[str, Type]
    includes: Mapping[str, Table]
    envelopes: Mapping[str, Table]
    codecs: Mapping[str, str]
    refuse_unknown: bool
    ordered: bool
    rule: str
    versions: str = ""
    mappings: dict[str, MessageMapping] = field(default_factory=dict)


@dataclass(eq=False)
class MessageMapping:
    """One message of a standard, compiled."""

    standard: Standard
    name: str
    table: Table
    message: str
    klass: str
    scope: Scope
    trees: dict[str, XmlTree | JsonTree]
    leaves: dict[str, Leaf]
    places: dict[str, dict[str, str]]
    envelope: Use
    uses: tuple[Use, ...]
    keep: dict[str, str]
    refuse: tuple[tuple[Condition, str, Scope, str], ...]
    fill: dict[str, Fill]
    identity: tuple[str, ...]
    provides: tuple[Provide, ...]
    joins: tuple[Join, ...]
    address: Address | None
    answer: Answer | None = None
    replaces: tuple[Replaces, ...] = ()

    @property
    def id(self) -> str:
        return f"{self.standard.name}:{self.name}"

    @cached_property
    def keeps_statements(self) -> bool:
        """Its documents are RDF, and the store has all their statements, in named graphs of their own."""
        return self.table.text("statements", "") == "kept"

    @cached_property
    def said_by(self) -> tuple[str, ...]:
        """The roles of partners that may send it; none: everybody."""
        return tuple(self.table.texts("said_by"))

    def codec(self, tree: str) -> str:
        """The codec that gives documents for a tree of this message."""
        return self.table.text("codec", "") or self.standard.codecs.get(tree, tree)

    @cached_property
    def related(self) -> set[str]:
        return self.envelope.wire.union(*(use.wire for use in self.uses))

    @cached_property
    def checking(self) -> tuple[Relation, ...]:
        """The relations that derive and check variables."""
        return tuple(relation for use in (self.envelope, *self.uses) for relation in use.every() if relation.checked)

    @cached_property
    def checked(self) -> set[str]:
        return {variable for relation in self.checking for variable in relation.checked}

    def kept(self, scope: Scope) -> dict[str, str]:
        """The kept variables of one scope, columns included: variable → term."""
        return {variable: term for variable, term in self.keep.items() if variable in scope.variables or variable in scope.columns}
