"""Exchanges: the canonical form of one row of the acceptance grid. A graph pattern in blocks, and its variables.

A file of mappings/exchanges has `pattern:` with the blocks `head`, `optional NAME [in SCOPE]`, `many VAR [in SCOPE]`,
`each SCOPE [in SCOPE]` and `rows NAME [in SCOPE]` (Turtle with ?variables), `variables:`, and `derive:` rules.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import pyoxigraph as ox

from adapter.frames import Scope
from adapter.names import expand, turtle_prefixes
from adapter.text import Table

TYPES = ("text", "decimal", "integer", "instant", "utc", "duration", "boolean", "date", "iri", "position")
KINDS = ("power", "energy", "reactive_energy", "price", "state", "factor", "")
COARSEN = ("mean", "sum", "max", "min", "any", "same", "refuse", "nearest_zero", "")
ROUND = ("floor", "ceil", "exact", "half_even", "to_zero", "")
_VARIABLE = re.compile(r"\?([A-Za-z_][A-Za-z0-9_]*)")


@dataclass(frozen=True, slots=True)
class Var:
    """A ?variable of a pattern."""

    name: str


@dataclass(frozen=True, slots=True)
class Literal:
    """A literal: lexical form, datatype IRI, language."""

    value: str
    datatype: str
    language: str | None = None


Term: TypeAlias = "str | Literal"
Slot: TypeAlias = "Var | str | Literal"
Triple: TypeAlias = "tuple[Slot, str, Slot]"


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable of an exchange: its datatype, unit, and for columns of series how they behave."""

    name: str
    type: str
    means: str
    essential: bool
    many: bool
    unit: str
    kind: str
    reference: str
    bound: str
    coarsen: str
    round: str
    derived: bool
    source: str
    at: str


@dataclass(frozen=True, slots=True)
class Block:
    """One block of a pattern, with the scope it lives in and the variables it binds."""

    kind: str
    name: str
    scope: str
    triples: tuple[Triple, ...]
    at: str

    def variables(self) -> list[str]:
        """Names of the variables in this block, in order of first appearance."""
        seen: dict[str, None] = {}
        for subject, _, value in self.triples:
            for slot in (subject, value):
                if isinstance(slot, Var):
                    seen.setdefault(slot.name)
        return list(seen)


@dataclass(frozen=True)
class Exchange:
    """One exchange: id of its row (FP2), file name, blocks in order, variables, scopes, derive rules."""

    row: str
    name: str
    title: str
    service: str
    source: str
    points: str
    blocks: tuple[Block, ...]
    variables: dict[str, Variable]
    scope: Scope
    derive: Sequence[Table]
    table: Table
    root: str
    nodes: dict[str, str] = field(default_factory=dict)
    place: str = ""  # the variable that says which zone, connection or device it is about
    said_by: tuple[str, ...] = ()  # the roles of partners that may say it; none: everybody

    def block(self, kind: str, name: str) -> Block:
        return next(block for block in self.blocks if block.kind == kind and block.name == name)

    def columns_of(self, rows: str) -> list[Variable]:
        """The variables that are columns of the rows called *rows*."""
        return [self.variables[name] for scope in self.scope.every() for name, owner in scope.columns.items() if owner == rows and name in self.variables]

    @property
    def essentials(self) -> list[str]:
        return [variable.name for variable in self.variables.values() if variable.essential]


def read_exchange(table: Table, name: str) -> Exchange:
    """Compile one exchange file; raises MappingError with the line."""
    table.only("exchange", "title", "service", "source", "points", "means", "pattern", "variables", "derive", "place", "said_by")
    row = table.text("exchange")
    variables = {key: _variable(table.table("variables"), key) for key in table.table("variables")}
    scope = Scope(".")
    blocks: list[Block] = []
    nodes: dict[str, str] = {}
    known: set[str] = set()
    pattern = table.table("pattern")
    for header in pattern:
        blocks.append(_block(pattern, header, variables, scope, nodes, known))
    root = blocks[0].variables()[0]
    exchange = Exchange(
        row,
        name,
        table.text("title"),
        table.text("service", ""),
        table.text("source", ""),
        table.text("points", "graph"),
        tuple(blocks),
        variables,
        scope,
        [rule for rule in table.items_of("derive") if isinstance(rule, Table)],
        table,
        root,
        nodes,
        table.text("place", ""),
        tuple(table.texts("said_by")),
    )
    if exchange.place and exchange.place not in variables:
        raise table.wrong(f"there is no variable {exchange.place!r}", "place")
    _prove(exchange)
    return exchange


