"""Message → wire frames of a target mapping: split, derive, regrid, relate downwards, fill what is left."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from adapter import derive
from adapter.errors import Fault, LowerError
from adapter.frames import Frame
from adapter.gather import gather
from adapter.library import Library
from adapter.mapping import Address, Fill, Join, MessageMapping, Use
from adapter.message import Content, Message, append, compute_address, key_text, locate, place_address, prepare, unrelate
from adapter.names import derived_uuid
from adapter.run import Run
from adapter.split import split
from adapter.tree.spec import Leaf


@dataclass
class Lowered:
    """One document of the target, as frames, with what it was made from."""

    mapping: MessageMapping
    frame: Frame
    used: set[tuple[str, str]] = field(default_factory=set)
    filled: set[str] = field(default_factory=set)


def down(message: Message, target: MessageMapping, library: Library, run: Run) -> list[Lowered]:
    """The documents that say *message* in *target*. Raises LowerError with all faults; losses go to *run*."""
    own = message.mapping is target
    run.leaves, run.restored = target.leaves, own
    run.places = target.places.get(run.syntax) or next(iter(target.places.values()))
    groups = [[(content, _own_uses(content, target)) for content in message.contents]] if own else _groups(message, target, run)
    documents = []
    for number, group in enumerate(groups, 1):
        documents.append(_document(message, target, group, library, run, own, number if len(groups) > 1 else 0))
    if run.faults:
        raise LowerError(run.faults)
    return documents


def _own_uses(content: Content, target: MessageMapping) -> list[Use]:
    names = tuple(name for name, _ in content.part)
    return [use for use in target.uses if use.exchange is content.exchange and tuple(step.name for step in use.scope.lineage()[1:]) == names]


def _groups(message: Message, target: MessageMapping, run: Run) -> list[list[tuple[Content, list[Use]]]]:
    """Contents by document: one content per use that fills a whole document; the rest goes together."""
    groups: list[list[tuple[Content, list[Use]]]] = []
    for content in message.contents:
        uses = [use for use in target.uses if use.exchange is content.exchange]
        if not uses:
            run.lose(f"?{content.exchange.row}", content.exchange.title, f"{target.id} does not carry {content.exchange.row}")
            continue
        for piece in split(content, uses[0].split, run):
            whole = {id(use) for use in uses if use.scope.parent is None}
            home = next((group for group in groups if not whole & {id(use) for _, others in group for use in others if use.scope.parent is None}), None)
            if home is None:
                groups.append(home := [])
            home.append((piece, uses))
    if run.faults:
        raise LowerError(run.faults)
    if not groups and message.contents:
        rows = ", ".join(sorted({content.exchange.row for content in message.contents}))
        raise LowerError(Fault("", f"{target.id} carries none of {rows}", target.table.file))
    return groups or [[]]


def _document(message: Message, target: MessageMapping, group: list[tuple[Content, list[Use]]], library: Library, run: Run, own: bool, number: int) -> Lowered:
    wire = message.kept.clone() if message.kept is not None and message.kept.scope is target.scope else Frame(target.scope)
    lowered = Lowered(target, wire)
    if own and target.address is not None:
        compute_address(target.address, wire)
    unrelate(target.envelope.relations, target.envelope.pairs, message.envelope, wire, run)
    lowered.used |= {(target.envelope.exchange.row, name) for name in target.envelope.canon}
    for content, uses in group:
        _content(content, uses, wire, library, run, own, lowered)
    if not own:
        for name in dict.fromkeys(use.gather for _, uses in group for use in uses if use.gather):
            gather(wire, name)
        if target.address is not None:
            _place_address(target.address, message, lowered, run, number)
        _fill(target.fill.values(), message, lowered, run, number)
    return lowered


def _place_address(address: Address, message: Message, lowered: Lowered, run: Run, number: int) -> None:
    """Write the server's address to the side of the header it stands on: its own device reports, others speak to it."""
    wire = lowered.frame
    device = str(wire.values.get(address.server) or "").partition("|")[0]
    if wire.values.get(address.classifier) is None and device and wire.values.get(f"{address.source}_device") == device:
        wire.values[address.classifier] = address.reports
        run.filled(wire, address.classifier, address.reports, "the server's own device sends it")
    _fill([fill for fill in lowered.mapping.fill.values() if fill.variable == address.classifier], message, lowered, run, number)
    place_address(address, wire, run)


def _rejoin(target: MessageMapping, use: Use, place: Frame, run: Run, own: bool) -> None:
    """Bring the facts of earlier messages to a frame that is being written: by its id when it has one, else by what is known of it."""
    server = place.get(target.address.server) if target.address is not None else None
    if target.address is not None and isinstance(server, str):
        place.holder(target.address.entity).values[target.address.entity] = server.rpartition("|")[0]
    for join in target.joins:
        if join.scope is not use.scope:
            continue
        if not own and not join.outer:
            _unjoin(join, use, target.joins, place, run)
        entry = run.context.find(join.kind, tuple(key_text(place, name) for name in join.key))
        for fact, variable in join.facts.items() if entry is not None and not join.outer else ():
            if place.values.get(variable) is None and entry is not None:
                place.values[variable] = entry.facts.get(fact)


