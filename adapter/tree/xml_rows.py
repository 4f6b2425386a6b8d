"""Rows in XML, of attributes or of child elements, read and written column by column."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lxml import etree

from adapter.frames import Frame
from adapter.names import LOCATIONS
from adapter.tree import xml_text
from adapter.tree.columns import read_column, write_column
from adapter.tree.log import Log
from adapter.tree.spec import Leaf, Rows
from adapter.tree.xml_leaves import local_name, unknown_below
from adapter.values import BLANKS


class RowsXml:
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
                    if name not in known and name not in LOCATIONS:
                        log.unknown(f"{path}/{key}[{row}]/@{local_name(name)}", text)
        if not self.elements:
            for row, element in enumerate(elements, 1):
                if len(element):
                    unknown_below(element, f"{path}/{key}[{row}]", log, attributes=False)
                elif element.text and element.text.strip(BLANKS):
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
                    unknown_below(child, f"{path}/{key}[{row}]/{local_name(child.tag)}", log)
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
                    log.unknown(f"{path}/{self.rows.key}[{row}]/{local_name(tag)}", cell[tag])
                if not unknown:
                    log.fault(
                        f"{path}/{self.rows.key}[{row}]",
                        f"has its elements in the wrong order; expected {', '.join(leaf.key for leaf in self.elements)}",
                        self.rows.at,
                    )

    def write(self, out: list[str], frame: Frame, place: str, log: Log, indent: str, prefix: str) -> None:
        """The rows as text: by one form for all when every cell is there, else row by row."""
        count = frame.values[self.rows.name]
        attributes = [self._cells(leaf, frame, count, place, log) for leaf in self.attributes]
        elements = [self._cells(leaf, frame, count, place, log) for leaf in self.elements]
        name, deeper = prefix + self.rows.key, indent + "  "
        marks = [f' {leaf.key}="%s"' for leaf in self.attributes]
        tags = [f"{deeper}<{prefix}{leaf.key}>%s</{prefix}{leaf.key}>" for leaf in self.elements]
        if any(None in cells for cells in (*attributes, *elements)) or any("" in cells for cells in elements):
            for row in range(count):
                head = "".join([mark % cells[row] for mark, cells in zip(marks, attributes, strict=True) if cells[row] is not None])
                inside = [
                    xml_text.element(prefix + leaf.key, "", deeper) if not cells[row] else tag % cells[row]
                    for leaf, tag, cells in zip(self.elements, tags, elements, strict=True)
                    if cells[row] is not None
                ]
                out.append(f"{indent}<{name}{head}" + (f">{''.join(inside)}{indent}</{name}>" if inside else "/>"))
            return
        form = f"{indent}<{name}{''.join(marks)}" + (f">{''.join(tags)}{indent}</{name}>" if tags else "/>")
        out += [form % cells for cells in zip(*attributes, *elements, strict=True)]

    def _cells(self, leaf: Leaf, frame: Frame, count: int, place: str, log: Log) -> Sequence[str | None]:
        """The texts of one column, escaped; numbers need none."""
        texts = write_column(leaf, frame.values.get(leaf.var), count, lambda row: f"{place}[{row + 1}]/{leaf.place}", log)
        if leaf.names is None and leaf.type.codec.json == "number":
            return texts
        escape = xml_text.attribute if leaf.kind == "attribute" else xml_text.content
        return [None if text is None else escape(text) for text in texts]
