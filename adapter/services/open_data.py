"""Open data and analytics: the catalogue of what has been metered, without any value. Source: D4.1 Table 22."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from adapter.exchange import Literal
from adapter.graph import Graph, turtle
from adapter.message import Content, Message
from adapter.names import expand
from adapter.services.base import Memory, Service, state_graph
from adapter.values import Instant, utc_text

FROM, UNTIL = expand("hub:coveredFrom"), expand("hub:coveredUntil")


class OpenData(Service):
    """Takes NO1 and NO2 beside network observability. One entry per connection, kind of energy and flow: from when until when there are data."""

    name = "open_data"
    title = "Open data and analytics"
    rows = ("NO1", "NO2")

    def keeps(self, contents: Sequence[Content], message: Message, memory: Memory) -> Iterator[tuple[str, str]]:
        for content in contents:
            yield from self._keeps(content, message, memory)

    def _keeps(self, content: Content, message: Message, memory: Memory) -> Iterator[tuple[str, str]]:
        frame = content.frame
        connection, flow = str(frame.get("connection")), expand(str(frame.get("flow")))
        graph = state_graph(self.name, content.exchange.row, connection, flow)
        before = memory.state(graph)
        first = min([frame.get("w0"), *_seconds(before, graph, FROM)])
        last = max([frame.get("w1"), *_seconds(before, graph, UNTIL)])
        covered = f'hub:coveredFrom "{utc_text(first)}"^^xsd:dateTime ; hub:coveredUntil "{utc_text(last)}"^^xsd:dateTime'
        yield graph, turtle(graph, f"<{graph}> a hub:MeteredData ; hub:concernsLocation <{connection}> ; hub:flow <{flow}> ; {covered} .\n")


def _seconds(graph: Graph, subject: str, predicate: str) -> Iterator[int]:
    """The instants that *subject* has for *predicate*, as epoch seconds."""
    return (Instant.read(value.value).epoch for value in graph.values(subject, predicate) if isinstance(value, Literal))
