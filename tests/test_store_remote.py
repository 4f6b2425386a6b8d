"""The remote store does what the local one does, over HTTP, against the server of oxigraph."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from adapter.errors import QueryError, StoreError
from adapter.store import Limits, LocalStore, RemoteStore, Store

G, H = "urn:graph:g", "urn:graph:h"
SERVER = Path(sys.executable).parent / "oxigraph"  # of the package oxigraph, in tests/requirements.txt


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        assert server.poll() is None, "the server ended"
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise AssertionError("the server did not start")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of its own, with nothing in it."""
    port = free_port()
    folder = tmp_path_factory.mktemp("server")
    command = [str(SERVER), "serve", "--location", str(folder), "--bind", f"127.0.0.1:{port}", "--union-default-graph"]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(port, server)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.kill()
        server.wait()


@pytest.fixture(params=["local", "remote"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "local":
        with LocalStore(tmp_path / "store") as found:
            yield found
        return
    address = request.getfixturevalue("address")
    remote = RemoteStore(f"{address}/query", f"{address}/update")
    yield remote
    for graph in remote.graphs():
        remote.drop(graph)


def lines(many: int) -> str:
    return "".join(f'<urn:s:{number}> <urn:p> "{number}" .\n' for number in range(many))


def test_both_put_replace_and_drop_graphs(store: Store) -> None:
    count = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    store.put(G, lines(5))
    store.put(H, lines(3).replace("urn:p", "urn:q"))
    store.put(G, lines(2))
    assert store.graphs() == [G, H]
    assert store.query(count, form="csv").split() == [b"n", b"5"]
    store.drop(G)
    store.drop("urn:graph:never")
    assert store.graphs() == [H]
    assert store.query(count, form="csv").split() == [b"n", b"3"]


def test_both_refuse_what_is_not_one_graph(store: Store) -> None:
    for give in (store.put, store.add):
        with pytest.raises(StoreError, match="readable Turtle"):
            give(G, f'<urn:s> <urn:p> "x" <{H}> .\n')
    with pytest.raises(StoreError, match="no name of a graph"):
        store.put("> ; DROP ALL #", "")
    assert store.graphs() == []


def test_both_exchange_some_triples_for_others(store: Store) -> None:
    store.put(G, lines(3))
    for _ in range(2):
        store.exchange(G, '<urn:s:1> <urn:p> "1" . <urn:new> <urn:p> "x" .', ["urn:s:0", "urn:s:2"])
        assert sorted(store.text(G).splitlines()) == ['<urn:new> <urn:p> "x" .', '<urn:s:1> <urn:p> "1" .']


def test_both_add_what_is_new(store: Store) -> None:
    for many in (2, 3):
        store.add(G, lines(many))
    assert store.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", form="csv").split()[1] == b"3"


@pytest.mark.parametrize("value", ["plain", "é\u2028", '" } } ; DROP ALL #', "' \\ \n\r\t", "\\u0022"])
def test_both_keep_and_bind_a_text_whatever_it_holds(store: Store, value: str) -> None:
    term = ox.Literal(value)
    store.put(G, f"<urn:yes> <urn:p> {term} .\n<urn:no> <urn:p> <urn:o> .\n")
    store.put(G, f"<urn:yes> <urn:p> {term} .\n<urn:no> <urn:p> <urn:o> .\n")
    assert store.query("SELECT ?s { ?s ?p ?o }", form="csv", parameters={"o": term}).split() == [b"s", b"urn:yes"]


@pytest.mark.parametrize("form", ["json", "xml", "csv", "tsv"])
def test_both_answer_in_four_forms(store: Store, form: str) -> None:
    store.put(G, lines(2))
    assert b"urn:s:1" in store.query("SELECT ?s { ?s ?p ?o }", form=form)
    assert b"true" in store.query("ASK { ?s ?p ?o }", form=form)


def test_both_answer_graphs_in_turtle(store: Store) -> None:
    store.put(G, lines(2))
    for text in ("DESCRIBE <urn:s:1>", "CONSTRUCT WHERE { ?s ?p '1' }"):
        assert [triple.object for triple in ox.parse(store.query(text), format=ox.RdfFormat.TURTLE)] == [ox.Literal("1")]


@pytest.mark.parametrize("text", ["SELECT ?s { ?s ?p ?o }", "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"])
def test_both_limit_the_rows(store: Store, text: str) -> None:
    store.put(G, lines(20))
    with pytest.raises(QueryError, match="more than 10 rows"):
        store.query(text, limits=Limits(rows=10))


@pytest.mark.parametrize("text", ["DROP ALL", "SELECT * { SERVICE <https://elsewhere.example/> { ?s ?p ?o } }", "ASK FROM <file:secrets.ttl> {}", "SELECT"])
def test_both_have_the_guard_in_front(store: Store, text: str) -> None:
    store.put(G, lines(1))
    with pytest.raises(QueryError):
        store.query(text)
    assert store.graphs() == [G]


def test_an_endless_query_is_given_up_in_time(store: Store) -> None:
    store.put(G, lines(2000))
    with pytest.raises(QueryError, match=r"1 s[^$]*raise the limit: seconds"):
        store.query("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", limits=Limits(seconds=1))
    assert store.query("ASK { ?s ?p ?o }", form="csv") == b"true"


def test_an_endpoint_that_is_not_there_says_so(address: str) -> None:
    with pytest.raises(StoreError, match="gives no answer"):
        RemoteStore(f"http://127.0.0.1:{free_port()}/query").query("ASK {}")
    with pytest.raises(StoreError, match="gives no answer"):
        RemoteStore(f"{address}/nowhere").query("ASK {}")
