"""What a DSO service is: which exchanges it takes, what it objects to, what it keeps as graph. It sees meanings, never a wire format."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from adapter.graph import Graph
from adapter.library import Library
from adapter.message import Content, Message
from adapter.names import BASE, derived_uuid
from adapter.store.base import Term
from adapter.values import Instant


@dataclass(frozen=True, slots=True)
class Objection:
    """Why a service refuses a content: the exchange variable (and row, from 0) it points at, a sentence, the rule; *inside* are the scopes around the row."""

    variable: str
    says: str
    rule: str = ""
    row: int | None = None
    inside: tuple[tuple[str, int], ...] = ()


class Memory(Protocol):
    """What a service may look at: the clock, and what was stored before."""

    lib: Library

    def now(self) -> Instant: ...

    def named(self, identifier: str) -> list[Message]:
        """The stored messages that say something with this business identifier."""

    def state(self, graph: str) -> Graph:
        """A graph that a service kept; empty when there is none."""

    def holding(self, predicate: str, value: Term) -> list[str]:
        """The graphs in which something has *value* for *predicate*, sorted."""

    def pairs(self, graph: str, predicate: str) -> list[tuple[str, str]]:
        """Subject and object of every statement with *predicate* in a graph."""

    def taken(self, message: Message) -> Instant:
        """When a message came in."""


class Service:
    """One of the hub's services. It must be a function of the message and the memory: a store is rebuilt by asking it again."""

    name: str
    title: str
    rows: tuple[str, ...]

    def objections(self, contents: Sequence[Content], message: Message, memory: Memory) -> Iterator[tuple[Content, Objection]]:
        """Why those *contents* of a message that the service takes cannot be taken; nothing, and they are."""
        return iter(())

    def keeps(self, contents: Sequence[Content], message: Message, memory: Memory) -> Iterator[tuple[str, str]]:
        """The named graphs that the *contents* of a message that the service takes change, each with its new Turtle."""
        return iter(())

    def ends(self, contents: Sequence[Content], message: Message, memory: Memory) -> Iterator[tuple[str, str]]:
        """The named graphs that change because *message* takes the place of one that said *contents*, and does not say them any more."""
        return iter(())

    def around(self, place: str, memory: Memory) -> Iterator[str]:
        """What a place, of which a message speaks, belongs to now: who wants to hear of that hears of the message too."""
        return iter(())

    def follows(self, message: Message, memory: Memory) -> Iterator[tuple[str, str]]:
        """The named graphs that follow from the statements of a model, which is in the store with all that the message itself said."""
        return iter(())


def node(content: Content, message: Message, memory: Memory) -> str:
    """The node of a content in the graph of its message, as Turtle with that graph as base."""
    number = 1 + next(at for at, one in enumerate(message.contents) if one is content)
    return memory.lib.writers[content.exchange.row].root(content.frame, number)


def state_graph(service: str, *key: str) -> str:
    """The IRI of a graph that a service keeps about something.

    >>> state_graph("tariffs", "urn:x")
    'https://w3id.org/gridglot/data/state/tariffs/d38f8f44-2e13-5d15-a76e-98f6dc50eac8'
    """
    return f"{BASE}state/{service}/{derived_uuid(service, *key)}"
