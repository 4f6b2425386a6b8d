"""Graph → bindings: the mirror of the writer. Law: match(instantiate(b)) == b, order included."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from adapter.errors import Fault, LowerError
from adapter.exchange import Block, Exchange, Literal, Slot, Term, Var
from adapter.frames import Frame
from adapter.graph.index import Graph
from adapter.graph.packed import unpack
from adapter.graph.terms import term_value
from adapter.graph.writer import Writer
from adapter.names import TYPE, expand, shorten


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
