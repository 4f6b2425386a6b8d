"""The ontologies are consistent: a reasoner finds members for each class, and a contradiction where there is one."""

from __future__ import annotations

import io
import os
import re
import shutil

import pytest
import rdflib
from ontology_modules import modules_together, prefixes
from rdflib.namespace import OWL, RDF, RDFS

from adapter.resources import folder, walk
from adapter.text import Table, read_file

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
