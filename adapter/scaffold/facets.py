"""Facets of schemas as kinds: which codec a pattern means, patterns of XML Schema and ECMA as patterns of Python."""

from __future__ import annotations

import re
from dataclasses import replace

from adapter.scaffold.model import Kind

# A codec is taken for a pattern that admits all of the first texts and none of the second.
_PROBES: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("minute", ("2026-06-01T00:00Z", "2024-02-29T23:59Z"), ("2026-06-01T00:00:00Z", "2026-06-01T00:00", "2026-06-01", "2026-13-01T00:00Z")),
    ("second", ("2026-06-01T00:00:00Z", "2024-02-29T23:59:59Z"), ("2026-06-01T00:00Z", "2026-06-01T00:00:00.5Z", "2026-06-01T00:00:00+01:00", "x")),
    ("instant", ("2026-06-01T00:00:00Z", "2026-06-01T00:00:00.25+01:00"), ("2026-06-01T00:00", "2026-06-01", "T", "x")),
    ("duration", ("PT15M", "P1D", "PT1H30M"), ("PT", "P", "15M", "x")),
    ("date", ("2026-06-01", "2024-02-29"), ("2026-06-01T00:00Z", "2026-6-1", "x")),
    ("uuid", ("d3ae4836-55b1-4084-b54e-34107b22648c",), ("d3ae4836", "d3ae483655b14084b54e34107b22648c", "xyz", "d3ae4836-55b1-4084-b54e-34107b22648c0")),
    ("currency", ("EUR", "DKK", "XAU"), ("EU", "EURO", "eur", "E1R", "")),
)
_ZONE = ("Europe/Amsterdam", "America/New_York")
_CLASSES = {r"\i": "[A-Za-z_:]", r"\I": "[^A-Za-z_:]", r"\c": r"[-.\w:]", r"\C": r"[^-.\w:]"}
_TOKEN = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|.", re.DOTALL)


def with_pattern(kind: Kind, pattern: str | None, said: str) -> Kind:
    """*kind* restricted by a Python *pattern* (None: the pattern *said* could not be translated).

    A pattern that is the form of a codec becomes that codec; one on a kind that has a pattern is joined to it.
    """
    if pattern is None:
        return kind.saying(f"pattern {said[:60]} is not checked")
    pattern = _unwrapped(pattern)
    if kind.codec in ("str", "text", "instant") and kind.pattern is None:
        codec = codec_of(pattern)
        if codec is not None:
            return replace(kind, codec=codec)
        if kind.codec != "instant" and all(re.fullmatch(pattern, zone) for zone in _ZONE) and re.fullmatch(pattern, "x/y") is None:
            kind = replace(kind, codec="zone")
    if kind.pattern is not None:
        pattern = rf"(?=(?:{kind.pattern})\Z)(?:{pattern})"
    return replace(kind, pattern=pattern, codec="str" if kind.codec == "text" else kind.codec)


def codec_of(pattern: str) -> str | None:
    """The codec whose form *pattern* describes, found by trying texts; None when it is none of them.

    >>> codec_of("[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}"), codec_of("[A-Z]{2}")
    ('uuid', None)
    """
    form = re.compile(pattern)
    for codec, yes, no in _PROBES:
        if all(form.fullmatch(text) for text in yes) and not any(form.fullmatch(text) for text in no):
            return codec
    return None


def from_xsd(pattern: str) -> str | None:
    """A pattern of XML Schema for `re.fullmatch`; None when Python has no words for it.

    >>> from_xsd(r"a^b$")
    'a\\\\^b\\\\$'
    """
    parts: list[str] = []
    for token in _TOKEN.findall(pattern):
        if token in ("^", "$"):  # ordinary characters there
            parts.append("\\" + token)
        elif token in _CLASSES:
            parts.append(_CLASSES[token])
        elif "\\p" in token or "\\P" in token or (token.startswith("[") and ("-[" in token or "\\i" in token or "\\c" in token)):
            return None
        else:
            parts.append(token)
    return _compiled("".join(parts))


def from_ecma(pattern: str) -> str | None:
    """A pattern of JSON schema (which searches) for `re.fullmatch`; None when Python has no words for it.

    >>> from_ecma("^[A-Z]+$"), from_ecma("^a|b$")
    ('[A-Z]+', '(?s:.*)(?:\\\\Aa|b\\\\Z)(?s:.*)')
    """
    inner = pattern[1:-1] if pattern.startswith("^") and pattern.endswith("$") and not pattern.endswith("\\$") else None
    if inner is not None and not _anchored(inner) and _compiled(inner) and not _alternates(inner):
        return _compiled(inner)
    anchors = {"^": "\\A", "$": "\\Z"}
    whole = "".join(anchors.get(token, token) for token in _TOKEN.findall(pattern))
    return _compiled(f"(?s:.*)(?:{whole})(?s:.*)")


def _anchored(pattern: str) -> bool:
    return any(token in ("^", "$") for token in _TOKEN.findall(pattern))


def _alternates(pattern: str) -> bool:
    """True when a | stands outside all parentheses."""
    depth = 0
    for part in _TOKEN.findall(pattern):
        depth += (part == "(") - (part == ")")
        if part == "|" and depth == 0:
            return True
    return False


def _unwrapped(pattern: str) -> str:
    """Without parentheses around the whole: `(a|b)` → `a|b`."""
    while pattern.startswith("(") and not pattern.startswith("(?") and pattern.endswith(")"):
        depth = 0
        parts = _TOKEN.findall(pattern)
        for number, part in enumerate(parts):
            depth += (part == "(") - (part == ")")
            if depth == 0 and number < len(parts) - 1:
                return pattern
        if parts[-1] != ")":
            return pattern
        pattern = pattern[1:-1]
    return pattern


def _compiled(pattern: str) -> str | None:
    try:
        re.compile(pattern)
    except re.error:
        return None
    return pattern
