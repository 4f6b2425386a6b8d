"""The alignment of the hub with other vocabularies has the form of SSSOM, rests on evidence, and agrees with the matches in the modules."""

from __future__ import annotations

import csv
from functools import cache

import rdflib
from ontology_modules import MATCHES, OWN, graph, prefixes, short
from rdflib.namespace import RDFS
from third_party_terms import harvest, has_evidence

from adapter.resources import folder
from adapter.text import Table, read_text


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
