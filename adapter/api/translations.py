"""Translate and validate a document that the hub does not keep."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import JSONResponse, Response

from adapter import pipeline, report
from adapter.api import body, models
from adapter.api.accept import choose
from adapter.api.access import Asker, Caller, profile
from adapter.api.here import HubHere, SettingsHere, beside, known
from adapter.api.media import JSON, asks_for, is_message, type_of
from adapter.api.messages import EXPECTED, TAKES
from adapter.api.problems import Problem, documented
from adapter.api.receipts import document
from adapter.errors import DecodeError, HubError, UnknownMessage
from adapter.hub.hub import Hub
from adapter.partners import Profile

router = APIRouter(tags=["translate"])
TRANSLATED: dict[int | str, dict[str, Any]] = {200: {"content": {"application/xml": {}}, "description": "Documents and report; or the document itself"}}
From = Annotated[str, Query(description="The partner it is from; with a key, you.")]


def written(hub: Hub, request: Request, translate: Callable[[], pipeline.Translation]) -> Response:
    """A translation: in JSON with its report, or the document itself where there is one and Accept asks for it."""
    done = translate()
    types = list(dict.fromkeys(name for one in done.documents for name in asks_for(type_of(one, hub.lib))))
    wanted = choose(request.headers.get("accept", ""), [JSON, *types])
    if wanted is None:
        raise Problem(406, "a translation is not written in what Accept asks for", f"There are {', '.join([JSON, *types])}.")
    if wanted != JSON:
        if len(done.documents) != 1:
            raise Problem(406, f"the translation is {len(done.documents)} documents, and Accept asks for one", f"Accept {JSON}, which has all of them.")
        return Response(done.documents[0].data, media_type=wanted)
    names = [f"{one.standard}_{one.message}{f'_{number}' if number > 1 else ''}.{one.syntax}" for number, one in enumerate(done.documents, 1)]
    found = models.Translated(
        documents=[document(hub, one) for one in done.documents], report=models.TranslationReport.model_validate(report.as_json(done, names))
    )
    return JSONResponse(found.model_dump(by_alias=True, exclude_none=True))


@router.post(
    "/translate", response_model=models.Translated, openapi_extra=TAKES, responses={**TRANSLATED, **documented(400, 401, 403, 406, 408, 409, 413, 415, 422)}
)
async def translate(
    request: Request,
    hub: HubHere,
    settings: SettingsHere,
    caller: Asker,
    to: Annotated[str, Query(description="The target: `cim`, or `cim:eflex_request`.")],
    from_partner: From = "",
    to_partner: Annotated[str, Query(description="The partner it is for.")] = "",
    syntax: Annotated[str, Query(description="xml or json, where the target has both.")] = "",
) -> Response:
    """Translate a document into another standard. Nothing is kept. 422 with the reasons when it cannot be said there."""
    data = await body.read(request, settings, is_message, EXPECTED)

    def done() -> pipeline.Translation:
        source, target = _sender(hub, caller, from_partner), profile(hub, caller, to_partner)
        return pipeline.translate(
            data, to, from_profile=source, to_profile=target, context=known(hub, caller.everything), now=hub.clock(), syntax=syntax or None, lib=hub.lib
        )

    return await beside(lambda: written(hub, request, done))


@router.post("/validate", openapi_extra=TAKES, responses=documented(400, 401, 403, 408, 413, 415))
async def validate(request: Request, hub: HubHere, settings: SettingsHere, caller: Asker, from_partner: From = "") -> models.Verdict:
    """Check a document against its standard and its shapes. Nothing is kept; 200 either way."""
    data = await body.read(request, settings, is_message, EXPECTED)
    return await beside(lambda: _verdict(hub, caller, data, _sender(hub, caller, from_partner)))


def _sender(hub: Hub, caller: Caller, name: str) -> Profile:
    """The profile of the sender: the one named, or that of the caller; what was agreed with others is theirs."""
    if name and not caller.everything and name != caller.name:
        raise Problem(403, "?from_partner= names another partner than you", "Leave it out: the key says who you are.")
    return profile(hub, caller, name or caller.name)


def _verdict(hub: Hub, caller: Caller, data: bytes, sender: Profile) -> models.Verdict:
    try:
        decoded = pipeline.decode(data, lib=hub.lib)
    except DecodeError:
        raise
    except UnknownMessage as error:
        return models.Verdict(conforms=False, message="", exchanges=[], faults=_faults(error))
    leaves = models.Leaves(**pipeline.account(decoded).counts())
    unmapped = [models.Unmapped(path=path, value=value) for path, value in decoded.reading[1].unmapped]
    found = models.Verdict(conforms=True, message=decoded.mapping.id, exchanges=[], faults=[], leaves=leaves, unmapped=unmapped)
    try:
        lifted = pipeline.lift_decoded(decoded, profile=sender, context=known(hub, caller.everything), now=hub.clock(), lib=hub.lib)
        found.exchanges = list(dict.fromkeys(content.exchange.row for content in lifted.message.contents))
        pipeline.validate(lifted, hub.lib).raise_if_refused(lifted.mapping)
    except HubError as error:
        found.conforms, found.faults = False, _faults(error)
    return found


def _faults(error: HubError) -> list[models.Fault]:
    return [models.Fault(path=fault.path, says=fault.says, rule=fault.rule) for fault in error.faults]
