"""Read and write XML by a tree specification. The mirror of `tree/json.py`; both fill the same frames."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lxml import etree

from adapter.frames import Frame, Scope
from adapter.tree.columns import read_column, write_column
from adapter.tree.log import Log
from adapter.tree.spec import Branch, Leaf, Rows

XSI = "{http://www.w3.org/2001/XMLSchema-instance}"


class XmlTree:
    """A compiled tree for one XML message: `read` an element into a frame, `write` a frame into an element."""

    def __init__(self, root: Branch, scope: Scope, namespace: str, ordered: bool, prefix: str | None = None) -> None:
        self.root, self.scope, self.ordered = root, scope, ordered
        self.namespace = namespace
        self.ns = f"{{{namespace}}}" if namespace else ""
        self.nsmap = {prefix: namespace} if namespace else None
        self._tails = etree.XPath("text()[preceding-sibling::*][normalize-space()]")
        self._tags = {id(branch): self._index(branch) for branch in _branches(root)}
        self._rows = {id(rows): _RowsXml(rows, self.ns) for branch in _branches(root) for rows in branch.children if isinstance(rows, Rows)}

    def _index(self, branch: Branch) -> dict[str, int]:
        return {self.ns + child.key: number for number, child in enumerate(branch.children)}

    # reading

    def read(self, element: Any, log: Log) -> Frame:
        """The frame of a document whose root element is *element*."""
        frame = Frame(self.scope)
        self._read(element, self.root, frame, "/" + self.root.key, log)
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
                _take(leaf, text, values, f"{path}/@{leaf.key}", log)
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
                self._read(elements[0], child, frame, f"{path}/{child.key}", log)

    def _groups(self, element: Any, branch: Branch, path: str, log: Log) -> dict[int, list[Any]]:
        index = self._tags[id(branch)]
        groups: dict[int, list[Any]] = {}
        last = -1
        for child in element:
            number = index.get(child.tag)
            if number is None:
                _unknown(child, f"{path}/{_local(child.tag)}", log)
                continue
            if number == last:
                groups[number].append(child)
                continue
            if self.ordered and number < last:
                log.fault(f"{path}/{_local(child.tag)}", f"stands after {branch.children[last].key}, but must stand before it", branch.children[number].at)
            last = number
            groups.setdefault(number, []).append(child)
        return groups

    def _text(self, element: Any, branch: Branch, values: dict[str, Any], path: str, log: Log) -> None:
        text = element.text
        if branch.text is not None:
            _take(branch.text, text or "", values, path, log)
        elif text and not text.isspace():
            log.unknown(path + "/text()", text.strip())
        for tail in self._tails(element) if len(element) else ():
            log.unknown(path + "/text()", tail.strip())

    def _leaf(self, elements: list[Any], leaf: Leaf, values: dict[str, Any], path: str, log: Log) -> None:
        place = f"{path}/{leaf.key}"
        too_many(leaf.most, elements, place, leaf.at, log)
        for element in elements:
            if len(element) or element.attrib:
                _unknown_below(element, place, log)
        if leaf.most is None:
            many: dict[str, Any] = {}
            taken = []
            for at, element in enumerate(elements, 1):
                many.clear()
                _take(leaf, element.text or "", many, f"{place}[{at}]", log)
                taken.append(many.get(leaf.var))
            if leaf.var:
                values[leaf.var] = tuple(taken)
            return
        _take(leaf, elements[0].text or "", values, place, log)

    def _absent(self, child: Branch | Leaf | Rows, values: dict[str, Any], path: str, log: Log) -> None:
        if child.least:
            log.missing(f"{path}/{child.key}", child.at)
        elif isinstance(child, Leaf) and child.default is not None:
            values[child.var] = child.default

    def _unknown_attributes(self, element: Any, branch: Branch, path: str, log: Log) -> None:
        known = {leaf.key for leaf in branch.attributes}
        for name, text in element.attrib.items():
            if name not in known and not name.startswith(XSI):
                log.unknown(f"{path}/@{_local(name)}", text)

    # writing

    def write(self, frame: Frame, log: Log) -> Any:
        """The root element that says what *frame* holds; what cannot be said is a fault in *log*."""
        element = etree.Element(self.ns + self.root.key, nsmap=self.nsmap)
        self._write(element, self.root, frame, "/" + self.root.key, log)
        return element

    def _write(self, element: Any, branch: Branch, frame: Frame, path: str, log: Log) -> None:
        values = frame.values
        for leaf in branch.attributes:
            text = _give(leaf, values, f"{path}/@{leaf.key}", log)
            if text is not None:
                element.set(leaf.key, text)
        if branch.text is not None:
            element.text = _give(branch.text, values, path, log)
        for child in branch.children:
            place = f"{path}/{child.key}"
            if isinstance(child, Leaf):
                self._write_leaf(element, child, values, place, log)
            elif isinstance(child, Rows):
                if values.get(child.name):
                    self._rows[id(child)].write(element, frame, path, log)
                elif child.least:
                    log.missing(place, child.at)
            elif child.scope:
                inner = frame.each(child.scope)
                for at, item in enumerate(inner, 1):
                    below = f"{place}[{at}]" if child.most is None else place
                    item.path = below
                    self._write(etree.SubElement(element, self.ns + child.key), child, item, below, log)
                if not inner and child.least:
                    log.missing(place, child.at)
                if child.most is not None and len(inner) > child.most:
                    log.fault(place, f"can stand {child.most} time, and there are {len(inner)}", child.at)
            elif child.least or holds(child, frame):
                self._write(etree.SubElement(element, self.ns + child.key), child, frame, place, log)

    def _write_leaf(self, element: Any, leaf: Leaf, values: dict[str, Any], place: str, log: Log) -> None:
        if leaf.most is None:
            for value in values.get(leaf.var) or ():
                text = _give(leaf, {leaf.var: value}, place, log)
                etree.SubElement(element, self.ns + leaf.key).text = text
            return
        text = _give(leaf, values, place, log)
        if text is not None:
            etree.SubElement(element, self.ns + leaf.key).text = text or None


class _RowsXml:
    """Rows of attributes, or rows of child elements, read and written column by column."""

    def __init__(self, rows: Rows, ns: str) -> None:
        self.rows, self.ns = rows, ns
        self.attributes = [leaf for leaf in rows.columns if leaf.kind == "attribute"]
        self.elements = [leaf for leaf in rows.columns if leaf.kind == "element"]
        self.tags = {ns + leaf.key: number for number, leaf in enumerate(self.elements)}
        self.texts = etree.XPath("text()[normalize-space()]")
        self.excess = etree.XPath("count(*/@* | */* | text()[normalize-space()])")

    def read(self, elements: Sequence[Any], frame: Frame, path: str, log: Log) -> None:
        key, values = self.rows.key, frame.values
        values[self.rows.name] = len(elements)
        found = 0
        for leaf in self.attributes:
            texts = [element.get(leaf.key) for element in elements]
            found += len(texts) - texts.count(None)
            column = read_column(leaf, texts, lambda row, leaf=leaf: f"{path}/{key}[{row + 1}]/@{leaf.key}", log)  # type: ignore[misc]
            if leaf.var:
                values[leaf.var] = column
        if found != sum([len(element.attrib) for element in elements]):
            known = {leaf.key for leaf in self.attributes}
            for row, element in enumerate(elements, 1):
                for name, text in element.attrib.items():
                    if name not in known:
                        log.unknown(f"{path}/{key}[{row}]/@{_local(name)}", text)
        if not self.elements:
            for row, element in enumerate(elements, 1):
                if len(element):
                    _unknown_below(element, f"{path}/{key}[{row}]", log, attributes=False)
                elif element.text and not element.text.isspace():
                    log.unknown(f"{path}/{key}[{row}]/text()", element.text)
            return
        self._read_elements(elements, values, path, log)

    def _read_elements(self, elements: Sequence[Any], values: dict[str, Any], path: str, log: Log) -> None:
        key = self.rows.key
        cells = [{child.tag: child.text or "" for child in element} for element in elements]
        for shape in {tuple(cell) for cell in cells}:
            self._check_shape(shape, cells, path, log)
        if any(len(cell) != len(element) for cell, element in zip(cells, elements, strict=True)):
            for row, element in enumerate(elements, 1):
                if len(cells[row - 1]) != len(element):
                    log.fault(f"{path}/{key}[{row}]", "holds one element twice", self.rows.at)
        for row, element in enumerate(elements, 1):
            if self.excess(element):
                for text in self.texts(element):
                    log.unknown(f"{path}/{key}[{row}]/text()", text.strip())
                for child in element:
                    _unknown_below(child, f"{path}/{key}[{row}]/{_local(child.tag)}", log)
        for leaf in self.elements:
            tag = self.ns + leaf.key
            texts = [cell.get(tag) for cell in cells]
            column = read_column(leaf, texts, lambda row, leaf=leaf: f"{path}/{key}[{row + 1}]/{leaf.key}", log)  # type: ignore[misc]
            if leaf.var:
                values[leaf.var] = column

    def _check_shape(self, shape: tuple[str, ...], cells: Sequence[dict[str, str]], path: str, log: Log) -> None:
        numbers = [self.tags.get(tag, -1) for tag in shape]
        if -1 not in numbers and numbers == sorted(numbers):
            return
        for row, cell in enumerate(cells, 1):
            if tuple(cell) == shape:
                unknown = [tag for tag in shape if tag not in self.tags]
                for tag in unknown:
                    log.unknown(f"{path}/{self.rows.key}[{row}]/{_local(tag)}", cell[tag])
                if not unknown:
                    log.fault(
                        f"{path}/{self.rows.key}[{row}]",
                        f"has its elements in the wrong order; expected {', '.join(leaf.key for leaf in self.elements)}",
                        self.rows.at,
                    )

    def write(self, element: Any, frame: Frame, path: str, log: Log) -> None:
        key, values = self.rows.key, frame.values
        count = values[self.rows.name]
        columns = {
            leaf.key: write_column(leaf, values.get(leaf.var), count, lambda row, leaf=leaf: f"{path}/{key}[{row + 1}]/{leaf.place}", log)  # type: ignore[misc]
            for leaf in self.rows.columns
        }
        tag = self.ns + key
        if not self.elements:
            names = list(columns)
            for cells in zip(*columns.values(), strict=True):
                etree.SubElement(element, tag, {name: text for name, text in zip(names, cells, strict=True) if text is not None})
            return
        attributes = [leaf.key for leaf in self.attributes]
        for row in range(count):
            item = etree.SubElement(element, tag, {name: text for name in attributes if (text := columns[name][row]) is not None})
            for leaf in self.elements:
                text = columns[leaf.key][row]
                if text is not None:
                    etree.SubElement(item, self.ns + leaf.key).text = text


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


def _take(leaf: Leaf, text: str, values: dict[str, Any], path: str, log: Log) -> None:
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


def _give(leaf: Leaf, values: dict[str, Any], path: str, log: Log) -> str | None:
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


def _unknown(element: Any, path: str, log: Log) -> None:
    if not len(element):
        log.unknown(path, (element.text or "").strip())
    _unknown_below(element, path, log)


def _unknown_below(element: Any, path: str, log: Log, attributes: bool = True) -> None:
    for name, text in element.attrib.items() if attributes else ():
        log.unknown(f"{path}/@{_local(name)}", text)
    for child in element:
        _unknown(child, f"{path}/{_local(child.tag)}", log)


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _branches(branch: Branch) -> list[Branch]:
    found = [branch]
    for child in branch.children:
        if isinstance(child, Branch):
            found += _branches(child)
    return found
