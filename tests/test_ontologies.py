"""The ontologies say what we claim: they parse, are documented, rest on evidence, are consistent, and cover every IRI in use."""

from __future__ import annotations

import ast
import csv
import hashlib
import io
import os
import re
import shutil
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files

import pyoxigraph
import pytest
import rdflib
from rdflib import namespace
from rdflib.namespace import DCTERMS, OWL, PROV, RDF, RDFS, SH, SKOS, VANN
from third_party import data

from adapter.library import library
from adapter.resources import folder, walk
from adapter.text import Table, read_file, read_text
from adapter.tree.spec import Leaf
from adapter.values import Duration, Instant

FILES = dict(walk(folder("ontologies"), ".ttl"))
WITH_IMPORTS = "with-imports.ttl"
MODULES = sorted(FILES.keys() - {WITH_IMPORTS})
OWN = [name for name in MODULES if not name.startswith("profile/")]
PROFILES = [name for name in MODULES if name.startswith("profile/")]
KINDS = {OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty, OWL.NamedIndividual, RDFS.Datatype}
MATCHES = (SKOS.exactMatch, SKOS.closeMatch, SKOS.broadMatch, SKOS.narrowMatch, SKOS.relatedMatch)
LANGUAGES = {"rdf": RDF, "rdfs": RDFS, "owl": OWL, "xsd": namespace.XSD, "dcterms": DCTERMS, "skos": SKOS, "vann": VANN, "prov": PROV, "time": namespace.TIME}
# The closed list of units. Each name was looked up in a copy of the QUDT units vocabulary (ontologies/catalog.yaml says which).
UNITS = """
    W KiloW MegaW  W-HR KiloW-HR MegaW-HR  VA KiloVA MegaVA  VAR KiloVAR MegaVAR  VAR-HR KiloVAR-HR MegaVAR-HR
    V KiloV A HZ  PERCENT UNITLESS  DEG DEG_C  SEC MIN HR
    V-A KiloV-A MegaV-A  V-A_Reactive KiloV-A_Reactive MegaV-A_Reactive  V-A_Reactive-HR KiloV-A_Reactive-HR MegaV-A_Reactive-HR
"""
QUDT_UNITS = frozenset(UNITS.split())
# Tier B of the SAREF4ENER harvest that rests on official v1.2.1 examples or on two independent users, and what stays a bridge all the same.
S4ENER_ALSO = {"s4ener:LowerLimit", "s4ener:Committed", "s4ener:hasStartTime", "s4ener:hasEndTime", "s4ener:includes"}
S4ENER_NOT_YET = {"s4ener:hasPowerPlan", "s4ener:hasQuantile"}
S4ENER_CONFIDENT = {"official-page", "official-diff", "third-party-run-against-official"}


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


# --- evidence: what the third-party files say ---


@cache
def official() -> dict[str, dict[str, str]]:
    """Rows of TERMS.tsv by IRI, of the versions we profile or match."""
    versions = {"saref-core": "4.1.1", "saref4grid": "2.1.1"}
    with data("ontologies", "TERMS.tsv").open(encoding="utf-8") as lines:
        rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        wanted = (row for row in rows if row["version"] == versions.get(row["ontology"], "1.1" if "omega-x" in row["ontology"] else ""))
        return {row["iri"]: row for row in wanted}


@cache
def harvest() -> dict[str, dict[str, str]]:
    with data("ontologies", "s4ener-terms-harvest.tsv").open(encoding="utf-8") as lines:
        return {row["term"]: row for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)}


@cache
def cim_terms() -> set[str]:
    folder_of_models = data("cim", "grid", "cimhub-distribution")
    text = "".join(path.read_text(encoding="utf-8") for path in sorted(folder_of_models.glob("*.xml")))
    assert prefixes()["cim"] in text
    return set(re.findall(r"<cim:([A-Za-z][\w.]*)", text))


@cache
def seas_terms() -> set[str]:
    text = "".join(path.read_text(encoding="utf-8") for path in sorted(data("ontologies", "seas").glob("*.ttl")))
    return set(re.findall(r"^\s*seas:(\w+)\s+a\s+owl:", text, re.MULTILINE))


def may_be_emitted(term: str) -> bool:
    """Tier A or B of the SAREF4ENER harvest."""
    row = harvest().get(term)
    if row is None or term in S4ENER_NOT_YET:
        return False
    return term in S4ENER_ALSO or ("2.1.1" in row["versions"].split("|") and row["confidence"] in S4ENER_CONFIDENT)


def has_evidence(iri: str) -> bool:
    """True if a third party says that the foreign term *iri* exists (SAREF4ENER: that it may be emitted)."""
    prefix, _, local = short(iri).partition(":")
    if prefix in LANGUAGES:
        return iri in LANGUAGES[prefix]
    if prefix == "s4ener":
        return may_be_emitted(f"s4ener:{local}")
    if prefix in ("unit", "qudt"):
        return local in QUDT_UNITS or (prefix, local) == ("qudt", "Unit")
    if prefix in ("cim", "seas"):
        return local in (cim_terms() if prefix == "cim" else seas_terms())
    return iri in official()


