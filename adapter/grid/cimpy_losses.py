"""What cimpy cannot hold of a model, found before it is asked, each loss with a reason; and how values look on the wire and in its objects."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING

from adapter.codecs.rdf import DOCUMENT
from adapter.codecs.rdf_names import expand, prefixes
from adapter.grid.cimpy_facts import Document, Fact, identifier, is_object, key
from adapter.grid.cimpy_fence import classes, defaults
from adapter.grid.difference import TYPE

if TYPE_CHECKING:
    from cimpy.cgmes_v2_4_15.Base import Base

_TRUTH = {"true": True, "1": True, "false": False, "0": False}  # the lexical space of xsd:boolean
_WHOLE = re.compile(r"([+-]?\d+)(?:\.0+)?")
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?")
_ENUMERATION = re.compile(r".*[#/]\w+\.(\w+)")
_MANY = "list"  # how cimpy marks an attribute that holds many objects, and holds none yet


class Why(Enum):
    """Why cimpy does not hold a fact as the file says it."""

    CLASS = "cimpy has no class for the object"
    NO_CLASS = "no file says what the object is"
    NAMESPACE = "the name is not from CIM16, and cimpy reads no other"
    ATTRIBUTE = "cimpy's class has no such attribute"
    TYPE = "it is no value of the type cimpy gives the attribute"
    ROUNDED = "cimpy's binary number is not this decimal"
    MISSING = "it refers to an object that no file describes"
    UNREAD = "it refers to an object that cimpy has no class for"
    EMPTY = "it refers to nothing: the reference is empty"
    SECOND = "cimpy holds one value here, and another came first"
    IDENTIFIER = "cimpy finds the object by another mRID: its rdf:ID"


@dataclass(frozen=True, slots=True)
class Loss:
    """A fact that cimpy's objects do not show, or only rounded."""

    fact: Fact
    why: Why


class Screen:
    """The classes of all objects of a model, and what of its facts can be handed to cimpy. Files are given with those that define objects first."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self.named: dict[str, str] = {}
        for document in documents:
            self.named = {**document.classes, **self.named}
        self.taken = {subject: cim_name(name) for subject, name in self.named.items() if cim_name(name) in classes() and is_object(subject)}

    def of_classes(self, document: Document) -> Iterator[Loss]:
        """The objects of a file that cimpy has no class for, or whose class is another in an earlier file."""
        for subject, name in document.classes.items():
            said = Fact(subject, TYPE, expand(name, prefixes()), refers=True)
            if self.named[subject] != name:
                yield Loss(said, Why.SECOND)
            elif subject not in self.taken:
                yield Loss(said, Why.CLASS if cim_name(name) else Why.NAMESPACE)

    def of(self, fact: Fact) -> Why | None:
        """Why a fact is not handed over, or only rounded."""
        if fact.subject not in self.taken:
            return Why.CLASS if fact.subject in self.named else Why.NO_CLASS
        if fact.name == TYPE:
            return Why.SECOND
        attribute = attribute_of(fact)
        if not attribute:
            return Why.NAMESPACE
        known = defaults(self.taken[fact.subject])
        if attribute not in known:
            return Why.ATTRIBUTE
        if attribute == "mRID":  # its functions look objects up by this attribute, so it must be the rdf:ID
            return None if _bare(key(fact.subject)) == _bare(fact.value) else Why.IDENTIFIER
        if fact.refers:
            return self._of_reference(fact, known[attribute])
        if not accepts(known[attribute], fact):
            return Why.TYPE
        return None if exact(known[attribute], fact.value) else Why.ROUNDED

    def _of_reference(self, fact: Fact, default: object) -> Why | None:
        if fact.value == DOCUMENT:
            return Why.EMPTY
        if is_object(fact.value) and fact.value not in self.taken:
            return Why.UNREAD if fact.value in self.named else Why.MISSING
        return None if accepts(default, fact) and (is_object(fact.value) or enumeration(fact.value)) else Why.TYPE


def cim_name(name: str) -> str:
    """The name within CIM; empty for other names."""
    return name.removeprefix("cim:") if name.startswith("cim:") else ""


def attribute_of(fact: Fact) -> str:
    """The attribute of cimpy's object that a property stands for; empty outside CIM.

    >>> attribute_of(Fact("urn:gridglot:local:B1", "cim:Switch.open", "true"))
    'open'
    """
    return cim_name(fact.name).rpartition(".")[2]


def spelled(default: object, text: str) -> str | None:
    """The *text* of a literal as cimpy reads it right; None if it is no value of the attribute, whose *default* shows the type.

    >>> spelled(0, "10.000000"), spelled(0, "4.25"), spelled(0.0, "10.000000"), spelled(True, "1")
    ('10', None, '10.000000', 'true')
    """
    plain = text.strip()
    if isinstance(default, bool):
        return str(_TRUTH[plain]).lower() if plain in _TRUTH else None
    if isinstance(default, int):
        whole = _WHOLE.fullmatch(plain)
        return whole[1] if whole else None
    if isinstance(default, float):
        return plain if _NUMBER.fullmatch(plain) else None
    return None if default == _MANY or not text else text


def converted(default: object, text: str) -> object:
    """The value that an attribute with this *default* has after cimpy read *text*; None if it is no value of it."""
    if text == "" == default:
        return text
    read = spelled(default, text)
    if read is None or not isinstance(default, bool | int | float):
        return read
    return read == "true" if isinstance(default, bool) else type(default)(read)


def exact(default: object, text: str) -> bool:
    """Whether cimpy's binary number is the decimal on the wire.

    >>> exact(0.0, "0.1"), exact(0.0, "0.1000000000000000055511151231257827")
    (True, False)
    """
    return not isinstance(default, float) or Decimal(text) == Decimal(repr(float(text)))


def enumeration(iri: str) -> str:
    """The value that an enumeration's IRI ends with; empty if it is not the IRI of an enumeration.

    >>> enumeration("urn:cim#PhaseCode.ABC")
    'ABC'
    """
    found = _ENUMERATION.fullmatch(iri)
    return found[1] if found else ""


def holds(value: object, default: object, fact: Fact, objects: Mapping[str, Base]) -> bool:
    """Whether an attribute's *value* is what the fact says."""
    if not fact.refers:
        return type(value) is type(converted(default, fact.value)) and value == converted(default, fact.value)
    if not is_object(fact.value):
        return isinstance(value, str) and value == enumeration(fact.value)
    target = objects.get(fact.value)
    return target is not None and any(one is target for one in (value if isinstance(value, list) else [value]))


def accepts(default: object, fact: Fact) -> bool:
    """Whether an attribute with this *default* can hold a value of the fact's kind."""
    if not fact.refers:
        return converted(default, fact.value) is not None
    return default is None or (default == _MANY and is_object(fact.value))


def _bare(name: str) -> str:
    """An identifier without the underscore that only XML needs; UUIDs in lower case."""
    return identifier(f"_{name.removeprefix('_')}")
