"""Which queries may run: those that only read. An allow-list on the parsed query; what it does not know is refused.

Two parsers see a query: rdflib's here, and the one of the engine that runs it. A text that they could read differently is refused too: escapes of
code points (\\u0022 would end a string for one of them only), and the word SERVICE where this parser sees neither a string nor a name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pyparsing import ParseBaseException, ParseResults
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.parserutils import CompValue
from rdflib.term import Node

from adapter.errors import QueryError
from adapter.names import XSD

FORMS = {"SelectQuery": "SELECT", "AskQuery": "ASK", "ConstructQuery": "CONSTRUCT", "DescribeQuery": "DESCRIBE"}
LONGEST = 65_536  # characters of a query

_HEAD = {"Base", "PrefixDecl", "pname", "literal", "vars", "SubSelect", "LimitOffsetClauses", "OrderClause", "OrderCondition", "GroupClause", "GroupAs"}
_HEAD |= {"HavingClause", "ValuesClause"}
_PATTERNS = {"GroupGraphPatternSub", "TriplesBlock", "OptionalGraphPattern", "MinusGraphPattern", "GroupOrUnionGraphPattern", "GraphGraphPattern", "Filter"}
_PATTERNS |= {"Bind", "InlineData", "FakeGroupGraphPatten"}  # the last as rdflib spells it
_PATHS = {"PathAlternative", "PathSequence", "PathElt", "PathEltOrInverse", "PathNegatedPropertySet", "InversePath"}
_EXPRESSIONS = {"ConditionalOrExpression", "ConditionalAndExpression", "RelationalExpression", "AdditiveExpression", "MultiplicativeExpression"}
_EXPRESSIONS |= {"UnaryNot", "UnaryPlus", "UnaryMinus"}
_AGGREGATES = {f"Aggregate_{name}" for name in ("Count", "Sum", "Min", "Max", "Avg", "Sample", "GroupConcat")}
_BUILTINS = (
    "ABS BNODE BOUND CEIL COALESCE CONCAT CONTAINS DATATYPE DAY ENCODE_FOR_URI EXISTS FLOOR HOURS IF IRI LANG LANGMATCHES LCASE MD5 MINUTES MONTH NOTEXISTS "
    "NOW RAND REGEX REPLACE ROUND SECONDS SHA1 SHA256 SHA384 SHA512 STR STRAFTER STRBEFORE STRDT STRENDS STRLANG STRLEN STRSTARTS STRUUID SUBSTR "
    "TIMEZONE TZ UCASE URI UUID YEAR isBLANK isIRI isLITERAL isNUMERIC isURI sameTerm"
)
KNOWN = {*FORMS, *_HEAD, *_PATTERNS, *_PATHS, *_EXPRESSIONS, *_AGGREGATES, *(f"Builtin_{name}" for name in _BUILTINS.split())}
_SAYS = {"ServiceGraphPattern": "SERVICE, which sends the query to another server", "DatasetClause": "FROM, which may read files and other places"}
_REMEDY = "A query is SELECT, ASK, CONSTRUCT or DESCRIBE over the graphs of the store; all of them together are its default graph."
_UPDATES = re.compile(r"^\s*(?:(?:PREFIX\s+\S*|BASE)\s*<[^>]*>\s*|#[^\n]*\n\s*)*(INSERT|DELETE|LOAD|CLEAR|DROP|CREATE|ADD|MOVE|COPY|WITH)\b", re.IGNORECASE)
_SERVICE = re.compile(r"\bservice\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ReadOnly:
    """A query that only reads: its text with plain line ends, its form, its own LIMIT, whether it has a place to bind parameters."""

    text: str
    form: str
    limit: int | None
    bindable: bool


@lru_cache(64)  # the named questions come again and again, and to read one takes longer than to answer it
def check(text: str) -> ReadOnly:
    """The query, if it only reads.

    *Raises* `QueryError` naming what was found.

    >>> check("ASK { ?s ?p ?o }").form
    'ASK'
    """
    text = re.sub(r"\r\n?", "\n", text)  # a bare CR ends a comment for one parser, and not for the other
    if len(text) > LONGEST:
        raise QueryError(f"the query has {len(text)} characters, and {LONGEST} are read", "Shorten it, or split it.")
    if re.search(r"\\[uU]", text):
        raise QueryError("the query holds an escaped code point (\\u or \\U)", "Write the character itself.")
    prologue, query = _parse(text)
    prefixes = _prefixes(prologue)
    for found in (*_nodes(prologue), *_nodes(query)):
        _allow(found, prefixes)
    if len(_SERVICE.findall(text)) > sum(len(_SERVICE.findall(leaf)) for part in (prologue, query) for leaf in _leaves(part)):
        raise QueryError("the word SERVICE stands outside of strings and names", _REMEDY)
    template = query.name != "ConstructQuery" or "template" in query
    return ReadOnly(text, FORMS[query.name], _limit(query), template and "where" in query)


def _parse(text: str) -> tuple[Any, CompValue]:
    try:
        prologue, query = parseQuery(text)
    except ParseBaseException as error:
        if update := _UPDATES.match(text):
            raise QueryError(f"the query holds {update[1].upper()}, which changes the store", _REMEDY) from error
        raise QueryError(f"line {error.lineno}, column {error.column}: the query is no SPARQL 1.1: {error.msg}", _REMEDY) from error
    except RecursionError as error:
        raise QueryError("the query is nested too deeply", "Write it flatter.") from error
    except Exception as error:  # rdflib's parse actions raise many kinds
        raise QueryError(f"the query cannot be read: {error}", _REMEDY) from error
    return prologue, query


def _parts(node: object) -> list[object]:
    if isinstance(node, CompValue):
        return list(node.values())
    return list(node) if isinstance(node, (ParseResults, list, tuple, set)) else []


def _nodes(root: object) -> Iterator[CompValue]:
    """Every named part of a parsed query, however deep; anything else than parts, terms and plain values is refused."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, CompValue):
            yield node
        elif not isinstance(node, (ParseResults, list, tuple, set, Node, str, int, bool, type(None))):
            raise QueryError(f"the query holds something unknown ({type(node).__name__})", _REMEDY)
        waiting += _parts(node)


def _leaves(root: object) -> Iterator[str]:
    """The texts of a parsed query: names, variables, strings."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, str):
            yield node
        waiting += _parts(node)


def _part(node: object, name: str) -> Any:
    return node[name] if isinstance(node, CompValue) and name in node else None  # CompValue.get would evaluate


def _prefixes(prologue: object) -> dict[str, str]:
    """Prefix → namespace; the last declaration of a prefix counts."""
    return {str(_part(node, "prefix") or ""): str(_part(node, "iri")) for node in _parts(prologue) if isinstance(node, CompValue) and node.name == "PrefixDecl"}


def _allow(node: CompValue, prefixes: dict[str, str]) -> None:
    if node.name == "Function":
        called = _part(node, "iri")
        short = isinstance(called, CompValue)
        iri = prefixes.get(str(_part(called, "prefix") or ""), "") + str(_part(called, "localname") or "") if short else str(called)
        if not iri.startswith(XSD):
            raise QueryError(f"the query calls the function {iri}, and the only ones with an IRI are the casts of XML Schema", _REMEDY)
    elif node.name not in KNOWN:
        raise QueryError(f"the query holds {_SAYS.get(node.name, f'{node.name}, which is not known here')}", _REMEDY)


def _limit(query: CompValue) -> int | None:
    found = _part(_part(query, "limitoffset"), "limit")
    return None if found is None else int(found)
