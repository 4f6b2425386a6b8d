"""Read our YAML files: every scalar as text (YAML turns NO, on, 010 and 12:30 into other things), every node with its line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib.resources.abc import Traversable
from typing import TypeAlias

import yaml

from adapter.errors import Fault, MappingError

Node: TypeAlias = "str | Table | List"


class Table(dict[str, "Node"]):
    """A YAML mapping that knows its file, its line and the line of each key."""

    def __init__(self, file: str, line: int, items: Mapping[str, Node], lines: Mapping[str, int]) -> None:
        super().__init__(items)
        self.file, self.line, self.lines = file, line, dict(lines)

    def at(self, key: str | None = None) -> str:
        """The place of *key* (or of the table) as `file:line`."""
        return f"{self.file}:{self.lines.get(key, self.line) if key is not None else self.line}"

    def wrong(self, says: str, key: str | None = None, remedy: str = "") -> MappingError:
        """The error to raise for a fault at *key*."""
        return MappingError(Fault(self.at(key), says), remedy)

    def text(self, key: str, default: str | None = None) -> str:
        value = self.get(key, default)
        if not isinstance(value, str):
            raise self.wrong(f"{key} must be a text" if key in self else f"{key} is missing", key)
        return value

    def table(self, key: str) -> Table:
        value = self.get(key)
        if value is None or value == "":
            return Table(self.file, self.line, {}, {})
        if not isinstance(value, Table):
            raise self.wrong(f"{key} must be a table (key: value)", key)
        return value

    def items_of(self, key: str) -> Sequence[Node]:
        value = self.get(key)
        if value is None or value == "":
            return []
        return value if isinstance(value, List) else [value]

    def texts(self, key: str) -> list[str]:
        values = self.items_of(key)
        if not all(isinstance(value, str) for value in values):
            raise self.wrong(f"{key} must be a list of texts", key)
        return [str(value) for value in values]

    def part(self, *keys: str, **more: Node) -> Table:
        """A table of some of the keys that are here, and further ones; it keeps file and lines."""
        chosen = {key: self[key] for key in keys if key in self}
        return Table(self.file, self.line, {**chosen, **more}, self.lines)

    def flag(self, key: str) -> bool:
        """True when *key* is `true`; absent is false."""
        value = self.text(key, "false")
        if value not in ("true", "false"):
            raise self.wrong(f"{key} must be true or false", key)
        return value == "true"

    def only(self, *known: str) -> None:
        """Raise when the table has a key that is not *known*."""
        for key in self:
            if key not in known:
                raise self.wrong(f"unknown key {key!r}; known here: {', '.join(known)}", key)


class List(list["Node"]):
    """A YAML sequence that knows its line."""

    line: int = 0


def _node(file: str, node: yaml.Node) -> Node:
    line = node.start_mark.line + 1
    if isinstance(node, yaml.ScalarNode):
        return str(node.value)
    if isinstance(node, yaml.SequenceNode):
        items = List(_node(file, child) for child in node.value)
        items.line = line
        return items
    values: dict[str, Node] = {}
    lines: dict[str, int] = {}
    for key, value in _pairs(file, node):
        if key.value in values:
            raise MappingError(Fault(f"{file}:{key.start_mark.line + 1}", f"{key.value!r} stands twice in one table"))
        values[key.value] = _node(file, value)
        lines[key.value] = key.start_mark.line + 1
    return Table(file, line, values, lines)


def _pairs(file: str, node: yaml.Node) -> Iterator[tuple[yaml.ScalarNode, yaml.Node]]:
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise MappingError(Fault(f"{file}:{key.start_mark.line + 1}", "a key must be a plain text"))
        yield key, value


def read_text(text: str, file: str) -> Table:
    """Parse YAML *text*; *file* is the name used in errors.

    >>> read_text("country: NO", "x.yaml")["country"]
    'NO'
    """
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise MappingError(Fault(f"{file}:{line}", f"not readable as YAML: {error.problem}"), "Quote keys that end in ?, * or + inside {…}.") from error
    if node is None:
        return Table(file, 1, {}, {})
    read = _node(file, node)
    if not isinstance(read, Table):
        raise MappingError(Fault(f"{file}:1", "the file must be one table (key: value)"))
    return read


def read_file(entry: Traversable, name: str) -> Table:
    """Read one of our YAML files; *name* is its path as shown to people, `mappings/uftp/flex_request.yaml`."""
    return read_text(entry.read_text(encoding="utf-8"), name)
