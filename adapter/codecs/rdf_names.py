"""Names in CIM RDF/XML: one identifier for all spellings of an object, one namespace for all versions of a vocabulary."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache

from adapter.names import RDF
from adapter.resources import folder
from adapter.text import read_file

LOCAL = "urn:gridglot:local:"  # an identifier inside the document that is no UUID
DOCUMENT = "urn:gridglot:document:"  # a reference relative to the document, without #
BASE = "gridglot://document/"
DIGIT = "_gridglot-digit-"  # stands before an rdf:ID that begins with a digit while pyoxigraph reads it

_HEX = "[0-9a-fA-F]"  # a pattern that ignores case takes twice the time
_UUID = re.compile(f"(?:(?i:urn:uuid:)|[^#]*#)_?({_HEX}{{8}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{12}})")


@lru_cache(1)
def spellings() -> dict[str, list[str]]:
    """Prefix → the namespaces that mean one vocabulary, ours first; from mappings/cim_grid/namespaces.yaml."""
    table = read_file(folder("mappings").joinpath("cim_grid", "namespaces.yaml"), "mappings/cim_grid/namespaces.yaml")
    return {prefix: table.texts(prefix) for prefix in table if prefix != "source"}


@lru_cache(1)
def prefixes() -> dict[str, str]:
    """The prefixes of names in a decoded document."""
    return {"cim": spellings()["cim"][0], "rdf": RDF, **{prefix: known[0] for prefix, known in spellings().items()}}


class Names:
    """The names of one document, read as ours; *theirs* maps our namespaces to those the document uses in their place."""

    def __init__(self, declared: Iterable[str]) -> None:
        self.theirs: dict[str, str] = {}
        given = list(declared)
        for known in spellings().values():
            # Where a document has ours as well, the other is not the same to it.
            used = [known[0]] if known[0] in given else [namespace for namespace in given if namespace in known]
            if used:
                self.theirs[known[0]] = used[0]
        self._changed = [(theirs, ours) for ours, theirs in self.theirs.items() if ours != theirs]
        self.identifier: Callable[[str], str] = cached(self.identified)
        self.curie: Callable[[str], str] = cached(lambda iri: curie(self.ours(iri)))

    def ours(self, iri: str) -> str:
        """An IRI of the document with our namespace."""
        for theirs, ours in self._changed:
            if iri.startswith(theirs):
                return ours + iri.removeprefix(theirs)
        return iri

    def identified(self, iri: str) -> str:
        """One identifier for all spellings of an object; `identifier` is the same with a memory."""
        uuid = _UUID.fullmatch(iri)
        return f"urn:uuid:{uuid[1].lower()}" if uuid else identifier(self.ours(iri))


def identifier(iri: str) -> str:
    """One identifier for all spellings of it.

    >>> identifier("urn:uuid:6C33817B-05D5-4AD0-BBAA-E93C77C51DD3")
    'urn:uuid:6c33817b-05d5-4ad0-bbaa-e93c77c51dd3'
    """
    uuid = _UUID.fullmatch(iri)
    if uuid:
        return f"urn:uuid:{uuid[1].lower()}"
    if iri.startswith(f"{BASE}#"):
        return LOCAL + iri.removeprefix(f"{BASE}#")
    return DOCUMENT + iri.removeprefix(BASE) if iri.startswith(BASE) else iri


def objects_called(code: str) -> list[str]:
    """What may be meant by an mRID, with or without the _ before it, or by the identifier of an object inside its document.

    >>> objects_called("_6C33817B-05D5-4AD0-BBAA-E93C77C51DD3")[0]
    'urn:uuid:6c33817b-05d5-4ad0-bbaa-e93c77c51dd3'
    """
    return [] if " " in code else [identifier(f"{BASE}#{code}"), f"urn:uuid:{code}"]


def curie(iri: str) -> str:
    """The name of a class or property with one of our prefixes, else the IRI."""
    for prefix, namespace in prefixes().items():
        if iri.startswith(namespace):
            return f"{prefix}:{iri.removeprefix(namespace)}"
    return iri


def expand(name: str, known: Mapping[str, str]) -> str:
    """The IRI of what `curie` gave."""
    prefix, _, local = name.partition(":")
    return known[prefix] + local if prefix in known else name


def cached(function: Callable[[str], str]) -> Callable[[str], str]:
    """*function* with a memory that lives as long as one document."""
    known: dict[str, str] = {}

    def remembered(key: str) -> str:
        value = known.get(key)
        if value is None:
            value = known[key] = function(key)
        return value

    return remembered
