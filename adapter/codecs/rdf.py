"""CIM RDF/XML (CIMXML, IEC 61970-552): bytes to a plain tree, class by class, and back.

Objects are written in many ways (`rdf:ID="_6C…"`, `rdf:about="#_6c…"`, `rdf:about="urn:uuid:6C…"`) and mean one
thing; here each has one identifier, so that files of different tools join.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TypeAlias
from xml.sax.saxutils import escape, quoteattr

import pyoxigraph
from lxml import etree

from adapter.codecs import xml
from adapter.codecs.limits import LIMITS, Limits
from adapter.errors import DecodeError, EncodeError, Fault
from adapter.names import CIM100, MODEL, RDF, TYPE, XSD

Value: TypeAlias = "str | dict[str, str]"
Entry: TypeAlias = "dict[str, Value | list[Value]]"
CimTree: TypeAlias = "dict[str, list[Entry]]"

PREFIXES = {
    "cim": CIM100,
    "rdf": RDF,
    "md": MODEL,
}
LOCAL = "urn:gridglot:local:"  # an identifier inside the document that is no UUID
DOCUMENT = "urn:gridglot:document:"  # a reference relative to the document, without #

_BASE = "gridglot://document/"
_DIGIT = "_gridglot-digit-"  # stands before an rdf:ID that begins with a digit while pyoxigraph reads it
_TYPE, _STRING = TYPE, XSD + "string"
_UUID = re.compile(r"(?:urn:uuid:|.*#)_?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})", re.IGNORECASE | re.DOTALL)
_DIGIT_ID = re.compile(rb"\bID\s*=\s*[\"']\d")
_LOCAL_NAME = re.compile(r"(.*[#/:?=])([^\W\d][\w.-]*)", re.DOTALL)
_NOT_IRI = re.compile(r'[\x00-\x20<>"{}|\\^`]')
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_RULE = "IEC 61970-552"


def decode(data: bytes, limits: Limits = LIMITS) -> CimTree:
    """Decode a CIM RDF/XML document: `{"cim:Meter": [{"@id": iri, "cim:IdentifiedObject.name": value, …}, …], …}`.

    A value is a text, or `{"@id": iri}` for a reference, or `{"@value", "@type" | "@language"}` for a literal that says
    more than its text; a property that repeats is a list. Names are CURIEs with PREFIXES, else full IRIs. Classes stand
    in order of first appearance, objects in document order; objects without a class under "". An object with several
    classes stands under the first, the others are its `rdf:type`. UUIDs become `urn:uuid:` in lower case without `_`,
    other local identifiers `urn:gridglot:local:…`; all other IRIs (enumerations) stay as they are.
    *Raises* `DecodeError`: not harmless well-formed XML, not RDF/XML, a difference model, or an object without identifier.
    """
    text = xml.harmless(data, limits)
    root = xml.tree(text, limits)
    if root.tag != f"{{{RDF}}}RDF":
        raise DecodeError(Fault(f"/{etree.QName(root).localname}", "is the root element; expected rdf:RDF", _RULE))
    if b"parseType" in text:  # an attribute name cannot be disguised
        _refuse_statements(root)
    if _DIGIT_ID.search(text):
        text = _with_legal_ids(root)
    if b"\r" in text:  # XML 1.0, clause 2.11, which pyoxigraph leaves out
        text = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    try:
        return _tree(pyoxigraph.parse(input=text, format=pyoxigraph.RdfFormat.RDF_XML, base_iri=_BASE))
    except SyntaxError as error:
        place = f"line {error.lineno}" if error.lineno else ""
        reason = str(error.msg).replace(_BASE, "").replace(_DIGIT, "")
        raise DecodeError(Fault(place, f"the document is no RDF/XML: {reason}", _RULE)) from error


def encode(tree: CimTree) -> bytes:
    """Encode a tree as CIM RDF/XML: one element per object, `rdf:about`, references as `rdf:resource`.

    Law: `decode(encode(tree)) == tree` for what `decode` gave. *Raises* `EncodeError`: an object without `@id` or that
    says nothing, a name that cannot be an XML name, a character XML cannot hold.
    """
    names = _Names()
    lines: list[str] = []
    for class_name, entries in tree.items():
        tag = names.tag(class_name) if class_name else "rdf:Description"
        for entry in entries:
            lines += _element(tag, entry, names)
    head = "".join(f" xmlns:{prefix}={quoteattr(iri)}" for prefix, iri in names.prefixes.items())
    text = "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', f"<rdf:RDF{head}>", *lines, "</rdf:RDF>", ""])
    wrong = _NOT_XML.search(text)
    if wrong:
        raise EncodeError(Fault("", f"a value holds the character U+{ord(wrong[0]):04X}, which XML cannot hold", "XML 1.0"))
    return text.encode()


# --- decoding --------------------------------------------------------------------------------------------------------


def _refuse_statements(root: etree._Element) -> None:
    """pyoxigraph drops what it does not know as a parse type without a word; a difference model is mainly that."""
    faults = []
    for element in root.iter():
        parse_type = element.get(f"{{{RDF}}}parseType")
        if parse_type == "Statements":
            says = "holds the statements of a difference model, which is not read here; send the full model"
            faults.append(Fault(f"line {element.sourceline}, {element.tag}", says, _RULE))
        elif parse_type not in (None, "Resource", "Collection", "Literal"):
            says = f"has the parse type {parse_type!r}; expected Resource, Collection or Literal"
            faults.append(Fault(f"line {element.sourceline}, {element.tag}", says, "RDF 1.1 XML Syntax, clause 7.2.21"))
    if faults:
        raise DecodeError(faults)


def _with_legal_ids(root: etree._Element) -> bytes:
    """The document with a mark before each rdf:ID that begins with a digit; such an ID is not legal, but found in the wild."""
    name = f"{{{RDF}}}ID"
    for element in root.iter():
        identifier = element.get(name, "")
        if identifier[:1].isdigit():
            element.set(name, _DIGIT + identifier)
    marked: bytes = etree.tostring(root, encoding="UTF-8")
    return marked


def _tree(quads: Iterable[pyoxigraph.Quad]) -> CimTree:
    iri_of, name_of = _cached(_identifier), _cached(_curie)
    entries: dict[str, Entry] = {}
    classes: dict[str, str] = {}
    for quad in quads:
        subject, predicate, target = quad.subject, quad.predicate.value, quad.object
        if not isinstance(subject, pyoxigraph.NamedNode):
            raise _anonymous(predicate)
        iri = iri_of(subject.value)
        entry = entries.get(iri)
        if entry is None:
            entry = entries[iri] = {"@id": iri}
        if isinstance(target, pyoxigraph.Literal):
            _add(entry, name_of(predicate), _literal(target))
        elif not isinstance(target, pyoxigraph.NamedNode):
            raise _anonymous(predicate)
        elif predicate == _TYPE and iri not in classes:
            classes[iri] = name_of(target.value)
        else:
            _add(entry, name_of(predicate), {"@id": iri_of(target.value)})
    tree: CimTree = {}
    for iri, entry in entries.items():
        tree.setdefault(classes.get(iri, ""), []).append(entry)
    return tree


def _add(entry: Entry, name: str, value: Value) -> None:
    known = entry.get(name)
    if known is None:
        entry[name] = value
    elif isinstance(known, list):
        known.append(value)
    else:
        entry[name] = [known, value]


def _literal(literal: pyoxigraph.Literal) -> Value:
    if literal.language:
        return {"@value": literal.value, "@language": literal.language}
    kind = literal.datatype.value
    return literal.value if kind == _STRING else {"@value": literal.value, "@type": kind}


def _identifier(iri: str) -> str:
    """One identifier for all spellings of it.

    >>> _identifier("urn:uuid:6C33817B-05D5-4AD0-BBAA-E93C77C51DD3")
    'urn:uuid:6c33817b-05d5-4ad0-bbaa-e93c77c51dd3'
    """
    iri = iri.replace(f"#{_DIGIT}", "#", 1)
    uuid = _UUID.fullmatch(iri)
    if uuid:
        return f"urn:uuid:{uuid[1].lower()}"
    if iri.startswith(f"{_BASE}#"):
        return LOCAL + iri.removeprefix(f"{_BASE}#")
    return DOCUMENT + iri.removeprefix(_BASE) if iri.startswith(_BASE) else iri


def _curie(iri: str) -> str:
    for prefix, namespace in PREFIXES.items():
        if iri.startswith(namespace):
            return f"{prefix}:{iri.removeprefix(namespace)}"
    return iri


def _cached(function: Callable[[str], str]) -> Callable[[str], str]:
    """*function* with a memory that lives as long as one document."""
    known: dict[str, str] = {}

    def remembered(key: str) -> str:
        value = known.get(key)
        if value is None:
            value = known[key] = function(key)
        return value

    return remembered


def _anonymous(predicate: str) -> DecodeError:
    says = f"an object without identifier stands at {_curie(predicate)}; give every object an rdf:ID or rdf:about"
    return DecodeError(Fault("", says, _RULE))


# --- encoding --------------------------------------------------------------------------------------------------------


class _Names:
    """XML names for CURIEs and IRIs; a namespace without a prefix of ours is given one."""

    def __init__(self) -> None:
        self.prefixes = dict(PREFIXES)
        self.tag = _cached(self._tag)

    def _tag(self, name: str) -> str:
        prefix, _, local = name.partition(":")
        namespace = PREFIXES.get(prefix)
        split = _LOCAL_NAME.fullmatch(name if namespace is None else f"{namespace}{local}")
        if split is None:
            raise EncodeError(Fault("", f"{name!r} cannot be written as the name of an XML element", "XML 1.0"))
        for prefix, namespace in self.prefixes.items():
            if namespace == split[1]:
                return f"{prefix}:{split[2]}"
        self.prefixes[f"ns{len(self.prefixes)}"] = split[1]
        return f"ns{len(self.prefixes) - 1}:{split[2]}"


def _element(tag: str, entry: Entry, names: _Names) -> list[str]:
    identifier = entry.get("@id")
    if not isinstance(identifier, str) or (tag == "rdf:Description" and len(entry) == 1):
        raise EncodeError(Fault(tag, "an object has no @id, or neither class nor property", _RULE))
    lines = [f"<{tag} rdf:about={_reference(identifier)}>"]
    for name, values in entry.items():
        if name != "@id":
            label = names.tag(name)
            lines += [_property(label, value) for value in (values if isinstance(values, list) else [values])]
    return [*lines, f"</{tag}>"]


def _property(label: str, value: Value) -> str:
    if isinstance(value, str):
        return f"  <{label}>{_text(value)}</{label}>"
    if "@id" in value:
        return f"  <{label} rdf:resource={_reference(value['@id'])}/>"
    if "@language" in value:
        return f"  <{label} xml:lang={quoteattr(value['@language'])}>{_text(value['@value'])}</{label}>"
    return f"  <{label} rdf:datatype={quoteattr(value['@type'])}>{_text(value['@value'])}</{label}>"


def _text(value: str) -> str:
    return escape(value, {"\r": "&#13;"})


def _reference(iri: str) -> str:
    """An IRI as a quoted attribute value; local identifiers as references into the document."""
    if iri.startswith(LOCAL):
        iri = f"#{iri.removeprefix(LOCAL)}"
    elif iri.startswith(DOCUMENT):
        iri = iri.removeprefix(DOCUMENT)
    if _NOT_IRI.search(iri):
        raise EncodeError(Fault("", f"{iri!r} is no IRI", "RFC 3987"))
    return quoteattr(iri)
