"""Parameters of a query: terms that its variables are bound to, before anything else is matched.

They become a VALUES block at the head of the outermost group, written by the RDF serialiser: a text can hold what it likes, it stays one literal.
A sub-select sees the value only through the variables that it selects.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from adapter.errors import QueryError
from adapter.store.base import Term
from adapter.store.guard import ReadOnly

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_TOKEN = re.compile(
    r"""<[^<>"{}|^`\\\x00-\x20]*>|\"\"\"(?:[^"\\]|\\.|"(?!""))*\"\"\"|'''(?:[^'\\]|\\.|'(?!''))*'''|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|#[^\n]*|\\.|.""",
    re.DOTALL,
)


def bind(query: ReadOnly, parameters: Mapping[str, Term]) -> str:
    """The text of *query* with its parameters bound.

    >>> from pyoxigraph import Literal
    >>> from adapter.store.guard import check
    >>> bind(check("SELECT ?s { ?s ?p ?o }"), {"o": Literal("} DROP ALL #")})
    'SELECT ?s { VALUES (?o) { ("} DROP ALL #") } ?s ?p ?o }'
    """
    if not parameters:
        return query.text
    for name in parameters:
        if not _NAME.fullmatch(name) or not re.search(rf"[?$]{name}\b", query.text):
            raise QueryError(f"the query has no variable ?{name} to bind")
    if not query.bindable:
        raise QueryError("this form of query has no place for parameters", "Write WHERE { … }; for CONSTRUCT also the template before it.")
    names = " ".join(f"?{name}" for name in parameters)
    terms = " ".join(str(term) for term in parameters.values())
    place = _opening(query)
    return f"{query.text[:place]} VALUES ({names}) {{ ({terms}) }}{query.text[place:]}"


def _opening(query: ReadOnly) -> int:
    """Where the outermost group begins: after its brace, which is the second one outside of everything if a template comes first."""
    wanted, braces, brackets, seen = (2 if query.form == "CONSTRUCT" else 1), 0, 0, 0
    for token in _TOKEN.finditer(query.text):
        mark = token[0]
        if mark == "{":
            seen += not braces and not brackets
            if seen == wanted:
                return token.end()
            braces += 1
        elif mark == "}":
            braces -= 1
        elif mark in ("(", ")"):
            brackets += 1 if mark == "(" else -1
    raise QueryError("the query has no group to bind parameters in")
