"""XML: bytes to an lxml tree and back, harmless by construction.

No DOCTYPE is read, hence no entity is expanded and no file or address is opened: a document type is found in the
bytes before the parser sees them (XML 1.0, production [28]), and the parser could not act on one if it did.
"""

from __future__ import annotations

import codecs
import re
import threading
from functools import lru_cache

from lxml import etree

from adapter.codecs.limits import LIMITS, Limits
from adapter.errors import DecodeError, Fault

# The prolog: blanks, processing instructions, comments. All groups are atomic, so a hostile prolog costs one pass.
_DOCTYPE = re.compile(rb"(?>\s+|<\?(?>.*?\?>)|<!--(?>.*?-->))*+<!DOCTYPE", re.DOTALL)
_DECLARATION = re.compile(rb"<\?xml\s[^>]*?\bencoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"'][^>]*>")
_ANY_DECLARATION = re.compile(rb"\A<\?xml\s[^>]*>")
_PLAIN = ("utf-8", "ascii")
_LATIN = re.compile(r"iso8859-\d{1,2}|cp125\d")
_UTF16_MARKS = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16", b"<\0": "utf-16-le", b"\0<": "utf-16-be"}
_PARSER_DEPTH = 256  # libxml2 stops there by itself
_RULE = "XML 1.0"
_OURS = b'<?xml version="1.0" encoding="UTF-8"?>\n'


class _Parsers(threading.local):
    """One hardened parser per thread (lxml serialises threads that share one)."""

    def __init__(self) -> None:
        # encoding: what was scanned is what is read, whatever the document declares.
        self.parser = etree.XMLParser(
            encoding="UTF-8",
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            dtd_validation=False,
            attribute_defaults=False,
            huge_tree=False,
            recover=False,
            remove_comments=True,
            remove_pis=True,
        )


_parsers = _Parsers()


def decode(data: bytes, limits: Limits = LIMITS) -> etree._Element:
    """Decode one XML document to its root element, without comments and processing instructions.

    UTF-8 (with or without byte order mark), UTF-16, ISO 8859 and Windows code pages are read.
    *Raises* `DecodeError` with line and column: not well-formed, empty, with a DOCTYPE, too large or too deep.
    """
    return tree(harmless(data, limits), limits)


def title(document: etree._Element) -> str:
    """The root element, with its namespace as lxml writes it."""
    return str(document.tag)


def encode(document: str) -> bytes:
    """The text of an element as a document: in UTF-8, with XML declaration."""
    return _OURS + document.encode()


def harmless(data: bytes, limits: Limits = LIMITS) -> bytes:
    """The document as UTF-8, known to hold no DOCTYPE and to be no larger than allowed; the same object if it was UTF-8.

    *Raises* `DecodeError`. Whether it is well-formed and not too deep is for `tree` to say.
    """
    if not data:
        raise DecodeError(Fault("line 1", "the document is empty; expected one XML element", _RULE))
    if len(data) > limits.max_bytes:
        raise DecodeError(Fault("line 1", f"the document has {len(data)} bytes; at most {limits.max_bytes} are read"))
    data = _utf8(data)
    start = 3 if data.startswith(codecs.BOM_UTF8) else 0
    found = _DOCTYPE.match(data, start)
    if found:
        line = data.count(b"\n", 0, found.end()) + 1
        says = "the document has a document type (<!DOCTYPE …>), which is never read; send it without one"
        raise DecodeError(Fault(f"line {line}", says))
    return data


def tree(data: bytes, limits: Limits = LIMITS) -> etree._Element:
    """Parse what `harmless` returned. *Raises* `DecodeError`: not well-formed, or too deep."""
    try:
        root = etree.fromstring(data, _parsers.parser)
    except etree.XMLSyntaxError as error:
        raise _malformed(error, limits) from error
    if root.getroottree().docinfo.internalDTD is not None:  # second lock: never seen to fire
        raise DecodeError(Fault("line 1", "the document has a document type; send it without one"))
    if limits.max_depth < _PARSER_DEPTH and _deeper_than(limits.max_depth)(root):
        raise DecodeError(_too_deep(_first_too_deep(root, limits.max_depth).sourceline, limits))
    return root


def _utf8(data: bytes) -> bytes:
    """Transcode to UTF-8 unless it is that already; the line of the XML declaration is kept, the declaration is not."""
    encoding = _UTF16_MARKS.get(data[:2])
    if encoding is None:
        declared = _DECLARATION.match(data)
        encoding = _readable(declared[1].decode()) if declared else "utf-8"
        if encoding in _PLAIN:
            return data
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise DecodeError(Fault(f"line {line}", f"byte {error.start} is not legal in {encoding}; send UTF-8", _RULE)) from error
    utf8 = text.encode()
    return _ANY_DECLARATION.sub(lambda found: b"\n" * found[0].count(b"\n"), utf8.removeprefix(codecs.BOM_UTF8), count=1)


@lru_cache(64)
def _readable(declared: str) -> str:
    """The Python name of a declared encoding. Only supersets of ASCII: in UTF-7 or EBCDIC the scan for DOCTYPE is blind."""
    try:
        name = codecs.lookup(declared).name
    except LookupError:
        name = ""
    if name in _PLAIN or _LATIN.fullmatch(name):
        return name
    says = f"the document declares the encoding {declared!r}, which it is not in, or which is not read; send UTF-8"
    raise DecodeError(Fault("line 1", says, _RULE))


@lru_cache(8)
def _deeper_than(depth: int) -> etree.XPath:
    # One path step per level, evaluated by libxml2: a tenth of the parse; a walk in Python takes three times as long.
    return etree.XPath("boolean(" + "/*" * (depth + 1) + ")", regexp=False, smart_strings=False)


def _first_too_deep(root: etree._Element, depth: int) -> etree._Element:
    found: etree._Element = root.xpath("(" + "/*" * (depth + 1) + ")[1]")[0]
    return found


def _too_deep(line: int | None, limits: Limits) -> Fault:
    says = f"elements are nested deeper than {min(limits.max_depth, _PARSER_DEPTH)} levels; no standard read here needs that"
    return Fault(f"line {line or 1}", says)


def _malformed(error: etree.XMLSyntaxError, limits: Limits) -> DecodeError:
    line, column = error.position
    if "Excessive depth" in (error.msg or ""):
        return DecodeError(_too_deep(line, limits))
    reason = re.sub(r",? line \d+, column \d+$", "", error.msg or "unknown reason").strip().replace("\n", " ")
    return DecodeError(Fault(f"line {line}, column {column}", f"the document is not well-formed: {reason}", _RULE))
