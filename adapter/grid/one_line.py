"""The one-line form of a feeder: from its head outward, every node once, with what leads on from it, what ends there, and what stands there."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from adapter.grid.network import Network

QUIET = ("BusbarSection", "Junction", "ConnectivityNode", "Ground")  # one-terminal equipment that is the node itself, so to say
SWITCHES = (  # IEC 61970-301, Wires: Switch and its subclasses
    *("Switch", "Breaker", "Cut", "DisconnectingCircuitBreaker", "Disconnector", "Fuse", "GroundDisconnector", "Jumper", "LoadBreakSwitch"),
    *("ProtectedSwitch", "Recloser", "Sectionaliser"),
)


@dataclass(frozen=True, slots=True)
class Branch:
    """Equipment that leads on from a node: to another one, or, where *node* is "", to nothing that the feeder supplies through it.

    *state*: "" in service; open, for a switch; out, for other equipment out of service; ring, where both its ends are supplied without it.
    *beyond*: the node at its other side, where *state* says something.
    """

    equipment: str
    kind: str  # line, switch, regulator, transformer
    node: str = ""
    state: str = ""
    beyond: str = ""


@dataclass
class OneLine:
    """A feeder: its heads, then for every node, by the order in which they are reached, what leads on and what stands there."""

    feeder: str
    heads: list[tuple[str, str]]  # (node, equipment before it)
    branches: dict[str, list[Branch]] = field(default_factory=dict)
    standing: dict[str, list[str]] = field(default_factory=dict)

    @property
    def equipment(self) -> Iterable[str]:
        """All that is in it, each once."""
        yield from (before for _, before in self.heads)
        yield from (branch.equipment for branches in self.branches.values() for branch in branches)
        yield from (one for standing in self.standing.values() for one in standing)


def one_line(network: Network, feeder: str) -> OneLine:
    """The one-line form of a feeder of *network*: its nodes are those of `Network.trace`. Equipment stands where it is met first."""
    heads = list(dict(network.heads[feeder]).items())
    found, seen = OneLine(feeder, heads), {before for _, before in network.heads[feeder]}
    waiting = deque(node for node, _ in heads)
    reached = set(waiting)
    while waiting:
        node = waiting.popleft()
        branches = found.branches[node] = list[Branch]()
        standing = found.standing[node] = list[str]()
        for equipment in network.equipment_at[node]:
            if equipment in seen:
                continue
            seen.add(equipment)
            others = [other for other in network.nodes_of[equipment] if other != node]
            if not others:
                standing += [equipment] * (network.kinds.get(equipment) not in QUIET)
                continue
            for branch in _leading(network, equipment, others, reached):
                branches.append(branch)
                if branch.node:
                    reached.add(branch.node)
                    waiting.append(branch.node)
    return found


def _leading(network: Network, equipment: str, others: list[str], reached: set[str]) -> list[Branch]:
    """The branches that equipment makes: one to each node it newly reaches, else one that says why there is none."""
    kind = kind_of(network, equipment)
    if equipment in network.open:
        return [Branch(equipment, kind, state="open" if kind == "switch" else "out", beyond=others[0])]
    new = [other for other in dict.fromkeys(others) if other not in reached]
    return [Branch(equipment, kind, other) for other in new] or [Branch(equipment, kind, state="ring", beyond=others[0])]


def kind_of(network: Network, equipment: str) -> str:
    """How equipment is drawn: transformer where it changes the voltage, regulator where a transformer does not."""
    if equipment in network.ratings:
        return "transformer" if network.changes_voltage(equipment) else "regulator"
    return "switch" if network.kinds.get(equipment) in SWITCHES else "line"
