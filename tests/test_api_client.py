"""The typed client: every route has a method, what it says is typed, what it refuses is raised."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from doors import BAD, HERE, REQUEST, transport
from parties import REGISTRY, THEN, everybody, example_hub

from adapter.client import Hub, address
from adapter.errors import AdmissionError, DecodeError, HubError, LowerError, QueryError, UnknownMessage, UsageError


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    with example_hub(tmp_path) as inner, transport(inner) as carrier, Hub(HERE, partner="dso", transport=carrier) as found:
        yield found


def test_a_conversation_through_the_client(hub: Hub) -> None:
    receipt = hub.send(REQUEST)
    assert (receipt.id, receipt.taken, receipt.answers[0].message) == (1, True, "flex_request_response")
    assert hub.send(REQUEST).repeated
    refused = hub.send(BAD)
    assert (refused.taken, refused.faults[0].says) == (False, "Duplicate Identifier")
    assert [one.state for one in hub.messages().messages] == ["done", "refused"]
    assert (hub.message(1).partner, hub.wire(1), hub.report(1).leaves.total) == ("dso", REQUEST, 55)
    assert "a hub:Message" in hub.graph(1)
    assert hub.translation(1, "cim", "aggregator").report.target == "cim:eflex_request"
    assert hub.health().journal == 2
    hub.erase(1)
    with pytest.raises(UsageError, match="were erased"):
        hub.wire(1)


def test_documents_that_are_not_kept(hub: Hub) -> None:
    done = hub.translate(REQUEST, "cim", to_partner="aggregator")
    assert (done.documents[0].standard, done.report.source) == ("cim", "uftp:flex_request")
    assert (hub.validate(REQUEST).conforms, hub.validate(BAD).conforms) == (True, False)
    assert hub.messages().messages == []


def test_questions_and_knowledge(hub: Hub) -> None:
    hub.send(REQUEST)
    assert hub.query("ASK { ?s ?p ?o }", accept="text/csv").strip() == b"true"
    assert hub.ask("how_many_messages_were_sent", {"standard": "uftp"}, accept="text/csv").count(b"\n") == 2
    assert all(hub.questions())
    assert {"FP2"} < {one.row for one in hub.exchanges()}
    assert "uftp:flex_request" in {one.id for one in hub.mappings()}
    assert hub.coverage().cells[0].row == "FP1"


def test_partners_and_subscriptions(hub: Hub) -> None:
    text = everybody([], "newcomer")
    assert (hub.put_partner("newcomer", text).version, "newcomer" in {one.name for one in hub.partners()}) == (1, True)
    assert hub.issue_key("newcomer").startswith("gg_")
    assert hub.withdraw_keys("newcomer") == 1
    hub.remove_partner("newcomer")
    assert len(hub.partners()) == len(list(REGISTRY.glob("*.yaml")))
    one = hub.subscribe(["FP2"], standard="cim")
    assert hub.subscriptions() == [one]
    hub.send(REQUEST)
    assert [found.id for found in hub.news(one.id, wait=5).messages] == [1]
    hub.unsubscribe(one.id)
    assert hub.subscriptions() == []


def test_a_refusal_is_the_error_that_the_hub_names(hub: Hub) -> None:
    with pytest.raises(DecodeError):
        hub.send(b"hello")
    with pytest.raises(DecodeError):
        hub.send(b"<a")
    with pytest.raises(UnknownMessage, match="no message we have a mapping for"):
        hub.send(b"<a/>")
    with pytest.raises(LowerError) as caught:
        hub.translate(REQUEST, "cim")
    assert len(caught.value.faults) == 3
    with pytest.raises(QueryError, match="changes the store"):
        hub.query("DROP ALL")
    with pytest.raises(UsageError, match="there is no message 7"):
        hub.message(7)
    refused = hub.send(REQUEST.replace(b"dso.example.com", b"other.example.com"))
    assert not refused.taken
    assert issubclass(AdmissionError, HubError)


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, text="hello"),
        httpx.Response(500, text="<html>"),
        httpx.Response(404, json={}),
        httpx.Response(200, json=[]),
        httpx.Response(200, json={}),
    ],
)
def test_what_is_no_hub_is_said_so(answer: httpx.Response) -> None:
    with Hub(HERE, transport=httpx.MockTransport(lambda request: answer)) as hub, pytest.raises(UsageError):
        hub.health()


def test_a_hub_with_keys_is_asked_with_one(tmp_path: Path) -> None:
    with example_hub(tmp_path) as inner, transport(inner) as carrier:
        key = inner.partners.issue_key("dso", THEN)
        with Hub(HERE, transport=carrier) as hub, pytest.raises(UsageError, match="an API key is needed"):
            hub.messages()
        with Hub(HERE, key, transport=carrier) as hub:
            assert hub.send(REQUEST).taken


@pytest.mark.parametrize(("host", "url"), [("localhost", "http://localhost:1"), ("::1", "http://[::1]:1")])
def test_an_address_is_written_as_a_url(host: str, url: str) -> None:
    assert address(host, 1) == url


def test_what_was_laid_aside_is_listed_and_sent_after_all(tmp_path: Path) -> None:
    with example_hub(tmp_path) as kept, transport(kept) as carrier, Hub(HERE, partner="dso", transport=carrier) as hub:
        kept.subscriptions.add("dso", ["FP2"], [], "", "http://127.0.0.1:9/in", THEN)
        hub.send(REQUEST)
        (item,) = kept.outbox.due(THEN)
        kept.outbox.failed(item, "410 Gone", False, THEN)
        (aside,) = hub.laid_aside()
        assert (aside.because, aside.partner, aside.reason) == (1, "dso", "410 Gone")
        assert hub.replay(aside.number).state == "waiting"
        assert hub.laid_aside() == []
        kept.outbox.failed(kept.outbox.due(THEN)[0], "410 Gone", False, THEN)
        kept.erase(1)
        with pytest.raises(HubError, match="was erased"):
            hub.replay(aside.number)