def _unjoin(join: Join, use: Use, joins: Iterable[Join], frame: Frame, run: Run) -> None:
    """Find the one entry whose facts are those of the frame, and write its id. None or several: refused, naming the ids.

    Of several, those count of which other joins know what the use asks for.
    """
    if frame.values.get(join.key[-1]) is not None:
        return
    wanted = {fact: frame.values[variable] for fact, variable in join.facts.items() if frame.values.get(variable) is not None}
    known = tuple(key_text(frame, variable) for variable in join.key[:-1])
    given = known if all(known) else ()
    found = [(rest, entry) for rest, entry in run.context.of(join.kind, given) if all(entry.facts.get(fact) == value for fact, value in wanted.items())]
    if len(found) > 1:
        found = [(rest, entry) for rest, entry in found if _fits(dict(zip(join.key[len(given) :], rest, strict=True)), use, joins, frame, run)] or found
    if len(found) != 1:
        shown = ", ".join(f"{fact} {value}" for fact, value in wanted.items())
        says = (
            f"no {join.kind} with {shown} is known: send {join.brings} first (--context FILE)"
            if not found
            else (f"several {join.kind}s have {shown}: {', '.join('/'.join(rest) for rest, _ in found)}; the target needs one")
        )
        (run.fault if found else run.missing)(run.place(frame, join.key[-1]), says, join.at)
        return
    rest, entry = found[0]
    for variable, text in zip(join.key[len(given) :], rest, strict=True):
        holder = frame.holder(variable)
        holder.values[variable] = run.leaves[variable].type.codec.read(text) if variable in run.leaves and text != "" else text
    if entry.graph and entry.graph not in run.context_used:
        run.context_used.append(entry.graph)


def _fits(ids: dict[str, str], use: Use, joins: Iterable[Join], frame: Frame, run: Run) -> bool:
    """Whether the use could hold for an entry with these *ids*, by the facts that all joins bring."""
    facts: dict[str, Any] = {}
    for join in joins:
        entry = run.context.find(join.kind, tuple(ids.get(name) or key_text(frame, name) for name in join.key))
        facts |= {variable: None if entry is None else entry.facts.get(fact) for fact, variable in join.facts.items()}
    wanted = {name: texts for name, texts in use.when.wanted.items() if name in facts and "present" not in texts}
    return all(("absent" if facts[name] is None else str(facts[name])) in texts for name, texts in wanted.items())


def _bring(target: MessageMapping, use: Use, place: Frame, wire: Frame, run: Run) -> None:
    """Write the facts that an outer join would bring where the document itself provides them; what only other messages provide is lost here."""
    for join in target.joins:
        facts = {fact: value for fact, variable in join.facts.items() if (value := place.values.get(variable)) is not None}
        if join.scope is not use.scope or not join.outer or not facts:
            continue
        provided = [provide for provide in target.provides if provide.own and provide.written and provide.kind == join.kind]
        if len(provided) == 1 and facts.keys() == provided[0].facts.keys():
            (provide,) = provided
            inner = append(wire, provide.scope)
            inner.values |= {provide.facts[fact]: value for fact, value in facts.items()}
            inner.values |= {name: place.get(known) for name, known in zip(provide.key, join.key, strict=True)}
            continue
        canon = {variable: name for relation in use.every() for variable, name in relation.links()}
        for fact, value in facts.items():
            if join.facts[fact] in canon:
                run.lose(f"?{canon[join.facts[fact]]}", value, f"{target.id} leaves it to {join.brings}")


def _unread(frame: Frame, read: set[str]) -> None:
    """Take away the columns the target does not read: how they would merge is of no interest, and must stop nothing."""
    for name in [name for name in frame.values if name in frame.scope.columns and name not in read and name not in ("t0", "t1")]:
        del frame.values[name]
    for children in frame.children.values():
        for child in children:
            _unread(child, read)


