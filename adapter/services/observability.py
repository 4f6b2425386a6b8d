"""Network observability: metered energy and what devices measure (NO1, NO2, NO6). Source: D4.1 Table 21."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from adapter.graph import term_text, turtle
from adapter.message import Content, Message
from adapter.services.base import Memory, Service, node, state_graph
from adapter.values import EXACT

ENERGY = "energy"


class Observability(Service):
    """Takes NO1, NO2 and NO6. The values of a metered series stay packed; SPARQL sees at once how many there are, how many are missing, and their sum."""

    name = "observability"
    title = "Network observability"
    rows = ("NO1", "NO2", "NO6")

    def keeps(self, contents: Sequence[Content], message: Message, memory: Memory) -> Iterator[tuple[str, str]]:
        for content in contents:
            yield from self._keeps(content, message, memory)

    def _keeps(self, content: Content, message: Message, memory: Memory) -> Iterator[tuple[str, str]]:
        energy = content.exchange.variables.get(ENERGY)
        if energy is None:
            return  # a single measured value stands in the graph of its message
        values = [value for holder in content.frame.holding("reading") for value in holder.values.get(ENERGY) or []]
        known = [value for value in values if value is not None]
        total = Decimal(0)
        for value in known:
            total = EXACT.add(total, value)
        series = node(content, message, memory)
        sum_node = f"{series[:-1]}.total>"
        said = f"{series} hub:total {sum_node} ; hub:valueCount {len(known)} ; hub:gapCount {len(values) - len(known)} ."
        value = f"{sum_node} a saref:PropertyValue ; saref:hasValue {term_text('decimal', total)} ; saref:isMeasuredIn {energy.unit} ."
        yield state_graph(self.name, message.graph, series), turtle(message.graph, f"{said}\n{value}\n")
