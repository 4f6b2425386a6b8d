"""The verdict on a message: column checks for rows, a SHACL engine for heads, behind one small protocol.

`Validator` is that protocol; `RustValidator` (PyPI shacl) runs per message, pySHACL is the oracle in tests.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Protocol

import pyoxigraph as ox
import shacl

from adapter.errors import Fault, ShapeViolation
from adapter.exchange import Exchange, Triple, Var
from adapter.frames import Frame
from adapter.graph import Graph, Writer
from adapter.library import Library
from adapter.mapping import MessageMapping
from adapter.message import Content, Message, locate, where
from adapter.names import SH, TYPE, UNNAMED, prefixes, shorten
from adapter.resources import folder
from adapter.run import Run
from adapter.shapes.columns import ColumnCheck, ColumnCompiler

Part = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """One broken rule: the exchange variable (and row) it points at, a sentence, the shape."""

    content: int
    variable: str
    row: int | None
    message: str
    shape: str
    path: str = ""


@dataclass
class Verdict:
    """All findings of a message; it conforms when there are none."""

    findings: list[Finding] = field(default_factory=list)

    @property
    def conforms(self) -> bool:
        return not self.findings

    def raise_if_refused(self, mapping: MessageMapping) -> None:
        if self.findings:
            raise ShapeViolation([Fault(finding.path or f"?{finding.variable}", finding.message, finding.shape) for finding in self.findings])


class Validator(Protocol):
    """A SHACL engine with compiled shapes: Turtle in, (focus, path, message, shape) of each violation out."""

    def validate(self, turtle: str) -> Iterable[tuple[str, str, str, str]]: ...


class RustValidator:
    """PyPI `shacl`: shapes compiled once, about 30 times faster than pySHACL."""

    def __init__(self, shapes: str) -> None:
        self._shapes = shacl.Shapes.from_turtle(shapes)

    def validate(self, turtle: str) -> Iterable[tuple[str, str, str, str]]:
        report = self._shapes.validate_turtle(turtle)
        if report.conforms:
            return []
        return [(str(one.focus_node), str(one.path or ""), str(one.message or ""), str(one.root_shape or one.source_shape or "")) for one in report.results]


@dataclass
class ExchangeShapes:
    """The compiled shapes of one exchange: column checks and an engine for the head (None when it has no head rules)."""

    exchange: Exchange
    columns: list[ColumnCheck]
    head: Validator | None
    writer: Writer
    text: str


@lru_cache(64)
def _directives(names: frozenset[str]) -> str:
    return "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in prefixes().items() if name in names)


def compile_shapes(exchange: Exchange, text: str, file: str) -> ExchangeShapes:
    """Split a shapes file into column checks and head shapes; raises MappingError for rules that would never run."""
    graph = Graph.parse(text, ox.RdfFormat.TURTLE)
    compiler = ColumnCompiler(exchange, graph, file)
    columns: list[ColumnCheck] = []
    head: set[str] = set()
    for shape in graph.subjects(TYPE, SH + "NodeShape"):
        found = compiler.checks(shape)
        if found is None:
            head.add(shape)
        else:
            columns += found
    subset = _subset(text, head)
    return ExchangeShapes(exchange, columns, RustValidator(subset) if head else None, Writer(exchange, _asked(subset)), text)


def _asked(shapes: str) -> Callable[[Triple], bool]:
    """Which triples of a pattern head shapes can see: those whose predicate or class they name; all, when a shape is closed or asks by SPARQL."""
    triples = list(ox.parse(shapes, format=ox.RdfFormat.TURTLE))
    if any(triple.predicate.value in (SH + "closed", SH + "sparql") for triple in triples):
        return lambda triple: True
    named = {triple.object.value for triple in triples if isinstance(triple.object, ox.NamedNode)}
    return lambda triple: triple[1] in named or (triple[1] == TYPE and triple[2] in named)


def _subset(text: str, shapes: set[str]) -> str:
    """The Turtle of some node shapes with everything they refer to."""
    triples = list(ox.parse(text, format=ox.RdfFormat.TURTLE))
    wanted: set[Any] = {ox.NamedNode(shape) for shape in shapes}
    grown = True
    while grown:
        more = {triple.object for triple in triples if triple.subject in wanted and isinstance(triple.object, (ox.BlankNode, ox.NamedNode))} - wanted
        grown = bool(more)
        wanted |= more
    chosen = [ox.Triple(triple.subject, triple.predicate, triple.object) for triple in triples if triple.subject in wanted]
    return (ox.serialize(chosen, format=ox.RdfFormat.TURTLE) or b"").decode()


def load(exchange: Exchange) -> ExchangeShapes | None:
    """The shapes file of an exchange, compiled; None when there is none."""
    entry = folder("shapes").joinpath("exchanges", f"{exchange.name}.ttl")
    if not entry.is_file():
        return None
    return compile_shapes(exchange, entry.read_text(encoding="utf-8"), f"shapes/exchanges/{exchange.name}.ttl")


def compiled_for(library: Library) -> dict[str, ExchangeShapes]:
    """The compiled shapes of every exchange of a library that has some; compiled on first use."""
    if library.shapes is None:
        library.shapes = {row: shapes for row, exchange in library.exchanges.items() if (shapes := load(exchange)) is not None}
    found: dict[str, ExchangeShapes] = library.shapes
    return found


def check(message: Message, library: Library) -> Verdict:
    """The verdict on every content of *message*; findings carry their place on the wire when the mapping is known."""
    verdict = Verdict()
    shapes = compiled_for(library)
    for number, content in enumerate(message.contents, 1):
        for variable, row, says, shape, inside in _found(content, library.writers[content.exchange.row], shapes.get(content.exchange.row), number):
            verdict.findings.append(Finding(number, variable, row, says, shape, wire_place(message, content, variable, row, inside)))
    return verdict


def _found(content: Content, writer: Writer, compiled: ExchangeShapes | None, number: int) -> Iterator[tuple[str, int | None, str, str, Part]]:
    """(variable, row, sentence, shape, scope around the row) of each broken rule: what the graph cannot do without, then the shapes; those of the head want a graph."""
    gaps = list(writer.gaps(content.frame))
    for gap in gaps:
        yield gap.path[1:], None, gap.says, gap.rule, ()
    if compiled is not None:
        yield from _rows(content.frame, compiled.columns)
        yield from ((*one, ()) for one in (_head(content, compiled, number) if not gaps else ()))


def _rows(frame: Frame, checks: Sequence[ColumnCheck]) -> Iterable[tuple[str, int | None, str, str, Part]]:
    for one in checks:
        for holder in frame.holding(one.rows):
            count = holder.values.get(one.rows) or 0
            for row in sorted(one.bad(holder, count)):
                yield one.variable, None if one.whole else row, one.message, one.shape, where(holder)


def _head(content: Content, compiled: ExchangeShapes, number: int) -> Iterable[tuple[str, int | None, str, str]]:
    if compiled.head is None:
        return
    text = _turtle(content, compiled.writer, number)
    for focus, path, says, shape in compiled.head.validate(text):
        yield _variable(content.exchange, focus.removeprefix(UNNAMED), path), None, says, shorten(shape.strip("<>"))


def header(content: Content, library: Library, number: int) -> str:
    """Turtle of a content without its rows."""
    return _turtle(content, library.writers[content.exchange.row], number)


def _turtle(content: Content, writer: Writer, number: int) -> str:
    return f"{_directives(writer.prefixes)}@base <{UNNAMED}> .\n{writer.write(content.frame, number, 'none')}"


def _variable(exchange: Exchange, focus: str, path: str) -> str:
    """The exchange variable a finding of the engine points at."""
    node = focus.strip("<>").rpartition("#")[2].split(".")
    name = node[1] if len(node) > 1 else exchange.root
    predicate = path.strip("<>")
    for block in exchange.blocks:
        for subject, step, value in block.triples:
            if step == predicate and isinstance(subject, Var) and subject.name == name and isinstance(value, Var):
                return value.name
    return name


def wire_place(message: Message, content: Content, variable: str, row: int | None = None, inside: Part = ()) -> str:
    """Where on the wire the value of an exchange variable stands; *inside*: the scopes of the exchange around it, by name and number."""
    if message.mapping is None or content.use is None or message.kept is None:
        return ""
    run = Run(places=next(iter(message.mapping.places.values())))
    frame, relations, pairs = locate(message.kept, content.part), list(content.use.every()), content.use.pairs
    for name, number in inside:
        pair = next((pair for pair in pairs if pair.canon == name), None)
        if pair is None:
            break
        frame = frame if pair.wire == "." else locate(frame, ((pair.wire, number),))
        relations, pairs = [*pair.relations, *relations], pair.pairs
    for relation in relations:
        if variable in relation.canon:
            place = run.place(frame, relation.points_at(variable, row is not None), row)
            if not place.startswith("?"):
                return place
    return frame.path or f"/{next(iter(message.mapping.trees.values())).root.key}"
