"""Every relation says what it is and has a law, down(up(x)) == x on its domain; what lies outside is a fault and nothing is written.

The laws stand in test_relations_of_….py, by kind of value; tests/relation_bench.py is what they are held on.
"""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest
from relation_bench import LAWS, Bench

from adapter.relations import REGISTRY

KINDS = sorted(path.stem for path in Path(__file__).parent.glob("test_relations_of_*.py"))


def test_every_relation_has_a_law() -> None:
    for kind in KINDS:
        importlib.import_module(kind)
    assert set(LAWS) == set(REGISTRY)


@pytest.mark.parametrize("name", sorted(REGISTRY))
def test_every_relation_says_what_it_is(name: str) -> None:
    assert f"`{name}: {{" in (REGISTRY[name].__doc__ or "")


def test_two_uses_that_disagree_about_one_wire_variable_are_a_fault() -> None:
    bench = Bench("same: {a: id}", {"a": ""}, "FP2")
    assert bench.faults_down({"id": "one"}, before={"a": "another"}) == ["would have to be both another and one: the contents do not fit one document"]
