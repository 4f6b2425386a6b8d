"""What cimpy does when it is used alone: the faults for which docs/standards/cim.md says why grids do not come in through it."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from cimpy_models import B1, breaker, eq, files
from pages import DOCS, text
from third_party import data

from adapter.grid.cimpy_fence import classes

cimpy = pytest.importorskip("cimpy")
VERSION = "cgmes_v2_4_15"


def test_cimpy_alone_reads_nothing_of_a_feeder_in_cim100_and_says_nothing() -> None:
    assert cimpy.cim_import([str(data("cim", "grid", "cimhub-distribution", "IEEE13.xml"))], VERSION)["topology"] == {}


def test_cimpy_alone_ends_at_a_model_of_cgmes_3() -> None:
    streams = [BytesIO(one) for one in files("cgmes30-microgrid-be")]
    with pytest.raises(ValueError, match="invalid literal for int"):
        cimpy.cim_import(streams, VERSION)


def test_cimpy_lacks_the_classes_that_the_page_names() -> None:
    named = re.search(r"has no class ([\w, ]+) \((\d+) classes in all\)", text(DOCS / "standards" / "cim.md"))
    assert named is not None
    assert set(named[1].split(", ")) & classes() == set()
    assert len(classes()) == int(named[2])


def written_by_cimpy(given: list[bytes], folder: Path, change: Callable[[Any], None] = lambda one: None) -> str:
    """What cimpy exports of *given* after *change* of the breaker, all files in one text."""
    result = cimpy.cim_import([BytesIO(one) for one in given], VERSION)
    change(result["topology"][B1])
    cimpy.cim_export(result, str(folder / "model"), VERSION, ["EQ"])
    return "".join(path.read_text(encoding="utf-8") for path in folder.iterdir())


def test_cimpy_alone_exports_no_closed_switch(tmp_path: Path) -> None:
    said = "<cim:Switch.normalOpen>false</cim:Switch.normalOpen>"
    assert "normalOpen" not in written_by_cimpy([eq(breaker(said))], tmp_path)


@pytest.mark.parametrize("name", ["100 %", "a@b"])
def test_cimpy_alone_exports_no_text_with_its_own_signs(name: str, tmp_path: Path) -> None:
    assert f">{name}<" not in written_by_cimpy([eq(breaker())], tmp_path, lambda one: setattr(one, "name", name))


def test_cimpy_alone_ends_the_process_when_a_file_is_there_and_fails_for_a_profile_without_objects(tmp_path: Path) -> None:
    result = cimpy.cim_import([BytesIO(eq(breaker()))], VERSION)
    with pytest.raises(RuntimeError, match="Profile TP not available"):
        cimpy.cim_export(result, str(tmp_path / "model"), VERSION, ["EQ", "TP"])
    with pytest.raises(SystemExit):
        cimpy.cim_export(result, str(tmp_path / "model"), VERSION, ["EQ"])


def test_cimpy_alone_reads_an_empty_text_as_none_and_one_as_false() -> None:
    given = re.sub(rb">B1<", b"><", eq(breaker("<cim:Switch.normalOpen>1</cim:Switch.normalOpen>")))
    one = cimpy.cim_import([BytesIO(given)], VERSION)["topology"][B1]
    assert (one.name, one.normalOpen) == ("None", False)
