"""Every leaf of an input is accounted for; every loss of a translation has a path, a value and a reason.

`account` walks the document on its own, beside the reader: what it counts is what stands there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from itertools import chain, repeat
from typing import TYPE_CHECKING, Any

from adapter.derive import Rule
from adapter.frames import Frame, Scope
from adapter.lowering import Lowered
from adapter.mapping import MessageMapping, Use
from adapter.message import Message, locate
from adapter.names import LOCATIONS
from adapter.run import Default, Loss, Run
from adapter.tree.json import rooted
from adapter.tree.spec import Branch, Leaf, Rows
from adapter.tree.xml_leaves import bare
from adapter.values import shown

if TYPE_CHECKING:
    from adapter.pipeline import Decoded


@dataclass
class Account:
    """How many leaves a document has, and what became of them; the five counts sum to the total."""

    total: int = 0
    bound: int = 0
    kept: int = 0
    derived: int = 0
    ignored: int = 0
    unmapped: int = 0

    @property
    def accounted(self) -> int:
        return self.total - self.unmapped

    @classmethod
    def of(cls, kinds: Iterable[str]) -> Account:
        """Count a stream of kinds."""
        counted = Counter(kinds)
        return cls(total=counted.total(), **counted)

    def counts(self) -> dict[str, int]:
        return asdict(self)


def account(decoded: Decoded) -> Account:
    """Classify every attribute, text and JSON leaf of a document."""
    mapping = decoded.mapping
    root = mapping.trees[decoded.syntax].root
    if decoded.syntax == "xml":
        return Account.of(_XmlWalk(mapping, mapping.table.text("namespace", "")).walk(decoded.value, root))
    value = rooted(decoded.value)
    member = getattr(mapping.trees["json"], "member", "")
    beside = sum(leaves(value[name]) for name in value if name != member) if member else 0
    return Account.of(chain(repeat("unmapped", beside), _json(mapping, value[member] if member else value, root)))


def kind_of(mapping: MessageMapping, leaf: Leaf) -> str:
    """bound, kept, derived or ignored: what a mapping does with a leaf."""
    if leaf.ignore:
        return "ignored"
    if leaf.const is not None or leaf.var in mapping.checked:
        return "derived"
    if leaf.var in mapping.related or any(leaf.var in use.when.wanted for use in mapping.uses):
        return "bound"
    return "kept" if leaf.var in mapping.keep or mapping.provides else "derived"


class _XmlWalk:
    def __init__(self, mapping: MessageMapping, namespace: str) -> None:
        self.mapping = mapping
        self.ns = f"{{{namespace}}}" if namespace else ""
        self.rows: dict[int, dict[str, str]] = {}

    def walk(self, element: Any, branch: Branch) -> Iterator[str]:
        attributes = {leaf.key: leaf for leaf in branch.attributes}
        for name in element.attrib:
            if name not in LOCATIONS:
                yield kind_of(self.mapping, attributes[name]) if name in attributes else "unmapped"
        if branch.text is not None:
            yield kind_of(self.mapping, branch.text)
        elif (element.text or "").strip():
            yield "unmapped"
        children = {self.ns + child.key: child for child in branch.children}
        for child in element:
            yield from self.child(child, children.get(child.tag))

    def child(self, element: Any, spec: Branch | Leaf | Rows | None) -> Iterator[str]:
        if spec is None:
            yield from ["unmapped"] * _xml_leaves(element)
        elif not isinstance(spec, Leaf) and bare(element) and not (isinstance(spec, Branch) and spec.text):
            yield "unmapped" if isinstance(spec, Branch) and spec.can_be_empty and not spec.scope else "derived"
        elif isinstance(spec, Branch):
            yield from self.walk(element, spec)
        elif isinstance(spec, Rows):
            columns = self.columns(spec)
            for name in element.keys():  # noqa: SIM118 (an lxml element iterates over its children)
                if name not in LOCATIONS:
                    yield columns.get(name, "unmapped")
            for cell in element:
                yield columns.get(cell.tag, "unmapped") if not len(cell) else "unmapped"
        elif spec.ignore:
            yield from ["ignored"] * _xml_leaves(element)
        else:
            yield kind_of(self.mapping, spec)
            yield from ["unmapped"] * (_xml_leaves(element) - 1 if len(element) or element.attrib else 0)

    def columns(self, rows: Rows) -> dict[str, str]:
        """What a mapping does with each column, by attribute or element name; computed once per document."""
        found = self.rows.get(id(rows))
        if found is None:
            found = self.rows[id(rows)] = {(leaf.key if leaf.kind == "attribute" else self.ns + leaf.key): kind_of(self.mapping, leaf) for leaf in rows.columns}
        return found


def _xml_leaves(element: Any) -> int:
    inner = sum(_xml_leaves(child) for child in element)
    own = 1 if (element.text or "").strip() or not (len(element) or element.attrib) else 0
    return int(inner + len([name for name in element.attrib if name not in LOCATIONS]) + own)


def _json(mapping: MessageMapping, value: Any, branch: Branch) -> Iterator[str]:
    children = {child.key: child for child in branch.children}
    for name, item in value.items() if isinstance(value, dict) else ():
        child = children.get(name)
        if child is None:
            yield from ["ignored" if branch.rest else "unmapped"] * leaves(item)
        elif item == [] and not child.least and not (isinstance(child, Leaf) and (child.flag or child.type.name == "json")):
            yield "unmapped"
        elif isinstance(child, Leaf):
            count = leaves(item) if child.type.name == "json" else len(item) if child.most is None and isinstance(item, list) else 1
            yield from [kind_of(mapping, child)] * (count or 1)
        elif isinstance(child, Rows):
            for row in item if isinstance(item, list) else [item]:
                yield from _json_row(mapping, row, child)
        elif child.nil and item is None:
            yield "kept"
        elif item == {} and not child.scope and child.can_be_empty:
            yield "unmapped"
        else:
            for one in item if isinstance(item, list) else [item]:
                if one in ({}, []):
                    yield "derived"  # an object that must be here, or one more of a list: it is written back
                yield from _json(mapping, one, child)


def _json_row(mapping: MessageMapping, row: Any, rows: Rows) -> Iterator[str]:
    columns = {leaf.steps: leaf for leaf in rows.columns}

    def walk(value: Any, steps: tuple[str, ...]) -> Iterator[str]:
        if isinstance(value, dict) and value:
            for name, item in value.items():
                yield from walk(item, (*steps, name))
        elif isinstance(value, list) and len(value) == 1 and isinstance(value[0], dict):
            yield from walk(value[0], (*steps[:-1], steps[-1] + "[]"))
        elif steps in columns:
            yield kind_of(mapping, columns[steps])
        else:
            yield from ["unmapped"] * leaves(value)

    return walk(row, ())


def leaves(value: Any) -> int:
    """The number of leaves of a JSON value; null, {} and [] count as one.

    >>> leaves({"a": [1, {}], "b": None})
    3
    """
    if isinstance(value, dict) and value:
        return sum(map(leaves, value.values()))
    if isinstance(value, list) and value:
        return sum(map(leaves, value))
    return 1


def report_loss(
    mapping: MessageMapping,
    wire: Frame,
    message: Message,
    documents: list[Lowered],
    unmapped: list[tuple[str, str]],
    found: list[Loss],
    syntax: str,
    rules: Mapping[str, Sequence[Rule]],
) -> list[Loss]:
    """All losses of a translation: what relations reported (with their place on the source's wire), and every leaf nothing read."""
    run = Run(places=mapping.places.get(syntax) or next(iter(mapping.places.values())))
    uses = tuple(dict.fromkeys(content.use for content in message.contents if content.use))
    used = {entry for document in documents for entry in document.used}
    for row, derived in rules.items():
        used |= {(row, made) for rule in derived if rule.both_ways for made in rule.made if any((row, base) in used for base in rule.base)}
    more = {variable for relation in mapping.checking for variable in relation.beyond(wire)}
    out = [_on_wire(loss, mapping, message, wire, run) for loss in found]
    for variable, scope, reason in _unread(mapping, uses, frozenset(used), tuple(document.mapping for document in documents)):
        if variable not in mapping.checked or variable in more:
            out += _lost(mapping.leaves[variable], variable, scope, wire, run, reason)
    out += [Loss(path, text, "no mapping speaks of it") for path, text in unmapped]
    return list(dict.fromkeys(out))


@lru_cache(512)
def _unread(
    mapping: MessageMapping, uses: tuple[Use, ...], used: frozenset[tuple[str, str]], targets: tuple[MessageMapping, ...]
) -> tuple[tuple[str, Scope, str], ...]:
    """Wire variables no document reads, with the reason: the same for every message that goes the same way, so found once per way."""
    target = targets[0].id if targets else "nothing"
    arrived = {name for use in (mapping.envelope, *uses) for name in _arrived(use, used)}
    carried = {use.exchange.row for mapping in targets for use in mapping.uses} & {use.exchange.row for use in uses}
    implied = {name for use in mapping.uses if use.exchange.row in carried for name in use.when.wanted}
    return tuple(
        (variable, scope, f"{target} has no place for it" if variable in mapping.related else f"only {mapping.standard.title} says this")
        for scope in mapping.scope.every()
        for variable in sorted({*scope.variables, *scope.columns})
        if variable in mapping.leaves and variable not in arrived and variable not in implied
    )


def _arrived(use: Use, used: frozenset[tuple[str, str]]) -> Iterator[str]:
    """Wire variables of a use whose meaning the target reads."""
    for relation in use.every():
        for variable, canon in relation.links():
            if (use.exchange.row, canon) in used:
                yield variable


def _lost(leaf: Leaf, variable: str, scope: Scope, wire: Frame, run: Run, reason: str) -> Iterator[Loss]:
    for frame in wire.all(scope):
        value = frame.values.get(variable)
        if isinstance(value, list):
            for row, item in enumerate(value):
                if item is not None and item != leaf.default:
                    yield Loss(run.place(frame, variable, row), shown(item), reason)
        elif value is not None and value != leaf.default:
            yield Loss(run.place(frame, variable), shown(value), reason)


def _on_wire(loss: Loss, mapping: MessageMapping, message: Message, wire: Frame, run: Run) -> Loss:
    """A loss named by exchange variable, `?lower[3]`, moved to its place on the source's wire."""
    if not loss.path.startswith("?"):
        return loss
    name, _, index = loss.path[1:].partition("[")
    name = {"window": "w0", "envelope": "t0"}.get(name, name)
    row = int(index.rstrip("]")) - 1 if index else None
    for use in sorted((mapping.envelope, *mapping.uses), key=lambda use: not _is_said_by(loss, use)):
        for relation in use.every():
            if name in relation.canon or (name == use.exchange.row and relation.wire):
                frames = _said_in(loss, use, wire)
                variable = relation.points_at(name, row is not None) if name in relation.canon else relation.wire[0]
                if frames and (row is None or len(frames[0].get(variable) or ()) > row if isinstance(frames[0].get(variable), list) else True):
                    return Loss(run.place(frames[0], variable, row), loss.value, loss.reason, loss.became)
    return replace(loss, part=None)


def _is_said_by(loss: Loss, use: Use) -> bool:
    """Whether what is lost was said in a part of the source that this use reads."""
    return bool(loss.part) and [name for name, _ in loss.part or ()] == [step.name for step in use.scope.lineage()[1:]]


def _said_in(loss: Loss, use: Use, wire: Frame) -> list[Frame]:
    """The frame of the source in which what is lost was said; all frames of the use where that is not known."""
    return [locate(wire, loss.part)] if loss.part and _is_said_by(loss, use) else wire.all(use.scope)


def place_defaults(defaults: list[Default], documents: list[Lowered], syntax: str) -> list[Default]:
    """Defaults named by exchange variable, `?baseline`, at their place on the target's wire; what the target does not carry was not filled there."""
    if not documents:
        return defaults
    placed = [replace(default, path=_target_path(default.path, documents[0], syntax)) for default in defaults]
    return list(dict.fromkeys(default for default in placed if default.path))


def _target_path(path: str, document: Lowered, syntax: str) -> str:
    """Where a document says an exchange variable; "" when it does not."""
    if not path.startswith("?"):
        return path
    name, mapping = path[1:].partition("[")[0], document.mapping
    run = Run(places=mapping.places.get(syntax) or next(iter(mapping.places.values())))
    relation = next((relation for use in mapping.uses for relation in use.every() if name in relation.canon), None)
    return "" if relation is None else run.place(document.frame, relation.points_at(name, False))
