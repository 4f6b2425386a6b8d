"""Bindings → graph: an exchange's pattern as Turtle, compiled once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from adapter.errors import Fault, LowerError
from adapter.exchange import Block, Exchange, Literal, Slot, Triple, Variable
from adapter.frames import Frame
from adapter.graph.packed import pack
from adapter.graph.terms import _TEXT, _iri_text, _value_iri, quoted
from adapter.names import TYPE, XSD


class Writer:
    """Writes the frames of one exchange as Turtle; compiled once per exchange. Triples that *keep* says no to are left out."""

    def __init__(self, exchange: Exchange, keep: Callable[[Triple], bool] = lambda triple: True) -> None:
        self.exchange = exchange
        kept = [(block, [triple for triple in block.triples if keep(triple)]) for block in exchange.blocks]
        self._templates = [
            (block, self._template(triples)) for block, triples in kept if triples or block.kind in ("head", "each") or len(self._values_of(block)) > 1
        ]
        self._needed = {id(block): self._values(block) for block in exchange.blocks if block.kind in ("head", "each")}
        self._stored: dict[str, list[Variable]] = {}
        self._depths = {name: self._depth(scope) for name, scope in exchange.nodes.items()}
        self._own = {id(block): self._values_of(block) for block in exchange.blocks if block.kind == "optional"}
        texts = "".join(piece for _, template in self._templates for piece in template if isinstance(piece, str))
        self.prefixes = frozenset(re.findall(r"(?<![\w<#/:])([a-z][a-z0-9]*):", texts)) | {"xsd", "hub"}

    def _template(self, triples: Sequence[Triple]) -> list[str | tuple[str, str]]:
        """Turtle of triples in pieces: text, or (kind, variable) to fill in."""
        pieces: list[str | tuple[str, str]] = []
        last: Slot | None = None
        for subject, predicate, value in triples:
            shown = "a" if predicate == TYPE else _iri_text(predicate)
            if subject == last:
                pieces.append(f" ; {shown} ")
            else:
                pieces += [" .\n" if last is not None else "", self._slot(subject), f" {shown} "]
            pieces.append(self._slot(value))
            last = subject
        return [piece for piece in [*pieces, " .\n"] if piece] if pieces else []

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

    def gaps(self, frame: Frame, scope: str = ".") -> Iterator[Fault]:
        """What `write` would refuse outside the rows: each variable (`?name`) without a value where the graph needs one."""
        for block in self.exchange.blocks:
            if block.kind == "each" and block.name in frame.scope.scopes:
                for inner in frame.each(block.name):
                    yield from self._without(block, inner)
                    yield from self.gaps(inner, block.name)
            elif block.scope == scope and block.kind == "head":
                yield from self._without(block, frame)
            elif block.scope == scope and block.kind == "optional":
                own = self._own[id(block)]
                missing = [name for name in own if frame.values.get(name) is None]
                if missing and len(missing) < len(own):
                    yield self._half(block, missing)

    def _without(self, block: Block, frame: Frame) -> Iterator[Fault]:
        return (self._missing(name) for name in self._needed[id(block)] if frame.get(name) is None)

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
            own = self._own[id(block)]
            present = [name for name in own if frame.values.get(name) is not None]
            if len(present) == len(own):
                out.append(self._fill(template, frame, stem, index, 1))
            elif present:
                raise LowerError(self._half(block, [name for name in own if name not in present]))

    def _half(self, block: Block, missing: Sequence[str]) -> Fault:
        """A block of which only some variables have values: the rest would be lost in silence."""
        return Fault(f"?{missing[0]}", f"has no value, and the others of the block {block.name!r} have one", block.at)

    def _missing(self, name: str) -> Fault:
        variable = self.exchange.variables[name]
        return Fault(f"?{name}", f"{self.exchange.row} needs a value for {name} ({variable.means})", variable.at)

    def _values_of(self, block: Block) -> tuple[str, ...]:
        """The variables an optional block stands or falls with: its values that no head or each block has."""
        elsewhere = {name for other in self.exchange.blocks if other is not block and other.kind in ("head", "each") for name in other.variables()}
        return tuple(name for name in self._values(block) if name not in elsewhere)

    def _values(self, block: Block) -> tuple[str, ...]:
        """The variables of a block that a frame has values for."""
        return tuple(name for name in block.variables() if name in self.exchange.variables and self.exchange.variables[name].type != "position")

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
            raise LowerError(self._missing(name))
        return _TEXT[kind](value)

    def node(self, name: str, stem: str, index: tuple[int, ...]) -> str:
        """The minted node of a pattern variable that carries no value of its own."""
        return f"<{stem}{name}{''.join([f'.{number}' for number in index[: self._depths[name]]])}>"

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
        own = [name for name in self._own[id(block)] if frame.scope.columns.get(name) == block.scope]
        values = [frame.values.get(name) for name in own]
        if all(column is None for column in values):
            return
        filled = [[column is not None and column[row] is not None for column in values] for row in range(count)]
        present = [row for row, cells in enumerate(filled) if all(cells)]
        half = next((cells for cells in filled if any(cells) and not all(cells)), None)
        if half is not None:
            raise LowerError(self._half(block, [name for name, cell in zip(own, half, strict=True) if not cell]))
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
            elif piece[0] == "node" and self._depths[piece[1]] > depth:
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
        """The variables whose columns are packed with the rows of a block."""
        found = self._stored.get(block.name)
        if found is None:
            found = self._stored[block.name] = self._columns(block)
        return found

    def _columns(self, block: Block) -> list[Variable]:
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
            found = text(value)
            if kind != "decimal":  # 12.5 and 12.50 are equal, and are written with their own digits
                seen[value] = found
        out.append(found)
    return out
