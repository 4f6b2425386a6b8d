"""The hub's services, and the table of routes: which of them takes which exchange. Routes look at the exchange, never at the standard.

Services are found by the entry point `adapter.services`, those of this package too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from functools import lru_cache
from importlib.metadata import entry_points
from typing import Any

from adapter.library import Library
from adapter.message import Content, Message
from adapter.services.base import Memory, Objection, Service

__all__ = ["Memory", "Objection", "Routes", "Service", "services"]


@lru_cache(1)
def services() -> tuple[Service, ...]:
    """The installed services, by name."""
    return tuple(entry.load()() for entry in sorted(entry_points(group="adapter.services"), key=lambda entry: entry.name))


class Routes:
    """Which services take an exchange, by its row."""

    def __init__(self, known: Sequence[Service]) -> None:
        self.services = tuple(known)
        table: dict[str, tuple[Service, ...]] = {}
        for service in known:
            for row in service.rows:
                table[row] = (*table.get(row, ()), service)
        self.table: Mapping[str, tuple[Service, ...]] = table

    def objections(self, message: Message, memory: Memory) -> Iterator[tuple[Content, Objection]]:
        """What the services object to in a message; an exchange that none of them takes is an objection too."""
        for content in message.contents:
            row = content.exchange.row
            if row not in self.table:
                yield (
                    content,
                    Objection(content.exchange.root, f"no service of this hub takes {row} ({content.exchange.title})", "GET /v1/exchanges lists those taken"),
                )
        for service, contents in self._taking(message.contents):
            yield from service.objections(contents, message, memory)

    def keeps(self, message: Message, memory: Memory) -> dict[str, str]:
        """The graphs that the services change by what a message says."""
        graphs: dict[str, str] = {}
        for service, contents in self._taking(message.contents):
            graphs.update(service.keeps(contents, message, memory))
        return graphs

    def ends(self, before: Message, message: Message, memory: Memory) -> dict[str, str]:
        """The graphs that change because *message*, which is in the store, takes the place of the one *before*."""
        said: dict[Hashable, list[dict[str, Any]]] = defaultdict(list)
        for content in message.contents:
            said[_texts(content)].append(content.frame.plain())
        gone = [content for content in before.contents if content.frame.plain() not in said.get(_texts(content), ())]
        graphs: dict[str, str] = {}
        for service, contents in self._taking(gone):
            graphs.update(service.ends(contents, message, memory))
        return graphs

    def _taking(self, every: Sequence[Content]) -> Iterator[tuple[Service, list[Content]]]:
        """The services that take some of *every* content, each with those."""
        for service in self.services:
            contents = [content for content in every if content.exchange.row in service.rows]
            if contents:
                yield service, contents

    def around(self, place: str, memory: Memory) -> Iterator[str]:
        """What the services know a place to belong to now."""
        for service in self.services:
            yield from service.around(place, memory)

    def follows(self, message: Message, memory: Memory) -> Iterator[tuple[str, str]]:
        """The graphs that the services change by the statements of a model."""
        for service in self.services:
            yield from service.follows(message, memory)


def _texts(content: Content) -> Hashable:
    """What two contents that say the same share, and few others do: a model may have a hundred thousand."""
    return content.exchange.row, frozenset((name, value) for name, value in content.frame.values.items() if isinstance(value, str))


def routes(library: Library) -> dict[str, list[str]]:
    """For every exchange of a library the names of the services that take it."""
    table = Routes(services()).table
    return {row: [service.name for service in table.get(row, ())] for row in library.exchanges if row != "message"}
