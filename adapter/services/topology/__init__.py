"""Topology and consumer connection (TC1 to TC5): which meter hangs on which connection, node, feeder, substation and zone, at any moment.

Connections, nodes and zones are dated links (links.py); what supplies a place is derived from grid models (supply.py); path.py asks both.
Source: D4.1 §4.3.3 and Table 20.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

import pyoxigraph as ox

from adapter.frames import Frame
from adapter.graph import turtle
from adapter.message import Content, Message
from adapter.services.base import Memory, Objection, Service, state_graph
from adapter.services.topology import links, paths, supply
from adapter.services.topology.links import Kind
from adapter.values import shown

# Row: the variable it is kept by, and how its links differ.
DATED = {
    "TC1": ("connection", Kind(("meter", "equipment", "device", "party"), ("meter", "device", "party"), one=True)),
    "TC4": ("node", Kind(("code", "scheme"), ("code", "scheme"))),
    "TC5": ("member", Kind(("zone",), ("zone",))),
}


class Topology(Service):
    """Takes TC1 to TC5, and derives from every grid model what supplies each place."""

    name = "topology"
    title = "Topology and consumer connection"
    rows = ("TC1", "TC2", "TC3", "TC4", "TC5")

    def objections(self, contents: Sequence[Content], message: Message, memory: Memory) -> Iterator[tuple[Content, Objection]]:
        """One code of one scheme names one node."""
        said: dict[object, list[Frame]] = defaultdict(list)
        for content in contents:
            if content.exchange.row == "TC4":
                said[content.frame.values.get("code")].append(content.frame)
        for content in contents:
            if content.exchange.row == "TC4":
                code = content.frame.values.get("code")
                known = links.about(memory, "TC4", "dcterms:identifier", ox.Literal(str(code)))
                yield from ((content, objection) for objection in _taken(content.frame, [*said[code], *known]))

    def keeps(self, contents: Sequence[Content], message: Message, memory: Memory) -> Iterator[tuple[str, str]]:
        places: dict[tuple[str, str], list[Frame]] = defaultdict(list)
        for content in contents:
            row, place = (
                content.exchange.row,
                content.frame.values.get(DATED[content.exchange.row][0] if content.exchange.row in DATED else content.exchange.place),
            )
            if row not in DATED:
                yield self._last(content, message, memory)
            else:
                places[row, str(place if place is not None else content.frame.get(content.exchange.place))].append(content.frame)
        now = memory.taken(message)
        for (row, place), said in places.items():
            _, kind = DATED[row]
            yield links.write(memory, row, place, links.merged(links.read(memory, row, place), said, kind, now), message.graph)

    def ends(self, contents: Sequence[Content], message: Message, memory: Memory) -> Iterator[tuple[str, str]]:
        """A link without moments that the new version of a model does not say any more ends there."""
        now = memory.taken(message)
        for content in contents:
            row, frame = content.exchange.row, content.frame
            if row in DATED and frame.values.get("begin") is None and frame.values.get("end") is None:
                variable, kind = DATED[row]
                place = str(frame.values.get(variable) or frame.get(content.exchange.place))
                known = links.read(memory, row, place)
                after = links.ended(known, frame, kind, now)
                if after != known:
                    yield links.write(memory, row, place, after, message.graph)

    def around(self, place: str, memory: Memory) -> Iterator[str]:
        """The zones, the feeder and the substations that a connection or a flexibility node belongs to."""
        now = memory.now()
        for grid_node in paths.called(memory, place):
            for path in paths.of_place(memory, None, grid_node, now):
                yield grid_node
                yield from (zone.iri for zone in path.zones)
                yield from path.supply.within() if path.supply is not None else ()
        for link in links.read(memory, "TC1", place):
            if links.holds(link, now):
                for path in paths.of_link(memory, link, now):
                    yield from (zone.iri for zone in path.zones)
                    yield from path.supply.within() if path.supply is not None else ()

    def follows(self, message: Message, memory: Memory) -> Iterator[tuple[str, str]]:
        return supply.derived(message, memory)

    def _last(self, content: Content, message: Message, memory: Memory) -> tuple[str, str]:
        """The last thing said of a feeder or substation is what holds."""
        graph = state_graph(self.name, content.exchange.row, str(content.frame.get(content.exchange.place)))
        said = memory.lib.writers[content.exchange.row].write(content.frame, 1, "none")
        return graph, turtle(graph, f"{said}<{graph}> prov:wasDerivedFrom <{message.graph}> .\n")


def _taken(designation: Frame, others: Sequence[Frame]) -> Iterator[Objection]:
    """The code names another node by one of the *others*."""
    code, scheme, node = (designation.values.get(name) for name in ("code", "scheme", "node"))
    if any(other.values.get("code") == code and other.values.get("scheme") == scheme and other.values.get("node") != node for other in others):
        called = f"{scheme} {shown(code)}" if scheme else shown(code)
        yield Objection("code", f"the code {called} names another node", "D4.1 Table 20: unique code")
