"""Bring CIM files into an order in which each can be taken: a model after those it depends on, a version after the one it supersedes.

Source: IEC 61970-552, md:Model.DependentOn and md:Model.Supersedes.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

from adapter.codecs.rdf_source import PARTS, REFERENCE, source
from adapter.grid.files import File
from adapter.grid.heads import head
from adapter.grid.model import Header
from adapter.names import TYPE
from adapter.values import Instant

_NAMES = frozenset({"cim:IdentifiedObject.mRID", "cim:IdentifiedObject.name"})
Rank: TypeAlias = "tuple[bool, bool, int, str]"


@dataclass(frozen=True)
class Sheet:
    """What is known of a CIM file before it is taken: its header, how many statements it makes, and how it hangs together with others.

    *describes* (the objects it names) and *refers* (others it speaks of) are known of files without header alone, which name no model they depend on.
    """

    file: File
    header: Header
    statements: int
    difference: bool = False
    describes: frozenset[str] = frozenset()
    refers: frozenset[str] = frozenset()


def sheet(file: File) -> Sheet:
    """Read what is needed to put a file into its place. *Raises* `DecodeError`."""
    data = file.read()
    document = source(data)
    header, difference = head(document, data)
    describes, refers, number = set[str](), set[str](), 0
    for part in ("", *(part for part in PARTS if part in document.parts)):
        for subject, predicate, value, kind, _ in document.statements(part):
            number += 1
            if header.missing:
                (describes if document.names.curie(predicate) in _NAMES else refers).add(document.names.identifier(subject))
                if kind is REFERENCE and predicate != TYPE:
                    refers.add(document.names.identifier(value))
    return Sheet(file, header, number, difference, frozenset(describes), frozenset(refers - describes))


def in_order(sheets: Sequence[Sheet]) -> list[Sheet]:
    """The files, each after those it needs; where that leaves a choice, boundaries first, differences last, then by time and name.

    Files that wait for each other in a circle come in the order of that choice.
    """
    ranks = [_rank(one) for one in sheets]
    waits = [set[int]() for _ in sheets]
    followers = [set[int]() for _ in sheets]
    for before, after in _before(sheets):
        if before != after:
            waits[after].add(before)
            followers[before].add(after)
    ready = [(ranks[at], at) for at, needed in enumerate(waits) if not needed]
    heapq.heapify(ready)
    left = set(range(len(sheets)))
    ordered = []
    while left:
        at = heapq.heappop(ready)[1] if ready else min(left, key=lambda one: (ranks[one], one))
        if at not in left:
            continue
        left.remove(at)
        ordered.append(sheets[at])
        for one in followers[at]:
            waits[one].discard(at)
            if not waits[one] and one in left:
                heapq.heappush(ready, (ranks[one], one))
    return ordered


def _rank(one: Sheet) -> Rank:
    boundary = any("Boundary" in profile for profile in one.header.profiles)
    return not boundary, one.difference, _time(one.header.created), one.file.name


def _time(text: str) -> int:
    """An instant by its seconds, as the hub compares revisions: without zone as if it were UTC; 0 for none."""
    try:
        found = Instant.read(text)
    except ValueError:
        return 0
    return found.epoch


def _before(sheets: Sequence[Sheet]) -> Iterator[tuple[int, int]]:
    """(earlier, later) by place: what a header names, versions of one model, and, without header, who describes what others refer to."""
    called, lineages, describers = dict[str, list[int]](), dict[tuple[str, ...], list[int]](), dict[str, list[int]]()
    for at, one in enumerate(sheets):
        called.setdefault(one.header.id, []).append(at)
        if one.header.created and one.header.profiles and one.header.authority:
            lineages.setdefault((one.header.authority, *sorted(one.header.profiles)), []).append(at)
        for iri in one.describes:
            describers.setdefault(iri, []).append(at)
    for at, one in enumerate(sheets):
        yield from ((before, at) for name in (*one.header.depends_on, *one.header.supersedes) for before in called.get(name, ()))
        yield from ((before, at) for iri in one.refers for before in describers.get(iri, ()))
    for versions in lineages.values():
        yield from pairwise(sorted(versions, key=lambda at: (_time(sheets[at].header.created), at)))
