"""JSON schema (draft-04 to 2020-12) → draft: the tree of one message, members in the order of the schema.

Understood: references within the file and to files beside it, `allOf`, alternatives of objects, codes or null, formats,
patterns and bounds. What is open (a map, a list of lists, alternatives of different types) is one leaf of type json.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from adapter.errors import Fault, UsageError
from adapter.scaffold.facets import from_ecma, with_pattern
from adapter.scaffold.json_files import JsonFiles, Node, View
from adapter.scaffold.model import POSITION_NAMES, Draft, Kind, Place, close
from adapter.scaffold.names import type_name, words
from adapter.values import decimal_text

_FORMATS = {"date-time": "instant", "date": "date", "uuid": "uuid", "duration": "duration"}


def is_schema(value: Any) -> bool:
    """Whether a JSON document is a JSON schema."""
    return isinstance(value, dict) and ("$schema" in value or "$defs" in value or (isinstance(value.get("properties"), dict) and value.get("type") == "object"))


def read_json_schema(file: Path, message: str) -> Draft:
    """The draft of *message*: a member of the root object, a definition, or the document itself (by its title).

    *Raises* `UsageError`: no such message (the error lists those there are), a reference that leads nowhere.
    """
    return _Reader(JsonFiles(file)).draft(message)


class _Reader:
    def __init__(self, files: JsonFiles) -> None:
        self.files = files
        self.open: list[Any] = []

    def draft(self, message: str) -> Draft:
        node, member = self._root(message)
        root = self.place(message, node, True)
        if root.form != "table":
            raise UsageError(Fault(self.files.root.file.name, f"{message!r} is no object with members, which a message must be"))
        view = self.files.view(node)
        sure = [name for name, below in view.properties.items() if name in view.required and not self.files.view(below).nullable]
        members = [] if member else sorted(sure, key=len, reverse=True)[:4]
        return Draft("json", root, f"{self.files.root.file.name}, {message}", member=member, members=members)

    def _root(self, message: str) -> tuple[Node, str]:
        root = self.files.root
        view = self.files.view(root)
        if message in view.properties and self.files.view(view.properties[message]).types == {"object"}:
            return view.properties[message], message
        title = root.schema.get("title", "")
        definitions = {**root.schema.get("definitions", {}), **root.schema.get("$defs", {})}
        if message in definitions:
            return Node(definitions[message], root.file, message), ""
        if view.properties and title in (message, ""):
            return root, ""
        known = [*view.properties, *definitions, *([title] if title and view.properties else [])]
        raise UsageError(Fault(root.file.name, f"there is no message {message!r}; it has {', '.join(dict.fromkeys(known)) or 'none'}"))

    def place(self, key: str, node: Node, required: bool, hint: str = "") -> Place:
        """One member as a place; *hint* is the definition of the object around it, which names the type of a `value`."""
        view = self.files.view(node)
        place = Place(key, int(required), remark="; ".join(view.remarks))
        hint = (hint if key == "value" else "") or view.name or key
        if node.schema in self.open:
            return _open(place, "an object inside itself")
        if view.types == {"array"}:
            return self._list(place, view, node, hint)
        if view.types == {"object"} and view.properties:
            if view.nullable:
                return _open(place, "an object or null")
            self.open.append(node.schema)
            self._members(place, view)
            self.open.pop()
            return close(place, words(key), frozenset())
        if not view.scalar and view.codes is None:
            return _open(place, "" if view.types or view.nullable else "any value")
        return self._leaf(place, view, hint)

    def _members(self, place: Place, view: View) -> None:
        place.children = [self.place(name, below, name in view.required, view.name) for name, below in view.properties.items()]

    def _list(self, place: Place, view: View, node: Node, hint: str) -> Place:
        place.most = None
        place.least = int(bool(place.least) and view.keywords.get("minItems", 0) > 0)
        for keyword in ("minItems", "maxItems"):
            if view.keywords.get(keyword, 0) > 1:
                place.say(f"{keyword} {view.keywords[keyword]} is not checked")
        items = self.files.view(view.items) if view.items else View()
        if view.items is None or view.nullable or not (items.scalar or items.codes is not None or (items.types == {"object"} and items.properties)):
            place.most = 1
            return _open(place, "a list")
        if view.items.schema in self.open:
            place.most = 1
            return _open(place, "an object inside itself")
        if items.scalar or items.codes is not None:
            return self._leaf(place, items, items.name or hint)
        self.open.append(view.items.schema)
        self._members(place, items)
        self.open.pop()
        position = frozenset(child.key for child in place.children if words(child.key)[-1] in POSITION_NAMES)
        return close(place, words(place.key), position)

    def _leaf(self, place: Place, view: View, hint: str) -> Place:
        kind = _kind(view, hint)
        place.nil = view.nullable
        if len(kind.codes) == 1:
            place.const, kind = kind.codes[0], replace(kind, codes=())
        if "default" in view.keywords and not place.least and place.most == 1 and isinstance(view.keywords["default"], (str, int, Decimal)):
            place.default = _text(view.keywords["default"])
        place.kind = kind
        return place


def _open(place: Place, remark: str) -> Place:
    place.kind = Kind("json")
    place.say(remark)
    return place


def _kind(view: View, hint: str) -> Kind:
    codes = None if view.codes is None else [code for code in view.codes if code is not None]
    if codes is not None and not view.scalar:
        view.types = {"boolean" if isinstance(code, bool) else "string" if isinstance(code, str) else "number" for code in codes} or {"string"}
        if len(view.types) > 1 or any(isinstance(code, (dict, list)) for code in codes):
            return Kind("json", remark="codes of different types")
    type_of = next(iter(view.types))
    kind = Kind({"integer": "int", "number": "decimal", "boolean": "bool"}.get(type_of, "str"), source=hint)
    if type_of == "number" and codes and all(isinstance(code, int) for code in codes):
        kind = replace(kind, codec="int")
    kind = _text_facets(kind, view.keywords) if kind.codec == "str" else _number_facets(kind, view.keywords)
    if codes:
        texts = tuple(_text(code) for code in codes)
        kind = replace(kind, codes=tuple(text for text in texts if text) if len(texts) > 1 else texts)
        if "" in texts and len(texts) > 1:
            kind = kind.saying("the empty code is refused")
    return replace(kind, name=type_name(hint)) if kind.faceted or kind.codes else kind


def _text_facets(kind: Kind, keywords: dict[str, Any]) -> Kind:
    codec = _FORMATS.get(keywords.get("format", ""))
    if codec is not None:
        kind = replace(kind, codec=codec)
    elif keywords.get("pattern"):
        kind = with_pattern(kind, from_ecma(keywords["pattern"]), keywords["pattern"])
    if kind.codec == "str":
        shortest, length = keywords.get("minLength"), keywords.get("maxLength")
        kind = replace(kind, shortest=str(shortest) if shortest else None, length=str(length) if length is not None else None)
    return kind


def _number_facets(kind: Kind, keywords: dict[str, Any]) -> Kind:
    if kind.codec == "bool":
        return kind
    least, most = keywords.get("minimum"), keywords.get("maximum")
    for keyword, step in (("exclusiveMinimum", 1), ("exclusiveMaximum", -1)):
        bound = keywords.get(keyword)
        if bound is True:  # draft-04: a flag beside minimum
            bound = least if step == 1 else most
        if bound is None or bound is False:
            continue
        if kind.codec != "int":
            kind = kind.saying(f"{keyword} {_text(bound)} is not checked")
        elif step == 1:
            least = bound + 1
        else:
            most = bound - 1
    kind = replace(kind, least=None if least is None else _text(least), most=None if most is None else _text(most))
    step_of = keywords.get("multipleOf")
    if isinstance(step_of, Decimal) and kind.codec == "decimal" and step_of.normalize().as_tuple().digits == (1,):
        kind = replace(kind, fraction=str(max(0, -int(step_of.normalize().as_tuple().exponent))))
    elif step_of not in (None, 1):
        kind = kind.saying(f"multipleOf {_text(step_of)} is not checked")
    return kind


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else decimal_text(value)
