"""The way of a message, from top to bottom: receive → decode → lift → validate → serve → lower → encode; and the answer to its sender.

Each step is a function from a value to a value. Services and stores see messages and graphs, never a wire format.
`receive` is the whole way into a hub (adapter/hub/hub.py says what its steps do, adapter/hub/graphs.py what the store has of it), `translate` the way from one standard to another.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from adapter import dataset
from adapter.accounting import Account, account, place_defaults, report_loss
from adapter.answers import reply
from adapter.codecs import syntaxes
from adapter.context import Context
from adapter.errors import EncodeError, Fault, HubError, LiftError, LowerError, ServiceError, StorageError, StoreError
from adapter.frames import Frame
from adapter.graph import Graph, trig, turtle
from adapter.library import Library, library
from adapter.lowering import Lowered, down
from adapter.mapping import MessageMapping
from adapter.message import Message, remember, up
from adapter.names import UNNAMED
from adapter.partners import NEUTRAL, Profile
from adapter.run import Default, Loss, Run
from adapter.shapes.engine import Verdict, check, wire_place
from adapter.tree.log import Log
from adapter.values import Instant

if TYPE_CHECKING:
    from adapter.hub.hub import Hub
    from adapter.hub.receipt import Receipt

__all__ = [
    "FORMATS",
    "Decoded",
    "Document",
    "Lifted",
    "Translation",
    "account",
    "answer",
    "choose",
    "decode",
    "encode",
    "from_graph",
    "learn",
    "lift",
    "lift_decoded",
    "lower",
    "read",
    "receive",
    "remember",
    "serve",
    "to_graph",
    "translate",
    "translate_lifted",
    "validate",
]


@dataclass
class Decoded:
    """A document of known syntax: an lxml element (xml) or a JSON value (json), and the mapping that recognises it."""

    syntax: str
    value: Any
    mapping: MessageMapping
    data: bytes = b""
    whole: bytes = b""  # the model that a difference model makes, where it is one and the model it changes is known
    trouble: HubError | None = None  # why it cannot be lifted, known before

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the bytes, in hex."""
        return hashlib.sha256(self.data).hexdigest()

    @cached_property
    def reading(self) -> tuple[Frame, Log]:
        """What the tree of the message reads in it: as much as could be read, and what is wrong with the rest. Read once."""
        standard = self.mapping.standard
        log = Log(standard.rule, self.mapping.table.text("unknown", "refuse" if standard.refuse_unknown else "report") == "refuse")
        return self.mapping.trees[self.syntax].read(self.value, log), log


@dataclass
class Lifted:
    """A document, its wire frames, and the message they mean."""

    decoded: Decoded
    wire: Frame
    message: Message
    unmapped: list[tuple[str, str]] = field(default_factory=list)
    run: Run = field(default_factory=Run)

    @property
    def mapping(self) -> MessageMapping:
        return self.decoded.mapping


@dataclass(frozen=True, slots=True)
class Document:
    """One document of a translation: which message it is, its syntax and its bytes."""

    standard: str
    message: str
    syntax: str
    data: bytes


@dataclass
class Translation:
    """Everything a translation has to say: documents, losses, defaults, leaf account, verdict."""

    source: MessageMapping
    target: MessageMapping
    exchanges: list[str]
    documents: list[Document]
    decoded: Decoded
    loss: list[Loss]
    defaults: list[Default]
    verdict: Verdict
    context_used: list[str] = field(default_factory=list)

    @cached_property
    def leaves(self) -> Account:
        """What became of every leaf of the input; walked when asked for."""
        return account(self.decoded)


def receive(data: bytes, hub: Hub, channel: str = "") -> Receipt:
    """Take a message into a hub, or refuse it: either way it is on disk when this returns, with what its sender is answered.

    *channel*: the name of the partner that brings it, where that is known. The same bytes again get the same answer, and have one effect.
    *Raises* `DecodeError` or `UnknownMessage` for what is no message (nothing is kept), `StorageError` when the disk refuses (nothing is acknowledged).
    """
    decoded = decode(data, lib=hub.lib)
    with hub.turn:
        decoded = hub.complete(decoded, channel)
        arrival = hub.arrive(decoded, channel)
        before = hub.repeat(arrival)
        if before is not None:
            return before
        lifted: Lifted | None = None
        refusal: HubError | None = None
        try:
            hub.admit(arrival, channel)
            lifted = lift_decoded(decoded, profile=arrival.profile, context=hub.context, now=hub.clock(), lib=hub.lib)
            hub.permit(arrival, lifted)
            validate(lifted, hub.lib).raise_if_refused(lifted.mapping)
            hub.tell_apart(arrival)
            serve(lifted, hub)
        except (StorageError, StoreError):
            raise
        except HubError as refused:
            lifted, refusal = None, refused
        receipt = hub.acknowledge(arrival, lifted, refusal)
        hub.keep(receipt.number, lifted, arrival.replaces)
    return receipt


