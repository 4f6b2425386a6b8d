"""A grid for measurements: HV/MV substations with their feeders, MV/LV transformers and a sample of connections, of the shape D4.1 speaks of.

Each substation is one CIM100 file with a modeling authority set of its own, and one table of connections (mappings/table/connections.yaml). The same
number gives the same bytes: nothing is drawn by chance. What is between busbar and house is a chain per feeder, a load break switch at every tenth
transformer, and an open switch from its end to the end of the next feeder.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from adapter.names import CIM100, MODEL, RDF

REGION, SUBSTATION, LEVEL, FEEDER, NODE, BREAKER, LINE, SWITCH, TRANSFORMER, END, TERMINAL, CONSUMER, VOLTAGE, SOURCE, HEADER = range(1, 16)
VOLTS = ("110000", "10000", "400")
OHM_PER_KM = Decimal("0.206")
SWITCH_EVERY = 10  # transformers


@dataclass(frozen=True, slots=True)
class Shape:
    """What hangs on one HV/MV substation; one in *sample* connections is modelled and stands in the table."""

    feeders: int = 20
    transformers: int = 400
    connections: int = 18_000
    sample: int = 100

    def transformers_of(self, feeder: int) -> range:
        """The numbers of the transformers on a feeder, as even as they divide.

        >>> Shape(feeders=3, transformers=7).transformers_of(1)
        range(2, 4)
        """
        return range(self.transformers * feeder // self.feeders, self.transformers * (feeder + 1) // self.feeders)

    def connections_of(self, transformer: int) -> range:
        """The numbers of the sampled connections behind a transformer."""
        first, last = (self.connections * number // self.transformers for number in (transformer, transformer + 1))
        return range(-(-first // self.sample) * self.sample, last, self.sample)


def mrid(substation: int, kind: int, number: int) -> str:
    """The identifier of a thing: of which substation (from 0), which kind, which number.

    >>> mrid(1, FEEDER, 19)
    '00000001-0004-4000-8000-000000000013'
    """
    return f"{substation:08x}-{kind:04x}-4000-8000-{number:012x}"


def write(folder: Path, substation: int, shape: Shape) -> tuple[Path, Path]:
    """Write model and table of a substation, piece by piece; returns both paths."""
    model, table = folder / f"{substation:05}.xml", folder / f"{substation:05}.csv"
    with model.open("w", encoding="utf-8") as file:
        file.writelines(document(substation, shape))
    with table.open("w", encoding="utf-8", newline="") as file:
        file.writelines(connections(substation, shape))
    return model, table


def connections(substation: int, shape: Shape) -> Iterator[str]:
    """The table of connections, line by line."""
    yield "connection,name,meter,equipment,device,party,from,until\n"
    for transformer in range(shape.transformers):
        for number in shape.connections_of(transformer):
            code = f"{substation:05}-{number:05}"
            yield f"CONN-{code},House {number},METER-{code},{mrid(substation, CONSUMER, number)},,,2026-01-01T00:00:00Z,\n"


def zone(substation: int) -> str:
    """A table of one zone: what the first feeder of a substation supplies."""
    return f"zone,name,basis,member,kind,from,until\nZONE-{substation},Feeder 0,feeder,{mrid(substation, FEEDER, 0)},feeder,2026-01-01T00:00:00Z,\n"


def document(substation: int, shape: Shape) -> Iterator[str]:
    """The model as CIMXML, in pieces."""
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF xmlns:cim="{CIM100}" xmlns:md="{MODEL}" xmlns:rdf="{RDF}">\n'
    yield f'<md:FullModel rdf:about="urn:uuid:{mrid(substation, HEADER, 0)}">\n<md:Model.created>2026-01-10T07:00:00Z</md:Model.created>\n'
    yield "<md:Model.scenarioTime>2026-01-10T07:00:00Z</md:Model.scenarioTime>\n<md:Model.profile>urn:gridglot:benchmark:equipment</md:Model.profile>\n"
    yield f"<md:Model.modelingAuthoritySet>urn:gridglot:benchmark:{substation}</md:Model.modelingAuthoritySet>\n</md:FullModel>\n"
    made = _Model(substation, shape)
    yield from made.station()
    for feeder in range(shape.feeders):
        yield from made.feeder(feeder)
    yield "</rdf:RDF>\n"


class _Model:
    """The objects of one substation. Numbers: node 0 is the HV side, 1 the busbar, 2 + f the begin of feeder f; then MV and LV side of each transformer."""

    def __init__(self, substation: int, shape: Shape) -> None:
        self.at, self.shape = substation, shape
        self.terminals = 0

    def station(self) -> Iterator[str]:
        """Voltages, region, the HV/MV substation with its transformer, busbar and source."""
        for number, volts in enumerate(VOLTS):
            yield self._object("BaseVoltage", VOLTAGE, number, f"{volts} V", text={"BaseVoltage.nominalVoltage": volts})
        yield self._object("SubGeographicalRegion", REGION, 0, f"Region {self.at}")
        yield self._substation(0, f"Substation {self.at}", (0, 1))
        yield self._node(0, self._id(LEVEL, 0))
        yield self._node(1, self._id(LEVEL, 1))
        source = {"Equipment.EquipmentContainer": self._id(LEVEL, 0)}
        yield self._object("EnergySource", SOURCE, 0, "Grid", source, {"EnergySource.nominalVoltage": VOLTS[0]})
        yield self._terminal(self._id(SOURCE, 0), 1, 0)
        yield from self._transformer(0, (0, 1), (0, 1))

    def feeder(self, number: int) -> Iterator[str]:
        """A feeder: breaker, then line by line its transformers with what hangs behind them, and the open switch at its end."""
        breaker, before = self._id(BREAKER, number), 2 + number
        yield self._node(before, self._id(FEEDER, number))
        container = {"Equipment.EquipmentContainer": self._id(LEVEL, 1)}
        yield self._object("Breaker", BREAKER, number, f"Head {number}", container, {"Switch.normalOpen": "false"})
        yield self._terminal(breaker, 1, 1)
        yield self._terminal(breaker, 2, before)
        head = {"Feeder.NormalEnergizingSubstation": self._id(SUBSTATION, 0), "Feeder.NormalHeadTerminal": self._id(TERMINAL, self.terminals - 1)}
        yield self._object("Feeder", FEEDER, number, f"Feeder {self.at}.{number}", head)
        for transformer in self.shape.transformers_of(number):
            yield from self._stretch(number, transformer, before)
            before = self._mv(transformer)
        following = (number + 1) % self.shape.feeders
        end = (self.shape.transformers_of(following) or [0])[-1]
        yield from self._branch("LoadBreakSwitch", self._id(SWITCH, number), f"Tie {number}", number, (before, self._mv(end)), {"Switch.normalOpen": "true"})

    def _stretch(self, feeder: int, transformer: int, before: int) -> Iterator[str]:
        """From one transformer of a feeder to the next, with all that is behind it."""
        mv, lv = self._mv(transformer), self._mv(transformer) + 1
        yield self._node(mv, self._id(FEEDER, feeder))
        if transformer % SWITCH_EVERY:
            metres = Decimal(100 + transformer * 37 % 400)
            said = {"Conductor.length": f"{metres}", "ACLineSegment.r": f"{metres / 1000 * OHM_PER_KM}"}
            yield from self._branch("ACLineSegment", self._id(LINE, transformer), f"Line {transformer}", feeder, (before, mv), said)
        else:
            switch = self._id(SWITCH, self.shape.feeders + transformer)
            yield from self._branch("LoadBreakSwitch", switch, f"Switch {transformer}", feeder, (before, mv), {"Switch.normalOpen": "false"})
        yield self._substation(1 + transformer, f"Station {transformer}", (1, 2))
        yield self._node(lv, self._id(LEVEL, 3 * (1 + transformer) + 2))
        yield from self._transformer(1 + transformer, (mv, lv), (1, 2))
        for connection in self.shape.connections_of(transformer):
            consumer = {"Equipment.EquipmentContainer": self._id(LEVEL, 3 * (1 + transformer) + 2)}
            yield self._object("EnergyConsumer", CONSUMER, connection, f"House {connection}", consumer, {"EnergyConsumer.p": "4000"})
            yield self._terminal(self._id(CONSUMER, connection), 1, lv)

    def _mv(self, transformer: int) -> int:
        return 2 + self.shape.feeders + 2 * transformer

    def _substation(self, number: int, name: str, levels: tuple[int, ...]) -> str:
        said = self._object("Substation", SUBSTATION, number, name, {"Substation.Region": self._id(REGION, 0)})
        for level in levels:
            refers = {"VoltageLevel.Substation": self._id(SUBSTATION, number), "VoltageLevel.BaseVoltage": self._id(VOLTAGE, level)}
            said += self._object("VoltageLevel", LEVEL, 3 * number + level, f"{name} {VOLTS[level]}", refers)
        return said

    def _transformer(self, number: int, nodes: tuple[int, int], levels: tuple[int, int]) -> Iterator[str]:
        transformer = self._id(TRANSFORMER, number)
        yield self._object("PowerTransformer", TRANSFORMER, number, f"T{number}", {"Equipment.EquipmentContainer": self._id(SUBSTATION, number)})
        for at, (node, level) in enumerate(zip(nodes, levels, strict=True), 1):
            yield self._terminal(transformer, at, node)
            terminal = self._id(TERMINAL, self.terminals - 1)
            refers = {"TransformerEnd.Terminal": terminal, "TransformerEnd.BaseVoltage": self._id(VOLTAGE, level)}
            refers["PowerTransformerEnd.PowerTransformer"] = transformer
            yield self._object("PowerTransformerEnd", END, 2 * number + at, "", refers, {"TransformerEnd.endNumber": str(at)})

    def _branch(self, kind: str, branch: str, name: str, feeder: int, nodes: tuple[int, int], text: dict[str, str]) -> Iterator[str]:
        yield _written(kind, branch, name, {"Equipment.EquipmentContainer": self._id(FEEDER, feeder)}, text)
        for at, node in enumerate(nodes, 1):
            yield self._terminal(branch, at, node)

    def _node(self, number: int, container: str) -> str:
        return self._object("ConnectivityNode", NODE, number, "", {"ConnectivityNode.ConnectivityNodeContainer": container})

    def _terminal(self, equipment: str, at: int, node: int) -> str:
        self.terminals += 1
        refers = {"Terminal.ConductingEquipment": equipment, "Terminal.ConnectivityNode": self._id(NODE, node)}
        return self._object("Terminal", TERMINAL, self.terminals - 1, "", refers, {"ACDCTerminal.sequenceNumber": str(at)})

    def _object(self, kind: str, number: int, serial: int, name: str, refers: dict[str, str] | None = None, text: dict[str, str] | None = None) -> str:
        return _written(kind, self._id(number, serial), name, refers or {}, text or {})

    def _id(self, kind: int, number: int) -> str:
        return mrid(self.at, kind, number)


def _written(kind: str, iri: str, name: str, refers: dict[str, str], text: dict[str, str]) -> str:
    """An object as CIMXML."""
    said = {"IdentifiedObject.mRID": iri, **({"IdentifiedObject.name": name} if name else {}), **text}
    lines = [f"<cim:{term}>{value}</cim:{term}>\n" for term, value in said.items()]
    lines += [f'<cim:{term} rdf:resource="#_{other}"/>\n' for term, other in refers.items()]
    return f'<cim:{kind} rdf:ID="_{iri}">\n{"".join(lines)}</cim:{kind}>\n'
