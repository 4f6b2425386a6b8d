"""Messages: sent to the hub, and found again."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from adapter.api import body, models
from adapter.api.access import Asker, own
from adapter.api.here import HubHere, SettingsHere, beside
from adapter.api.media import is_message
from adapter.api.problems import Problem, documented
from adapter.api.receipts import kept, respond
from adapter.errors import UsageError

router = APIRouter(prefix="/messages", tags=["messages"])
EXPECTED = "application/xml, text/xml, application/json, application/rdf+xml, text/csv or another +xml or +json"
TAKES = body.takes("application/xml", "application/json", "application/rdf+xml", "text/csv")


@router.post(
    "",
    status_code=201,
    response_model=models.Receipt,
    responses={200: {"model": models.Receipt, "description": "Taken before"}, **documented(400, 401, 403, 408, 409, 413, 415, 422, 503)},
    openapi_extra=TAKES,
)
async def send(
    request: Request,
    hub: HubHere,
    settings: SettingsHere,
    caller: Asker,
    partner: Annotated[str, Query(description="The partner that brings it, where no key says so.")] = "",
) -> Response:
    """Send a message of any standard: the document is the body. Accept `application/xml` (or the answer's own type) to be answered in your standard."""
    if caller.partner is not None and partner not in ("", caller.name):
        raise Problem(403, "the key belongs to another partner than ?partner= names", "Leave ?partner= out: the key says who you are.")
    channel = caller.name or partner
    if channel and channel not in {one.name for one in hub.partners.all()}:
        raise UsageError(f"no partner is called {channel!r}", "GET /v1/partners lists them.")
    data = await body.read(request, settings, is_message, EXPECTED)
    receipt = await beside(lambda: hub.receive(data, channel), request.app.state.intake)
    return await beside(lambda: respond(hub, receipt, request))


@router.get("", responses=documented(401, 422), response_model_exclude_none=True)
def find(
    hub: HubHere,
    caller: Asker,
    after: Annotated[int, Query(ge=0, lt=2**63)] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> models.Messages:
    """Your messages in the order they came; the operator's are those of all."""
    rows = hub.journal.rows(after, limit, caller.only())
    return models.Messages(messages=[kept(hub, row) for row in rows], next=rows[-1].number if len(rows) == limit else None)


@router.get("/{id}", responses=documented(401, 404))
def one(hub: HubHere, caller: Asker, id: str) -> models.KeptMessage:
    """What became of a message."""
    return kept(hub, own(hub, caller, id))
