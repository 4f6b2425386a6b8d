"""The statements of a CIM RDF/XML document, read in one walk where it is as plain as CIMXML is, by an RDF parser where it is not.

CIMXML (IEC 61970-552) uses a small part of RDF/XML: objects with an identifier, properties with a text or a reference. Such a document is read from
its elements, in half the time; both ways give the same statements (a law of the tests).
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, TypeAlias

import pyoxigraph as ox
from lxml import etree

from adapter.codecs import xml
from adapter.codecs.limits import LIMITS, Limits
from adapter.codecs.rdf_names import BASE, DIGIT, Names
from adapter.errors import DecodeError, Fault
from adapter.names import RDF, TYPE, XSD

REFERENCE: Final = "reference"  # what a value is, beside the key of a literal that says more than its text
TEXT: Final = "text"
Statement: TypeAlias = "tuple[str, str, str, str, str]"  # object, property, value, what the value is, and the language or datatype it says

PARTS = ("dm:forwardDifferences", "dm:reverseDifferences")
RULE = "IEC 61970-552"
_PARSE_TYPE, _ID, _ABOUT, _RESOURCE = (f"{{{RDF}}}{name}" for name in ("parseType", "ID", "about", "resource"))
_LEGAL_ID = re.compile(r"[^\W\d][\w.-]*")
_NOT_IRI = re.compile(r'[\x00-\x20<>"{}|\\^`]')
_STRING = XSD + "string"


@dataclass
class Source:
    """A document that is harmless; *parts* are the statements of a difference model, which are no RDF/XML, as documents of their own."""

    root: etree._Element
    names: Names
    rest: etree._Element
    parts: dict[str, etree._Element] = field(default_factory=dict)

    def statements(self, part: str = "", consume: bool = False) -> Iterator[Statement]:
        """The statements of the document, or of one part of a difference model, with the IRIs it gives; *consume*: once only, to save memory.

        *Raises* `DecodeError` for what is no RDF/XML.
        """
        root = self.parts[part] if part else self.rest
        yield from _walk(root, consume) if _PLAIN(root) else self._parsed(root, part)

    def _parsed(self, root: etree._Element, part: str = "") -> Iterator[Statement]:
        """The statements as an RDF parser reads them."""
        try:
            for quad in ox.parse(input=_legal(root), format=ox.RdfFormat.RDF_XML, base_iri=BASE):
                yield _statement(quad, self.names)
        except SyntaxError as error:
            place = part or (f"line {error.lineno}" if error.lineno else "")
            says = f"the document is no RDF/XML: {str(error.msg).replace(BASE, '').replace(DIGIT, '')}"
            raise DecodeError(_misnamed(root) or [Fault(place, says, RULE)]) from error


def source(data: bytes, limits: Limits = LIMITS) -> Source:
    """Check a document and make it ready. *Raises* `DecodeError`: not harmless well-formed XML, not RDF/XML, an unknown parse type."""
    text = xml.harmless(data, limits)
    root = xml.tree(text, limits)
    if root.tag != f"{{{RDF}}}RDF":
        raise DecodeError(Fault(f"/{etree.QName(root).localname}", "is the root element; expected rdf:RDF", RULE))
    names, rest = Names(root.nsmap.values()), root
    parts: dict[str, etree._Element] = {}
    if b"parseType" in text:  # an attribute name cannot be disguised
        rest = copy.deepcopy(root)
        parts = _apart(rest, names)
    return Source(root, names, rest, parts)


# --- plain documents -------------------------------------------------------------------------------------------------


# True for a document that uses no more of RDF/XML than CIMXML does. Counting costs a tenth of asking each attribute for its name.
_PLAIN = etree.XPath(
    " and ".join(
        (
            "not(/*/@*)",
            "count(/*/*/@*) = count(/*/*)",
            "count(/*/*[@rdf:ID or @rdf:about]) = count(/*/*)",
            "count(/*/*/*/@*) = count(/*/*/*/@rdf:resource)",
            "not(/*/*/*/*)",
            "not(/*/rdf:*[not(self::rdf:Description)])",
            "not(/*/*/rdf:*)",
            "not(/*/text()[normalize-space()])",
            "not(/*/*/text()[normalize-space()])",
            "not(/*/*/*[@*]/text()[normalize-space()])",
        )
    ),
    namespaces={"rdf": RDF},
    regexp=False,
    smart_strings=False,
)


def _walk(root: etree._Element, consume: bool = False) -> Iterator[Statement]:
    """The statements of a plain document, straight from its elements; *consume*: an element that was read is emptied."""
    described = f"{{{RDF}}}Description"
    seen: dict[str, str] = {}
    given: set[str] = set()
    properties: dict[str, str] = {}
    for element in root:
        tag = element.tag
        identifier = element.get(_ID)
        if identifier is None:
            subject = _resolved(element.get(_ABOUT), seen, element)
        elif identifier in given:
            raise DecodeError(_misnamed(root))
        else:
            given.add(identifier)
            subject = _own(identifier, element)
        if tag != described:
            yield subject, TYPE, _joined(tag, properties), REFERENCE, ""
        for child in element:
            reference = child.values()  # of rdf:resource, or nothing: the document is plain
            if reference:
                yield subject, _joined(child.tag, properties), _resolved(reference[0], seen, child), REFERENCE, ""
            else:
                yield subject, _joined(child.tag, properties), child.text or "", TEXT, ""
        if consume:
            element.clear()


def _joined(tag: str, known: dict[str, str]) -> str:
    """The IRI of an element's name."""
    iri = known.get(tag)
    if iri is None:
        if not tag.startswith("{"):
            raise DecodeError(Fault(tag, "has no namespace; classes and properties of CIM have one", RULE))
        iri = known[tag] = tag[1:].replace("}", "", 1)
    return iri


