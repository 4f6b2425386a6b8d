"""The answer to a message, in its own standard: it was taken, or refused with the faults. Which message says so stands in the mapping, `answer:`."""

from __future__ import annotations

from collections.abc import Sequence

from adapter.errors import Fault
from adapter.frames import Frame
from adapter.library import Library
from adapter.lowering import Lowered, down
from adapter.mapping import Answer, MessageMapping
from adapter.message import Message, header, identity
from adapter.names import graph_iri
from adapter.run import Run


def reply(mapping: MessageMapping, wire: Frame, faults: Sequence[Fault], library: Library, run: Run) -> Lowered | None:
    """The frames of the answer to the document *wire*, whose values may be those that could be read; None where none is asked for.

    *faults*: why the document is refused; none, and it is taken. *Raises* `LowerError` when the answer lacks something, such as an address.
    """
    answer = mapping.answer
    if answer is None or (answer.when and not faults and not any(condition.holds(wire) for condition in answer.when)):
        return None
    target = mapping.standard.mappings[answer.message]
    graph = graph_iri(mapping.standard.name, "answer", *identity(mapping, wire, run.digest))
    message = Message(graph, _said(mapping, wire, _reason(target, faults), run), kept=_taken(answer, wire, target))
    (lowered,) = down(message, target, library, run)
    return lowered


def _said(mapping: MessageMapping, wire: Frame, reason: str, run: Run) -> Frame:
    """The envelope of the answer: back to the sender, about its message."""
    asked = header(mapping, wire, run)
    said = Frame(mapping.envelope.exchange.scope)
    said.values = {
        "created": run.now,
        "sender": asked.get("receiver"),
        "receiver": asked.get("sender"),
        "conversation": asked.get("conversation"),
        "version": asked.get("version"),
        "reference": asked.get("id"),
        "result": "hub:Rejected" if reason else "hub:Accepted",
        "reason": reason or None,
    }
    said.values = {name: value for name, value in said.values.items() if value is not None}
    return said


def _taken(answer: Answer, wire: Frame, target: MessageMapping) -> Frame:
    """The values of the document that its answer repeats."""
    frame = Frame(target.scope)
    for variable, source in answer.take.items():
        value = wire.get(source)
        if value is not None:
            frame.values[variable] = value
    return frame


def _reason(target: MessageMapping, faults: Sequence[Fault]) -> str:
    """The faults as one text, as long as the place for it in *target* allows."""
    text = "; ".join(map(str, faults))
    leaves = [target.leaves[wire] for relation in target.envelope.every() for wire, canon in relation.links() if canon == "reason" and wire in target.leaves]
    most = min((int(leaf.type.length) for leaf in leaves if leaf.type.length is not None), default=len(text))
    return text if len(text) <= most else text[: most - 2] + " …"
