"""Prefixes, and the one place where IRIs are made: CURIE ↔ IRI, identifier ↔ IRI, message ↔ graph."""

from __future__ import annotations

import re
import uuid
from functools import lru_cache
from urllib.parse import quote, unquote

from adapter.resources import folder
from adapter.text import read_file

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
TYPE = RDF + "type"
XSD = "http://www.w3.org/2001/XMLSchema#"
SH = "http://www.w3.org/ns/shacl#"
CIM100 = "http://iec.ch/TC57/CIM100#"
MODEL = "http://iec.ch/TC57/61970-552/ModelDescription/1#"
XSI = "{http://www.w3.org/2001/XMLSchema-instance}"  # as lxml writes a namespace
LOCATIONS = (XSI + "schemaLocation", XSI + "noNamespaceSchemaLocation")  # where a schema may be found: mechanics of a document, anywhere in it
SVG = "http://www.w3.org/2000/svg"
XML = "http://www.w3.org/XML/1998/namespace"
OURS = "https://w3id.org/gridglot/"
BASE = OURS + "data/"
UNNAMED = BASE + "message"  # base of a graph that has no name yet
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, BASE)
_CURIE = re.compile(r"([a-z][a-z0-9]*):([A-Za-z0-9_.-]+)")


@lru_cache(1)
def prefixes() -> dict[str, str]:
    """Prefix → namespace, from ontologies/prefixes.yaml."""
    return {prefix: str(iri) for prefix, iri in read_file(folder("ontologies").joinpath("prefixes.yaml"), "ontologies/prefixes.yaml").table("prefixes").items()}


@lru_cache(1)
def turtle_prefixes() -> str:
    """All prefixes as Turtle directives."""
    return "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in prefixes().items())


@lru_cache(4096)
def expand(curie: str) -> str:
    """The IRI of a CURIE; a text that is no CURIE of ours comes back as it is.

    >>> expand("hub:Requested")
    'https://w3id.org/gridglot/hub#Requested'
    """
    match = _CURIE.fullmatch(curie)
    return prefixes()[match[1]] + match[2] if match and match[1] in prefixes() else curie


@lru_cache(4096)
def shorten(iri: str) -> str:
    """The CURIE of an IRI in one of our namespaces, else the IRI itself."""
    for prefix, namespace in prefixes().items():
        if iri.startswith(namespace) and re.fullmatch(r"[A-Za-z0-9_-]+", iri[len(namespace) :]):
            return f"{prefix}:{iri[len(namespace) :]}"
    return iri


@lru_cache(8192)
def identifier_iri(scheme: str, identifier: str) -> str:
    """The IRI of an identifier within a scheme; `identifier_of` is its inverse.

    >>> identifier_of(identifier_iri("A10", "571313000000002000"))
    ('A10', '571313000000002000')
    """
    return f"{BASE}id/{quote(scheme, safe='')}/{quote(identifier, safe='')}"


@lru_cache(8192)
def identifier_of(iri: str) -> tuple[str, str] | None:
    """(scheme, identifier) of an IRI made by `identifier_iri`; None for any other IRI."""
    if not iri.startswith(BASE + "id/"):
        return None
    scheme, _, identifier = iri[len(BASE) + 3 :].partition("/")
    return unquote(scheme), unquote(identifier)


def graph_iri(standard: str, *identity: str) -> str:
    """The named graph of a message: UUIDv5 over the standard and the fields that identify the message."""
    return f"{BASE}message/{uuid.uuid5(_NAMESPACE, chr(31).join((standard, *identity)))}"


def model_graph(graph: str, part: str = "") -> str:
    """The named graph with the statements of a message that is a model; *part*: forward or reverse, of a difference model.

    >>> model_graph("https://w3id.org/gridglot/data/message/0", "forward")
    'https://w3id.org/gridglot/data/model/0/forward'
    """
    return f"{BASE}model/{graph.rpartition('/')[2]}{'/' + part if part else ''}"


def derived_uuid(*parts: str) -> str:
    """A UUID that the same *parts* always give: ids of documents the hub writes."""
    return str(uuid.uuid5(_NAMESPACE, chr(31).join(parts)))
