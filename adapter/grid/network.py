"""The network of a grid model: what is connected to what, through which switches, and what every node is supplied by. Source: IEC 61970-301.

Read from the statements of all parts of a model together (equipment, switch states, topology, boundary), by property.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from adapter.grid.datatypes import Dialect, unit
from adapter.names import CIM100, TYPE

HIGH, LOW = Decimal(36_000), Decimal(1_000)  # volts; up to LOW is low voltage, up to HIGH medium voltage
MULTIPLIERS = {"none": Decimal(1), "k": Decimal(1000), "M": Decimal(1_000_000)}
Pairs = Callable[[str], Iterable[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class Supply:
    """What a place of the grid is supplied by; "" for what is not known. *transformer* is the last one before it that changes the voltage."""

    node: str = ""
    transformer: str = ""
    feeder: str = ""
    substation: str = ""  # that supplies the feeder, or, where there is no feeder, that holds the node
    secondary: str = ""  # that holds the transformer, or the node, where it is another one
    region: str = ""

    def within(self) -> tuple[str, ...]:
        """All that the place hangs on, from near to far."""
        return tuple(one for one in (self.node, self.transformer, self.secondary, self.feeder, self.substation, self.region) if one)


@dataclass
class Network:
    """Nodes, the equipment between them, and what contains what; identifiers are IRIs."""

    nodes_of: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    equipment_at: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    container: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)  # class without its namespace
    open: set[str] = field(default_factory=set)
    ratings: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))  # transformer → node → rated voltage as written
    feeders: dict[str, str] = field(default_factory=dict)  # feeder → the substation that normally supplies it
    heads: dict[str, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))  # feeder → (node, equipment behind it)
    regions: dict[str, str] = field(default_factory=dict)
    voltages: dict[str, set[Decimal]] = field(default_factory=lambda: defaultdict(set))  # substation → nominal voltages in V

    def places(self) -> Iterator[str]:
        """Every place at which something can be connected: all nodes, and all equipment that stands at nodes and does not only lead on."""
        yield from self.equipment_at
        for equipment, nodes in self.nodes_of.items():
            if len(nodes) == 1 or equipment in self.ratings:
                yield equipment

    def node(self, place: str) -> str:
        """The node of a place: that of the lowest voltage, for a transformer."""
        nodes = self.nodes_of.get(place)
        if not nodes:
            return place if place in self.equipment_at else ""
        rated = self.ratings.get(place)
        return min(rated, key=lambda node: _number(rated[node])) if rated else nodes[0]

    def holder(self, thing: str, kind: str) -> str:
        """The container of a kind (Substation, Feeder) around something, through as many containers as there are; "" for none."""
        for _ in range(8):
            if self.kinds.get(thing) == kind:
                return thing
            thing = self.container.get(thing, "")
        return ""

    def kind(self, substation: str) -> str:
        """HV/MV or MV/LV, by the voltages in it; "" for neither. HV is above 36 kV, LV at most 1 kV (EN 50160)."""
        known = self.voltages.get(substation) or {Decimal(0)}
        if max(known) > HIGH and min(known) <= HIGH:
            return "hub:PrimarySubstation"
        return "hub:SecondarySubstation" if LOW < max(known) <= HIGH and min(known) <= LOW else ""

    def changes_voltage(self, equipment: str) -> bool:
        """A transformer whose ends have different rated voltages; one of which nothing is known counts as such."""
        rated = self.ratings.get(equipment)
        return rated is not None and len({_number(text) for text in rated.values()}) != 1

    def trace(self, feeder: str) -> dict[str, str]:
        """Every node that the feeder supplies through closed switches, with the last transformer before it ("" for none)."""
        found: dict[str, str] = {}
        behind = {equipment for _, equipment in self.heads[feeder]}
        waiting = deque((node, "") for node, _ in self.heads[feeder])
        while waiting:
            node, transformer = waiting.popleft()
            if node in found:
                continue
            found[node] = transformer
            for equipment in self.equipment_at[node]:
                if equipment in self.open or equipment in behind:
                    continue
                through = equipment if self.changes_voltage(equipment) else transformer
                waiting.extend((other, through) for other in self.nodes_of[equipment] if other not in found)
        return found

    def supplies(self) -> dict[str, list[Supply]]:
        """What supplies every place: none where nothing does, several where feeders meet."""
        traced: dict[str, list[Supply]] = defaultdict(list)
        for feeder in self.feeders:
            for node, transformer in self.trace(feeder).items():
                traced[node].append(self._supply(node, feeder, transformer))
        found: dict[str, list[Supply]] = {}
        for place in self.places():
            node = self.node(place)
            found[place] = traced.get(node) or self._contained(node)
        return found

    def _supply(self, node: str, feeder: str, transformer: str) -> Supply:
        substation = self.feeders[feeder]
        own = self.holder(transformer, "Substation") or self.holder(node, "Substation")
        return Supply(node, transformer, feeder, substation, own if own != substation else "", self.regions.get(substation, ""))

    def _contained(self, node: str) -> list[Supply]:
        """A node belongs to the substation that holds it where feeders begin, or where none are modelled; elsewhere it is dark if no feeder reaches it."""
        substation = self.holder(node, "Substation")
        lit = substation and (not self.feeders or substation in self.feeders.values())
        return [Supply(node, substation=substation, region=self.regions.get(substation, ""))] if lit else []


def read(pairs: Pairs, dialect: Dialect = "base") -> Network:
    """The network of what *pairs* gives: subject and value of every statement with a property, of all parts of a model; *dialect* says in which units."""
    network = Network()
    for thing, kind in pairs(TYPE):
        network.kinds.setdefault(thing, kind.removeprefix(CIM100))
    _containers(network, pairs)
    terminals = _terminals(network, pairs)
    _switches(network, pairs)
    _transformers(network, pairs, terminals)
    _feeders(network, pairs, terminals)
    _voltages(network, pairs, MULTIPLIERS[unit("cim:BaseVoltage.nominalVoltage", dialect)[1]])
    return network


def _all(pairs: Pairs, *names: str) -> Iterator[tuple[str, str]]:
    for name in names:
        yield from pairs(CIM100 + name)


def _containers(network: Network, pairs: Pairs) -> None:
    names = ("Equipment.EquipmentContainer", "ConnectivityNode.ConnectivityNodeContainer", "TopologicalNode.ConnectivityNodeContainer")
    network.container.update(_all(pairs, *names, "Bay.VoltageLevel", "VoltageLevel.Substation"))
    network.regions.update(_all(pairs, "Substation.Region"))


def _terminals(network: Network, pairs: Pairs) -> dict[str, tuple[str, str]]:
    """Terminal → (equipment, node). A node is a connectivity node, or, in a model without them, a topological node."""
    off = {terminal for terminal, connected in _all(pairs, "ACDCTerminal.connected", "Terminal.connected") if connected == "false"}
    at = dict(_all(pairs, "Terminal.TopologicalNode"))
    at.update(_all(pairs, "Terminal.ConnectivityNode"))
    found: dict[str, tuple[str, str]] = {}
    order = dict(_all(pairs, "ACDCTerminal.sequenceNumber", "Terminal.sequenceNumber"))
    for terminal, equipment in sorted(_all(pairs, "Terminal.ConductingEquipment"), key=lambda pair: (_number(order.get(pair[0], "0")), pair[0])):
        node = at.get(terminal)
        if node is not None:
            found[terminal] = equipment, node
            if terminal not in off:
                network.nodes_of[equipment].append(node)
                network.equipment_at[node].append(equipment)
            else:
                network.equipment_at.setdefault(node, [])
    return found


def _switches(network: Network, pairs: Pairs) -> None:
    """A switch is as the state says; as it normally is, where no state is given."""
    state = dict(_all(pairs, "Switch.normalOpen"))
    state.update(_all(pairs, "Switch.open"))
    network.open |= {switch for switch, is_open in state.items() if is_open == "true"}
    network.open |= {equipment for equipment, works in _all(pairs, "Equipment.inService", "Equipment.normallyInService") if works == "false"}


def _transformers(network: Network, pairs: Pairs, terminals: Mapping[str, tuple[str, str]]) -> None:
    rated = dict(_all(pairs, "PowerTransformerEnd.ratedU"))
    base = dict(_all(pairs, "TransformerEnd.BaseVoltage"))
    nominal = dict(_all(pairs, "BaseVoltage.nominalVoltage"))
    for end, terminal in _all(pairs, "TransformerEnd.Terminal"):
        equipment, node = terminals.get(terminal, ("", ""))
        if node:
            network.ratings[equipment][node] = nominal.get(base.get(end, "")) or rated.get(end) or ""


def _feeders(network: Network, pairs: Pairs, terminals: Mapping[str, tuple[str, str]]) -> None:
    network.feeders.update({thing: "" for thing, kind in network.kinds.items() if kind == "Feeder"})
    network.feeders.update(_all(pairs, "Feeder.NormalEnergizingSubstation"))
    heads = [*_all(pairs, "Feeder.NormalHeadTerminal"), *((feeder, terminal) for terminal, feeder in _all(pairs, "Terminal.NormalHeadFeeder"))]
    for feeder, terminal in heads:
        equipment, node = terminals.get(terminal, ("", ""))
        if node:
            network.heads[feeder].append((node, equipment))
    for equipment, kind in network.kinds.items():
        feeder = network.container.get(equipment, "")
        if kind in ("EnergySource", "ExternalNetworkInjection") and feeder in network.feeders and network.nodes_of.get(equipment):
            network.heads[feeder].append((network.nodes_of[equipment][0], equipment))


def _voltages(network: Network, pairs: Pairs, multiplier: Decimal) -> None:
    """The voltages of a substation: of its voltage levels, of the transformers in it, and of the sources of the feeders it supplies."""
    nominal = dict(_all(pairs, "BaseVoltage.nominalVoltage"))
    found = [(network.holder(level, "Substation"), nominal.get(base, "")) for level, base in _all(pairs, "VoltageLevel.BaseVoltage")]
    found += [(network.holder(transformer, "Substation"), text) for transformer, rated in network.ratings.items() for text in rated.values()]
    source = dict(_all(pairs, "EnergySource.nominalVoltage"))
    for feeder, heads in network.heads.items():
        found += [(network.feeders[feeder], source.get(equipment, "")) for _, equipment in heads]
    for substation, text in found:
        volts = _number(text)
        if substation and volts.is_finite():
            network.voltages[substation].add(volts * multiplier)


def _number(text: str) -> Decimal:
    """A number as written; infinite for a text that is none."""
    try:
        return Decimal(text)
    except InvalidOperation:
        return Decimal("inf")
