"""What third parties say about terms: whether a foreign IRI exists, and whether a term of SAREF4ENER may be emitted."""

from __future__ import annotations

import csv
import re
from functools import cache

from ontology_modules import prefixes, short
from rdflib import namespace
from rdflib.namespace import DCTERMS, OWL, PROV, RDF, RDFS, SKOS, VANN
from third_party import data

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
def cim_terms_of_schemas() -> set[str]:
    """Terms of CIM that the vocabulary of CGMES 3.0 declares, or that public schemas of market documents give as what their elements mean."""
    vocabulary = "".join(path.read_text(encoding="utf-8") for path in sorted(data("cim", "schema", "cgmes30-owl-inst4cim").glob("*.ttl")))
    schemas = "".join(path.read_text(encoding="utf-8") for path in sorted(data("cim", "market").rglob("*.xsd")))
    return set(re.findall(r"^cim:([A-Za-z][\w.]*)", vocabulary, re.MULTILINE)) | set(re.findall(r'modelReference="[^"]*?CIM[^"]*?#([A-Za-z][\w.]*)"', schemas))


@cache
def _celine() -> str:
    return data("cim", "mappings", "celine", "ontology.ttl").read_text(encoding="utf-8")


def celine_terms() -> set[str]:
    return set(re.findall(r"^:(\w+) rdf:type owl:", _celine(), re.MULTILINE))


def celine_matches() -> set[tuple[str, str]]:
    """(term of CELINE, term of CIM) of each closeMatch that CELINE states."""
    blocks = re.findall(r"^:(\w+) rdf:type owl:(.*?)(?=^###|\Z)", _celine(), re.MULTILINE | re.DOTALL)
    return {(own, cim) for own, block in blocks for cim in re.findall(rf"<{re.escape(prefixes()['cim'])}(\w+)>", block)}


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