def _content(content: Content, uses: list[Use], wire: Frame, library: Library, run: Run, own: bool, lowered: Lowered) -> None:
    """Relate one content downwards by the first use that can say it."""
    if not uses:
        run.fault("", f"{lowered.mapping.id} does not carry {content.exchange.row}", lowered.mapping.table.file)
        return
    for use in uses:
        before = wire.clone() if use is not uses[-1] else wire
        place = locate(wire, content.part) if own else (wire if use.scope.parent is None else append(wire, use.scope))
        trial = run.trial()
        _condition(use, place, trial)
        canon = content.frame.clone()
        base = derive.outward(library.rules[use.exchange.row], canon, use.canon, trial)
        if not own:
            _unread(canon, use.canon)
        prepare(use, canon, trial)
        if lowered.mapping.joins and not trial.faults:
            first = run.trial()
            unrelate(use.relations, use.pairs, canon, place, first)  # what can be known before the join; said again below
            _rejoin(lowered.mapping, use, place, trial, own)
        if not trial.faults:
            unrelate(use.relations, use.pairs, canon, place, trial)
        if lowered.mapping.joins and not own:
            _bring(lowered.mapping, use, place, wire, trial)
        run.lacks_context = run.lacks_context or trial.lacks_context
        if not trial.faults or use is uses[-1]:
            run.faults += trial.faults
            run.loss += [replace(loss, part=content.part) if loss.path.startswith("?") else loss for loss in trial.loss]
            run.defaults += trial.defaults
            run.context_used += trial.context_used
            lowered.used |= {(use.exchange.row, name) for name in use.canon | base}
            return
        wire.values, wire.children = before.values, before.children  # as if this way had not been tried


def _condition(use: Use, place: Frame, run: Run) -> None:
    """Write the values that the use's `when` asks for, unless the frame already satisfies it."""
    if use.when.holds(place):
        return
    for variable, texts in use.when.wanted.items():
        if {"present", "absent"} & set(texts):
            continue
        value = place.get(variable)
        leaf = run.leaves.get(variable)
        if leaf is None:
            if value is None and len(texts) == 1:
                place.holder(variable).values[variable] = next(iter(texts))
        elif value is None:
            text = texts[0]  # of several, the first is the one written
            run.put(place, variable, text if leaf.codes is not None else True if leaf.flag else leaf.type.codec.read(text))
        elif str(value) not in texts:
            run.fault(run.place(place, variable), f"is {value}, and {use.exchange.row} needs {' or '.join(texts)}", use.at)


def _fill(fills: Iterable[Fill], message: Message, lowered: Lowered, run: Run, number: int) -> None:
    """Give values to what has no source: constants, the profile, ids and times of the hub. Each is a default with its source."""
    target = lowered.mapping
    for fill in fills:
        variable = fill.variable
        scope = next(one for one in target.scope.every() if variable in one.variables)
        for frame in lowered.frame.all(scope):
            if frame.values.get(variable) is not None and not (fill.source == "made" and number > 1):
                continue
            if fill.unless and frame.get(fill.unless) is not None:
                continue
            if fill.source == "same":
                value, source = frame.get(fill.value), f"same as {fill.value}"
            else:
                text, source = _text_of(fill, message, target, frame, run, number)
                try:
                    value = None if text is None else _filled(target.leaves[variable], text)
                except ValueError as error:
                    run.fault(run.place(frame, variable), f"would be {text!r} from {source}, which {error}", fill.at)
                    continue
            if value is not None:
                frame.values[variable] = value
                run.filled(frame, variable, value, source)
                if fill.source != "same":
                    lowered.filled.add(variable)


def _text_of(fill: Fill, message: Message, target: MessageMapping, frame: Frame, run: Run, number: int) -> tuple[str | None, str]:
    """The text a fill gives in one frame of document *number*, and who says so; None, and a fault where the place is needed, if nobody does."""
    asked = run.profile.get(fill.value) or run.profile.get(f"values.{fill.value}") if fill.source in ("profile", "count") else None
    needed = target.leaves[fill.variable].least
    match fill.source:
        case "const":
            return fill.value, f"constant of {target.id}"
        case "made":
            return derived_uuid(message.graph, target.id, fill.variable, str(number), *(str(step) for step in _index(frame))), "generated"
        case "now":
            return run.now.text() if run.now else None, "received-at"
        case "count" if asked is not None and asked.isdigit():
            return str(int(asked) + max(number - 1, 0)), f"profile {run.profile.name}"
        case "count" if needed:
            run.fault(run.place(frame, fill.variable), f"has no source: add a number `values: {{{fill.value}: …}}` to {run.profile}", fill.at)
        case "profile" if asked is not None:
            return asked, f"profile {run.profile.name}"
        case "profile" if needed:
            run.fault(run.place(frame, fill.variable), f"has no source: add `{fill.value}` to {run.profile}", fill.at)
    return None, ""


def _filled(leaf: Leaf, text: str) -> Any:
    """The value of a filled text; a place that repeats takes its items with dots between them."""
    if leaf.most is None:
        return tuple(leaf.read(item) for item in text.split("."))
    if leaf.codes is not None:
        return text if text in (leaf.names or {}) else leaf.read(text)
    return leaf.type.codec.read(text)


def _index(frame: Frame) -> list[int]:
    return [*(_index(frame.parent) if frame.parent else []), frame.index]
