"""Everything compiled once at start: exchanges, standards, mappings, shapes; and which mapping a document needs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources.abc import Traversable
from typing import Any

from adapter.codecs.syntaxes import CODECS
from adapter.compiler import Compiler, read_standard
from adapter.derive import Rule, build_rules
from adapter.errors import Fault, UnknownMessage, UsageError
from adapter.exchange import Exchange, read_exchange
from adapter.graph import Matcher, Writer
from adapter.mapping import MessageMapping, Standard
from adapter.resources import folder, walk
from adapter.text import Table, read_file
from adapter.tree.json import rooted
from adapter.tree.types import read_types


@dataclass
class Library:
    """All compiled files. One instance serves a process; `library()` gives the one of the package."""

    exchanges: dict[str, Exchange] = field(default_factory=dict)
    writers: dict[str, Writer] = field(default_factory=dict)
    matchers: dict[str, Matcher] = field(default_factory=dict)
    rules: dict[str, list[Rule]] = field(default_factory=dict)
    standards: dict[str, Standard] = field(default_factory=dict)
    shapes: dict[str, Any] | None = None
    told: dict[tuple[str, str], list[MessageMapping]] = field(default_factory=dict)  # by codec and root element
    guarded: set[str] = field(default_factory=set)  # kinds of facts that come with what only some roles may say

    def add_exchange(self, table: Table, name: str) -> Exchange:
        exchange = read_exchange(table, name)
        self.exchanges[exchange.row] = exchange
        self.writers[exchange.row], self.matchers[exchange.row] = Writer(exchange), Matcher(exchange)
        self.rules[exchange.row] = build_rules(exchange)
        return exchange

    def add_standard(self, name: str, root: Traversable, shown: str) -> Standard:
        """Compile `standard.yaml` and every message file beside it."""
        table = read_file(root.joinpath("standard.yaml"), f"{shown}/standard.yaml")
        types = read_types(table.table("types"))
        if root.joinpath("codelists.yaml").is_file():
            types.update(read_types(read_file(root.joinpath("codelists.yaml"), f"{shown}/codelists.yaml")))
        standard = read_standard(table, name, types)
        self.standards[name] = standard
        for file, entry in walk(root, ".yaml"):
            if file not in ("standard.yaml", "types.yaml", "codelists.yaml"):
                self.add_mapping(standard, read_file(entry, f"{shown}/{file}"), file.removesuffix(".yaml"))
        return standard

    def add_mapping(self, standard: Standard, table: Table, name: str) -> MessageMapping:
        mapping = Compiler(standard, self.exchanges, lambda exchange: self.rules[exchange.row]).compile(table, name)
        standard.mappings[name] = mapping
        for kind, tree in mapping.trees.items():
            self.told.setdefault((mapping.codec(kind), tree.name), []).append(mapping)
        if mapping.said_by or any(use.exchange.said_by for use in mapping.uses):
            self.guarded.update(provide.kind for provide in mapping.provides)
        return mapping

    def mappings(self) -> Iterator[MessageMapping]:
        for standard in self.standards.values():
            yield from standard.mappings.values()

    def mapping(self, name: str) -> MessageMapping:
        """The mapping called `standard:message`; raises UsageError with what there is."""
        standard, _, message = name.partition(":")
        found = self.standards.get(standard)
        if found is None:
            raise UsageError(f"{standard!r} is no standard; known are {', '.join(self.standards)}")
        if message not in found.mappings:
            raise UsageError(f"{standard} has no message {message!r}; it has {', '.join(found.mappings)}")
        return found.mappings[message]

    def media(self, message: str, syntax: str) -> str:
        """The media type of a document of `standard:message` in a syntax; raises UsageError for an unknown message."""
        return CODECS[self.mapping(message).codec(syntax)].media

    def recognise(self, codec: str, value: Any, only: str | None = None) -> MessageMapping:
        """The mapping for a document decoded by *codec*; raises UnknownMessage saying what it is."""
        kind = CODECS[codec].tree
        for mapping in self.told.get((codec, value.tag if kind == "xml" else ""), ()):
            if (only is None or mapping.standard.name == only) and _recognises(mapping, kind, value):
                return mapping
        raise UnknownMessage(self._unknown(codec, value))

    def _unknown(self, codec: str, value: Any) -> Fault:
        title = CODECS[codec].title(value)
        space, _, root = title.rpartition("}")
        for standard in self.standards.values():
            if root in standard.table.table("never"):
                return Fault("/" + root, f"is {standard.table.table('never').text(root)}", standard.name)
            if root in standard.table.table("not_yet"):
                return Fault("/" + root, f"no mapping yet: {standard.table.table('not_yet').text(root)}", standard.name)
        if CODECS[codec].tree == "json":
            return Fault("/", f"{CODECS[codec].holds} {title!r} is no message we have a mapping for", "gridglot coverage lists them")
        for mapping in self.mappings():
            if mapping.message == root and "xml" in mapping.trees:
                wanted = mapping.table.text("namespace", "")
                return Fault("/" + root, f"has the namespace {space[1:] or 'none'!r}, and {mapping.id} has {wanted or 'none'!r}", mapping.table.file)
        return Fault("/" + root, "is no message we have a mapping for", "gridglot coverage lists them")


def _recognises(mapping: MessageMapping, kind: str, value: Any) -> bool:
    rule = mapping.table.table("recognise")
    if kind == "xml":
        namespace = mapping.table.text("namespace", "")
        mark = f"{{{namespace}}}" if namespace else ""
        return all((value.findtext("/".join(mark + step for step in path.split("/"))) or "").strip() == text for path, text in rule.table("text").items())
    member, value = rule.text("json", ""), rooted(value)
    if not isinstance(value, dict) or (member and member not in value):
        return False
    anyone = rule.texts("any")
    if anyone and not any(name in value for name in anyone):
        return False
    return all(_at(value, path) is not None for path in rule.texts("members")) and all(_at(value, path) == text for path, text in rule.table("text").items())


def _at(value: Any, path: str) -> Any:
    """What stands at the JSON path `a/b/0/c`; None when it does not exist."""
    for step in path.split("/"):
        if isinstance(value, list) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        elif isinstance(value, dict) and step in value:
            value = value[step]
        else:
            return None
    return value


@lru_cache(1)
def library() -> Library:
    """The library of the shipped files, compiled on first use."""
    found = Library()
    root = folder("mappings")
    for name, entry in walk(root.joinpath("exchanges"), ".yaml"):
        found.add_exchange(read_file(entry, f"mappings/exchanges/{name}"), name.removesuffix(".yaml"))
    for entry in sorted(root.iterdir(), key=lambda item: item.name):
        if entry.is_dir() and entry.joinpath("standard.yaml").is_file():
            found.add_standard(entry.name, entry, f"mappings/{entry.name}")
    return found
