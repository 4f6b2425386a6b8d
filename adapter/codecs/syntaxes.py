"""Which syntax bytes are in, and the codec for it: xml, json, ship (SPINE datagrams in JSON), rdf (CIM RDF/XML),
csv (a table with a heading).

A codec turns bytes into a document and back. The tree layer knows two kinds of documents: XML elements and JSON
values; ship, rdf and csv give JSON values.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from adapter.codecs import csv, json, rdf, ship, xml
from adapter.errors import DecodeError, Fault

_RDF = re.compile(rb"<(?:[A-Za-z_][\w.-]*:)?RDF[\s>]")
_SHIP = re.compile(rb'\s*\{\s*"(?:datagram|data)"\s*:\s*[\[{]')


@dataclass(frozen=True, slots=True)
class Codec:
    """One wire syntax: `decode` bytes → document, `encode` document → bytes, `title` what a document is told by; `tree` is the kind of document.

    *media* is its media type on the web (RFC 7303, RFC 8259, RFC 3870, RFC 4180). *lists*: what repeats is always a list; not where
    the wire has none. *holds*: the words before the title of a document that has no root element.
    """

    name: str
    tree: str
    decode: Callable[[bytes], Any]
    encode: Callable[[Any], bytes]
    title: Callable[[Any], str]
    media: str
    lists: bool = True
    holds: str = "a JSON document with the members"


CODECS = {
    codec.name: codec
    for codec in (
        Codec("xml", "xml", xml.decode, xml.encode, xml.title, "application/xml"),
        Codec("json", "json", json.decode, json.encode, json.title, "application/json"),
        Codec("ship", "json", ship.decode, ship.encode, ship.title, "application/json"),
        Codec("rdf", "json", rdf.decode, rdf.encode, json.title, "application/rdf+xml", lists=False, holds="a CIM document of"),
        Codec("csv", "json", csv.decode, csv.encode, json.title, "text/csv", holds="a table of"),
    )
}


def recognise(data: bytes) -> str:
    """The codec name for *data*, from its first bytes; raises DecodeError for anything else."""
    head = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith((b"<", b"\xff\xfe", b"\xfe\xff", b"\x00<", b"<\x00")):
        return "rdf" if b"RDF" in head and _RDF.search(head) else "xml"
    if _SHIP.match(head):
        return "ship"
    if head.startswith((b"{", b"[")):
        return "json"
    if not head:
        raise DecodeError(Fault("", "the document is empty"))
    if csv.is_table(data[:4096]):
        return "csv"
    raise DecodeError(
        Fault("", f"begins with {head[:20]!r}, which is neither XML nor JSON, nor the heading of a table we know"),
        "UFTP and CIM documents begin with <, SPINE and FlexOffer documents with {, tables with a line of column names such as connection,meter.",
    )


def decode(data: bytes) -> tuple[str, Any]:
    """(codec name, document)."""
    name = recognise(data)
    return name, CODECS[name].decode(data)


def encode(name: str, document: Any) -> bytes:
    return CODECS[name].encode(document)
