"""Before anything is timed: both sides make the same graph and the same document, and refuse the same bad message."""

from __future__ import annotations

from decimal import Decimal

from lxml import etree
from rdflib import Graph

from adapter import pipeline
from adapter.errors import ShapeViolation
from adapter.graph import turtle
from adapter.library import library
from adapter.message import Message
from benchmarks.messages import flex_request, profile
from benchmarks.naive import NaiveHub, graph_of

TARGET = "cim:eflex_request"


def prove(rows: int) -> int:
    """The number of triples both sides make of a request with *rows* rows; raises RuntimeError when the sides differ."""
    data, partner = flex_request(rows), profile(rows)
    hub = NaiveHub(partner)
    graph, ours = graph_of(data), golden(pipeline.lift(data).message)
    if set(graph) != set(ours):
        raise RuntimeError(f"the graphs differ: {list(set(graph) ^ set(ours))[:4]}")
    theirs, documents = hub.translate(data), pipeline.translate(data, TARGET, to_profile=partner).documents
    if [canonical(theirs)] != [canonical(document.data) for document in documents]:
        raise RuntimeError("the E-Flex documents differ")
    _refused(hub, data.replace(b'Disposition="Requested"', b'Disposition="Available"'), "nothing is requested")
    _refused(hub, data.replace(b'MaxPower="', b'MaxPower="-'), "the least power is above the greatest")
    return len(graph)


def golden(message: Message) -> Graph:
    """What our side says of the flexibility request, as rdflib reads it: the expanded pattern of FP2, without the envelope."""
    graph = Graph(bind_namespaces="none")
    graph.parse(data=turtle(message.graph, library().writers["FP2"].write(message.contents[0].frame, 1, "expanded")), format="turtle")
    return graph


def canonical(data: bytes) -> bytes:
    """The document in canonical XML, without layout, with decimals in one form: 4.10 and 4.1 are one quantity."""
    root = etree.fromstring(data, etree.XMLParser(remove_blank_text=True))
    for quantity in root.iter("{*}quantity"):
        quantity.text = f"{Decimal(quantity.text).normalize():f}"
    return bytes(etree.tostring(root, method="c14n"))


def _refused(hub: NaiveHub, data: bytes, why: str) -> None:
    """Both sides' shapes refuse *data*."""
    try:
        hub.validate(graph_of(data))
    except ValueError:
        pass
    else:
        raise RuntimeError(f"the naive side accepts a message in which {why}")
    lifted = pipeline.lift(data)
    try:
        pipeline.validate(lifted).raise_if_refused(lifted.mapping)
    except ShapeViolation:
        return
    raise RuntimeError(f"our side accepts a message in which {why}")
