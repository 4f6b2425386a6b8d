"""A message as a named graph, and back: envelope, contents, kept facts and the parts they belong to.

Node names: `#0.message`, `#1.request` (content 1), `#part.series.2` (a scope of the wire that repeats).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from adapter.errors import Fault, LowerError
from adapter.exchange import Literal, Term
from adapter.frames import Frame
from adapter.graph import Graph, quoted, term_text
from adapter.library import Library
from adapter.mapping import MessageMapping
from adapter.message import Content, Message
from adapter.names import TYPE, expand, shorten
from adapter.tree.spec import Leaf
from adapter.values import NIL, Duration, Instant

MESSAGE = "message"


def write(message: Message, library: Library, rows: str = "expanded") -> str:
    """Turtle of the whole message (no prefixes, no base). *rows*: expanded, packed or none."""
    out = [envelope(message, library)]
    for number, content in enumerate(message.contents, 1):
        out.append(body(content, library, number, rows))
    if message.mapping is not None and message.kept is not None:
        _kept(message.mapping, message.kept, "<#0.message>", "part", out)
    return "".join(out)


def envelope(message: Message, library: Library) -> str:
    """The message node, its class and what it carries."""
    text = library.writers[MESSAGE].write(message.envelope, 0)
    if message.mapping is not None:
        text += f"<#0.message> a {message.mapping.klass} ; hub:standard {quoted(message.mapping.standard.name)} .\n"
    return text


def body(content: Content, library: Library, number: int, rows: str) -> str:
    """One content: its pattern, and the links to message and part."""
    writer = library.writers[content.exchange.row]
    root = writer.root(content.frame, number)
    part = f" ; hub:fromPart <#part{''.join(f'.{name}.{at}' for name, at in content.part)}>" if content.part else ""
    return f"<#0.message> hub:carries {root} .\n{root} hub:position {number}{part} .\n{writer.write(content.frame, number, rows)}"


def _kept(mapping: MessageMapping, frame: Frame, node: str, stem: str, out: list[str]) -> None:
    for variable, term in mapping.kept(frame.scope).items():
        value = frame.values.get(variable)
        if value is not None and value != []:
            for text in _texts(mapping.leaves[variable], value):
                out.append(f"{node} {term} {text} .\n")
    for name, children in frame.children.items():
        for at, child in enumerate(children, 1):
            below = f"{stem}.{name}.{at}"
            out.append(f"<#{below}> a hub:Part ; hub:partOf {node} ; hub:scope {quoted(name)} ; hub:position {at} .\n")
            _kept(mapping, child, f"<#{below}>", below, out)


def _texts(leaf: Leaf, value: Any) -> Iterator[str]:
    if type(value) in (list, tuple):  # an Instant is a tuple too
        shown = [None if one is None else _lexical(leaf, one) for one in value]
        yield f"{quoted(json.dumps(shown, ensure_ascii=False))}^^hub:Column"
    elif value is NIL:
        yield "hub:nil"
    elif leaf.codes is not None:
        yield value if value.startswith("hub:") else quoted(value)
    else:
        for kinds, name in (
            (bool, "boolean"),
            (int, "integer"),
            (Decimal, "decimal"),
            (Instant, "instant"),
            (Duration, "duration"),
            (date, "date"),
            (str, "text"),
        ):
            if isinstance(value, kinds):
                yield term_text(name, value)
                return


def _lexical(leaf: Leaf, value: Any) -> str:
    return str(value) if leaf.codes is not None else str(leaf.type.codec.write(value))


def read(graph: Graph, library: Library) -> list[Message]:
    """The messages of a graph: those that carry a hub:Message node, or bare contents of a known exchange."""
    messages = [_message(graph, node, library) for node in sorted(graph.subjects(TYPE, expand("hub:Message")))]
    if messages:
        return messages
    contents = [
        Content(library.exchanges[row], frame)
        for row, matcher in library.matchers.items()
        if row != MESSAGE
        for root in matcher.roots(graph)
        if (frame := matcher.match(graph, root))
    ]
    if not contents:
        raise LowerError(
            Fault("", "the graph holds no exchange we know", "mappings/exchanges"),
            "It needs a node of a root class such as s4ener:FlexRequest with everything the head of the pattern asks for.",
        )
    return [Message("", Frame(library.exchanges[MESSAGE].scope), contents)]


def _message(graph: Graph, node: str, library: Library) -> Message:
    classes = {shorten(str(kind)) for kind in graph.values(node, TYPE)}
    mapping = next((mapping for mapping in library.mappings() if mapping.klass in classes and mapping.klass != "hub:Message"), None)
    frame = library.matchers[MESSAGE].match(graph, node)
    message = Message(node.partition("#")[0], frame if frame is not None else Frame(library.exchanges[MESSAGE].scope), [], mapping)
    if mapping is not None:
        message.kept = _read_kept(graph, mapping, node)
    roots = sorted((root for root in graph.values(node, expand("hub:carries")) if isinstance(root, str)), key=lambda root: _position(graph, root))
    for root in roots:
        content = _content(graph, root, library)
        if content is None:
            raise LowerError(Fault(root, "is carried by the message, and no exchange matches it", "mappings/exchanges"))
        part = graph.one(root, expand("hub:fromPart"))
        if isinstance(part, str):
            steps = part.partition("#part.")[2].split(".")
            content.part = tuple((steps[at], int(steps[at + 1])) for at in range(0, len(steps), 2))
        message.contents.append(content)
    return message


def _position(graph: Graph, node: str) -> int:
    found = graph.one(node, expand("hub:position"))
    return int(found.value) if isinstance(found, Literal) else 0


def _content(graph: Graph, root: str, library: Library) -> Content | None:
    for row, matcher in library.matchers.items():
        if row != MESSAGE:
            frame = matcher.match(graph, root)
            if frame is not None:
                return Content(library.exchanges[row], frame)
    return None


def _read_kept(graph: Graph, mapping: MessageMapping, node: str) -> Frame:
    def fill(frame: Frame, at: str) -> None:
        for variable, term in mapping.kept(frame.scope).items():
            found = graph.values(at, expand(term))
            if found:
                _take(mapping.leaves[variable], frame, variable, found[0])
        parts = graph.subjects(expand("hub:partOf"), at)
        for part in sorted(parts, key=lambda part: _position(graph, part)):
            scope = graph.one(part, expand("hub:scope"))
            if isinstance(scope, Literal) and scope.value in frame.scope.scopes:
                fill(frame.add(scope.value), part)

    root = Frame(mapping.scope)
    fill(root, node)
    return root


def _take(leaf: Leaf, frame: Frame, variable: str, term: Term) -> None:
    if not isinstance(term, Literal):
        frame.values[variable] = NIL if term == expand("hub:nil") else shorten(term)
        return
    if term.datatype == expand("hub:Column"):
        items = [None if text is None else _value(leaf, text) for text in json.loads(term.value)]
        rows = frame.scope.columns.get(variable)
        frame.values[variable] = items if rows else tuple(items)
        if rows:
            frame.values[rows] = len(items)
        return
    frame.values[variable] = _value(leaf, term.value)


def _value(leaf: Leaf, text: str) -> Any:
    if leaf.codes is not None or leaf.flag or leaf.type.name == "json":
        return True if leaf.flag else text
    if leaf.type.codec.kind is Instant:
        return Instant.read(text)
    return leaf.type.codec.read(text)
