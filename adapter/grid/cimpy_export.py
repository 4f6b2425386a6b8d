"""Writing cimpy's objects as the files they came from: what the files said, without what was taken away, with what was changed and added.

Not by cimpy's own export, which leaves out each value equal to a default (`false`, `0`), tears texts at `@` and `%`,
ends the process when a file is there, and writes another header than was read.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from adapter.codecs.rdf_write import Spelling
from adapter.errors import EncodeError, Fault, StorageError, UsageError
from adapter.grid.cimpy_facts import Document, Fact, is_object, tree
from adapter.grid.cimpy_fence import defaults
from adapter.grid.cimpy_losses import attribute_of, cim_name, holds
from adapter.grid.model import FULL, Model, write

if TYPE_CHECKING:
    from cimpy.cgmes_v2_4_15.Base import Base

_RULE = "CGMES 2.4.15"
_XML_NAME = re.compile(r"[^\W\d][\w.-]*")


def export(documents: Sequence[Document], folder: Path, profiles: Sequence[str] | None) -> tuple[Path, ...]:
    """Write one file per document of the *profiles* (None: all), as its sender spells it; see `View.export`."""
    there = sorted({document.profile for document in documents})
    if absent := [profile for profile in profiles or () if profile not in there]:
        raise UsageError(f"the model has no file of the profile {', '.join(absent)}; it has {', '.join(there)}")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(Fault(str(folder), "is there already, and not an empty folder; a model is written into a new one"))
    files, counted = dict[str, bytes](), Counter[str]()
    for document in documents:
        counted[document.profile] += 1
        if profiles is None or document.profile in profiles:
            number = f"_{counted[document.profile]}" if counted[document.profile] > 1 else ""
            files[f"{document.profile}{number}.xml"] = write(replace(document.model, tree=tree(document.model.tree[FULL][0], document.classes, document.facts)))
    return tuple(_store(folder, name, data) for name, data in files.items())


def _store(folder: Path, name: str, data: bytes) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / name).open("xb") as file:
            file.write(data)
    except OSError as error:
        raise StorageError(Fault(str(folder / name), f"cannot be written: {error.strerror}")) from error
    return folder / name


class Changes:
    """The *documents* of a model against its *objects*. *kept_out*: facts that the objects never held, and so cannot have changed."""

    def __init__(self, documents: Sequence[Document], objects: Mapping[str, Base], taken: Mapping[str, str], kept_out: Collection[Fact]) -> None:
        self._documents, self._objects, self._taken, self._kept_out = documents, objects, taken, kept_out
        self._names = {id(one): subject for subject, one in objects.items()}
        self._gone = taken.keys() - objects.keys()
        facts = [fact for document in documents for fact in document.facts]
        self._stated = {(fact.subject, attribute_of(fact)) for fact in facts}
        self._kinds = {fact.name: fact.value.rpartition(".")[0] for fact in facts if fact.refers and not is_object(fact.value) and cim_name(fact.name)}
        self._pairs = {(fact.subject, fact.value) for fact in facts if fact.refers}
        self._pairs |= {(subject, target) for subject, _, value in self._values() if not isinstance(value, list) for target in self._targets(value)}

    def documents(self) -> Iterator[Document]:
        """The documents as they are now; what is new stands in the first of its profile. *Raises* `EncodeError` where there is none."""
        added, made = list(self._added()), list(self._made())
        seen = set[str]()
        for document in self._documents:
            first = document.profile not in seen
            seen.add(document.profile)
            mine = [fact for profile, fact in added if first and profile == document.profile]
            new = [subject for profile, subject in made if first and profile == document.profile]
            classes = {subject: name for subject, name in document.classes.items() if subject not in self._gone}
            for subject in [*new, *(fact.subject for fact in mine)]:
                classes.setdefault(subject, f"cim:{type(self._objects[subject]).__name__}")
            facts = tuple(dict.fromkeys([*self._now(document), *mine]))
            yield Document(document.profile, self._spelled(document, classes, facts), classes, facts)

    def _spelled(self, document: Document, classes: Mapping[str, str], facts: Sequence[Fact]) -> Model:
        """The model of the file, which spells what is new in it as CGMES 2.4.15 asks: `rdf:ID` defines, `rdf:about` and `rdf:resource` repeat with #."""
        spelling, known = document.model.spelling, {fact.value for fact in document.facts}
        subjects = {subject: self._name(subject, subject in self._taken) for subject in classes.keys() - document.classes.keys()}
        references = {fact.value: self._name(fact.value, True)[1] for fact in facts if fact.refers and is_object(fact.value) and fact.value not in known}
        new = replace(spelling, subjects={**spelling.subjects, **subjects}, references={**spelling.references, **references})
        return replace(document.model, spelling=new)

    def _name(self, subject: str, repeated: bool) -> tuple[str, str]:
        """The attribute that names an object, and its text, in the letters of the file that names it first."""
        spelling = next((document.model.spelling for document in self._documents if subject in document.classes), Spelling(subject=("rdf:ID", "_{}")))
        attribute, text = spelling.attribute(subject)
        local = text.removeprefix("#")
        if repeated or not _XML_NAME.fullmatch(local):
            return "rdf:about", f"#{text}" if attribute == "rdf:ID" else text
        return "rdf:ID", local

    def _now(self, document: Document) -> Iterator[Fact]:
        for fact in document.facts:
            if fact.subject in self._gone or (fact.refers and fact.value in self._gone):
                continue
            attribute = attribute_of(fact)
            if fact in self._kept_out or fact.subject not in self._taken or attribute == "mRID":
                yield fact
                continue
            value = getattr(self._objects[fact.subject], attribute)
            if holds(value, defaults(self._taken[fact.subject])[attribute], fact, self._objects):
                yield fact
            else:
                yield from self._said(fact, value)

    def _said(self, fact: Fact, value: object) -> Iterator[Fact]:
        """An attribute's present *value*, in the place of what *fact* said of it; nothing for a value that was taken away."""
        if value is None or value == "list":
            return
        for one in value if isinstance(value, list) else [value]:
            kind = self._kinds.get(fact.name)
            if not isinstance(one, bool | int | float | str):
                yield from (replace(fact, value=target, refers=True) for target in self._targets(one))
            elif kind and isinstance(one, str):
                yield replace(fact, value=f"{kind}.{one}", refers=True)
            else:
                yield replace(fact, value=str(one).lower() if isinstance(one, bool) else str(one), refers=False)

    def _added(self) -> Iterator[tuple[str, Fact]]:
        """(profile, fact) of what no file said. A reference is said from one side: where its other side stands, it is not."""
        for subject, attribute, value in self._values():
            owner, profiles = _property(type(self._objects[subject]), attribute)
            for said in self._said(Fact(subject, f"cim:{owner}.{attribute}", ""), value):
                known = (said.value, subject) in self._pairs or (isinstance(value, list) and (subject, said.value) in self._pairs)
                if not (said.refers and is_object(said.value) and known):
                    yield self._home(profiles, f"{owner}.{attribute} of {subject}"), said

    def _made(self) -> Iterator[tuple[str, str]]:
        """(profile, object) of what no file named."""
        for subject, one in self._objects.items():
            if subject not in self._taken:
                yield self._home(_profiles(type(one), "class"), f"{type(one).__name__} {subject}"), subject

    def _values(self) -> Iterator[tuple[str, str, object]]:
        """(object, attribute, value) of all that no file said and that is not cimpy's default; and of lists, which may have grown."""
        for subject, one in self._objects.items():
            known = defaults(type(one).__name__)
            for attribute, value in vars(one).items():
                new = isinstance(value, list) or ((subject, attribute) not in self._stated and value != known.get(attribute))
                if new and attribute != "mRID":
                    yield subject, attribute, value

    def _targets(self, value: object) -> list[str]:
        found = self._names.get(id(value))
        return [found] if found else []

    def _home(self, profiles: Sequence[str], what: str) -> str:
        """The first of the *profiles* that the model has a file of."""
        there = {document.profile for document in self._documents}
        found = next((profile for profile in profiles if profile in there), "")
        if not found:
            says = f"is new and belongs into {' or '.join(profiles) or 'no profile'}; the model has files of {', '.join(sorted(there))}"
            raise EncodeError(Fault(what, says, _RULE))
        return found


def _property(kind: type[Base], attribute: str) -> tuple[str, list[str]]:
    """The class that an attribute of *kind* comes from, by which its property is named, and the profiles it may stand in."""
    for ancestor in kind.__mro__:
        if attribute in vars(ancestor).get("possibleProfileList", {}):
            return ancestor.__name__, _profiles(ancestor, attribute)
    raise EncodeError(Fault(f"{kind.__name__}.{attribute}", "was set, and cimpy's class has no such attribute", _RULE))


def _profiles(kind: type[Base], what: str) -> list[str]:
    return [kind.cgmesProfile(number).name for number in sorted(kind.possibleProfileList.get(what, []))]
