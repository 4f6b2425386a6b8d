"""What a hub sends of its own accord because of a message: its answer to a sender that listens, and the message to those who subscribed to it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapter import pipeline
from adapter.errors import HubError
from adapter.hub.receipt import Receipt

if TYPE_CHECKING:
    from adapter.hub.arrival import Arrival
    from adapter.hub.hub import Hub
    from adapter.hub.subscriptions import Subscription
    from adapter.pipeline import Lifted

EVENT = "application/json"


@dataclass(frozen=True, slots=True)
class Notice:
    """Bytes of a media type for the endpoint of a partner."""

    partner: str
    endpoint: str
    media: str
    data: bytes


def notices(hub: Hub, arrival: Arrival, lifted: Lifted | None, receipt: Receipt, pairs: Sequence[tuple[str, str]]) -> Iterator[Notice]:
    """What is to be sent because of a message that carries *pairs* of (exchange, place)."""
    sender, answer = arrival.partner, receipt.answer
    if answer is not None and sender is not None and sender.endpoint:
        yield Notice(sender.name, sender.endpoint, hub.lib.media(f"{answer.standard}:{answer.message}", answer.syntax), answer.data)
    if lifted is not None:
        for subscription in hub.subscriptions.wanting(pairs):
            if subscription.webhook:
                yield from _told(hub, lifted, receipt, subscription)


def _told(hub: Hub, lifted: Lifted, receipt: Receipt, subscription: Subscription) -> Iterator[Notice]:
    """The message in the subscriber's standard; or, where it wants none or it cannot be said there, an event that tells of it."""
    said: dict[str, object] = {}
    if subscription.standard:
        try:
            done = pipeline.translate_lifted(
                lifted, subscription.standard, to_profile=hub.partners.get(subscription.partner).profile, context=hub.context, now=hub.clock(), lib=hub.lib
            )
        except HubError as error:
            said["untranslated"] = [str(fault) for fault in error.faults]
        else:
            for document in done.documents:
                yield Notice(
                    subscription.partner, subscription.webhook, hub.lib.media(f"{document.standard}:{document.message}", document.syntax), document.data
                )
            return
    yield Notice(subscription.partner, subscription.webhook, EVENT, event(receipt, subscription, said))


def event(receipt: Receipt, subscription: Subscription, said: dict[str, object]) -> bytes:
    """What a webhook is told of a message in JSON: enough to fetch it."""
    told = {
        "event": "message",
        "subscription": subscription.id,
        "id": receipt.number,
        "message": receipt.message,
        "exchanges": list(receipt.exchanges),
        "graph": receipt.graph,
        **said,
    }
    return json.dumps(told, ensure_ascii=False).encode()
