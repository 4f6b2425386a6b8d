"""Shape files of all kinds: which are chosen for a model, what their shapes see, and what becomes of those that cannot be run."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_models import BASE, HEADER, LINE, OTHER, POSITIVE, PROFILE, SHAPE, folder_of, line, model, refers, version
from third_party import data

from adapter.codecs.rdf import decode
from adapter.errors import MappingError, UsageError
from adapter.grid.shape_files import choose, read_shapes
from adapter.grid.validation import validate
from adapter.names import CIM100, SH


def test_a_text_that_a_shape_refuses_is_told_once(tmp_path: Path) -> None:
    (found,) = validate([("a.xml", model(line(r="abc")))], folder_of(tmp_path, eq=version("CoreEquipment-EU") + SHAPE + "sh:datatype xsd:float .\n"))
    assert (found.shape, found.value, found.what) == ("eq.ttl#Rule", "abc", 'cim:ACLineSegment "Line 1"')
    assert str(found).startswith(f"Violation: a.xml: cim:ACLineSegment \"Line 1\" {LINE} cim:ACLineSegment.r is 'abc': ")


def test_files_are_chosen_by_the_profile_in_their_version(tmp_path: Path) -> None:
    root = folder_of(
        tmp_path,
        core=version("CoreEquipment-EU", "Constraints/3.0") + POSITIVE,
        core452=version("Equipment-EU") + POSITIVE,
        core4=version("CoreEquipment-EU", "constraints/IEC61970-452/4.0") + POSITIVE,
        every=version("All-EU") + POSITIVE,
        mine=POSITIVE,
        no_shapes="cim:a a owl:Class .\n",
        topology=version("Topology-EU") + POSITIVE,
    )
    files = read_shapes(root)
    assert [file.name for file in choose(files, [PROFILE])] == ["core.ttl", "core452.ttl", "every.ttl", "mine.ttl"]
    assert [file.name for file in choose(files, ["urn:profiles/Topology-EU/3.0", "urn:unheard"])] == ["every.ttl", "mine.ttl", "topology.ttl"]
    assert [file.name for file in choose(files, ["urn:unheard"])] == ["mine.ttl"]
    found = validate([("a.xml", model(line(r="-1")))], root)
    assert [one.shape for one in found] == [f"{name}.ttl#Rule" for name in ("core", "core452", "every", "mine")]


def test_no_shapes_about_a_profile_is_said_and_one_may_say_which_to_take(tmp_path: Path) -> None:
    root = folder_of(tmp_path, eq=version("CoreEquipment-EU") + POSITIVE)
    models = [("a.xml", model(line(r="-1"), profile="urn:profiles/EquipmentCore/3/1"))]
    (found,) = validate(models, root)
    assert (found.severity, found.shape, found.focus) == ("Info", "shapes", HEADER)
    assert "urn:profiles/EquipmentCore/3/1" in found.message
    assert [one.shape for one in validate(models, root, profiles={"a.xml": [PROFILE]})] == ["eq.ttl#Rule"]


def test_a_difference_model_is_not_held_against_shapes_of_full_models(tmp_path: Path) -> None:
    path = data("cim", "grid", "difference-models", "MicroGrid-NL-MAS-EQ_diff.xml")
    tree = decode(path.read_bytes())
    found = validate([(path.name, tree)], folder_of(tmp_path, eq=version("CoreEquipment-EU") + POSITIVE))
    assert [(one.severity, one.shape) for one in found if one.shape not in ("reference to something", "dependency given")] == [("Info", "shapes")]


BORROWED = SHAPE.replace("cim:ACLineSegment.r", "(cim:Equipment.EquipmentContainer rdf:type)") + "sh:hasValue cim:Line .\n"


def test_shapes_of_a_standard_see_what_other_models_describe_and_shapes_of_the_profile_do_not(tmp_path: Path) -> None:
    inside = model(line(more=refers("cim:Equipment.EquipmentContainer", BASE)))
    boundary = model(f'<cim:Line rdf:about="{BASE}"/><cim:ACLineSegment rdf:about="{OTHER}"/>', header="urn:uuid:2", profile="urn:other/3.0")
    root = folder_of(tmp_path, standard=version("CoreEquipment-EU") + BORROWED, profile=version("CoreEquipment-EU", "Constraints/3.0") + BORROWED)
    found = [one for one in validate([("a.xml", inside), ("b.xml", boundary)], root) if one.severity == "Violation"]
    assert [(one.model, one.shape, one.path) for one in found] == [("a.xml", "profile.ttl#Rule", "cim:Equipment.EquipmentContainer/rdf:type")]
    alone = [one.shape for one in validate([("a.xml", inside)], root) if "ttl" in one.shape]
    assert alone == ["profile.ttl#Rule", "standard.ttl#Rule"]


def test_findings_are_about_objects_of_the_model_never_about_what_it_borrows(tmp_path: Path) -> None:
    pointing = model(f'<cim:Terminal rdf:about="{BASE}">{refers("cim:Terminal.ConductingEquipment", LINE)}</cim:Terminal>', profile="urn:other/3.0")
    found = validate([("a.xml", pointing), ("b.xml", model(line(r="-1"), header=OTHER))], folder_of(tmp_path, mine=POSITIVE))
    assert [(one.model, one.focus) for one in found if "ttl" in one.shape] == [("b.xml", LINE)]


def sparql(name: str, where: str) -> str:
    prefix = f'sh:declare [ sh:prefix "cim" ; sh:namespace "{CIM100}"^^xsd:anyURI ]'
    return (
        f"cim: {prefix} .\ncim:{name} a sh:NodeShape ; sh:targetClass cim:ACLineSegment ; sh:sparql cim:{name}Query .\n"
        f'cim:{name}Query a sh:SPARQLConstraint ; sh:prefixes cim: ; sh:message "Too small." ; sh:select """SELECT $this ?value WHERE {{ {where} }}""" .\n'
    )


def test_a_query_that_fails_at_one_object_is_a_finding_there_and_all_others_are_asked(tmp_path: Path) -> None:
    fails = sparql("Fails", "{SELECT $this (SUM(?r) AS ?value) WHERE {$this cim:ACLineSegment.r ?r} GROUP BY $this HAVING (SUM(?r) < 0)}")
    asks = sparql("Asks", "$this cim:IdentifiedObject.name ?value")
    broken = sparql("Broken", "$this cim:ACLineSegment.r ?value FILTER (")
    root = folder_of(tmp_path, mine=fails + asks + broken)
    found = validate([("a.xml", model(line(r="abc") + line(iri=OTHER, r="-9")))], root)
    assert sorted((one.severity, one.shape, one.focus) for one in found) == [
        ("Unchecked", "mine.ttl#Broken", ""),
        ("Unchecked", "mine.ttl#Fails", LINE),
        ("Violation", "legal text", LINE),
        ("Violation", "mine.ttl#Asks", LINE),
        ("Violation", "mine.ttl#Asks", OTHER),
        ("Violation", "mine.ttl#Fails", OTHER),
    ]
    assert all(one.message.startswith("this rule could not be evaluated: ") for one in found if one.severity == "Unchecked")


def test_a_file_pyshacl_cannot_run_is_one_finding_not_a_log_entry_and_the_next_file_is_run(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    root = folder_of(tmp_path, a=SHAPE + 'sh:minCount "many" .\n', b=POSITIVE)
    found = validate([("a.xml", model(line(r="-1", iri=OTHER) + line(r="abc")))], root)
    assert [(one.severity, one.shape) for one in found if one.focus != LINE] == [("Unchecked", "a.ttl"), ("Violation", "b.ttl#Rule")]
    assert caplog.records == []


def test_paths_are_shown_as_sparql_writes_them(tmp_path: Path) -> None:
    written = {
        "cim:a": "cim:a",
        "(cim:a cim:b)": "cim:a/cim:b",
        "[sh:inversePath cim:a]": "^cim:a",
        "(cim:a [sh:zeroOrMorePath cim:b])": "cim:a/cim:b*",
        "[sh:alternativePath (cim:a cim:b)]": "cim:a|cim:b",
    }
    text = "".join(f"cim:P{at} a sh:PropertyShape ; sh:path {path} .\n" for at, path in enumerate(written))
    (file,) = read_shapes(folder_of(tmp_path, x=text + POSITIVE))
    nodes = {str(node): node for node in file.graph.subjects()}
    assert [file.path(nodes[f"{CIM100}P{at}"]) for at in range(len(written))] == list(written.values())


def test_a_place_without_shapes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is no folder"):
        validate([], tmp_path / "none")
    with pytest.raises(UsageError, match="holds no Turtle file with a SHACL shape"):
        validate([], tmp_path)
    tmp_path.joinpath("bad.ttl").write_text(f"<{SH}a> <urn:b>\n .")
    with pytest.raises(MappingError, match=r"bad.ttl:2: not readable as Turtle"):
        validate([], tmp_path)


def test_who_follows_a_run_hears_each_step(tmp_path: Path) -> None:
    heard: list[tuple[int, int, str]] = []
    validate([("a.xml", model(line()))], folder_of(tmp_path, a=POSITIVE, b=POSITIVE), told=lambda *step: heard.append(step))
    assert heard == [(0, 3, "our own rules"), (1, 3, "a.xml: a.ttl"), (2, 3, "a.xml: b.ttl"), (3, 3, "")]
