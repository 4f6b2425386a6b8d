"""Dated links: what stands at a connection, what a zone consists of, and what holds of them when something new is said.

A link with moments is a fact of its own: the same link said again takes the place of what was said of it. One without moments is how things are when
it is said: what differs from it ends there, what agrees with it goes on. Source: D4.1 Table 20; UFTP 3.1.0, periods of the common reference.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from adapter.frames import Frame
from adapter.graph import turtle
from adapter.moments import within
from adapter.names import expand
from adapter.services.base import Memory, state_graph
from adapter.values import Instant


@dataclass(frozen=True, slots=True)
class Kind:
    """How the links of a row differ: *core* are the variables they consist of, *key* those by which one is the same link again; *one* at a time for a place."""

    core: tuple[str, ...]
    key: tuple[str, ...]
    one: bool = False


SOURCE = expand("prov:wasDerivedFrom")


def graph_of(row: str, place: str) -> str:
    """The graph with all links of a row about one place: a connection (TC1), a node (TC4), a member of zones (TC5)."""
    return state_graph("topology", row, place)


def read(memory: Memory, row: str, place: str) -> list[Frame]:
    """The links that are known of a place."""
    graph = memory.state(graph_of(row, place))
    matcher = memory.lib.matchers[row]
    found = (matcher.match(graph, root) for root in sorted(matcher.roots(graph)))
    return [frame for frame in found if frame is not None]


def write(memory: Memory, row: str, place: str, links: Sequence[Frame], source: str) -> tuple[str, str]:
    """The graph of a place and its Turtle, with the messages that the links come from."""
    graph = graph_of(row, place)
    before = memory.state(graph).values(graph, SOURCE)
    said = "".join(memory.lib.writers[row].write(link, number, "none") for number, link in enumerate(links, 1))
    sources = sorted({*map(str, before), source})
    return graph, turtle(graph, said + f"<{graph}> prov:wasDerivedFrom {', '.join(f'<{one}>' for one in sources)} .\n")


def holds(link: Frame, at: Instant) -> bool:
    """The link holds at a moment: from `begin` on, and before `end`."""
    return within(at, link.values.get("begin"), link.values.get("end"))


def merged(known: Sequence[Frame], said: Iterable[Frame], kind: Kind, now: Instant) -> list[Frame]:
    """The links after something was said."""
    links = [frame.clone() for frame in known]
    for new in said:
        if new.values.get("begin") is not None or new.values.get("end") is not None:
            links = [link for link in links if not _equal(link, new, (*kind.key, "begin"))] + [new.clone()]
            continue
        links = _now(links, new, kind, now)
    return links


def _now(links: list[Frame], new: Frame, kind: Kind, now: Instant) -> list[Frame]:
    standing = [link for link in links if holds(link, now)]
    if any(all(new.values.get(name) in (None, link.values.get(name)) for name in kind.core) for link in standing):
        return links
    for link in standing if kind.one else ():
        if any(None not in (new.values.get(name), link.values.get(name)) and new.values[name] != link.values[name] for name in kind.core):
            link.values["end"] = now
    added = new.clone()
    if any(_equal(link, new, kind.core) or kind.one for link in links):  # it was there before, or something else was
        added.values["begin"] = now
    return [link for link in links if link.values.get("begin") != now or link.values.get("end") != now] + [added]


def ended(known: Sequence[Frame], gone: Frame, kind: Kind, now: Instant) -> list[Frame]:
    """The links after one that was said without moments is said no more: where it holds, and nothing else was said to be there in its place, it ends."""
    links = [link.clone() for link in known]
    for link in links:
        if holds(link, now) and _equal(link, gone, kind.core):
            link.values["end"] = now
    return [
        link for link in links if link.values.get("begin") is None or link.values.get("end") is None or link.values["begin"].epoch < link.values["end"].epoch
    ]


def _equal(some: Frame, other: Frame, names: Sequence[str]) -> bool:
    return all(some.values.get(name) == other.values.get(name) for name in names)


def about(memory: Memory, row: str, predicate: str, value: ox.NamedNode | ox.Literal) -> Iterator[Frame]:
    """The links of a row, wherever they are kept, whose graphs hold *value* for *predicate*."""
    matcher = memory.lib.matchers[row]
    for name in memory.holding(expand(predicate), value):
        if "/state/topology/" not in name:
            continue
        graph = memory.state(name)
        for root in sorted(matcher.roots(graph)):
            frame = matcher.match(graph, root)
            if frame is not None:
                yield frame
