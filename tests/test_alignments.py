"""The alignment of the hub with other vocabularies has the form of SSSOM, rests on evidence, and agrees with the matches in the modules."""

from __future__ import annotations

import pytest
import rdflib
from alignment_files import alignment, expanded
from ontology_modules import MATCHES, OWN, graph, prefixes, short
from rdflib.namespace import RDFS
from third_party_terms import celine_matches, celine_terms, cim_terms, cim_terms_of_schemas, harvest, has_evidence, official


@pytest.mark.parametrize("name", ["hub", "cim"])
def test_an_alignment_has_what_sssom_demands(name: str) -> None:
    header, rows = alignment(name)
    assert {"mapping_set_id", "license", "curie_map", "mapping_set_version"} <= header.keys()
    ours = header.table("curie_map")
    assert {prefix: iri for prefix, iri in ours.items() if prefixes().get(prefix, iri) != iri} == {}
    for row in rows:
        assert row["mapping_justification"] == "semapv:ManualMappingCuration"
        assert rdflib.URIRef(expanded(row["predicate_id"], name)) in MATCHES
        assert 0 < float(row["confidence"]) <= 1
        assert row["object_source_version"]
        expanded(row["object_source"], name)
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


# --- terms of CIM ---------------------------------------------------------------------------------------------------------------

VOCABULARIES = {"etsi:core/": "saref", "etsi:saref4ener/": "s4ener", "etsi:saref4grid/": "s4grid", "omegax:Flexibility/": "flex", "w3id:celine-eu": "celine"}


def terms_of(prefix: str) -> set[str]:
    """The terms of a vocabulary, as CURIEs, that third-party files name."""
    if prefix == "s4ener":
        return set(harvest())
    names = celine_terms() if prefix == "celine" else {iri.removeprefix(expanded(f"{prefix}:", "cim")) for iri in official()}
    return {f"{prefix}:{name}" for name in names}


def test_each_term_of_cim_in_the_alignment_stands_in_a_third_party_file() -> None:
    named = {row["subject_id"].removeprefix("cim:") for row in alignment("cim")[1]}
    assert named - cim_terms() - cim_terms_of_schemas() == set()


def test_each_object_of_the_alignment_of_cim_exists_in_the_vocabulary_that_is_named_beside_it() -> None:
    rows = [row for row in alignment("cim")[1] if row["object_id"] != "sssom:NoTermFound"]
    assert [row["object_id"] for row in rows if row["object_id"] not in terms_of(VOCABULARIES[row["object_source"]])] == []


def test_each_term_of_cim_has_a_match_or_a_gap_in_each_vocabulary() -> None:
    rows = alignment("cim")[1]
    found = {(row["subject_id"], row["object_source"]): set[bool]() for row in rows}
    for row in rows:
        found[row["subject_id"], row["object_source"]].add(row["object_id"] == "sssom:NoTermFound")
    assert set(found) == {(row["subject_id"], source) for row in rows for source in VOCABULARIES}
    assert [pair for pair, said in found.items() if len(said) != 1] == []


def test_no_gap_is_claimed_where_the_vocabulary_has_a_term_of_that_name() -> None:
    gaps = [row for row in alignment("cim")[1] if row["object_id"] == "sssom:NoTermFound"]
    same = [f"{VOCABULARIES[row['object_source']]}:{row['subject_id'].removeprefix('cim:')}" for row in gaps]
    assert [term for term in same if term in terms_of(term.partition(":")[0])] == []


def test_each_match_to_cim_that_a_third_party_states_is_in_the_alignment() -> None:
    rows = {(row["subject_id"], row["object_id"]) for row in alignment("cim")[1]}
    in_alignment = {subject for subject, _ in rows}
    stated_there = {(f"cim:{cim}", f"celine:{own}") for own, cim in celine_matches()}
    known = {(subject, term) for subject, term in stated_there if subject in in_alignment}
    assert known - rows == {("cim:Substation", "celine:PrimarySubstation"), ("cim:Substation", "celine:SecondarySubstation")}  # kinds of celine:Substation
    assert {subject for subject, _ in stated_there} - in_alignment == {"cim:Organisation"}  # a party, of which D4.1 has no data exchange
