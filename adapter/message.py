"""A lifted message: envelope, contents, kept facts; and the two directions between it and the wire's frames.

`up` runs the relations wire → exchange, `down` the other way. Kept facts stay in a frame shaped like the wire, so
that the sender's own standard gets back everything it said.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from adapter import derive
from adapter.context import Context
from adapter.errors import ContextMissing, LiftError
from adapter.exchange import Exchange
from adapter.frames import Frame, Scope
from adapter.library import Library
from adapter.mapping import Address, Join, MessageMapping, Pair, Provide, Use
from adapter.names import graph_iri
from adapter.relations.base import Relation
from adapter.run import Run
from adapter.values import Instant, shown


@dataclass
class Content:
    """One exchange carried by a message. `part` says where: the index of each nested scope around it."""

    exchange: Exchange
    frame: Frame
    use: Use | None = None
    part: tuple[tuple[str, int], ...] = ()


@dataclass
class Message:
    """A message without its wire form. `kept` has the shape of the wire and the values only that standard has."""

    graph: str
    envelope: Frame
    contents: list[Content] = field(default_factory=list)
    mapping: MessageMapping | None = None
    kept: Frame | None = None


def up(mapping: MessageMapping, wire: Frame, library: Library, run: Run) -> Message:
    """Wire frames → message. Raises LiftError with all faults."""
    run.places, run.leaves = next(iter(mapping.places.values())), mapping.leaves
    if len(mapping.places) > 1 and run.syntax in mapping.places:
        run.places = mapping.places[run.syntax]
    if mapping.address is not None:
        compute_address(mapping.address, wire)
    for provide in mapping.provides:
        if provide.own:
            _provide(provide, wire, run.context, "")
    for join in mapping.joins:
        for frame in wire.all(join.scope):
            _join(join, frame, run)
    for condition, says, scope, at in mapping.refuse:
        for frame in wire.all(scope):
            if condition.holds(frame):
                run.fault(frame.path, says, at)
    envelope = Frame(mapping.envelope.exchange.scope)
    relate(mapping.envelope.relations, mapping.envelope.pairs, wire, envelope, run)
    message = Message(
        graph_iri(mapping.standard.name, *identity(mapping, wire, run.digest)),
        envelope,
        [],
        mapping,
        kept(mapping, wire),
    )
    for use in mapping.uses:
        for frame in wire.all(use.scope):
            if use.when.holds(frame):
                canon = Frame(use.exchange.scope)
                relate(use.relations, use.pairs, frame, canon, run)
                if not run.faults:
                    derive.inward(library.rules[use.exchange.row], canon, run)
                message.contents.append(Content(use.exchange, canon, use, where(frame)))
    _carried(mapping, wire, message, run)
    if run.faults:
        raise (ContextMissing if run.lacks_context else LiftError)(run.faults)
    order = {id(use): number for number, use in enumerate(mapping.uses)}
    message.contents.sort(key=lambda content: (content.part, order[id(content.use)]))
    return message


def identity(mapping: MessageMapping, wire: Frame, digest: str) -> tuple[str, ...]:
    """What tells a message from all others of its standard: the texts of its `identity` variables.

    `content` is the *digest* of its bytes; of `a | b | content` the first that the document has counts.
    """

    def said(names: str) -> str:
        return next((text for name in names.split(" | ") if (text := digest if name == "content" else key_text(wire, name))), "")

    return tuple(said(names) for names in mapping.identity)


def header(mapping: MessageMapping, wire: Frame, run: Run) -> Frame:
    """What a document says about itself, from as much of it as could be read; what is wrong with it is said elsewhere."""
    found = Frame(mapping.envelope.exchange.scope)
    relate(mapping.envelope.relations, mapping.envelope.pairs, wire, found, run.trial())
    return found


def compute_address(address: Address, wire: Frame) -> None:
    """Compute the server's address from the side of the header that speaks of it."""
    side = address.side(wire)
    device, entity, feature = (wire.values.get(f"{side}_{part}") for part in ("device", "entity", "feature"))
    wire.values[address.entity] = f"{device or ''}|{'.'.join(map(str, entity or ()))}"
    wire.values[address.server] = f"{wire.values[address.entity]}|{'' if feature is None else feature}"


def place_address(address: Address, wire: Frame, run: Run) -> None:
    """Write the server's address to its side of the header; the inverse of `compute_address`. Another address that stands there is a fault."""
    server = wire.values.get(address.server)
    if not isinstance(server, str) or server.count("|") != 2:
        return
    side = address.side(wire)
    device, entity, feature = server.split("|")
    parts = {
        "device": device or None,
        "entity": tuple(int(step) for step in entity.split(".")) if entity else None,
        "feature": int(feature) if feature else None,
    }
    for part, value in parts.items():
        variable = f"{side}_{part}"
        before = wire.values.get(variable)
        if None not in (before, value) and before != value:
            run.fault(run.place(wire, variable), f"would have to be both {shown(before)} and {shown(value)}, of the address {server}", address.at)
        wire.values[variable] = value


def _join(join: Join, frame: Frame, run: Run) -> None:
    """Add the facts of an earlier message to one frame; a missing entry is a fault that says what would bring it."""
    key = tuple(key_text(frame, variable) for variable in join.key)
    entry = run.context.find(join.kind, key)
    if entry is None:
        if not join.outer:
            shown = ", ".join(f"{name} {value}" for name, value in zip(join.key, key, strict=True))
            run.missing(frame.path, f"there is no {join.kind} for {shown}: send {join.brings} first (--context FILE)", join.at)
        return
    if entry.graph and entry.graph not in run.context_used:
        run.context_used.append(entry.graph)
    for fact, variable in join.facts.items():
        if entry.facts.get(fact) is not None:
            frame.values[variable] = entry.facts[fact]


