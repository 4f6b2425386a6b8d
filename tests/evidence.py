"""What the acceptance grid may claim: computed from the golden documents and the legs, written to mappings/coverage.lock.json.

A cell counts when a golden document of ours carries the row, obeys the round-trip law, and every essential variable the
message can carry has a value. A leg counts when its document translates and every essential variable that both sides can
carry has a value in what was written.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from adapter.context import Context
from adapter.frames import Frame
from adapter.library import library
from adapter.mapping import MessageMapping
from adapter.message import Content, remember
from adapter.partners import find
from adapter.pipeline import decode, from_graph, learn, lift, lower, read, to_graph, translate, validate
from adapter.text import Table, read_text
from tests.cases import NOW, golden_cases, lifted

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "mappings" / "coverage.lock.json"


def compute() -> dict[str, Any]:
    """{"cells": {"FP2 uftp lift": {test, sha256}}, "legs": {"FP2 uftp cim": {test, sha256}}}."""
    return {"cells": dict(sorted(cells().items())), "legs": dict(sorted(legs().items()))}


def cells() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for case in golden_cases():
        result = lifted(case)
        if not validate(result).conforms:
            continue
        for content in result.message.contents:
            if not essentials_present(content, result.mapping):
                continue
            evidence = {"test": str(case.wire.relative_to(ROOT)), "sha256": digest(case.wire)}
            found.setdefault(f"{content.exchange.row} {result.mapping.standard.name} lift", evidence)
            (back,) = from_graph(to_graph(result.message), "trig")
            documents = lower(back, result.mapping, profile=case.profile, context=case.context(), now=NOW, syntax=result.decoded.syntax)
            if len(documents) == 1 and read(decode(documents[0].data))[0] == read(result.decoded)[0]:
                found.setdefault(f"{content.exchange.row} {result.mapping.standard.name} lower", evidence)
    return found


def legs() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for leg in read_legs():
        if not missing(leg):
            source, target = leg.text("from"), leg.text("to").partition(":")[0]
            found[f"{leg.text('row')} {source} {target}"] = {"test": f"tests/legs.yaml: {leg.text('file')}", "sha256": digest(ROOT / leg.text("file"))}
    return found


def read_legs() -> list[Table]:
    table = read_text((ROOT / "tests" / "legs.yaml").read_text(encoding="utf-8"), "tests/legs.yaml")
    return [leg for leg in table.items_of("legs") if isinstance(leg, Table)]


def missing(leg: Table) -> list[str]:
    """Essential variables of the row that both messages can carry and that do not arrive."""
    profiles = [find(str(ROOT / leg.text(key))) if key in leg else find(None) for key in ("from_partner", "to_partner")]
    context = Context()
    for file in leg.texts("context"):
        learn((ROOT / file).read_bytes(), context, profile=profiles[0])
    done = translate((ROOT / leg.text("file")).read_bytes(), leg.text("to"), from_profile=profiles[0], to_profile=profiles[1], context=context, now=NOW)
    row, gone = leg.text("row"), []
    for document in done.documents:
        back = lift(document.data, profile=profiles[1], context=context, now=NOW)
        remember(back.message, back.wire, context)
        contents = [content for content in back.message.contents if content.exchange.row == row]
        assert contents, f"{leg.text('to')} carries no {row}"
        common = carried(done.source, row) & carried(done.target, row)
        gone += [name for content in contents for name in sorted(common) if not present(content, name)]
    return gone


def carried(mapping: MessageMapping, row: str) -> set[str]:
    """The essential variables of a row that a message can carry."""
    return {name for use in mapping.uses if use.exchange.row == row for name in use.exchange.essentials if name not in use.cannot}


def essentials_present(content: Content, mapping: MessageMapping) -> bool:
    return all(present(content, name) for name in carried(mapping, content.exchange.row))


def present(content: Content, name: str) -> bool:
    """The variable has a value, or a derive rule makes it of others that have."""
    if any(frame_has(frame, name) for frame in frames(content.frame)):
        return True
    rules = [rule for rule in library().rules[content.exchange.row] if name in rule.made]
    return any(frame_has(frame, base) for rule in rules for base in rule.names.values() if base not in rule.made for frame in frames(content.frame))


def frame_has(frame: Frame, name: str) -> bool:
    value = frame.values.get(name)
    return value is not None and value != () and not (isinstance(value, list) and all(item is None for item in value))


def frames(frame: Frame) -> list[Frame]:
    return [frame, *(inner for children in frame.children.values() for child in children for inner in frames(child))]


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


def text(found: dict[str, Any]) -> str:
    return json.dumps(found, indent=1, ensure_ascii=False) + "\n"
