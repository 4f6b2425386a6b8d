"""Bindings ↔ graph: `instantiate` writes an exchange's pattern as Turtle, `match` reads bindings back from a graph.

Law: match(instantiate(b)) == b, order included; and the same through the packed form, where rows are one
exact list literal per column.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from typing import Any

import pyoxigraph as ox

from adapter.errors import Fault, LowerError
from adapter.exchange import Block, Exchange, Literal, Slot, Term, Var, Variable
from adapter.frames import Frame, Scope
from adapter.names import expand, shorten, turtle_prefixes
from adapter.values import Duration, Instant, decimal_text, utc_text

XSD = "http://www.w3.org/2001/XMLSchema#"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


def quoted(text: str) -> str:
    """A Turtle string literal.

    >>> quoted('say "x"')
    '"say \\\\"x\\\\""'
    """
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")


@lru_cache(4096)
def _iri_text(iri: str) -> str:
    full = expand(iri)
    short = shorten(full)
    return short if short != full else f"<{full}>"


@lru_cache(4096)
def _value_iri(iri: str) -> str:
    """A value's IRI: ours by the prefix that every document declares, others in full."""
    text = _iri_text(iri)
    return text if text.startswith(("hub:", "<")) else f"<{expand(text)}>"


_TEXT: dict[str, Callable[[Any], str]] = {
    "text": quoted,
    "decimal": lambda value: f'"{decimal_text(value)}"^^xsd:decimal',
    "integer": str,
    "position": str,
    "instant": lambda value: f'"{value.text()}"^^xsd:dateTime',
    "utc": lambda value: f'"{utc_text(value)}"^^xsd:dateTime',
    "duration": lambda value: f'"{value.text()}"^^xsd:duration',
    "boolean": lambda value: "true" if value else "false",
    "date": lambda value: f'"{value.isoformat()}"^^xsd:date',
    "iri": _value_iri,
}
_READ: dict[str, Callable[[str], Any]] = {
    "text": str,
    "decimal": Decimal,
    "integer": int,
    "position": int,
    "instant": Instant.read,
    "utc": lambda text: Instant.read(text).epoch,
    "duration": Duration.read,
    "boolean": lambda text: text in ("true", "1"),
    "date": date.fromisoformat,
    "iri": str,
}


def term_text(kind: str, value: Any) -> str:
    """A value of an exchange variable of type *kind* as Turtle."""
    return _TEXT[kind](value)


def term_value(kind: str, term: Term) -> Any:
    """The value of a term for a variable of type *kind*; raises ValueError when it is of another kind."""
    if isinstance(term, str):
        if kind != "iri":
            raise ValueError(f"is the IRI {term}, and a {kind} is needed")
        return term
    if kind == "iri":
        raise ValueError(f"is the literal {term.value!r}, and an IRI is needed")
    try:
        return _READ[kind](term.value)
    except (ValueError, ArithmeticError) as error:
        raise ValueError(f"is {term.value!r}, which is no {kind}") from error


