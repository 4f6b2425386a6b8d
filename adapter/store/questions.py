"""Named questions: the queries under sparql/, each with its question, its columns and its parameters in the lines at its head.

# question: Which zone asks for how much flexibility, and when?
# columns: zone, begin (xsd:dateTime), power (kW; negative: less load)
# parameter: zone iri the zone asked about; all of them without it
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pyoxigraph as ox

from adapter.errors import UsageError
from adapter.names import XSD, expand
from adapter.resources import folder, walk
from adapter.store.base import Term

_QUESTION = re.compile(r"# question: (.*)")
_COLUMNS = re.compile(r"# columns: (.*)")
_COLUMN = re.compile(r"(\w+)(?: \(([^()]*)\))?(?:, |$)")
_PARAMETER = re.compile(r"# parameter: (\w+) (\w+)(?: (.*))?")


def _typed(name: str) -> Callable[[str], Term]:
    return lambda text: ox.Literal(text, datatype=ox.NamedNode(XSD + name))


TYPES: dict[str, Callable[[str], Term]] = {
    "iri": lambda text: ox.NamedNode(expand(text)),
    "text": ox.Literal,
    "integer": _typed("integer"),
    "decimal": _typed("decimal"),
    "boolean": _typed("boolean"),
    "instant": _typed("dateTime"),
}
_FORMS = {
    "integer": r"[+-]?\d+",
    "decimal": r"[+-]?(\d+(\.\d*)?|\.\d+)",
    "boolean": "true|false",
    "instant": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)",
}


@dataclass(frozen=True, slots=True)
class Question:
    """A query and what its head says: the types of its parameters (one that is not given stays open), and each parameter and column in words."""

    name: str
    text: str
    parameters: Mapping[str, str]
    asks: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    narrows: Mapping[str, str] = field(default_factory=dict)

    def terms(self, given: Mapping[str, str]) -> dict[str, Term]:
        """The terms of parameters given as text; raises `UsageError` for an unknown one, and for a text that is not of its type."""
        return {name: self._term(name, text) for name, text in given.items()}

    def _term(self, name: str, text: str) -> Term:
        kind = self.parameters.get(name)
        if kind is None:
            raise UsageError(f"{self.name} has no parameter {name!r}; it has {', '.join(self.parameters) or 'none'}")
        try:
            if not re.fullmatch(_FORMS.get(kind, r"(?s:.*)"), text):
                raise ValueError
            return TYPES[kind](text)
        except ValueError as error:
            raise UsageError(f"parameter {name} is {text!r}, and that is no {kind}") from error


def read(name: str, text: str) -> Question:
    """The question of a query's text.

    >>> read("who", "# parameter: standard text as uftp\\nSELECT ?s { ?s hub:standard ?standard }").parameters
    {'standard': 'text'}
    """
    lines = text.splitlines()
    found = [match for line in lines if (match := _PARAMETER.fullmatch(line))]
    parameters = {match[1]: match[2] for match in found}
    for parameter, kind in parameters.items():
        if kind not in TYPES:
            raise UsageError(f"{name}: parameter {parameter} is of type {kind!r}; known are {', '.join(TYPES)}")
    asks = next((match[1] for line in lines if (match := _QUESTION.fullmatch(line))), "")
    columns = next((match[1] for line in lines if (match := _COLUMNS.fullmatch(line))), "")
    said = {match[1]: match[2] or "" for match in _COLUMN.finditer(columns)}
    return Question(name, text, parameters, asks, said, {match[1]: match[3] or "" for match in found})


def named(name: str) -> Question:
    """The shipped question *name*; raises `UsageError` naming all of them."""
    known = {path.rpartition("/")[2].removesuffix(".rq"): file for path, file in walk(folder("sparql"), ".rq")}
    if name not in known:
        raise UsageError(f"{name!r} is no question; known are {', '.join(sorted(known))}")
    return read(name, known[name].read_text(encoding="utf-8"))
