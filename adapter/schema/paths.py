"""The leaves of a schema and the leaves of a mapping, by the same paths: names from the root, without indexes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from adapter.scaffold.model import Place
from adapter.tree.spec import Branch, Leaf, Rows


@dataclass(frozen=True, slots=True)
class Said:
    """That a mapping speaks of a path; `leaf` is None for what is kept or ignored whole, with everything below it."""

    leaf: Leaf | None = None


@dataclass
class Known:
    """All paths a mapping speaks of."""

    leaves: dict[str, Leaf] = field(default_factory=dict)
    whole: set[str] = field(default_factory=set)

    def find(self, path: str) -> Said | None:
        """What the mapping says of *path*, or of a place above it that it takes as a whole; None for nothing."""
        if path in self.leaves:
            return Said(self.leaves[path])
        above = path
        while above:
            if above in self.whole:
                return Said()
            above = above.rpartition("/")[0]
        return None


def wanted(root: Place) -> Iterator[tuple[str, Place]]:
    """(path, leaf) of every leaf of a schema; the text of an element with attributes has the path of the element."""
    yield from _below(root, f"/{root.key}" if root.key else "")


def _below(place: Place, path: str) -> Iterator[tuple[str, Place]]:
    for child in place.children:
        below = path if child.key == "#" else f"{path}/{child.key}"
        if child.children:
            yield from _below(child, below)
        else:
            yield below, child


def mapped(root: Branch) -> Known:
    """Every path the tree of a mapping has a leaf for."""
    known = Known()
    _branch(root, f"/{root.key}" if root.key else "", known)
    return known


def _branch(branch: Branch, path: str, known: Known) -> None:
    if branch.rest:
        known.whole.add(path)
    for leaf in branch.attributes:
        known.leaves[f"{path}/@{leaf.key}"] = leaf
    if branch.text is not None:
        known.leaves[path] = branch.text
    for child in branch.children:
        below = f"{path}/{child.key}"
        if isinstance(child, Branch):
            _branch(child, below, known)
        elif isinstance(child, Rows):
            for leaf in child.columns:
                steps = [step.removesuffix("[]") for step in leaf.steps] or ["@" + leaf.key if leaf.kind == "attribute" else leaf.key]
                _leaf(leaf, "/".join((below, *steps)), known)
        else:
            _leaf(child, below, known)


def _leaf(leaf: Leaf, path: str, known: Known) -> None:
    known.leaves[path] = leaf
    if leaf.ignore or leaf.type.name == "json":
        known.whole.add(path)
