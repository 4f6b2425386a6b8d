"""The local store keeps one graph per message, answers what was put a moment ago, and stops a query at its limits."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from adapter.errors import QueryError, StoreError
from adapter.store import Limits, LocalStore, local
from adapter.store.reading import reading

G, H = "urn:graph:g", "urn:graph:h"
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


def lines(many: int) -> str:
    return "".join(f'<urn:s:{number}> <urn:p> "{number}" .\n' for number in range(many))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[LocalStore]:
    with LocalStore(tmp_path / "store") as found:
        yield found


def count(store: LocalStore) -> int:
    return int(store.query(COUNT, form="csv").split()[1])


def test_what_was_put_is_seen_by_the_next_query_without_a_flush(store: LocalStore) -> None:
    for many in (3, 5, 2):
        store.put(G, lines(many))
        assert count(store) == many


def test_graphs_are_kept_apart_and_asked_together(store: LocalStore) -> None:
    store.put(G, lines(3))
    store.put(H, lines(4).replace("urn:p", "urn:q"))
    assert store.graphs() == [G, H]
    assert count(store) == 7
    assert store.query("SELECT ?g { GRAPH ?g { ?s <urn:q> '3' } }", form="tsv").decode().split() == ["?g", f"<{H}>"]
    store.drop(G)
    store.drop("urn:graph:never")
    assert (store.graphs(), count(store)) == ([H], 4)


def test_a_graph_put_again_keeps_its_terms(store: LocalStore) -> None:
    terms = [ox.Literal('a\x01\n"}\\ # é', language="en"), ox.Literal("2026-06-15T14:00:00+02:00", datatype=ox.NamedNode("urn:t")), ox.NamedNode("urn:é")]
    for _ in range(2):
        store.put(G, "".join(f"<urn:s> <urn:p> {term} .\n" for term in terms))
    answer = ox.parse_query_results(store.query("SELECT ?o { ?s ?p ?o }"), format=ox.QueryResultsFormat.JSON)
    assert isinstance(answer, ox.QuerySolutions)
    assert {row["o"] for row in answer} == set(terms)


def test_the_store_is_found_again_after_it_was_closed(tmp_path: Path) -> None:
    with LocalStore(tmp_path / "store") as store:
        store.put(G, lines(3))
    with LocalStore(tmp_path / "store") as store:
        assert (store.graphs(), count(store)) == ([G], 3)
        store.put(H, lines(1))
        assert count(store) == 4


def test_a_store_has_one_writer(store: LocalStore, tmp_path: Path) -> None:
    store.put(G, lines(3))
    with LocalStore(tmp_path / "store") as second:
        with pytest.raises(StoreError, match="one writer at a time"):
            second.put(H, lines(1))
        assert count(second) == 3


def test_what_is_not_one_graph_is_refused(store: LocalStore) -> None:
    for text in (f'<urn:s> <urn:p> "x" <{H}> .\n', "<urn:s> <urn:p> "):
        for give in (store.put, store.add):
            with pytest.raises(StoreError, match="readable Turtle"):
                give(G, text)
    with pytest.raises(StoreError, match="no name of a graph"):
        store.put("> } DROP ALL", "")
    assert store.graphs() == []


def test_triples_are_added_once_and_a_graph_is_read_back(store: LocalStore) -> None:
    for many in (2, 3):
        store.add(G, lines(many))
    assert sorted(store.text(G).splitlines()) == sorted(lines(3).splitlines())
    assert store.text(H) == ""
    assert store.holding("urn:p", ox.Literal("2")) == [G]
    assert store.holding("urn:p", ox.Literal("3")) == []


def test_a_store_that_is_not_there_says_how_it_comes(store: LocalStore) -> None:
    assert store.graphs() == []
    with pytest.raises(StoreError, match="made by the first message"):
        store.query(COUNT)
    assert not store.folder.exists()


@pytest.mark.parametrize("flush_after", [1_000, 10_000])
def test_queries_see_whole_messages_while_others_are_written(store: LocalStore, flush_after: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "FLUSH_AFTER", flush_after)
    store.put(G, lines(50))
    done = threading.Event()

    def write() -> None:
        for number in range(200):
            store.put(f"{H}:{number}", lines(50))
            store.put(G, lines(50))
            if store.full:
                store.flush()
        done.set()

    writing = threading.Thread(target=write)
    writing.start()
    seen = [count(store)]
    while not done.is_set():
        seen.append(count(store))
    writing.join()
    assert {many % 50 for many in seen} == {0}
    assert seen == sorted(seen)
    assert count(store) == 201 * 50


def many_files(folder: Path) -> None:
    """A store of more files than the engine opens at once; 50 triples in each of 30 graphs."""
    writer = ox.Store(str(folder))
    for number in range(30):
        writer.bulk_load(lines(50).encode(), format=ox.RdfFormat.N_TRIPLES, to_graph=ox.NamedNode(f"{H}:{number}"))
    assert len(list(folder.glob("*.sst"))) > 64


def test_a_reader_does_not_lose_the_files_that_the_writer_merges(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    many_files(folder)

    def use(store: ox.Store) -> int:
        for file in folder.glob("*.sst"):
            file.unlink()
        return sum(1 for _ in store.quads_for_pattern(None, None, None, None))

    assert reading(folder, use) == 1500
    assert [path.name for path in tmp_path.iterdir()] == ["store"]


def test_what_a_stopped_reader_leaves_is_removed(tmp_path: Path) -> None:
    with LocalStore(tmp_path / "store") as store:
        store.put(G, lines(2000))
        with pytest.raises(QueryError, match="stopped after"):
            store.query(ENDLESS, limits=Limits(seconds=0.5))
        assert [path.name for path in tmp_path.iterdir()] == ["store"]
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    left = [tmp_path / f"store.reading-{pid}-x" for pid in (ended.pid, os.getpid())]
    for path in left:
        path.mkdir()
    with LocalStore(tmp_path / "store") as store:
        store.open()
    assert [path.exists() for path in left] == [False, True]


@pytest.mark.parametrize(("call", "error"), [("os.link", errno.EPERM), ("adapter.store.reading.mkdtemp", errno.EROFS)])
def test_a_store_where_there_may_be_no_links_is_read_as_it_lies(call: str, error: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(error, "no")

    with LocalStore(tmp_path / "store") as store:
        store.put(G, lines(3))
    monkeypatch.setattr(call, refuse)
    assert reading(tmp_path / "store", len) == 3
    assert [path.name for path in tmp_path.iterdir()] == ["store"]


# --- limits ---


def test_an_endless_query_is_stopped_at_its_time_and_the_next_one_runs(store: LocalStore) -> None:
    store.put(G, lines(2000))
    with pytest.raises(QueryError, match=r"stopped after 0.5 s\n.*raise the limit: seconds"):
        store.query(ENDLESS, limits=Limits(seconds=0.5))
    assert count(store) == 2000


def test_a_greedy_query_is_stopped_at_its_memory_and_the_next_one_runs(store: LocalStore) -> None:
    store.put(G, lines(2000))
    with pytest.raises(QueryError, match=r"stopped at 64 MiB of memory\n.*raise the limit: memory_mb"):
        store.query("SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?i", limits=Limits(seconds=300, memory_mb=64))
    assert count(store) == 2000


@pytest.mark.parametrize("text", ["SELECT ?s { ?s ?p ?o }", "SELECT ?s { ?s ?p ?o } LIMIT 11", "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"])
def test_an_answer_of_too_many_rows_is_refused(store: LocalStore, text: str) -> None:
    store.put(G, lines(20))
    with pytest.raises(QueryError, match=r"more than 10 rows\n.*raise the limit: rows"):
        store.query(text, limits=Limits(rows=10))
    assert store.query("SELECT ?s { ?s ?p ?o } LIMIT 10", form="csv", limits=Limits(rows=10)).count(b"\n") == 11
    assert store.query(text, limits=Limits(rows=20))


@pytest.mark.parametrize("form", ["json", "xml", "csv", "tsv"])
@pytest.mark.parametrize("end", ["", "VALUES ?p { <urn:p> }", "OFFSET 0", "# a remark"])
def test_rows_are_counted_whatever_their_values_hold_and_however_the_query_ends(store: LocalStore, form: str, end: str) -> None:
    for number, value in enumerate(('a\r\n"b","c"', "<result>", "\t\n", '"')):
        store.put(f"{G}:{number}", f"<urn:s> <urn:p> {ox.Literal(value)} .")
    text = f"SELECT ?s ?o {{ ?s ?p ?o }} {end}"
    assert store.query(text, form=form, limits=Limits(rows=4))
    with pytest.raises(QueryError, match="more than 3 rows"):
        store.query(text, form=form, limits=Limits(rows=3))


def test_the_time_includes_reading_the_query(store: LocalStore) -> None:
    """Brackets in brackets take a parser long; it works within the same limit."""
    store.put(G, lines(1))
    with pytest.raises(QueryError):
        store.query("ASK { FILTER (" + "(" * 5000 + "1" + ")" * 5000 + ") }", limits=Limits(seconds=1))
    assert count(store) == 1


def test_the_guard_stands_before_the_engine(store: LocalStore) -> None:
    store.put(G, lines(1))
    for text in ("SELECT * { SERVICE <https://elsewhere.example/> { ?s ?p ?o } }", "DROP ALL"):
        with pytest.raises(QueryError, match="the query holds"):
            store.query(text)
    assert count(store) == 1


# --- forms and parameters ---


@pytest.mark.parametrize("form", ["json", "xml", "csv", "tsv"])
def test_rows_have_four_forms(store: LocalStore, form: str) -> None:
    store.put(G, lines(2))
    assert b"urn:s:1" in store.query("SELECT ?s { ?s ?p ?o }", form=form)
    assert b"true" in store.query("ASK { ?s ?p ?o }", form=form)
    with pytest.raises(QueryError, match="it has turtle"):
        store.query("DESCRIBE <urn:s:1>", form=form)


def test_a_graph_is_turtle(store: LocalStore) -> None:
    store.put(G, lines(2))
    for text in ("DESCRIBE <urn:s:1>", "CONSTRUCT WHERE { ?s ?p '1' }"):
        answer = store.query(text)
        assert answer == store.query(text, form="turtle")
        assert [triple.object for triple in ox.parse(answer, format=ox.RdfFormat.TURTLE)] == [ox.Literal("1")]
    with pytest.raises(QueryError, match="no form 'turtle'; it has json, xml, csv, tsv"):
        store.query("ASK { ?s ?p ?o }", form="turtle")


@pytest.mark.parametrize(
    "term", [ox.NamedNode("urn:o"), ox.Literal("o"), ox.Literal("o", language="en"), ox.Literal(1), ox.Literal("1.5", datatype=ox.NamedNode("urn:t"))]
)
def test_a_parameter_of_every_kind_reaches_the_worker(store: LocalStore, term: ox.NamedNode | ox.Literal) -> None:
    store.put(G, f"<urn:yes> <urn:p> {term} .\n<urn:no> <urn:p> <urn:other> .\n")
    assert store.query("SELECT ?s { ?s <urn:p> ?o }", form="csv", parameters={"o": term}).split() == [b"s", b"urn:yes"]
