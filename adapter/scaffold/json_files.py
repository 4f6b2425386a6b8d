"""The files of a JSON schema: references within one and to files beside it, all keywords of a place in one view."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from adapter.codecs import json
from adapter.errors import Fault, UsageError

KEYWORDS = (
    "format",
    "pattern",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "default",
)
_SCALARS = ("string", "integer", "number", "boolean")


@dataclass(frozen=True, slots=True)
class Node:
    """A schema, the file it is in, and the name of the definition it was reached by."""

    schema: Any
    file: Path
    name: str = ""


@dataclass
class View:
    """What a schema says in all: its own keywords, those of its references and of `allOf`, and its alternatives."""

    types: set[str] = field(default_factory=set)
    properties: dict[str, Node] = field(default_factory=dict)
    required: set[str] = field(default_factory=set)
    items: Node | None = None
    codes: list[Any] | None = None
    keywords: dict[str, Any] = field(default_factory=dict)
    nullable: bool = False
    name: str = ""
    remarks: list[str] = field(default_factory=list)

    def add(self, other: View) -> None:
        """Both hold (`allOf`, a reference and its siblings)."""
        self.types = self.types & other.types if self.types and other.types else self.types | other.types
        self.properties |= other.properties
        self.required |= other.required
        self.items = other.items or self.items
        self.codes = other.codes if self.codes is None else self.codes if other.codes is None else [code for code in self.codes if code in other.codes]
        self.keywords |= other.keywords
        self.nullable = self.nullable or other.nullable
        self.name = self.name or other.name
        self.remarks += other.remarks

    @property
    def scalar(self) -> bool:
        return len(self.types) == 1 and next(iter(self.types)) in _SCALARS


class JsonFiles:
    """Reads schemas, each file once, from the folder of the first one only; never from the network."""

    def __init__(self, file: Path) -> None:
        self.folder = file.resolve().parent
        self._files: dict[Path, Any] = {}
        self.root = Node(self.read(file.resolve()), file.resolve())

    def read(self, file: Path) -> Any:
        if file not in self._files:
            self._files[file] = json.decode(file.read_bytes())
        return self._files[file]

    def resolve(self, node: Node, reference: str) -> Node:
        """The schema a `$ref` means. *Raises* `UsageError` when it leads nowhere or out of the folder."""
        address, _, fragment = reference.partition("#")
        file = node.file if not address else self.folder / unquote(address).replace("\\", "/").rsplit("/", 1)[-1]
        if not file.is_file():
            says = f"refers to {reference!r}, and there is no {file.name} beside it"
            raise UsageError(Fault(node.file.name, says), "Put the referred schema into the same folder.")
        schema = self.read(file)
        if fragment.startswith("/"):
            for step in fragment[1:].split("/"):
                schema = _step(schema, unquote(step).replace("~1", "/").replace("~0", "~"))
        elif fragment:
            schema = next((found for found in _every(schema) if _anchor(found) == fragment), None)
        name = fragment.rsplit("/", 1)[-1]
        if schema is None:
            raise UsageError(Fault(node.file.name, f"refers to {reference!r}, which is not there"))
        return Node(schema, file, name)

    def view(self, node: Node, above: tuple[str, ...] = ()) -> View:
        """Everything a schema says, references followed."""
        schema = node.schema
        view = View(name=node.name)
        if not isinstance(schema, dict):
            return view
        if isinstance(schema.get("$ref"), str):
            if schema["$ref"] in above:
                raise UsageError(Fault(node.file.name, f"{schema['$ref']!r} refers to itself"))
            target = self.view(self.resolve(node, schema["$ref"]), (*above, schema["$ref"]))
            view.name = target.name or view.name
            view.add(target)
        view.add(self._own(node))
        for part in schema.get("allOf") or ():
            view.add(self.view(Node(part, node.file), above))
        for keyword in ("oneOf", "anyOf"):
            if schema.get(keyword):
                view.add(self._alternatives([self.view(Node(part, node.file), above) for part in schema[keyword]]))
        return view

    def _own(self, node: Node) -> View:
        schema = node.schema
        types = schema.get("type", [])
        view = View(set([types] if isinstance(types, str) else types))
        view.nullable = "null" in view.types or schema.get("nullable") is True
        view.types -= {"null"} | ({"integer"} if "number" in view.types else set())
        view.properties = {name: Node(below, node.file) for name, below in (schema.get("properties") or {}).items()}
        view.required = set(schema["required"]) if isinstance(schema.get("required"), list) else set()
        if isinstance(schema.get("items"), dict):
            view.items = Node(schema["items"], node.file)
        view.codes = list(schema["enum"]) if "enum" in schema else [schema["const"]] if "const" in schema else None
        view.keywords = {key: value for key, value in schema.items() if key in KEYWORDS}
        if view.properties and not view.types:
            view.types = {"object"}
        return view

    def _alternatives(self, views: list[View]) -> View:
        """One view for what may be one of several: codes together, members of objects together, a scalar of one type."""
        null = [view for view in views if view.nullable and not (view.types or view.properties or view.codes)]
        rest = [view for view in views if view not in null]
        if len(rest) == 1:
            rest[0].nullable = rest[0].nullable or bool(null)
            return rest[0]
        joined = View(set().union(*(view.types for view in rest)), nullable=bool(null) or any(view.nullable for view in rest))
        if rest and all(view.codes is not None for view in rest):
            joined.codes = list(dict.fromkeys(code for view in rest for code in view.codes or ()))
        elif rest and all(view.types == {"object"} for view in rest):
            for view in rest:
                joined.properties |= {name: below for name, below in view.properties.items() if name not in joined.properties}
            joined.required = set.intersection(*(view.required for view in rest))
            joined.remarks.append("members of several alternatives")
        elif len({frozenset(view.types) for view in rest}) > 1:
            joined.types = {"any"}
        else:
            joined.items = next((view.items for view in rest if view.items), None)
            joined.remarks.append("one of several forms, of which none is checked")
        return joined


def _step(schema: Any, step: str) -> Any:
    """One step of a JSON pointer; None where it leads nowhere."""
    if isinstance(schema, list):
        return schema[int(step)] if step.isdigit() and int(step) < len(schema) else None
    return schema.get(step) if isinstance(schema, dict) else None


def _every(schema: Any) -> Iterator[dict[str, Any]]:
    """Every object in a schema file."""
    if isinstance(schema, dict):
        yield schema
    for below in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        yield from _every(below)


def _anchor(schema: dict[str, Any]) -> str:
    named = schema.get("$anchor") or str(schema.get("$id", schema.get("id", ""))).removeprefix("#")
    return str(named)
