"""Topology and consumer connection: which connection hangs on which feeder and substation now (TC1 to TC3). Source: D4.1 Table 20."""

from __future__ import annotations

from collections.abc import Iterator

from adapter.graph import turtle
from adapter.message import Content, Message
from adapter.services.base import Memory, Service, state_graph


class Topology(Service):
    """Takes TC1, TC2 and TC3. The last thing said of a connection, feeder or substation is what holds, in a graph of its own."""

    name = "topology"
    title = "Topology and consumer connection"
    rows = ("TC1", "TC2", "TC3")

    def keeps(self, content: Content, message: Message, memory: Memory) -> Iterator[tuple[str, str]]:
        place = str(content.frame.get(content.exchange.place))
        graph = state_graph(self.name, content.exchange.row, place)
        said = memory.lib.writers[content.exchange.row].write(content.frame, 1, "none")
        yield graph, turtle(graph, f"{said}<{graph}> prov:wasDerivedFrom <{message.graph}> .\n")
