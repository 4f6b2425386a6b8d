"""From a meter, a connection or a piece of equipment to transformer, feeder, substation and zones, at any moment. Source: D4.1 §4.3.3."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import pyoxigraph as ox

from adapter.codecs.rdf_names import objects_called
from adapter.errors import UsageError
from adapter.frames import Frame
from adapter.grid.network import Supply
from adapter.names import expand, identifier_iri, identifier_of
from adapter.relations.identifiers import ADDRESSED, bare_mrid
from adapter.services.base import Memory, state_graph
from adapter.services.topology import links, supply
from adapter.values import Instant


@dataclass(frozen=True, slots=True)
class Place:
    """Something of the grid: its IRI, the code the operator gives it, its name ("" for none)."""

    iri: str
    code: str
    name: str = ""

    def __str__(self) -> str:
        return f"{self.code} ({self.name})" if self.name and self.name != self.code else self.code


@dataclass(frozen=True, slots=True)
class Path:
    """One way from a place to what supplies it; None where nothing is known. Several for one place: feeders meet, or several meters stand there."""

    connection: Place | None
    meter: Place | None
    device: Place | None
    equipment: Place | None
    supply: Supply | None
    transformer: Place | None
    feeder: Place | None
    secondary: Place | None
    substation: Place | None
    zones: tuple[Place, ...]
    begin: Instant | None = None
    end: Instant | None = None


def paths(memory: Memory, code: str, at: Instant) -> list[Path]:
    """The ways of a connection, a meter or a flexibility node (by code), a device (as SCHEME/code) or equipment (by mRID) at a moment.

    *Raises* `UsageError` for a code that names nothing known.
    """
    literal = ox.Literal(code)
    found = [*links.about(memory, "TC1", "dcterms:identifier", literal), *links.about(memory, "TC1", "saref:hasIdentifier", literal)]
    mine = [link for link in found if code in (link.values.get("code"), link.values.get("meter_code"))]
    scheme, _, rest = code.partition("/")
    mine += links.about(memory, "TC1", "hub:controlledBy", ox.NamedNode(identifier_iri(scheme, rest))) if rest and ":" not in scheme else ()
    if mine:
        standing = [link for link in mine if links.holds(link, at)]
        return [path for link in standing for path in of_link(memory, link, at)]
    nodes = [str(link.values["grid_node"]) for link in links.about(memory, "TC4", "dcterms:identifier", literal) if link.values.get("grid_node") is not None]
    for iri in dict.fromkeys((*nodes, code, *objects_called(code))):
        history = supply.of(memory, iri) if ":" in iri and " " not in iri else []
        if history:
            return list(of_place(memory, None, iri, at))
    raise UsageError(
        f"nothing here is called {code!r}",
        "Give the code of a meter, connection or node, SCHEME/code of a device, or the mRID of equipment; gridglot grid orphans lists what hangs nowhere.",
    )


def of_link(memory: Memory, link: Frame, at: Instant) -> Iterator[Path]:
    """The ways of what stands at a connection."""
    equipment = link.values.get("equipment")
    yield from of_place(memory, link, str(equipment) if equipment is not None else "", at)


def of_place(memory: Memory, link: Frame | None, equipment: str, at: Instant) -> Iterator[Path]:
    """The ways of equipment or a node, at which *link* hangs, if that is asked."""
    supplies = [one.supply for one in supply.of(memory, equipment) if one.holds(at)] if equipment else []
    either: Sequence[Supply | None] = supplies or [None]
    for one in either:
        around = one.within() if one is not None else ()
        point = str(link.values["connection"]) if link is not None else ""
        yield Path(
            None if link is None else Place(point, str(link.values["code"]), str(link.values.get("name") or "")),
            _meter(link),
            _device(link),
            Place(equipment, bare_mrid(equipment)) if equipment else None,
            one,
            _place(memory, "", one.transformer) if one is not None else None,
            _place(memory, "TC2", one.feeder) if one is not None else None,
            _place(memory, "TC3", one.secondary) if one is not None else None,
            _place(memory, "TC3", one.substation) if one is not None else None,
            tuple(zones(memory, filter(None, (point, equipment, *around)), at)),
            None if link is None else link.values.get("begin"),
            None if link is None else link.values.get("end"),
        )


def zones(memory: Memory, members: Iterable[str], at: Instant) -> list[Place]:
    """The zones to which one of *members* belongs at a moment."""
    found = {}
    for member in members:
        for link in links.read(memory, "TC5", member):
            if links.holds(link, at):
                zone = str(link.values["zone"])
                found[zone] = Place(zone, str(link.values["code"]), str(link.values.get("name") or ""))
    return sorted(found.values(), key=lambda place: place.code)


def called(memory: Memory, iri: str) -> list[str]:
    """Where in the grid model the flexibility node is that an identifier names, as requests and offers name it."""
    scheme, code = identifier_of(iri) or ("", "")
    found: dict[str, None] = {}
    for text in (code, f"{ADDRESSED.get(scheme, scheme.lower())}.{code}"):
        for link in links.about(memory, "TC4", "dcterms:identifier", ox.Literal(text)) if code else ():
            said = str(link.values.get("scheme") or "")
            if said.upper() in (scheme, ADDRESSED.get(scheme, scheme).upper()) and link.values.get("grid_node") is not None:
                found[str(link.values["grid_node"])] = None
    return list(found)


def nodes(memory: Memory, around: Iterable[str]) -> list[str]:
    """The flexibility nodes at one of the places *around*."""
    found: dict[str, None] = {}
    for place in around:
        for link in links.about(memory, "TC4", "hub:atGridNode", ox.NamedNode(place)):
            found[str(link.values["node"])] = None
    return sorted(found)


def _meter(link: Frame | None) -> Place | None:
    meter = None if link is None else link.values.get("meter")
    return None if meter is None or link is None else Place(str(meter), str(link.values.get("meter_code") or bare_mrid(str(meter))))


def _device(link: Frame | None) -> Place | None:
    device = None if link is None else link.values.get("device")
    known = identifier_of(str(device))
    return None if device is None else Place(str(device), known[1] if known is not None else str(device))


def _place(memory: Memory, row: str, iri: str) -> Place | None:
    """A feeder or substation with the code that was last said of it, anything else with its mRID."""
    if not iri:
        return None
    if row:
        graph = memory.state(state_graph("topology", row, iri))
        frame = memory.lib.matchers[row].match(graph, iri)
        if frame is not None and frame.values.get("code") is not None:
            return Place(iri, str(frame.values["code"]), str(frame.values.get("name") or ""))
    known = identifier_of(iri)
    return Place(iri, known[1] if known is not None else bare_mrid(iri))


def every_link(memory: Memory) -> Iterator[Frame]:
    """All that stands, or stood, at any connection."""
    return links.about(memory, "TC1", "rdf:type", ox.NamedNode(expand("hub:Installation")))


def as_json(path: Path) -> dict[str, Any]:
    """A path as plain values: each place with its IRI, code and name; what is not known is left out."""
    places = {name: getattr(path, name) for name in ("connection", "meter", "device", "equipment", "transformer", "secondary", "feeder", "substation")}
    found: dict[str, Any] = {name: asdict(place) for name, place in places.items() if place is not None}
    found["zones"] = [asdict(zone) for zone in path.zones]
    found |= {name: at.text() for name, at in (("begin", path.begin), ("end", path.end)) if at is not None}
    return found
