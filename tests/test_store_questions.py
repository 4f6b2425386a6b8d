"""Named questions: every one under sparql/ is safe and typed, and the command asks it with terms, never with text."""

from __future__ import annotations

import json
from pathlib import Path

import pyoxigraph as ox
import pytest
from typer.testing import CliRunner

from adapter import cli
from adapter.errors import UsageError
from adapter.store import LocalStore
from adapter.store.binding import bind
from adapter.store.guard import check
from adapter.store.questions import TYPES, named, read

ROOT = Path(__file__).resolve().parents[1]
QUESTIONS = sorted((ROOT / "sparql").rglob("*.rq"))
SAMPLES = {"iri": "hub:Consume", "text": 'a "text" }', "integer": "-3", "decimal": "1.5", "boolean": "true", "instant": "2026-06-15T14:00:00+02:00"}
OWN = "# parameter: o text the object\nSELECT ?s { ?s <urn:p> ?o } ORDER BY ?s\n"


@pytest.mark.parametrize("path", QUESTIONS, ids=lambda path: path.stem)
def test_each_question_only_reads_and_takes_its_parameters(path: Path) -> None:
    question = named(path.stem)
    given = {name: SAMPLES[kind] for name, kind in question.parameters.items()}
    ox.Store().query(bind(check(question.text), question.terms(given)))


def test_names_of_questions_are_given_once() -> None:
    assert len({path.stem for path in QUESTIONS}) == len(QUESTIONS)


@pytest.mark.parametrize("kind", TYPES)
def test_each_type_makes_its_term_and_refuses_what_is_none(kind: str) -> None:
    question = read("q", f"# parameter: v {kind}\nASK {{ ?s ?p ?v }}")
    term = question.terms({"v": SAMPLES[kind]})["v"]
    assert isinstance(term, ox.NamedNode if kind == "iri" else ox.Literal)
    if kind != "text":
        with pytest.raises(UsageError, match=f"is no {kind}"):
            question.terms({"v": "1 } #"})


def test_an_unknown_parameter_and_an_unknown_type_are_named() -> None:
    with pytest.raises(UsageError, match="q has no parameter 'x'; it has o"):
        read("q", OWN).terms({"x": "1"})
    with pytest.raises(UsageError, match="'zahl'; known are iri, text"):
        read("q", "# parameter: o zahl\nASK {}")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    graph = "urn:g"
    with LocalStore(tmp_path / "store") as store:
        store.put(graph, "".join(f"<urn:s:{n}> <urn:p> {ox.Literal(value)} .\n" for n, value in enumerate(["plain", "' } #", '" } DROP ALL #'])))
    (tmp_path / "own.rq").write_text(OWN, encoding="utf-8")
    return tmp_path


def run(data: Path, *words: str) -> tuple[int, str]:
    done = CliRunner().invoke(cli.app, ["query", "--data", str(data), *words])
    return done.exit_code, done.output


@pytest.mark.parametrize(("value", "subject"), [("plain", "urn:s:0"), ("' } #", "urn:s:1"), ('" } DROP ALL #', "urn:s:2"), ("?s", ""), ("a=b", "")])
def test_a_parameter_of_the_command_is_one_text(data: Path, value: str, subject: str) -> None:
    code, shown = run(data, "--file", str(data / "own.rq"), "--param", f"o={value}", "--format", "csv")
    assert (code, shown.split()) == (0, ["s", *filter(None, [subject])])


def test_the_command_shows_tables_json_graphs_and_yes_or_no(data: Path) -> None:
    own = data / "own.rq"
    code, shown = run(data, "--file", str(own))
    assert code == 0
    assert "urn:s:1" in shown
    assert len(json.loads(run(data, "--file", str(own), "--format", "json")[1])["results"]["bindings"]) == 3
    own.write_text("DESCRIBE <urn:s:0>", encoding="utf-8")
    assert '<urn:p> "plain"' in run(data, "--file", str(own))[1]
    own.write_text("ASK { ?s ?p ?o }", encoding="utf-8")
    assert run(data, "--file", str(own)) == (0, "true\n")


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        ([], 2, "name one question, or give one by --file"),
        (["nobody"], 2, "'nobody' is no question; known are "),
        (["which_limits_hold_for_whom", "--format", "xml"], 2, "'xml' is no format"),
        (["which_limits_hold_for_whom", "--param", "standard"], 2, "--param standard has no value"),
        (["which_zone_needs_how_much_and_when", "--param", "zone=no iri"], 2, "is no iri"),
        (["--file", "nowhere.rq"], 2, "cannot be read"),
    ],
)
def test_a_wrong_call_says_what_is_wrong(data: Path, words: list[str], code: int, says: str) -> None:
    found, shown = run(data, *words)
    assert (found, says in shown) == (code, True), shown


def test_a_query_that_changes_something_is_refused_with_code_1(data: Path) -> None:
    (data / "own.rq").write_text("DROP ALL", encoding="utf-8")
    code, shown = run(data, "--file", str(data / "own.rq"))
    assert code == 1
    assert "the query holds DROP, which changes the store" in shown
