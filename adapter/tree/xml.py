"""Read and write XML by a tree specification. The mirror of `tree/json.py`; both fill the same frames."""

from __future__ import annotations

from typing import Any

from lxml import etree

from adapter.frames import Frame, Scope
from adapter.names import LOCATIONS
from adapter.tree import xml_text
from adapter.tree.log import Log
from adapter.tree.spec import Branch, Leaf, Rows
from adapter.tree.xml_leaves import bare, give, holds, local_name, take, too_many, unknown, unknown_below
from adapter.tree.xml_rows import RowsXml
from adapter.values import BLANKS


class XmlTree:
    """A compiled tree for one XML message: `read` an element into a frame, `write` a frame as text. *name* is the root element's, as lxml writes it."""

    def __init__(self, root: Branch, scope: Scope, namespace: str, ordered: bool, prefix: str | None = None) -> None:
        self.root, self.scope, self.ordered = root, scope, ordered
        self.namespace = namespace
        self.ns = f"{{{namespace}}}" if namespace else ""
        self.name = self.ns + root.key
        self._prefix = f"{prefix}:" if namespace and prefix else ""
        self._declaration = f' xmlns{":" + prefix if prefix else ""}="{xml_text.attribute(namespace)}"' if namespace else ""
        self._tails = etree.XPath("text()[preceding-sibling::*][normalize-space()]")
        self._tags = {id(branch): self._index(branch) for branch in _branches(root)}
        self._rows = {id(rows): RowsXml(rows, self.ns) for branch in _branches(root) for rows in branch.children if isinstance(rows, Rows)}

    def _index(self, branch: Branch) -> dict[str, int]:
        return {self.ns + child.key: number for number, child in enumerate(branch.children)}

    # reading

    def read(self, element: Any, log: Log) -> Frame:
        """The frame of a document whose root element is *element*."""
        frame = Frame(self.scope, path="/" + self.root.key)
        self._read(element, self.root, frame, frame.path, log)
        return frame

    def _read(self, element: Any, branch: Branch, frame: Frame, path: str, log: Log) -> None:
        values = frame.values
        found = 0
        for leaf in branch.attributes:
            text = element.get(leaf.key)
            if text is None:
                if leaf.least:
                    log.missing(f"{path}/@{leaf.key}", leaf.at)
                elif leaf.default is not None:
                    values[leaf.var] = leaf.default
            else:
                found += 1
                take(leaf, text, values, f"{path}/@{leaf.key}", log)
        if found != len(element.attrib):
            self._unknown_attributes(element, branch, path, log)
        self._text(element, branch, values, path, log)
        groups = self._groups(element, branch, path, log)
        for number, child in enumerate(branch.children):
            elements = groups.get(number)
            if elements is None:
                self._absent(child, values, path, log)
            elif isinstance(child, Leaf):
                self._leaf(elements, child, values, path, log)
            elif isinstance(child, Rows):
                self._rows[id(child)].read(elements, frame, path, log)
            elif child.scope:
                for at, item in enumerate(elements, 1):
                    place = f"{path}/{child.key}[{at}]" if child.most is None else f"{path}/{child.key}"
                    self._read(item, child, frame.add(child.scope, place), place, log)
                too_many(child.most, elements, f"{path}/{child.key}", child.at, log)
            else:
                too_many(child.most, elements, f"{path}/{child.key}", child.at, log)
                if child.can_be_empty and bare(elements[0]):
                    log.empty(f"{path}/{child.key}", "")
                else:
                    self._read(elements[0], child, frame, f"{path}/{child.key}", log)

    def _groups(self, element: Any, branch: Branch, path: str, log: Log) -> dict[int, list[Any]]:
        index = self._tags[id(branch)]
        groups: dict[int, list[Any]] = {}
        last = -1
        for child in element:
            number = index.get(child.tag)
            if number is None:
                unknown(child, f"{path}/{local_name(child.tag)}", log)
                continue
            if number == last:
                groups[number].append(child)
                continue
            if self.ordered and number < last:
                log.fault(f"{path}/{local_name(child.tag)}", f"stands after {branch.children[last].key}, but must stand before it", branch.children[number].at)
            last = number
            groups.setdefault(number, []).append(child)
        return groups

    def _text(self, element: Any, branch: Branch, values: dict[str, Any], path: str, log: Log) -> None:
        text = element.text
        if branch.text is not None:
            take(branch.text, text or "", values, path, log)
        elif text and text.strip(BLANKS):
            log.unknown(path + "/text()", text.strip(BLANKS))
        for tail in self._tails(element) if len(element) else ():
            log.unknown(path + "/text()", tail.strip())

    def _leaf(self, elements: list[Any], leaf: Leaf, values: dict[str, Any], path: str, log: Log) -> None:
        place = f"{path}/{leaf.key}"
        too_many(leaf.most, elements, place, leaf.at, log)
        if leaf.ignore:  # with all that is in it
            return
        for element in elements:
            if len(element) or element.attrib:
                unknown_below(element, place, log)
        if leaf.most is None:
            many: dict[str, Any] = {}
            taken = []
            for at, element in enumerate(elements, 1):
                many.clear()
                take(leaf, element.text or "", many, f"{place}[{at}]", log)
                taken.append(many.get(leaf.var))
            if leaf.var:
                values[leaf.var] = tuple(taken)
            return
        take(leaf, elements[0].text or "", values, place, log)

    def _absent(self, child: Branch | Leaf | Rows, values: dict[str, Any], path: str, log: Log) -> None:
        if child.least:
            log.missing(f"{path}/{child.key}", child.at)
        elif isinstance(child, Leaf) and child.default is not None:
            values[child.var] = child.default

    def _unknown_attributes(self, element: Any, branch: Branch, path: str, log: Log) -> None:
        known = {leaf.key for leaf in branch.attributes}
        for name, text in element.attrib.items():
            if name not in known and name not in LOCATIONS:
                log.unknown(f"{path}/@{local_name(name)}", text)

    # writing

    def write(self, frame: Frame, log: Log) -> str:
        """The document, as text, that says what *frame* holds; what cannot be said is a fault in *log*."""
        out: list[str] = []
        self._write(out, self.root, frame, "/" + self.root.key, log, "\n", self._declaration)
        return "".join(out)[1:] + "\n"

    def _write(self, out: list[str], branch: Branch, frame: Frame, path: str, log: Log, indent: str, declaration: str = "") -> None:
        name = self._prefix + branch.key
        head = f"{indent}<{name}{declaration}"
        for leaf in branch.attributes:
            text = give(leaf, frame.values, f"{path}/@{leaf.key}", log)
            if text is not None:
                head += f' {leaf.key}="{xml_text.attribute(text)}"'
        own = xml_text.content(give(branch.text, frame.values, path, log) or "") if branch.text is not None else ""
        inside: list[str] = []
        for child in branch.children:
            self._write_child(inside, child, frame, f"{path}/{child.key}", log, indent if own else indent + "  ")
        if inside:
            out += (f"{head}>{own}", *inside, f"</{name}>" if own else f"{indent}</{name}>")
        else:
            out.append(f"{head}>{own}</{name}>" if own else head + "/>")

    def _write_child(self, out: list[str], child: Branch | Leaf | Rows, frame: Frame, place: str, log: Log, indent: str) -> None:
        if isinstance(child, Leaf):
            self._write_leaf(out, child, frame.values, place, log, indent)
        elif isinstance(child, Rows):
            if frame.values.get(child.name):
                self._rows[id(child)].write(out, frame, place, log, indent, self._prefix)
            elif child.least:
                log.missing(place, child.at)
        elif child.scope:
            inner = frame.each(child.scope)
            for at, item in enumerate(inner, 1):
                item.path = f"{place}[{at}]" if child.most is None else place
                self._write(out, child, item, item.path, log, indent)
            if not inner and child.least:
                log.missing(place, child.at)
            if child.most is not None and len(inner) > child.most:
                log.fault(place, f"can stand {child.most} time, and there are {len(inner)}", child.at)
        elif child.least or holds(child, frame):
            self._write(out, child, frame, place, log, indent)

    def _write_leaf(self, out: list[str], leaf: Leaf, values: dict[str, Any], place: str, log: Log, indent: str) -> None:
        if leaf.most is None:
            out += [xml_text.element(self._prefix + leaf.key, give(leaf, {leaf.var: value}, place, log) or "", indent) for value in values.get(leaf.var) or ()]
            return
        text = give(leaf, values, place, log)
        if text is not None:
            out.append(xml_text.element(self._prefix + leaf.key, text, indent))


def _branches(branch: Branch) -> list[Branch]:
    found = [branch]
    for child in branch.children:
        if isinstance(child, Branch):
            found += _branches(child)
    return found
