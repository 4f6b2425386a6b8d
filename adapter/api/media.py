"""Media types of documents: those a message may come in, and the one of a document we write."""

from __future__ import annotations

import re

from adapter.codecs import syntaxes
from adapter.errors import HubError
from adapter.library import Library
from adapter.pipeline import Document

JSON = "application/json"
DOCUMENT = "application/vnd.gridglot.document"  # with +xml or +json: the document itself, and not what the hub says of it
GRAPHS = {"text/turtle": "turtle", "application/trig": "trig", "application/n-quads": "nquads", "application/ld+json": "jsonld"}
MESSAGE = re.compile(r"(application|text)/xml|text/csv|application/json|application/[\w.-]+\+(xml|json)")


def is_message(media: str) -> bool:
    """A message may come in this media type.

    >>> [is_message(one) for one in ("text/xml", "application/rdf+xml", "text/csv", "text/plain", "")]
    [True, True, True, False, False]
    """
    return MESSAGE.fullmatch(media) is not None


def type_of(document: Document, lib: Library) -> str:
    """The media type of a document."""
    return lib.media(f"{document.standard}:{document.message}", document.syntax)


def type_of_bytes(data: bytes) -> str:
    """The media type of bytes that came as a message."""
    try:
        return syntaxes.CODECS[syntaxes.recognise(data)].media
    except HubError:
        return "application/octet-stream"


def asks_for(media: str) -> list[str]:
    """The names under which a client may ask for a document of type *media* itself. Plain JSON is not among them: that is what the hub says of it."""
    if media == JSON:
        return [f"{DOCUMENT}+json"]
    if not media.endswith("xml"):
        return [media]
    return list(dict.fromkeys((media, "application/xml", "text/xml", f"{DOCUMENT}+xml")))
