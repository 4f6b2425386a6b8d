"""Parse the tree layer of a mapping file into its specification.

The grammar (docs/ontology_engineer.md, "The tree"): a key is a name, `@name` an attribute, `#` the text; a suffix `?`, `*`,
`+` gives the cardinality. A value is a leaf (`variable type`, or a table with one of var, const, ignore, flag), `each` (a
nested scope), `rows` (columns), or a table of further keys.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from adapter.frames import Scope
from adapter.text import Node, Table
from adapter.tree.spec import Branch, Leaf, Rows, Type

LEAF_KEYS = ("var", "const", "ignore", "flag")


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
