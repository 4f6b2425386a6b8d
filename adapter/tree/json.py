"""Read and write JSON by a tree specification. The mirror of `tree/xml.py`; both fill the same frames."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from adapter.frames import Frame, Scope
from adapter.tree.columns import read_column, write_column
from adapter.tree.log import Log
from adapter.tree.spec import Branch, Leaf, Rows
from adapter.tree.xml_leaves import holds, too_many
from adapter.values import NIL, decimal_text

LIST = "[]"


def rooted(value: Any) -> Any:
    """A document whose root is a list, as an object with the one member `[]`."""
    return {LIST: value} if isinstance(value, list) else value


class JsonTree:
    """A compiled tree for one JSON message: `read` a decoded value into a frame, `write` a frame into one.

    *member* is the key of the root object that holds the message, or "" when the message is the root itself. *single*: what repeats may stand without a
    list when there is one of it, as in documents made from RDF, which knows no lists.
    """

    name = ""  # a JSON document has no root element

    def __init__(self, root: Branch, scope: Scope, member: str = "", single: bool = False) -> None:
        self.root, self.scope, self.member, self.single = root, scope, member, single
        self._keys = {id(branch): {child.key for child in branch.children} for branch in _branches(root)}

    def read(self, value: Any, log: Log) -> Frame:
        """The frame of a decoded document."""
        frame = Frame(self.scope, path="/" + self.member)
        value = rooted(value)
        path = "/" + self.member if self.member else ""
        if self.member:
            for name in value:
                if name != self.member:
                    _unknown(value[name], "/" + name, log)
            if self.member not in value:
                log.missing(path, self.root.at)
                return frame
            value = value[self.member]
        self._read(value, self.root, frame, path, log)
        return frame

    def _read(self, value: Any, branch: Branch, frame: Frame, path: str, log: Log) -> None:
        if not isinstance(value, dict):
            log.fault(path or "/", f"must be an object, and is {_shown(value)}", branch.at)
            return
        for name in () if branch.rest else value.keys() - self._keys[id(branch)]:
            _unknown(value[name], f"{path}/{name}", log)
        for child in branch.children:
            place = f"{path}/{child.key}"
            if child.key not in value:
                if child.least:
                    log.missing(place, child.at)
                elif isinstance(child, Leaf) and child.default is not None:
                    frame.values[child.var] = child.default
            elif isinstance(child, Leaf):
                self._leaf(value[child.key], child, frame.values, place, log)
            elif isinstance(child, Rows):
                self._rows(value[child.key], child, frame, place, log)
            elif child.scope:
                items = value[child.key]
                if isinstance(items, dict) and (child.most is not None or self.single):
                    items = [items]
                if not isinstance(items, list):
                    log.fault(place, f"must be a list, and is {_shown(items)}", child.at)
                    continue
                if not items:
                    log.missing(place, child.at) if child.least else log.empty(place, "[]")
                for at, item in enumerate(items, 1):
                    below = f"{place}[{at}]"
                    self._read(item, child, frame.add(child.scope, below), below, log)
                too_many(child.most, items, place, child.at, log)
            elif child.nil and value[child.key] is None:
                frame.values[child.nil] = True
            elif value[child.key] == {} and child.can_be_empty:
                log.empty(place, "{}")
            else:
                self._read(value[child.key], child, frame, place, log)

    def _leaf(self, value: Any, leaf: Leaf, values: dict[str, Any], path: str, log: Log) -> None:
        if leaf.flag:
            if value not in ({}, []):
                log.fault(path, f"must be empty, and is {_shown(value)}", leaf.at)
            values[leaf.var] = True
            return
        if leaf.most is None:
            items = value if isinstance(value, list) else [value] if self.single else None
            if items is None:
                log.fault(path, f"must be a list, and is {_shown(value)}", leaf.at)
            elif not items:
                log.missing(path, leaf.at) if leaf.least else log.empty(path, "[]")
            else:
                values[leaf.var] = tuple(_scalar(item, leaf, f"{path}[{at}]", log) for at, item in enumerate(items, 1))
            return
        taken = _scalar(value, leaf, path, log)
        if leaf.var:
            values[leaf.var] = taken

    def _rows(self, items: Any, rows: Rows, frame: Frame, path: str, log: Log) -> None:
        if not isinstance(items, list):
            log.fault(path, f"must be a list, and is {_shown(items)}", rows.at)
            return
        if not items:
            log.missing(path, rows.at) if rows.least else log.empty(path, "[]")
        frame.values[rows.name] = len(items)
        flat: list[dict[tuple[str, ...], Any]] = [dict(_flatten(item, ())) if isinstance(item, dict) else {(): item} for item in items]
        known = {leaf.steps for leaf in rows.columns}
        for row, cells in enumerate(flat, 1):
            for steps in cells.keys() - known:
                _unknown(cells[steps], f"{path}[{row}]/{'/'.join(steps)}", log)
        for leaf in rows.columns:
            place = lambda row, leaf=leaf: f"{path}[{row + 1}]/{'/'.join(leaf.steps)}"  # noqa: E731
            texts = [_text(cells[leaf.steps], leaf, place, row, log) if leaf.steps in cells else None for row, cells in enumerate(flat)]
            column = read_column(leaf, texts, place, log)
            if leaf.var:
                frame.values[leaf.var] = column

    # writing

    def write(self, frame: Frame, log: Log) -> Any:
        """The value to encode that says what *frame* holds."""
        value = self._write(self.root, frame, "/" + self.member if self.member else "", log)
        return {self.member: value} if self.member else value.get(LIST, value)

    def _write(self, branch: Branch, frame: Frame, path: str, log: Log) -> dict[str, Any]:
        value: dict[str, Any] = {}
        for child in branch.children:
            place = f"{path}/{child.key}"
            if isinstance(child, Leaf):
                self._write_leaf(value, child, frame, place, log)
            elif isinstance(child, Rows):
                if frame.values.get(child.name):
                    value[child.key] = self._write_rows(child, frame, place, log)
                elif child.least:
                    log.missing(place, child.at)
            elif child.scope:
                self._write_scope(value, child, frame, place, log)
            elif child.nil and frame.values.get(child.nil):
                value[child.key] = None
            elif child.least or holds(child, frame):
                value[child.key] = self._write(child, frame, place, log)
        return value

    def _write_scope(self, value: dict[str, Any], child: Branch, frame: Frame, place: str, log: Log) -> None:
        inner = frame.each(child.scope)
        written = []
        for at, item in enumerate(inner, 1):
            item.path = f"{place}[{at}]"
            written.append(self._write(child, item, item.path, log))
        if not inner:
            if child.least:
                log.missing(place, child.at)
            return
        if child.most is not None:
            if len(inner) > child.most:
                log.fault(place, f"can stand {child.most} time, and there are {len(inner)}", child.at)
            value[child.key] = written[0]
            return
        value[child.key] = written

    def _write_leaf(self, value: dict[str, Any], leaf: Leaf, frame: Frame, place: str, log: Log) -> None:
        if leaf.const is not None:
            value[leaf.key] = _scalar_out(leaf.const, leaf)
            return
        content = frame.values.get(leaf.var) if leaf.var else None
        if content is None or (leaf.flag and content is not True):
            if leaf.least and not leaf.ignore:
                log.missing(place, leaf.at)
        elif leaf.flag:
            value[leaf.key] = {}
        elif leaf.most is None:
            value[leaf.key] = [_written(item, leaf, place, log) for item in content]
        elif content != leaf.default or leaf.least:
            value[leaf.key] = _written(content, leaf, place, log)

    def _write_rows(self, rows: Rows, frame: Frame, path: str, log: Log) -> list[dict[str, Any]]:
        count = frame.values[rows.name]
        items: list[dict[str, Any]] = [{} for _ in range(count)]
        for leaf in rows.columns:
            place = lambda row, leaf=leaf: f"{path}[{row + 1}]/{'/'.join(leaf.steps)}"  # noqa: E731
            for item, text in zip(items, write_column(leaf, frame.values.get(leaf.var), count, place, log), strict=True):
                if text is not None:
                    for step in leaf.steps[:-1]:
                        item = item.setdefault(step[:-2], [{}])[0] if step.endswith("[]") else item.setdefault(step, {})
                    item[leaf.steps[-1]] = _scalar_out(text, leaf)
        return items


def _scalar(value: Any, leaf: Leaf, path: str, log: Log) -> Any:
    if leaf.ignore:
        return None
    if value is None and leaf.nil:
        return NIL
    if leaf.type.name == "json":
        return canonical(value)
    text = _text(value, leaf, lambda _: path, 0, log)
    if text is None:
        return None
    try:
        return leaf.read(text)
    except ValueError as error:
        log.bad(path, leaf, text, error)
        return None


def _text(value: Any, leaf: Leaf, place: Any, row: int, log: Log) -> str | None:
    """The text of a JSON scalar of the kind the leaf wants; a fault when it is of another kind."""
    if leaf.json == "string" and isinstance(value, str):
        return value
    if leaf.json == "number" and isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        if leaf.type.codec.kind is int and isinstance(value, Decimal) and value == int(value):  # 1.0 is an integer (JSON schema, draft 6)
            value = int(value)
        return decimal_text(value)
    if leaf.json == "boolean" and isinstance(value, bool):
        return "true" if value else "false"
    log.fault(place(row), f"must be a {leaf.json}, and is {_shown(value)}", leaf.at)
    return None


def _written(value: Any, leaf: Leaf, place: str, log: Log) -> Any:
    if value is NIL:
        return None
    if leaf.type.name == "json":
        return json.loads(value, parse_float=Decimal)
    try:
        return _scalar_out(leaf.write(value), leaf)
    except ValueError as error:
        log.bad(place, leaf, value, error)
        return None


def _scalar_out(text: str, leaf: Leaf) -> Any:
    if leaf.json == "number":
        return int(text) if leaf.type.codec.kind is int else Decimal(text)
    return text == "true" if leaf.json == "boolean" else text


def canonical(value: Any) -> str:
    """A JSON value as one text, the same for equal values (member order kept, numbers with every digit)."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(name)}: {canonical(item)}" for name, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(canonical, value)) + "]"
    return decimal_text(value) if isinstance(value, Decimal) else json.dumps(value)


def _flatten(item: Mapping[str, Any], steps: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, value in item.items():
        if isinstance(value, dict) and value:
            yield from _flatten(value, (*steps, name))
        elif isinstance(value, list) and len(value) == 1 and isinstance(value[0], dict) and value[0]:
            yield from _flatten(value[0], (*steps, name + "[]"))
        else:
            yield (*steps, name), value


def _unknown(value: Any, path: str, log: Log) -> None:
    if isinstance(value, dict) and value:
        for name, item in value.items():
            _unknown(item, f"{path}/{name}", log)
    elif isinstance(value, list) and value:
        for at, item in enumerate(value, 1):
            _unknown(item, f"{path}[{at}]", log)
    else:
        log.unknown(path, canonical(value))


def _shown(value: Any) -> str:
    return {dict: "an object", list: "a list", str: "a string", bool: "true or false", type(None): "null"}.get(type(value), "a number")


def _branches(branch: Branch) -> Sequence[Branch]:
    found = [branch]
    for child in branch.children:
        if isinstance(child, Branch):
            found += _branches(child)
    return found
