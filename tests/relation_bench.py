"""A bench for one relation, and the list of laws: which test proves down(up(x)) == x for which relation.

A law is proved in the file of its kind, test_relations_of_….py; tests/test_relations.py asks that every relation has one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from hypothesis import settings
from hypothesis import strategies as st

from adapter.context import Context
from adapter.exchange import Exchange
from adapter.frames import Frame, Scope
from adapter.library import library
from adapter.partners import NEUTRAL, Profile, read_profile
from adapter.relations import build
from adapter.relations.base import Relation
from adapter.run import Run
from adapter.text import read_text
from adapter.tree.spec import Leaf, Type
from adapter.values import Instant

quick = settings(max_examples=40, derandomize=True, database=None, deadline=None)

Law = TypeVar("Law", bound=Callable[..., None])
LAWS: dict[str, str] = {}


def law_of(*names: str) -> Callable[[Law], Law]:
    """Marks the test that proves the law of some relations."""

    def mark(test: Law) -> Law:
        LAWS.update(dict.fromkeys(names, test.__name__))
        return test

    return mark


class Bench:
    """A relation between a small wire and the scope of an exchange: `up` gives canon frames, `down` wire frames."""

    def __init__(
        self,
        relation: str,
        wire: Mapping[str, str],
        exchange: str,
        scope: str = ".",
        inner: tuple[str, Mapping[str, str]] | None = None,
        profile: str = "",
        leaves: Mapping[str, Type] | None = None,
    ) -> None:
        self.exchange: Exchange = library().exchanges[exchange]
        self.scope = _wire_scope(wire)
        if inner is not None:
            child = self.scope.child(inner[0])
            _fill(child, inner[1])
        found = self.exchange.scope.find(scope)
        assert found is not None
        self.canon = found
        self.relation: Relation = build(read_text(relation, "test.yaml"), self.scope, self.exchange, found)[0]
        self.profile: Profile = read_profile(read_text(f"profile: test\n{profile}", "profile.yaml")) if profile else NEUTRAL
        self.leaves = {name: Leaf(name, "element", 1, 1, "test.yaml:1", kind, name) for name, kind in (leaves or {}).items()}

    def run(self, restored: bool = False) -> Run:
        return Run(self.profile, Context(), leaves=self.leaves, restored=restored)

    def wire(self, values: Mapping[str, Any]) -> Frame:
        frame = Frame(self.scope)
        frame.values = dict(values)
        return frame

    def up(self, wire: Frame | Mapping[str, Any], run: Run | None = None) -> Frame:
        canon = self.empty()
        self.relation.up(wire if isinstance(wire, Frame) else self.wire(wire), canon, run or self.run())
        return canon

    def empty(self) -> Frame:
        return Frame(self.canon, Frame(self.exchange.scope) if self.canon is not self.exchange.scope else None)

    def down(self, canon: Frame, run: Run | None = None, before: Mapping[str, Any] | None = None) -> Frame:
        wire = self.wire(before or {})
        run = run or self.run()
        self.relation.prepare(canon, run)
        self.relation.down(canon, wire, run)
        return wire

    def faults_up(self, wire: Frame | Mapping[str, Any]) -> list[str]:
        run = self.run()
        self.up(wire, run)
        return [fault.says for fault in run.faults]

    def faults_down(self, canon: Frame | Mapping[str, Any], before: Mapping[str, Any] | None = None) -> list[str]:
        run = self.run()
        if not isinstance(canon, Frame):
            frame = self.empty()
            frame.values = dict(canon)
            canon = frame
        self.down(canon, run, before)
        return [fault.says for fault in run.faults]

    def holds(self, values: Mapping[str, Any], before: Mapping[str, Any] | None = None) -> None:
        """down(up(x)) == x, without a fault and without a loss."""
        run = self.run()
        back = self.down(self.up(values, run), run, before)
        assert run.faults == []
        assert run.loss == []
        assert back == self.wire({**(before or {}), **values})


def _wire_scope(variables: Mapping[str, str]) -> Scope:
    scope = Scope(".")
    _fill(scope, variables)
    return scope


def _fill(scope: Scope, variables: Mapping[str, str]) -> None:
    for name, rows in variables.items():
        if rows:
            scope.columns[name] = rows
            scope.variables.add(rows)
        else:
            scope.variables.add(name)


numbers = st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**6), max_value=10**6)
texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12)
seconds = st.integers(0, 4 * 10**9)
instants = st.builds(Instant, seconds, st.sampled_from(["", "5", "8868538"]), st.sampled_from([None, "Z", "+02:00", "-05:30"]))
