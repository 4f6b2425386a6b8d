"""The ontology modules as graphs: what each declares and uses, and its IRIs as prefixed names."""

from __future__ import annotations

from functools import cache

import rdflib
from rdflib.namespace import OWL, RDF, RDFS, SKOS

from adapter.resources import folder, walk
from adapter.text import Table, read_file

FILES = dict(walk(folder("ontologies"), ".ttl"))
WITH_IMPORTS = "with-imports.ttl"
MODULES = sorted(FILES.keys() - {WITH_IMPORTS})
OWN = [name for name in MODULES if not name.startswith("profile/")]
PROFILES = [name for name in MODULES if name.startswith("profile/")]
KINDS = {OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty, OWL.NamedIndividual, RDFS.Datatype}
MATCHES = (SKOS.exactMatch, SKOS.closeMatch, SKOS.broadMatch, SKOS.narrowMatch, SKOS.relatedMatch)


def table(name: str) -> Table:
    return read_file(folder("ontologies").joinpath(name), f"ontologies/{name}")


@cache
def prefixes() -> dict[str, str]:
    return {str(prefix): str(iri) for prefix, iri in table("prefixes.yaml").table("prefixes").items()}


@cache
def graph(name: str) -> rdflib.Graph:
    return rdflib.Graph().parse(data=FILES[name].read_bytes(), format="turtle")


@cache
def ontology(name: str) -> rdflib.term.Node:
    (iri,) = graph(name).subjects(RDF.type, OWL.Ontology)
    return iri


@cache
def terms(name: str) -> dict[str, set[rdflib.term.Node]]:
    """The terms a module declares, each with its kinds."""
    found: dict[str, set[rdflib.term.Node]] = {}
    for subject, kind in graph(name).subject_objects(RDF.type):
        if isinstance(subject, rdflib.URIRef) and kind in KINDS:
            found.setdefault(str(subject), set()).add(kind)
    return found


@cache
def declared() -> frozenset[str]:
    return frozenset(iri for name in MODULES for iri in terms(name))


@cache
def modules_together() -> rdflib.Graph:
    together = rdflib.Graph()
    for name in MODULES:
        together += graph(name)
    return together


def short(iri: str) -> str:
    for prefix, base in prefixes().items():
        if iri.startswith(base):
            return f"{prefix}:{iri.removeprefix(base)}"
    return iri


def full(curie: str) -> str:
    prefix, _, local = curie.partition(":")
    return prefixes()[prefix] + local


def used_iris(name: str) -> set[str]:
    """The terms that a module's statements about terms use: not its header, and not where a term is defined."""
    nodes = (
        node
        for subject, predicate, value in graph(name)
        if subject != ontology(name)
        for node in (subject, predicate, *(() if predicate == RDFS.isDefinedBy else (value,)))
    )
    return {str(node) for node in nodes if isinstance(node, rdflib.URIRef)}
