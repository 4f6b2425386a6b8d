"""Models in a hub: the whole of which a difference model says the change, and the statements that the store has of each.

A difference model is a new version of a model, sent short: it is taken as the model it makes. Source: IEC 61970-552.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO

from lxml import etree

from adapter.codecs.rdf_names import Names
from adapter.codecs.rdf_source import PARTS, source
from adapter.errors import AlreadyUsed, ContextMissing, Fault, HubError
from adapter.grid import difference, model
from adapter.grid.statements import chunks
from adapter.hub.journal import Journal
from adapter.library import Library
from adapter.names import BASE, graph_iri, model_graph
from adapter.pipeline import Decoded, decode

FORWARD_AND_REVERSE = tuple(part.removeprefix("dm:").removesuffix("Differences") for part in PARTS)


LONGEST_CHAIN = 10_000  # differences on one full model


def complete(decoded: Decoded, journal: Journal, lib: Library) -> Decoded:
    """A difference model as the model it makes of one that was taken; any other document as it is.

    One whose model is not known, or that does not fit it, keeps the error, which is raised when it is lifted.
    """
    if not decoded.mapping.keeps_statements or model.DIFFERENCE not in decoded.value:
        return decoded
    try:
        merged = _merged(decoded.data, journal)
        if merged is None:
            named = model.header(decoded.value).supersedes
            if not named:
                return decoded  # the mapping says what is to be done
            says = f"changes {', '.join(named)}, which this hub has not taken, or not kept"
            raise ContextMissing(Fault("/dm:DifferenceModel[1]/md:Model.Supersedes", says, "IEC 61970-552"), "Send that model, then this again.")
        whole = model.write(merged)
        full = decode(whole, decoded.mapping.standard.name, lib)
    except HubError as error:
        return replace(decoded, trouble=error)
    return Decoded(full.syntax, full.value, full.mapping, decoded.data, whole)


def base_known(header: model.Header, journal: Journal) -> bool:
    """Whether a model that a difference says it supersedes was taken, and can be read."""
    return any(_data(one, journal) is not None for one in header.supersedes)


def check_base(decoded: Decoded, holding: str) -> None:
    """A difference model changes the version that holds (*holding*, its graph; "" for none), not an older one; *raises* `AlreadyUsed`."""
    if not decoded.whole or not holding:
        return
    header = model.header(decoded.value)
    if holding not in {graph for one in header.supersedes for graph in _graphs(one)}:
        says = f"changes {', '.join(header.supersedes)}, and another version holds by now"
        raise AlreadyUsed(Fault("/dm:DifferenceModel[1]/md:Model.Supersedes", says, "IEC 61970-552"), "Send the whole model, or the difference to what holds.")


def version(data: bytes, journal: Journal) -> model.Model | None:
    """The model of a document, whole; None when it is a difference of one that is not known. *Raises* `LiftError`, `DecodeError`."""
    found = model.read(data)
    return _merged(data, journal) if found.is_difference else found


def _merged(data: bytes, journal: Journal) -> model.Model | None:
    """All differences, from the last full model on, applied."""
    chain = [model.read(data)]
    while chain[-1].is_difference:
        earlier = next((found for one in chain[-1].header.supersedes if (found := _data(one, journal)) is not None), None)
        if earlier is None or len(chain) > LONGEST_CHAIN:
            return None
        chain.append(model.read(earlier))
    whole = chain.pop()
    while chain:
        whole = difference.apply(whole, chain.pop())
    return whole


def _data(identifier: str, journal: Journal) -> bytes | None:
    """The bytes of the model called *identifier*, or, for one without header, of the message with that UUID."""
    found = next((row for graph in _graphs(identifier) if (row := journal.find(graph, "done")) is not None), None)
    return None if found is None else journal.data(found.number)


def _graphs(identifier: str) -> tuple[str, str]:
    """The graphs that the message of a model may have: of the identifier in its header, or, without header, of its bytes, which gave the identifier."""
    return graph_iri(model.STANDARD, identifier), f"{BASE}message/{identifier.rpartition(':')[2]}"


def graphs(decoded: Decoded, graph: str) -> Iterator[tuple[str, Iterator[str]]]:
    """The named graphs of a model, each with its N-Triples in pieces: its statements, and those of a difference by themselves."""
    if not decoded.mapping.keeps_statements:
        return
    yield model_graph(graph), chunks(source(decoded.whole or decoded.data))
    if decoded.whole:
        change = source(decoded.data)
        for name, part in zip(PARTS, FORWARD_AND_REVERSE, strict=True):
            if name in change.parts:
                yield model_graph(graph, part), chunks(change, name)


def vocabularies(decoded: Decoded) -> list[str]:
    """The namespaces of a model that are read as others: the version of CIM that its sender writes."""
    if not decoded.mapping.keeps_statements:
        return []
    _, root = next(etree.iterparse(BytesIO(decoded.data), events=("start",), resolve_entities=False, no_network=True))
    return [theirs for ours, theirs in Names(root.nsmap.values()).theirs.items() if ours != theirs]


def names(graph: str) -> list[str]:
    """The named graphs that a model may have."""
    return [model_graph(graph), *(model_graph(graph, part) for part in FORWARD_AND_REVERSE)]
