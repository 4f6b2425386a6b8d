"""Which files are found, what archives may hold, in which order models are taken; bad files hold nothing up."""

from __future__ import annotations

import json
from io import BytesIO
from itertools import permutations
from pathlib import Path
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZipFile

import pytest
from grid_commands import hub_folder, packed, run, said, taken
from parties import CONVERSATION
from small_models import HEADER, PROFILE, document, line

from adapter.codecs.limits import LIMITS, ArchiveLimits
from adapter.errors import DecodeError
from adapter.grid.archive import Count, entries, opened
from adapter.grid.files import Search
from adapter.grid.order import in_order, sheet

OTHER = HEADER.replace("1", "2")
MODEL, CASE = document(line()), document("", OTHER, f'<md:Model.DependentOn rdf:resource="{HEADER}"/>', "urn:profiles/Topology-EU/3.0")


def refusals(path: Path) -> dict[str, str]:
    """Why files below *path* are refused, by the last part of their names."""
    with Search([path]) as search:
        return {one.name.rpartition("/")[2]: one.reason for one in search.left if one.bad}


# --- order ---


def version(number: int, **more: str) -> bytes:
    said = "".join(f"<md:Model.{name}>{text}</md:Model.{name}>" for name, text in more.items() if name != "DependentOn")
    needs = f'<md:Model.DependentOn rdf:resource="{more["DependentOn"]}"/>' if "DependentOn" in more else ""
    return document(line(), f"{HEADER[:-1]}{number}", said + needs, "urn:profiles/EquipmentBoundary-EU/3.0" if number == 4 else PROFILE)