def _own(identifier: str, element: etree._Element) -> str:
    """The IRI that an rdf:ID gives. One that begins with a digit is not legal, but found in the wild."""
    if not _LEGAL_ID.fullmatch(identifier.lstrip("0123456789") or "_"):
        raise DecodeError(Fault(f"line {element.sourceline}", f"{identifier} is not a valid rdf:ID value", RULE))
    return f"{BASE}#{identifier}"


def _resolved(text: str, known: dict[str, str], element: etree._Element) -> str:
    """The IRI that a reference gives."""
    iri = known.get(text)
    if iri is None:
        iri = known[text] = _iri(text, element)
    return iri


def _iri(text: str, element: etree._Element) -> str:
    if _NOT_IRI.search(text):
        raise DecodeError(Fault(f"line {element.sourceline}", f"Invalid IRI: {text!r}", RULE))
    if text.startswith("#"):
        return BASE + text
    try:
        (quad,) = ox.parse(f"<{text}> a <{BASE}> .", format=ox.RdfFormat.TURTLE, base_iri=BASE)
    except SyntaxError as error:
        raise DecodeError(Fault(f"line {element.sourceline}", f"Invalid IRI: {text!r}: {error.msg}", RULE)) from error
    return str(quad.subject.value)


# --- all other documents ---------------------------------------------------------------------------------------------


def _statement(quad: ox.Quad, names: Names) -> Statement:
    subject, predicate, target = quad.subject, quad.predicate.value, quad.object
    if not isinstance(subject, ox.NamedNode) or not isinstance(target, ox.NamedNode | ox.Literal):
        says = f"an object without identifier stands at {names.curie(predicate)}; give every object an rdf:ID or rdf:about"
        raise DecodeError(Fault("", says, RULE))
    iri = subject.value.replace(f"#{DIGIT}", "#", 1)
    if isinstance(target, ox.NamedNode):
        return iri, predicate, target.value.replace(f"#{DIGIT}", "#", 1), REFERENCE, ""
    if target.language:
        return iri, predicate, target.value, "@language", target.language
    kind = target.datatype.value
    return (iri, predicate, target.value, TEXT, "") if kind == _STRING else (iri, predicate, target.value, "@type", kind)


def _legal(root: etree._Element) -> bytes:
    """The document for an RDF parser, with a mark before each rdf:ID that begins with a digit."""
    if any(element.get(_ID, "")[:1].isdigit() for element in root.iter("{*}*")):
        root = copy.deepcopy(root)
        for element in root.iter("{*}*"):
            if element.get(_ID, "")[:1].isdigit():
                element.set(_ID, DIGIT + element.get(_ID))
    text: bytes = etree.tostring(root, encoding="UTF-8")
    return text


def _apart(root: etree._Element, names: Names) -> dict[str, etree._Element]:
    """Move the statements of a difference model into documents of their own: they are no RDF/XML, and RDF parsers drop them without a word."""
    found: dict[str, etree._Element] = {}
    faults = []
    for element in list(root.iter("{*}*")):
        parse_type = element.get(_PARSE_TYPE)
        place = f"line {element.sourceline}, {element.tag}"
        name = names.curie(_joined(element.tag, {}))
        if parse_type == "Statements" and name in PARTS and element.getparent().getparent() is root:
            part = found.setdefault(name, etree.Element(root.tag, nsmap=root.nsmap))
            part.extend(list(element))
            element.getparent().remove(element)
        elif parse_type == "Statements":
            faults.append(Fault(place, f"holds statements and is not {' or '.join(PARTS)} of a difference model", RULE))
        elif parse_type not in (None, "Resource", "Collection", "Literal"):
            says = f"has the parse type {parse_type!r}; expected Resource, Collection, Literal or Statements"
            faults.append(Fault(place, says, "RDF 1.1 XML Syntax, clause 7.2.21"))
    if faults:
        raise DecodeError(faults)
    return found


def _misnamed(root: etree._Element) -> list[Fault]:
    """A fault for each rdf:ID that is given to two elements, with both lines, and for each element with two identifiers."""
    first: dict[str, int | None] = {}
    faults = []
    for element in root.iter("{*}*"):
        identifier = element.get(_ID)
        if identifier is None:
            continue
        if element.get(_ABOUT) is not None:
            faults.append(Fault(f"line {element.sourceline}", f"has rdf:ID {identifier!r} and rdf:about {element.get(_ABOUT)!r}; give each object one", RULE))
        if identifier in first:
            says = f"rdf:ID {identifier!r} is given to a second object, the first is in line {first[identifier]}; give each object its own"
            faults.append(Fault(f"line {element.sourceline}", says, RULE))
        first.setdefault(identifier, element.sourceline)
    return faults
