"""What is not taken over HTTP: every bad golden document, bodies that are no messages, and what the disk does not take. Each says why, and leaves no trace."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
import yaml
from cases import NOW, Case, bad_cases
from doors import BAD, REQUEST, TYPES, XML, door, opened
from parties import CONVERSATION, everybody
from third_party import data

from adapter.api.problems import PROBLEM
from adapter.api.settings import Settings
from adapter.errors import Fault, StorageError, StoreError
from adapter.hub.hub import Hub
from adapter.hub.journal import Journal


def said(answer: httpx.Response) -> dict[str, object]:
    """The problem that a response is, with what every problem has."""
    assert answer.headers["content-type"] == PROBLEM
    found = answer.json()
    assert {"type", "title", "status", "detail", "faults", "remedy"} <= set(found)
    assert found["status"] == answer.status_code
    return dict(found)


def partner_of(case: Case) -> str:
    """The partner file of a bad document's sender, with the profile of the case."""
    file = case._own("partner", ".yaml")
    agreed = file.read_text(encoding="utf-8") if file.exists() else "profile: everybody\n"
    return agreed + yaml.safe_dump({"partner": yaml.safe_load(everybody([case.data]))["partner"]}, allow_unicode=True)


@pytest.mark.parametrize("case", bad_cases(), ids=lambda case: case.id)
def test_a_bad_document_is_refused_with_its_sentence(case: Case, tmp_path: Path) -> None:
    with Hub(tmp_path, lambda: NOW) as hub, opened(hub) as client:
        partner = hub.partners.put(partner_of(case), NOW).name
        hub.context = case.context()
        answer = client.post("/v1/messages", params={"partner": partner}, content=case.data, headers={"content-type": TYPES[case.wire.suffix]})
        found = said(answer)
        assert answer.status_code in (400, 409, 422), found
        expected = case.wire.with_suffix(".txt").read_text(encoding="utf-8")
        assert str(found["faults"][0]["says"])[:40] in expected  # type: ignore[index]
        assert [row.state for row in hub.journal.rows()] in ([], ["refused"])
        assert [graph for graph in hub.store.graphs() if "/message/" in graph] == []


@pytest.mark.parametrize(
    ("body", "media", "status", "kind"),
    [
        (b"", "application/xml", 400, "DecodeError"),
        (b"<a", "application/xml", 400, "DecodeError"),
        (b"{", "application/json", 400, "DecodeError"),
        (b"hello", "application/json", 400, "DecodeError"),
        (b"<a/>", "text/xml; charset=utf-8", 422, "UnknownMessage"),
        (b"{}", "application/ld+json", 422, "UnknownMessage"),
        (REQUEST, "text/plain", 415, ""),
        (REQUEST, "multipart/form-data", 415, ""),
        (REQUEST, "", 415, ""),
        (b"x" * 4001, "application/xml", 413, ""),
    ],
)
def test_what_is_no_message_leaves_no_row(body: bytes, media: str, status: int, kind: str, tmp_path: Path) -> None:
    with door(tmp_path, Settings(most_bytes=4000)) as (hub, client):
        answer = client.post("/v1/messages", content=body, headers={"content-type": media})
        assert (answer.status_code, str(said(answer)["type"]).rpartition("#")[2].removeprefix("about:blank")) == (status, kind)
        assert hub.journal.rows() == []


def test_a_coded_body_is_not_read(tmp_path: Path) -> None:
    with door(tmp_path) as (_, client):
        assert client.post("/v1/messages", content=REQUEST, headers={**XML, "content-encoding": "gzip"}).status_code == 415


def test_a_refusal_is_the_same_when_the_message_comes_again(tmp_path: Path) -> None:
    with door(tmp_path) as (_, client):
        first, second = (said(client.post("/v1/messages", content=BAD, headers=XML)) for _ in range(2))
        assert (first["status"], first["repeated"], second["repeated"]) == (422, False, True)
        assert {**first, "repeated": True} == second
        assert first["faults"] == [
            {"path": "/FlexRequest/ISP[3]/@MinPower", "says": "the least power of a row is not above its greatest", "rule": "hub:PowerBand"}
        ]
        assert first["links"] == {"self": "/v1/messages/1", "wire": "/v1/messages/1/wire", "report": "/v1/messages/1/report"}


