"""Official CIM models held against ENTSO-E's shapes of CGMES 3.0; the numbers are those of pySHACL on the same texts."""

from __future__ import annotations

import copy
import re
import socket
from functools import lru_cache

import pyshacl
import pytest
import rdflib
from rdflib.plugins.sparql.sparql import SPARQLError
from third_party import data

from adapter.codecs.rdf import CimTree, decode
from adapter.grid.engine import check
from adapter.grid.finding import Finding
from adapter.grid.graphs import Questioned, graph
from adapter.grid.shape_files import ShapeFile, read_shapes
from adapter.grid.subject import Subject
from adapter.grid.validation import validate

SHAPES = data("cim", "schema", "cgmes30-shacl")
FOLDERS = {
    "belgovia": data("cim", "grid", "cgmes30-relicap-belgovia"),
    "microgrid": data("cim", "grid", "cgmes30-microgrid-be"),
}
EQUIPMENT = {"belgovia": "20220615T2230Z__Belgovia_EQ_1.xml", "microgrid": "20210325T1530Z_1D_BE_EQ_001.xml"}
BOUNDARY = {"belgovia": "CommonData_and_Boundary_merged.xml", "microgrid": "20171002T0930Z_ENTSO-E_EQ_BD_2.xml"}
DATATYPES, CORE_452 = "RDFS/CoreEquipmentProfile.ttl", "IEC61970-452/EQ_452.ttl"
UML, ALL = "IEC61970-301UML/EQ_301UML.ttl", "IEC61970-600-1/All_600-1.ttl"

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def tree(grid: str, name: str) -> CimTree:
    return decode((FOLDERS[grid] / name).read_bytes())


@lru_cache
def files() -> dict[str, ShapeFile]:
    return {file.name: file for file in read_shapes(SHAPES)}


@lru_cache
def equipment(grid: str) -> Subject:
    return Subject(EQUIPMENT[grid], tree(grid, EQUIPMENT[grid]))


@lru_cache
def typed(grid: str) -> Questioned:
    return graph(equipment(grid))


def rewritten(source: rdflib.Graph, untyped: bool = False) -> Questioned:
    """The same graph as rdflib itself writes literals (30 becomes 30.0), or with no types at all."""
    found = Questioned()
    for subject, predicate, term in source:
        if isinstance(term, rdflib.Literal):
            term = rdflib.Literal(str(term)) if untyped else rdflib.Literal(str(term), datatype=term.datatype)
        found.add((subject, predicate, term))
    return found


def broken(found: list[Finding], rule: str = "") -> list[Finding]:
    return [one for one in found if one.severity == "Violation" and rule in one.shape]


@pytest.mark.parametrize("grid", EQUIPMENT)
def test_official_equipment_has_no_datatype_violation_once_typed(grid: str) -> None:
    assert check(equipment(grid), typed(grid), files()[DATATYPES]) == []


def test_the_same_equipment_untyped_has_423() -> None:
    found = check(equipment("belgovia"), rewritten(typed("belgovia"), untyped=True), files()[DATATYPES])
    assert len(found) == 423
    assert {one.shape.rpartition("-")[2] for one in found} == {"datatype"}


@pytest.mark.parametrize(("grid", "count"), [("belgovia", 16), ("microgrid", 10)])
def test_what_lies_in_a_line_of_the_boundary_is_misplaced_only_while_the_boundary_is_not_given(grid: str, count: int) -> None:
    names = EQUIPMENT[grid], BOUNDARY[grid]
    alone = validate([(names[0], equipment(grid).tree)], SHAPES / "IEC61970-452")
    assert len(broken(alone, "EQ_452.ttl")) == count
    assert {one.path for one in broken(alone, "EQ_452.ttl")} == {"cim:Equipment.EquipmentContainer/rdf:type"}
    beside = validate([(name, tree(grid, name)) for name in names], SHAPES / "IEC61970-452")
    assert broken(beside, "EQ_452.ttl") == []


