"""Drafts as YAML in the style of our mappings: one leaf a line, short tables in flow style, keys quoted where YAML needs it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from adapter.scaffold.known import Known
from adapter.scaffold.model import Kind, Place

WIDTH = 150
MANY = 40  # a longer code list is written out only on request
FEW = 8  # a code list up to this long stands at its leaf
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_./-]*")
_PLAIN_VALUE = re.compile(r"[A-Za-z_](?:[A-Za-z0-9_./, +-]|:(?! ))*(?<![: ])")
_MAGIC = {"", "y", "n", "yes", "no", "true", "false", "on", "off", "null", "nan", "inf"}


def scalar(text: str, flow: bool = True) -> str:
    r"""A text that reads back as exactly itself.

    >>> print(scalar("FlexOffer"), scalar("no"), scalar("a: b"), scalar(r"\d+"), scalar("urn:a:b", flow=False))
    FlexOffer "no" "a: b" '\d+' urn:a:b
    """
    plain = _PLAIN if flow else _PLAIN_VALUE
    if plain.fullmatch(text) and text.lower() not in _MAGIC:
        return text
    if "\\" in text and text.isprintable():
        return "'" + text.replace("'", "''") + "'"
    return '"' + "".join(_escaped(sign) for sign in text) + '"'


def _escaped(sign: str) -> str:
    if sign in '"\\':
        return "\\" + sign
    if sign.isprintable():
        return sign
    return f"\\u{ord(sign):04x}" if ord(sign) < 0x10000 else f"\\U{ord(sign):08x}"


def comment(text: str) -> str:
    """A text that stays on one line and in its comment."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


def flow(items: Mapping[str, str]) -> str:
    """A table on one line; the values are YAML already."""
    return "{" + ", ".join(f"{scalar(key)}: {value}" for key, value in items.items()) + "}"


class TreeWriter:
    """Writes places. *known* names their types; *every_code* writes long code lists too (as types of the standard)."""

    def __init__(self, known: Known, every_code: bool) -> None:
        self.known, self.every_code = known, every_code

    def lines(self, places: Iterable[Place], indent: int) -> Iterator[str]:
        """The lines of *places*, in wire order."""
        for place in places:
            yield from self._place(place, indent)

    def _place(self, place: Place, indent: int) -> Iterator[str]:
        key = " " * indent + scalar(place.key + place.suffix) + ":"
        if place.form == "include":
            yield key
            return
        if place.form == "leaf":
            yield f"{key} {self.leaf(place)}{_comment(self._remarks(place))}"
            return
        line = self._line(place)
        if line is not None and indent + len(line) < WIDTH - len(key):
            yield f"{key} {line}{_comment([place.remark])}"
            return
        if not place.children and place.form == "table":
            yield f"{key} {{}}{_comment([place.remark])}"
            return
        yield key + _comment([place.remark])
        if place.form in ("each", "rows"):
            yield f"{' ' * indent}  {place.form}: {scalar(place.name)}"
            yield f"{' ' * indent}  of:" + ("" if place.children else " {}")
        yield from self.lines(place.children, indent + (2 if place.form == "table" else 4))

    def _line(self, place: Place) -> str | None:
        """The whole place in flow style; None when it is too rich for one line."""
        if not place.children or len(place.children) > 4 or place.form == "each" or any(self._remarks(child) for child in place.children):
            return None
        inner: dict[str, str] = {}
        for child in place.children:
            line = self.leaf(child) if child.form == "leaf" else self._line(child) if child.form == "table" else None
            if line is None or (child.form == "table" and len(child.children) > 1):
                return None
            inner[child.key + child.suffix] = line
        return flow({"rows": scalar(place.name), "of": flow(inner)}) if place.form == "rows" else flow(inner)

    def leaf(self, place: Place) -> str:
        """A leaf: `variable type`, or a table where more is to be said."""
        kind = place.kind or Kind()
        if place.flag:
            return flow({"flag": scalar(place.name)})
        if place.const is not None:
            named = {"type": kind.codec} if kind.codec in ("int", "decimal", "bool") else {}
            return flow({"const": scalar(place.const), **named})
        codes = self.inline_codes(kind)
        name = self.known.type_for(self._shown(kind))
        more = {
            **({"type": name} if name else {}),
            **({"codes": codes} if codes else {}),
            **({"default": scalar(place.default)} if place.default is not None else {}),
            **({"nil": "keep"} if place.nil else {}),
        }
        if not set(more) - {"type"}:
            return f"{place.name} {name}" if name else scalar(place.name)
        return flow({"var": scalar(place.name), **more})

    def inline_codes(self, kind: Kind) -> str:
        """A short code list as the leaf says it; codes with blanks in them need a table."""
        if not kind.codes or (len(kind.codes) > FEW and not _blank(kind)) or self._hides(kind) or (self.known.has(kind) and len(kind.codes) > 1):
            return ""
        if _blank(kind):
            return flow({code: scalar(code) for code in kind.codes})
        return "[" + ", ".join(map(scalar, kind.codes)) + "]"

    def _hides(self, kind: Kind) -> bool:
        """True when the code list is too long to write and the standard does not have it."""
        return len(kind.codes) > MANY and not self.every_code and not self.known.has(kind)

    def _shown(self, kind: Kind) -> Kind:
        """*kind* without the codes that stand at the leaf or that are too many."""
        return replace(kind, codes=()) if self.inline_codes(kind) or self._hides(kind) else kind

    def _remarks(self, place: Place) -> list[str]:
        """What the line says besides; a remark on a code list that the standard has is the standard's business."""
        kind = place.kind or Kind()
        size = f"code list {kind.source}, {len(kind.codes)} codes" if self._hides(kind) else ""
        remark = "" if kind.codes and self.known.has(kind) else kind.remark
        return [text for text in (size, remark, place.remark) if text]


def type_lines(kinds: Mapping[str, Kind]) -> Iterator[str]:
    """Entries of `types:` in standard.yaml, one a line; long code lists in lines of codes."""
    for name, kind in kinds.items():
        facets = {
            "codec": kind.codec if kind.codec != "str" else None,
            "pattern": kind.pattern,
            "min": kind.least,
            "max": kind.most,
            "length": kind.length,
            "shortest": kind.shortest,
            "fraction": kind.fraction,
        }
        items = {key: scalar(value) for key, value in facets.items() if value is not None}
        source = {"source": scalar(kind.source)} if kind.source else {}
        if not kind.codes:
            yield f"  {name}: {flow({**items, **source})}"
            continue
        yield f"  {name}:"
        yield from (f"    {key}: {value}" for key, value in (items | source).items())
        yield "    codes:"
        yield from (f"      - {scalar(line)}" for line in _wrapped(kind.codes))


def _wrapped(codes: Iterable[str]) -> Iterator[str]:
    line = ""
    for code in codes:
        if line and len(line) + len(code) > WIDTH - 20:
            yield line
            line = ""
        line = f"{line} {code}".strip()
    if line:
        yield line


def _blank(kind: Kind) -> bool:
    return any(not code or code.split() != [code] for code in kind.codes)


def _comment(remarks: Iterable[str]) -> str:
    said = "; ".join(filter(None, remarks))
    return f"  # {comment(said)}" if said else ""
