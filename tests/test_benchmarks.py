"""The benchmarks of the hub and of grid models run, at a size at which their figures say nothing."""

from __future__ import annotations

from pathlib import Path

from third_party import data

from benchmarks import grid, grid_scale
from benchmarks.grid_model import Shape, document
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


def test_a_generated_grid_is_measured(tmp_path: Path) -> None:
    """Two substations of two feeders, none of whose places is an orphan; the figures become one line each."""
    found = grid_scale.measured(tmp_path, 2, Shape(feeders=2, transformers=5, connections=40, sample=4))
    assert found["busy_paths"] > 0
    assert found["peak_mib"] >= found["idle_mib"] > 0
    lines = "\n".join(grid_scale.table([found])).splitlines()
    assert len(lines) == 2 + len(grid_scale.LINES) + 2
    assert "2000 substations take" in lines[-1]


def test_a_generated_substation_is_the_same_every_time_and_no_other() -> None:
    shape = Shape(feeders=3, transformers=7, connections=30, sample=5)
    first, again, other = ("".join(document(number, shape)) for number in (1, 1, 2))
    assert first == again != other
    assert first.count("<cim:Feeder ") == 3
    assert first.count("<cim:PowerTransformer ") == 1 + 7
    assert first.count("<cim:EnergyConsumer ") == 6
