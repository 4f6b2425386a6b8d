"""What we say about a document: whether the tree layer takes it, and what relations, rules and shapes refuse beyond."""

from __future__ import annotations

from adapter import pipeline
from adapter.errors import Fault, HubError
from adapter.partners import Profile
from adapter.pipeline import Lifted


def form(document: bytes, mapping: str) -> str:
    """What the reader finds wrong with the form of a document; "" for nothing. A document of another message is refused.

    A document of good form may break a `refuse:` rule of the mapping; `ruled_out` says so.
    """
    try:
        decoded = pipeline.decode(document)
        if decoded.mapping.id != mapping:
            return f"is {decoded.mapping.id}"
        _, unmapped = pipeline.read(decoded)
    except HubError as error:
        return str(error)
    return "; ".join(path for path, _ in unmapped)


def ruled_out(document: bytes) -> str:
    """The `refuse:` rule of the mapping that a document of good form breaks, which is how a mapping says what only one version allows."""
    decoded = pipeline.decode(document)
    wire = pipeline.read(decoded)[0]
    for condition, says, scope, _ in decoded.mapping.refuse:
        if any(condition.holds(frame) for frame in wire.all(scope)):
            return says
    return ""


def lift(document: bytes, profile: Profile) -> Lifted | list[Fault]:
    """A document of good form, lifted and validated; or the faults that relations, rules and shapes find in it. A crash is a fault without rule."""
    try:
        lifted = pipeline.lift(document, profile=profile)
        pipeline.validate(lifted).raise_if_refused(lifted.mapping)
    except HubError as error:
        return list(error.faults)
    except Exception as error:
        return [Fault("", f"crashes: {type(error).__name__}: {error}")]
    return lifted


def broken_laws(lifted: Lifted, profile: Profile) -> list[str]:
    """The laws a lifted document breaks: lowering it gives its values back (1), its graph its bindings (2), all leaves are accounted for (3)."""
    broken = []
    wire = pipeline.read(lifted.decoded)[0]
    for packed in (False, True):
        try:
            (back,) = pipeline.from_graph(pipeline.to_graph(lifted.message, "trig", packed), "trig")
            (document,) = pipeline.lower(back, lifted.mapping, profile=profile, syntax=lifted.decoded.syntax)
        except HubError as error:
            broken.append(f"law 1: {error.faults[0].says}")
            continue
        except Exception as error:
            broken.append(f"law 1: crashes: {type(error).__name__}: {error}")
            continue
        if [content.frame for content in back.contents] != [content.frame for content in lifted.message.contents] or back.kept != lifted.message.kept:
            broken.append("law 2: the graph does not give the bindings back")
        if pipeline.read(pipeline.decode(document.data))[0] != wire:
            broken.append("law 1: other values")
    if pipeline.account(lifted.decoded).unmapped != len(lifted.unmapped):
        broken.append("law 3: leaves are not accounted for")
    return list(dict.fromkeys(broken))
