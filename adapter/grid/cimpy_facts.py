"""Files of CGMES 2.4.15 as facts: what each says of which object. Reading and writing are adapter.grid.model's; here is only what cimpy asks of a file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from adapter.codecs.rdf import CimTree, Entry
from adapter.codecs.rdf_names import BASE, LOCAL, curie, expand, prefixes, spellings
from adapter.codecs.rdf_names import identifier as canonical
from adapter.errors import DecodeError, Fault
from adapter.grid import model
from adapter.grid.difference import TYPE, statements, tree_of
from adapter.grid.model import FULL, Model
from adapter.names import CIM100, MODEL, RDF

PROFILES = {  # the word in md:Model.profile → cimpy's short name, in the order in which files should define objects
    "Equipment": "EQ",
    "SteadyStateHypothesis": "SSH",
    "Topology": "TP",
    "StateVariables": "SV",
    "Dynamics": "DY",
    "GeographicalLocation": "GL",
    "DiagramLayout": "DL",
}
_UUID = "urn:uuid:"
_CIM16 = "CIM-schema-cim16#"  # what the namespaces of CIM16 end with, whatever their year
_RULE = "CGMES 2.4.15"


@dataclass(frozen=True, slots=True)
class Fact:
    """One statement of a file, named as the codec names it (`cim:Switch.open`); *value* is a text, or an IRI if the statement *refers*."""

    subject: str
    name: str
    value: str
    refers: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """One file: its profile (EQ, SSH …), the class of each object it names, its facts in order, and the *model* it was read as."""

    profile: str
    model: Model
    classes: Mapping[str, str]
    facts: tuple[Fact, ...]


def tree(header: Entry, classes: Mapping[str, str], facts: Iterable[Fact]) -> CimTree:
    """Facts under a header, as the codec writes them."""
    said = [(subject, TYPE, (("@id", name),)) for subject, name in classes.items()]
    return {FULL: [header], **tree_of([*said, *((one.subject, one.name, (("@id", one.value),) if one.refers else one.value) for one in facts)])}


def read(data: bytes, place: str) -> Document:
    """Read one file; *place* names it in errors.

    *Raises* `DecodeError`: no RDF/XML, a version of CIM that cimpy does not know, not one header of a full model, or not exactly one profile.
    """
    try:
        found = model.read(data)
    except DecodeError as error:
        raise DecodeError([replace(fault, path=f"{place}: {fault.path}" if fault.path else place) for fault in error.faults], error.remedy) from error
    _refuse_other_cim(found, place)
    classes, facts = dict[str, str](), list[Fact]()
    for subject, name, value in statements(model.objects(found.tree)):
        if isinstance(value, tuple) and value[0][0] != "@id":
            raise DecodeError(Fault(f"{place}: {name} of {subject}", "has a datatype or a language, which CIMXML does not have", "IEC 61970-552"))
        fact = Fact(subject, name, value) if isinstance(value, str) else Fact(subject, name, value[0][1], refers=True)
        # The class of an object is no fact, however often it stands in the file; a second class is one.
        if name != TYPE or classes.setdefault(subject, curie(fact.value)) != curie(fact.value):
            facts.append(fact)
    if len(found.tree.get(FULL, ())) != 1:
        raise DecodeError(Fault(place, f"has {len(found.tree.get(FULL, ()))} headers; expected one md:FullModel with its md:Model.profile", _RULE))
    return Document(_profile(found.header.profiles, place), found, classes, tuple(facts))


def key(iri: str) -> str:
    """The name of an object inside a file, which is also its key in cimpy.

    >>> key("urn:uuid:6c33817b-05d5-4ad0-bbaa-e93c77c51dd3")
    '_6c33817b-05d5-4ad0-bbaa-e93c77c51dd3'
    """
    return f"_{iri.removeprefix(_UUID)}" if iri.startswith(_UUID) else iri.removeprefix(LOCAL)


def identifier(name: str) -> str:
    """The canonical identifier of the object that is called *name* in cimpy.

    >>> identifier("N12")
    'urn:gridglot:local:N12'
    """
    return canonical(f"{BASE}#{name}")


def is_object(iri: str) -> bool:
    """Whether an IRI names an object of a file, rather than an enumeration or something elsewhere."""
    return iri.startswith((_UUID, LOCAL))


def _refuse_other_cim(found: Model, place: str) -> None:
    """CIM100 looks nearly as CIM16 does, and cimpy would read half of it without a word."""
    theirs, spelling = found.spelling.theirs.get(CIM100, ""), found.spelling
    several = [cim for cim in spellings()["cim"] if cim == theirs or cim in spelling.prefixes.values()]
    names = {spelling.outward(expand(name, prefixes())) for kind, entry in model.objects(found.tree) for name in (kind, *entry) if name not in ("", "@id")}
    others = {name[: max(map(name.rfind, "#/:")) + 1] for name in names} - {RDF, MODEL}
    if len(several) > 1:
        raise DecodeError(Fault(place, f"declares {' and '.join(several)}; expected one of them", _RULE))
    if theirs and not theirs.endswith(_CIM16):
        version = "CIM100 (CGMES 3.0, CIM17)" if theirs == CIM100 else f"CIM of {theirs}"
        says = f"is {version}, of which cimpy drops a part in silence; give CGMES 2.4.15 (CIM16), or read the file as a grid model without cimpy"
        raise DecodeError(Fault(place, says, _RULE))
    if others and theirs not in others:
        raise DecodeError(Fault(place, f"has no object of CIM16, the one CIM that cimpy reads; its names are from {', '.join(sorted(others))}", _RULE))


def _profile(stated: tuple[str, ...], place: str) -> str:
    found = {short for text in stated for word, short in PROFILES.items() if word in text}
    if len(found) != 1:
        says = f"has the profiles {', '.join(stated) or '(none)'}; expected those of one of {', '.join(PROFILES.values())}"
        raise DecodeError(Fault(f"{place}, md:Model.profile", says, _RULE))
    return found.pop()
