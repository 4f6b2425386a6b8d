"""The leaves of a document by value, found without any mapping: the second opinion behind law 1 and the leaf account.

XML: every attribute and every text, at a path of local names with their number among siblings of that name.
JSON: every scalar, null, {} and [], at its path; SHIP's array form and the plain form of SPINE have the same paths.
RDF/XML: every triple. CSV: every cell that is not blank. Values are equal when they mean the same: 1.50 and 1.5, PT60M and PT1H, two spellings of an instant.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, TypeAlias

import pyoxigraph as ox
from lxml import etree

Leaves: TypeAlias = "dict[str, Any]"

# Attributes that stand in the schema with a default: absent means this value (UFTP 3.1.0, UFTP-agr-dso.xsd).
XML_DEFAULTS = {
    ("FlexRequest", "ISP", "Duration"): "1",
    ("OfferOption", "ISP", "Duration"): "1",
    ("FlexOrder", "ISP", "Duration"): "1",
    ("FlexOffer", "OfferOption", "MinActivationFactor"): "1.00",
    (None, "FlexOrder", "ActivationFactor"): "1.00",
}
# Places whose schema type is boolean: 1 means true there (and a number elsewhere).
BOOLEANS = {"Unsolicited"}
# Places that hold text, where 1.0 and 1 differ.
TEXTS = re.compile(r"(mRID|MessageID|ContractID|Reference|connectionId|name|description|comment|label|id|operatorId|meterId|version|Version)$")

_NUMBER = re.compile(r"[+-]?(0|[1-9]\d*)(\.\d+)?")
_INSTANT = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d)(:\d\d)?(?:\.(\d+))?(Z|[+-]\d\d:?\d\d)?")
_DURATION = re.compile(r"(-?)P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?)?")
_UUID = re.compile(r"(?:urn:uuid:|.*#)_?([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})")
_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"


def value_of(text: str, name: str = "") -> Any:
    """What a text means: a number, an instant, a duration, true or false, or itself without blanks around it.

    >>> value_of("1.50") == value_of("1.5"), value_of("2026-01-01T01:00:00+01:00") == value_of("2026-01-01T00:00:00.0Z")
    (True, True)
    >>> value_of("007"), value_of("2026-01-01T00:00:00") == value_of("2026-01-01T00:00:00Z")
    ('007', False)
    """
    text = text.strip()
    if name in BOOLEANS:
        return {"1": True, "true": True, "0": False, "false": False}.get(text, text)
    if TEXTS.search(name):
        return text
    if _NUMBER.fullmatch(text):
        return Decimal(text)
    instant = _INSTANT.fullmatch(text)
    if instant:
        minute, seconds, fraction, zone = instant.groups()
        try:
            at = date.fromisoformat(minute[:10]).toordinal() * 1440 + int(minute[11:13]) * 60 + int(minute[14:])
        except ValueError:
            return text  # such as the 30th of February
        if zone and zone != "Z":
            offset = int(zone[1:3]) * 60 + int(zone[-2:])
            at += offset if zone[0] == "-" else -offset
        return ("instant", at, int((seconds or ":00")[1:]), (fraction or "").rstrip("0"), zone is not None)
    duration = _DURATION.fullmatch(text)
    if duration and any(duration.groups()[1:]):
        years, months, days, hours, minutes, seconds = (Decimal(part or 0) for part in duration.groups()[1:])
        span = (years * 12 + months, days * 86400 + hours * 3600 + minutes * 60 + seconds)
        return ("duration", *(-part if duration[1] else part for part in span))
    return text


def xml_leaves(data: bytes) -> Leaves:
    """path → value of every leaf of an XML document, defaults of the schema included."""
    root = etree.fromstring(data, etree.XMLParser(remove_comments=True, remove_pis=True, resolve_entities=False))
    return dict(_xml(root, "/" + _local(root.tag), None))


def _xml(element: Any, path: str, parent: str | None) -> Iterator[tuple[str, Any]]:
    name = _local(element.tag)
    for key, text in element.attrib.items():
        if not key.startswith(_XSI):
            yield f"{path}/@{key}", value_of(text, key)
    for (above, tag, key), text in XML_DEFAULTS.items():
        if (above, tag) == (parent, name) and key not in element.attrib:
            yield f"{path}/@{key}", value_of(text, key)
    counts: dict[str, int] = {}
    for child in element:
        local = _local(child.tag)
        counts[local] = counts.get(local, 0) + 1
        yield from _xml(child, f"{path}/{local}[{counts[local]}]", name)
    text = "".join([element.text or "", *(child.tail or "" for child in element)])
    if text.strip() or not (len(element) or element.attrib):
        yield f"{path}/text()", value_of(text, name)


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def xml_count(data: bytes) -> int:
    """How many leaves stand in an XML document, without those the schema's defaults add."""
    root = etree.fromstring(data, etree.XMLParser(remove_comments=True, remove_pis=True, resolve_entities=False))
    count = 0
    for element in root.iter():
        attributes = [key for key in element.attrib if not key.startswith(_XSI)]
        bare = not (len(element) or element.attrib) and element is not root
        count += len(attributes) + (1 if bare or (element.text or "").strip() else 0)
        count += sum(1 for child in element if (child.tail or "").strip())
    return count


