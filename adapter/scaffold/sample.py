"""A sample → draft: the tree of what was seen. What always stands there is required, what stands twice repeats.

A sample shows one case only: codecs are guessed from all values at a place, optional parts that the sample lacks are
lacking here, and constants and code lists are offered as comments.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from adapter.errors import Fault, UsageError
from adapter.names import XSI
from adapter.scaffold.guess import of_texts, of_values
from adapter.scaffold.model import POSITION_NAMES, Draft, Kind, Place, close
from adapter.scaffold.names import words


def read_xml_sample(file: Path, root: Any, message: str) -> Draft:
    """The draft of an XML document, whose root element must be called *message*."""
    reader = _XmlReader(root)
    if reader.local(root) != message:
        raise UsageError(Fault(file.name, f"there is no message {message!r}; its root element is {reader.local(root)}"))
    place = reader.place(reader.local(root), [root], 1, 1)
    if place.form == "leaf":
        raise UsageError(Fault(str(file), "holds one text and nothing else, which is no message"))
    return Draft("xml", place, file.name, namespace=reader.namespace, ordered=reader.ordered, notes=reader.notes)


class _XmlReader:
    def __init__(self, root: Any) -> None:
        self.namespace = root.tag[1:].partition("}")[0] if root.tag.startswith("{") else ""
        self.ordered = True
        self.notes: list[str] = []

    def local(self, element: Any) -> str:
        return str(element.tag).rpartition("}")[2]

    def place(self, key: str, elements: list[Any], least: int, most: int | None) -> Place:
        """The place of all *elements* that stand there in the sample."""
        place = Place(key, least, most)
        attributes = _merged([[name for name in element.attrib if not name.startswith(XSI)] for element in elements])[0]
        for name in attributes:
            values = [element.get(name) for element in elements if name in element.attrib]
            place.children.append(Place("@" + name, int(len(values) == len(elements)), kind=_attribute(values, name)))
        children = [[child for child in element if self._ours(child)] for element in elements]
        order, ordered = _merged([[child.tag for child in below] for below in children])
        self.ordered = self.ordered and ordered
        for tag in order:
            groups = [[child for child in below if child.tag == tag] for below in children]
            inner = [child for group in groups for child in group]
            place.children.append(self.place(self.local(inner[0]), inner, int(all(groups)), None if max(map(len, groups)) > 1 else 1))
        return self._shaped(place, elements, bool(order))

    def _ours(self, child: Any) -> bool:
        space = child.tag[1:].partition("}")[0] if child.tag.startswith("{") else ""
        if space != self.namespace:
            self.notes.append(f"{self.local(child)} is in the namespace {space or 'none'}, and the tree reads one namespace only: left out")
        return bool(space == self.namespace)

    def _shaped(self, place: Place, elements: list[Any], nested: bool) -> Place:
        texts = [element.text or "" for element in elements]
        if not place.children:
            place.kind = of_texts(texts, place.key)
            return place
        if nested and any(text.strip() for text in texts):
            place.say("mixed content: text between elements is refused")
        elif not nested and any(text.strip() for text in texts):
            place.children.append(Place("#", kind=of_texts(texts, place.key)))
        return close(place, words(place.key), _positions(place))


def read_json_sample(file: Path, value: Any, codec: str) -> Draft:
    """The draft of a JSON document; *codec* is ship for SPINE datagrams. A root with one member is taken for an envelope."""
    if not isinstance(value, dict) or not value:
        raise UsageError(Fault(str(file), "is no JSON object with members, which a message must be"))
    (first, inside), *others = value.items()
    member = first if not others and isinstance(inside, dict) and inside else ""
    root = _json_place(member, [inside if member else value], 1, codec)
    draft = Draft("json", root, file.name, codec="" if codec == "json" else codec, member=member)
    if codec == "ship":
        _recognise_datagram(draft, value)
    elif not member:
        draft.members = sorted((name for name, below in value.items() if below is not None), key=len, reverse=True)[:4]
    return draft


def _json_place(key: str, values: list[Any], least: int, codec: str) -> Place:
    place = Place(key, least)
    some = [value for value in values if value is not None]
    if not some:
        place.kind, place.nil = Kind(remark="always null"), True
    elif codec == "ship" and all(value in ({}, []) for value in some):
        place.flag = True
    elif all(isinstance(value, list) for value in some):
        _list_place(place, values, codec)
    elif all(isinstance(value, dict) and value for value in values):
        _object_place(place, values, codec)
    elif any(isinstance(value, (dict, list)) for value in some):
        place.kind = Kind("json", remark="null, empty or an object")
    else:
        place.kind, place.nil = of_values(some, key), len(some) < len(values)
        if place.kind.codec == "json":
            place.nil = False
    return place


def _list_place(place: Place, values: list[Any], codec: str) -> None:
    items = [item for value in values for item in value or ()]
    if None in values or not items or not (all(isinstance(item, dict) and item for item in items) or not any(isinstance(item, (dict, list)) for item in items)):
        place.kind = Kind("json", remark="a list")
        return
    place.most, place.least = None, int(bool(place.least) and all(values))
    if isinstance(items[0], dict):
        _object_place(place, items, codec)
        return
    some = [item for item in items if item is not None]
    place.kind, place.nil = of_values(some, place.key) if some else Kind(), len(some) < len(items)


def _object_place(place: Place, values: list[dict[str, Any]], codec: str) -> None:
    for name in _merged([list(value) for value in values])[0]:
        inner = [value[name] for value in values if name in value]
        place.children.append(_json_place(name, inner, int(len(inner) == len(values)), codec))
    close(place, words(place.key), _positions(place))


def _recognise_datagram(draft: Draft, value: Any) -> None:
    """A SPINE message is told by the function in its command and the classifier of its header."""
    draft.notes.append("standard.yaml needs `codecs: {json: ship}`")
    commands = value["datagram"]["payload"].get("cmd") or [{}]
    draft.members = [f"datagram/payload/cmd/0/{name}" for name in commands[0] if name not in ("function", "filter")]
    classifier = value["datagram"]["header"].get("cmdClassifier")
    if classifier:
        draft.texts["datagram/header/cmdClassifier"] = classifier


def _attribute(values: list[str], key: str) -> Kind:
    kind = of_texts(values, key)
    return Kind("text", remark=kind.remark) if kind.codec == "str" else kind  # blanks in an attribute are data


def _positions(place: Place) -> frozenset[str]:
    return frozenset(child.key for child in place.children if words(child.key)[-1] in POSITION_NAMES)


def _merged(sequences: list[list[str]]) -> tuple[list[str], bool]:
    """One order for the names of all *sequences*, and whether every sequence keeps to it with equal names together.

    >>> _merged([["a", "c"], ["a", "b", "c"], ["c", "d"]])
    (['a', 'b', 'c', 'd'], True)
    """
    order: list[str] = []
    for sequence in sequences:
        at = 0
        for name in sequence:
            if name in order:
                at = order.index(name) + 1
            else:
                order.insert(at, name)
                at += 1
    ranks = [[order.index(name) for name in sequence] for sequence in sequences]
    return order, all(rank == sorted(rank) for rank in ranks)
