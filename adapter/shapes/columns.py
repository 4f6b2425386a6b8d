"""SHACL rules about rows, compiled to checks on columns.

Supported on a node of a rows block: sh:property with minCount, maxCount, in, hasValue, min/maxInclusive/Exclusive,
lessThan, lessThanOrEquals, datatype, nodeKind, class; sh:or of such; on the node that holds the rows: minCount and
sh:qualifiedValueShape. Anything else does not compile: a rule that would never be checked is refused at build time.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from adapter.errors import Fault, MappingError
from adapter.exchange import Block, Exchange, Literal, Term, Var
from adapter.frames import Frame
from adapter.graph import Graph, term_value
from adapter.names import RDF, SH, TYPE, shorten

DATATYPES = {
    "decimal": "decimal",
    "text": "string",
    "integer": "integer",
    "instant": "dateTime",
    "utc": "dateTime",
    "duration": "duration",
    "boolean": "boolean",
    "date": "date",
    "position": "integer",
}
_IGNORED = {"path", "message", "name", "description", "severity", "maxCount", "nodeKind", "class", "datatype", "order"}
_COMPARE = {"minInclusive": operator.lt, "maxInclusive": operator.gt, "minExclusive": operator.le, "maxExclusive": operator.ge}

Bad = Callable[[Frame, int], set[int]]


@dataclass(frozen=True, slots=True)
class ColumnCheck:
    """One rule about rows: which rows break it, what to say, which column to point at."""

    rows: str
    bad: Bad
    message: str
    shape: str
    variable: str
    whole: bool = False


@dataclass
class ColumnCompiler:
    """Compiles the row rules of one shapes graph for one exchange."""

    exchange: Exchange
    graph: Graph
    file: str

    def checks(self, shape: str) -> list[ColumnCheck] | None:
        """The checks of a node shape, or None when it speaks of the head only."""
        target = self.graph.one(shape, SH + "targetClass")
        focus = self._focus(str(target)) if target is not None else None
        if focus is None:
            return None
        block, variable = focus
        rows = block.name if block.kind == "rows" else block.scope if self._is_rows(block.scope) else None
        if rows is None:
            found = [check for prop in self.graph.values(shape, SH + "property") if (check := self._about_rows(str(prop), variable, shape)) is not None]
            properties = self.graph.values(shape, SH + "property")
            if found and len(found) != len(properties):
                raise self._wrong(shape, "mixes rules about rows and rules about the head: make two node shapes")
            return found or None
        checks = list(self._of_node(shape, rows, variable))
        if block.kind == "rows":
            return checks
        own = [name for name in block.variables() if name in self.exchange.variables]  # a row without the node has nothing to check
        return [replace(check, bad=_where_present(check.bad, own)) for check in checks]

    def _is_rows(self, name: str) -> bool:
        return any(block.kind == "rows" and block.name == name for block in self.exchange.blocks)

    def _focus(self, target: str) -> tuple[Block, str] | None:
        for block in self.exchange.blocks:
            for subject, predicate, value in block.triples:
                if predicate == TYPE and value == target and isinstance(subject, Var):
                    return block, subject.name
        return None

    def _of_node(self, node: str, rows: str, variable: str) -> Iterator[ColumnCheck]:
        for predicate, values in self.graph.out[node].items():
            name = predicate.removeprefix(SH)
            for value in values:
                if name == "property":
                    yield from self._property(str(value), variable, rows, node)
                elif name == "or":
                    bads = [self._all(str(item), variable, rows) for item in self._list(value)]
                    first = self._variables(str(self._list(value)[0]), variable)
                    yield ColumnCheck(rows, _none_of(bads), self._message(node), shorten(node), first)
                elif name not in ("targetClass", "message", "name", "description", "severity") and predicate.startswith(SH):
                    raise self._wrong(node, f"sh:{name} does not compile to a column check")

    def _property(self, prop: str, variable: str, rows: str, shape: str) -> Iterator[ColumnCheck]:
        column = self._column(prop, variable)
        for bad in self._atoms(prop, column):
            yield ColumnCheck(rows, bad, self._message(prop) or self._message(shape), shorten(shape), column)

    def _all(self, node: str, variable: str, rows: str) -> Bad:
        """Bad rows of an anonymous shape: those that break any of its properties."""
        if self.graph.values(node, SH + "path"):
            bads = list(self._atoms(node, self._column(node, variable)))
        else:
            bads = [bad for prop in self.graph.values(node, SH + "property") for bad in self._atoms(str(prop), self._column(str(prop), variable))]
        return bads[0] if len(bads) == 1 else lambda frame, n: set().union(*[bad(frame, n) for bad in bads])

    def _variables(self, node: str, variable: str) -> str:
        prop = node if self.graph.values(node, SH + "path") else str(self.graph.values(node, SH + "property")[0])
        return self._column(prop, variable)

    def _atoms(self, prop: str, column: str) -> Iterator[Bad]:
        kind = self.exchange.variables[column].type
        for predicate, values in self.graph.out[prop].items():
            name = predicate.removeprefix(SH)
            for value in values:
                if name == "datatype" and str(value).rpartition("#")[2] != DATATYPES.get(kind):
                    raise self._wrong(prop, f"asks for {shorten(str(value))}, and ?{column} is a {kind}")
                if name in _IGNORED or not predicate.startswith(SH):
                    continue
                yield self._atom(prop, name, value, column, kind)

    def _atom(self, prop: str, name: str, value: Term, column: str, kind: str) -> Bad:
        if name == "minCount":
            wanted = int(_number(value))
            return lambda frame, n: {row for row, item in enumerate(cells) if item is None} if wanted and None in (cells := _cells(frame, column, n)) else set()
        if name in ("in", "hasValue"):
            items = self._list(value) if name == "in" else [value]
            allowed = frozenset([_value(kind, item) for item in items] + ([None] if name == "in" else []))
            return lambda frame, n: (
                set() if allowed.issuperset(cells := _cells(frame, column, n)) else {row for row, item in enumerate(cells) if item not in allowed}
            )
        if name in _COMPARE:
            bound, fails = _number(value), _COMPARE[name]
            return lambda frame, n: _where(fails, _cells(frame, column, n), [bound] * n)
        if name in ("lessThanOrEquals", "lessThan"):
            other = self._sibling(prop, str(value))
            fails = operator.gt if name == "lessThanOrEquals" else operator.ge
            return lambda frame, n: _where(fails, _cells(frame, column, n), _cells(frame, other, n))
        raise self._wrong(prop, f"sh:{name} does not compile to a column check")

    def _about_rows(self, prop: str, variable: str, shape: str) -> ColumnCheck | None:
        """A rule of the node that holds rows about the rows as a whole: how many, or how many of a kind."""
        path = self.graph.one(prop, SH + "path")
        block = next((one for one in self.exchange.blocks if one.kind == "rows" and one.triples[0][0] == Var(variable) and one.triples[0][1] == path), None)
        if block is None:
            return None
        point = block.triples[0][2]
        assert isinstance(point, Var)
        message = self._message(prop)
        least = self.graph.one(prop, SH + "minCount")
        if least is not None:
            wanted = int(_number(least))
            return ColumnCheck(block.name, lambda frame, n: {0} if n < wanted else set(), message, shorten(shape), "t0", True)
        inner = self.graph.one(prop, SH + "qualifiedValueShape")
        low, high = self.graph.one(prop, SH + "qualifiedMinCount"), self.graph.one(prop, SH + "qualifiedMaxCount")
        if inner is None:
            raise self._wrong(prop, "speaks of rows with something other than minCount or a qualified count")
        bad = self._all(str(inner), point.name, block.name)
        low_n, high_n = (int(_number(low)) if low is not None else 0), (int(_number(high)) if high is not None else None)

        def counts(frame: Frame, n: int) -> set[int]:
            good = n - len(bad(frame, n))
            return {0} if good < low_n or (high_n is not None and good > high_n) else set()

        return ColumnCheck(block.name, counts, message, shorten(shape), self._variables(str(inner), point.name), True)

    def _column(self, prop: str, variable: str) -> str:
        """The column a property path leads to from a row node."""
        path = self.graph.one(prop, SH + "path")
        steps = [str(path)] if isinstance(path, str) and not path.startswith("_:") else [str(step) for step in self._list(path)]
        for step in steps:
            following = next(
                (
                    value
                    for block in self.exchange.blocks
                    for subject, predicate, value in block.triples
                    if subject == Var(variable) and predicate == step and isinstance(value, Var)
                ),
                None,
            )
            if following is None:
                raise self._wrong(prop, f"the path {shorten(step)} leads nowhere from ?{variable}")
            variable = following.name
        if variable not in self.exchange.variables:
            raise self._wrong(prop, f"the path ends at ?{variable}, which is a node without a value of its own")
        return variable

    def _sibling(self, prop: str, predicate: str) -> str:
        """The column of another property of the node that holds this one's value (lessThanOrEquals)."""
        path = self.graph.one(prop, SH + "path")
        last = path if isinstance(path, str) and not path.startswith("_:") else str(self._list(path)[-1])
        triples = [triple for block in self.exchange.blocks for triple in block.triples]
        holders = {subject for subject, step, _ in triples if step == last}
        for subject, step, value in triples:
            if subject in holders and step == predicate and isinstance(value, Var):
                return value.name
        raise self._wrong(prop, f"{shorten(predicate)} stands on no common node")

    def _list(self, head: Term | None) -> list[Term]:
        items: list[Term] = []
        while isinstance(head, str) and head != RDF + "nil":
            first = self.graph.one(head, RDF + "first")
            if first is None:
                break
            items.append(first)
            head = self.graph.one(head, RDF + "rest")
        return items

    def _message(self, node: str) -> str:
        found = self.graph.one(node, SH + "message")
        return found.value if isinstance(found, Literal) else ""

    def _wrong(self, node: str, says: str) -> MappingError:
        return MappingError(Fault(self.file, f"{shorten(node)}: {says}"))