@pytest.mark.parametrize("grid", EQUIPMENT)
@pytest.mark.parametrize(("file", "count", "end"), [(UML, 1, "30.0"), (ALL, 2, "+00:00")])
def test_texts_as_written_break_no_rule_that_looks_at_text_and_as_rdflib_rewrites_them_they_do(grid: str, file: str, count: int, end: str) -> None:
    assert check(equipment(grid), typed(grid), files()[file]) == []
    found = check(equipment(grid), rewritten(typed(grid)), files()[file])
    assert len(found) == count
    assert all(one.value.endswith(end) for one in found)  # the file says 30 and …Z


def test_no_name_in_the_equipment_is_too_long() -> None:
    name = "Common/IdentifiedObjecStringLength.ttl"
    assert [check(equipment(grid), typed(grid), files()[name]) for grid in EQUIPMENT] == [[], []]


def test_a_query_that_ends_the_run_of_pyshacl_is_a_finding_and_all_others_are_asked() -> None:
    raw = rewritten(typed("microgrid"), untyped=True)
    plain = rdflib.Graph()
    for triple in raw:
        plain.add(triple)
    with pytest.raises(SPARQLError):
        pyshacl.validate(plain, shacl_graph=files()[CORE_452].graph)
    found = check(equipment("microgrid"), raw, files()[CORE_452])
    unchecked = [one for one in found if one.severity == "Unchecked"]
    assert unchecked
    assert all(re.fullmatch(r"this rule could not be evaluated: .* does not have a numeric datatype!", one.message) for one in unchecked)
    assert all(one.shape.startswith(f"{CORE_452}#") and one.what and one.focus in equipment("microgrid").entries for one in unchecked)
    assert sum(one.shape.endswith("-containment") for one in found) == 10


def test_shapes_that_use_a_prefix_they_do_not_declare_are_named_and_the_rest_is_checked() -> None:
    found = check(equipment("microgrid"), typed("microgrid"), files()["IEC61970-301UML/SC_301UML.ttl"])
    assert sorted((one.severity, one.shape.partition("#")[2], one.focus) for one in found) == [
        ("Unchecked", "SeriesCompensator.varistorRatedCurrent-usage", ""),
        ("Unchecked", "SeriesCompensator.varistorVoltageThreshold-usage", ""),
    ]


@lru_cache
def unchanged() -> list[Finding]:
    return validate([("EQ.xml", equipment("microgrid").tree)], SHAPES / "RDFS")


def changed(name: str, attribute: str, value: str | None) -> tuple[list[Finding], str]:
    """What is new when the first object of a class says something else, or nothing; and that object."""
    after = copy.deepcopy(equipment("microgrid").tree)
    entry = after[name][0]
    if value is None:
        del entry[attribute]
    else:
        entry[attribute] = value
    found = validate([("EQ.xml", after)], SHAPES / "RDFS")
    assert set(unchanged()) <= set(found)
    return [one for one in found if one not in unchanged()], str(entry["@id"])


def test_one_resistance_that_is_no_number_is_one_violation_that_names_line_and_property() -> None:
    found, focus = changed("cim:ACLineSegment", "cim:ACLineSegment.r", "abc")
    assert found == [
        Finding(
            "EQ.xml",
            focus,
            f'cim:ACLineSegment "{equipment("microgrid").names[focus]}"',
            "cim:ACLineSegment.r",
            "abc",
            "CoreEquipmentProfile.ttl#ACLineSegment.r-datatype",
            "The datatype is not literal or it violates the xsd datatype.",
            "Violation",
        )
    ]


def test_one_terminal_without_its_equipment_is_one_violation() -> None:
    found, focus = changed("cim:Terminal", "cim:Terminal.ConductingEquipment", None)
    assert [(one.focus, one.path, one.shape) for one in found] == [
        (focus, "cim:Terminal.ConductingEquipment", "CoreEquipmentProfile.ttl#Terminal.ConductingEquipment-cardinality")
    ]


