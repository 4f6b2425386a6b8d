"""SPARQL over HTTP: the protocol, what is refused, the limits, and that queries do not hold up the others."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from doors import BAD, door, post

from adapter.api.settings import Settings
from adapter.api.sparql import REFUSED
from adapter.store.base import Limits

COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n1 ?o . ?p ?q ?r . ?s ?t ?u }"
GRAPH = "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o } LIMIT 3"
QUERY, FORM = "application/sparql-query", "application/x-www-form-urlencoded"


@pytest.fixture
def client(tmp_path: Path) -> Iterator[httpx.Client]:
    with door(tmp_path) as (_, found):
        assert post(found, "01_flex_request.xml").status_code == 201
        yield found


def test_a_query_is_asked_in_three_ways(client: httpx.Client) -> None:
    answers = (
        client.get("/v1/sparql", params={"query": COUNT}),
        client.post("/v1/sparql", data={"query": COUNT}),
        client.post("/v1/sparql", content=COUNT, headers={"content-type": QUERY}),
    )
    found = [answer.json()["results"]["bindings"][0]["n"]["value"] for answer in answers]
    assert len(set(found)) == 1
    assert int(found[0]) > 10


@pytest.mark.parametrize(
    ("query", "accept", "media"),
    [
        (COUNT, "", "application/sparql-results+json"),
        (COUNT, "application/json", "application/json"),
        (COUNT, "application/sparql-results+xml", "application/sparql-results+xml"),
        (COUNT, "text/csv", "text/csv"),
        ("ASK {}", "text/*;q=0.1, application/xml", "application/xml"),
        ("# first\nPREFIX a: <urn:a:>\n" + COUNT, "text/tab-separated-values", "text/tab-separated-values"),
        (GRAPH, "", "text/turtle"),
        ("BASE <urn:x> PREFIX : <urn:y> describe <urn:z>", "text/turtle", "text/turtle"),
    ],
)
def test_an_answer_is_written_as_accept_asks_for(query: str, accept: str, media: str, client: httpx.Client) -> None:
    answer = client.get("/v1/sparql", params={"query": query}, headers={"accept": accept})
    assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, media)


@pytest.mark.parametrize(("query", "accept"), [(COUNT, "text/turtle"), (GRAPH, "text/csv"), (COUNT, "text/html")])
def test_an_answer_that_cannot_be_written_so_is_refused(query: str, accept: str, client: httpx.Client) -> None:
    assert client.get("/v1/sparql", params={"query": query}, headers={"accept": accept}).status_code == 406


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("INSERT DATA { <urn:a> <urn:b> <urn:c> }", "INSERT"),
        ("DROP ALL", "DROP"),
        ("LOAD <file:///etc/passwd>", "LOAD"),
        ("PREFIX a: <urn:a:> # x\nDELETE WHERE { ?s ?p ?o }", "DELETE"),
        ("SELECT * { SERVICE <urn:elsewhere> { ?s ?p ?o } }", "SERVICE"),
        ("SELECT * { { SELECT * { OPTIONAL { SERVICE SILENT <urn:elsewhere> { ?s ?p ?o } } } } }", "SERVICE"),
        ("SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }", "FROM"),
        ("SELECT * FROM NAMED <urn:a> { GRAPH ?g { ?s ?p ?o } }", "FROM"),
        ("SELECT * { ?s ?p ?o } ; LOAD <urn:elsewhere>", ""),
        ("SELECT (<urn:function>(?s) AS ?x) { ?s ?p ?o }", "function"),
        ("SELECT", ""),
        ("", ""),
    ],
)
def test_what_does_more_than_read_is_refused(query: str, says: str, client: httpx.Client) -> None:
    before = client.get("/v1/sparql", params={"query": COUNT}).content
    for answer in (client.get("/v1/sparql", params={"query": query}), client.post("/v1/sparql", content=query, headers={"content-type": QUERY})):
        assert (answer.status_code, answer.json()["type"]) == (400, "https://w3id.org/gridglot/errors#QueryError")
        assert says in answer.json()["detail"]
    assert client.get("/v1/sparql", params={"query": COUNT}).content == before


@pytest.mark.parametrize("name", ["update", "default-graph-uri", "named-graph-uri", "using-graph-uri"])
def test_what_the_protocol_has_beside_queries_is_refused(name: str, client: httpx.Client) -> None:
    for answer in (client.get("/v1/sparql", params={"query": COUNT, name: "urn:a"}), client.post("/v1/sparql", data={"query": COUNT, name: "urn:a"})):
        assert answer.status_code == 400
        assert name in answer.json()["detail"]


@pytest.mark.parametrize(
    ("params", "status"),
    [
        ([], 400),
        ([("query", COUNT), ("query", COUNT)], 400),
        ([("query", COUNT), ("name", "which_limits_hold_for_whom")], 400),
        ([("query", COUNT), ("standard", "uftp")], 422),
        ([("name", "who")], 422),
        ([("name", "which_limits_hold_for_whom"), ("colour", "red")], 422),
        ([("name", "how_much_flexibility_is_requested"), ("from", "yesterday")], 422),
    ],
)
def test_a_request_asks_one_question(params: list[tuple[str, str]], status: int, client: httpx.Client) -> None:
    assert client.get("/v1/sparql", params=params).status_code == status


def test_a_body_is_a_query_or_a_form(client: httpx.Client) -> None:
    for media in ("application/sparql-update", "text/plain", ""):
        assert client.post("/v1/sparql", content=COUNT, headers={"content-type": media}).status_code == 415
    assert client.post("/v1/sparql", content=b"\xff", headers={"content-type": QUERY}).status_code == 400


def test_a_named_question_takes_its_parameters_from_the_request(client: httpx.Client) -> None:
    def rows(**parameters: str) -> list[str]:
        params = {"name": "how_many_messages_were_sent", **parameters}
        return client.get("/v1/sparql", params=params, headers={"accept": "text/csv"}).text.splitlines()[1:]

    assert len(rows()) == len(rows(standard="uftp")) == 1
    assert rows(standard="cim") == []
    assert rows(standard='uftp" } DROP ALL #') == []


def test_no_question_has_a_parameter_that_the_protocol_has(client: httpx.Client) -> None:
    names = {parameter["name"] for question in client.get("/v1/questions").json() for parameter in question["parameters"]}
    assert names & {"query", "name", "over", *REFUSED} == set()


def test_the_values_of_a_metered_series_are_asked_message_by_message(tmp_path: Path) -> None:
    with door(tmp_path) as (hub, client):
        for name in ("14_metered_data.json", "01_flex_request.xml"):
            post(client, name)
        hub.receive(BAD)
        asked = {"name": "how_much_energy_was_metered"}
        packed, written_out = (
            client.get("/v1/sparql", params={**asked, **more}, headers={"accept": "text/csv"}).text.splitlines() for more in ({}, {"over": 1})
        )
        assert packed[1].split(",")[1:] == ["2026-06-15", "https://w3id.org/gridglot/hub#Import", "", "0", "0", "4"]
        assert written_out[1].split(",")[1:] == ["2026-06-15", "https://w3id.org/gridglot/hub#Import", "4.4", "3", "1", "0"]
        both = client.get(
            "/v1/sparql", params={"query": "SELECT (COUNT(DISTINCT ?g) AS ?n) { GRAPH ?g { ?s ?p ?o } }", "over": ["1", "2"]}, headers={"accept": "text/csv"}
        )
        assert both.text.split() == ["n", "2"]
        for over in ("3", "99", "x", "-1"):  # refused, not there, no numbers
            assert client.get("/v1/sparql", params={**asked, "over": over}).status_code == 422
        assert client.get("/v1/sparql", params={**asked, "over": [str(one) for one in range(1, 102)]}).status_code == 422


def test_a_hub_without_messages_has_no_rows(tmp_path: Path) -> None:
    with door(tmp_path) as (_, client):
        assert client.get("/v1/sparql", params={"query": COUNT}, headers={"accept": "text/csv"}).text.split() == ["n", "0"]


@pytest.mark.parametrize(
    ("limits", "query", "status", "says"),
    [
        (Limits(seconds=3), ENDLESS, 408, "3 s"),
        (Limits(rows=5), "SELECT * { ?s ?p ?o }", 413, "5 rows"),
        (Limits(rows=2), GRAPH, 413, "2 rows"),
        (Limits(memory_mb=600), ENDLESS.replace("(COUNT(*) AS ?n)", "*") + " ORDER BY RAND()", 413, "600 MiB"),
    ],
)
def test_a_query_at_a_limit_is_ended_and_the_limit_named(limits: Limits, query: str, status: int, says: str, tmp_path: Path) -> None:
    with door(tmp_path, Settings(query=limits)) as (_, client):
        post(client, "01_flex_request.xml")
        answer = client.get("/v1/sparql", params={"query": query})
        assert answer.status_code == status
        assert says in answer.json()["detail"]
        assert client.get("/v1/sparql", params={"query": "ASK {}"}).status_code == 200


def test_a_long_query_holds_nobody_up(tmp_path: Path) -> None:
    with door(tmp_path, Settings(query=Limits(seconds=3))) as (_, client), ThreadPoolExecutor(64) as pool:
        post(client, "01_flex_request.xml")
        slow = pool.submit(client.get, "/v1/sparql", params={"query": ENDLESS})
        behind = [pool.submit(client.get, "/v1/sparql", params={"query": "ASK {}"}) for _ in range(50)]  # more than there are threads for routes
        assert post(client, "03_flex_offer.xml").status_code == 201
        assert client.get("/v1/healthz").status_code == 200
        assert not slow.done()
        assert slow.result().status_code == 408
        assert 200 in {one.result().status_code for one in behind}  # on a busy machine the new worker may be late for the first
