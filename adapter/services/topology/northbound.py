"""What a partner is told of the topology: to which zones and nodes the connections it serves belong, under names made for it alone.

The operator does not disclose its grid (D4.1 §4.3.3): no mRID, no neighbour, no feeder, no impedance. The alias of a zone is the same every time a
partner asks, and another one for every other partner, so that two partners cannot put together what they were told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from adapter.frames import Frame
from adapter.services.base import Memory
from adapter.services.topology import links, paths
from adapter.values import Instant

Alias = Callable[[str, str], str]


@dataclass(frozen=True, slots=True)
class Membership:
    """One connection of a partner at a moment: its code, and the aliases of its zones and nodes, each list in the order of its texts."""

    connection: str
    zones: tuple[str, ...]
    nodes: tuple[str, ...]


def memberships(memory: Memory, parties: Iterable[str], alias: Alias, at: Instant) -> list[Membership]:
    """The memberships of the connections that one of *parties* (IRIs of one partner) serves at a moment, by code."""
    found: dict[str, tuple[set[str], set[str]]] = {}
    for link in own(memory, parties, at):
        zones, nodes = found.setdefault(str(link.values["code"]), (set(), set()))
        for path in paths.of_link(memory, link, at):
            zones |= {alias("zone", zone.iri) for zone in path.zones}
            around = path.supply.within() if path.supply is not None else ()
            nodes |= {alias("node", node) for node in paths.nodes(memory, around)}
    return [Membership(code, tuple(sorted(zones)), tuple(sorted(nodes))) for code, (zones, nodes) in sorted(found.items())]


def own(memory: Memory, parties: Iterable[str], at: Instant) -> Iterator[Frame]:
    """What stands at the connections that one of *parties* serves at a moment."""
    for party in parties:
        for link in links.about(memory, "TC1", "hub:servedBy", ox.NamedNode(party)):
            if link.values.get("party") == party and links.holds(link, at):
                yield link