class Writer:
    """Writes the frames of one exchange as Turtle; compiled once per exchange."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange
        self._templates = [(block, self._template(block)) for block in exchange.blocks]
        texts = "".join(piece for _, template in self._templates for piece in template if isinstance(piece, str))
        self.prefixes = frozenset(re.findall(r"(?<![\w<#/:])([a-z][a-z0-9]*):", texts)) | {"xsd", "hub"}

    def _template(self, block: Block) -> list[str | tuple[str, str]]:
        """Turtle of a block in pieces: text, or (kind, variable) to fill in."""
        pieces: list[str | tuple[str, str]] = []
        last: Slot | None = None
        for subject, predicate, value in block.triples:
            shown = "a" if predicate == TYPE else _iri_text(predicate)
            if subject == last:
                pieces.append(f" ; {shown} ")
            else:
                pieces += [" .\n" if last is not None else "", self._slot(subject), f" {shown} "]
            pieces.append(self._slot(value))
            last = subject
        return [piece for piece in [*pieces, " .\n"] if piece]

    def _slot(self, slot: Slot) -> str | tuple[str, str]:
        if isinstance(slot, Literal):
            return quoted(slot.value) + (f"@{slot.language}" if slot.language else "" if slot.datatype == XSD + "string" else f"^^<{slot.datatype}>")
        if isinstance(slot, str):
            return _iri_text(slot)
        variable = self.exchange.variables.get(slot.name)
        return ("node" if variable is None else variable.type, slot.name)

    def write(self, frame: Frame, instance: int, rows: str = "expanded") -> str:
        """Turtle of one instance (prefixes and base not included). *rows*: expanded, packed, or none (the header only)."""
        out: list[str] = []
        self._scope(frame, ".", f"#{instance}.", (), out, rows)
        return "".join(out)

    def root(self, frame: Frame, instance: int) -> str:
        """The root node of this instance: minted in the graph, or the IRI the exchange itself names."""
        if self.exchange.root in self.exchange.variables:
            return _value_iri(frame.values[self.exchange.root])
        return f"<#{instance}.{self.exchange.root}>"

    def _scope(self, frame: Frame, scope: str, stem: str, index: tuple[int, ...], out: list[str], rows: str) -> None:
        for block, template in self._templates:
            if block.kind == "rows":
                if frame.scope.columns.get("#" + block.name) and frame.values.get(block.name):
                    if rows == "expanded":
                        self._rows(block, template, frame, stem, index, out)
                    elif rows == "packed":
                        self._packed(block, frame, stem, index, out)
            elif block.kind == "each":
                if block.name in frame.scope.scopes:
                    for number, inner in enumerate(frame.each(block.name), 1):
                        out.append(self._fill(template, inner, stem, (*index, number), number))
                        self._scope(inner, block.name, stem, (*index, number), out, rows)
            elif block.scope == scope:
                self._plain(block, template, frame, stem, index, out)

    def _plain(self, block: Block, template: list[str | tuple[str, str]], frame: Frame, stem: str, index: tuple[int, ...], out: list[str]) -> None:
        if block.kind == "head":
            out.append(self._fill(template, frame, stem, index, int(stem[1:-1])))
        elif block.kind == "many":
            for value in frame.values.get(block.name) or ():
                one = Frame(frame.scope, frame)
                one.values = {block.name: value}
                out.append(self._fill(template, one, stem, index, 1))
        else:
            used = [name for kind, name in (p for p in template if isinstance(p, tuple)) if kind != "node"]
            own = [name for name in used if name in frame.scope.variables and not self._elsewhere(name, block)]
            if all(frame.values.get(name) is not None for name in own):
                out.append(self._fill(template, frame, stem, index, 1))

    def _elsewhere(self, name: str, block: Block) -> bool:
        return any(other is not block and other.kind in ("head", "each") and name in other.variables() for other in self.exchange.blocks)

    def _fill(self, template: list[str | tuple[str, str]], frame: Frame, stem: str, index: tuple[int, ...], number: int) -> str:
        return "".join([piece if isinstance(piece, str) else self._text(piece, frame, stem, index, number) for piece in template])

    def _text(self, piece: tuple[str, str], frame: Frame, stem: str, index: tuple[int, ...], number: int) -> str:
        kind, name = piece
        if kind == "node":
            return self.node(name, stem, index)
        if kind == "position":
            return str(number)
        value = frame.get(name)
        if value is None:
            raise LowerError(
                Fault(f"?{name}", f"{self.exchange.row} needs a value for {name} ({self.exchange.variables[name].means})", self.exchange.variables[name].at)
            )
        return _TEXT[kind](value)

    def node(self, name: str, stem: str, index: tuple[int, ...]) -> str:
        """The minted node of a pattern variable that carries no value of its own."""
        depth = self._depth(self.exchange.nodes[name])
        return f"<{stem}{name}{''.join(f'.{number}' for number in index[:depth])}>"

    def _depth(self, scope: str) -> int:
        if scope == ".":
            return 0
        block = next(block for block in self.exchange.blocks if block.kind in ("each", "rows") and block.name == scope)
        outer = self._outer(block)
        return self._depth(outer) + 1

    def _outer(self, block: Block) -> str:
        """The scope an `each` or `rows` block stands in."""
        for scope in self.exchange.scope.every():
            if block.kind == "each" and block.name in scope.scopes:
                return scope.name
            if block.kind == "rows" and "#" + block.name in scope.columns:
                return scope.name
        return "."

    def _rows(self, block: Block, template: list[str | tuple[str, str]], frame: Frame, stem: str, index: tuple[int, ...], out: list[str]) -> None:
        count = frame.values[block.name]
        columns: list[Sequence[str]] = []
        form = self._row_form(block, template, frame, stem, index, columns, count)
        out += [form % cells for cells in zip(*columns, strict=True)]
        for other, optional in self._templates:
            if other.kind == "optional" and other.scope == block.name:
                self._optional_rows(other, optional, frame, stem, index, out, count)

    def _optional_rows(
        self, block: Block, template: list[str | tuple[str, str]], frame: Frame, stem: str, index: tuple[int, ...], out: list[str], count: int
    ) -> None:
        own = [name for kind, name in (p for p in template if isinstance(p, tuple)) if kind not in ("node", "position")]
        values = [frame.values.get(name) for name in own]
        if all(column is None for column in values):
            return
        present = [row for row in range(count) if all(column is not None and column[row] is not None for column in values)]
        if not present:
            return
        columns: list[Sequence[str]] = []
        form = self._row_form(block, template, frame, stem, index, columns, count, present)
        out += [form % cells for cells in zip(*columns, strict=True)]

    def _row_form(
        self,
        block: Block,
        template: list[str | tuple[str, str]],
        frame: Frame,
        stem: str,
        index: tuple[int, ...],
        columns: list[Sequence[str]],
        count: int,
        present: list[int] | None = None,
    ) -> str:
        rows = range(count) if present is None else present
        numbers = [str(row + 1) for row in rows]
        depth = len(index)
        form = []
        for piece in template:
            if isinstance(piece, str):
                form.append(piece.replace("%", "%%"))
            elif piece[0] == "node" and self._depth(self.exchange.nodes[piece[1]]) > depth:
                form.append(f"<{stem}{piece[1]}{''.join(f'.{number}' for number in index)}.%s>")
                columns.append(numbers)
            elif piece[0] == "position":
                form.append("%s")
                columns.append(numbers)
            elif piece[1] in frame.values and isinstance(frame.values[piece[1]], list):
                form.append("%s")
                columns.append(_texts(piece[0], frame.values[piece[1]], rows, self.exchange, piece[1]))
            else:
                form.append(self._text(piece, frame, stem, index, 1).replace("%", "%%"))
        return "".join(form)

    def _packed(self, block: Block, frame: Frame, stem: str, index: tuple[int, ...], out: list[str]) -> None:
        node = f"<{stem}{block.name}{''.join(f'.{number}' for number in index)}>"
        anchor = self._fill([self._slot(block.triples[0][0])], frame, stem, index, 1)
        out.append(f"{node} a hub:PackedRows ; hub:packs {anchor} ; hub:rowCount {frame.values[block.name]}")
        for variable in self.stored(block):
            column = frame.values.get(variable.name)
            if column is not None and any(value is not None for value in column):
                out.append(f" ; hub:packedColumn {quoted(pack(variable, column))}^^hub:Column")
        out.append(" .\n")

    def stored(self, block: Block) -> list[Variable]:
        names = [name for other in self.exchange.blocks if other is block or other.scope == block.name for name in other.variables()]
        return [self.exchange.variables[name] for name in dict.fromkeys(names) if name in self.exchange.variables and self._is_column(name, block)]

    def _is_column(self, name: str, block: Block) -> bool:
        return any(scope.columns.get(name) == block.name for scope in self.exchange.scope.every()) and self.exchange.variables[name].type != "position"


def _texts(kind: str, column: Sequence[Any], rows: Sequence[int], exchange: Exchange, name: str) -> list[str]:
    text = _TEXT[kind]
    seen: dict[Any, str] = {}
    out = []
    for row in rows:
        value = column[row]
        found = seen.get(value)
        if found is None:
            if value is None:
                raise LowerError(Fault(f"?{name}", f"{exchange.row} needs a value for {name} in row {row + 1}", exchange.variables[name].at))
            found = seen[value] = text(value)
        out.append(found)
    return out


def pack(variable: Variable, column: Sequence[Any]) -> str:
    """One column as one exact text: `name [v, v, …]`, or `name start+step*count` for equidistant instants."""
    if variable.type == "utc" and len(column) > 1 and None not in column:
        step = column[1] - column[0]
        if all(later - earlier == step for earlier, later in pairwise(column)):
            return f"{variable.name} {utc_text(column[0])}+{step}*{len(column)}"
    shown = ["null" if value is None else decimal_text(value) if variable.type == "decimal" else json.dumps(_plain(variable.type, value)) for value in column]
    return f"{variable.name} [{','.join(shown)}]"


def unpack(text: str, exchange: Exchange) -> tuple[str, list[Any]]:
    """The column name and values of a packed text; the inverse of `pack`."""
    name, _, rest = text.partition(" ")
    variable = exchange.variables[name]
    if not rest.startswith("["):
        start, _, steps = rest.partition("+")
        step, _, count = steps.partition("*")
        first = Instant.read(start).epoch
        return name, [first + int(step) * row for row in range(int(count))]
    values = json.loads(rest, parse_float=Decimal, parse_int=Decimal if variable.type == "decimal" else int)
    return name, [None if value is None else value if variable.type == "decimal" else _READ[variable.type](value) for value in values]


def _plain(kind: str, value: Any) -> Any:
    if kind == "utc":
        return utc_text(value)
    if kind in ("instant", "duration"):
        return value.text()
    return str(value) if kind == "date" else value


class Graph:
    """A graph in memory, indexed both ways: what `match` walks over."""

    def __init__(self, triples: Iterator[tuple[str, str, Term]]) -> None:
        self.out: dict[str, dict[str, list[Term]]] = defaultdict(dict)
        self.back: dict[str, dict[Term, list[str]]] = defaultdict(dict)
        for subject, predicate, value in triples:
            self.out[subject].setdefault(predicate, []).append(value)
            self.back[predicate].setdefault(value, []).append(subject)

    @classmethod
    def parse(cls, data: bytes | str, form: ox.RdfFormat, base: str | None = None) -> Graph:
        """Read Turtle, TriG, N-Quads or JSON-LD text."""
        return cls((_key(quad.subject), quad.predicate.value, _term(quad.object)) for quad in ox.parse(data, format=form, base_iri=base))

    def values(self, subject: str, predicate: str) -> list[Term]:
        return self.out[subject].get(predicate, []) if subject in self.out else []

    def one(self, subject: str, predicate: str) -> Term | None:
        found = self.values(subject, predicate)
        return found[0] if found else None

    def subjects(self, predicate: str, value: Term) -> list[str]:
        return self.back[predicate].get(value, []) if predicate in self.back else []


def _key(term: Any) -> str:
    return str(term.value) if isinstance(term, ox.NamedNode) else f"_:{term.value}"


def _term(term: Any) -> Term:
    return Literal(term.value, term.datatype.value, term.language) if isinstance(term, ox.Literal) else _key(term)


class Matcher:
    """Reads the bindings of one exchange from a graph; the mirror of `Writer`."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange
        self._writer = Writer(exchange)
        self._blocks = {(block.kind, block.name): block for block in exchange.blocks}

    def roots(self, graph: Graph) -> list[str]:
        """Candidate root nodes: those with the types the head gives the root."""
        types = [value for subject, predicate, value in self.exchange.blocks[0].triples if predicate == TYPE and subject == Var(self.exchange.root)]
        found = graph.subjects(TYPE, types[0]) if types else []  # type: ignore[arg-type]
        return [node for node in found if all(value in graph.values(node, TYPE) for value in types)]

    def match(self, graph: Graph, root: str) -> Frame | None:
        """The bindings at *root*, or None when the head does not hold there. Raises LowerError for values of a wrong kind."""
        frame = Frame(self.exchange.scope)
        if self.exchange.root in self.exchange.variables:
            frame.values[self.exchange.root] = shorten(root)
        return frame if self._scope(graph, {self.exchange.root: root}, frame, ".") else None

    def _scope(self, graph: Graph, nodes: dict[str, str], frame: Frame, scope: str) -> bool:
        for block in self.exchange.blocks:
            if block.kind == "head" and scope == ".":
                found = self._solutions(graph, block, nodes)
                if not found:
                    return False
                self._bind(block, found[0], frame, nodes)
            elif block.kind == "optional" and block.scope == scope:
                found = self._solutions(graph, block, nodes)
                if found:
                    self._bind(block, found[0], frame, nodes)
            elif block.kind == "many" and block.scope == scope:
                found = self._solutions(graph, block, nodes)
                if found:
                    frame.values[block.name] = tuple(self._value(block.name, solution[block.name]) for solution in found)
            elif block.kind == "each" and block.name in frame.scope.scopes:
                for solution in self._ordered(block, self._solutions(graph, block, nodes)):
                    inner = frame.add(block.name)
                    known = dict(nodes)
                    self._bind(block, solution, inner, known)
                    self._scope(graph, known, inner, block.name)
            elif block.kind == "rows" and "#" + block.name in frame.scope.columns:
                self._rows(graph, block, nodes, frame)
        return True

    def _ordered(self, block: Block, solutions: list[dict[str, Term]]) -> list[dict[str, Term]]:
        key = next((name for name in block.variables() if name in self.exchange.variables and self.exchange.variables[name].type == "position"), None)
        return sorted(solutions, key=lambda solution: self._value(key, solution[key])) if key else solutions

    def _bind(self, block: Block, solution: dict[str, Term], frame: Frame, nodes: dict[str, str]) -> None:
        for name, term in solution.items():
            if name in self.exchange.variables and self.exchange.variables[name].type != "position" and name in frame.scope.variables:
                frame.values[name] = self._value(name, term)
            if isinstance(term, str):
                nodes[name] = term

    def _value(self, name: str, term: Term) -> Any:
        variable = self.exchange.variables[name]
        try:
            value = term_value(variable.type, term)
        except ValueError as error:
            raise LowerError(Fault(f"?{name}", str(error), variable.at)) from error
        return shorten(value) if variable.type == "iri" else value

    def _solutions(self, graph: Graph, block: Block, nodes: dict[str, str]) -> list[dict[str, Term]]:
        """All ways to fill the block's variables, walking from what is known; repeated values give several."""
        found: list[dict[str, Term]] = [{}]
        for subject, predicate, value in block.triples:
            step: list[dict[str, Term]] = []
            for solution in found:
                source, target = self._known(subject, solution, nodes), self._known(value, solution, nodes)
                if source is not None and target is not None:
                    if target in graph.values(str(source), predicate):
                        step.append(solution)
                elif source is not None and isinstance(value, Var):
                    _extend(step, solution, value.name, graph.values(str(source), predicate))
                elif target is not None and isinstance(subject, Var):
                    _extend(step, solution, subject.name, graph.subjects(predicate, target))
            found = step
            if not found:
                return []
        return found

    def _known(self, slot: Slot, solution: dict[str, Term], nodes: dict[str, str]) -> Term | None:
        if isinstance(slot, Var):
            return solution.get(slot.name) or nodes.get(slot.name)
        return slot

    def _rows(self, graph: Graph, block: Block, nodes: dict[str, str], frame: Frame) -> None:
        anchor = block.triples[0][0]
        holder = self._known(anchor, {}, nodes)
        for packed in graph.subjects(expand("hub:packs"), holder) if holder is not None else ():
            count = graph.one(packed, expand("hub:rowCount"))
            frame.values[block.name] = int(count.value) if isinstance(count, Literal) else 0
            for text in graph.values(packed, expand("hub:packedColumn")):
                if isinstance(text, Literal):
                    name, column = unpack(text.value, self.exchange)
                    frame.values[name] = column
            return
        solutions = self._ordered(block, self._solutions(graph, block, nodes))
        if not solutions:
            return
        frame.values[block.name] = len(solutions)
        for variable in self._writer.stored(block):
            if variable.name in solutions[0]:
                frame.values[variable.name] = [self._value(variable.name, solution[variable.name]) for solution in solutions]
        for other in self.exchange.blocks:
            if other.kind == "optional" and other.scope == block.name:
                self._optional_rows(graph, other, solutions, nodes, frame)

    def _optional_rows(self, graph: Graph, block: Block, solutions: list[dict[str, Term]], nodes: dict[str, str], frame: Frame) -> None:
        names = [name for name in block.variables() if name in self.exchange.variables]
        columns: dict[str, list[Any]] = {name: [None] * len(solutions) for name in names}
        for row, solution in enumerate(solutions):
            known = {**nodes, **{name: term for name, term in solution.items() if isinstance(term, str)}}
            found = self._solutions(graph, block, known)
            for name in names if found else ():
                columns[name][row] = self._value(name, found[0][name])
        for name, column in columns.items():
            if any(value is not None for value in column):
                frame.values[name] = column


def _extend(step: list[dict[str, Term]], solution: dict[str, Term], name: str, terms: Sequence[Term]) -> None:
    """Add to *step* the solution with each of the *terms*; the usual single one in place, since copies of wide rows cost most."""
    if len(terms) == 1:
        solution[name] = terms[0]
        step.append(solution)
    else:
        step += [{**solution, name: term} for term in terms]


def turtle(graph: str, body: str) -> str:
    """A Turtle document with our prefixes, relative node names resolved against *graph*."""
    return f"{turtle_prefixes()}@base <{graph}> .\n{body}"


def trig(graph: str, body: str) -> str:
    """The same as one named graph."""
    return f"{turtle_prefixes()}@base <{graph}> .\n<{graph}> {{\n{body}}}\n"


def scope_of(exchange: Exchange, name: str) -> Scope:
    found = exchange.scope.find(name)
    if found is None:
        raise KeyError(name)
    return found
