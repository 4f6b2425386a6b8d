"""Every third-party grid is held against the rules that need no shapes; what is found is known, and is in the files."""

from __future__ import annotations

from collections import Counter

import pytest
from third_party import data

from adapter.codecs import rdf
from adapter.grid.validation import validate

# By folder: how often each rule finds something, and how bad that is.
FOUND = {
    "cgmes24-microgrid-be": {},
    "cgmes24-minigrid-nb": {},
    "cgmes24-smallgrid-nb": {},
    "cgmes30-microgrid-be": {},
    "cgmes30-relicap-belgovia": {("Violation", "reference to something"): 1, ("Warning", "dependency given"): 2},
    "cimhub-distribution": {("Violation", "legal text"): 228, ("Warning", "header"): 3},  # isSmartInverter is written True and False
    "cimpy-cigre-mv": {("Violation", "reference to something"): 16},  # types of limits that no file describes
    "cimpy-switches-nb": {},
}


@pytest.mark.parametrize("folder", FOUND)
def test_what_the_rules_find_in_a_grid_is_what_is_wrong_with_it(folder: str) -> None:
    files = sorted(data("cim", "grid", folder).glob("*.xml"))
    findings = validate([(file.name, rdf.decode(file.read_bytes())) for file in files])
    counted = Counter((one.severity, one.shape) for one in findings if one.severity != "Info")

    assert counted == FOUND[folder]


def test_every_folder_of_grids_is_held_against_them() -> None:
    assert {path.name for path in data("cim", "grid").iterdir()} - {"difference-models"} == FOUND.keys()
