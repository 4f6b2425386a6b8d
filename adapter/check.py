"""`gridglot check`: mappings, exchanges and shapes hold together; laws on given files; what schemas say and no mapping does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from adapter import pipeline
from adapter.context import Context
from adapter.errors import Fault, HubError
from adapter.library import Library, library
from adapter.names import OURS, expand, prefixes
from adapter.partners import NEUTRAL, Profile
from adapter.resources import folder, walk
from adapter.shapes.engine import compiled_for


def check_all(documents: list[Path], schema: Path | None, profile: Profile = NEUTRAL) -> list[Fault]:
    """Every finding; an empty list means nothing is wrong."""
    try:
        known = library()
        compiled_for(known)
    except HubError as error:
        return list(error.faults)
    findings = [*partners(known), *terms(known), *unused()]
    context = Context()
    for path in _documents(documents):
        findings += laws(path, context, profile)
    if schema is not None:
        from adapter.schema import uncovered

        findings += [
            Fault(mapping.id, line, "the schema has it, and the mapping neither binds, keeps nor ignores it")
            for mapping in known.mappings()
            for line in uncovered(mapping, schema)
        ]
    return findings


def _documents(given: list[Path]) -> Iterator[Path]:
    for path in given:
        yield from sorted(entry for entry in path.rglob("*") if entry.suffix.lower() in (".xml", ".json", ".csv")) if path.is_dir() else [path]


def partners(known: Library) -> Iterator[Fault]:
    """Each exchange has its shapes file, and each shapes file its exchange."""
    shapes = {name.removesuffix(".ttl") for name, _ in walk(folder("shapes").joinpath("exchanges"), ".ttl")}
    names = {exchange.name for row, exchange in known.exchanges.items() if row != "message"}
    yield from (Fault(f"mappings/exchanges/{name}.yaml", "has no shapes", f"shapes/exchanges/{name}.ttl") for name in sorted(names - shapes))
    yield from (Fault(f"shapes/exchanges/{name}.ttl", "has no exchange", f"mappings/exchanges/{name}.yaml") for name in sorted(shapes - names))


def terms(known: Library) -> Iterator[Fault]:
    """Every kept term and message class is declared in our ontology modules."""
    declared = "".join(entry.read_text(encoding="utf-8") for _, entry in walk(folder("ontologies"), ".ttl"))
    for mapping in known.mappings():
        for term in (mapping.klass, *mapping.keep.values()):
            prefix = term.partition(":")[0]
            if prefix not in prefixes():
                yield Fault(mapping.table.file, f"{term} has no prefix of ontologies/prefixes.yaml")
            elif f"\n{term} " not in declared and f"<{expand(term)}>" not in declared:
                yield Fault(mapping.table.file, f"{term} is declared in no ontology module", f"ontologies/{prefix}.ttl")


def unused() -> Iterator[Fault]:
    """Every term of ours is used: by a mapping, an exchange, a shape, a query, the code, or another term."""
    own = [prefix for prefix, iri in prefixes().items() if iri.startswith(OURS) and prefix != "hub"] + ["hub"]
    modules = [(name, entry.read_text(encoding="utf-8")) for name, entry in walk(folder("ontologies"), ".ttl")]
    places = [
        entry.read_text(encoding="utf-8")
        for name in ("mappings", "shapes", "sparql")
        for suffix in (".yaml", ".ttl", ".rq")
        for _, entry in walk(folder(name), suffix)
    ]
    places += [entry.read_text(encoding="utf-8") for _, entry in walk(files("adapter"), ".py")]
    used = set(re.findall(r"(?<![\w/])[a-z][a-z0-9]*:[A-Za-z][\w-]*", "\n".join(places)))
    for name, text in modules:
        declared = re.findall(rf"^((?:{'|'.join(own)}):[A-Za-z][\w-]*) a ", text, re.MULTILINE)
        spoken = {
            term for _, other in modules for term in re.findall(r"(?<![\w/])[a-z][a-z0-9]*:[A-Za-z][\w-]*", re.sub(r"^\S+ a ", "", other, flags=re.MULTILINE))
        }
        yield from (
            Fault(f"ontologies/{name}", f"{term} is declared and used nowhere", "delete it, or use it") for term in declared if term not in used | spoken
        )


def laws(path: Path, context: Context, profile: Profile) -> list[Fault]:
    """Laws 1 to 3 on one document; what it says is remembered for those after it."""
    try:
        lifted = pipeline.learn(path.read_bytes(), context, profile=profile)
    except OSError as error:
        return [Fault(str(path), f"cannot be read: {error.strerror}")]
    except HubError as error:
        return [Fault(str(path), str(fault)) for fault in error.faults]
    findings = []
    wire = pipeline.read(lifted.decoded)[0]
    for packed in (False, True):
        form = "packed" if packed else "expanded"
        try:
            (back,) = pipeline.from_graph(pipeline.to_graph(lifted.message, "trig", packed), "trig")
            (document,) = pipeline.lower(back, lifted.mapping, profile=profile, context=context, syntax=lifted.decoded.syntax)
        except HubError as error:
            findings += [Fault(str(path), f"law 1 ({form}): {fault}") for fault in error.faults]
            continue
        if [content.frame for content in back.contents] != [content.frame for content in lifted.message.contents] or back.kept != lifted.message.kept:
            findings.append(Fault(str(path), f"law 2 ({form}): the graph does not give the bindings back"))
        if pipeline.read(pipeline.decode(document.data))[0] != wire:
            findings.append(Fault(str(path), f"law 1 ({form}): lowering what was lifted gives other values"))
    leaves = pipeline.account(lifted.decoded)
    if leaves.unmapped != len(lifted.unmapped):
        findings.append(Fault(str(path), f"law 3: {leaves.unmapped} leaves are unmapped, and {len(lifted.unmapped)} were reported"))
    return findings