def test_who_may_not_send_what_was_used_and_what_lacks_context_have_their_own_status(tmp_path: Path) -> None:
    with door(tmp_path) as (_, client):
        assert client.post("/v1/messages", content=REQUEST, headers=XML).status_code == 201
        again = client.post("/v1/messages", content=REQUEST.replace(b"Europe/Amsterdam", b"Europe/Berlin"), headers=XML)
        assert (again.status_code, said(again)["type"]) == (409, "https://w3id.org/gridglot/errors#AlreadyUsed")
        unknown = client.post("/v1/messages", content=REQUEST.replace(b"dso.example.com", b"other.example.com"), headers=XML)
        assert (unknown.status_code, said(unknown)["remedy"]) == (403, "Let the operator register it: PUT /v1/partners/NAME.")
        limit = client.post("/v1/messages", content=(CONVERSATION / "09_limit_write.json").read_bytes(), headers={"content-type": "application/json"})
        assert (limit.status_code, said(limit)["type"]) == (409, "https://w3id.org/gridglot/errors#ContextMissing")
        nobody = client.post("/v1/messages", params={"partner": "nobody"}, content=REQUEST, headers=XML)
        assert nobody.status_code == 422


def test_a_full_disk_is_said_and_nothing_is_acknowledged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise StorageError(Fault(str(tmp_path / "journal.sqlite"), "cannot be used: database or disk is full"), "Free space on the disk and send again.")

    lines: list[str] = []
    with door(tmp_path, Settings(log=lines.append)) as (hub, client):
        with monkeypatch.context() as patched:
            patched.setattr(Journal, "add", refuse)
            answer = client.post("/v1/messages", content=REQUEST, headers=XML)
        found = said(answer)
        assert (answer.status_code, answer.headers["retry-after"], found["remedy"]) == (503, "30", "Free space on the disk and send again.")
        assert str(tmp_path) not in answer.text
        assert any(str(tmp_path) in line for line in lines)  # the operator sees it
        assert hub.journal.rows() == []
        assert client.post("/v1/messages", content=REQUEST, headers=XML).status_code == 201


def test_a_store_that_cannot_be_asked_is_not_described(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from adapter.store import LocalStore

    def refuse(*_: object, **__: object) -> None:
        raise StoreError(f"{tmp_path} cannot be read")

    with door(tmp_path) as (_, client):
        monkeypatch.setattr(LocalStore, "query", refuse)
        answer = client.get("/v1/sparql", params={"query": "ASK {}"})
        assert answer.status_code == 503
        assert str(tmp_path) not in answer.text


def test_a_mistake_of_ours_says_nothing_of_the_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ValueError(f"{tmp_path} is broken")

    with door(tmp_path) as (_, client):
        monkeypatch.setattr(Journal, "row", fail)
        answer = client.get("/v1/messages/1")
        assert (answer.status_code, said(answer)["detail"]) == (500, "the hub has made a mistake; its log has the details")
        assert str(tmp_path) not in answer.text


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/v1/nothing", 404), ("PATCH", "/v1/messages", 405), ("GET", "/v1/messages?limit=0", 422), ("POST", "/v1/translate", 422), ("GET", "/", 404)],
)
def test_what_is_no_route_is_a_problem_too(method: str, path: str, status: int, tmp_path: Path) -> None:
    with door(tmp_path) as (_, client):
        answer = client.request(method, path)
        assert answer.status_code == status
        said(answer)


BOMBS = [
    b'<!DOCTYPE FlexRequest [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><FlexRequest Version="&b;"/>',
    b'<!DOCTYPE FlexRequest SYSTEM "http://127.0.0.1:9/x.dtd"><FlexRequest/>',
    b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><FlexRequest>&x;</FlexRequest>',
    b"<a>" * 5000 + b"</a>" * 5000,
    b"[" * 100_000,
    b'{"datagram":' * 3000,
    b'{"a":1' + b"0" * 1_000_000 + b"}",
    b"\xff\xfe<\x00a\x00",
]


def test_nothing_hostile_is_taken_or_harms_the_hub(tmp_path: Path) -> None:
    with door(tmp_path) as (hub, client):
        for document in [*BOMBS, *(file.read_bytes() for file in sorted(data("hostile", "json").glob("*.json")))]:
            answer = client.post("/v1/messages", content=document, headers={"content-type": "application/json"})
            assert 400 <= answer.status_code < 500, (answer.status_code, document[:60])
            assert b"/etc/" not in answer.content
            assert b"root:" not in answer.content
        assert [row.state for row in hub.journal.rows(limit=1000) if row.state == "done"] == []
        assert client.post("/v1/messages", content=REQUEST, headers=XML).status_code == 201