def remember(message: Message, wire: Frame, context: Context) -> None:
    """Put into *context* what a message brings for later ones."""
    for provide in message.mapping.provides if message.mapping else ():
        _provide(provide, wire, context, message.graph)


def _provide(provide: Provide, wire: Frame, context: Context, graph: str) -> None:
    for frame in wire.all(provide.scope):
        facts = {fact: frame.get(variable) for fact, variable in provide.facts.items()}
        context.add(provide.kind, tuple(key_text(frame, variable) for variable in provide.key), facts, graph)


def key_text(wire: Frame, name: str) -> str:
    """A wire value as part of a key: instants in UTC, so that one moment has one key. The values of nested scopes together, in the order of their texts."""
    inner = [scope for scope in wire.scope.every() if name in scope.variables] if wire.scope.owner(name) is None else []
    if inner:
        return "\x1e".join(sorted(key_text(frame, name) for frame in wire.all(inner[0])))
    value = wire.get(name)
    if isinstance(value, Instant) and value.zoned:
        value = value._replace(zone="Z")
    return "" if value is None else shown(value)


def _carried(mapping: MessageMapping, wire: Frame, message: Message, run: Run) -> None:
    """An instance of a scope that carries exchanges must carry one."""
    covered = {content.part for content in message.contents}
    for scope in {id(use.scope): use.scope for use in mapping.uses}.values():
        optional = any(use.scope is scope and mapping.table.text("leaves_open", "") == "true" for use in mapping.uses)
        for frame in wire.all(scope):
            if where(frame) not in covered and not optional and not run.faults:
                tests = " or ".join(
                    ", ".join(f"{name} = {'/'.join(texts)}" for name, texts in use.when.wanted.items()) for use in mapping.uses if use.scope is scope
                )
                run.fault(frame.path, f"carries no exchange we know: expected {tests}", mapping.table.file)


def where(frame: Frame) -> tuple[tuple[str, int], ...]:
    """The scope names and indexes (from 1) that lead to *frame*."""
    steps: list[tuple[str, int]] = []
    while frame.parent is not None:
        steps.append((frame.scope.name, frame.index))
        frame = frame.parent
    return tuple(reversed(steps))


def kept(mapping: MessageMapping, wire: Frame) -> Frame:
    """The wire's shape with its kept values only."""

    def copy(source: Frame, parent: Frame | None) -> Frame:
        frame = Frame(source.scope, parent, source.path)
        frame.index = source.index
        names = mapping.kept(source.scope)
        frame.values = {name: value for name, value in source.values.items() if name in names}
        for rows in {source.scope.columns[name] for name in names if name in source.scope.columns}:
            frame.values[rows] = source.values.get(rows)
        for name, children in source.children.items():
            frame.children[name] = [copy(child, frame) for child in children]
        return frame

    return copy(wire, None)


def relate(relations: Iterable[Relation], pairs: tuple[Pair, ...], wire: Frame, canon: Frame, run: Run) -> None:
    """Run relations upwards, then those of the paired scopes, instance by instance."""
    for relation in relations:
        relation.up(wire, canon, run)
    for pair in pairs:
        for inner in [wire] if pair.wire == "." else wire.each(pair.wire):
            added = canon.add(pair.canon)
            relate(pair.relations, pair.pairs, inner, added, run)
            if pair.wire == "." and not added.values and not added.children:
                canon.children[pair.canon].remove(added)  # the document has nothing to say there


def unrelate(relations: Iterable[Relation], pairs: tuple[Pair, ...], canon: Frame, wire: Frame, run: Run) -> None:
    """Run relations downwards; the mirror of `relate`."""
    for pair in pairs:
        inner = canon.each(pair.canon)
        if pair.wire == ".":
            if len(inner) > 1:
                run.fault(f"?{pair.canon}", f"stands {len(inner)} times, and one document of the target holds one")
            for one in inner[:1]:
                unrelate(pair.relations, pair.pairs, one, wire, run)
            continue
        existing = wire.each(pair.wire)
        for at, one in enumerate(inner):
            unrelate(pair.relations, pair.pairs, one, existing[at] if at < len(existing) else wire.add(pair.wire), run)
    backwards = list(relations)[::-1]
    for relation in [one for one in backwards if not one.checked] + [one for one in backwards if one.checked]:
        relation.down(canon, wire, run)  # what is derived on the wire comes last


def prepare(use: Use, canon: Frame, run: Run) -> None:
    """Bring the rows of a content to the grid its target writes."""
    for relation in use.relations:
        relation.prepare(canon, run)
    for pair in use.pairs:
        _prepare_pair(pair, canon, run)


def _prepare_pair(pair: Pair, canon: Frame, run: Run) -> None:
    for inner in canon.each(pair.canon):
        for relation in pair.relations:
            relation.prepare(inner, run)
        for deeper in pair.pairs:
            _prepare_pair(deeper, inner, run)


def locate(root: Frame, part: tuple[tuple[str, int], ...]) -> Frame:
    """The frame at *part*; frames on the way are added when they are not there."""
    frame = root
    for name, number in part:
        while len(frame.each(name)) < number:
            frame.add(name)
        frame = frame.children[name][number - 1]
    return frame


def append(root: Frame, scope: Scope) -> Frame:
    """A new instance of *scope* in a frame of its own, with one new instance of each scope around it."""
    frame = root
    for step in scope.lineage()[1:]:
        frame = frame.add(step.name)
    return frame
