"""The statements of a CIM file as N-Triples with the types CIM gives them: what the store has of a grid model, one named graph per file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from adapter.codecs.rdf_names import Names, curie
from adapter.codecs.rdf_source import REFERENCE, TEXT, Source
from adapter.graph.terms import quoted
from adapter.grid.datatypes import reader
from adapter.names import XSD

CHUNK = 20_000  # statements
_STRING = XSD + "string"
_ODD = re.compile(r'["\\\x00-\x1f\x7f-\U0010ffff]')


def ntriples(document: Source, part: str = "") -> str:
    """Every statement of *document* (of one part, for a difference model), names and identifiers as ours, numbers as exact decimals.

    The document is read up. *Raises* `DecodeError`.
    """
    return "".join(chunks(document, part))


def chunks(document: Source, part: str = "", size: int = CHUNK) -> Iterator[str]:
    """The same in pieces of *size* statements, and the document is read up: neither it nor the text is in memory as a whole."""
    iri = _iris(document.names)
    properties: dict[str, _Property] = {}
    lines: list[str] = []
    for subject, predicate, value, kind, more in document.statements(part, consume=True):
        said = properties.get(predicate)
        if said is None:
            said = properties[predicate] = _Property(document.names.ours(predicate))
        if kind is TEXT:
            lines.append(iri(subject) + said.literal(value))
        elif kind is REFERENCE:
            lines.append(f"{iri(subject)}{said.head}{iri(value)} .\n")
        else:  # what the document says of its type goes before what the standard says
            lines.append(f"{iri(subject)}{said.head}{quoted(value)}{f'@{more}' if kind == '@language' else f'^^<{more}>'} .\n")
        if len(lines) == size:
            yield "".join(lines)
            lines.clear()
    yield "".join(lines)


def _iris(names: Names) -> Callable[[str], str]:
    known: dict[str, str] = {}

    def written(iri: str) -> str:
        text = known.get(iri)
        if text is None:
            text = known[iri] = f"<{names.identified(iri)}>"
        return text

    return written


class _Property:
    """Predicate and value as N-Triples, for one property."""

    def __init__(self, predicate: str) -> None:
        self.head = f" <{predicate}> "
        self._typed = reader(curie(predicate), "exact")

    def literal(self, text: str) -> str:
        value, kind = self._typed(text)
        shown = quoted(value) if _ODD.search(value) else f'"{value}"'
        return f"{self.head}{shown} .\n" if kind == _STRING else f"{self.head}{shown}^^<{kind}> .\n"
