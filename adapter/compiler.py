"""Compile mapping files: the tree layer, the relations into exchanges, and the proofs.

Per file: every wire variable is related, kept or ignored; every essential variable of an exchange is produced by some
relation, derived, or said to be impossible; nothing is unknown. Faults name file, line and remedy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from adapter.codecs.syntaxes import CODECS
from adapter.derive import Rule
from adapter.exchange import Exchange
from adapter.frames import Scope
from adapter.mapping import Address, Answer, Condition, Fill, Join, MessageMapping, Pair, Provide, Replaces, Standard, Use
from adapter.relations import build
from adapter.relations.base import Relation
from adapter.text import Node, Table
from adapter.tree.build import Builder
from adapter.tree.json import JsonTree
from adapter.tree.spec import Leaf, Type
from adapter.tree.xml import XmlTree

KEYS = (
    "message",
    "means",
    "class",
    "source",
    "schema",
    "status",
    "recognise",
    "envelope",
    "namespace",
    "prefix",
    "xml",
    "json",
    "exchanges",
    "keep",
    "refuse",
    "fill",
    "identity",
    "replaces",
    "statements",
    "said_by",
    "provides",
    "join",
    "ordered",
    "unknown",
    "leaves_open",
    "answer",
    "relate",
    "codec",
)


def read_standard(table: Table, name: str, types: Mapping[str, Type]) -> Standard:
    """The common part of a standard, from its standard.yaml."""
    table.only(
        "standard", "title", "means", "source", "versions", "types", "includes", "envelopes", "codecs", "unknown", "ordered", "not_yet", "never", "again"
    )
    if table.text("standard") != name:
        raise table.wrong(f"says {table['standard']}, but the folder is {name}", "standard")
    return Standard(
        name,
        table.text("title"),
        table,
        types,
        {key: table.table("includes").table(key) for key in table.table("includes")},
        {key: table.table("envelopes").table(key) for key in table.table("envelopes")},
        {key: str(value) for key, value in table.table("codecs").items()},
        table.text("unknown", "refuse") == "refuse",
        table.text("ordered", "true") == "true",
        table.text("source", ""),
        table.text("versions", ""),
    )


@dataclass
class Compiler:
    """Compiles one mapping file against its standard and the exchanges."""

    standard: Standard
    exchanges: Mapping[str, Exchange]
    rules: Callable[[Exchange], list[Rule]]

    def compile(self, table: Table, name: str) -> MessageMapping:
        table.only(*KEYS)
        scope, trees, leaves, places = self._trees(table)
        table.table("schema").only(*trees)
        address = self._address(table, scope)
        joins = tuple(self._join(entry, scope) for entry in table.items_of("join") if isinstance(entry, Table))
        envelope = self._envelope(table, scope)
        uses = tuple(self._use(entry, scope) for entry in table.items_of("exchanges") if isinstance(entry, Table))
        mapping = MessageMapping(
            self.standard,
            name,
            table,
            table.text("message"),
            table.text("class", "hub:Message"),
            scope,
            trees,
            leaves,
            places,
            envelope,
            uses,
            self._keep(table, scope),
            tuple(self._refuse(entry, scope) for entry in table.items_of("refuse") if isinstance(entry, Table)),
            self._fill(table, scope),
            tuple(table.texts("identity")),
            tuple(self._provide(entry, scope) for entry in table.items_of("provides") if isinstance(entry, Table)),
            joins,
            address,
            self._answer(table, scope),
            tuple(self._replaces(table, scope)),
        )
        self._prove(mapping)
        return mapping

    def _trees(self, table: Table) -> tuple[Scope, dict[str, XmlTree | JsonTree], dict[str, Leaf], dict[str, dict[str, str]]]:
        scope: Scope | None = None
        trees: dict[str, XmlTree | JsonTree] = {}
        leaves: dict[str, Leaf] = {}
        places: dict[str, dict[str, str]] = {}
        recognise = table.table("recognise")
        recognise.only("json", "members", "any", "text")
        for syntax in ("xml", "json"):
            if syntax not in table:
                continue
            builder = Builder(self.standard.types, self.standard.includes, syntax)
            member = recognise.text(syntax, "") if syntax == "json" else ""
            key = table.text("message") if syntax == "xml" else member
            stem = f"/{key}" if key else ""
            root = builder.branch(key, table.table(syntax), path=stem)
            if scope is None:
                scope = builder.scope
            elif _signature(scope) != _signature(builder.scope):
                raise table.wrong(f"the xml and json trees have different variables: {_signature(scope) ^ _signature(builder.scope)}", syntax)
            for leaf in root.leaves():
                if leaf.var:
                    leaves.setdefault(leaf.var, leaf)
            places[syntax] = builder.places
            ordered = table.text("ordered", "true" if self.standard.ordered else "false") == "true"
            if syntax == "xml":
                trees[syntax] = XmlTree(root, scope, table.text("namespace", ""), ordered, table.text("prefix", "") or None)
            else:
                codec = table.text("codec", "") or self.standard.codecs.get(syntax, syntax)
                if codec not in CODECS:
                    raise table.wrong(f"{codec!r} is not a codec; known are {', '.join(CODECS)}", "codec")
                trees[syntax] = JsonTree(root, scope, member, single=not CODECS[codec].lists)
        if scope is None:
            raise table.wrong("needs a tree: `xml:` or `json:`")
        return scope, trees, leaves, places

    def _envelope(self, table: Table, scope: Scope) -> Use:
        exchange = self.exchanges["message"]
        named = table.text("envelope", "")
        entries: list[Node] = []
        if named:
            if named not in self.standard.envelopes:
                raise table.wrong(f"{named!r} is no envelope of {self.standard.name}; it has {', '.join(self.standard.envelopes) or 'none'}", "envelope")
            entries = list(self.standard.envelopes[named].items_of("relate"))
        relations, pairs = self._relate([*entries, *table.items_of("relate")], scope, exchange, exchange.scope)
        return Use(exchange, scope, Condition({}), relations, pairs, table.at())

    def _use(self, entry: Table, scope: Scope) -> Use:
        entry.only("exchange", "for", "when", "relate", "means", "split", "gather", "cannot")
        exchange = self.exchanges.get(entry.text("exchange"))
        if exchange is None:
            raise entry.wrong(f"{entry['exchange']!r} is no exchange; known are {', '.join(sorted(self.exchanges))}", "exchange")
        inside = self._scope(entry, entry.text("for", "."), scope)
        relations, pairs = self._relate(entry.items_of("relate"), inside, exchange, exchange.scope)
        return Use(
            exchange,
            inside,
            self._condition(entry.table("when"), inside),
            relations,
            pairs,
            entry.at(),
            tuple(entry.texts("split")),
            {variable: entry.table("cannot").text(variable) for variable in entry.table("cannot")},
            self._gathered(entry, inside),
        )

    def _gathered(self, entry: Table, inside: Scope) -> str:
        name = entry.text("gather", "")
        if name and name not in [step.name for step in inside.lineage()[1:-1]]:
            raise entry.wrong(f"gather: {name!r} is no scope around {inside.name!r}", "gather")
        return name

    def _scope(self, entry: Table, path: str, scope: Scope) -> Scope:
        found = scope.find(path.rpartition(".")[2] or ".")
        if found is None:
            raise entry.wrong(f"there is no scope {path!r} in the tree; it has {', '.join(one.name for one in scope.every())}", "for")
        return found

    def _address(self, table: Table, scope: Scope) -> Address | None:
        named = table.text("envelope", "")
        entry = self.standard.envelopes[named].table("address") if named in self.standard.envelopes else table.table("address")
        if not entry:
            return None
        entry.only("is", "entity", "classifier", "source", "destination", "reports")
        scope.variables |= {entry.text("is"), entry.text("entity")}
        return Address(
            entry.text("is"), entry.text("entity"), entry.text("classifier"), entry.text("source"), entry.text("destination"), entry.text("reports"), entry.at()
        )

    def _answer(self, table: Table, scope: Scope) -> Answer | None:
        """`answer: {with, when, take}` of a message; what it leaves out is that of its envelope."""
        named, own = table.text("envelope", ""), table.table("answer")
        common = self.standard.envelopes[named].table("answer") if named in self.standard.envelopes else own
        for entry in (common, own):
            entry.only("with", "when", "take")
        if "with" not in own:
            return None
        used = own if "take" in own else common
        for variable in used.table("take").values():
            if scope.owner(str(variable)) is None:
                raise used.wrong(f"answer: {variable!r} is no variable of the tree", "take")
        tests = (own if "when" in own else common).items_of("when")
        return Answer(
            own.text("with"),
            tuple(self._condition(test, scope) for test in tests if isinstance(test, Table)),
            {target: str(source) for target, source in used.table("take").items()},
            own.at("with"),
        )

    def _replaces(self, table: Table, scope: Scope) -> Iterator[Replaces]:
        for entry in table.items_of("replaces"):
            if not isinstance(entry, Table) or not entry:
                continue
            entry.only("same", "revision")
            found = Replaces(tuple(entry.texts("same")), entry.text("revision", ""), entry.at())
            for variable in filter(None, (*found.same, found.revision)):
                if _nowhere(variable, scope):
                    raise entry.wrong(f"replaces: {variable!r} is no variable of the tree", "same")
            yield found

    def _join(self, entry: Table, scope: Scope) -> Join:
        entry.only("kind", "for", "key", "facts", "outer", "brings", "means")
        inside = self._scope(entry, entry.text("for", "."), scope)
        for variable in entry.texts("key"):
            if inside.owner(variable) is None:
                raise entry.wrong(f"join: {variable!r} is no variable visible here", "key")
        facts = {fact: str(variable) for fact, variable in entry.table("facts").items()}
        for variable in facts.values():
            if inside.owner(variable) is not None:
                raise entry.wrong(f"join: {variable!r} is a variable already", "facts")
            inside.variables.add(variable)
        return Join(
            entry.text("kind"),
            inside,
            tuple(entry.texts("key")),
            facts,
            entry.text("outer", "false") == "true",
            entry.text("brings", "the message that describes it"),
            entry.at(),
        )

    def _provide(self, entry: Table, scope: Scope) -> Provide:
        entry.only("kind", "for", "key", "facts", "own", "means")
        inside = self._scope(entry, entry.text("for", "."), scope)
        facts = {fact: str(variable) for fact, variable in entry.table("facts").items()}
        for variable in (*entry.texts("key"), *facts.values()):
            if inside.owner(variable) is None:
                raise entry.wrong(f"provides: {variable!r} is no variable visible here", "facts")
        return Provide(
            entry.text("kind"), inside, tuple(entry.texts("key")), facts, entry.text("own", "false") != "false", entry.at(), entry.text("own", "") != "read"
        )

    def _condition(self, table: Table, scope: Scope) -> Condition:
        wanted: dict[str, tuple[str, ...]] = {}
        for variable in table:
            if scope.owner(variable) is None:
                raise table.wrong(f"`when` names {variable!r}, which is no variable visible here", variable)
            wanted[variable] = tuple(table.texts(variable))
        return Condition(wanted)

    def _relate(self, entries: Any, wire: Scope, exchange: Exchange, canon: Scope) -> tuple[tuple[Relation, ...], tuple[Pair, ...]]:
        relations: list[Relation] = []
        pairs: list[Pair] = []
        for entry in entries:
            if not isinstance(entry, Table):
                raise exchange.table.wrong(f"a relation must be a table: {entry!r}")
            if "each" in entry:
                entry.only("each", "relate")
                for outer, inner in entry.table("each").items():
                    wire_scope = wire if outer == "." else wire.scopes.get(outer)
                    canon_scope = canon.scopes.get(str(inner))
                    if wire_scope is None or canon_scope is None:
                        raise entry.wrong(f"each: {outer!r} must be a scope of the tree and {inner!r} one of {exchange.row}, one step further in", "each")
                    pairs.append(Pair(outer, str(inner), *self._relate(entry.items_of("relate"), wire_scope, exchange, canon_scope)))
                continue
            relations += build(entry, wire, exchange, canon)
        return tuple(relations), tuple(pairs)

    def _keep(self, table: Table, scope: Scope) -> dict[str, str]:
        keep: dict[str, str] = {}
        named = table.text("envelope", "")
        for source in ([self.standard.envelopes[named].table("keep")] if named else []) + [table.table("keep")]:
            for variable, term in source.items():
                if not any(variable in one.variables or variable in one.columns for one in scope.every()):
                    raise source.wrong(f"keep: {variable!r} is no variable of the tree", variable)
                keep[variable] = str(term)
        return keep

    def _refuse(self, entry: Table, scope: Scope) -> tuple[Condition, str, Scope, str]:
        entry.only("for", "when", "say", "source")
        inside = self._scope(entry, entry.text("for", "."), scope)
        return self._condition(entry.table("when"), inside), entry.text("say"), inside, entry.at()

    def _fill(self, table: Table, scope: Scope) -> dict[str, Fill]:
        fills: dict[str, Fill] = {}
        named = table.text("envelope", "")
        for source in ([self.standard.envelopes[named].table("fill")] if named else []) + [table.table("fill")]:
            for variable, entry in source.items():
                if not any(variable in one.variables for one in scope.every()):
                    raise source.wrong(f"fill: {variable!r} is no variable of the tree", variable)
                what, _, unless = str(entry).partition(" unless ")
                kind, _, value = what.partition(" ")
                if kind not in ("const", "profile", "count", "made", "now", "same"):
                    raise source.wrong(
                        f"fill: {entry!r} must be `const VALUE`, `profile KEY`, `count KEY` (the profile's number, one more for each document), "
                        "`made` (a UUID of the hub), `now` or `same VARIABLE`, and may end with `unless VARIABLE` (that has a value)",
                        variable,
                    )
                if unless and not any(unless in one.variables for one in scope.every()):
                    raise source.wrong(f"fill: {unless!r} is no variable of the tree", variable)
                fills[variable] = Fill(variable, kind, value, source.at(variable), unless)
        return fills

    def missing_essentials(self, use: Use) -> list[str]:
        """Essential variables of the exchange that no relation, no derive rule and no stated reason accounts for."""
        derived = {made for rule in self.rules(use.exchange) for made in rule.made if set(rule.base) & use.canon}
        derived |= {base for rule in self.rules(use.exchange) for base in rule.base if set(rule.made) & use.canon}
        return [name for name in use.exchange.essentials if name not in use.canon | derived and name not in use.cannot]

    def _prove(self, mapping: MessageMapping) -> None:
        used = mapping.related | set(mapping.keep) | {variable for use in mapping.uses for variable in use.when.wanted}
        used |= {variable for condition, *_ in mapping.refuse for variable in condition.wanted} | mapping.checked
        used |= {variable for provide in mapping.provides for variable in (*provide.key, *provide.facts.values())}
        if mapping.address is not None:
            used |= {f"{side}_{part}" for side in (mapping.address.source, mapping.address.destination) for part in ("device", "entity", "feature")} | {
                mapping.address.classifier
            }
        used |= {variable for join in mapping.joins for variable in join.key}
        tables = {name for one in mapping.scope.every() for name in one.columns.values()}
        for variable in mapping.leaves:
            if variable not in used and variable not in tables:
                raise mapping.table.wrong(
                    f"the variable {variable!r} is used nowhere: relate it, keep it (`keep: {{{variable}: prefix:term}}`) or ignore its leaf with a reason"
                )
        for first, second in combinations(mapping.uses, 2):
            if first.exchange is second.exchange and first.scope is second.scope and not first.when.excludes(second.when):
                raise mapping.table.wrong(
                    f"two uses of {first.exchange.row} ({first.at} and {second.at}) can hold for one document: let their `when` name different texts of one variable"
                )
        for use in mapping.uses:
            for variable in self.missing_essentials(use):
                raise mapping.table.wrong(
                    f"the use of {use.exchange.row} ({use.at}) does not produce its essential variable {variable!r}: relate it, or say `cannot: {{{variable}: reason}}`"
                )
        for variable in (name for names in mapping.identity for name in names.split(" | ")):
            if variable != "content" and _nowhere(variable, mapping.scope):
                raise mapping.table.wrong(f"identity: {variable!r} is no variable of the document", "identity")


def _nowhere(variable: str, scope: Scope) -> bool:
    """No scope of the tree has this variable."""
    return not any(variable in one.variables for one in scope.every())


def _signature(scope: Scope) -> frozenset[tuple[str, str, str]]:
    found = {(scope.name, variable, "") for variable in scope.variables} | {(scope.name, variable, rows) for variable, rows in scope.columns.items()}
    return frozenset(found.union(*(_signature(child) for child in scope.scopes.values())))
