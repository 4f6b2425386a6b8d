"""CIM RDF/XML (CIMXML, IEC 61970-552): bytes to a plain tree, class by class, and back.

Objects are written in many ways (`rdf:ID="_6C…"`, `rdf:about="#_6c…"`, `rdf:about="urn:uuid:6C…"`) and mean one
thing; here each has one identifier, so that files of different tools join. So do the versions of a vocabulary.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from adapter.codecs.limits import LIMITS, Limits
from adapter.codecs.rdf_names import DOCUMENT, LOCAL, Names, prefixes
from adapter.codecs.rdf_source import PARTS, REFERENCE, RULE, TEXT, Source, Statement, source
from adapter.codecs.rdf_write import OURS, Spelling, write
from adapter.errors import DecodeError, Fault
from adapter.names import RDF, TYPE

__all__ = ["DOCUMENT", "LOCAL", "PARTS", "RDF", "CimTree", "Entry", "Value", "decode", "encode", "prefixes", "read"]

Value: TypeAlias = "str | dict[str, str]"
Entry: TypeAlias = "dict[str, Value | list[Value]]"
CimTree: TypeAlias = "dict[str, list[Entry]]"

DIFFERENCE = "dm:DifferenceModel"


def decode(data: bytes, limits: Limits = LIMITS) -> CimTree:
    """Decode a CIM RDF/XML document: `{"cim:Meter": [{"@id": iri, "cim:IdentifiedObject.name": value, …}, …], …}`.

    A value is a text, or `{"@id": iri}` for a reference, or `{"@value", "@type" | "@language"}` for a literal that says
    more than its text; a property that repeats is a list. Names are CURIEs with `prefixes()`, else full IRIs. Classes stand
    in order of first appearance, objects in document order; objects without a class under "". An object with several
    classes stands under the first, the others are its `rdf:type`. UUIDs become `urn:uuid:` in lower case without `_`,
    other local identifiers `urn:gridglot:local:…`; all other IRIs (enumerations) stay as they are. The statements of a
    difference model are lists of objects under PARTS of its header, each with its class as `@type`.
    *Raises* `DecodeError`: not harmless well-formed XML, not RDF/XML, two objects with one rdf:ID, or an object without identifier.
    """
    return read(source(data, limits))


def read(document: Source) -> CimTree:
    """What `decode` gives, of a document that is ready."""
    tree = _tree(document.statements(), document.names)
    if document.parts:
        headers = tree.get(DIFFERENCE, [])
        if len(headers) != 1:
            raise DecodeError(Fault("", f"there are {len(headers)} {DIFFERENCE}; statements need one header", RULE))
        for part in PARTS:
            if part in document.parts:
                headers[0][part] = _flat(_tree(document.statements(part), document.names))
    return tree


def encode(tree: CimTree, spelling: Spelling = OURS) -> bytes:
    """Encode a tree as CIM RDF/XML: one element per object, references as `rdf:resource`; identifiers and namespaces as *spelling* has them.

    Law: `decode(encode(tree)) == tree` for what `decode` gave. *Raises* `EncodeError`: an object without `@id` or that
    says nothing, a name that cannot be an XML name, a character XML cannot hold.
    """
    return write(tree, spelling)


def _tree(statements: Iterable[Statement], names: Names) -> CimTree:
    iri_of, name_of = names.identifier, names.curie
    entries: dict[str, Entry] = {}
    classes: dict[str, str] = {}
    for subject, predicate, value, kind, more in statements:
        iri = iri_of(subject)
        entry = entries.get(iri)
        if entry is None:
            entry = entries[iri] = {"@id": iri}
        if kind is TEXT:
            _add(entry, name_of(predicate), value)
        elif kind is not REFERENCE:
            _add(entry, name_of(predicate), {"@value": value, kind: more})
        elif predicate == TYPE and iri not in classes:
            classes[iri] = name_of(value)
        elif predicate == TYPE and classes[iri] == name_of(value):
            continue
        else:
            _add(entry, name_of(predicate), {"@id": iri_of(value)})
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


def _flat(tree: CimTree) -> list[Value]:
    """The objects of a part of a difference model, each with its class as `@type`, if it has one."""
    found: list[Value] = []
    for name, entries in tree.items():
        for entry in entries:
            found.append({**({"@type": name} if name else {}), **entry})  # type: ignore[dict-item]
    return found
