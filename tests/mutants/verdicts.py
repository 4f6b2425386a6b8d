"""What we say about a document: whether the tree layer takes it, and what the relations and shapes refuse beyond."""

from __future__ import annotations

from adapter import pipeline
from adapter.errors import Fault, HubError
from adapter.frames import Frame
from adapter.mapping import MessageMapping
from mutants.messages import Message


def structure(document: bytes, message: Message) -> str:
    """What the reader finds wrong with the form of a document; "" for nothing. A document of another message is refused.

    A `refuse:` rule of the mapping that fires is said too: it is how a mapping says what only one version allows.
    """
    try:
        decoded = pipeline.decode(document)
        if decoded.mapping.id != message.mapping:
            return f"is {decoded.mapping.id}"
        wire, unmapped = pipeline.read(decoded)
    except HubError as error:
        return str(error)
    return "; ".join(path for path, _ in unmapped)


def ruled_out(document: bytes) -> str:
    """The `refuse:` rule of the mapping that a document of good form breaks; "" for none."""
    decoded = pipeline.decode(document)
    return _refused(decoded.mapping, pipeline.read(decoded)[0])


def _refused(mapping: MessageMapping, wire: Frame) -> str:
    for condition, says, scope, _ in mapping.refuse:
        if any(condition.holds(frame) for frame in wire.all(scope)):
            return says
    return ""


def meaning(document: bytes, message: Message) -> list[Fault]:
    """The faults that relations, rules and shapes find in a document of good form."""
    try:
        lifted = pipeline.lift(document, profile=message.profile)
        pipeline.validate(lifted).raise_if_refused(lifted.mapping)
    except HubError as error:
        return list(error.faults)
    return []
