"""The benchmark of the hub runs, at a size at which its figures say nothing."""

from __future__ import annotations

from third_party import data

from benchmarks import grid
from benchmarks.hub.__main__ import Sizes, run, tables
from benchmarks.hub.growth import QUESTIONS

TINY = Sizes(rates=2, stored=(17,), memory=(2, 4), memory_of_rows=(2, 4), clients=(2,), sent=4)


def test_the_hub_is_measured() -> None:
    found = run(TINY)
    assert found["rates"]["points_per_s"] > 0
    assert found["http"]["2"]["messages"] == TINY.sent
    stored = found["stored"]
    assert stored["rebuild_messages"] == TINY.stored[-1]
    assert list(stored["sizes"]["17"]["questions_ms"]) == QUESTIONS
    assert set(found["memory"]["conversation"]["mib"]) == {"0", "2", "4"}
    assert len(list(tables(found))) == 7


def test_the_import_of_grids_is_measured_against_rdflib() -> None:
    folder = data("cim", "grid", "cimpy-switches-nb")
    found = grid.run([folder], rounds=1, tools=["rdflib", "ours", "hub"])[folder.name]
    assert found["ours"]["counted"] == found["rdflib"]["counted"]
    assert found["hub"]["counted"] == len(grid.files_of(folder))
    assert found["rdflib"]["time"] == 1
    assert len("\n".join(grid.table({folder.name: found})).splitlines()) == 5
