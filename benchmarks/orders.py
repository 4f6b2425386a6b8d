"""Ways to ask rdflib for the rows of FP2, and what each costs: `python -m benchmarks.orders`. The naive hub uses the fastest.

rdflib sorts the triples of one group by itself, by how many of their terms are known, so the order they are written
in decides nothing; what stands together in one group does. The golden pattern as one group, types included, is not
among them: the types have the most known terms, come first, and multiply (96 rows: not done after fifteen minutes).
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from statistics import median
from time import process_time
from typing import Any

from rdflib import Graph
from rdflib.plugins.sparql import prepareQuery

from adapter.names import prefixes

_POINT = "?series s4ener:hasDataPoint ?point . ?point hub:position ?i"
_TIMES = "s4ener:hasEffectivePeriod/time:hasBeginning/time:inXSDDateTime ?t0 ; s4ener:hasEffectivePeriod/time:hasEnd/time:inXSDDateTime ?t1"
_BOUNDS = "saref:hasResult/hub:lowerValue ?lower ; saref:hasResult/hub:upperValue ?upper"
_BAND = "?band hub:lowerValue ?lower ; hub:upperValue ?upper"
_PLAIN = (
    f"s4ener:hasEffectivePeriod ?period ; saref:hasResult ?band . {_BAND} . "
    "?period time:hasBeginning ?begin ; time:hasEnd ?end . ?begin time:inXSDDateTime ?t0 . ?end time:inXSDDateTime ?t1"
)
_TYPED = (
    "{ ?series s4ener:hasDataPoint ?point . ?point a s4ener:DataPoint ; hub:position ?i ; s4ener:hasEffectivePeriod ?period ; saref:hasResult ?band }"
    " { ?period a time:Interval ; time:hasBeginning ?begin ; time:hasEnd ?end }"
    " { ?begin a time:Instant ; time:inXSDDateTime ?t0 } { ?end a time:Instant ; time:inXSDDateTime ?t1 }"
    f" {{ {_BAND} ; a hub:ValueRange ; saref:isMeasuredIn unit:KiloW ; saref:isValueOfProperty hub:ActivePowerDeviation }}"
)
_STATE = "SELECT ?point ?disposition WHERE { ?point hub:disposition ?disposition }"
_OPTIONAL = "OPTIONAL { ?point hub:disposition ?disposition }"
_ROW = "SELECT ?point ?i ?t0 ?t1 ?lower ?upper"
ORDERS: dict[str, tuple[str, ...]] = {
    "property paths; disposition apart": (f"{_ROW} WHERE {{ {_POINT} ; {_TIMES} ; {_BOUNDS} }}", _STATE),
    "property paths for the times only; disposition apart": (f"{_ROW} WHERE {{ {_POINT} ; {_TIMES} ; saref:hasResult ?band . {_BAND} }}", _STATE),
    "no types, one group; disposition apart": (f"{_ROW} WHERE {{ {_POINT} ; {_PLAIN} }}", _STATE),
    "periods, bands and dispositions apart": (
        f"SELECT ?point ?i ?t0 ?t1 WHERE {{ {_POINT} ; {_TIMES} }}",
        f"SELECT ?point ?lower ?upper WHERE {{ ?point saref:hasResult ?band . {_BAND} }}",
        _STATE,
    ),
    "one query per kind of node": (
        f"SELECT ?point ?i ?period ?band WHERE {{ {_POINT} ; s4ener:hasEffectivePeriod ?period ; saref:hasResult ?band }}",
        "SELECT ?period ?begin ?end WHERE { ?period time:hasBeginning ?begin ; time:hasEnd ?end }",
        "SELECT ?at ?time WHERE { ?at time:inXSDDateTime ?time }",
        f"SELECT ?band ?lower ?upper WHERE {{ {_BAND} }}",
        _STATE,
    ),
    "property paths, OPTIONAL disposition": (f"{_ROW} ?disposition WHERE {{ {_POINT} ; {_TIMES} ; {_BOUNDS} {_OPTIONAL} }}",),
    "no types, one group, OPTIONAL disposition": (f"{_ROW} ?disposition WHERE {{ {_POINT} ; {_PLAIN} {_OPTIONAL} }}",),
    "types kept, a group per kind of node; disposition apart": (f"{_ROW} WHERE {{ {_TYPED} }}", _STATE),
}


def prepared(text: str) -> Any:
    """A query parsed once, with our prefixes."""
    return prepareQuery("".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in prefixes().items()) + text)


FASTEST = tuple(prepared(text) for text in ORDERS["property paths; disposition apart"])


def measure(graph: Graph, rounds: int) -> dict[str, float]:
    """Seconds (median) each way takes on *graph*, in interleaved rounds; the rows all ways find are counted."""
    ways = {name: [prepared(text) for text in texts] for name, texts in ORDERS.items()}
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    counts = set()
    for _ in range(rounds):
        for name, queries in ways.items():
            start = process_time()
            found = [list(graph.query(query)) for query in queries]
            seconds[name].append(process_time() - start)
            counts.add(len(found[-1]))
    if len(counts) != 1:
        raise RuntimeError(f"the ways do not find the same rows: {sorted(counts)}")
    return {name: median(times) for name, times in seconds.items()}


def main(argv: Sequence[str] | None = None) -> int:
    """Print each way at 96 rows, as a ratio to the one in use."""
    from benchmarks.messages import flex_request
    from benchmarks.naive import graph_of, rows_by_walking

    graph = graph_of(flex_request(96))
    found = measure(graph, 5)
    start = process_time()
    rows_by_walking(graph)
    found["no SPARQL: rdflib's Graph.value from point to point"] = process_time() - start
    unit = next(iter(found.values()))
    for name, seconds in found.items():
        print(f"{seconds / unit:8.2f}  {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