def decode(data: bytes, standard: str | None = None, lib: Library | None = None) -> Decoded:
    """Bytes → document. Raises DecodeError (not well-formed or harmful) or UnknownMessage."""
    codec, value = syntaxes.decode(data)
    return Decoded(syntaxes.CODECS[codec].tree, value, (lib or library()).recognise(codec, value, standard), data)


def lift(
    data: bytes,
    *,
    standard: str | None = None,
    profile: Profile = NEUTRAL,
    context: Context | None = None,
    now: Instant | None = None,
    lib: Library | None = None,
) -> Lifted:
    """Bytes → message. Raises DecodeError, UnknownMessage or LiftError with every fault found."""
    lib = lib or library()
    return lift_decoded(decode(data, standard, lib), profile=profile, context=context, now=now, lib=lib)


def lift_decoded(
    decoded: Decoded, *, profile: Profile = NEUTRAL, context: Context | None = None, now: Instant | None = None, lib: Library | None = None
) -> Lifted:
    """Document → message."""
    lib = lib or library()
    if decoded.trouble is not None:
        raise decoded.trouble
    wire, unmapped = read(decoded)
    run = Run(profile, context if context is not None else Context(), now, syntax=decoded.syntax)
    if any("content" in names.split(" | ") for names in decoded.mapping.identity):
        run.digest = decoded.digest
    return Lifted(decoded, wire, up(decoded.mapping, wire, lib, run), unmapped, run)


def read(decoded: Decoded) -> tuple[Frame, list[tuple[str, str]]]:
    """Document → wire frames, and the leaves no mapping speaks of. Raises LiftError."""
    wire, log = decoded.reading
    if log.faults:
        raise LiftError(log.faults)
    return wire.clone(), log.unmapped  # joins and addresses are written into what is lifted


def learn(data: bytes, context: Context, *, profile: Profile = NEUTRAL, lib: Library | None = None) -> Lifted:
    """Lift a message for what it brings to later ones; *context* grows by it."""
    lifted = lift(data, profile=profile, context=context, lib=lib)
    remember(lifted.message, lifted.wire, context)
    return lifted


def validate(lifted: Lifted, lib: Library | None = None) -> Verdict:
    """The verdict of the shapes on every content of a message."""
    return check(lifted.message, lib or library())


def serve(lifted: Lifted, hub: Hub) -> None:
    """Ask the services that take what a message carries; raises ServiceError with what they object to, each at its place on the wire."""
    objections = [
        Fault(wire_place(lifted.message, content, one.variable, one.row, one.inside), one.says, one.rule)
        for content, one in hub.routes.objections(lifted.message, hub)
    ]
    if objections:
        raise ServiceError(objections)


def lower(
    message: Message,
    target: MessageMapping,
    *,
    profile: Profile = NEUTRAL,
    context: Context | None = None,
    now: Instant | None = None,
    syntax: str | None = None,
    lib: Library | None = None,
) -> list[Document]:
    """Message → documents of *target*. Raises LowerError or EncodeError with every fault found."""
    run = Run(profile, context if context is not None else Context(), now, syntax=_syntax(target, syntax))
    return [encode(document, run.syntax) for document in down(message, target, lib or library(), run)]


def encode(lowered: Lowered, syntax: str) -> Document:
    """Wire frames → bytes. Raises EncodeError when the target's own rules would be broken."""
    mapping = lowered.mapping
    log = Log(mapping.standard.rule)
    value = mapping.trees[syntax].write(lowered.frame, log)
    if log.faults:
        raise EncodeError(log.faults)
    return Document(mapping.standard.name, mapping.name, syntax, syntaxes.encode(mapping.codec(syntax), value))


def answer(
    decoded: Decoded,
    faults: Sequence[Fault] = (),
    *,
    profile: Profile = NEUTRAL,
    context: Context | None = None,
    now: Instant | None = None,
    lib: Library | None = None,
) -> Document | None:
    """The document that tells the sender in its own standard that its document is taken, or refused for *faults*; None where none is asked for.

    A refused document may lack anything: what can be read of its header is answered. *Raises* LowerError or EncodeError when that is too little.
    """
    mapping = decoded.mapping
    run = Run(profile, context if context is not None else Context(), now, syntax=decoded.syntax, digest=decoded.digest)
    lowered = reply(mapping, decoded.reading[0], faults, lib or library(), run)
    return None if lowered is None else encode(lowered, decoded.syntax if decoded.syntax in lowered.mapping.trees else next(iter(lowered.mapping.trees)))


