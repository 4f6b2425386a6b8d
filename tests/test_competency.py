"""Each competency question answers with its expected rows, asked of the graphs of the example conversation."""

from __future__ import annotations

import csv
from functools import lru_cache
from pathlib import Path

import pyoxigraph as ox
import pytest

from adapter.context import Context
from adapter.partners import find
from adapter.pipeline import learn, to_graph
from adapter.text import Table, read_text

ROOT = Path(__file__).resolve().parents[1]
QUESTIONS = sorted((ROOT / "sparql" / "competency").glob("*.rq"))


@lru_cache(1)
def conversation() -> ox.Store:
    """A store with one named graph per message of the example conversation."""
    folder = ROOT / "examples" / "conversation"
    steps = read_text((folder / "conversation.yaml").read_text(encoding="utf-8"), "conversation.yaml").items_of("steps")
    store, context = ox.Store(), Context()
    for step in steps:
        assert isinstance(step, Table)
        profile = find(str(ROOT / "examples" / "partners" / step.text("from_partner"))) if "from_partner" in step else find(None)
        lifted = learn((folder / step.text("file")).read_bytes(), context, profile=profile)
        store.load(to_graph(lifted.message).encode(), format=ox.RdfFormat.TRIG)
    return store


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda path: path.stem)
def test_the_question_has_its_answer(question: Path) -> None:
    answer = conversation().query(question.read_text(encoding="utf-8"), use_default_graph_as_union=True)
    names = [variable.value for variable in answer.variables]
    rows = [[term.value if term is not None else "" for term in row] for row in answer]
    with question.with_suffix(".csv").open(encoding="utf-8", newline="") as file:
        assert [names, *rows] == list(csv.reader(file))


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda path: path.stem)
def test_the_header_says_question_and_columns(question: Path) -> None:
    head = question.read_text(encoding="utf-8").splitlines()[:2]
    assert head[0].startswith("# question: ")
    assert head[1].startswith("# columns: ")


def test_a_connection_without_a_known_feeder_does_not_follow() -> None:
    text = (ROOT / "sparql" / "competency" / "which_connection_hangs_on_which_feeder.rq").read_text(encoding="utf-8")
    assert len(list(conversation().query(text.replace("?line hub:name ?feeder", "?line hub:name 'nowhere' , ?feeder"), use_default_graph_as_union=True))) == 0
