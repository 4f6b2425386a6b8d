"""Scaffold: the skeleton of a new mapping out of an XML schema, a JSON schema or a sample.

The skeleton compiles and loses nothing at once: every variable is a kept fact under a proposed term. The engineer
moves variables from `keep` to relations, and the message is done when nothing is kept that an exchange can say.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from adapter.errors import Fault, UsageError
from adapter.library import library
from adapter.mapping import Standard
from adapter.scaffold.known import Known
from adapter.scaffold.model import Draft
from adapter.scaffold.names import assign, camel, class_name
from adapter.scaffold.source import read_source
from adapter.scaffold.write import TreeWriter, scalar, type_lines

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
    draft = read_source(source, message)
    known = Known.of(against or (library().standards.get(standard) if standard else None))
    return _written(draft, message, standard or "new", known, TreeWriter(known, codes == "all"))


def _written(draft: Draft, message: str, standard: str, known: Known, tree: TreeWriter) -> Skeleton:
    fragments = known.include(draft.root) if draft.syntax == "xml" else []
    envelope = next((name for name in fragments if name in known.envelopes), "")
    taken = [variable for name in fragments for variable in known.variables(name)]
    assign(draft.root, message, taken)
    own = [place.name for place in draft.leaves if place.name]
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
        f"identity: [{', '.join(identity([*taken, *_outer(draft)]))}]",
        f"{draft.syntax}:", *body,
        "exchanges: []",
        *(["keep:", *(f"  {variable}: {standard}:{camel(variable)}" for variable in kept)] if kept else []),
    ]
    head = [f"# Scaffolded from {draft.source}: {len(own) + len(taken)} variables, all kept. Relate them, then keep the rest.", *(f"# {note}" for note in dict.fromkeys(draft.notes))]
    types = "types:\n" + "".join(f"{line}\n" for line in type_lines(known.new)) if known.new else ""
    return Skeleton("\n".join(head) + "\n", "\n".join(lines) + "\n", types)


def _recognise(draft: Draft) -> list[str]:
    if draft.syntax == "xml":
        return [f"recognise: {{xml: {scalar(draft.root.key)}}}"]
    member = [f"json: {scalar(draft.member)}"] if draft.member else []
    members = [f"members: [{', '.join(map(scalar, draft.members))}]"] if draft.members else []
    return [f"recognise: {{{', '.join(member + members)}}}"]


def _outer(draft: Draft) -> list[str]:
    """The variables of the document itself, outside what repeats."""

    def of(places: list[object]) -> list[str]:
        found: list[str] = []
        for place in places:
            if place.form == "table":  # type: ignore[attr-defined]
                found += of(place.children)  # type: ignore[attr-defined]
            elif place.form == "leaf" and place.name and place.most == 1:  # type: ignore[attr-defined]
                found.append(place.name)  # type: ignore[attr-defined]
        return found

    return of(list(draft.root.children))


def identity(variables: list[str]) -> list[str]:
    """A guess which variables of the document identify it: sender, id, revision.

    >>> identity(["version", "sender_domain", "message_id", "conversation_id"])
    ['sender_domain', 'message_id']
    """
    ids = [name for name in ("message_id", "mrid", "id", "msg_counter") if name in variables]
    if not ids:
        ids = [name for name in variables if name.endswith(("_mrid", "_id", "_counter"))]
    senders = [name for name in ("sender", "sender_domain", "sender_mrid", "address_source_device") if name in variables]
    revisions = [name for name in variables if name in ("revision", "revision_number")]
    return [*senders[:1], *ids[:1], *revisions[:1]] if ids else []