def test_models_come_in_one_order_however_they_are_named(tmp_path: Path) -> None:
    """The boundary, then two versions by their time, whatever their names say, then what depends on the later one."""
    files = {
        "a": version(3, DependentOn=f"{HEADER[:-1]}2", modelingAuthoritySet="b"),
        "b": version(2, created="2026-02-01T00:00:00Z", modelingAuthoritySet="a"),
        "c": version(1, created="2026-01-31T23:00:00-02:00", modelingAuthoritySet="a"),
        "d": version(4),
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    for names in permutations(files):
        with Search([tmp_path / name for name in names]) as search:
            found = [one.file.name.rpartition("/")[2] for one in in_order([sheet(file) for file in search.files])]
        assert found == ["d", "b", "a", "c"], names


def test_files_without_header_come_after_what_they_refer_to(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_bytes((CONVERSATION / "16_usage_points.xml").read_bytes())
    (tmp_path / "b.xml").write_bytes((CONVERSATION / "15_grid_model.xml").read_bytes())
    with Search([tmp_path]) as search:
        assert [one.file.name[-5:] for one in in_order([sheet(file) for file in search.files])] == ["b.xml", "a.xml"]


def test_models_that_depend_on_each_other_in_a_circle_are_all_taken(tmp_path: Path) -> None:
    around = document(line(), HEADER, f'<md:Model.DependentOn rdf:resource="{OTHER}"/>')
    out, _ = taken(hub_folder(tmp_path / "hub"), packed(tmp_path / "a.zip", one=around, two=CASE))
    assert "2 taken, 0 taken before, 0 refused" in out


# --- what is no CIM ---


def test_an_empty_folder_and_a_text_are_nothing_to_import(tmp_path: Path) -> None:
    hub, empty, text = hub_folder(tmp_path / "hub"), tmp_path / "empty", tmp_path / "notes.txt"
    empty.mkdir()
    text.write_text("the grid is fine")
    assert "there is no file in what was named" in taken(hub, empty, code=2)[1]
    out, err = taken(hub, text, code=2)
    assert ("0 files" in out, "notes.txt: skipped: is neither XML, a table we know, nor a ZIP archive" in err) == (True, True)
    assert "is no file and no folder" in taken(hub, tmp_path / "missing", code=2)[1]


def test_a_broken_file_in_the_middle_holds_nothing_up(tmp_path: Path) -> None:
    folder = tmp_path / "grid"
    folder.mkdir()
    for name, data in (("a.xml", MODEL), ("b.xml", MODEL[:-20]), ("c.xml", CASE), ("d.xml", b"<a/>"), ("e.json", b"{}")):
        (folder / name).write_bytes(data)
    out, err = taken(hub_folder(tmp_path / "hub"), folder, code=1)
    assert "3 files: 2 taken, 0 taken before, 1 refused, 2 skipped; 8 statements" in out
    for sentence in ("b.xml: refused: line 1", "d.xml: skipped: is XML, and its root element is not rdf:RDF", "e.json: skipped: is JSON"):
        assert sentence in err


def test_without_a_partner_nothing_is_guessed(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_bytes(MODEL)
    assert "Name one by --partner: dso." in run("import", tmp_path / "a.xml", "--data", hub_folder(tmp_path / "hub"), code=2)[1]


# --- archives ---


def test_a_file_that_declares_too_much_is_not_unpacked_and_the_others_are_taken(tmp_path: Path) -> None:
    bomb = packed(tmp_path / "bomb.zip", bomb=b"<rdf:RDF>" + bytes(LIMITS.max_bytes), good=MODEL)
    assert bomb.stat().st_size < LIMITS.max_bytes // 100
    out, err = taken(hub_folder(tmp_path / "hub"), bomb, code=1)
    assert "2 files: 1 taken, 0 taken before, 1 refused" in out
    assert f"bomb.xml: refused: has {LIMITS.max_bytes + 9} bytes; at most {LIMITS.max_bytes} are read" in err


def test_no_more_is_read_than_an_archive_declares(tmp_path: Path) -> None:
    """The directory says 100 bytes, the file has more: it is refused, as its checksum is not that of 100 bytes."""
    path = packed(tmp_path / "a.zip", liar=MODEL + b" " * 9000)
    data = path.read_bytes()
    path.write_bytes(data.replace((len(MODEL) + 9000).to_bytes(4, "little"), (100).to_bytes(4, "little")))
    assert "Bad CRC-32" in refusals(path)["liar.xml"]


def test_names_in_an_archive_lead_nowhere(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    out, _ = taken(hub_folder(tmp_path / "hub"), packed(inside / "a.zip", **{"..__..__escaped": MODEL, "\x1b[2Jclear": CASE}))
    assert "2 taken" in out
    assert "\x1b" not in out
    assert list(tmp_path.rglob("*.xml")) == []


def test_an_archive_in_an_archive_is_read_and_a_tower_of_them_is_not(tmp_path: Path) -> None:
    inner = packed(tmp_path / "inner.zip", one=MODEL, two=CASE).read_bytes()
    for level in range(4):
        path = tmp_path / f"{level}.zip"
        with ZipFile(path, "w", ZIP_DEFLATED) as archive:
            archive.writestr("inner.zip", inner)
            archive.writestr("note.txt", "inside")
        inner = path.read_bytes()
    with Search([tmp_path / "0.zip", tmp_path / "1.zip"]) as search:
        assert [said(file.read()) for file in search.files] == [said(MODEL), said(CASE)] * 2
    assert refusals(tmp_path / "2.zip") == {"inner.zip": "is an archive inside 3 others; at most 3 are opened"}


def test_an_archive_with_too_many_files_or_bytes_is_refused() -> None:
    buffer = BytesIO()
    with ZipFile(buffer, "w") as archive:
        for number in range(3):
            archive.writestr(f"{number}.xml", MODEL)
    for limits, sentence in ((ArchiveLimits(max_entries=2), "more than 2 files"), (ArchiveLimits(max_total=2 * len(MODEL)), "bytes")):
        with opened(buffer) as archive, pytest.raises(DecodeError, match=sentence):
            list(entries(archive, Count(limits)))
    with opened(buffer) as archive:
        assert len(list(entries(archive, Count(ArchiveLimits(max_entries=3))))) == 3


def test_what_cannot_be_unpacked_says_why(tmp_path: Path) -> None:
    with ZipFile(tmp_path / "a.zip", "w", ZIP_BZIP2) as archive:
        archive.writestr("a.xml", MODEL)
    locked = bytearray(packed(tmp_path / "b.zip", b=MODEL).read_bytes())
    directory = locked.index(b"PK\x01\x02")
    locked[6] |= 1
    locked[directory + 8] |= 1
    (tmp_path / "b.zip").write_bytes(locked)
    (tmp_path / "c.zip").write_bytes(b"PK\x03\x04 and no more")
    found = refusals(tmp_path)
    assert found["a.xml"] == "is packed by method 12; stored (0) and deflated (8) are read"
    assert found["b.xml"] == "is encrypted in its archive"
    assert found["c.zip"].startswith("the archive cannot be read")


# --- export, diff, validate ---


def test_what_is_written_is_chosen_and_nothing_is_written_over(tmp_path: Path) -> None:
    hub, back = hub_folder(tmp_path / "hub"), tmp_path / "back"
    taken(hub, packed(tmp_path / "a.zip", one=MODEL, two=CASE))
    listed, _ = run("export", "--list", "--data", hub)
    assert [row.split()[:3] for row in listed.splitlines()[1:]] == [["1", HEADER[9:], "CoreEquipment-EU"], ["2", OTHER[9:], "Topology-EU"]]
    run("export", "--profile", "topology", "--data", hub, "-o", back)
    assert [path.name for path in back.iterdir()] == [f"Topology-EU_{OTHER[9:]}.xml"]
    assert f"Topology-EU_{OTHER[9:]}.xml is there already" in run("export", "--all", "--data", hub, "-o", back, code=2)[1]
    assert len(list(back.iterdir())) == 1
    run("export", "--all", "--data", hub, "-o", back, "--force")
    assert {frozenset(said(path.read_bytes())) for path in back.iterdir()} == {frozenset(said(MODEL)), frozenset(said(CASE))}
    run("export", "--all", "--data", hub, "-o", tmp_path / "back.zip", "--zip")
    assert "2 taken, 0 taken before, 0 refused" in taken(hub_folder(tmp_path / "other"), tmp_path / "back.zip")[0]
    for arguments in (("--all",), (), ("--model", "7"), ("--all", "--zip"), ("--all", "-o", str(tmp_path / "a.zip"))):
        run("export", "--data", hub, *arguments, code=2)


def test_a_summary_says_what_changed_class_by_class(tmp_path: Path) -> None:
    new = document(line("2") + line(iri="urn:uuid:00000000-0000-4000-8000-000000000002"), OTHER)
    for name, data in (("old", MODEL), ("new", new)):
        (tmp_path / f"{name}.xml").write_bytes(data)
    out, err = run("diff", tmp_path / "old.xml", tmp_path / "new.xml", "--summary")
    assert out.splitlines()[1].split() == ["cim:ACLineSegment", "1", "0", "1"]
    assert "  - cim:ACLineSegment.r 1\n  + cim:ACLineSegment.r 2\n" in out
    assert err == ""
    assert run("diff", tmp_path / "old.xml", tmp_path / "old.xml", "--summary")[0] == "nothing changed\n"
    (tmp_path / "case.xml").write_bytes(CASE)
    assert "no two versions of one model" in run("diff", tmp_path / "old.xml", tmp_path / "case.xml")[1]


def test_findings_come_together_worst_first_and_as_json(tmp_path: Path) -> None:
    (tmp_path / "bad.xml").write_bytes(document(line("one") + line("two", iri="urn:uuid:00000000-0000-4000-8000-000000000002"), None))
    out, _ = run("validate", tmp_path, code=1)
    assert out.splitlines()[0] == f"Violation × 2: {tmp_path}/bad.xml: cim:ACLineSegment.r is no Float, the number of a Resistance (legal text)"
    assert out.splitlines()[-1] == "1 model: 2 Violation, 1 Warning"
    found = json.loads(run("validate", tmp_path, "--json", code=1)[0])
    assert found["counts"] == {"Violation": 2, "Unchecked": 0, "Warning": 1, "Info": 0}
    assert [one["severity"] for one in found["findings"]] == ["Violation", "Violation", "Warning"]


def test_models_without_a_violation_exit_0_and_unreadable_ones_2(tmp_path: Path) -> None:
    (tmp_path / "good.xml").write_bytes(MODEL)
    assert run("validate", tmp_path)[0] == "1 model: nothing found\n"
    (tmp_path / "good.xml").write_bytes(document('<cim:BaseVoltage rdf:ID="1"/>'))
    assert run("validate", tmp_path)[0].splitlines()[-1] == "1 model: 1 Warning"
    (tmp_path / "torn.xml").write_bytes(MODEL[:-9])
    assert "torn.xml: refused" in run("validate", tmp_path, code=2)[1]
