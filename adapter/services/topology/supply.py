"""What supplies each place of a grid, derived anew whenever a part of its model comes, with the history of what supplied it before.

The parts of one grid are the models of one modeling authority set, and those they depend on. A change holds from the moment the model is for
(`md:Model.scenarioTime`), or, where it says none with a zone, from when it came. Sources: IEC 61970-301; D4.1 §4.3.3.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

import pyoxigraph as ox

from adapter.exchange import Literal
from adapter.graph import Graph, turtle
from adapter.grid.datatypes import dialect_of
from adapter.grid.network import Network, Supply, read
from adapter.message import Message
from adapter.moments import within
from adapter.names import MODEL, XSD, expand, graph_iri, model_graph
from adapter.services.base import Memory, state_graph
from adapter.services.topology.links import SOURCE
from adapter.values import Instant

AUTHORITY, DEPENDS_ON, SCENARIO, PROFILE = (MODEL + name for name in ("Model.modelingAuthoritySet", "Model.DependentOn", "Model.scenarioTime", "Model.profile"))
ANY_URI = ox.NamedNode(XSD + "anyURI")
TERMS = {
    "node": "hub:atNode",
    "transformer": "hub:fedThrough",
    "feeder": "hub:fedByFeeder",
    "substation": "hub:fedBySubstation",
    "secondary": "hub:fedViaSubstation",
    "region": "hub:inRegion",
}
SUPPLIES, FROM, UNTIL = expand("hub:supplies"), expand("hub:holdsFrom"), expand("hub:holdsUntil")


@dataclass(frozen=True, slots=True)
class Dated:
    """What supplies a place from one moment until another; None for a moment that is not known."""

    supply: Supply
    begin: Instant | None = None
    end: Instant | None = None

    def holds(self, at: Instant) -> bool:
        return within(at, self.begin, self.end)


def graph_of(place: str) -> str:
    """The graph with what supplies a place, and did."""
    return state_graph("topology", "supply", place)


def of(memory: Memory, place: str) -> list[Dated]:
    """What supplies a place, and did, in the order of time."""
    return _history(memory.state(graph_of(place)), place)


def behind(memory: Memory, predicate: str, whole: str) -> Iterator[Dated]:
    """What supplies, or did, the places whose supply has *whole* for *predicate*, such as a substation for hub:fedBySubstation."""
    for name in memory.holding(expand(predicate), ox.NamedNode(whole)):
        graph = memory.state(name)
        for place in sorted({str(value) for said in graph.out.values() for value in said.get(SUPPLIES, ())}):
            yield from (one for one in _history(graph, place) if whole in one.supply.within())


def _history(graph: Graph, place: str) -> list[Dated]:
    found = []
    for node in graph.subjects(SUPPLIES, place):
        values = {name: str(graph.one(node, expand(term)) or "") for name, term in TERMS.items()}
        begin, end = (graph.one(node, term) for term in (FROM, UNTIL))
        found.append(Dated(Supply(**values), *(Instant.read(one.value) if isinstance(one, Literal) else None for one in (begin, end))))
    return sorted(found, key=lambda one: one.begin.epoch if one.begin is not None else -(2**62))


def derived(message: Message, memory: Memory) -> Iterator[tuple[str, str]]:
    """The graphs that change because a part of a grid model came."""
    network = of_grid(message, memory)
    now = _moment(message, memory)
    gaps = []
    for place, supplies in network.supplies().items():
        graph = graph_of(place)
        before = memory.state(graph)
        known = _history(before, place)
        after = changed(known, supplies, now)
        if after != known:
            sources = {*map(str, before.values(graph, SOURCE)), message.graph}
            yield graph, _text(graph, place, after, sorted(sources))
        if not supplies and len(network.nodes_of.get(place, ())) == 1:
            gaps.append(place)
    authorities = [authority for _, authority in memory.pairs(model_graph(message.graph), AUTHORITY)]
    yield _gaps(authorities or sorted(network.feeders), gaps, message)
    for substation, volts in network.voltages.items():
        yield state_graph("topology", "kind", substation), _kind(network, substation, sorted(volts), message.graph)


def changed(known: Sequence[Dated], supplies: Sequence[Supply], now: Instant) -> list[Dated]:
    """The history of a place after *supplies* was found to hold from *now* on; what is known first holds since ever."""
    standing = [one for one in known if one.end is None]
    if {one.supply for one in standing} == set(supplies):
        return list(known)
    # A model for an earlier moment than the last change does not rewrite what was known in between.
    now = max([now, *(one.begin for one in standing if one.begin is not None)], key=lambda one: one.epoch)
    kept = [one if one.end is not None or one.supply in supplies else replace(one, end=now) for one in known]
    added = [Dated(one, now if known else None) for one in supplies if one not in {other.supply for other in standing}]
    return [one for one in kept if one.begin is None or one.end is None or one.begin.epoch < one.end.epoch] + added


def of_grid(message: Message, memory: Memory) -> Network:
    """The network of all parts of the grid that *message* is a part of."""
    own, standard = model_graph(message.graph), message.mapping.standard.name if message.mapping is not None else ""
    return network_of(parts(own, standard, memory), memory)


def network_of(graphs: Sequence[str], memory: Memory) -> Network:
    """The network of models, given by their graphs; what a later one says of a switch goes before."""
    profiles = [profile for graph in graphs for _, profile in memory.pairs(graph, PROFILE)]
    return read(lambda name: chain.from_iterable(memory.pairs(graph, name) for graph in graphs), dialect_of(profiles))


def parts(own: str, standard: str, memory: Memory) -> list[str]:
    """The graphs of all models that make up the grid of the model in graph *own*, which comes last."""
    found: dict[str, None] = {}
    for _, authority in memory.pairs(own, AUTHORITY):
        for term in (ox.Literal(authority, datatype=ANY_URI), ox.Literal(authority)):  # as CIM types it; as a header may that types its texts itself
            found.update(dict.fromkeys(graph for graph in memory.holding(AUTHORITY, term) if graph == model_graph(graph)))
    found.pop(own, None)
    found[own] = None
    waiting = list(found)
    while waiting:
        for _, model in memory.pairs(waiting.pop(), DEPENDS_ON):
            graph = model_graph(graph_iri(standard, model))
            if graph not in found:
                found = {graph: None, **found}
                waiting.append(graph)
    return list(found)


def _moment(message: Message, memory: Memory) -> Instant:
    return scenario(model_graph(message.graph), memory) or memory.taken(message)


def scenario(graph: str, memory: Memory) -> Instant | None:
    """The moment the model in a graph is for; None where it says none with a zone."""
    for _, text in memory.pairs(graph, SCENARIO):
        try:
            found = Instant.read(text)
        except ValueError:
            continue
        if found.zoned:
            return found
    return None


def _text(graph: str, place: str, history: Sequence[Dated], sources: Sequence[str]) -> str:
    lines = []
    for number, one in enumerate(history, 1):
        said = [f"hub:supplies <{place}>"]
        said += [f"{term} <{value}>" for name, term in TERMS.items() if (value := getattr(one.supply, name))]
        said += [f'{term} "{at.text()}"^^xsd:dateTime' for term, at in (("hub:holdsFrom", one.begin), ("hub:holdsUntil", one.end)) if at is not None]
        lines.append(f"<#{number}.supply> a hub:Supply ; {' ; '.join(said)} .\n")
    lines.append(f"<{graph}> prov:wasDerivedFrom {', '.join(f'<{one}>' for one in sources)} .\n")
    return turtle(graph, "".join(lines))


def _gaps(key: Sequence[str], places: Sequence[str], message: Message) -> tuple[str, str]:
    """The equipment of a grid that nothing supplies, as far as is known now; *key* tells grids apart."""
    graph = state_graph("topology", "gap", *key)
    said = "".join(f"<{graph}> hub:leavesOut <{place}> .\n" for place in places)
    return graph, turtle(graph, f"<{graph}> a hub:SupplyGap ; prov:wasDerivedFrom <{message.graph}> .\n{said}")


def _kind(network: Network, substation: str, volts: Sequence[object], source: str) -> str:
    graph = state_graph("topology", "kind", substation)
    kind = network.kind(substation)
    said = f" ; a {kind}" if kind else ""
    ends = f'hub:lowestVoltage "{volts[0]}"^^xsd:decimal ; hub:highestVoltage "{volts[-1]}"^^xsd:decimal'
    return turtle(graph, f"<{substation}> {ends}{said} .\n<{graph}> prov:wasDerivedFrom <{source}> .\n")