def translate(
    data: bytes,
    to: str,
    *,
    standard: str | None = None,
    from_profile: Profile = NEUTRAL,
    to_profile: Profile = NEUTRAL,
    context: Context | None = None,
    now: Instant | None = None,
    syntax: str | None = None,
    lib: Library | None = None,
) -> Translation:
    """Bytes of one standard → documents of another, with everything that was lost or filled in.

    *to* is `standard` or `standard:message`; with a standard alone the message that carries most essentials is taken.
    Raises DecodeError, UnknownMessage, LiftError, ShapeViolation, LowerError, EncodeError.
    """
    lib = lib or library()
    context = context if context is not None else Context()
    lifted = lift(data, standard=standard, profile=from_profile, context=context, now=now, lib=lib)
    return translate_lifted(lifted, to, to_profile=to_profile, context=context, now=now, syntax=syntax, lib=lib)


def translate_lifted(
    lifted: Lifted, to: str, *, to_profile: Profile = NEUTRAL, context: Context, now: Instant | None = None, syntax: str | None = None, lib: Library
) -> Translation:
    """The same for a message that was lifted already. Raises ShapeViolation, LowerError, EncodeError."""
    verdict = validate(lifted, lib)
    verdict.raise_if_refused(lifted.mapping)
    target = choose(lifted.message, to, lib)
    run = Run(to_profile, context, now or _created(lifted.message), syntax=_syntax(target, syntax))
    lowered = down(lifted.message, target, lib, run)
    documents = [encode(document, run.syntax) for document in lowered]
    exchanges = list(dict.fromkeys(content.exchange.row for content in lifted.message.contents))
    loss = report_loss(lifted.mapping, lifted.wire, lifted.message, lowered, lifted.unmapped, run.loss, lifted.decoded.syntax, lib.rules)
    defaults = place_defaults([*lifted.run.defaults, *run.defaults], lowered, run.syntax)
    return Translation(lifted.mapping, target, exchanges, documents, lifted.decoded, loss, defaults, verdict, [*lifted.run.context_used, *run.context_used])


def choose(message: Message, to: str, lib: Library) -> MessageMapping:
    """The target mapping: named, or the one of the standard whose uses carry most essential variables of the contents."""
    if ":" in to:
        return lib.mapping(to)
    if to not in lib.standards:
        return lib.mapping(to + ":")
    rows = {content.exchange.row for content in message.contents}
    candidates = [(_richness(mapping, rows), mapping) for mapping in lib.standards[to].mappings.values()]
    best = max((rank for rank, _ in candidates), default=(0, 0))
    if best[0] == 0:
        raise LowerError(
            f"{to} has no message for {', '.join(sorted(rows)) or 'a message without contents'}: gridglot coverage shows what each standard carries"
        )
    return next(mapping for rank, mapping in candidates if rank == best)


def _richness(mapping: MessageMapping, rows: set[str]) -> tuple[int, int]:
    carried = {use.exchange.row for use in mapping.uses} & rows
    return len(carried), sum(len(set(use.exchange.essentials) & use.canon) for use in mapping.uses if use.exchange.row in rows)


def _syntax(target: MessageMapping, wanted: str | None) -> str:
    return wanted if wanted in target.trees else next(iter(target.trees))


def _created(message: Message) -> Instant | None:
    created = message.envelope.values.get("created")
    return created if isinstance(created, Instant) and created.zoned else None


FORMATS = {"turtle": ox.RdfFormat.TURTLE, "trig": ox.RdfFormat.TRIG, "nquads": ox.RdfFormat.N_QUADS, "jsonld": ox.RdfFormat.JSON_LD}


def to_graph(message: Message, form: str = "trig", packed: bool = False, lib: Library | None = None) -> str:
    """The named graph of a message as text: trig, turtle, nquads or jsonld; with packed or expanded series."""
    text = dataset.write(message, lib or library(), "packed" if packed else "expanded")
    if form == "turtle":
        return turtle(message.graph, text)
    whole = trig(message.graph, text)
    if form == "trig":
        return whole
    return (ox.serialize(ox.parse(whole, format=ox.RdfFormat.TRIG), format=FORMATS[form]) or b"").decode()


def from_graph(text: str | bytes, form: str, lib: Library | None = None) -> list[Message]:
    """The messages in a graph's text; raises LowerError when there is none we know."""
    try:
        graph = Graph.parse(text, FORMATS[form], UNNAMED)
    except (SyntaxError, ValueError) as error:
        raise LowerError(f"not readable as {form}: {error}") from error
    return dataset.read(graph, lib or library())
