"""A CIM model as an rdflib graph for pySHACL: literals typed, texts as written, and queries that never end the run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import rdflib
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.sparql import Query
from rdflib.query import Result

from adapter.codecs.rdf import Value
from adapter.codecs.rdf_names import expand, prefixes
from adapter.grid.datatypes import literal
from adapter.grid.subject import Subject, entry_values

Statement = tuple[str, str, Value]


class Questioned(rdflib.Graph):
    """A graph that answers a query it cannot evaluate with nothing, and remembers the failure.

    pySHACL asks each SPARQL constraint once per object; one query that raises (a text where a number is expected) ends its
    whole run. It also hands over the text each time; here it is parsed once.
    """

    def __init__(self) -> None:
        super().__init__()
        self.borrowed: frozenset[str] = frozenset()
        self.failures: dict[tuple[str, str], str] = {}  # (query, object; "" for a query that is no SPARQL) → reason

    def query(self, query_object: str | Query, *args: Any, initBindings: Mapping[str, Any] | None = None, **more: Any) -> Result:
        """The answer of rdflib; an empty one for a query that raises, whatever it raises: the queries are other people's."""
        bindings = dict(initBindings or (args[3] if len(args) > 3 else None) or {})
        text = str(query_object)
        prepared = _prepared(text) if isinstance(query_object, str) else query_object
        if isinstance(prepared, Exception):
            self.failures[text, ""] = _reason(prepared)
            return _nothing()
        try:
            result = super().query(prepared, initBindings=bindings)
            _ = len(result)  # rdflib evaluates when asked for the rows
        except Exception as error:
            self.failures[text, str(bindings.get("this", ""))] = _reason(error)
            return _nothing()
        return result


@lru_cache(512)
def _prepared(text: str) -> Query | Exception:
    try:
        return prepareQuery(text, initNs=dict(rdflib.Graph().namespaces()))
    except Exception as error:
        return error


def _nothing() -> Result:
    result = Result("SELECT")
    result.bindings = []
    return result


def _reason(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__


def graph(model: Subject, among: Mapping[str, Sequence[Subject]] | None = None) -> Questioned:
    """The graph of a model, with the objects of other models it refers to.

    *among*: object → the models that describe it. Profiles cut one network into several files: a line segment of the
    equipment file lies in a line of the boundary file, and a shape that asks for the class of its container must see it.
    """
    found = Questioned()
    _fill(found, model.classes.items(), model.values())
    others = {iri: among[iri] for _, _, iri in model.references() if iri in among and iri not in model.classes} if among else {}
    found.borrowed = frozenset(others)
    for iri, describers in others.items():
        for other in describers:
            _fill(found, [(iri, other.classes[iri])], entry_values(other.entries[iri]))
    return found


def _fill(found: rdflib.Graph, classes: Iterable[tuple[str, str]], values: Iterable[Statement]) -> None:
    for iri, name in classes:
        if name:
            found.add((rdflib.URIRef(iri), rdflib.RDF.type, rdflib.URIRef(expand(name, prefixes()))))
    for iri, name, value in values:
        found.add((rdflib.URIRef(iri), rdflib.URIRef(expand(name, prefixes())), _term(name, value)))


def _term(name: str, value: Value) -> rdflib.term.Node:
    if isinstance(value, dict) and "@id" in value:
        return rdflib.URIRef(value["@id"])
    if isinstance(value, dict):  # the document gives a type or language of its own
        return rdflib.Literal(value["@value"], lang=value.get("@language"), datatype=value.get("@type"), normalize=False)
    text, kind = literal(name, value, "shapes")
    # rdflib would write 30 as 30.0 and …Z as …+00:00, and shapes that look at the text would find faults nobody made
    return rdflib.Literal(text, datatype=rdflib.URIRef(kind), normalize=False)
