"""Mutants of documents: one thing changed at one place, named by what and where, the same in every run.

`xml.mutations` and `json.mutations` list them, `sample` draws some; `oracles` holds the verdicts of the third-party
schemas, `messages` says which documents and which schema belong to a message, `verdicts` what we say ourselves.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(eq=False, slots=True)
class Mutation:
    """What is done, to which place of which document; `make` gives the changed bytes."""

    operator: str
    path: str
    document: str
    make: Callable[[], bytes]

    @property
    def name(self) -> str:
        """`drop at /FlexRequest/@Period`: what a list of known differences is matched against."""
        return f"{self.operator} at {self.path}"

    @property
    def group(self) -> str:
        """What is drawn from in turn: the operator, and for values put in a place the place."""
        return f"set at {self.path}" if self.operator.startswith("set ") else self.operator


def sample(mutations: Sequence[Mutation], count: int, seed: str) -> list[Mutation]:
    """*count* mutations, as many of each group as possible, drawn by *seed*."""
    source = random.Random(seed)
    groups: dict[str, list[Mutation]] = {}
    for mutation in mutations:
        groups.setdefault(mutation.group, []).append(mutation)
    for members in groups.values():
        source.shuffle(members)
    order = source.sample(sorted(groups), len(groups))
    drawn: list[Mutation] = []
    while len(drawn) < count and any(groups.values()):
        drawn += [groups[group].pop() for group in order if groups[group]]
    return drawn[:count]
