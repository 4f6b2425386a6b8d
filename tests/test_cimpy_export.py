"""What a view of cimpy's objects exports: all that the files said, and what was changed in the objects since."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest
from cimpy_models import B1, CIM16, CIM16_OF_2012, LIMIT, MINIGRID, N1, T1, breaker, eq, exported, files, iri, position, switch_between_nodes, triples

from adapter.codecs import rdf
from adapter.errors import EncodeError, UsageError
from adapter.grid.cimpy_bridge import objects

cimpy = pytest.importorskip("cimpy")
VERSION = "cgmes_v2_4_15"


@pytest.mark.parametrize("stands", ["false", "true"])
def test_a_switch_is_exported_as_it_was_said(stands: str, tmp_path: Path) -> None:
    given = [eq(breaker()), position(stands)]
    view = objects(given)
    assert view.states(iri(B1), "Switch.open")
    assert triples(exported(view, tmp_path)) == triples(given)


def test_a_position_that_nobody_said_is_told_apart_and_not_exported(tmp_path: Path) -> None:
    view = objects([eq(breaker())])
    assert view.objects[iri(B1)].open is False
    assert not view.states(iri(B1), "Switch.open")
    assert b"Switch.open" not in b"".join(exported(view, tmp_path))


@pytest.mark.parametrize(("before", "now"), [("true", False), ("false", True)])
def test_a_changed_position_is_exported_also_where_it_is_the_default(before: str, now: bool, tmp_path: Path) -> None:
    view = objects([eq(breaker()), position(before)])
    view.objects[iri(B1)].open = now
    assert triples(exported(view, tmp_path)) == triples([eq(breaker()), position(str(now).lower())])


def test_texts_with_signs_that_cimpy_takes_for_its_own_are_exported_whole(tmp_path: Path) -> None:
    view = objects([eq(breaker())])
    view.objects[iri(B1)].name = "100 % @ {{B1}} <&>"
    view.objects[iri(B1)].description = "a@b"
    written = triples(exported(view, tmp_path))
    assert {value for _, _, value in written if value.startswith('"')} == {'"100 % @ {{B1}} <&>"', '"a@b"'}


def test_an_object_taken_away_goes_with_the_references_to_it_and_a_new_one_comes(tmp_path: Path) -> None:
    view = objects(switch_between_nodes())
    topology = view.imported["topology"]
    new = type(topology[T1])(name="new", ConductingEquipment=topology[B1])
    topology[LIMIT] = new
    del topology[N1]
    before, written = triples(switch_between_nodes()), triples(exported(view, tmp_path))
    assert {triple[0] for triple in before - written} == {iri(N1), iri(T1)}
    assert {(subject, value) for subject, _, value in written - before} == {
        (iri(LIMIT), "cim:Terminal"),
        (iri(LIMIT), '"new"'),
        (iri(LIMIT), iri(B1)),
    }


def test_an_export_is_spelled_as_the_files_were_and_defines_only_what_is_new(tmp_path: Path) -> None:
    upper = B1.upper()
    given = [one.replace(CIM16.encode(), CIM16_OF_2012.encode()).replace(B1.encode(), upper.encode()) for one in [*switch_between_nodes(), position("true")]]
    view = objects(given)
    topology = view.imported["topology"]
    topology[LIMIT] = type(topology[N1])(name="new")  # TP has terminals of EQ, by rdf:about, and nodes of its own
    topology[B1].open = False  # SSH, where the breaker is
    topology[T1].connected = True  # SSH, where the terminal is not
    written = {path.name: path.read_text(encoding="utf-8") for path in view.export(tmp_path / "out")}
    assert all(CIM16_OF_2012 in text and "CIM100" not in text for text in written.values())
    assert f'<cim:Breaker rdf:ID="{upper}">' in written["EQ.xml"]
    assert f'<cim:TopologicalNode rdf:ID="{LIMIT}">' in written["TP.xml"]
    assert f'<cim:Breaker rdf:about="#{upper}">' in written["SSH.xml"]
    assert f'<cim:Terminal rdf:about="#{T1}">' in written["SSH.xml"]
    again = objects([text.encode() for text in written.values()])
    assert again.losses == ()
    assert (again.objects[iri(LIMIT)].name, again.objects[iri(T1)].connected) == ("new", True)


def test_a_new_reference_is_spelled_as_the_object_is(tmp_path: Path) -> None:
    view = objects([eq(breaker(key=B1.upper()))])
    view.imported["topology"][T1] = import_module(f"cimpy.{VERSION}.Terminal").Terminal(ConductingEquipment=view.objects[iri(B1)])
    (path,) = view.export(tmp_path / "out")
    again = cimpy.cim_import([str(path)], VERSION)["topology"]
    assert again[T1].ConductingEquipment is again[B1.upper()]


def test_the_reference_of_an_unread_object_to_one_taken_away_goes_too(tmp_path: Path) -> None:
    feeder = f'<cim:Feeder rdf:ID="F1"><cim:Feeder.NormalHeadTerminal rdf:resource="#{B1}"/></cim:Feeder>'
    view = objects([eq(breaker() + feeder)])
    del view.imported["topology"][B1]
    assert {value for _, _, value in triples(exported(view, tmp_path))} == {"cim:Feeder"}


def test_a_new_value_without_a_file_to_stand_in_is_refused(tmp_path: Path) -> None:
    view = objects([eq(breaker())])
    view.objects[iri(B1)].open = True
    with pytest.raises(EncodeError, match=r"Switch\.open of .* is new and belongs into SSH; the model has files of EQ"):
        view.export(tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_an_attribute_that_cimpy_does_not_have_is_refused(tmp_path: Path) -> None:
    view = objects([eq(breaker())])
    view.objects[iri(B1)].opened = True
    with pytest.raises(EncodeError, match=r"Breaker\.opened: was set, and cimpy's class has no such attribute"):
        view.export(tmp_path / "out")


def test_an_export_needs_a_folder_with_nothing_in_it(tmp_path: Path) -> None:
    (tmp_path / "EQ.xml").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="is there already, and not an empty folder"):
        objects([eq(breaker())]).export(tmp_path)
    assert (tmp_path / "EQ.xml").read_text(encoding="utf-8") == "mine"


def test_an_export_of_a_profile_that_the_model_lacks_is_refused(tmp_path: Path) -> None:
    view = objects([eq(breaker()), position("true")])
    with pytest.raises(UsageError, match="no file of the profile TP; it has EQ, SSH"):
        view.export(tmp_path / "out", ["EQ", "TP"])
    assert not (tmp_path / "out").exists()


def test_an_export_of_one_profile_writes_that_file_only(tmp_path: Path) -> None:
    view = objects([eq(breaker()), position("false")])
    assert [path.name for path in view.export(tmp_path / "out", ["SSH"])] == ["SSH.xml"]


def test_an_exported_file_is_read_by_cimpy_itself(tmp_path: Path) -> None:
    paths = objects([*switch_between_nodes(), position("true")]).export(tmp_path / "out")
    again = cimpy.cim_import([str(path) for path in paths], VERSION)["topology"]
    assert (again[B1].open, again[T1].TopologicalNode) == (True, again[N1])


def test_the_same_model_is_read_the_same_after_another_one(tmp_path: Path) -> None:
    """cimpy keeps in its classes which profile it last read an attribute from."""
    given = [eq(breaker()), position("true")]
    view = objects(given)
    objects([eq(breaker("<cim:Switch.open>true</cim:Switch.open>"))])
    assert exported(view, tmp_path) == exported(objects(given), tmp_path / "again")


def test_headers_are_exported_as_they_were(tmp_path: Path) -> None:
    before = [rdf.decode(one)["md:FullModel"][0] for one in files(MINIGRID)]
    after = [rdf.decode(one)["md:FullModel"][0] for one in exported(objects(files(MINIGRID)), tmp_path)]
    assert sorted(after, key=lambda entry: str(entry["@id"])) == sorted(before, key=lambda entry: str(entry["@id"]))
