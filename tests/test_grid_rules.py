"""The rules every set of CIM models keeps."""

from __future__ import annotations

import pytest
from small_models import BASE, HEADER, LINE, OTHER, document, line, model, refers
from third_party import data

from adapter.codecs.rdf import decode
from adapter.codecs.rdf_source import source
from adapter.grid.consistency import misspelt
from adapter.grid.finding import Finding
from adapter.grid.legal import legal
from adapter.grid.validation import validate
from adapter.names import CIM100


def test_a_model_that_keeps_all_rules_has_no_finding() -> None:
    assert validate([("a.xml", model(line(more=refers("cim:ConductingEquipment.BaseVoltage", BASE)) + f'<cim:BaseVoltage rdf:about="{BASE}"/>'))]) == []


def test_a_text_that_is_no_value_of_its_type_names_object_property_and_text() -> None:
    assert validate([("a.xml", model(line(r="1,5")))]) == [
        Finding("a.xml", LINE, 'cim:ACLineSegment "Line 1"', "cim:ACLineSegment.r", "1,5", "legal text", "is no Float, the number of a Resistance", "Violation")
    ]


def test_a_reference_to_an_object_no_model_describes_is_loose_and_one_to_another_model_or_an_enumeration_is_not() -> None:
    to_base = line(more=refers("cim:ConductingEquipment.BaseVoltage", BASE) + refers("cim:ConductingEquipment.phases", f"{CIM100}PhaseCode.ABC"))
    (found,) = validate([("a.xml", model(to_base))])
    assert (found.focus, found.path, found.value, found.shape) == (LINE, "cim:ConductingEquipment.BaseVoltage", BASE, "reference to something")
    boundary = model(f'<cim:BaseVoltage rdf:about="{BASE}"/>', header=OTHER, profile="urn:profiles/EquipmentBoundary-EU/3.0")
    assert validate([("a.xml", model(to_base)), ("b.xml", boundary)]) == []


def test_an_object_that_is_spoken_of_without_a_class_is_not_described() -> None:
    spoken = f'<rdf:Description rdf:about="{BASE}"><cim:BaseVoltage.nominalVoltage>10</cim:BaseVoltage.nominalVoltage></rdf:Description>'
    (found,) = validate([("a.xml", model(line(more=refers("cim:ConductingEquipment.BaseVoltage", BASE)) + spoken))])
    assert found.shape == "reference to something"


def test_a_model_depended_on_and_not_given_is_a_warning_and_an_earlier_model_is_nothing() -> None:
    about = refers("md:Model.DependentOn", OTHER) + refers("md:Model.Supersedes", BASE)
    (found,) = validate([("a.xml", model(line(), about=about))])
    assert (found.severity, found.path, found.value) == ("Warning", "md:Model.DependentOn", OTHER)
    assert validate([("a.xml", model(line(), about=about)), ("b.xml", model("", header=OTHER, profile="urn:other/3.0"))]) == []


def test_an_object_described_by_two_models_of_one_profile_is_ambiguous_and_by_two_profiles_it_is_not() -> None:
    second = model(line(r="2"), header=OTHER)
    assert validate([("a.xml", model(line())), ("b.xml", second)]) == [
        Finding(
            "b.xml", LINE, 'cim:ACLineSegment "Line 1"', "", "", "one describer", "is described by another model of the same profile too: a.xml", "Violation"
        )
    ]
    assert validate([("a.xml", model(line())), ("b.xml", model(line(r="2"), header=OTHER, profile="urn:other/3.0"))]) == []


def test_a_model_without_header_is_a_warning_and_one_without_profile_too() -> None:
    (found,) = validate([("a.xml", model(line(), header=None))])
    assert (found.severity, found.shape, found.focus) == ("Warning", "header", "")
    bare = model(line())
    del bare["md:FullModel"][0]["md:Model.profile"]
    (found,) = validate([("a.xml", bare)])
    assert (found.severity, found.shape, found.focus, found.path) == ("Warning", "header", HEADER, "md:Model.profile")


def test_real_distribution_models_lack_only_a_header() -> None:
    for name in ("IEEE13.xml", "IEEE123.xml"):
        found = validate([(name, decode(data("cim", "grid", "cimhub-distribution", name).read_bytes()))])
        assert [(one.severity, one.shape) for one in found] == [("Warning", "header")]


@pytest.mark.parametrize(
    ("folder", "loose"),
    [("cgmes24-microgrid-be", 0), ("cgmes24-minigrid-nb", 0), ("cgmes24-smallgrid-nb", 0), ("cimpy-switches-nb", 0), ("cimpy-cigre-mv", 16)],
)
def test_whole_sets_of_older_generations_keep_all_rules_but_for_one_that_leaves_out_its_limit_types(folder: str, loose: int) -> None:
    found = validate([(path.name, decode(path.read_bytes())) for path in sorted(data("cim", "grid", folder).glob("*.xml"))])
    assert [(one.shape, one.path) for one in found] == [("reference to something", "cim:OperationalLimit.OperationalLimitType")] * loose


def test_a_real_file_that_writes_truth_in_capitals_is_told_so_at_each_of_its_meters() -> None:
    path = data("cim", "grid", "cimhub-distribution", "endDevicesAndUsagePoints.xml")
    found = [one for one in validate([(path.name, decode(path.read_bytes()))]) if one.shape == "legal text"]
    assert len(found) == path.read_text().count("<cim:EndDevice.isSmartInverter>") == 228
    assert {(one.path, one.value, one.message) for one in found} == {("cim:EndDevice.isSmartInverter", value, "is no Boolean") for value in ("True", "False")}


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("cim:ACLineSegment.r", ["1", "-1.5e-3", ".5", "NaN", " 7 "], ["", "1,5", "0x1", "1_000", "infinity", "1e"]),
        ("cim:Switch.open", ["true", "0"], ["True", "yes", ""]),
        ("cim:TapChanger.normalStep", ["-3", "+3", "007"], ["3.0", "3e1", ""]),
        ("cim:GeneratingUnit.startupCost", ["1.50"], ["1e3", "INF"]),
        ("md:Model.created", ["2021-03-25T15:30:00Z", "2021-03-25T15:30:00.5+01:00"], ["2021-03-25", "2021-02-30T00:00:00Z"]),
        ("cim:IEC61970CIMVersion.date", ["2019-04-01", "2019-04-01Z"], ["2019-4-1", "2019-02-29", "01.04.2019"]),
        ("cim:Season.endDate", ["--02-29", "--12-31Z"], ["--02-30", "12-31", "April"]),
        ("md:Model.profile", ["urn:a"], ["", "a b"]),
        ("cim:IdentifiedObject.name", ["", "any"], []),
    ],
)
def test_texts_that_are_values_of_their_type_and_texts_that_are_not(name: str, good: list[str], bad: list[str]) -> None:
    assert [legal(name, text) for text in good + bad] == [True] * len(good) + [False] * len(bad)


def test_an_identifier_that_is_no_xml_name_is_told_though_it_is_read() -> None:
    text = document('<cim:BaseVoltage rdf:ID="0b1c3a50-5d0e-4a5e-9a86-2f1c54e1d001"/><cim:BaseVoltage rdf:ID="_1"/>')
    (found,) = misspelt("a.xml", source(text))
    assert (found.focus, found.path, found.value, found.severity) == (
        "urn:uuid:0b1c3a50-5d0e-4a5e-9a86-2f1c54e1d001",
        "rdf:ID",
        "0b1c3a50-5d0e-4a5e-9a86-2f1c54e1d001",
        "Warning",
    )
