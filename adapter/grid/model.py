"""A CIM model: what its header says, its statements, how its sender spells them. Source: IEC 61970-552 (CIMXML, model header)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

from adapter.codecs import rdf
from adapter.codecs.rdf import CimTree, Entry, Value
from adapter.codecs.rdf_source import source
from adapter.codecs.rdf_write import Spelling
from adapter.grid.spelling import spelling
from adapter.names import derived_uuid

STANDARD = "cim"  # of the messages that are models
FULL, DIFFERENCE = "md:FullModel", rdf.DIFFERENCE


@dataclass(frozen=True, slots=True)
class Header:
    """What a model says about itself; every text is "" and every list empty where it says nothing. *id* is made from the bytes of a file without header."""

    id: str
    created: str = ""
    scenario: str = ""
    version: str = ""
    authority: str = ""
    description: str = ""
    profiles: tuple[str, ...] = ()
    depends_on: tuple[str, ...] = ()
    supersedes: tuple[str, ...] = ()
    missing: bool = False

    @property
    def profile_names(self) -> str:
        """The profiles as one would call them: `CoreEquipment-EU, ShortCircuit-EU`; "no header" where there is none, "no profile" where it names none."""
        return ", ".join(_called(profile) for profile in self.profiles) or ("no header" if self.missing else "no profile")


@dataclass(frozen=True)
class Model:
    """One CIM file, decoded: a full model, or a difference model, whose statements are under PARTS of its header."""

    tree: CimTree
    spelling: Spelling
    header: Header

    @property
    def is_difference(self) -> bool:
        return DIFFERENCE in self.tree

    @property
    def profile_names(self) -> str:
        """The profiles as one would call them; see `Header.profile_names`."""
        return self.header.profile_names


def read(data: bytes) -> Model:
    """Decode a CIM file. *Raises* `DecodeError`."""
    document = source(data)
    tree = rdf.read(document)
    return Model(tree, spelling(document), header(tree, data))


def write(model: Model) -> bytes:
    """The model as CIMXML in its sender's spelling; `read(write(m)).tree == m.tree`. *Raises* `EncodeError`."""
    return rdf.encode(model.tree, model.spelling)


def header(tree: CimTree, data: bytes = b"") -> Header:
    """The header of a model; one made from the bytes *data* where it has none."""
    entry = next((found[0] for name in (FULL, DIFFERENCE) if (found := tree.get(name))), None)
    if entry is None:
        return Header(f"urn:uuid:{derived_uuid(STANDARD, hashlib.sha256(data).hexdigest())}", missing=True)
    texts = {name: tuple(_texts(entry, f"md:Model.{name}")) for name in _NAMES}
    one = {name: next(iter(found), "") for name, found in texts.items()}
    return Header(
        str(entry["@id"]),
        one["created"],
        one["scenarioTime"],
        one["version"],
        one["modelingAuthoritySet"],
        one["description"],
        texts["profile"],
        texts["DependentOn"],
        texts["Supersedes"],
    )


def with_header(model: Model, entry: Entry) -> Model:
    """The same statements under another header."""
    tree = {FULL: [entry], **{name: entries for name, entries in model.tree.items() if name not in (FULL, DIFFERENCE)}}
    return replace(model, tree=tree, header=header(tree), spelling=spelled(model.spelling, header(tree)))


def spelled(spelling: Spelling, said: Header) -> Spelling:
    """A spelling that writes a header as IEC 61970-552 has it: models are named by `urn:uuid:…`, whatever objects are named by."""
    named = (*said.depends_on, *said.supersedes)
    return replace(spelling, subjects={**spelling.subjects, said.id: ("rdf:about", said.id)}, references={**spelling.references, **{one: one for one in named}})


def objects(tree: CimTree) -> Iterator[tuple[str, Entry]]:
    """Every object with the name of its class ("" for none), the header left out."""
    for name, entries in tree.items():
        if name not in (FULL, DIFFERENCE):
            for entry in entries:
                yield name, entry


def values(entry: Entry, name: str) -> list[Value]:
    """What an object says under *name*, as a list."""
    found = entry.get(name, [])
    return found if isinstance(found, list) else [found]


def _called(profile: str) -> str:
    """What a profile is called for short.

    >>> _called("urn:x/CIM/EquipmentCore/3/1"), _called("urn:x/CIM/Topology-EU/3.0"), _called("urn:x/61970-456/StateVariables/3")
    ('EquipmentCore', 'Topology-EU', 'StateVariables')
    """
    return next((part for part in reversed(profile.split("/")) if part.strip("0123456789.")), profile)


_NAMES = ("created", "scenarioTime", "version", "modelingAuthoritySet", "description", "profile", "DependentOn", "Supersedes")


def _texts(entry: Entry, name: str) -> Iterator[str]:
    for value in values(entry, name):
        yield value.strip() if isinstance(value, str) else value.get("@id", value.get("@value", ""))
