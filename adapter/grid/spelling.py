"""How a sender spells a CIM document: its namespaces, its prefixes, and how it writes each identifier. What comes back to it is spelled so again."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from adapter.codecs.rdf_names import BASE
from adapter.codecs.rdf_source import Source
from adapter.codecs.rdf_write import OURS, Spelling
from adapter.names import RDF

_UUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_ID, _ABOUT, _RESOURCE = (f"{{{RDF}}}{name}" for name in ("ID", "about", "resource"))


def spelling(document: Source) -> Spelling:
    """The spelling of *document*: what it writes most often is the rule, all else is kept one by one."""
    subjects: dict[str, tuple[str, str]] = {}
    references: dict[str, str] = {}
    for attribute, text in _written(document):
        if attribute == "rdf:resource":
            references.setdefault(document.names.identifier(_absolute(text)), text)
        else:
            absolute = f"{BASE}#{text}" if attribute == "rdf:ID" else _absolute(text)
            identifier = document.names.identifier(absolute)
            if attribute == "rdf:ID" or identifier not in subjects:  # an object that is described and defined in one file stays defined
                subjects[identifier] = attribute, text
    attribute, form, upper = _usual([(attribute, text) for attribute, text in subjects.values()], (*OURS.subject, False))
    _, reference, _ = _usual([("", text) for text in references.values()], ("", OURS.reference, False))
    namespaces = {prefix: str(iri) for prefix, iri in document.root.nsmap.items() if prefix}
    rule = Spelling({**namespaces, "rdf": RDF}, document.names.theirs, {}, {}, (attribute, form), reference, upper)
    return Spelling(
        rule.prefixes,
        rule.theirs,
        {identifier: written for identifier, written in subjects.items() if rule.attribute(identifier) != written},
        {identifier: text for identifier, text in references.items() if rule.resource(identifier) != text},
        rule.subject,
        rule.reference,
        rule.upper,
    )


def _written(document: Source) -> Iterator[tuple[str, str]]:
    """Every attribute that names an object, in document order."""
    for element in document.root.iter("{*}*"):
        for name, shown in ((_ID, "rdf:ID"), (_ABOUT, "rdf:about"), (_RESOURCE, "rdf:resource")):
            text = element.get(name)
            if text is not None:
                yield shown, text


def _absolute(text: str) -> str:
    return text if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", text) else BASE + text


def _usual(written: list[tuple[str, str]], otherwise: tuple[str, str, bool]) -> tuple[str, str, bool]:
    """The attribute, the form around a UUID, and the letter case that are written most often."""
    seen: Counter[tuple[str, str, bool]] = Counter()
    for attribute, text in written:
        uuid = _UUID.search(text)
        if uuid and text.endswith(uuid[0]) and "{" not in text:
            seen[attribute, text.replace(uuid[0], "{}", 1), uuid[0] != uuid[0].lower()] += 1
    return max(seen, key=lambda form: seen[form]) if seen else otherwise