def _variable(table: Table, name: str) -> Variable:
    entry = table.table(name)
    entry.only("type", "means", "essential", "many", "unit", "kind", "reference", "bound", "coarsen", "round", "derived", "in", "source")
    for key, allowed in (("type", TYPES), ("kind", KINDS), ("coarsen", COARSEN), ("round", ROUND)):
        if entry.text(key, "") not in (*allowed, ""):
            raise entry.wrong(f"{entry[key]!r} is not a {key}; known are {', '.join(filter(None, allowed))}", key)
    return Variable(
        name,
        entry.text("type", "text"),
        entry.text("means", ""),
        entry.flag("essential"),
        entry.flag("many"),
        entry.text("unit", ""),
        entry.text("kind", ""),
        entry.text("reference", ""),
        entry.text("bound", ""),
        entry.text("coarsen", ""),
        entry.text("round", ""),
        entry.flag("derived"),
        entry.text("source", ""),
        entry.at(),
    )


def _block(table: Table, header: str, variables: dict[str, Variable], scope: Scope, nodes: dict[str, str], known: set[str]) -> Block:
    words = header.split()
    kind, name = words[0], words[1] if len(words) > 1 else ""
    if kind not in ("head", "optional", "many", "each", "rows") or (kind == "head") != (len(words) == 1) or (len(words) > 2 and words[2] != "in"):
        raise table.wrong(f"{header!r} is not a block; blocks are head, optional NAME, many VAR, each SCOPE, rows NAME, and `in SCOPE` may follow", header)
    inside = words[3] if len(words) > 3 else "."
    outer = scope.find(inside) or next((found for found in scope.every() if inside in found.columns.values()), None)
    if outer is None:
        raise table.wrong(f"{header!r}: there is no scope or rows {inside!r} above", header)
    in_rows = inside in outer.columns.values() and scope.find(inside) is None
    where = outer.child(name) if kind == "each" else outer
    if kind == "rows" or in_rows:
        where.variables.add(name if kind == "rows" else inside)
    block = Block(kind, name, name if kind in ("each", "rows") else inside, _anchored(table, header, known), table.at(header))
    for variable in block.variables():
        if variable in variables:
            if where.owner(variable) is None:
                if kind == "rows" or in_rows:
                    where.columns[variable] = name if kind == "rows" else inside
                elif variables[variable].type != "position":
                    where.variables.add(variable)
        else:
            nodes.setdefault(variable, block.scope)
    if kind == "rows":
        where.columns.setdefault("#" + name, name)
    return block


def _anchored(table: Table, header: str, known: set[str]) -> tuple[Triple, ...]:
    """The triples of a block in an order in which each hangs on a variable above it; `known` grows by what the block binds."""
    waiting, ordered = list(_triples(table, header)), list[Triple]()
    if not known and waiting and isinstance(waiting[0][0], Var):
        known.add(waiting[0][0].name)
    while waiting:
        for triple in waiting:
            names = {slot.name for slot in (triple[0], triple[2]) if isinstance(slot, Var)}
            if names & known:
                break
        else:
            raise table.wrong(f"in {header!r} the triple about {waiting[0][0]} hangs on nothing above", header)
        waiting.remove(triple)
        ordered.append(triple)
        known |= names
    return tuple(ordered)


def _triples(table: Table, header: str) -> tuple[Triple, ...]:
    text = _VARIABLE.sub(r"<var:\1>", table.text(header))
    try:
        return tuple((_slot(t.subject), t.predicate.value, _slot(t.object)) for t in ox.parse(turtle_prefixes() + text, format=ox.RdfFormat.TURTLE))
    except (SyntaxError, ValueError) as error:
        raise table.wrong(f"the pattern of {header!r} is not Turtle with ?variables: {error}", header) from error


def _slot(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> Slot:
    if isinstance(term, ox.NamedNode):
        return Var(term.value[4:]) if term.value.startswith("var:") else term.value
    if isinstance(term, ox.Literal):
        return Literal(term.value, term.datatype.value, term.language)
    raise ValueError("blank nodes are not used in patterns; give the node a ?variable")


def _prove(exchange: Exchange) -> None:
    """Every variable of the table stands in the pattern (or is derived), and every block hangs on what stands above it."""
    known: set[str] = {exchange.root}
    for block in exchange.blocks:
        if block.kind in ("rows", "each") and block.name in exchange.variables:
            raise exchange.table.table("variables").wrong(f"{block.name!r} is a variable and a block of {block.kind}: give one another name", block.name)
    for block in exchange.blocks:
        known.update(block.variables())
    for variable in exchange.variables.values():
        if variable.name not in known and not variable.derived:
            raise exchange.table.table("variables").wrong(
                f"?{variable.name} stands in no block of the pattern (say `derived: true` if a rule makes it)", variable.name
            )
    for variable in exchange.variables.values():
        if variable.derived:
            inside = exchange.table.table("variables").table(variable.name).text("in", ".")
            scope = exchange.scope.find(inside)
            if scope is not None:
                scope.variables.add(variable.name)
                continue
            owner = next((found for found in exchange.scope.every() if inside in found.columns.values()), None)
            if owner is None:
                raise exchange.table.table("variables").wrong(f"?{variable.name} is derived in {inside!r}, which is no scope and no rows", variable.name)
            owner.columns[variable.name] = inside


def iri(curie: str) -> str:
    return expand(curie)
