"""Subscriptions: who wants to hear of which messages, and the news of one, by long poll."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

import anyio
from fastapi import APIRouter, Query, Request
from starlette.responses import JSONResponse, Response

from adapter.api import models
from adapter.api.access import Asker, Caller
from adapter.api.here import HubHere, SettingsHere, beside
from adapter.api.problems import Problem, documented, missing
from adapter.api.receipts import notice
from adapter.errors import UsageError
from adapter.hub.hub import Hub
from adapter.hub.subscriptions import Subscription
from adapter.names import identifier_iri

router = APIRouter(prefix="/subscriptions", tags=["subscriptions"], responses=documented(401))


def _own(hub: Hub, caller: Caller, id: str) -> Subscription:
    """A subscription; *raises* `Problem` 404 when there is none, and in the same words when it is somebody else's."""
    gone = missing(f"subscription {id}", "GET /v1/subscriptions lists them.")
    try:
        found = hub.subscriptions.get(id)
    except UsageError as error:
        raise gone from error
    if not caller.everything and found.partner != caller.name:
        raise gone
    return found


def _shown(one: Subscription) -> models.Subscription:
    return models.Subscription(
        id=one.id,
        partner=one.partner,
        exchanges=list(one.exchanges),
        places=list(one.places),
        standard=one.standard,
        webhook=one.webhook,
        since=one.since,
    )


@router.get("")
def every(hub: HubHere, caller: Asker) -> list[models.Subscription]:
    """Your subscriptions; the operator's are those of all."""
    return [_shown(one) for one in hub.subscriptions.all(caller.only())]


@router.post("", status_code=201, response_model=models.Subscription, responses=documented(403, 422, 503))
def add(hub: HubHere, caller: Asker, wish: models.Wish) -> Response:
    """Ask to hear of messages that carry one of the exchanges, about one of the places (any, without places)."""
    name = wish.partner or caller.name
    _check(hub, caller, wish, name)
    with hub.turn:
        one = hub.subscriptions.add(name, list(dict.fromkeys(wish.exchanges)), [place(said) for said in wish.places], wish.standard, wish.webhook, hub.clock())
    return JSONResponse(_shown(one).model_dump(), 201, {"Location": f"/v1/subscriptions/{one.id}"})


def _check(hub: Hub, caller: Caller, wish: models.Wish, name: str) -> None:
    """*Raises* `UsageError` for what is unknown, `Problem` 403 for who may not ask: what others sent is the operator's to share."""
    if not caller.everything:
        raise Problem(403, "a subscription is made by the operator", "Ask the operator: it says who hears of what, and where that is posted.")
    if name not in {one.name for one in hub.partners.all()}:
        raise UsageError(f"no partner is called {name!r}", "Name a registered partner.")
    if unknown := [row for row in wish.exchanges if row not in hub.lib.exchanges or row == "message"]:
        raise UsageError(f"{unknown[0]!r} is no exchange", "GET /v1/exchanges lists them.")
    if wish.standard and wish.standard not in hub.lib.standards:
        hub.lib.mapping(wish.standard)
    address = urlsplit(wish.webhook)
    if wish.webhook and (address.scheme not in ("http", "https") or not address.hostname):
        raise UsageError(f"{wish.webhook!r} is no address to post to over http or https")


def place(said: str) -> str:
    """The IRI of a place, given so or as SCHEME/code; *raises* `UsageError`.

    >>> place("GS1/871694840000123456").rpartition("/")[2]
    '871694840000123456'
    """
    scheme, slash, code = said.partition("/")
    if ":" in scheme:
        return said
    if not (scheme and slash and code):
        raise UsageError(f"{said!r} is no place", "A place is an IRI, or SCHEME/code as GS1/871694840000123456.")
    return identifier_iri(scheme, code)


@router.get("/{id}", responses=documented(404))
def one(hub: HubHere, caller: Asker, id: str) -> models.Subscription:
    """A subscription."""
    return _shown(_own(hub, caller, id))


@router.delete("/{id}", status_code=204, responses=documented(404, 503))
def remove(hub: HubHere, caller: Asker, id: str) -> None:
    """End a subscription."""
    with hub.turn:
        hub.subscriptions.remove(_own(hub, caller, id).id)


@router.get("/{id}/messages", responses=documented(404, 422))
async def news(
    request: Request,
    hub: HubHere,
    settings: SettingsHere,
    caller: Asker,
    id: str,
    after: Annotated[int, Query(ge=0, lt=2**63, description="The last message known already.")] = 0,
    wait: Annotated[float, Query(ge=0, le=60, description="How many seconds to wait when there is none.")] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> models.News:
    """The messages that a subscription is about, after those known: at once when there are any, else when one comes, or after *wait* seconds."""
    one = _own(hub, caller, id)
    until = anyio.current_time() + min(wait, settings.wait)
    while True:
        seen = hub.last
        found = await beside(lambda: _news(hub, one, after, limit))
        if found.messages or anyio.current_time() >= until or settings.stopping():
            return found
        while hub.last == seen and anyio.current_time() < until and not settings.stopping():
            await anyio.sleep(settings.look)
        if await request.is_disconnected():
            return found


def _news(hub: Hub, one: Subscription, after: int, limit: int) -> models.News:
    numbers = hub.index.carrying(one.exchanges, one.places, after, limit)
    return models.News(messages=[notice(hub.journal.row(number)) for number in numbers], last=numbers[-1] if numbers else after)
