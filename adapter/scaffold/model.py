"""What a schema or a sample says about the tree of a message, before it is named and written: places and their kinds.

All three readers (`xsd`, `json_schema`, `sample`) give a `Draft`; `names` fills the names in, `write` makes it YAML.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

SERIES_NAMES = ("point", "isp", "interval", "slot", "slice")
POSITION_NAMES = ("position", "start", "sequence", "number", "index", "slot", "isp")


@dataclass(frozen=True, slots=True)
class Kind:
    """The values of a leaf: a codec of `adapter.values`, and facets that `types:` can express.

    *name* is the proposed type name, *source* where the schema says it, *remark* what could not be expressed.
    """

    codec: str = "str"
    name: str = ""
    pattern: str | None = None
    least: str | None = None
    most: str | None = None
    length: str | None = None
    shortest: str | None = None
    fraction: str | None = None
    codes: tuple[str, ...] = ()
    source: str = ""
    remark: str = ""

    @property
    def faceted(self) -> bool:
        """True when only an entry of `types:` can say what the values are (a code list alone can stand at the leaf)."""
        return any(facet is not None for facet in (self.pattern, self.least, self.most, self.length, self.shortest, self.fraction))

    def definition(self) -> tuple[object, ...]:
        """What makes two kinds the same type."""
        return (self.codec, self.pattern, self.least, self.most, self.length, self.shortest, self.fraction, frozenset(self.codes))

    def saying(self, remark: str) -> Kind:
        """This kind with one more remark."""
        return replace(self, remark="; ".join(filter(None, (self.remark, remark))))


@dataclass(slots=True)
class Place:
    """One place of the tree. *form* is leaf, table, each, rows or include; *name* its variable, scope or rows."""

    key: str
    least: int = 1
    most: int | None = 1
    kind: Kind | None = None
    children: list[Place] = field(default_factory=list)
    form: str = "leaf"
    const: str | None = None
    default: str | None = None
    nil: bool = False
    flag: bool = False
    remark: str = ""
    name: str = ""

    @property
    def suffix(self) -> str:
        """The cardinality as the tree writes it: `?`, `*`, `+` or nothing."""
        if self.most is None:
            return "+" if self.least else "*"
        return "" if self.least else "?"

    def below(self) -> Iterator[Place]:
        """Every place inside, in wire order."""
        for child in self.children:
            yield child
            yield from child.below()

    def say(self, remark: str) -> None:
        self.remark = "; ".join(filter(None, (self.remark, remark)))


@dataclass
class Draft:
    """The tree of one message, its syntax (xml or json) and codec, and how to recognise it."""

    syntax: str
    root: Place
    source: str
    codec: str = ""
    namespace: str = ""
    member: str = ""
    members: list[str] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    ordered: bool = True
    notes: list[str] = field(default_factory=list)

    @property
    def leaves(self) -> list[Place]:
        return [place for place in self.root.below() if place.form == "leaf"]


def wrapper(place: Place) -> bool:
    """True for an object around one value: `{value: …}`, `{codingScheme: …, value: …}` (the JSON form of text with attributes)."""
    return (
        place.form == "table"
        and 1 <= len(place.children) <= 3
        and all(child.form == "leaf" and child.most == 1 for child in place.children)
        and any(child.key in ("value", "#") for child in place.children)
    )


def close(place: Place, words: list[str], position: frozenset[str]) -> Place:
    """Give a place with children its form: a table, a nested scope (`each`) or the columns of a series (`rows`).

    *words* are those of its name, *position* the keys of its columns whose last word says a position. Rows need: it
    repeats, only plain leaves inside, each at most once; and a whole number that says the position, or a name like Point.
    """
    if place.most == 1:
        place.form = "table"
        return place
    place.form = "each"
    if place.children and all(_column(child) for child in place.children):
        numbered = any(child.key in position and _whole(child) for child in place.children)
        named = bool(words) and words[-1].removesuffix("s") in SERIES_NAMES
        if numbered or named:
            place.form = "rows"
    return place


def _column(child: Place) -> bool:
    if child.form == "table":  # JSON only: {value: …}
        return len(child.children) == 1 and wrapper(child) and child.children[0].key == "value" and _column(child.children[0])
    plain = child.form == "leaf" and child.most == 1 and not (child.nil or child.flag) and child.key != "#"
    return plain and child.kind is not None and child.kind.codec != "json"


def _whole(child: Place) -> bool:
    if child.form == "table":
        child = child.children[0]
    return child.kind is not None and child.kind.codec == "int"
