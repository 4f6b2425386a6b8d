"""Mutations of a JSON document: its members, lists, types of values and layout."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

from mutants import Mutation
from mutants.values import changes, texts

Step = str | int
OTHERS: tuple[tuple[str, Any], ...] = (
    ("put null", None),
    ("put true", True),
    ("put false", False),
    ("put 0", 0),
    ("put 1", 1),
    ("put -1", -1),
    ("put 1.0", 1.0),
    ("put 1.5", 1.5),
    ("put 1000000", 1000000),
    ("put 1e30", 1e30),
    ("put big", 10**30),
    ("put text", "x"),
    ("put text 1", "1"),
    ("put list", []),
    ("put object", {}),
    ("put list of null", [None]),
    ("put object of value", {"value": "A01"}),
    ("put list of object", [{}]),
)


def mutations(data: bytes, document: str) -> Iterator[Mutation]:
    """Every mutation of a document: each change at the first value of each path, and some at the last."""
    root = json.loads(data)
    for path, steps, index in _sites(root):
        for operator, change in _of(root, steps, index == 0):
            yield Mutation(operator, path, document, _maker(root, steps, change))
    for operator, written in _whole(root):
        yield Mutation(operator, "/", document, written)


def _sites(root: Any) -> Iterator[tuple[str, tuple[Step, ...], int]]:
    found: dict[str, list[tuple[Step, ...]]] = {}
    for path, steps in _walk(root, "", ()):
        found.setdefault(path, []).append(steps)
    for path, places in found.items():
        yield path, places[0], 0
        if len(places) > 1:
            yield path, places[-1], len(places) - 1


def _walk(value: Any, path: str, steps: tuple[Step, ...]) -> Iterator[tuple[str, tuple[Step, ...]]]:
    if steps:
        yield path, steps
    if isinstance(value, dict):
        for name, below in value.items():
            yield from _walk(below, f"{path}/{name}", (*steps, name))
    elif isinstance(value, list):
        for at, below in enumerate(value):
            yield from _walk(below, f"{path}[]", (*steps, at))


def _maker(root: Any, steps: tuple[Step, ...], change: Callable[[Any, Step], None]) -> Callable[[], bytes]:
    def make() -> bytes:
        changed = copy.deepcopy(root)
        change(_at(changed, steps[:-1]), steps[-1])
        return json.dumps(changed, ensure_ascii=False).encode("utf-8", "surrogatepass")

    return make


def _at(value: Any, steps: tuple[Step, ...]) -> Any:
    for step in steps:
        value = value[step]
    return value


def _of(root: Any, steps: tuple[Step, ...], first: bool) -> Iterator[tuple[str, Callable[[Any, Step], None]]]:
    value, holder = _at(root, steps), _at(root, steps[:-1])
    yield "drop", lambda above, step: above.__delitem__(step)
    if isinstance(holder, list):
        yield "duplicate", lambda above, step: above.insert(step, copy.deepcopy(above[step]))
        yield "wrap in a list", lambda above, step: above.__setitem__(step, [above[step]])
        yield "move last", lambda above, step: above.append(above.pop(step))
    if not first:
        return
    if isinstance(holder, dict):
        yield "rename", lambda above, step: above.__setitem__(f"{step}X", above.pop(step))
        yield "recase", lambda above, step: above.__setitem__(str(step).swapcase(), above.pop(step))
        yield "move last", lambda above, step: above.__setitem__(step, above.pop(step))
        yield "duplicate as a list", lambda above, step: above.__setitem__(step, [above[step], copy.deepcopy(above[step])])
        yield "wrap in a list", lambda above, step: above.__setitem__(step, [above[step]])
        yield "add member beside", lambda above, step: above.__setitem__("unknown", 1)
    yield "wrap in an object", lambda above, step: above.__setitem__(step, {"value": above[step]})
    for operator, other in OTHERS:
        if other != value or type(other) is not type(value):
            yield operator, lambda above, step, other=other: above.__setitem__(step, copy.deepcopy(other))
    yield from _inside(value)


def _inside(value: Any) -> Iterator[tuple[str, Callable[[Any, Step], None]]]:
    if isinstance(value, dict):
        yield "add member", lambda above, step: above[step].__setitem__("unknown", "1")
        yield "add member null", lambda above, step: above[step].__setitem__("unknown", None)
        yield "reverse members", lambda above, step: above.__setitem__(step, dict(reversed(above[step].items())))
        yield "unwrap", lambda above, step: above.__setitem__(step, next(iter(above[step].values())))
    elif isinstance(value, list):
        yield "unwrap", lambda above, step: above.__setitem__(step, above[step][0])
        yield "reverse items", lambda above, step: above[step].reverse()
        yield "add item null", lambda above, step: above[step].append(None)
        yield "add item text", lambda above, step: above[step].append("x")
        yield "add item object", lambda above, step: above[step].append({})
        yield "add item list", lambda above, step: above[step].append([])
    elif isinstance(value, str):
        for operator, text in (*texts(), *changes(value)):
            yield operator, lambda above, step, text=text: above.__setitem__(step, text)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield "as text", lambda above, step: above.__setitem__(step, str(above[step]))
        yield "as float", lambda above, step: above.__setitem__(step, float(above[step]))
        yield "negative", lambda above, step: above.__setitem__(step, -above[step])
        yield "times 1000000", lambda above, step: above.__setitem__(step, above[step] * 1000000)


def _whole(root: Any) -> Iterator[tuple[str, Callable[[], bytes]]]:
    plain = json.dumps(root, ensure_ascii=False).encode()
    name = next(iter(root))
    yield "document in a list", lambda: b"[" + plain + b"]"
    yield "document opened", lambda: json.dumps(root[name]).encode()
    yield "document empty object", lambda: b"{}"
    yield "document empty list", lambda: b"[]"
    yield "document text", lambda: b'"x"'
    yield "document null", lambda: b"null"
    yield "document empty", lambda: b""
    yield "document cut", lambda: plain[: len(plain) // 2]
    yield "document with text behind", lambda: plain + b" x"
    yield "document twice", lambda: plain + plain
    yield "document laid out", lambda: json.dumps(root, indent="\t").encode()
    yield "document escaped", lambda: plain.replace(b"A", b"\\u0041")
    yield "document with a mark", lambda: b"\xef\xbb\xbf" + plain
    yield "document with a member beside", lambda: plain[:-1] + b', "unknown": 1}'
    yield "document with a key twice", lambda: plain.replace(b'"mRID"', b'"mRID": "first", "mRID"', 1)
    yield "document with a comment", lambda: plain.replace(b"{", b"{ /* none */", 1)
    yield "document with a comma too many", lambda: plain[:-1] + b",}"
    yield "document with single quotes", lambda: plain.replace(b'"', b"'")
    yield "document with NaN", lambda: plain.replace(b'"quantity": ', b'"quantity": NaN, "x": ', 1)
    yield "document in UTF-16", lambda: plain.decode().encode("utf-16")
    yield "document with an exponent", lambda: plain.replace(b'"quantity": ', b'"quantity": 1e2', 1)
    yield "document with half a pair", lambda: plain.replace(b'"mRID": "', b'"mRID": "\\ud800', 1)
    yield "document with a raw control", lambda: plain.replace(b'"mRID": "', b'"mRID": "\x01', 1)
