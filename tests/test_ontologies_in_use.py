"""The ontologies cover what the rest of the repository uses: each IRI is declared, and kept facts have the range that mappings write."""

from __future__ import annotations

import ast
import re
from datetime import date
from decimal import Decimal
from importlib.resources import files

import rdflib
from ontology_modules import declared, full, modules_together, prefixes, short
from rdflib.namespace import RDF, RDFS, SH

from adapter.library import library
from adapter.resources import folder, walk
from adapter.tree.spec import Leaf
from adapter.values import Duration, Instant

UNDECLARED_BY_DESIGN = {"xsd", "sh", "rdf", "rdfs", "owl", "cim", "schema", "flex", "seas"}


def mentioned(text: str) -> set[str]:
    """Every prefixed name and full IRI of *text* that lies in a namespace of ours or one we profile; comments do not count."""
    text = re.sub(r"(?m)(?:^|\s)#\s.*$", "", text)
    known = {prefix: iri for prefix, iri in prefixes().items() if prefix not in UNDECLARED_BY_DESIGN}
    names = re.findall(rf"(?<![\w:/.@-])({'|'.join(known)}):([A-Za-z_][\w-]*)", text)
    iris = {iri for iri in re.findall(r"https?://[^\s<>\"'{}|^`\\)\],;]+", text) if iri.startswith(tuple(known.values()))}
    return {known[prefix] + local for prefix, local in names} | (iris - set(known.values()))


def shapes_of(text: str) -> set[str]:
    """The shapes a file defines, which are names of their own and not terms."""
    return {str(shape) for kind in (SH.NodeShape, SH.PropertyShape) for shape in rdflib.Graph().parse(data=text).subjects(RDF.type, kind)}


def texts_in(code: str) -> str:
    """The string constants of Python code, one per line."""
    return "\n".join(node.value for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Constant) and isinstance(node.value, str))


def test_every_iri_used_is_declared() -> None:
    faults = []
    for name, file in walk(files("adapter"), ".py"):
        messages = {full(mapping.id) for mapping in library().mappings()}  # `uftp:flex_request` names a message, not a term
        used = mentioned(texts_in(file.read_text(encoding="utf-8"))) - messages
        faults += [f"adapter/{name}: {short(iri)} is declared in no module" for iri in sorted(used - declared())]
    for place, suffix in (("mappings", ".yaml"), ("shapes", ".ttl"), ("sparql", ".rq")):
        for name, file in walk(folder(place), suffix):
            text = file.read_text(encoding="utf-8")
            used = mentioned(text) - (shapes_of(text) if suffix == ".ttl" else set())
            faults += [f"{place}/{name}: {short(iri)} is declared in no module" for iri in sorted(used - declared())]
    assert not faults, "declare it in ontologies/<prefix>.ttl or ontologies/profile/<prefix>.ttl:\n" + "\n".join(faults)


def written_as(leaf: Leaf, column: bool) -> str | None:
    """The datatype in which the graph holds a kept value; None if one wire type has several."""
    if column:
        return full("hub:Column")
    names = {int: "integer", Decimal: "decimal", bool: "boolean", Instant: "dateTime", Duration: "duration", date: "date", str: "string"}
    kind = str if leaf.codes is not None else bool if leaf.flag else leaf.type.codec.kind
    return full(f"xsd:{names[kind]}") if kind in names else None


def test_each_kept_fact_has_the_range_that_mappings_write() -> None:
    faults, everything = [], modules_together()
    for mapping in library().mappings():
        for scope in mapping.scope.every():
            for variable, curie in mapping.kept(scope).items():
                written, term = written_as(mapping.leaves[variable], variable in scope.columns), rdflib.URIRef(full(curie))
                stated_range = everything.value(term, RDFS.range)
                if written is not None and stated_range is not None and str(stated_range) != written:
                    faults.append(f"{mapping.id} writes {curie} as {short(written)}, its range is {short(str(stated_range))}")
    assert faults == []


def test_what_counts_as_mentioned() -> None:
    text = '# hub:InComment\nkeep: {a: "uftp:period"}  # hub:AlsoInComment\nnot: urn:gridglot:hub:Thing, http: x\n<https://saref.etsi.org/core/Meter> hub:a.'
    assert {short(iri) for iri in mentioned(text)} == {"uftp:period", "saref:Meter", "hub:a"}
