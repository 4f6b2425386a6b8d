"""The ontology modules are well formed: they parse, have a full header, document and declare each term once, and are in the catalog."""

from __future__ import annotations

import hashlib
import re

import pyoxigraph
import pytest
import rdflib
from ontology_modules import FILES, MATCHES, MODULES, OWN, PROFILES, WITH_IMPORTS, declared, full, graph, ontology, prefixes, short, table, terms, used_iris
from rdflib.namespace import DCTERMS, OWL, RDF, RDFS, VANN


@pytest.mark.parametrize("name", [*MODULES, WITH_IMPORTS])
def test_module_parses_alike_in_rdflib_and_pyoxigraph(name: str) -> None:
    triples = list(pyoxigraph.parse(FILES[name].read_bytes(), format=pyoxigraph.RdfFormat.TURTLE))
    assert len(triples) == len(graph(name)) > 0


@pytest.mark.parametrize("name", [*MODULES, WITH_IMPORTS])
def test_header_is_complete(name: str) -> None:
    """The header ETSI TS 103 673 asks of a SAREF ontology, as far as it fits one that is not ETSI's."""
    here, node = graph(name), ontology(name)
    (version,) = here.objects(node, OWL.versionInfo)
    assert version.datatype in (None, rdflib.XSD.string)
    assert re.fullmatch(r"\d+\.\d+\.\d+", version)
    assert list(here.objects(node, OWL.versionIRI)) == [rdflib.URIRef(f"{node}/v{version}/")]
    for title in (DCTERMS.title, DCTERMS.description):
        assert [text.language for text in here.objects(node, title)] == ["en"], f"{name}: one {short(title)} in English"
    assert list(here.objects(node, DCTERMS.license)) == [rdflib.URIRef("https://www.apache.org/licenses/LICENSE-2.0")]
    assert (node, DCTERMS.creator, None) in here
    assert (node, DCTERMS.issued, None) in here
    declares = {str(prefix) for prefix in here.objects(node, VANN.preferredNamespacePrefix)}
    spaces = {str(space) for space in here.objects(node, VANN.preferredNamespaceUri)}
    assert spaces == {prefixes()[prefix] for prefix in declares}
    if name in PROFILES:
        assert (node, DCTERMS.conformsTo, None) in here


@pytest.mark.parametrize("name", MODULES)
def test_prefixes_are_those_of_prefixes_yaml(name: str) -> None:
    bound = re.findall(r"^@prefix (\w+): <([^>]+)>", FILES[name].read_text(encoding="utf-8"), re.MULTILINE)
    assert {prefix: iri for prefix, iri in bound if prefixes().get(prefix) != iri} == {}


@pytest.mark.parametrize("name", MODULES)
def test_each_term_is_documented(name: str) -> None:
    faults = []
    for iri in terms(name):
        term = rdflib.URIRef(iri)
        labels, comments = list(graph(name).objects(term, RDFS.label)), list(graph(name).objects(term, RDFS.comment))
        if [text.language for text in labels] != ["en"]:
            faults.append(f"{short(iri)} needs one English label")
        if [text.language for text in comments] != ["en"] or not re.fullmatch(r"[A-Z0-9](?:(?!\. ).)+\.", comments[0], re.DOTALL):
            faults.append(f"{short(iri)} needs one English comment of one sentence")
        if {str(text).lower().strip(".") for text in labels} & {str(text).lower().strip(".") for text in comments}:
            faults.append(f"{short(iri)} has its label again as comment")
        if name in OWN and (term, DCTERMS.source, None) not in graph(name):
            faults.append(f"{short(iri)} needs a dcterms:source with a clause")
        if name in PROFILES and (term, RDFS.isDefinedBy, None) not in graph(name):
            faults.append(f"{short(iri)} needs rdfs:isDefinedBy")
    assert faults == []


@pytest.mark.parametrize("name", OWN)
def test_names_follow_the_convention(name: str) -> None:
    faults = []
    for iri, kinds in terms(name).items():
        upper = bool(kinds & {OWL.Class, OWL.NamedIndividual, RDFS.Datatype}) and iri != full("hub:nil")  # as rdf:nil
        if not re.fullmatch(r"[A-Z][A-Za-z0-9]*" if upper else r"[a-z][A-Za-z0-9]*", iri.partition("#")[2]):
            faults.append(f"{short(iri)} should be {'UpperCamel' if upper else 'lowerCamel'}")
        if OWL.Class in kinds and (rdflib.URIRef(iri), RDFS.subClassOf, None) not in graph(name):
            faults.append(f"{short(iri)} has no superclass")
        if OWL.NamedIndividual in kinds and len(set(graph(name).objects(rdflib.URIRef(iri), RDF.type))) < 2:
            faults.append(f"{short(iri)} is of no class")
    assert faults == []


@pytest.mark.parametrize("name", MODULES)
def test_terms_lie_in_the_namespace_of_their_module(name: str) -> None:
    spaces = tuple(str(space) for space in graph(name).objects(ontology(name), VANN.preferredNamespaceUri))
    assert [iri for iri in terms(name) if not iri.startswith(spaces)] == []


def test_each_term_is_declared_once_and_is_one_thing() -> None:
    homes: dict[str, list[str]] = {}
    for name in MODULES:
        for iri, kinds in terms(name).items():
            assert len(kinds) == 1, f"{short(iri)} is declared as {len(kinds)} kinds"
            homes.setdefault(iri, []).append(name)
    assert {iri: names for iri, names in homes.items() if len(names) > 1} == {}


@pytest.mark.parametrize("name", MODULES)
def test_what_a_module_of_ours_uses_is_declared_or_matched(name: str) -> None:
    """Only the object of a SKOS match may be a term that no module declares."""
    matched = {str(value) for match in MATCHES for value in graph(name).objects(None, match)}
    languages = tuple(prefixes()[prefix] for prefix in ("rdf", "rdfs", "owl", "xsd"))
    loose = {iri for iri in used_iris(name) - declared() - matched if not iri.startswith(languages)}
    assert sorted(map(short, loose)) == []


def test_only_one_file_imports() -> None:
    assert [name for name in MODULES if (None, OWL.imports, None) in graph(name)] == []
    imported = {str(iri) for iri in graph(WITH_IMPORTS).objects(None, OWL.imports)}
    assert {str(ontology(name)) for name in MODULES} <= imported
    annotations = {"profile/dcterms.ttl", "profile/skos.ttl", "profile/vann.ttl"}
    foreign = [entry for entry in table("catalog.yaml").table("foreign").values() if entry.get("profile") not in {None, *annotations}]
    assert {entry["version_iri"] for entry in foreign} <= imported


# --- catalog ---


def test_the_catalog_names_each_module_with_its_version() -> None:
    entries = {iri: (entry["file"], entry["version"]) for iri, entry in table("catalog.yaml").table("modules").items()}
    assert entries == {str(ontology(name)): (name, str(graph(name).value(ontology(name), OWL.versionInfo))) for name in FILES}


def test_the_catalog_has_the_checksum_of_each_module() -> None:
    real = {name: hashlib.sha256(file.read_bytes().replace(b"\r\n", b"\n")).hexdigest() for name, file in FILES.items()}
    listed = table("catalog.yaml").table("sha256")
    lines = [f"  {name}: {digest}" for name, digest in real.items() if listed.get(name) != digest]
    assert not lines, "paste into ontologies/catalog.yaml under sha256 (and raise the version if a release has the old one):\n" + "\n".join(lines)
    assert listed.keys() == real.keys()
