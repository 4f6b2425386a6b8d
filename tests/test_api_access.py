"""Who may do what over HTTP: the whole table of roles and routes, and that nobody sees what is somebody else's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from doors import HERE, REQUEST, XML, door, keys, opened, post
from parties import THEN, example_hub

from adapter.api.app import create_app
from adapter.hub.hub import Hub

ANALYST = "profile: analyst\npartner: {registered: true, roles: [analyst], ids: {TEST: analyst}}\n"
PLANNER = "profile: planner\npartner: {registered: true, roles: [dso], ids: {TEST: planner}}\n"
WHO = ("operator", "dso", "aggregator", "analyst", "nobody", "wrong")

# What each of WHO gets, route by route, on a hub with one message of the operator; a new route has to be added here.
ALL, OPERATOR = (200, 200, 200, 200, 401, 401), (200, 403, 403, 403, 401, 401)
OWN = (200, 404, 404, 404, 401, 401)
MATRIX: list[tuple[str, str, tuple[int, ...]]] = [
    ("POST", "/v1/messages", (200, 403, 403, 403, 401, 401)),  # it is the operator's message
    ("GET", "/v1/messages", ALL),
    ("GET", "/v1/messages/{id}", OWN),
    ("GET", "/v1/messages/{id}/wire", OWN),
    ("GET", "/v1/messages/{id}/graph", OWN),
    ("GET", "/v1/messages/{id}/report", OWN),
    ("GET", "/v1/messages/{id}/translations/{to}", OWN),
    ("POST", "/v1/translate", ALL),
    ("POST", "/v1/validate", ALL),
    ("GET", "/v1/sparql", (200, 403, 403, 200, 401, 401)),
    ("POST", "/v1/sparql", (200, 403, 403, 200, 401, 401)),
    ("GET", "/v1/sparql?name=which_limits_hold_for_whom", (200, 200, 403, 200, 401, 401)),
    ("GET", "/v1/coverage", ALL),
    ("GET", "/v1/exchanges", ALL),
    ("GET", "/v1/mappings", ALL),
    ("GET", "/v1/questions", ALL),
    ("GET", "/v1/partners", OPERATOR),
    ("GET", "/v1/partners/{name}", OPERATOR),
    ("PUT", "/v1/partners/{name}", OPERATOR),
    ("POST", "/v1/partners/{name}/keys", (201, 403, 403, 403, 401, 401)),
    ("DELETE", "/v1/partners/{name}/keys", OPERATOR),
    ("GET", "/v1/subscriptions", ALL),
    ("POST", "/v1/subscriptions", (201, 403, 403, 403, 401, 401)),  # for the partner home
    ("GET", "/v1/subscriptions/{id}", OWN),
    ("GET", "/v1/subscriptions/{id}/messages", OWN),
    ("DELETE", "/v1/subscriptions/{id}", (204, 404, 404, 404, 401, 401)),
    ("GET", "/v1/outbox", OPERATOR),
    ("POST", "/v1/outbox/{number}/replay", (404, 403, 403, 403, 401, 401)),  # nothing was laid aside
    ("GET", "/v1/services/topology/path?code=nowhere", (404, 404, 403, 403, 401, 401)),
    ("GET", "/v1/services/topology/zones/{code}/connections", (200, 200, 403, 403, 401, 401)),
    ("GET", "/v1/services/topology/orphans", (200, 200, 403, 403, 401, 401)),
    ("GET", "/v1/services/topology/memberships", ALL),
    ("DELETE", "/v1/messages/{id}/wire", (204, 403, 403, 403, 401, 401)),
    ("DELETE", "/v1/partners/{name}", (204, 403, 403, 403, 401, 401)),
    ("GET", "/v1/healthz", (200,) * 6),
]


@pytest.fixture
def locked(tmp_path: Path) -> Iterator[tuple[Hub, httpx.Client, dict[str, dict[str, str]]]]:
    """A hub with one message of the operator (dso) and a subscription of home, and the keys of WHO."""
    with example_hub(tmp_path) as hub:
        for text in (ANALYST, PLANNER):
            hub.partners.put(text, THEN)
        hub.receive(REQUEST)
        hub.subscriptions.add("home", ["FP2"], [], "", "", THEN)
        found = keys(hub, "dso", "planner", "aggregator", "analyst")
        with opened(hub) as client:
            yield hub, client, {**dict(zip(WHO, found.values(), strict=False)), "nobody": {}, "wrong": {"authorization": "Bearer gg_wrong"}}


def ask(hub: Hub, client: httpx.Client, method: str, route: str, key: dict[str, str]) -> httpx.Response:
    """A request that the operator is allowed, by whoever holds *key*."""
    id = hub.subscriptions.all()[0].id if "subscriptions/" in route else "1"
    path = route.replace("{id}", id).replace("{to}", "uftp").replace("{name}", "prosumer").replace("{number}", "1")
    body: dict[str, object] = {}
    if method == "POST" and path == "/v1/subscriptions":
        body = {"json": {"partner": "home", "exchanges": ["FP2"]}}
    elif method == "POST" and path == "/v1/sparql":
        body = {"data": {"query": "ASK {}"}}
    elif method == "PUT":
        body = {"content": hub.partners.text("prosumer"), "headers": {"content-type": "application/yaml"}}
    elif method == "POST" and "keys" not in path:
        body = {"content": REQUEST, "headers": XML}
    params = {"to": "uftp"} if path.endswith("translate") else {"query": "ASK {}"} if (method, path) == ("GET", "/v1/sparql") else None
    headers = {**body.pop("headers", {}), **key}  # type: ignore[dict-item]
    return client.request(method, path, headers=headers, **({"params": params} if params else {}), **body)  # type: ignore[arg-type]


def test_every_role_gets_of_every_route_what_the_table_says(locked: tuple[Hub, httpx.Client, dict[str, dict[str, str]]]) -> None:
    hub, client, key = locked
    found = []
    for method, route, _ in MATRIX:
        statuses = [ask(hub, client, method, route, key[who]).status_code for who in reversed(WHO)]  # the operator last, who changes things
        found.append((method, route, tuple(reversed(statuses))))
    assert found == MATRIX


def test_the_table_has_every_route(tmp_path: Path) -> None:
    with example_hub(tmp_path) as hub:
        described = create_app(hub).openapi()["paths"]
    every = {(method.upper(), path) for path, methods in described.items() for method in methods}
    assert {(method, route.partition("?")[0]) for method, route, _ in MATRIX} == every


def test_without_a_key_the_way_to_one_is_said(locked: tuple[Hub, httpx.Client, dict[str, dict[str, str]]]) -> None:
    _, client, key = locked
    for who, says in (("nobody", "an API key is needed"), ("wrong", "the API key is not one of this hub")):
        answer = client.get("/v1/messages", headers=key[who])
        assert (answer.status_code, answer.headers["www-authenticate"], answer.json()["detail"]) == (401, "Bearer", says)


def test_somebody_else_s_message_looks_like_none(locked: tuple[Hub, httpx.Client, dict[str, dict[str, str]]]) -> None:
    _, client, key = locked
    there, nowhere = (client.get(f"/v1/messages/{id}", headers=key["aggregator"]) for id in ("1", "2"))
    assert there.text.replace("message 1", "message 2") == nowhere.text
    assert client.get("/v1/messages", headers=key["aggregator"]).json() == {"messages": []}
    assert [one["id"] for one in client.get("/v1/messages", headers=key["operator"]).json()["messages"]] == [1]


def test_a_key_says_who_brings_a_message(locked: tuple[Hub, httpx.Client, dict[str, dict[str, str]]]) -> None:
    _, client, key = locked
    assert post(client, "03_flex_offer.xml", **key["aggregator"]).status_code == 201
    other = client.post("/v1/messages", content=REQUEST.replace(b"1b0d6f3e", b"1b0d6f3f"), headers={**XML, **key["aggregator"]})
    assert (other.status_code, other.json()["type"]) == (403, "https://w3id.org/gridglot/errors#AdmissionError")
    as_dso = client.post("/v1/messages", params={"partner": "dso"}, content=REQUEST, headers={**XML, **key["aggregator"]})
    assert as_dso.status_code == 403


def test_only_the_operator_learns_who_the_other_partners_are(locked: tuple[Hub, httpx.Client, dict[str, dict[str, str]]]) -> None:
    _, client, key = locked
    how = {"to": "cim", "to_partner": "nobody"}
    told, not_told = (client.post("/v1/translate", params=how, content=REQUEST, headers={**XML, **key[who]}).text for who in ("operator", "aggregator"))
    assert "prosumer" in told
    assert "prosumer" not in not_told
    foreign = client.post("/v1/validate", params={"from_partner": "dso"}, content=REQUEST, headers={**XML, **key["aggregator"]})
    assert foreign.status_code == 403


def test_the_first_key_of_an_operator_turns_authentication_on_for_good(tmp_path: Path) -> None:
    with door(tmp_path) as (hub, client):
        assert client.get("/v1/partners").status_code == 200
        client.post("/v1/partners/aggregator/keys")
        assert client.get("/v1/partners").status_code == 200  # nobody could administrate the hub with that one
        key = {"authorization": f"Bearer {client.post('/v1/partners/dso/keys').json()['key']}"}
        assert (client.get("/v1/partners").status_code, client.get("/v1/partners", headers=key).status_code) == (401, 200)
        yaml = {**key, "content-type": "application/yaml"}
        assert client.put("/v1/partners/dso", content=hub.partners.text("dso").replace("operator, ", ""), headers=yaml).status_code == 409
        assert client.delete("/v1/partners/dso/keys", headers=key).status_code == 409
        assert client.delete("/v1/partners/dso", headers=key).status_code == 409
        hub.partners.withdraw_keys("dso")
        assert client.get("/v1/partners").status_code == 401


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"host": "localhost:8080", "origin": "http://localhost:3000"}, 200),
        ({"host": "hub.example.com"}, 403),
        ({"host": "["}, 403),
        ({"origin": "https://example.com"}, 403),
        ({"origin": "null"}, 403),
    ],
)
def test_without_authentication_only_this_machine_is_heard(headers: dict[str, str], status: int, tmp_path: Path) -> None:
    with door(tmp_path) as (_, client):
        assert client.get(f"{HERE}/v1/partners", headers=headers).status_code == status


def test_a_partner_that_is_not_registered_any_more_is_refused_everything(locked: tuple[Hub, httpx.Client, dict[str, dict[str, str]]]) -> None:
    hub, client, key = locked
    hub.partners.put(hub.partners.text("aggregator").replace("registered: true", "registered: false"), THEN)
    assert (client.get("/v1/messages", headers=key["aggregator"]).status_code, client.get("/v1/messages", headers=key["operator"]).status_code) == (403, 200)


def test_a_forgotten_partner_hears_of_nothing_more(locked: tuple[Hub, httpx.Client, dict[str, dict[str, str]]]) -> None:
    hub, client, key = locked
    assert client.delete("/v1/partners/home", headers=key["operator"]).status_code == 204
    assert hub.subscriptions.all() == []


def test_a_key_in_a_file_is_a_hash(tmp_path: Path) -> None:
    with door(tmp_path) as (_, client):
        key = client.post("/v1/partners/dso/keys").json()["key"]
    assert key.startswith("gg_")
    assert not [file for file in tmp_path.rglob("*") if file.is_file() and key.encode() in file.read_bytes()]