def _none_of(alternatives: list[Bad]) -> Bad:
    """Bad rows of an sh:or: those that break every alternative; once none is left, no further alternative is looked at."""

    def broken(frame: Frame, n: int) -> set[int]:
        rows = alternatives[0](frame, n)
        for bad in alternatives[1:]:
            if rows:
                rows = rows & bad(frame, n)
        return rows

    return broken


def _where_present(bad: Bad, own: list[str]) -> Bad:
    """Bad rows among those in which one of the *own* columns has a value."""
    return lambda frame, n: {row for row in bad(frame, n) if any(_cells(frame, name, n)[row] is not None for name in own)}


def _where(fails: Callable[[Any, Any], bool], ones: list[Any], others: list[Any]) -> set[int]:
    """The rows where *fails* holds; a row without one of the values does not fail."""
    try:
        return {row for row, bad in enumerate(map(fails, ones, others)) if bad}
    except TypeError:  # None compares with nothing
        return {row for row, (one, two) in enumerate(zip(ones, others, strict=True)) if one is not None and two is not None and fails(one, two)}


def _cells(frame: Frame, column: str, count: int) -> list[Any]:
    values = frame.values.get(column)
    return values if values is not None else [None] * count


def _value(kind: str, term: Term) -> Any:
    value = term_value(kind, term)
    return shorten(value) if kind == "iri" else value


def _number(term: Term) -> Decimal:
    return Decimal(term.value if isinstance(term, Literal) else term)
