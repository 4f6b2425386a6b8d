"""XML Schema → draft: the tree of one global element, in wire order.

Understood: include and import (chameleon too), types by extension and restriction, anonymous types, simple content
with attributes, groups, attribute groups, substitution groups, references, defaults and fixed values. A choice
becomes optional places with a remark; what the tree layer cannot say (mixed content, wildcards, recursion, nil) is a remark too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from adapter.errors import Fault, UsageError
from adapter.names import XML
from adapter.scaffold.model import POSITION_NAMES, Draft, Kind, Place, close
from adapter.scaffold.names import words
from adapter.scaffold.xsd_files import XS, Global, Occurs, SchemaFiles, malformed, occurs, times
from adapter.scaffold.xsd_types import SimpleTypes

ONCE: Occurs = (1, 1)


def read_xsd(file: Path, message: str) -> Draft:
    """The draft of the global element *message* of the schema *file*.

    *Raises* `UsageError`: no such element (the error lists them), a reference that leads nowhere; `DecodeError`.
    """
    try:
        return _Reader(SchemaFiles(file)).draft(message)
    except RecursionError as error:
        raise UsageError(Fault(file.name, "has a definition that is derived from itself")) from error


class _Reader:
    def __init__(self, files: SchemaFiles) -> None:
        self.files = files
        self.simple = SimpleTypes(files)
        self.open: list[Any] = []
        self.notes: list[str] = [f"not found, so left out: {location}" for location in files.missing]
        self.ordered = True
        self.namespace = ""

    def draft(self, message: str) -> Draft:
        found = self.files.element(message)
        self.namespace = found.namespace
        root = self.element(found.node, found.namespace, ONCE)
        if root.kind is not None:
            raise UsageError(Fault(self.files.file.name, f"the element {message!r} holds one text and nothing else, which is no message"))
        root.form = "table"
        return Draft("xml", root, f"{self.files.file.name}, {message}", namespace=found.namespace, ordered=self.ordered, notes=self.notes)

    # elements

    def element(self, node: Any, namespace: str, occurs: Occurs) -> Place:
        """One element declaration (local or global) as a place."""
        if not node.get("name"):
            raise malformed(node, "has neither name nor ref")
        place = Place(node.get("name"), *occurs)
        if occurs[1] is None and occurs[0] > 1:
            place.say(f"at least {occurs[0]}")
        if node.get("nillable") == "true":
            place.say("xsi:nil is not read")
        kind, complex_type, space = self._type(node, namespace, place.key)
        if kind is not None:
            place.kind, place.const = kind, node.get("fixed")
            if node.get("default") is not None:
                place.say(f"{node.get('default')} when empty")
            return place
        if complex_type is None:
            place.kind = Kind(remark="any content")
            return place
        if complex_type in self.open:
            place.kind = None
            place.form = "each" if place.most is None else "table"
            place.say("an element inside itself: its content is left out")
            return place
        self.open.append(complex_type)
        text = self._complex(complex_type, space, place)
        self.open.pop()
        return self._shaped(place, text)

    def _shaped(self, place: Place, text: Kind | None) -> Place:
        if text is not None and not place.children:
            place.kind = text
            return place
        if text is not None:
            place.children.append(Place("#", kind=text))
        if not place.children:
            place.flag = True
            if place.most is None:
                place.form = "each"
            return place
        position = frozenset(child.key for child in place.children if words(child.key)[-1] in POSITION_NAMES)
        return close(place, words(place.key), position)

    def _type(self, node: Any, namespace: str, name: str) -> tuple[Kind | None, Any, str]:
        """(kind, None, …) for simple content, (None, complexType, its namespace) for complex, (None, None, …) for any."""
        if node.get("type"):
            kind = self.simple.named(node.get("type"), node, namespace)
            if kind is not None:
                return kind, None, namespace
            if self.files.qualified(node.get("type"), node, namespace)[1] == "anyType":
                return None, None, namespace
            found = self.files.find("type", node.get("type"), node, namespace)
            return None, found.node, found.namespace
        inner = node.find(XS + "simpleType")
        if inner is not None:
            return self.simple.read(inner, namespace, name), None, namespace
        return None, node.find(XS + "complexType"), namespace

    # complex types

    def _complex(self, node: Any, namespace: str, place: Place) -> Kind | None:
        """Add attributes and children of a complexType to *place*; the kind of its text, if it has one."""
        if node.get("mixed") == "true":
            place.say("mixed content: text between elements is refused")
        content = next((child for child in node if child.tag in (XS + "simpleContent", XS + "complexContent")), None)
        if content is None:
            self._own(node, namespace, place)
            return None
        derived = next((child for child in content if child.tag in (XS + "extension", XS + "restriction")), None)
        if derived is None or not derived.get("base"):
            raise malformed(node, "has content without extension or restriction of a base")
        extends = derived.tag == XS + "extension"
        base = self.simple.named(derived.get("base"), derived, namespace)
        if base is None and self.files.qualified(derived.get("base"), derived, namespace)[1] != "anyType":
            found = self.files.find("type", derived.get("base"), derived, namespace)
            inherited = Place(place.key)
            base = self._complex(found.node, found.namespace, inherited)
            place.say(inherited.remark)
            place.children += [child for child in inherited.children if extends or child.key.startswith("@")]
        if not extends and content.tag == XS + "simpleContent" and base is not None:
            inner = derived.find(XS + "simpleType")
            base = self.simple.read(inner, namespace, place.key) if inner is not None else base
            base = self.simple.restricted(base, derived, node.get("name") or place.key)
        self._own(derived, namespace, place)
        return base if content.tag == XS + "simpleContent" else None

    def _own(self, node: Any, namespace: str, place: Place) -> None:
        for child in node:
            name = str(child.tag).removeprefix(XS)
            if name in ("attribute", "attributeGroup"):
                for attribute in self._attributes(child, namespace):
                    self._put(attribute, place)
            elif name in ("sequence", "choice", "all", "group"):
                for inner in self._particle(child, namespace, ONCE):
                    self._merge(inner, place)
            elif name in ("any", "anyAttribute"):
                place.say("other content is refused" if name == "any" else "other attributes are refused")

    def _put(self, attribute: Place, place: Place) -> None:
        """A restated attribute takes the place of the inherited one; a prohibited one removes it. Attributes stand before elements."""
        keys = [child.key for child in place.children]
        gone = attribute.most == 0
        if attribute.key in keys:
            place.children[keys.index(attribute.key) : keys.index(attribute.key) + 1] = [] if gone else [attribute]
        elif not gone:
            place.children.insert(sum(key.startswith("@") for key in keys), attribute)

    def _merge(self, child: Place, place: Place) -> None:
        """One name twice in a content model (in branches of a choice) is one place."""
        for known in place.children:
            if known.key == child.key:
                known.least, known.most = min(known.least, child.least), None if None in (known.most, child.most) else known.most
                known.say("stands twice in the schema")
                return
        place.children.append(child)

    def _attributes(self, node: Any, namespace: str) -> Iterator[Place]:
        if node.get("ref"):
            component = "attribute" if node.tag == XS + "attribute" else "attributeGroup"
            if self.files.qualified(node.get("ref"), node, namespace)[0] == XML:
                yield Place(f"@{{{XML}}}" + node.get("ref").partition(":")[2], 0, kind=Kind())
                return
            found = self.files.find(component, node.get("ref"), node, namespace)
            for place in self._attributes(found.node, found.namespace):
                yield _used(place, node) if component == "attribute" else place
            return
        if node.tag == XS + "attributeGroup":
            for child in node:
                if child.tag in (XS + "attribute", XS + "attributeGroup"):
                    yield from self._attributes(child, namespace)
            return
        kind, *_ = self._type(node, namespace, node.get("name"))
        kind = kind or Kind()
        if kind.source in ("xs:string", "xs:anySimpleType", "") and kind.codec == "str" and not kind.faceted and not kind.codes:
            kind = replace(kind, codec="text")  # nothing lays an attribute out anew, so blanks in it are data
        yield _used(Place("@" + node.get("name"), 0, kind=kind), node)

    # content models

    def _particle(self, node: Any, namespace: str, around: Occurs) -> Iterator[Place]:
        often = times(around, occurs(node))
        name = str(node.tag).removeprefix(XS)
        if often[1] == 0:
            return
        if name == "element":
            yield from self._elements(node, namespace, often)
        elif name == "group":
            found = self.files.find("group", node.get("ref"), node, namespace)
            for child in found.node:
                if child.tag in (XS + "sequence", XS + "choice", XS + "all"):
                    yield from self._particle(child, found.namespace, often)
        elif name in ("sequence", "all"):
            self.ordered = self.ordered and name == "sequence"
            for child in node:
                if child.tag != XS + "annotation":
                    yield from self._particle(child, namespace, often)
        elif name == "choice":
            yield from self._choice(node, namespace, often)
        elif name == "any":
            self.notes.append("a wildcard (xs:any) is left out: other content is refused")

    def _choice(self, node: Any, namespace: str, occurs: Occurs) -> Iterator[Place]:
        found = [place for child in node if child.tag != XS + "annotation" for place in self._particle(child, namespace, (0, occurs[1]))]
        if occurs[1] is None and len(found) > 1:
            self.ordered = False
        for place in found:
            if len(found) > 1:
                place.say(f"{'one of' if occurs[1] == 1 else 'any of'} {', '.join(other.key for other in found)}")
            yield place

    def _elements(self, node: Any, namespace: str, occurs: Occurs) -> Iterator[Place]:
        """An element, or for a reference to a head of a substitution group its members."""
        if not node.get("ref"):
            form = node.get("form") or _schema(node).get("elementFormDefault", "unqualified")
            if self.namespace and form != "qualified":
                self.notes.append(f"{node.get('name')} has no namespace on the wire, and the tree reads one namespace only")
            yield self.element(node, namespace, occurs)
            return
        found = self.files.find("element", node.get("ref"), node, namespace)
        members = self.files.substitutes.get((found.namespace, found.node.get("name")), [])
        heads: list[Global] = [] if found.node.get("abstract") == "true" else [found]
        all_of = [*heads, *members]
        for one in all_of:
            if one.namespace != self.namespace:
                self.notes.append(f"{one.node.get('name')} is in the namespace {one.namespace}, and the tree reads one namespace only")
            place = self.element(one.node, one.namespace, occurs if len(all_of) == 1 else (0, occurs[1]))
            if len(all_of) > 1:
                place.say(f"one of {', '.join(other.node.get('name') for other in all_of)}")
            yield place


def _used(place: Place, node: Any) -> Place:
    """The attribute *place* with use, default and fixed of *node*."""
    use = node.get("use")
    if use == "prohibited":
        place.most = 0
    place.least = 1 if use == "required" else place.least
    place.const = node.get("fixed", place.const)
    place.default = node.get("default", place.default) if not place.least else None
    return place


def _schema(node: Any) -> Any:
    return node.getroottree().getroot()
