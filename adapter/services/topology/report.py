"""What hangs nowhere, and what hangs twice: the faults in connections and grid models that leave a place without one answer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from adapter.names import TYPE, expand
from adapter.relations.identifiers import bare_mrid
from adapter.services.base import Memory
from adapter.services.topology import links, supply
from adapter.services.topology.paths import every_link
from adapter.values import Instant

LEFT_OUT = expand("hub:leavesOut")
KINDS = {
    "connection without equipment": "no table or model says at which equipment or node it hangs",
    "equipment not modelled": "no grid model that was taken has the equipment",
    "without supply": "no feeder reaches it through closed switches, and no substation holds it",
    "several supplies": "feeders meet there: open a switch in the model, or mend its state",
    "meter twice": "the meter stands at several connections at once",
}


@dataclass(frozen=True, slots=True)
class Orphan:
    """One place without exactly one answer: what kind of fault (a key of KINDS), the code of the place, what is known of it."""

    kind: str
    place: str
    known: str = ""


def orphans(memory: Memory, at: Instant, told: Callable[[int], None] = lambda number: None) -> Iterator[Orphan]:
    """Everything that hangs nowhere or twice at a moment; *told* hears how many connections were looked at."""
    meters: dict[str, set[str]] = defaultdict(set)
    for number, link in enumerate(every_link(memory), 1):
        told(number)
        if not links.holds(link, at):
            continue
        code, equipment = str(link.values["code"]), link.values.get("equipment")
        if link.values.get("meter") is not None:
            meters[str(link.values.get("meter_code") or link.values["meter"])].add(code)
        if equipment is None:
            yield Orphan("connection without equipment", code)
            continue
        yield from _of_equipment(memory, code, str(equipment), at)
    for meter, codes in sorted(meters.items()):
        if len(codes) > 1:
            yield Orphan("meter twice", meter, ", ".join(sorted(codes)))
    for graph in memory.holding(TYPE, ox.NamedNode(expand("hub:SupplyGap"))):
        for _, place in memory.pairs(graph, LEFT_OUT):
            yield Orphan("without supply", bare_mrid(place), "in the grid model")


def _of_equipment(memory: Memory, code: str, equipment: str, at: Instant) -> Iterator[Orphan]:
    history = supply.of(memory, equipment)
    standing = [one for one in history if one.holds(at)]
    if not history and not memory.holding(LEFT_OUT, ox.NamedNode(equipment)):
        yield Orphan("equipment not modelled", code, bare_mrid(equipment))
    elif not standing:
        yield Orphan("without supply", code, bare_mrid(equipment))
    elif len(standing) > 1:
        yield Orphan("several supplies", code, ", ".join(sorted(bare_mrid(one.supply.feeder) for one in standing)))
