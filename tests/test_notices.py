"""What a hub sends of its own accord: answers to endpoints, messages to subscribers; in order, again when it failed, once when it was taken."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from parties import CONVERSATION, REGISTRY, THEN, example_hub, tell

from adapter import pipeline
from adapter.hub.background import LATE_S, Background, Posted
from adapter.hub.hub import Hub
from adapter.hub.outbox import Item
from adapter.values import Instant

ZONE = "https://w3id.org/gridglot/data/id/GS1/871694840000123456"
REQUEST = (CONVERSATION / "01_flex_request.xml").read_bytes()


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    with example_hub(tmp_path) as found:
        yield found


class Post:
    """A partner that answers as told, and remembers what it was sent."""

    def __init__(self, *answers: Posted) -> None:
        self.answers = list(answers)
        self.seen: list[Item] = []

    def __call__(self, item: Item) -> Posted:
        self.seen.append(item)
        return self.answers.pop(0) if self.answers else Posted(True)


def drain(hub: Hub, post: Post) -> list[Item]:
    background = Background(hub, post)
    while background.deliver():
        pass
    return post.seen


def test_a_subscriber_gets_the_message_in_its_standard(hub: Hub) -> None:
    hub.subscriptions.add("aggregator", ["FP2"], [ZONE], "cim", "http://127.0.0.1:9/in", THEN)
    tell(hub, "01_flex_request.xml")
    (item,) = drain(hub, Post())
    assert (item.partner, item.endpoint, item.content_type) == ("aggregator", "http://127.0.0.1:9/in", "application/xml")
    told = pipeline.lift(item.body or b"", profile=hub.partners.get("aggregator").profile)
    assert told.mapping.id == "cim:eflex_request"
    assert drain(hub, Post()) == []


def test_a_subscriber_without_a_standard_is_told_where_the_message_is(hub: Hub) -> None:
    one = hub.subscriptions.add("dso", ["DT4"], [], "", "http://127.0.0.1:9/in", THEN)
    tell(hub, "07_limit_descriptions.json", "09_limit_write.json")
    (item,) = drain(hub, Post())
    told = json.loads(item.body or b"")
    assert (told["subscription"], told["id"], told["exchanges"]) == (one.id, 2, ["DT4"])
    assert told["graph"] == hub.journal.row(2).id


def test_what_cannot_be_said_in_the_subscriber_s_standard_is_told_with_the_reasons(hub: Hub) -> None:
    hub.subscriptions.add("home", ["FP2"], [], "spine", "http://127.0.0.1:9/in", THEN)
    tell(hub, "01_flex_request.xml")
    (item,) = drain(hub, Post())
    assert "spine has no message for FP2" in json.loads(item.body or b"")["untranslated"][0]


def test_nobody_is_told_of_other_exchanges_or_zones_or_of_what_was_refused(hub: Hub) -> None:
    hub.subscriptions.add("aggregator", ["FP3"], [], "", "http://127.0.0.1:9/in", THEN)
    hub.subscriptions.add("aggregator", ["FP2"], ["urn:elsewhere"], "", "http://127.0.0.1:9/in", THEN)
    tell(hub, "01_flex_request.xml")
    hub.receive((CONVERSATION / "03_flex_offer.xml").read_bytes().replace(b"ean.871694840000123456", b"ean.871694840000123457"))
    assert drain(hub, Post()) == []


def test_a_partner_with_an_endpoint_gets_its_answer_there_too(hub: Hub) -> None:
    text = (REGISTRY / "dso.yaml").read_text(encoding="utf-8").replace("  roles:", '  endpoint: "http://127.0.0.1:9/uftp"\n  roles:')
    hub.partners.put(text, THEN)
    receipt = hub.receive(REQUEST)
    (item,) = drain(hub, Post())
    assert receipt.answer is not None
    assert (item.endpoint, item.body) == ("http://127.0.0.1:9/uftp", receipt.answer.data)


def test_a_partner_gets_things_in_order_one_at_a_time(tmp_path: Path) -> None:
    now = [THEN]
    with example_hub(tmp_path) as hub:
        hub.clock = lambda: now[0]
        hub.subscriptions.add("dso", ["NO6", "NO1"], [], "", "http://127.0.0.1:9/in", THEN)
        tell(hub, "11_measurement_descriptions.json", "12_register_at_start.json", "13_register_at_end.json")
        post = Post(Posted(False, "503 busy", temporary=True))
        first = drain(hub, post)
        assert [json.loads(item.body or b"")["id"] for item in first] == [2]
        now[0] = Instant.of_epoch(THEN.epoch + 3600)
        assert [json.loads(item.body or b"")["id"] for item in drain(hub, post)] == [2, 2, 3]
        assert [json.loads(item.body or b"")["id"] for item in post.seen][-1] == 3


def test_what_a_partner_will_never_take_is_laid_aside_with_its_reason(hub: Hub) -> None:
    hub.subscriptions.add("dso", ["FP2"], [], "", "http://127.0.0.1:9/in", THEN)
    tell(hub, "01_flex_request.xml")
    drain(hub, Post(Posted(False, "410 Gone")))
    (dead,) = hub.outbox.dead()
    assert dead.reason == "410 Gone"
    hub.outbox.replay(dead.number, THEN)
    assert len(drain(hub, Post())) == 1


def test_nobody_listening_is_worth_another_try(hub: Hub) -> None:
    from adapter.hub.background import post

    item = Item(1, 1, "dso", "http://127.0.0.1:9/in", "text/plain", "waiting", 0, None, "", b"x")
    assert post(item).temporary


def test_rows_wait_while_messages_come_and_not_for_ever(hub: Hub) -> None:
    background = Background(hub, Post())
    tell(hub, "01_flex_request.xml")
    assert not background.write_out()
    assert hub.lag() == (1, 0)
    assert background.write_out()
    assert hub.lag() == (0, 0)
    tell(hub, "03_flex_offer.xml")
    hub.clock = lambda: Instant.of_epoch(THEN.epoch + LATE_S)
    assert background.write_out()


def test_the_threads_write_rows_out_and_end(hub: Hub) -> None:
    tell(hub, "01_flex_request.xml")
    background = Background(hub, Post())
    assert background.write_out()
    assert not background.write_out()
    assert hub.lag() == (0, 0)
    with background:
        pass
