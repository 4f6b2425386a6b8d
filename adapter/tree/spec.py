"""Parse the tree layer of a mapping file into a specification: branches, leaves and rows in wire order.

The grammar (docs/ontology_engineer.md, "The tree"): a key is a name, `@name` an attribute, `#` the text;
a suffix `?`, `*`, `+` gives the cardinality. A value is a leaf (`variable type`, or a table with one of
var, const, ignore, flag), `each` (a nested scope), `rows` (columns), or a table of further keys.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from adapter.frames import Scope
from adapter.text import Node, Table
from adapter.values import CODECS, Codec

LEAF_KEYS = ("var", "const", "ignore", "flag")


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
            if text.strip() != self.const:
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


@dataclass
class Builder:
    """Reads tree tables. `types` are those of the standard, `includes` its envelope fragments."""

    types: Mapping[str, Type]
    includes: Mapping[str, Table]
    syntax: str
    scope: Scope = field(default_factory=lambda: Scope("."))
    places: dict[str, str] = field(default_factory=dict)

    def branch(self, key: str, table: Table, least: int = 1, most: int | None = 1, scope: str = "", path: str = "") -> Branch:
        attributes: list[Leaf] = []
        children: list[Branch | Leaf | Rows] = []
        text: Leaf | None = None
        rest = ""
        for name, value, owner in self._entries(table):
            if name == "*":
                rest = value.text("ignore") if isinstance(value, Table) else "not read"
                continue
            bare, low, high = _cardinality(name)
            if name.startswith("@") and self.syntax == "xml":
                attributes.append(self.leaf(owner, name, value, bare[1:], "attribute", low, high, path))
            elif name == "#" and self.syntax == "xml":
                text = self.leaf(owner, name, value, "#", "text", 1, 1, path)
            else:
                children.append(self._child(owner, name, value, bare, low, high, path))
        return Branch(key, least, most, table.at(), tuple(attributes), text, tuple(children), scope, rest=rest)

    def _entries(self, table: Table) -> Iterator[tuple[str, Node, Table]]:
        for name, value in table.items():
            if name.startswith("+"):
                fragment = self.includes.get(name[1:])
                if fragment is None:
                    raise table.wrong(f"{name} includes a fragment the standard does not have; it has {', '.join(self.includes) or 'none'}", name)
                yield from self._entries(fragment)
            else:
                yield name, value, table

    def _child(self, table: Table, name: str, value: Node, bare: str, low: int, high: int | None, path: str) -> Branch | Leaf | Rows:
        if isinstance(value, str) or (isinstance(value, Table) and any(key in value for key in LEAF_KEYS)):
            return self.leaf(table, name, value, bare, "element", low, high, path)
        if not isinstance(value, Table):
            raise table.wrong(f"{name} must be a leaf or a table", name)
        below = f"{path}/{bare}"
        if "rows" in value:
            value.only("rows", "of")
            return self._rows(value, bare, low, below)
        if "nil" in value and "of" in value:
            value.only("nil", "of")
            return self._nullable(value, bare, low, high, below)
        if "each" in value:
            value.only("each", "of")
            outer, label = self.scope, value.text("each")
            if outer.lineage()[0].find(label) is not None:
                raise value.wrong(f"two scopes are called {label!r}", "each")
            self.scope = outer.child(label)
            branch = self.branch(bare, value.table("of"), low, high, label, below + "[]")
            self.scope = outer
            return branch
        if high is None:
            raise table.wrong(f"{name} repeats: say `each: NAME, of: {{…}}` (a scope) or `rows: NAME, of: {{…}}` (columns)", name)
        return self.branch(bare, value, low, high, path=below)

    def _nullable(self, value: Table, bare: str, low: int, high: int | None, below: str) -> Branch:
        """An object that may be null: `{nil: VAR, of: {…}}`; VAR is true when it is."""
        name = value.text("nil")
        self.scope.variables.add(name)
        self.places[name] = below
        branch = self.branch(bare, value.table("of"), low, high, path=below)
        return replace(branch, nil=name)

    def _rows(self, value: Table, bare: str, low: int, path: str) -> Rows:
        name = value.text("rows")
        before = set(self.scope.variables)
        columns = tuple(self._columns(value.table("of"), (), path + "[]"))
        added = self.scope.variables - before
        self.scope.variables -= added
        self.scope.columns.update(dict.fromkeys(added, name))
        self.scope.variables.add(name)
        return Rows(bare, name, low, value.at(), columns)

    def _columns(self, table: Table, steps: tuple[str, ...], path: str) -> Iterator[Leaf]:
        for name, value, owner in self._entries(table):
            bare, low, high = _cardinality(name)
            if isinstance(value, Table) and not any(key in value for key in LEAF_KEYS):
                if self.syntax == "xml":
                    raise owner.wrong(f"{name}: a row of XML holds attributes and elements without children; use `each` for deeper ones", name)
                for leaf in self._columns(value, (*steps, bare), f"{path}/{bare}"):
                    yield leaf if low else _optional(leaf)
                continue
            if high is None:
                raise owner.wrong("a column holds one value per row", name)
            kind = "attribute" if name.startswith("@") and self.syntax == "xml" else "element"
            key = bare[1:] if kind == "attribute" else bare
            yield self.leaf(owner, name, value, key, kind, low, high, path, (*steps, key) if self.syntax == "json" else ())

    def leaf(self, table: Table, name: str, value: Node, key: str, kind: str, low: int, high: int | None, path: str, steps: tuple[str, ...] = ()) -> Leaf:
        if isinstance(value, str):
            words = value.split()
            if not 1 <= len(words) <= 2:
                raise table.wrong(f"{name}: a leaf is `variable type`, or a table with one of {', '.join(LEAF_KEYS)}", name)
            value = Table(table.file, table.lines.get(name, table.line), {"var": words[0], **({"type": words[1]} if len(words) == 2 else {})}, {})
        if not isinstance(value, Table):
            raise table.wrong(f"{name} must be a leaf", name)
        value.only(*LEAF_KEYS, "type", "codes", "open", "default", "nil", "as")
        kind_of = self.type_of(value)
        codes = _codes(value)
        spec = Leaf(
            key,
            kind,
            low,
            high,
            value.at(),
            kind_of,
            value.text("var", "") or value.text("flag", ""),
            _optional_text(value, "const"),
            value.text("ignore", ""),
            "flag" in value,
            codes,
            _names(codes),
            value.text("open", "false") == "true",
            _default(value, kind_of, codes),
            value.text("nil", "") == "keep",
            value.text("as", kind_of.codec.json),
            steps,
        )
        if spec.var:
            self._declare(value, spec, path)
        return spec

    def type_of(self, value: Table) -> Type:
        name = value.text("type", "str")
        known = self.types.get(name)
        if known is None:
            raise value.wrong(
                f"{name!r} is not a type; known are {', '.join(sorted(self.types))}", "type", "Add it under `types` in standard.yaml, or correct the name."
            )
        return known

    def _declare(self, value: Table, leaf: Leaf, path: str) -> None:
        if leaf.var in self.places:
            raise value.wrong(
                f"the variable {leaf.var!r} stands at two places of the tree: {self.places[leaf.var]} and here", None, "Give one of them another name."
            )
        self.places[leaf.var] = f"{path}/{leaf.place}" if leaf.place else path
        self.scope.variables.add(leaf.var)


def base_types() -> dict[str, Type]:
    """The types every standard has: one for each codec, and `json` for a JSON value kept as it is."""
    types = {name: Type(name, codec) for name, codec in CODECS.items()}
    types["json"] = Type("json", Codec("json", lambda value: value, lambda value: value, "json"))
    return types


def read_types(table: Table) -> dict[str, Type]:
    """The `types:` of a standard.yaml: name → {codec, pattern, min, max, length, shortest, fraction, codes}."""
    types = base_types()
    for name in table:
        entry = table.table(name)
        entry.only("codec", "pattern", "min", "max", "length", "shortest", "fraction", "codes", "source")
        codec = CODECS.get(entry.text("codec", "str"))
        if codec is None:
            raise entry.wrong(f"{entry['codec']!r} is not a codec; known are {', '.join(CODECS)}", "codec")
        codes = {code: code for line in entry.texts("codes") for code in line.split()} if "codes" in entry else None
        types[name] = Type(
            name,
            codec,
            re.compile(entry.text("pattern")) if "pattern" in entry else None,
            _bound(entry, "min"),
            _bound(entry, "max"),
            _number(entry, "length"),
            _number(entry, "shortest"),
            _number(entry, "fraction"),
            codes,
        )
    return types


def _bound(entry: Table, key: str) -> Decimal | None:
    return Decimal(entry.text(key)) if key in entry else None


def _number(entry: Table, key: str) -> int | None:
    return int(entry.text(key)) if key in entry else None


def _cardinality(name: str) -> tuple[str, int, int | None]:
    """`ISP+` → ("ISP", 1, None); `@x?` → ("@x", 0, 1); `[]+` is a list at the root."""
    last = name[-1:]
    if last == "?":
        return name[:-1], 0, 1
    if last == "*":
        return name[:-1], 0, None
    if last == "+" and len(name) > 1:
        return name[:-1], 1, None
    return name, 1, 1


def _optional(leaf: Leaf) -> Leaf:
    return replace(leaf, least=0)


def _optional_text(table: Table, key: str) -> str | None:
    return table.text(key) if key in table else None


def _codes(value: Table) -> dict[str, str] | None:
    if "codes" not in value:
        return None
    codes = value["codes"]
    if isinstance(codes, Table):
        return {wire: str(code) for wire, code in codes.items()}
    return {code: code for line in value.texts("codes") for code in line.split()}


def _names(codes: Mapping[str, str] | None) -> dict[str, str] | None:
    if codes is None:
        return None
    names: dict[str, str] = {}
    for wire, code in codes.items():
        names.setdefault(code, wire)  # where two wire codes mean one thing, the first is the one written
    return names


def _default(value: Table, kind: Type, codes: Mapping[str, str] | None) -> Any:
    if "default" not in value:
        return None
    text = value.text("default")
    return codes[text] if codes is not None else kind.read(text)
