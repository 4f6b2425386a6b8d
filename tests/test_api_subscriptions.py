"""Subscriptions over HTTP: made, listed, ended; and their news, at once when there is any."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import httpx
import pytest
from doors import door, keys, post
from parties import tell

from adapter.api import subscriptions
from adapter.api.settings import Settings
from adapter.hub.hub import Hub
from adapter.names import identifier_iri


@pytest.fixture
def both(tmp_path: Path) -> Iterator[tuple[Hub, httpx.Client]]:
    with door(tmp_path) as found:
        yield found


def subscribe(client: httpx.Client, **wish: object) -> httpx.Response:
    return client.post("/v1/subscriptions", json={"partner": "aggregator", "exchanges": ["FP2"], **wish})


def test_a_subscription_is_made_listed_and_ended(both: tuple[Hub, httpx.Client]) -> None:
    _, client = both
    answer = subscribe(client, places=["GS1/871694840000123456", "urn:example:zone"], standard="cim", webhook="https://agr.example.com/in")
    found = answer.json()
    assert (answer.status_code, answer.headers["location"]) == (201, f"/v1/subscriptions/{found['id']}")
    assert found["places"] == [identifier_iri("GS1", "871694840000123456"), "urn:example:zone"]
    assert client.get("/v1/subscriptions").json() == [found] == [client.get(answer.headers["location"]).json()]
    assert client.delete(answer.headers["location"]).status_code == 204
    assert client.delete(answer.headers["location"]).status_code == 404
    assert client.get("/v1/subscriptions").json() == []


@pytest.mark.parametrize(
    "wish",
    [
        {"exchanges": ["XX1"]},
        {"exchanges": ["message"]},
        {"exchanges": []},
        {"partner": "nobody"},
        {"partner": ""},
        {"standard": "fax"},
        {"standard": "cim:fax"},
        {"places": ["somewhere"]},
        {"places": ["/"]},
        {"webhook": "ftp://agr.example.com"},
        {"webhook": "https:///in"},
        {"colour": "red"},
    ],
)
def test_what_is_unknown_is_refused(wish: dict[str, object], both: tuple[Hub, httpx.Client]) -> None:
    hub, client = both
    answer = subscribe(client, **wish)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert hub.subscriptions.all() == []


def test_news_are_the_messages_it_is_about(both: tuple[Hub, httpx.Client]) -> None:
    hub, client = both
    requests, offers = (subscribe(client, exchanges=[row]).headers["location"] + "/messages" for row in ("FP2", "FP3"))
    tell(hub, "01_flex_request.xml", "02_flex_request_response.xml", "03_flex_offer.xml")
    assert [one["id"] for one in client.get(requests).json()["messages"]] == [1]
    found = client.get(offers).json()
    assert [(one["id"], one["message"], one["exchanges"]) for one in found["messages"]] == [(3, "uftp:flex_offer", ["FP3"])]
    assert set(found["messages"][0]) == {"id", "received", "message", "graph", "exchanges"}  # the answer is its sender's
    assert client.get(offers, params={"after": found["last"]}).json() == {"messages": [], "last": 3}


def test_news_are_about_the_places_asked_for(both: tuple[Hub, httpx.Client]) -> None:
    hub, client = both
    tell(hub, "01_flex_request.xml")
    ((place,),) = [tuple(row) for row in hub.journal.database.all("SELECT place FROM carried")]
    here, elsewhere = (subscribe(client, places=[one]).headers["location"] + "/messages" for one in (place, "GS1/elsewhere"))
    assert [len(client.get(one).json()["messages"]) for one in (here, elsewhere)] == [1, 0]


def test_a_long_poll_returns_at_once_when_news_arrives(both: tuple[Hub, httpx.Client], monkeypatch: pytest.MonkeyPatch) -> None:
    hub, client = both
    news = subscribe(client).headers["location"] + "/messages"
    looked, inner = Event(), subscriptions._news

    def look(*about: object) -> object:
        found = inner(*about)  # type: ignore[arg-type]
        looked.set()
        return found

    monkeypatch.setattr(subscriptions, "_news", look)
    with ThreadPoolExecutor(1) as pool:
        poll = pool.submit(client.get, news, params={"wait": 50})
        assert looked.wait(30)
        assert not poll.done()
        tell(hub, "01_flex_request.xml")
        assert [one["id"] for one in poll.result(timeout=20).json()["messages"]] == [1]


def test_a_long_poll_holds_no_thread(both: tuple[Hub, httpx.Client]) -> None:
    _, client = both
    news = subscribe(client).headers["location"] + "/messages"
    with ThreadPoolExecutor(60) as pool:  # more polls than there are threads for routes
        polls = [pool.submit(client.get, news, params={"wait": 50}) for _ in range(60)]
        assert client.get("/v1/messages").status_code == 200
        assert post(client, "01_flex_request.xml").status_code == 201
        assert {poll.result().json()["last"] for poll in polls} == {1}


def test_a_long_poll_ends_by_itself_and_with_the_server(tmp_path: Path) -> None:
    ending = Event()
    with door(tmp_path, Settings(wait=0.1, stopping=ending.is_set)) as (_, client):
        news = subscribe(client).headers["location"] + "/messages"
        assert client.get(news, params={"wait": 60}).json() == {"messages": [], "last": 0}
        ending.set()
        assert client.get(news, params={"wait": 60}).json() == {"messages": [], "last": 0}
        assert client.get(news, params={"wait": 61}).status_code == 422


def test_a_partner_has_subscriptions_of_its_own_only(both: tuple[Hub, httpx.Client]) -> None:
    hub, client = both
    key = keys(hub, "dso", "aggregator", "home")
    made = client.post("/v1/subscriptions", json={"partner": "aggregator", "exchanges": ["FP2"]}, headers=key["dso"])
    assert (made.status_code, made.json()["partner"]) == (201, "aggregator")
    here = made.headers["location"]
    assert [client.get(here, headers=key[who]).status_code for who in ("dso", "aggregator", "home")] == [200, 200, 404]
    assert client.get(f"{here}/messages", headers=key["home"]).status_code == 404
    assert client.delete(here, headers=key["home"]).status_code == 404
    assert client.get("/v1/subscriptions", headers=key["home"]).json() == []
    assert client.delete(here, headers=key["aggregator"]).status_code == 204


def test_only_the_operator_says_who_hears_of_what(both: tuple[Hub, httpx.Client]) -> None:
    hub, client = both
    key = keys(hub, "dso", "aggregator")
    wish = {"partner": "aggregator", "exchanges": ["FP2"], "webhook": "https://agr.example.com/news"}
    assert [client.post("/v1/subscriptions", json=wish, headers=key[who]).status_code for who in ("aggregator", "dso")] == [403, 201]
