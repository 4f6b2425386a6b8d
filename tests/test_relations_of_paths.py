"""Relations of path names: what is named by where it stands comes back, is written in one place, and never as something else."""

from __future__ import annotations

from typing import Any

import pytest
from cases import NOW, golden_cases
from hypothesis import given
from leafwalk import xml_leaves
from relation_bench import Bench, law_of, quick, texts

from adapter.errors import EncodeError, LowerError
from adapter.library import library
from adapter.message import Message
from adapter.names import identifier_iri
from adapter.partners import read_profile
from adapter.pipeline import lift, lower, translate
from adapter.text import read_text

UUID = "6c33817b-05d5-4ad0-bbaa-e93c77c51dd3"
RELATION = "path_name: {in: project, names: [station, bay], uuid: uuid, path: path, as: SCL, is: node, code: code}"
WIRE = dict.fromkeys(("project", "station", "bay", "uuid", "path"), "")
names = texts.map(lambda text: text.replace("/", "").strip()).filter(bool)


def bench(profile: str = "") -> Bench:
    return Bench(RELATION, WIRE, "TC4", profile=profile)


@law_of("path_name")
@quick
@given(texts, names, names)
def test_a_path_name_comes_back(project: str, station: str, bay: str) -> None:
    bench().holds({"project": project, "station": station, "bay": bay, "path": f"{station}/{bay}"})


@law_of("distinct")
def test_what_differs_from_what_stands_beside_it_is_taken_as_it_is() -> None:
    relation = Bench("distinct: {scope: bay, of: name}", {}, "TC4", inner=("bay", {"name": ""}))
    wire, other = relation.wire({}), relation.wire({})
    for frame, values in ((wire, ("A", "B")), (other, ("A", "A"))):
        for value in values:
            frame.add("bay", f"/{len(frame.each('bay')) + 1}").values["name"] = value
    assert relation.faults_up(wire) == []
    assert relation.down(relation.up(wire)) == relation.wire({})
    assert relation.faults_up(other) == ["is 'A', and so is that of /1 beside it"]


def test_two_projects_with_one_path_name_are_two_things() -> None:
    one, other = (bench().up({"project": project, "station": "S", "bay": "B"}).values["node"] for project in ("north", "south"))
    assert (one, other) == (identifier_iri("SCL", "north/S/B"), identifier_iri("SCL", "south/S/B"))


def test_a_thing_with_a_uuid_is_the_object_that_cim_files_name() -> None:
    found = bench().up({"project": "north", "station": "S", "bay": "B", "uuid": UUID.upper()})
    assert found.values == {"node": f"urn:uuid:{UUID}", "code": UUID}


def test_a_path_that_leads_elsewhere_is_a_fault() -> None:
    assert bench().faults_up({"project": "north", "station": "S", "bay": "B", "path": "S/C"}) == ["is 'S/C', and it stands at S/B"]


@pytest.mark.parametrize("node", [identifier_iri("SCL", "north/S"), identifier_iri("SCL", "north/S/"), identifier_iri("GS1", "7"), f"urn:uuid:{UUID}"])
def test_what_has_no_path_name_of_this_depth_is_not_written(node: str) -> None:
    (fault,) = bench().faults_down({"node": node})
    assert fault.startswith("needs a path name, and ")
    assert "add `identifiers: {" in fault


@pytest.mark.parametrize(("node", "entry"), [(identifier_iri("GS1", "7"), "GS1/7"), (f"urn:uuid:{UUID}", f'"urn:uuid:{UUID}"')])
def test_the_partner_profile_gives_path_names_to_what_has_none(node: str, entry: str) -> None:
    found = bench(f"identifiers: {{{entry}: SCL/north/S/B}}")
    canon = found.empty()
    canon.values = {"node": node}
    assert found.down(canon) == found.wire({"project": "north", "station": "S", "bay": "B", "path": "S/B"})


# --- several things in one document ---------------------------------------------------------------------------------------------


def described() -> Message:
    (case,) = [case for case in golden_cases() if case.id == "iec61850/scl/wire.xml"]
    return lift(case.data, now=NOW).message


def abroad(message: Message) -> Message:
    """The same contents as they come from another standard: without what only SCL keeps."""
    return Message(message.graph, message.envelope, message.contents)


def test_things_of_one_place_are_written_in_one_place() -> None:
    message = described()
    (document,) = lower(abroad(message), library().mapping("iec61850:scl"), now=NOW)
    again = lift(document.data, now=NOW)
    meant = lambda found: {(content.exchange.row, *map(repr, content.frame.plain().items())) for content in found.contents}  # noqa: E731
    assert meant(again.message) == meant(message)
    leaves = xml_leaves(document.data)
    places = [path for path in leaves if path.endswith("/@name")]
    assert sorted(leaves[path] for path in places if path.count("/") == 4) == ["H1", "M1"]
    assert sorted(leaves[path] for path in places if path.count("/") == 3) == ["WL1"]


def test_the_order_of_the_contents_does_not_matter() -> None:
    message = described()
    turned = Message(message.graph, message.envelope, message.contents[::-1])
    one, other = (lift(lower(found, library().mapping("iec61850:scl"), now=NOW)[0].data, now=NOW) for found in (abroad(message), turned))
    key = lambda content: sorted(map(str, content.frame.plain().items()))  # noqa: E731
    assert sorted(map(key, one.message.contents)) == sorted(map(key, other.message.contents))


def test_a_substation_alone_is_no_file() -> None:
    message = described()
    alone = Message(message.graph, message.envelope, message.contents[:1])
    with pytest.raises(EncodeError, match=r"/SCL/Substation\[1\]/VoltageLevel: is missing"):
        lower(alone, library().mapping("iec61850:scl"), now=NOW)


def test_things_of_two_projects_are_no_file() -> None:
    message = described()
    content: Any = message.contents[-1]
    content.frame.values["node"] = identifier_iri("SCL", "another/S/V/B/N")
    with pytest.raises(LowerError, match="would have to be both"):
        lower(abroad(message), library().mapping("iec61850:scl"), now=NOW)


PATHS = """
profile: paths
means: which path names the objects of our grid model have
identifiers:
  "urn:uuid:6c33817b-05d5-4ad0-bbaa-e93c77c51dd3": SCL/north/Poel
  "urn:uuid:0c9a6a52-7f10-4c39-9f5e-2f6a0f6f5d11": SCL/north/Poel/A/1/K
"""
MODEL = b"""<rdf:RDF xmlns:cim="http://iec.ch/TC57/CIM100#" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<cim:Substation rdf:about="urn:uuid:6c33817b-05d5-4ad0-bbaa-e93c77c51dd3"><cim:IdentifiedObject.name>Polder</cim:IdentifiedObject.name></cim:Substation>
<cim:IndividualPnode rdf:about="urn:uuid:0c9a6a52-7f10-4c39-9f5e-2f6a0f6f5d11"/>
</rdf:RDF>"""


def test_a_grid_model_becomes_a_file_where_the_partner_knows_the_path_names() -> None:
    profile = read_profile(read_text(PATHS, "paths.yaml"))
    (document,) = translate(MODEL, "iec61850", to_profile=profile, now=NOW).documents
    leaves = xml_leaves(document.data)
    assert leaves["/SCL/Header[1]/@id"] == "north"
    assert leaves["/SCL/Substation[1]/@desc"] == "Polder"
    assert leaves["/SCL/Substation[1]/VoltageLevel[1]/Bay[1]/ConnectivityNode[1]/@pathName"] == "Poel/A/1/K"
    with pytest.raises(LowerError, match="needs a path name"):
        translate(MODEL, "iec61850", now=NOW)
