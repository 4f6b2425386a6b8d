"""What a picture of feeders shows: their network as the models in the hub had it at a moment, and the connections and zones of that moment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

import pyoxigraph as ox

from adapter.codecs.rdf_names import objects_called
from adapter.errors import UsageError
from adapter.frames import Frame
from adapter.grid.model import STANDARD
from adapter.grid.network import Network
from adapter.grid.one_line import OneLine, one_line
from adapter.grid.picture import Connection, Sheet, picture
from adapter.names import CIM100, model_graph
from adapter.relations.identifiers import bare_mrid
from adapter.services.base import Memory, state_graph
from adapter.services.topology import links, paths, supply
from adapter.services.topology.links import SOURCE
from adapter.values import Instant

NAME = CIM100 + "IdentifiedObject.name"
MOST = 40  # feeders in one picture


def drawn(memory: Memory, code: str, at: Instant) -> str:
    """The SVG of a feeder (code, name or mRID), or of all feeders that supply a zone (code).

    *Raises* `UsageError` for a code that names neither, several feeders of one name, and a moment whose switch states are no longer in the store.
    """
    feeders = _feeders(memory, code, at)
    zones: dict[str, str] = {}
    sheets = [_sheet(memory, feeder, at, zones) for feeder in feeders]
    title = f"Feeder {sheets[0].title}" if len(sheets) == 1 else f"{code}: {len(sheets)} feeders"
    return picture(sheets, title, at.text(), dict(sorted(zones.items())))


def _feeders(memory: Memory, code: str, at: Instant) -> list[Frame]:
    literal = ox.Literal(code)
    found = [frame for name in ("dcterms:identifier", "hub:name") for frame in links.about(memory, "TC2", name, literal)]
    found += _known(memory, objects_called(code))
    different = {str(frame.values["feeder"]): frame for frame in found}
    if len(different) > 1:
        raise UsageError(f"{len(different)} feeders are called {code!r}", f"Name one by its mRID: {', '.join(map(bare_mrid, sorted(different)))}.")
    if different:
        return list(different.values())
    members = [str(link.values["member"]) for link in links.about(memory, "TC5", "dcterms:identifier", literal) if links.holds(link, at)]
    supplied = {one for member in members for one in _of_member(memory, member, at)}
    if not supplied:
        raise UsageError(f"no feeder and no zone with a feeder is called {code!r}", "Give the code, name or mRID of a feeder, or the code of a zone.")
    if len(supplied) > MOST:
        raise UsageError(f"{len(supplied)} feeders supply {code}", f"A picture has room for {MOST}: name one of them.")
    return _known(memory, sorted(supplied))


def _known(memory: Memory, feeders: Sequence[str]) -> list[Frame]:
    found = (memory.lib.matchers["TC2"].match(memory.state(state_graph("topology", "TC2", feeder)), feeder) for feeder in feeders)
    return [frame for frame in found if frame is not None]


def _of_member(memory: Memory, member: str, at: Instant) -> Iterator[str]:
    """The feeders behind a member of a zone: itself, those of a substation or region, or what supplies a node, a transformer, equipment or a connection."""
    if _known(memory, [member]):
        yield member
        return
    equipment = [str(link.values["equipment"]) for link in links.read(memory, "TC1", member) if link.values.get("equipment") and links.holds(link, at)]
    for place in (member, *equipment):
        yield from (one.supply.feeder for one in supply.of(memory, place) if one.holds(at) and one.supply.feeder)
    for predicate in ("hub:fedBySubstation", "hub:fedViaSubstation", "hub:inRegion"):
        for one in supply.behind(memory, predicate, member):
            if one.holds(at) and one.supply.feeder:
                yield one.supply.feeder


def _sheet(memory: Memory, frame: Frame, at: Instant, zones: dict[str, str]) -> Sheet:
    """What one feeder's part says; adds its zones to *zones*."""
    feeder = str(frame.values["feeder"])
    graphs = _graphs(memory, feeder, at)
    network = supply.network_of(graphs, memory)
    line = one_line(network, feeder)
    _check(memory, line, at)
    names = dict(chain.from_iterable(memory.pairs(graph, NAME) for graph in graphs))
    places = [*line.branches, *chain.from_iterable(line.standing.values())]
    connections = {place: found for place in places if (found := _connections(memory, place, at, zones))}
    substation = network.feeders.get(feeder, "")
    title = str(frame.values.get("name") or frame.values["code"])
    return Sheet(line, title, names.get(substation, bare_mrid(substation)), names, connections, _beyond(network, line, names), frozenset(network.open))


def _graphs(memory: Memory, feeder: str, at: Instant) -> list[str]:
    """The graphs of the models of a feeder's grid that were there at a moment: the one that describes it, and the others for no later moment."""
    graph = state_graph("topology", "TC2", feeder)
    said = [model_graph(str(source)) for source in memory.state(graph).values(graph, SOURCE)]
    parts = [part for own in said for part in supply.parts(own, STANDARD, memory)]
    moments = {part: supply.scenario(part, memory) for part in parts}
    kept = [part for part, moment in moments.items() if part in said or moment is None or moment.epoch <= at.epoch]
    return sorted(kept, key=lambda part: moment.epoch if (moment := moments[part]) is not None else -(2**62))


def _check(memory: Memory, line: OneLine, at: Instant) -> None:
    """*Raises* `UsageError` where the hub knows that something else was supplied then: the models of that moment were replaced since."""
    for node in line.branches:
        if not any(one.holds(at) and one.supply.feeder == line.feeder for one in supply.of(memory, node)):
            says = f"the switch states of {at.text()} were replaced by later ones: {bare_mrid(node)} was not supplied by this feeder then"
            raise UsageError(says, "Ask for a later moment; gridglot grid path answers for any.")


def _connections(memory: Memory, place: str, at: Instant, zones: dict[str, str]) -> list[Connection]:
    """The connections that hang on a place at a moment, by code."""
    found: dict[str, Connection] = {}
    for link in links.about(memory, "TC1", "hub:servesEquipment", ox.NamedNode(place)):
        if links.holds(link, at) and str(link.values.get("equipment")) == place:
            belongs = {zone.code: zone.name for path in paths.of_link(memory, link, at) for zone in path.zones}
            zones.update(belongs)
            code = str(link.values["code"])
            found[code] = Connection(code, str(link.values.get("name") or ""), tuple(sorted(belongs)))
    return [found[code] for code in sorted(found)]


def _beyond(network: Network, line: OneLine, names: dict[str, str]) -> dict[str, str]:
    """What holds the node behind each branch that ends: the feeder or substation, by name."""
    ends = {branch.beyond for branches in line.branches.values() for branch in branches if branch.state}
    holders = {node: network.holder(node, "Feeder") or network.holder(node, "Substation") for node in ends}
    return {node: names.get(holder, "") for node, holder in holders.items() if holder}