def used_iris(name: str) -> set[str]:
    """The terms that a module's statements about terms use: not its header, and not where a term is defined."""
    nodes = (
        node
        for subject, predicate, value in graph(name)
        if subject != ontology(name)
        for node in (subject, predicate, *(() if predicate == RDFS.isDefinedBy else (value,)))
    )
    return {str(node) for node in nodes if isinstance(node, rdflib.URIRef)}


# --- form ---


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


# --- evidence ---


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


# --- reasoning ---

EXAMPLE = """
<urn:x:request> a s4ener:FlexRequest ; dcterms:identifier "r1" ; s4ener:hasCreationTime "2026-03-28T09:00:00Z"^^xsd:dateTime ;
  hub:issuedBy <urn:x:dso> ; hub:addressedTo <urn:x:agr> ; hub:concernsLocation <urn:x:zone> ; hub:hasSeries <urn:x:series> .
<urn:x:message> a uftp:FlexRequest ; hub:carries <urn:x:request> ; hub:issuedBy <urn:x:dso> ; hub:revision 2 .
<urn:x:series> a s4ener:TimeSeries ; hub:position 1 ; hub:resolution "PT15M"^^xsd:duration ; s4ener:hasDataPoint <urn:x:point> ;
  s4ener:hasEffectivePeriod <urn:x:window> .
<urn:x:window> a time:Interval ; time:hasBeginning <urn:x:begin> . <urn:x:begin> time:inXSDDateTime "2026-03-28T23:00:00Z"^^xsd:dateTime .
<urn:x:point> a s4ener:DataPoint ; hub:disposition hub:Requested ; saref:hasResult <urn:x:band> .
<urn:x:band> a hub:ValueRange ; hub:lowerValue -2.5 ; hub:upperValue 0.0 ; saref:isMeasuredIn unit:KiloW ;
  saref:isValueOfProperty hub:ActivePowerDeviation .
<urn:x:metered> a hub:MeteredSeries ; hub:flow hub:Import ; hub:about <urn:x:quantity> ; s4ener:hasDataPoint <urn:x:read> .
<urn:x:quantity> a saref:PropertyOfInterest ; saref:hasPropertyKind s4grid:ActiveEnergy ; saref:isPropertyOfInterestOf <urn:x:connection> .
<urn:x:connection> a hub:ConnectionPoint ; saref:hasIdentifier "x" ; hub:measuredBy <urn:x:meter> .
<urn:x:meter> a saref:Meter , saref:Sensor ; saref:observes <urn:x:quantity> .
<urn:x:read> a s4ener:DataPoint ; saref:observes <urn:x:quantity> ; hub:quality hub:Measured ; saref:hasResult <urn:x:value> .
<urn:x:value> a saref:PropertyValue ; saref:hasValue 4.868 ; saref:isMeasuredIn unit:KiloW-HR .
"""
CONTRADICTIONS = {
    "a message is not its content": "<urn:x:m> a uftp:FlexOffer , s4ener:FlexOffer .",
    "a flow is not a disposition": "<urn:x:p> hub:disposition hub:Import .",
    "up is not down": "hub:Up owl:sameAs hub:Down .",
    "a baseline is a value node": "<urn:x:b> a hub:Baseline , hub:MarketParty .",
}


def reason(turtle: str = "") -> list[str]:
    """Load all modules and *turtle* into one world, run HermiT; the unsatisfiable classes, or an error if all is inconsistent."""
    owlready2 = pytest.importorskip("owlready2")
    if shutil.which("java") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("CI=true, and HermiT needs java")
        pytest.skip("HermiT needs java")
    everything = rdflib.Graph() + modules_together()
    everything.parse(data="".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in prefixes().items()) + turtle, format="turtle")
    world = owlready2.World()
    ntriples = everything.serialize(format="nt", encoding="utf-8")
    world.get_ontology("https://w3id.org/gridglot/everything#").load(fileobj=io.BytesIO(ntriples))
    # xsd:duration and xsd:date are outside the datatype map of OWL 2; HermiT would stop at them
    owlready2.sync_reasoner_hermit(world, debug=0, ignore_unsupported_datatypes=True)
    return [str(one) for one in world.inconsistent_classes()]


def test_the_modules_are_consistent_and_each_class_can_have_members() -> None:
    assert reason() == []


def test_an_example_in_the_canonical_form_is_consistent_with_the_modules() -> None:
    assert reason(EXAMPLE) == []


@pytest.mark.parametrize("fact", CONTRADICTIONS)
def test_the_reasoner_finds_a_contradiction(fact: str) -> None:
    owlready2 = pytest.importorskip("owlready2")
    with pytest.raises(owlready2.OwlReadyInconsistentOntologyError):
        reason(CONTRADICTIONS[fact])


SAMPLES = {
    rdflib.XSD.integer: "1",
    rdflib.XSD.decimal: "1.5",
    rdflib.XSD.boolean: "true",
    rdflib.XSD.dateTime: "2026-03-28T23:00:00Z",
    rdflib.XSD.duration: "PT15M",
}


