"""A CGMES 2.4.15 model as typed cimpy objects, and its buses and branches, for users who have code for cimpy.

A view beside the hub's own graph, never the way into it: cimpy leaves out what it does not know. Here everything it
does not hold is listed in `View.losses`, and `View.export` gives it back. Needs the extra `cim`.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from adapter.codecs import rdf
from adapter.codecs.rdf import Entry
from adapter.codecs.rdf_write import Spelling
from adapter.errors import UsageError
from adapter.grid import cimpy_export
from adapter.grid.cimpy_facts import PROFILES, Document, Fact, identifier, key, read, tree
from adapter.grid.cimpy_fence import VERSION, defaults, fenced, library
from adapter.grid.cimpy_losses import Loss, Screen, Why, attribute_of, holds, spelled
from adapter.names import CIM100, MODEL, RDF

if TYPE_CHECKING:
    from cimpy.cgmes_v2_4_15.Base import Base

# Class → the reference that cimpy follows without looking whether it is there.
_FOLLOWED = {"Terminal": "ConductingEquipment", "OperationalLimitSet": "Terminal", "VoltageLimit": "OperationalLimitSet"}


@dataclass(frozen=True)
class View:
    """A model in cimpy's objects. *imported* is what cimpy's own functions take: `{"topology": {key: object}, "meta_info": …}`.

    *losses*: each fact of the files that the objects do not show as the file says it, with the reason.
    """

    imported: dict[str, Any]
    documents: tuple[Document, ...]
    taken: Mapping[str, str]
    losses: tuple[Loss, ...]

    @property
    def objects(self) -> dict[str, Base]:
        """Canonical identifier (`urn:uuid:…`, as everywhere in the hub) → object, in the order of the files."""
        return {identifier(name): one for name, one in self.imported["topology"].items()}

    def states(self, subject: str, attribute: str) -> bool:
        """Whether a file says the value of `Class.attribute`, or just `attribute`. cimpy shows its default for what nobody said."""
        return (subject, attribute.rpartition(".")[2]) in self._stated

    def bus_branch(self) -> BusBranch:
        """The network as buses and what joins them, by cimpy on a copy. *Raises* `UsageError` without topological nodes, `BridgeError`."""
        topology: dict[str, Base] = _copy(self.imported["topology"])
        if not any(_is(one, "TopologicalNode") for one in topology.values()):
            raise UsageError("the model has no topological nodes, from which cimpy makes the buses; give the TP file too")
        order = list(topology)
        aside = {name: topology.pop(name) for name in order if _has_nothing_to_follow(topology[name])}
        convert = library().utils.node_breaker_to_bus_branch
        left = fenced("made buses of nodes", convert, {**self.imported, "topology": topology})["topology"] | aside
        objects = {identifier(name): left[name] for name in order if name in left}
        return BusBranch(objects, _buses(objects), tuple(name for name, one in objects.items() if self._unheeded(one, name)))

    def export(self, folder: Path, profiles: Sequence[str] | None = None) -> tuple[Path, ...]:
        """Write the model into *folder*, which must not be there or be empty: one file per file given, `EQ.xml`, `EQ_2.xml`, `SSH.xml` ….

        Says all that the files said, as their sender spells it, with what was changed in the objects since. *Raises* `UsageError`: the
        folder holds something, or a profile of *profiles* is none of the model's; `EncodeError`. Nothing is written then.
        """
        kept_out = frozenset(loss.fact for loss in self.losses if loss.why is not Why.ROUNDED)
        changes = cimpy_export.Changes(self.documents, self.objects, self.taken, kept_out)
        return cimpy_export.export(tuple(changes.documents()), folder, profiles)

    @cached_property
    def _stated(self) -> frozenset[tuple[str, str]]:
        return frozenset((fact.subject, attribute_of(fact)) for document in self.documents for fact in document.facts)

    def _unheeded(self, one: Base, name: str) -> bool:
        """Only switches have `open`. Each terminal has `connected`, which cimpy takes for false where no file says it."""
        if _is(one, "Terminal"):
            return one.connected is False and self.states(name, "connected")
        return getattr(one, "open", False) is True


@dataclass(frozen=True)
class BusBranch:
    """A network as buses and what joins them.

    *objects*: canonical identifier → cimpy object, without connectivity nodes and without the breakers that are open.
    *buses*: topological node → the equipment with a terminal at it (a branch stands at two), in the order of the files.
    *unheeded*: open switches that cimpy leaves in as branches, since it looks at breakers that are not retained only, and
    terminals that are not connected, but stay at their bus. Who computes with the view has to take these out.
    """

    objects: Mapping[str, Base]
    buses: Mapping[str, tuple[str, ...]]
    unheeded: tuple[str, ...]


def objects(files: Sequence[bytes]) -> View:
    """Read the files of one model, boundary included, in any order, into cimpy's objects.

    *Raises* `DecodeError` for a file that is no CGMES 2.4.15, `UsageError` without files or without cimpy, `BridgeError`
    when cimpy gives up. Times and memory are cimpy's plus our own reading of each file.
    """
    cimpy = library()
    if not files:
        raise UsageError("a model has at least one file, and none was given")
    order = list(PROFILES.values())
    documents = tuple(sorted((read(data, f"file {number}") for number, data in enumerate(files, 1)), key=lambda one: order.index(one.profile)))
    screen = Screen(documents)
    losses, held = list[Loss](), list[tuple[Fact, ...]]()
    for document in documents:
        losses += screen.of_classes(document)
        why = {fact: screen.of(fact) for fact in document.facts}
        losses += [Loss(fact, reason) for fact, reason in why.items() if reason]
        held.append(tuple(fact for fact, reason in why.items() if reason in (None, Why.ROUNDED)))
    imported = fenced("read the model", cimpy.cim_import, list(_streams(documents, held, screen.taken)), VERSION)
    lost, made = {loss.fact for loss in losses}, View(imported, documents, screen.taken, ()).objects
    losses += [Loss(fact, Why.SECOND) for facts in held for fact in facts if fact not in lost and not _shown(made, screen.taken, fact)]
    return View(imported, documents, screen.taken, tuple(dict.fromkeys(losses)))


def _streams(documents: Sequence[Document], held: Sequence[tuple[Fact, ...]], taken: Mapping[str, str]) -> Iterator[BytesIO]:
    """What cimpy holds of each file, in the one namespace (that of the first file) and the spellings that it reads right.

    Objects are defined (`rdf:ID`) where they come first, and described elsewhere: in SSH, TP and SV most are described only.
    """
    cim = next((document.model.spelling.theirs[CIM100] for document in documents if CIM100 in document.model.spelling.theirs), CIM100)
    known = set[str]()
    for document, facts in zip(documents, held, strict=True):
        named = {subject: f"cim:{taken[subject]}" for subject in [*document.classes, *(fact.subject for fact in facts)] if subject in taken}
        word = next(word for word, profile in PROFILES.items() if profile == document.profile)
        header: Entry = {"@id": document.model.header.id, "md:Model.profile": word}
        defined = {subject: ("rdf:ID", key(subject)) for subject in named if subject not in known}
        known |= defined.keys()
        spelling = Spelling({"rdf": RDF, "cim": cim, "md": MODEL}, {CIM100: cim}, defined, {}, ("rdf:about", "#_{}"), "#_{}")
        yield BytesIO(rdf.encode(tree(header, named, _told(facts, taken)), spelling))


def _told(facts: Sequence[Fact], taken: Mapping[str, str]) -> Iterator[Fact]:
    """The facts as cimpy reads them right; without what the object says already: its mRID, and an empty text."""
    for fact in facts:
        attribute = attribute_of(fact)
        if fact.refers:
            yield fact
        elif attribute != "mRID" and fact.value:
            yield replace(fact, value=spelled(defaults(taken[fact.subject])[attribute], fact.value) or "")


def _shown(made: Mapping[str, Base], taken: Mapping[str, str], fact: Fact) -> bool:
    one, attribute = made.get(fact.subject), attribute_of(fact)
    default = defaults(taken[fact.subject])[attribute]
    return one is not None and (attribute == "mRID" or holds(getattr(one, attribute), default, fact, made))


def _copy(topology: Mapping[str, Base]) -> dict[str, Base]:
    """A copy of the objects that refer to each other as they did; `copy.deepcopy` goes too deep on the nets of a real grid."""
    copies = {id(one): copy.copy(one) for one in topology.values()}
    for one in copies.values():
        for attribute, value in vars(one).items():
            new = [copies.get(id(item), item) for item in value] if isinstance(value, list) else copies.get(id(value), value)
            setattr(one, attribute, new)
    return {name: copies[id(one)] for name, one in topology.items()}


def _buses(objects: Mapping[str, Base]) -> dict[str, tuple[str, ...]]:
    names = {id(one): name for name, one in objects.items()}
    buses: dict[str, list[str]] = {name: [] for name, one in objects.items() if _is(one, "TopologicalNode")}
    for one in objects.values():
        if _is(one, "Terminal") and one.TopologicalNode is not None and id(one.ConductingEquipment) in names:
            buses[names[id(one.TopologicalNode)]].append(names[id(one.ConductingEquipment)])
    return {bus: tuple(dict.fromkeys(equipment)) for bus, equipment in buses.items()}


def _has_nothing_to_follow(one: Base) -> bool:
    attribute = _FOLLOWED.get(type(one).__name__)
    return attribute is not None and getattr(one, attribute) is None


def _is(one: object, kind: str) -> bool:
    return type(one).__name__ == kind
