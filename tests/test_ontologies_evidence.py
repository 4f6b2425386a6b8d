"""The ontologies rest on evidence: each foreign term exists, and we state of it what its own file states."""

from __future__ import annotations

import re

import pytest
import rdflib
from ontology_modules import MODULES, full, graph, ontology, prefixes, short, terms, used_iris
from rdflib.namespace import OWL, RDF, RDFS
from third_party import data
from third_party_terms import QUDT_UNITS, harvest, has_evidence, official


@pytest.mark.parametrize("name", MODULES)
def test_each_foreign_iri_has_evidence(name: str) -> None:
    ours = {str(iri) for iri in prefixes().values() if iri.startswith("https://w3id.org/gridglot/")}
    foreign = {iri for iri in used_iris(name) if not iri.startswith(tuple(ours))}
    assert sorted(short(iri) for iri in foreign if not has_evidence(iri)) == []


def named(text: str) -> set[str]:
    """The IRIs in a cell of TERMS.tsv: `a|b` or `(<a>|<b>)`, full or prefixed."""
    parts = [part.strip("<>() ") for part in text.split("|") if part.strip("<>() ")]
    return {full(part) if part.partition(":")[0] in prefixes() else part for part in parts}


def stated(name: str, iri: str, predicate: rdflib.URIRef) -> set[str]:
    """The IRIs a module states for a term; a union counts as its members."""
    found: set[str] = set()
    for value in graph(name).objects(rdflib.URIRef(iri), predicate):
        members = graph(name).value(value, OWL.unionOf)
        found |= {str(value)} if members is None else {str(member) for member in rdflib.collection.Collection(graph(name), members)}
    return found


@pytest.mark.parametrize("name", ["profile/saref.ttl", "profile/s4grid.ttl"])
def test_saref_terms_are_stated_as_the_official_file_has_them(name: str) -> None:
    faults = []
    for iri, kinds in terms(name).items():
        row = official()[iri]
        if {kind.fragment for kind in kinds} != {row["kind"]}:
            faults.append(f"{short(iri)} is a {row['kind']}")
        above = stated(name, iri, RDFS.subClassOf) | stated(name, iri, RDFS.subPropertyOf)
        if OWL.NamedIndividual in kinds:
            above = stated(name, iri, RDF.type)
        if not above <= named(row["super_or_type"]):
            faults.append(f"{short(iri)} is under {row['super_or_type']}")
        for predicate, column in ((RDFS.domain, "domain"), (RDFS.range, "range"), (OWL.inverseOf, "inverse")):
            ours = stated(name, iri, predicate)
            if ours and ours != named(row[column]):
                faults.append(f"{short(iri)} has {column} {row[column] or 'none'}")
    assert faults == []


def test_s4ener_terms_are_stated_as_the_harvest_has_them() -> None:
    kinds = {OWL.Class: "class", OWL.ObjectProperty: "object property", OWL.DatatypeProperty: "datatype property", OWL.NamedIndividual: "individual"}
    name, faults = "profile/s4ener.ttl", []
    for iri, (kind,) in terms(name).items():
        row = harvest()[short(iri)]
        if row["kind"].rstrip("?") != kinds[kind]:
            faults.append(f"{short(iri)} is a {row['kind']}")
        above = stated(name, iri, RDFS.subClassOf) | stated(name, iri, RDFS.subPropertyOf) | stated(name, iri, RDF.type) - {str(kind)}
        if not {short(one) for one in above} <= set(re.findall(r"\w+:\w+", row["superclass"])):
            faults.append(f"{short(iri)} is under {row['superclass'] or 'nothing known'}")
        for predicate, column in ((RDFS.domain, "domain"), (RDFS.range, "range")):
            # what stands in parentheses was seen in use only
            known = set(re.findall(r"\w+:\w+", re.sub(r"\(.*?\)", "", row[column])))
            if not {short(one) for one in stated(name, iri, predicate)} <= known:
                faults.append(f"{short(iri)} has {column} {row[column] or 'unknown'}")
    assert faults == []


def test_time_terms_are_stated_as_the_official_file_has_them() -> None:
    official_time = rdflib.Graph().parse(data("ontologies", "w3c", "owl-time.ttl"))
    checked = {RDF.type, RDFS.subClassOf, RDFS.domain, RDFS.range}
    ours = [triple for triple in graph("profile/time.ttl") if triple[1] in checked and triple[0] != ontology("profile/time.ttl")]
    assert [triple for triple in ours if triple not in official_time] == []


def test_the_units_are_the_closed_list() -> None:
    units = {iri.removeprefix(prefixes()["unit"]) for iri in terms("profile/qudt.ttl") if iri.startswith(prefixes()["unit"])}
    assert units == QUDT_UNITS
