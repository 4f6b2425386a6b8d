"""The partner registry over HTTP: files in, versions counted, keys shown once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from doors import REQUEST, XML, opened
from parties import REGISTRY, THEN

from adapter.hub.hub import Hub

YAML = {"content-type": "application/yaml"}
DSO = (REGISTRY / "dso.yaml").read_text(encoding="utf-8")


@pytest.fixture
def client(tmp_path: Path) -> Iterator[httpx.Client]:
    with Hub(tmp_path, lambda: THEN) as hub, opened(hub) as found:
        yield found


def test_a_partner_is_registered_changed_and_forgotten(client: httpx.Client) -> None:
    first = client.put("/v1/partners/dso", content=DSO, headers=YAML)
    assert (first.status_code, first.headers["location"], first.json()["roles"]) == (201, "/v1/partners/dso", ["operator", "dso"])
    second = client.put("/v1/partners/dso", content=DSO.replace("kW", "MW"), headers=YAML)
    assert (second.status_code, second.json()["version"], "MW" in second.json()["file"]) == (200, 2, True)
    assert client.get("/v1/partners").json() == [second.json()] == [client.get("/v1/partners/dso").json()]
    assert client.post("/v1/messages", content=REQUEST, headers=XML).status_code == 201
    assert client.delete("/v1/partners/dso").status_code == 204
    for answer in (
        client.get("/v1/partners/dso"),
        client.delete("/v1/partners/dso"),
        client.post("/v1/partners/dso/keys"),
        client.delete("/v1/partners/dso/keys"),
    ):
        assert (answer.status_code, answer.json()["detail"]) == (404, "there is no partner dso")


def test_a_partner_file_may_be_json(client: httpx.Client) -> None:
    text = json.dumps({"profile": "agr", "partner": {"registered": "true", "ids": {"DNS": "agr.example.com"}}})
    assert client.put("/v1/partners/agr", content=text, headers={"content-type": "application/json"}).status_code == 201


@pytest.mark.parametrize(
    ("name", "text", "media", "status"),
    [
        ("other", DSO, "application/yaml", 422),
        ("dso", DSO.replace("dso]", "king]"), "application/yaml", 422),
        ("dso", "profile: dso\n", "application/yaml", 422),
        ("dso", "][", "application/yaml", 422),
        ("dso", "\xff", "application/yaml", 422),
        ("dso", DSO, "application/xml", 415),
    ],
)
def test_a_wrong_partner_file_is_refused(name: str, text: str, media: str, status: int, client: httpx.Client) -> None:
    answer = client.put(f"/v1/partners/{name}", content=text.encode("latin-1"), headers={"content-type": media})
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert client.get("/v1/partners").json() == []


def test_an_identifier_belongs_to_one_partner(client: httpx.Client) -> None:
    client.put("/v1/partners/dso", content=DSO, headers=YAML)
    answer = client.put("/v1/partners/two", content=DSO.replace("profile: dso", "profile: two"), headers=YAML)
    assert answer.status_code == 422
    assert "is the partner dso already" in answer.json()["detail"]


def test_keys_are_issued_and_withdrawn(client: httpx.Client) -> None:
    client.put("/v1/partners/dso", content=DSO, headers=YAML)
    text = (REGISTRY / "aggregator.yaml").read_text(encoding="utf-8")
    client.put("/v1/partners/aggregator", content=text, headers=YAML)
    operator = {"authorization": f"Bearer {client.post('/v1/partners/dso/keys').json()['key']}"}
    issued = [client.post("/v1/partners/aggregator/keys", headers=operator).json() for _ in range(2)]
    assert {one["partner"] for one in issued} == {"aggregator"}
    own = {"authorization": f"Bearer {issued[0]['key']}"}
    assert client.get("/v1/messages", headers=own).status_code == 200
    assert client.delete("/v1/partners/aggregator/keys", headers=operator).json() == {"keys": 2}
    assert client.get("/v1/messages", headers=own).status_code == 401
