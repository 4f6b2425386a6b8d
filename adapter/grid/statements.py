"""The statements of a CIM file as N-Triples with the types CIM gives them: what the store has of a grid model, one named graph per file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from adapter.codecs.rdf_names import Names, curie
from adapter.codecs.rdf_source import REFERENCE, TEXT, Source
from adapter.graph.terms import quoted
from adapter.grid.datatypes import Typed, reader
from adapter.names import XSD

CHUNK = 20_000  # statements
_STRING = XSD + "string"
_ODD = re.compile(r'["\\\x00-\x1f\x7f-\U0010ffff]').search


def ntriples(document: Source, part: str = "") -> str:
    """Every statement of *document* (of one part, for a difference model), names and identifiers as ours, numbers as exact decimals.

    The document is read up. *Raises* `DecodeError`.
    """
    return "".join(chunks(document, part))


def chunks(document: Source, part: str = "", size: int = CHUNK) -> Iterator[str]:
    """The same in pieces of *size* statements, and the document is read up: neither it nor the text is in memory as a whole."""
    iris = _Iris(document.names)
    properties = _Properties(document.names)
    lines: list[str] = []
    for subject, predicate, value, kind, more in document.statements(part, consume=True):
        head, typed = properties[predicate]
        if kind is REFERENCE:
            lines.append(f"{iris[subject]}{head}{iris[value]} .\n")
        elif kind is TEXT:
            text, of = typed(value)
            shown = quoted(text) if _ODD(text) else f'"{text}"'
            lines.append(f"{iris[subject]}{head}{shown} .\n" if of == _STRING else f"{iris[subject]}{head}{shown}^^<{of}> .\n")
        else:  # what the document says of its type goes before what the standard says
            lines.append(f"{iris[subject]}{head}{quoted(value)}{f'@{more}' if kind == '@language' else f'^^<{more}>'} .\n")
        if len(lines) == size:
            yield "".join(lines)
            lines.clear()
    yield "".join(lines)


class _Iris(dict[str, str]):
    """IRI of the document → ours as N-Triples."""

    def __init__(self, names: Names) -> None:
        super().__init__()
        self._names = names

    def __missing__(self, iri: str) -> str:
        text = self[iri] = f"<{self._names.identified(iri)}>"
        return text


class _Properties(dict[str, "tuple[str, Callable[[str], Typed]]"]):
    """Property of the document → ours as N-Triples, and what types its texts."""

    def __init__(self, names: Names) -> None:
        super().__init__()
        self._names = names

    def __missing__(self, predicate: str) -> tuple[str, Callable[[str], Typed]]:
        ours = self._names.ours(predicate)
        found = self[predicate] = f" <{ours}> ", reader(curie(ours), "exact")
        return found
