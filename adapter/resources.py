"""Where the data folders are: inside the installed package, or beside it in a checkout."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

FOLDERS = ("ontologies", "mappings", "shapes", "sparql")


def folder(name: str) -> Traversable:
    """The data folder *name*, one of FOLDERS, as a Traversable (works in a wheel, a zip and a checkout).

    >>> folder("mappings").joinpath("exchanges").is_dir()
    True
    """
    packaged = files("adapter").joinpath("_data", name)
    if packaged.is_dir():
        return packaged
    return Path(str(files("adapter"))).parent / name


def walk(root: Traversable, suffix: str) -> list[tuple[str, Traversable]]:
    """All files below *root* whose name ends in *suffix*, as (relative path with slashes, file), sorted."""
    found: list[tuple[str, Traversable]] = []
    for entry in sorted(root.iterdir(), key=lambda item: item.name):
        if entry.is_dir():
            found += [(f"{entry.name}/{below}", file) for below, file in walk(entry, suffix)]
        elif entry.name.endswith(suffix):
            found.append((entry.name, entry))
    return found
