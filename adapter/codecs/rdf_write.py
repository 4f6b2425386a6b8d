"""A tree of CIM objects as CIM RDF/XML, spelled as we do or as a sender does."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from adapter.codecs.rdf_names import DOCUMENT, LOCAL, cached, expand, prefixes
from adapter.codecs.rdf_source import PARTS, RULE
from adapter.errors import EncodeError, Fault
from adapter.names import RDF

if TYPE_CHECKING:
    from adapter.codecs.rdf import CimTree, Entry, Value

_LOCAL_NAME = re.compile(r"(.*[#/:?=])([^\W\d][\w.-]*)", re.DOTALL)
_NOT_IRI = re.compile(r'[\x00-\x20<>"{}|\\^`]')
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class Spelling:
    """How a document writes names: *prefixes* it declares, *theirs* in place of our namespaces, and each identifier.

    *subjects*: identifier → (attribute, text), such as `("rdf:ID", "_6c…")`; *references*: identifier → text. What is in neither is written
    by *subject* and *reference*, with `{}` for a UUID.
    """

    prefixes: Mapping[str, str] = field(default_factory=dict)
    theirs: Mapping[str, str] = field(default_factory=dict)
    subjects: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    references: Mapping[str, str] = field(default_factory=dict)
    subject: tuple[str, str] = ("rdf:about", "urn:uuid:{}")
    reference: str = "urn:uuid:{}"
    upper: bool = False

    def attribute(self, identifier: str) -> tuple[str, str]:
        """The attribute that names an object."""
        known = self.subjects.get(identifier)
        if known is not None:
            return known
        return (self.subject[0], self._uuid(identifier, self.subject[1])) if identifier.startswith("urn:uuid:") else ("rdf:about", self.outward(identifier))

    def resource(self, identifier: str) -> str:
        """The text of a reference to an object, or to a value of an enumeration."""
        known = self.references.get(identifier)
        if known is not None:
            return known
        return self._uuid(identifier, self.reference) if identifier.startswith("urn:uuid:") else self.outward(identifier)

    def _uuid(self, identifier: str, form: str) -> str:
        uuid = identifier.removeprefix("urn:uuid:")
        return form.format(uuid.upper() if self.upper else uuid)

    def outward(self, iri: str) -> str:
        """An IRI that is no UUID: relative to the document where it is local, with the sender's namespace where it is ours."""
        if iri.startswith(LOCAL):
            return f"#{iri.removeprefix(LOCAL)}"
        if iri.startswith(DOCUMENT):
            return iri.removeprefix(DOCUMENT)
        for ours, theirs in self.theirs.items():
            if iri.startswith(ours):
                return theirs + iri.removeprefix(ours)
        return iri


OURS = Spelling()


def write(tree: CimTree, spelling: Spelling) -> bytes:
    """The document; see `adapter.codecs.rdf.encode`."""
    names = _Names(spelling)
    lines: list[str] = []
    for class_name, entries in tree.items():
        for entry in entries:
            lines += _element(class_name, entry, names)
    head = "".join(f" xmlns:{prefix}={quoteattr(iri)}" for prefix, iri in names.declared.items())
    text = "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', f"<rdf:RDF{head}>", *lines, "</rdf:RDF>", ""])
    wrong = _NOT_XML.search(text)
    if wrong:
        raise EncodeError(Fault("", f"a value holds the character U+{ord(wrong[0]):04X}, which XML cannot hold", "XML 1.0"))
    return text.encode()


class _Names:
    """XML names for CURIEs and IRIs; a namespace that has no prefix is given one."""

    def __init__(self, spelling: Spelling) -> None:
        self.spelling = spelling
        self.declared = dict(spelling.prefixes) or {prefix: prefixes()[prefix] for prefix in ("cim", "rdf", "md")}
        if RDF not in self.declared.values() or self.declared.get("rdf", RDF) != RDF:
            raise EncodeError(Fault("", "the document does not call RDF's namespace rdf", RULE))
        self._prefix = {iri: prefix for prefix, iri in self.declared.items() if prefix}
        self.tag = cached(self._tag)

    def _tag(self, name: str) -> str:
        split = _LOCAL_NAME.fullmatch(self.spelling.outward(expand(name, prefixes())))
        if split is None:
            raise EncodeError(Fault("", f"{name!r} cannot be written as the name of an XML element", "XML 1.0"))
        namespace = split[1]
        if namespace not in self._prefix:
            free = next(prefix for prefix in (f"ns{number}" for number in range(len(self.declared), 10_000)) if prefix not in self.declared)
            usual = next((prefix for prefix, iri in prefixes().items() if iri == namespace and prefix not in self.declared), free)
            self._prefix[namespace] = usual
            self.declared[usual] = namespace
        return f"{self._prefix[namespace]}:{split[2]}"


def _element(class_name: str, entry: Entry, names: _Names) -> list[str]:
    tag = names.tag(class_name) if class_name else "rdf:Description"
    identifier = entry.get("@id")
    if not isinstance(identifier, str) or (not class_name and len(entry) == 1):
        raise EncodeError(Fault(tag, "an object has no @id, or neither class nor property", RULE))
    attribute, text = names.spelling.attribute(identifier)
    lines = [f"<{tag} {attribute}={_iri(text)}>"]
    for name, values in entry.items():
        if name in PARTS:
            lines += _part(name, values if isinstance(values, list) else [values], names)
        elif not name.startswith("@"):
            label = names.tag(name)
            lines += [_property(label, value, names) for value in (values if isinstance(values, list) else [values])]
    return [*lines, f"</{tag}>"]


def _part(name: str, entries: list[Value], names: _Names) -> list[str]:
    """The statements of a difference model."""
    label = names.tag(name)
    inner = [line for entry in entries if isinstance(entry, dict) for line in _element(entry.get("@type", ""), _untyped(entry), names)]
    return [f'  <{label} rdf:parseType="Statements">', *inner, f"  </{label}>"]


def _untyped(entry: dict[str, str]) -> Entry:
    return {name: value for name, value in entry.items() if name != "@type"}


def _property(label: str, value: Value, names: _Names) -> str:
    if isinstance(value, str):
        return f"  <{label}>{_text(value)}</{label}>"
    if "@id" in value:
        return f"  <{label} rdf:resource={_iri(names.spelling.resource(value['@id']))}/>"
    if "@language" in value:
        return f"  <{label} xml:lang={quoteattr(value['@language'])}>{_text(value['@value'])}</{label}>"
    return f"  <{label} rdf:datatype={quoteattr(value['@type'])}>{_text(value['@value'])}</{label}>"


def _text(value: str) -> str:
    return escape(value, {"\r": "&#13;"})


def _iri(text: str) -> str:
    """An IRI as a quoted attribute value."""
    if _NOT_IRI.search(text):
        raise EncodeError(Fault("", f"{text!r} is no IRI", "RFC 3987"))
    return quoteattr(text)
