"""Where a feeder in its one-line form is drawn: the branch that carries most runs on to the right, all others hang below, and nothing overlaps."""

from __future__ import annotations

from dataclasses import dataclass, field

from adapter.grid.one_line import Branch, OneLine


@dataclass
class Layout:
    """Columns and rows, from 0: of every node, of every branch that leads nowhere (by equipment); how far the bar of a node reaches, and which branch runs on."""

    at: dict[str, tuple[int, int]] = field(default_factory=dict)
    ends: dict[str, tuple[int, int]] = field(default_factory=dict)
    reach: dict[str, int] = field(default_factory=dict)
    onward: dict[str, Branch | None] = field(default_factory=dict)
    columns: int = 0

    def place(self, branch: Branch) -> tuple[int, int]:
        return self.at[branch.node] if branch.node else self.ends[branch.equipment]


def layout(feeder: OneLine) -> Layout:
    """The places of a feeder: as many columns as it has leaves, and as many rows as branches hang below one another."""
    found = Layout()
    widths: dict[str, int] = {}
    for node in reversed(list(feeder.branches)):  # those further out were reached later
        branches = feeder.branches[node]
        onward = found.onward[node] = _onward(branches, widths)
        own = bool(feeder.standing[node]) + sum(_width(branch, widths) for branch in branches if branch is not onward)
        widths[node] = max(1, own) + (_width(onward, widths) if onward is not None else 0)
    for head, _ in feeder.heads:
        found.at[head] = (found.columns, 0)
        found.columns += widths[head]
    for node in feeder.branches:
        _spread(feeder, node, found, widths)
    return found


def _spread(feeder: OneLine, node: str, found: Layout, widths: dict[str, int]) -> None:
    """Place what leads on from a node."""
    column, row = found.at[node]
    free, onward = column + bool(feeder.standing[node]), found.onward[node]
    found.reach[node] = column
    for branch in feeder.branches[node]:
        if branch is not onward:
            found.reach[node] = free
            _put(branch, (free, row + 1), found)
            free += _width(branch, widths)
    if onward is not None:
        _put(onward, (max(free, column + 1), row), found)


def _put(branch: Branch, place: tuple[int, int], found: Layout) -> None:
    (found.at if branch.node else found.ends)[branch.node or branch.equipment] = place


def _onward(branches: list[Branch], widths: dict[str, int]) -> Branch | None:
    """The branch that runs on: the widest that leads somewhere at the same voltage, else one that ends."""
    level = [branch for branch in branches if branch.kind != "transformer"]
    return max(level, key=lambda branch: (bool(branch.node), _width(branch, widths)), default=None)


def _width(branch: Branch, widths: dict[str, int]) -> int:
    return widths[branch.node] if branch.node else 1