def test_a_whole_official_set_is_consistent_and_each_model_meets_the_shapes_of_its_profiles(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(*_: object) -> None:
        raise AssertionError("the network is asked")

    monkeypatch.setattr(socket.socket, "connect", unreachable)
    heard: list[tuple[int, int, str]] = []
    models = [(path.name, decode(path.read_bytes())) for path in sorted(FOLDERS["microgrid"].glob("*.xml"))]
    found = validate(models, SHAPES, told=lambda *step: heard.append(step))
    counted: dict[tuple[str, str], int] = {}
    for one in found:
        if one.severity == "Violation":
            key = one.model, one.shape.rpartition("/")[2]
            counted[key] = counted.get(key, 0) + 1
    assert counted == {  # the faults of the data, which pySHACL finds by itself too
        ("20171002T0930Z_ENTSO-E_EQ_BD_2.xml", "EQBD_301UML.ttl#BoundaryPoint.fromEndIsoCode-valueValidity"): 5,
        ("20171002T0930Z_ENTSO-E_EQ_BD_2.xml", "EQBD_301UML.ttl#BoundaryPoint.toEndIsoCode-valueValidity"): 5,
        ("20210325T1530Z_1D_BE_SSH_001.xml", "SteadyStateHypothesisProfile.ttl#IdentifiedObject.mRID-cardinality"): 17,
    }
    assert [one.model for one in found if one.shape == "shapes"] == ["20210420T1730Z_1D_BE_DY_001.xml"]  # the folder has none about dynamics
    assert [done for done, _, _ in heard] == list(range(heard[0][1] + 1))
    assert {total for _, total, _ in heard} == {heard[-1][0]}
    held = {what for _, _, what in heard}
    assert f"{EQUIPMENT['microgrid']}: IEC61970-301UML/SC_301UML.ttl" in held
    assert f"{EQUIPMENT['microgrid']}: RDFS/SteadyStateHypothesisProfile.ttl" not in held
    assert "20210325T1530Z_1D_BE_SSH_001.xml: IEC61970-456/SSH_456.ttl" in held
    assert "20210325T1530Z_1D_BE_SV_001.xml: IEC61970-456/SV_456.ttl" in held


def test_a_model_of_another_generation_is_held_against_no_shapes_unless_one_says_which() -> None:
    path = data("cim", "grid", "cgmes24-microgrid-be", "MicroGridTestConfiguration_BC_BE_EQ_V2.xml")
    models = [(path.name, decode(path.read_bytes()))]
    found = validate(models, SHAPES / "RDFS")
    assert [one.severity for one in found if one.shape == "shapes"] == ["Info"]
    assert not [one for one in found if "ttl" in one.shape]
    (profile,) = files()[DATATYPES].profiles
    forced = validate(models, SHAPES / "RDFS", profiles={path.name: [profile]})
    assert not [one for one in forced if one.shape == "shapes" or one.shape.endswith("-datatype")]
    assert {one.shape for one in forced if "ttl" in one.shape}  # CGMES 3.0 asks for what 2.4.15 did not have


def test_every_shape_file_says_which_profile_it_is_about() -> None:
    assert {name for name, file in files().items() if not file.profiles} == set()
    about = {profile.rsplit("/", 2)[-2]: "" for file in files().values() for profile in file.profiles if "/" in profile}
    assert set(about) == {
        "CoreEquipment-EU", "DiagramLayout-EU", "EquipmentBoundary-EU", "GeographicalLocation-EU", "Operation-EU", "ShortCircuit-EU",
        "StateVariables-EU", "SteadyStateHypothesis-EU", "Topology-EU",
    }  # fmt: skip
    assert {name for name, file in files().items() if file.alone} == {name for name in files() if name.startswith(("RDFS/", "Common/"))}
