"""Dynamic network tariffs and limits: the limit that a connection or device has to keep now (DT4). Source: D4.1 Table 19."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from adapter.graph import turtle
from adapter.message import Content, Message
from adapter.names import expand
from adapter.services.base import Memory, Objection, Service, node, state_graph


class Tariffs(Service):
    """Takes DT4. The last limit of a subject and direction is its current one: `SUBJECT hub:subjectToLimit LIMIT`, in a graph of its own."""

    name = "tariffs"
    title = "Dynamic network tariffs"
    rows = ("DT4",)

    def objections(self, contents: Sequence[Content], message: Message, memory: Memory) -> Iterator[tuple[Content, Objection]]:
        for content in contents:
            if content.frame.get("subject") is None:
                says = "the limit does not say which connection or device has to keep it"
                yield content, Objection("subject", says, "D4.1 Table 19: a limit has a subject")

    def keeps(self, contents: Sequence[Content], message: Message, memory: Memory) -> Iterator[tuple[str, str]]:
        for content in contents:
            yield from self._keeps(content, message, memory)

    def _keeps(self, content: Content, message: Message, memory: Memory) -> Iterator[tuple[str, str]]:
        subject, direction = str(content.frame.get("subject")), str(content.frame.get("direction"))
        graph = state_graph(self.name, subject, expand(direction))
        yield graph, turtle(message.graph, f"<{subject}> hub:subjectToLimit {node(content, message, memory)} .\n")
