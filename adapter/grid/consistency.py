"""The rules every set of CIM grid models keeps, whatever its profiles: a header, legal texts, one describer, no loose ends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from adapter.codecs.rdf_names import BASE
from adapter.codecs.rdf_source import Source
from adapter.grid.datatypes import datatype
from adapter.grid.finding import Finding
from adapter.grid.legal import legal
from adapter.grid.subject import Subject
from adapter.names import RDF

ILLEGAL, DANGLING, AMBIGUOUS, HEADER, DEPENDENCY, NAME = "legal text", "reference to something", "one describer", "header", "dependency given", "XML name"
_EARLIER = frozenset({"md:Model.Supersedes", "md:Model.SupersededBy", "md:Model.Depending"})  # need not be sent along
_DEPENDENCY = "md:Model.DependentOn"


def inconsistencies(models: Sequence[Subject]) -> list[Finding]:
    """Findings of our own: no header or profile; a text that is no value of its type; an object described twice; loose references.

    A reference is loose when it is a local identifier or UUID (IEC 61970-552, clause 5) that no model of the set describes
    with a class. A model it says it depends on that is not given is a Warning, for it explains the others.
    """
    found = [finding for model in models for finding in (*_header(model), *_texts(model))]
    found += _described_twice(models)
    described = {iri for model in models for iri, name in model.classes.items() if name}
    return found + [finding for model in models for finding in _loose(model, described)]


def misspelt(name: str, document: Source) -> Iterator[Finding]:
    """A Warning for each rdf:ID that begins with a digit, in a file called *name*: we read it, and RDF parsers do not (RDF 1.1 XML Syntax, clause 7.2.34)."""
    for element in document.root:
        written = element.get(f"{{{RDF}}}ID", "")
        if written[:1].isdigit():
            says = "begins with a digit, which no XML name does: it is read here, and refused by RDF parsers; write _ before it"
            yield Finding(name, document.names.identifier(f"{BASE}#{written}"), "", "rdf:ID", written, NAME, says, "Warning")


def _header(model: Subject) -> Iterator[Finding]:
    if model.header.missing:
        yield model.finding("", "", "", HEADER, "has neither md:FullModel nor dm:DifferenceModel, so nothing says its profile or what it depends on", "Warning")
    elif not any(model.header.profiles):
        yield model.finding(model.header.id, "md:Model.profile", "", HEADER, "is missing, so nothing says which rules the model keeps", "Warning")


def _texts(model: Subject) -> Iterator[Finding]:
    for iri, name, text in model.literals():
        if not legal(name, text):
            kind = datatype(name)
            also = f", the number of a {kind.name}" if kind.name != kind.primitive else ""
            yield model.finding(iri, name, text, ILLEGAL, f"is no {kind.primitive}{also}")


def _described_twice(models: Sequence[Subject]) -> Iterator[Finding]:
    first: dict[tuple[str, str], Subject] = {}
    for model in models:
        for iri, name in model.classes.items():
            others = [first.setdefault((profile, iri), model) for profile in dict.fromkeys(model.header.profiles)] if name else []
            other = next((one for one in others if one is not model), None)
            if other is not None:
                yield model.finding(iri, "", "", AMBIGUOUS, f"is described by another model of the same profile too: {other.name}")


def _loose(model: Subject, described: set[str]) -> Iterator[Finding]:
    for iri, name, target in model.references():
        if not target.startswith("urn:") or target in described or name in _EARLIER:
            continue
        if name == _DEPENDENCY:
            yield model.finding(iri, name, target, DEPENDENCY, "is a model that is not among those given", "Warning")
        else:
            yield model.finding(iri, name, target, DANGLING, "is an object that no model given describes")
