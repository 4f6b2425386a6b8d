"""What the hub has of one message: its bytes, its graph, how it was read, and what it is in other standards."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from adapter import pipeline
from adapter.api import models
from adapter.api.accept import choose
from adapter.api.access import Asker, Caller, Operator, own, profile
from adapter.api.here import HubHere, known
from adapter.api.media import GRAPHS, type_of_bytes
from adapter.api.problems import Problem, documented
from adapter.api.translations import TRANSLATED, written
from adapter.hub.hub import Hub
from adapter.hub.journal import Row
from adapter.partners import NEUTRAL

router = APIRouter(prefix="/messages/{id}", tags=["messages"])


def _data(hub: Hub, row: Row) -> bytes:
    """The bytes of a message; *raises* `Problem` 410 when they were erased."""
    data = hub.journal.data(row.number)
    if data is None:
        raise Problem(410, f"the bytes of message {row.number} were erased", "Its receipt and its hash are kept: GET /v1/messages/ID.")
    return data


@router.get("/wire", response_class=Response, responses={200: {"content": {"application/xml": {}, "application/json": {}}}, **documented(401, 404, 410)})
def wire(hub: HubHere, caller: Asker, id: str) -> Response:
    """The bytes as they were received."""
    row = own(hub, caller, id)
    data = _data(hub, row)
    return Response(data, media_type=type_of_bytes(data), headers={"ETag": f'"{row.hash}"'})


@router.delete("/wire", status_code=204, responses=documented(401, 403, 404))
def erase(hub: HubHere, caller: Operator, id: str) -> None:
    """Erase the bytes of a message and its graph, from the disk too. Its receipt, its hash and a note of the erasure stay. For the operator."""
    hub.erase(own(hub, caller, id).number)


@router.get("/graph", response_class=Response, responses={200: {"content": {media: {} for media in GRAPHS}}, **documented(401, 404, 406, 410, 422)})
def graph(
    request: Request,
    hub: HubHere,
    caller: Asker,
    id: str,
    format: Annotated[str, Query(description="turtle, trig, nquads or jsonld; instead of Accept.")] = "",
    packed: Annotated[bool, Query(description="Series as one exact list per column, instead of a node per point.")] = False,
) -> Response:
    """The graph of a message that was taken."""
    row = own(hub, caller, id)
    forms = {form: media for media, form in GRAPHS.items()}
    if format and format not in forms:
        raise Problem(422, f"{format!r} is no format of a graph", f"There are {', '.join(forms)}.")
    media = forms[format] if format else choose(request.headers.get("accept", ""), list(GRAPHS))
    if media is None:
        raise Problem(406, "a graph is not written in what Accept asks for", f"There are {', '.join(GRAPHS)}.")
    if row.state != "done":
        raise Problem(404, f"message {row.number} was refused, and has no graph", "GET /v1/messages/ID says why.")
    _data(hub, row)
    text = hub.store.text(row.id)
    if not text:
        raise Problem(
            410, f"the graph of message {row.number} is not in the store: a later revision replaced it", "GET /v1/healthz says if the store is behind."
        )
    (message,) = pipeline.from_graph(text, "nquads", hub.lib)
    return Response(pipeline.to_graph(message, GRAPHS[media], packed, hub.lib), media_type=media)


@router.get("/report", responses=documented(401, 404, 410))
def report(hub: HubHere, caller: Asker, id: str) -> models.MessageReport:
    """How a message was read: what became of each of its leaves, by which mapping, with which earlier messages."""
    row = own(hub, caller, id)
    decoded = pipeline.decode(_data(hub, row), row.standard, hub.lib)
    said = row.outcome or {}
    context, exchanges = said.get("context"), said.get("exchanges")
    return models.MessageReport(
        message=decoded.mapping.id,
        package=str(said.get("package") or ""),
        partner=str(said.get("partner") or ""),
        partner_version=int(str(said.get("partner_version") or 0)),
        exchanges=list(map(str, exchanges)) if isinstance(exchanges, list) else [],
        leaves=models.Leaves(**pipeline.account(decoded).counts()),
        unmapped=[models.Unmapped(path=path, value=value) for path, value in decoded.reading[1].unmapped],
        context=list(map(str, context)) if isinstance(context, list) else [],
    )


@router.get("/translations/{to}", response_model=models.Translated, responses={**TRANSLATED, **documented(401, 404, 406, 409, 410, 422)})
def translation(
    request: Request,
    hub: HubHere,
    caller: Asker,
    id: str,
    to: str,
    to_partner: Annotated[str, Query(description="The partner it is for; its profile says what the standard leaves open.")] = "",
    syntax: Annotated[str, Query(description="xml or json, where the target has both.")] = "",
) -> Response:
    """A message in another standard: `uftp`, or `uftp:flex_request`. 422 with the reasons when it cannot be said there."""
    row = own(hub, caller, id)
    data = _data(hub, row)
    return written(hub, request, lambda: _translate(hub, caller, row, data, to, to_partner, syntax))


def _translate(hub: Hub, caller: Caller, row: Row, data: bytes, to: str, to_partner: str, syntax: str) -> pipeline.Translation:
    said = row.outcome or {}
    sender = hub.partners.as_of(str(said.get("partner") or ""), int(str(said.get("partner_version") or 0)))
    return pipeline.translate(
        data,
        to,
        standard=row.standard,
        from_profile=sender.profile if sender is not None else NEUTRAL,
        to_profile=profile(hub, caller, to_partner),
        context=known(hub, caller.everything),
        now=hub.clock(),
        syntax=syntax or None,
        lib=hub.lib,
    )
