"""Scaffold: the skeleton of a new mapping out of an XML schema, a JSON schema or a sample.

The skeleton compiles and loses nothing at once: every variable is a kept fact under a proposed term. The engineer
moves variables from `keep` to relations, and the message is done when nothing is kept that an exchange can say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from adapter.errors import Fault, UsageError
from adapter.mapping import Standard
from adapter.scaffold.known import Known, shipped
from adapter.scaffold.model import Draft, Place
from adapter.scaffold.names import assign, camel, class_name
from adapter.scaffold.source import read_source
from adapter.scaffold.write import TreeWriter, comment, flow, scalar, type_lines

CODES = ("few", "all")


@dataclass(frozen=True, slots=True)
class Skeleton:
    """A new mapping: `head` (comments), `mapping` (the file), `types` (what standard.yaml must have besides, "" for nothing)."""

    head: str
    mapping: str
    types: str

    def text(self) -> str:
        """The whole file, with the types as a comment at its end."""
        if not self.types:
            return self.head + self.mapping
        commented = "".join(f"# {line}\n" if line else "#\n" for line in self.types.splitlines())
        return f"{self.head}{self.mapping}# Add to standard.yaml:\n{commented}"


def scaffold(source: Path, message: str, *, standard: str | None = None, codes: str = "few") -> str:
    """The YAML of a mapping skeleton for *message*, from the XSD, JSON schema or sample *source*.

    *message*: the name of a global element (XSD), of a root member or definition (JSON schema), any name for a sample.
    *standard*: prefix of the proposed terms; the types and envelope fragments of a standard that exists are used by name.
    *codes*: a code list of up to 8 codes stands at its leaf, up to 40 as a type of standard.yaml; longer ones are
    named in a comment with their size and not checked, or with "all" are types too.
    *Raises* `UsageError` (unreadable file, unknown message: the error lists those there are), `DecodeError`.
    """
    return skeleton(source, message, standard=standard, codes=codes).text()


def skeleton(source: Path, message: str, *, standard: str | None = None, codes: str = "few", against: Standard | None = None) -> Skeleton:
    """The same in its parts. *against* is the compiled standard to take types from, if not the shipped one of that name."""
    if codes not in CODES:
        raise UsageError(Fault("", f"codes is {codes!r}; expected {' or '.join(CODES)}"))
    if standard is not None and re.fullmatch(r"[a-z][a-z0-9]*", standard) is None:
        raise UsageError(Fault("", f"the standard is {standard!r}; expected a prefix of small letters and digits, such as uftp"))
    if not class_name(message):
        raise UsageError(Fault("", f"the message is {message!r}; expected a name with letters"))
    draft = read_source(source, message)
    known = Known.of(against or (shipped(standard) if standard else None))
    return _written(draft, message, standard or "new", known, TreeWriter(known, codes == "all"))


def _written(draft: Draft, message: str, standard: str, known: Known, tree: TreeWriter) -> Skeleton:
    fragments = known.include(draft.root) if draft.syntax == "xml" else []
    taken = [variable for name in fragments for variable in known.variables(name)]
    assign(draft.root, message, taken)
    own = [place.name for place in draft.leaves if place.name]
    envelope = known.envelope(fragments, taken + own)
    body = list(tree.lines(draft.root.children, 2))
    kept = [*known.unrelated(fragments, envelope), *own]
    lines = [
        f"message: {scalar(message, flow=False)}",
        f"class: {standard}:{class_name(message)}",
        "means: Say in one sentence what this message means.",
        f"source: {scalar(draft.source, flow=False)}",
        *_recognise(draft),
        *([f"envelope: {envelope}"] if envelope else []),
        *([f"namespace: {scalar(draft.namespace, flow=False)}"] if draft.namespace else []),
        *([f"codec: {draft.codec}"] if draft.codec else []),
        *([] if draft.ordered else ['ordered: "false"']),
        f"identity: [{', '.join(map(scalar, identity([*taken, *_document(draft.root)])))}]",
        f"{draft.syntax}:",
        *body,
        "exchanges: []",
        *(["keep:", *(f"  {scalar(variable)}: {standard}:{camel(variable)}" for variable in kept)] if kept else []),
    ]
    first = f"Scaffolded from {draft.source}: {len(own) + len(taken)} variables. Relate what an exchange can say, keep the rest."
    head = [f"# {comment(line)}" for line in dict.fromkeys([first, *draft.notes])]
    types = "types:\n" + "".join(f"{line}\n" for line in type_lines(known.new)) if known.new else ""
    return Skeleton("\n".join(head) + "\n", "\n".join(lines) + "\n", types)


def _recognise(draft: Draft) -> list[str]:
    """How a JSON document is told; an XML document has its root element and namespace."""
    member = [f"json: {scalar(draft.member)}"] if draft.member else []
    members = [f"members: [{', '.join(map(scalar, draft.members))}]"] if draft.members else []
    texts = [f"text: {flow({path: scalar(text) for path, text in draft.texts.items()})}"] if draft.texts else []
    found = member + members + texts
    return [f"recognise: {{{', '.join(found)}}}"] if found else []


def _document(place: Place) -> Iterator[str]:
    """The variables of the document itself, outside what repeats."""
    for child in place.children:
        if child.form == "table":
            yield from _document(child)
        elif child.form == "leaf" and child.name and child.most == 1:
            yield child.name


def identity(variables: list[str]) -> list[str]:
    """A guess which variables of the document identify it: sender, id, revision.

    >>> identity(["version", "sender_domain", "message_id", "conversation_id"])
    ['sender_domain', 'message_id']
    """
    ids: list[str] = [name for name in ("message_id", "mrid", "id", "msg_counter") if name in variables]
    ids = ids or [name for name in variables if name.endswith(("_mrid", "_id", "_counter"))]
    senders = [name for name in ("sender", "sender_domain", "sender_mrid", "address_source_device") if name in variables]
    revisions = [name for name in variables if name in ("revision", "revision_number")]
    return [*senders[:1], *ids[:1], *revisions[:1]] if ids else []