def json_leaves(data: bytes) -> Leaves:
    """path → value of every leaf of a JSON document; null, {} and [] are leaves."""
    value = json.loads(data.decode("utf-8-sig").rstrip("\0 \r\n\t"), parse_float=Decimal, parse_int=Decimal)
    return dict(_json(value, "", ""))


def _json(value: Any, path: str, name: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict) and value:
        for key, below in value.items():
            yield from _json(below, f"{path}/{key}", key)
    elif isinstance(value, list) and value:
        for at, item in enumerate(value, 1):
            yield from _json(item, f"{path}[{at}]", name)
    elif isinstance(value, str):
        yield path, ("text", value_of(value, name)) if isinstance(value_of(value, name), Decimal) else value_of(value, name)
    else:
        yield path, str(value) if value in ({}, []) or isinstance(value, bool) else value


def ship_leaves(data: bytes) -> Leaves:
    """path → value of every leaf of a SPINE datagram: in the array form of SHIP, plain, or inside SHIP's data envelope.

    The first item of a list has no number, so that a list of one and the object of the array form look alike.
    """
    value = json.loads(data.rstrip(b"\0 \r\n\t"), parse_float=Decimal, parse_int=Decimal)
    if "data" in value:
        parts = value["data"]
        merged = {key: below for part in (parts if isinstance(parts, list) else [parts]) for key, below in part.items()}
        value = merged["payload"]
    return dict(_ship(value, "", isinstance(value["datagram"], list)))


def _ship(value: Any, path: str, arrays: bool) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict) and value:
        for key, below in value.items():
            yield from _ship(below, f"{path}/{key}", arrays)
    elif isinstance(value, list) and value and arrays and all(isinstance(item, dict) for item in value):
        for member in value:
            yield from _ship(member, path, arrays)
    elif isinstance(value, list) and value:
        for at, item in enumerate(value, 1):
            yield from _ship(item, path if at == 1 else f"{path}[{at}]", arrays)
    elif value in ({}, []):
        yield path, "empty"
    else:
        yield path, value_of(value) if isinstance(value, str) else value


def rdf_leaves(data: bytes) -> Leaves:
    """Every triple of a CIM RDF/XML document as a leaf; identifiers in one spelling, CIM16 as CIM100."""
    data = data.replace(b"http://iec.ch/TC57/2013/CIM-schema-cim16#", b"http://iec.ch/TC57/CIM100#")
    triples = ox.parse(data, format=ox.RdfFormat.RDF_XML, base_iri="http://document/")
    return {" ".join(_identifier(term) for term in (triple.subject, triple.predicate, triple.object)): True for triple in triples}


def _identifier(term: Any) -> str:
    found = _UUID.fullmatch(term.value) if isinstance(term, ox.NamedNode) else None
    return f"<urn:uuid:{found[1].lower()}>" if found else str(term)


def csv_leaves(data: bytes) -> Leaves:
    """row and column → text of every cell that is not blank; UUIDs in one spelling. The separator is the first sign behind the first name."""
    text = data.decode("utf-8-sig")
    separator = (re.findall(r'^(?:"[^"]*"|\w+)\s*([,;\t])', text) or [","])[0]
    cells = re.findall(rf'("(?:[^"]|"")*"|[^{separator}\r\n]*)({separator}|\r\n|\r|\n|$)', text)
    records: list[list[str]] = [[]]
    for cell, end in cells:
        records[-1].append((cell[1:-1].replace('""', '"') if cell.startswith('"') else cell).strip())
        if end != separator:
            records.append([])
    heading, *rows = [record for record in records if len(record) > 1 or any(record)]
    return {f"[{at}]/{name}": _thing(cell) for at, row in enumerate(rows, 1) for name, cell in zip(heading, row, strict=True) if cell}


def _thing(cell: str) -> str:
    found = re.fullmatch(r"(?:urn:uuid:|.*#)?_?([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})", cell)
    return f"urn:uuid:{found[1].lower()}" if found else cell


LEAVES = {"xml": xml_leaves, "json": json_leaves, "ship": ship_leaves, "rdf": rdf_leaves, "csv": csv_leaves}


def changes(before: Leaves, after: Leaves) -> list[str]:
    """The leaves that differ, as sentences; empty when two documents say the same."""
    found = [f"{path}: {before[path]!r} is gone" for path in before.keys() - after.keys()]
    found += [f"{path}: {after[path]!r} is new" for path in after.keys() - before.keys()]
    found += [f"{path}: {before[path]!r} became {after[path]!r}" for path in before.keys() & after.keys() if before[path] != after[path]]
    return sorted(found)
