"""Leaves of XML: one text ↔ one value, and what is said of elements no mapping speaks of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from adapter.frames import Frame
from adapter.names import LOCATIONS
from adapter.tree.log import Log
from adapter.tree.spec import Branch, Leaf, Rows
from adapter.values import BLANKS


def holds(branch: Branch, frame: Frame) -> bool:
    """True when *frame* has a value for any place below an optional *branch*."""
    for leaf in (*branch.attributes, *((branch.text,) if branch.text else ())):
        if leaf.var and frame.values.get(leaf.var) not in (None, ()):
            return True
    for child in branch.children:
        if isinstance(child, Leaf):
            if child.var and frame.values.get(child.var) not in (None, ()):
                return True
        elif isinstance(child, Rows):
            if frame.values.get(child.name):
                return True
        elif child.scope:
            if frame.each(child.scope):
                return True
        elif holds(child, frame):
            return True
    return False


def take(leaf: Leaf, text: str, values: dict[str, Any], path: str, log: Log) -> None:
    if leaf.flag:
        values[leaf.var] = True
        return
    if leaf.ignore:
        return
    try:
        value = leaf.read(text)
    except ValueError as error:
        log.bad(path, leaf, text, error)
        return
    if leaf.var:
        values[leaf.var] = value


def give(leaf: Leaf, values: dict[str, Any], path: str, log: Log) -> str | None:
    if leaf.const is not None:
        return leaf.const
    value = values.get(leaf.var) if leaf.var else None
    if value is None or (leaf.flag and value is not True):
        if leaf.least and not leaf.ignore:
            log.missing(path, leaf.at)
        return None
    if leaf.flag:
        return ""
    if value == leaf.default and not leaf.least:
        return None
    try:
        return leaf.write(value)
    except ValueError as error:
        log.bad(path, leaf, value, error)
        return None


def too_many(most: int | None, items: Sequence[Any], path: str, at: str, log: Log) -> None:
    if most is not None and len(items) > most:
        log.fault(path, f"stands {len(items)} times, at most {most} allowed", at)


def bare(element: Any) -> bool:
    """True for an element with nothing in it and nothing on it."""
    return not len(element) and not element.attrib and not (element.text or "").strip(BLANKS)


def unknown(element: Any, path: str, log: Log) -> None:
    if not len(element):
        log.unknown(path, (element.text or "").strip())
    unknown_below(element, path, log)


def unknown_below(element: Any, path: str, log: Log, attributes: bool = True) -> None:
    for name, text in element.attrib.items() if attributes else ():
        if name not in LOCATIONS:
            log.unknown(f"{path}/@{local_name(name)}", text)
    for child in element:
        unknown(child, f"{path}/{local_name(child.tag)}", log)


def local_name(tag: str) -> str:
    return tag.rpartition("}")[2]