def instance_of_pattern(pattern: Table, name: str) -> str:
    """The pattern of an exchange with a node for each variable, or a literal where the property is a datatype property."""
    bound = re.sub(r"\?(\w+)", rf"<urn:{name}:\1>", "\n".join(f"{block} ." for block in map(str, pattern.values())))
    head = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in prefixes().items())
    found = rdflib.Graph().parse(data=head + re.sub(r"\.(\s*\.)+", ".", bound), format="turtle")
    everything = modules_together()
    lines = []
    for subject, predicate, value in found:
        if str(value).startswith(f"urn:{name}:") and (predicate, RDF.type, OWL.DatatypeProperty) in everything:
            datatype = everything.value(predicate, RDFS.range) or rdflib.XSD.decimal
            value = rdflib.Literal(SAMPLES.get(datatype, "x"), datatype=datatype)
        lines.append(f"{subject.n3()} {predicate.n3()} {value.n3()} .")
    return "\n".join(lines)


def test_each_exchange_pattern_is_consistent_with_the_modules() -> None:
    """Classes, domains, ranges and disjointness hold in every pattern: an instance of all of them together has a model."""
    exchanges = walk(folder("mappings").joinpath("exchanges"), ".yaml")
    assert exchanges
    patterns = {name.removesuffix(".yaml"): read_file(file, f"mappings/exchanges/{name}").table("pattern") for name, file in exchanges}
    assert reason("\n".join(instance_of_pattern(pattern, name) for name, pattern in patterns.items())) == []


# --- what the rest of the repository uses ---

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


# --- alignments ---


@cache
def alignment() -> tuple[Table, list[dict[str, str]]]:
    """The SSSOM mapping set: its header and its rows."""
    entry = folder("mappings").joinpath("alignments", "hub.sssom.tsv")
    lines = entry.read_text(encoding="utf-8").splitlines()
    header = read_text("\n".join(line[2:] for line in lines if line.startswith("#")), "mappings/alignments/hub.sssom.tsv")
    return header, list(csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t"))


def expanded(curie: str) -> str:
    prefix, _, local = curie.partition(":")
    return alignment()[0].table("curie_map").text(prefix) + local


def test_the_alignment_has_what_sssom_demands() -> None:
    header, rows = alignment()
    assert {"mapping_set_id", "license", "curie_map", "mapping_set_version"} <= header.keys()
    ours = header.table("curie_map")
    assert {prefix: iri for prefix, iri in ours.items() if prefixes().get(prefix, iri) != iri} == {}
    for row in rows:
        assert row["mapping_justification"] == "semapv:ManualMappingCuration"
        assert rdflib.URIRef(expanded(row["predicate_id"])) in MATCHES
        assert 0 < float(row["confidence"]) <= 1
        assert row["object_source_version"]
        expanded(row["object_source"])
    keys = [(row["subject_id"], row["predicate_id"], row["object_id"], row["object_source"]) for row in rows]
    assert len(keys) == len(set(keys))


def test_each_subject_of_the_alignment_is_ours_and_has_its_label() -> None:
    hub = graph("hub.ttl")
    labels = {row["subject_id"]: str(hub.value(rdflib.URIRef(expanded(row["subject_id"])), RDFS.label)) for row in alignment()[1]}
    assert labels == {row["subject_id"]: row["subject_label"] for row in alignment()[1]}


def test_each_object_of_the_alignment_exists_or_is_a_gap() -> None:
    def exists(curie: str) -> bool:
        return curie == "sssom:NoTermFound" or curie in harvest() or has_evidence(expanded(curie))

    assert [row["object_id"] for row in alignment()[1] if not exists(row["object_id"])] == []


def test_each_match_in_the_modules_is_in_the_alignment() -> None:
    rows = {(expanded(row["subject_id"]), expanded(row["predicate_id"]), expanded(row["object_id"])) for row in alignment()[1]}
    stated_matches = {tuple(map(str, triple)) for name in OWN for match in MATCHES for triple in graph(name).triples((None, match, None))}
    missing = [" ".join(map(short, triple)) for triple in sorted(stated_matches - rows)]
    assert not missing, "add to mappings/alignments/hub.sssom.tsv (and run no generator, it is kept by hand):\n" + "\n".join(missing)


def test_a_match_that_may_be_emitted_is_in_the_module_too() -> None:
    """Candidates without enough evidence are accepted inbound only, so they stand in the alignment alone."""
    rows = {(expanded(row["subject_id"]), expanded(row["predicate_id"]), expanded(row["object_id"])) for row in alignment()[1]}
    stated_matches = {tuple(map(str, triple)) for match in MATCHES for triple in graph("hub.ttl").triples((None, match, None))}
    only_aligned = {value for _, _, value in rows - stated_matches if not value.endswith("NoTermFound")}
    assert sorted(short(iri) for iri in only_aligned if has_evidence(iri)) == []
