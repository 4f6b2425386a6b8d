"""The specification of a tree: branches, leaves and rows in wire order, and the types of leaves."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from adapter.tree.leaves import CODECS, Codec
from adapter.values import BLANKS


@dataclass(frozen=True, slots=True)
class Type:
    """A leaf type: a codec, and what its values must further satisfy (facets of XML Schema)."""

    name: str
    codec: Codec
    pattern: re.Pattern[str] | None = None
    least: Decimal | None = None
    most: Decimal | None = None
    length: int | None = None
    shortest: int | None = None
    fraction: int | None = None
    codes: Mapping[str, str] | None = None

    def read(self, text: str) -> Any:
        """The value of *text*; raises ValueError saying what is wrong with it."""
        if self.pattern is not None and self.pattern.fullmatch(text) is None:
            raise ValueError(f"does not have the form of {self.name}")
        if self.codes is not None and text not in self.codes:
            raise ValueError(f"is not in the code list {self.name}")
        if self.length is not None and len(text) > self.length:
            raise ValueError(f"has {len(text)} characters, at most {self.length} are allowed")
        if self.shortest is not None and len(text) < self.shortest:
            raise ValueError(f"has {len(text)} characters, at least {self.shortest} are needed")
        value = self.codec.read(text)
        self.check(value)
        return value

    def check(self, value: Any) -> None:
        """Raise ValueError when the number *value* is out of bounds or has too many fraction digits."""
        if self.least is not None and value < self.least:
            raise ValueError(f"is below {self.least}")
        if self.most is not None and value > self.most:
            raise ValueError(f"is above {self.most}")
        if self.fraction is not None and isinstance(value, Decimal) and -int(value.normalize().as_tuple().exponent) > self.fraction:
            raise ValueError(f"has more than {self.fraction} digits after the point")

    @property
    def faceted(self) -> bool:
        """True when the type asks for more than its codec: a pattern, codes, lengths, bounds or digits."""
        return not (self.plain and self.least is None and self.most is None and self.fraction is None)

    @property
    def plain(self) -> bool:
        """True when the codec alone decides (no pattern, no codes, no lengths), so that columns may be read at once."""
        return self.pattern is None and self.codes is None and self.length is None and self.shortest is None


@dataclass(frozen=True, slots=True)
class Leaf:
    """One place that holds one value: an attribute, a text, an element without children, a JSON scalar."""

    key: str
    kind: str
    least: int
    most: int | None
    at: str
    type: Type
    var: str = ""
    const: str | None = None
    ignore: str = ""
    flag: bool = False
    codes: Mapping[str, str] | None = None
    names: Mapping[str, str] | None = None
    open: bool = False
    default: Any = None
    nil: bool = False
    json: str = "string"
    steps: tuple[str, ...] = ()

    def read(self, text: str) -> Any:
        """The canonical value of the wire text; raises ValueError."""
        if self.const is not None:
            if text.strip(BLANKS) != self.const:
                raise ValueError(f"must be {self.const!r}")
            return None
        if self.codes is not None:
            code = self.codes.get(text)
            if code is None:
                if self.open:
                    return self.type.read(text)
                raise ValueError(f"expected {' or '.join(self.codes)}")
            return code
        return self.type.read(text)

    def write(self, value: Any) -> str:
        """The wire text of a canonical value; raises ValueError when this place cannot say it."""
        if self.names is not None:
            name = self.names.get(value)
            if name is not None:
                return name
            if not self.open:
                raise ValueError(f"has no code here; {', '.join(self.names)} have one")
        text: str = self.type.codec.write(value)
        if self.type.faceted:  # what a codec writes it can read (a law); only what the type asks for besides is looked at
            self.type.read(text)
        return text

    @property
    def place(self) -> str:
        """How the leaf shows in a path: `@Price`, `mRID`, or nothing for the text of an element."""
        return {"attribute": "@" + self.key, "text": "", "element": self.key}[self.kind]


@dataclass(frozen=True, slots=True)
class Rows:
    """A repeated element that is a table: each occurrence is a row, each leaf a column."""

    key: str
    name: str
    least: int
    at: str
    columns: tuple[Leaf, ...]


@dataclass(frozen=True, slots=True)
class Branch:
    """An element or object with children; with `scope` it repeats and opens a nested scope."""

    key: str
    least: int
    most: int | None
    at: str
    attributes: tuple[Leaf, ...]
    text: Leaf | None
    children: tuple[Branch | Leaf | Rows, ...]
    scope: str = ""
    nil: str = ""
    rest: str = ""

    @property
    def can_be_empty(self) -> bool:
        """True when it may be absent, and may also be there with nothing in it."""
        return not self.least and self.text is None and not any(part.least for part in (*self.attributes, *self.children))

    def leaves(self) -> Iterator[Leaf]:
        """Every leaf below, rows included, in wire order."""
        yield from self.attributes
        if self.text is not None:
            yield self.text
        for child in self.children:
            if isinstance(child, Leaf):
                yield child
            elif isinstance(child, Rows):
                yield from child.columns
            else:
                if child.nil:
                    yield Leaf(child.key, "element", 0, 1, child.at, Type("flag", CODECS["bool"]), child.nil, flag=True)
                yield from child.leaves()
