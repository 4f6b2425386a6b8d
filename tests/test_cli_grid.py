"""Whole grid models of others go in and come back by the command line, from folders and archives, in any order."""

from __future__ import annotations

import re
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from grid_commands import body, hub_folder, run, said, taken
from third_party import data

from adapter.grid import model
from adapter.grid.difference import apply

GRIDS = data("cim", "grid")
FOLDERS = [folder for folder in sorted(GRIDS.iterdir()) if folder.name != "difference-models"]
BASE = GRIDS / "cgmes30-microgrid-be" / "20171002T0930Z_ENTSO-E_EQ_BD_2.xml"
DIFFERENCE = GRIDS / "difference-models" / "MicroGrid-BD-MAS-diff.xml"


def archive_of(folder: Path, path: Path) -> Path:
    """The files of a folder in a ZIP archive."""
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for file in sorted(folder.iterdir()):
            archive.write(file, f"models/{file.name}")
    return path


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_grid_goes_in_whole_and_comes_back_with_every_statement(folder: Path, tmp_path: Path) -> None:
    """From an archive; then from the folder, which is the same: nothing has a second effect."""
    files, hub = sorted(folder.glob("*.xml")), hub_folder(tmp_path / "hub")
    out, _ = taken(hub, archive_of(folder, tmp_path / "grid.zip"))
    assert f"{len(files)} files: {len(files)} taken, 0 taken before, 0 refused" in out
    assert f"0 taken, {len(files)} taken before, 0 refused" in taken(hub, folder)[0]
    run("export", "--all", "--data", hub, "-o", tmp_path / "back")
    back = [said(file.read_bytes()) for file in (tmp_path / "back").iterdir()]
    assert len(back) == len(files)
    for file in files:
        assert said(file.read_bytes()) in back, file.name


def test_rows_are_counted(tmp_path: Path) -> None:
    """228 usage points, after the feeders they are read with, which stand in files with later names."""
    out, err = taken(hub_folder(tmp_path), GRIDS / "cimhub-distribution")
    assert re.search(r"^3 \S+endDevicesAndUsagePoints\.xml: no header, 2280 statements \(TC1: 228\): taken, ", out, re.MULTILINE)
    assert "3 files: 3 taken, 0 taken before, 0 refused, 1 skipped; 18832 statements (TC1: 228, TC2: 2, TC3: 2)" in out
    assert "license.md: skipped: is neither XML, a table we know, nor a ZIP archive" in err


def test_a_difference_is_taken_after_its_base_in_whatever_order_they_are_named(tmp_path: Path) -> None:
    hub = hub_folder(tmp_path)
    out, _ = taken(hub, DIFFERENCE, BASE)
    assert re.search(r"^2 \S+MicroGrid-BD-MAS-diff\.xml: difference of EquipmentBoundary-EU, 30 statements: taken, replaces 1, ", out, re.MULTILINE)
    whole = model.write(apply(model.read(BASE.read_bytes()), model.read(DIFFERENCE.read_bytes())))
    assert said(run("export", "--model", "52014a99-7471-4361-9cad-4353f08a0efa", "--data", hub)[0].encode()) == said(whole)
    assert said(run("export", "--model", "1", "--data", hub)[0].encode()) == said(BASE.read_bytes())


def test_a_difference_without_its_base_is_refused_and_taken_once_the_base_is_there(tmp_path: Path) -> None:
    hub = hub_folder(tmp_path)
    _, err = taken(hub, DIFFERENCE, code=1)
    assert "changes urn:uuid:536f9bf1-3f8f-a546-87e3-7af2272f29b7, which this hub has not taken" in err
    taken(hub, BASE)
    assert "taken, replaces 1" in taken(hub, DIFFERENCE)[0]


def test_the_difference_of_two_versions_makes_the_later_one(tmp_path: Path) -> None:
    hub, later, change = hub_folder(tmp_path / "hub"), tmp_path / "later.xml", tmp_path / "change.xml"
    text = BASE.read_text(encoding="utf-8").replace("220 kV", "221 kV").replace("536f9bf1-3f8f-a546-87e3-7af2272f29b7", "536f9bf1-3f8f-a546-87e3-7af2272f29b8")
    later.write_text(text, encoding="utf-8")
    out, _ = run("diff", BASE, later, "--summary", "-o", change)
    assert "  - cim:IdentifiedObject.name 220 kV\n  + cim:IdentifiedObject.name 221 kV\n" in out.replace(
        "  + cim:IdentifiedObject.description Base Voltage 221 kV\n", ""
    )
    taken(hub, change, BASE)
    run("export", "--all", "--data", hub, "-o", tmp_path / "back.xml")
    assert body((tmp_path / "back.xml").read_bytes()) == body(later.read_bytes()) != body(BASE.read_bytes())
    assert run("diff", "2", later, "--data", hub, "--summary")[0] == "nothing changed\n"


def test_official_models_are_held_against_our_rules_together(tmp_path: Path) -> None:
    """One model refers to what another describes; alone it has loose ends."""
    folder = GRIDS / "cgmes30-microgrid-be"
    assert "8 models: nothing found\n" in run("validate", folder)[0]
    out, _ = run("validate", next(folder.glob("*_TP_*")), next(folder.glob("*_SV_*")), code=1)
    assert out.startswith("Violation × ")
    assert "is an object that no model given describes (reference to something)" in out
