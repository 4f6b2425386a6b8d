"""Mutations of an XML document: its attributes, elements, texts, namespaces and layout."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

from lxml import etree

from mutants import Mutation
from mutants.values import changes, texts

XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
Change = Callable[[Any], None]
"""A change of one element of a copy of the document."""


def mutations(data: bytes, document: str) -> Iterator[Mutation]:
    """Every mutation of a document: each change at the first element of each path, and some at the last."""
    root = _tree(data)
    for path, element, index in _sites(root):
        for operator, place, change in _of(element, path, index == 0):
            yield Mutation(operator, place, document, _maker(root, element, change))
    for operator, written in _whole(root):
        yield Mutation(operator, "/", document, written)


def _tree(data: bytes) -> Any:
    root = etree.fromstring(data, etree.XMLParser(remove_comments=True, remove_pis=True, remove_blank_text=True))
    for element in root.iter():
        if len(element) and not (element.text or "").strip():
            element.text = None
    return root


def _sites(root: Any) -> Iterator[tuple[str, Any, int]]:
    """(path without indexes, element, which of its path) for the first and the last element of each path."""
    found: dict[str, list[Any]] = {}
    for element in root.iter():
        found.setdefault(_path(element), []).append(element)
    for path, elements in found.items():
        yield path, elements[0], 0
        if len(elements) > 1:
            yield path, elements[-1], len(elements) - 1


def _path(element: Any) -> str:
    above = element.getparent()
    return ("" if above is None else _path(above)) + "/" + etree.QName(element).localname


def _maker(root: Any, element: Any, change: Change) -> Callable[[], bytes]:
    steps = _steps(element)

    def make() -> bytes:
        changed = copy.deepcopy(root)
        found = changed
        for step in steps:
            found = found[step]
        change(found)
        return bytes(etree.tostring(changed.getroottree(), encoding="UTF-8"))

    return make


def _steps(element: Any) -> list[int]:
    above = element.getparent()
    return [] if above is None else [*_steps(above), above.index(element)]


def _of(element: Any, path: str, first: bool) -> Iterator[tuple[str, str, Change]]:
    """(operator, path, change) of one element; at the last of its path only what order and count decide."""
    if first:
        for name, text in element.attrib.items():
            if name.startswith(XSI):
                continue
            place = f"{path}/@{name}"
            yield from ((operator, place, change) for operator, change in _attribute(name, text))
        for operator, change in _additions(element):
            yield operator, path, change
        if not len(element):
            for operator, text in (*texts(), *changes(element.text or "")):
                yield operator, path, lambda found, text=text: _set_text(found, text)
            yield from ((operator, path, change) for operator, change in _layouts(element.text or ""))
    if element.getparent() is not None:
        for operator, change in _moves(element):
            yield operator, path, change


def _attribute(name: str, text: str) -> Iterator[tuple[str, Change]]:
    for operator, changed in (*texts(), *changes(text)):
        yield operator, lambda found, changed=changed: found.set(name, changed)
    yield "drop", lambda found: found.attrib.pop(name)
    yield "rename", lambda found: found.set(name + "X", found.attrib.pop(name))
    yield "recase", lambda found: found.set(name.swapcase(), found.attrib.pop(name))
    yield "attribute in a namespace", lambda found: found.set("{urn:x}" + name, found.attrib.pop(name))
    yield "attribute as element", lambda found: _set_text(etree.SubElement(found, _sibling(found, name)), found.attrib.pop(name))


def _additions(element: Any) -> Iterator[tuple[str, Change]]:
    yield "add attribute unknown", lambda found: found.set("unknown", "1")
    yield "add attribute empty", lambda found: found.set("unknown", "")
    yield "add attribute in a namespace", lambda found: found.set("{urn:x}unknown", "1")
    yield "add attribute xml:lang", lambda found: found.set("{http://www.w3.org/XML/1998/namespace}lang", "en")
    yield "add attribute xsi:nil true", lambda found: found.set(XSI + "nil", "true")
    yield "add attribute xsi:nil false", lambda found: found.set(XSI + "nil", "false")
    yield "add attribute xsi:type", lambda found: found.set(XSI + "type", "unknown")
    yield "add attribute xsi:schemaLocation", lambda found: found.set(XSI + "schemaLocation", "urn:x x.xsd")
    yield "add attribute xsi:noNamespaceSchemaLocation", lambda found: found.set(XSI + "noNamespaceSchemaLocation", "x.xsd")
    yield "add attribute xsi:unknown", lambda found: found.set(XSI + "unknown", "1")
    yield "insert element first", lambda found: found.insert(0, etree.Element(_sibling(found, "unknown")))
    yield "insert element last", lambda found: found.append(etree.Element(_sibling(found, "unknown")))
    yield "insert element of no namespace", lambda found: found.append(etree.Element("unknown"))
    yield "insert element with text", lambda found: _set_text(etree.SubElement(found, _sibling(found, "unknown")), "1")
    yield "insert root", lambda found: found.append(etree.Element(found.getroottree().getroot().tag))
    yield "empty", _empty
    yield "empty wholly", lambda found: (_empty(found), found.attrib.clear())  # type: ignore[func-returns-value]
    if len(element):
        yield "text mixed first", lambda found: _set_text(found, "stray")
        yield "text mixed between", lambda found: _set_tail(found[0], "stray")
        yield "text mixed last", lambda found: _set_tail(found[-1], "stray")
        yield "text blanks between", lambda found: _set_tail(found[0], " \n ")
        yield "text blank that is hard", lambda found: _set_text(found, "\u00a0")
        yield "text in a section", lambda found: _set_text(found, etree.CDATA(" "))
        yield "comment between", lambda found: found.insert(1, etree.Comment("none"))
        yield "reverse children", lambda found: found.__setitem__(slice(None), list(reversed(found)))
        yield "children gone", lambda found: found.__delitem__(slice(None))


def _layouts(text: str) -> Iterator[tuple[str, Change]]:
    yield "comment within", lambda found: _split(found, text, etree.Comment("none"))
    yield "instruction within", lambda found: _split(found, text, etree.ProcessingInstruction("x", "y"))
    yield "text in a section", lambda found: _set_text(found, etree.CDATA(text))
    yield "text as child", lambda found: (_set_text(etree.SubElement(found, found.tag), text), _set_text(found, None))  # type: ignore[func-returns-value]
    yield "text and child", lambda found: etree.SubElement(found, _sibling(found, "unknown"))


def _moves(element: Any) -> Iterator[tuple[str, Change]]:
    namespace = etree.QName(element).namespace
    yield "drop", lambda found: found.getparent().remove(found)
    yield "duplicate", lambda found: found.addnext(copy.deepcopy(found))
    yield "duplicate far", lambda found: found.getparent().append(copy.deepcopy(found))
    yield "rename", lambda found: _retag(found, etree.QName(found).localname + "X", namespace)
    yield "recase", lambda found: _retag(found, etree.QName(found).localname.swapcase(), namespace)
    yield "other namespace", lambda found: _retag(found, etree.QName(found).localname, "urn:x")
    if namespace:
        yield "no namespace", lambda found: _retag(found, etree.QName(found).localname, None)
    yield "move first", lambda found: found.getparent().insert(0, found)
    yield "move last", lambda found: found.getparent().append(found)
    yield "move up", lambda found: _move_up(found)
    yield "swap with next", lambda found: found.getnext().addnext(found) if found.getnext() is not None else None
    yield "wrap", _wrap


def _whole(root: Any) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """Mutations of the document as a whole, by its bytes."""
    plain = bytes(etree.tostring(root, encoding="UTF-8"))
    name, namespace = etree.QName(root).localname, etree.QName(root).namespace

    def rooted(tag: str) -> bytes:
        changed = copy.deepcopy(root)
        changed.tag = tag
        return bytes(etree.tostring(changed, encoding="UTF-8"))

    yield "document rename root", lambda: rooted(f"{{{namespace}}}{name}X" if namespace else name + "X")
    yield "document recase root", lambda: rooted(f"{{{namespace}}}{name.lower()}" if namespace else name.lower())
    yield "document root in another namespace", lambda: rooted(f"{{urn:x}}{name}")
    yield "document wrapped", lambda: b"<x>" + plain.split(b"?>")[-1] + b"</x>"
    if namespace:
        yield "document root in no namespace", lambda: rooted(name)
        yield "document in no namespace", lambda: plain.replace(namespace.encode(), b"")
        yield "document in another version of the namespace", lambda: plain.replace(namespace.encode(), namespace.encode() + b"9")
        yield "document in the namespace with a blank", lambda: plain.replace(namespace.encode(), namespace.encode() + b" ")
    else:
        yield "document in a namespace", lambda: plain.replace(b"<" + name.encode(), b"<" + name.encode() + b' xmlns="urn:x"', 1)
    yield "document laid out", lambda: _laid_out(root)
    yield "document with comments", lambda: b"<!-- a -->" + plain.split(b"?>")[-1] + b"<!-- b --><?c d?>"
    yield "document in UTF-16", lambda: bytes(etree.tostring(root, encoding="UTF-16"))
    yield "document in Latin 1", lambda: bytes(etree.tostring(root, encoding="ISO-8859-1"))
    yield "document with a mark", lambda: b"\xef\xbb\xbf" + plain
    yield "document with a prefix nothing uses", lambda: plain.replace(b"<" + _written(root), b"<" + _written(root) + b' xmlns:unused="urn:x"', 1)
    yield "document with a document type", lambda: b"<!DOCTYPE " + _written(root) + b">" + plain.split(b"?>")[-1]
    yield "document cut", lambda: plain[: len(plain) // 2]
    yield "document with text behind", lambda: plain + b"stray"
    yield "document twice", lambda: plain + plain.split(b"?>")[-1]
    yield "document empty", lambda: b""
    yield "document without its end", lambda: plain[:-3]
    yield "document with an attribute twice", lambda: plain.replace(b">", b' x="1" x="1">', 1) if b"?>" not in plain else plain.replace(b"?>", b"?><!-- -->", 1)
    yield "document with an unknown entity", lambda: plain.replace(b"</", b"&unknown;</", 1)
    yield "document with a forbidden character", lambda: plain.replace(b"</", b"&#1;</", 1)


def _laid_out(root: Any) -> bytes:
    changed = copy.deepcopy(root)
    etree.indent(changed, space="\t")
    return bytes(etree.tostring(changed, encoding="UTF-8", xml_declaration=True))


def _written(root: Any) -> bytes:
    name = str(etree.QName(root).localname)
    return (f"{root.prefix}:{name}" if root.prefix else name).encode()


def _sibling(element: Any, name: str) -> str:
    namespace = etree.QName(element).namespace
    return f"{{{namespace}}}{name}" if namespace else name


def _retag(element: Any, name: str, namespace: str | None) -> None:
    element.tag = f"{{{namespace}}}{name}" if namespace else name


def _set_text(element: Any, text: Any) -> None:
    element.text = text


def _set_tail(element: Any, text: str) -> None:
    element.tail = text


def _empty(element: Any) -> None:
    for child in list(element):
        element.remove(child)
    element.text = None


def _split(element: Any, text: str, node: Any) -> None:
    element.text = text[: len(text) // 2]
    node.tail = text[len(text) // 2 :]
    element.insert(0, node)


def _move_up(element: Any) -> None:
    above = element.getparent()
    if above.getparent() is not None:
        above.addnext(element)
    else:
        above.insert(0, element)


def _wrap(element: Any) -> None:
    wrapper = etree.Element(_sibling(element, "wrapper"))
    element.getparent().replace(element, wrapper)
    wrapper.append(element)
