"""The partner registry, for the operator: files, versions, keys."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from adapter.api import body, models
from adapter.api.access import Caller, Operator
from adapter.api.here import HubHere, SettingsHere, beside
from adapter.api.problems import Problem, documented, missing
from adapter.errors import UsageError
from adapter.hub.hub import Hub
from adapter.partners import Partner, read_partner

router = APIRouter(prefix="/partners", tags=["partners"], responses=documented(401, 403))
FILE = ("application/yaml", "application/json", "application/x-yaml", "text/yaml", "text/plain")


def _get(hub: Hub, name: str) -> Partner:
    try:
        return hub.partners.get(name)
    except UsageError as error:
        raise missing(f"partner {name}", "GET /v1/partners lists them; PUT /v1/partners/NAME registers one.") from error


def _not_oneself(caller: Caller, name: str) -> None:
    if caller.name == name:
        raise Problem(409, "this would lock you out", "Let another operator do it, or use gridglot partners while the hub is stopped.")


def _shown(hub: Hub, one: Partner) -> models.Partner:
    return models.Partner(
        name=one.name,
        means=one.means,
        registered=one.registered,
        roles=list(one.roles),
        ids=list(one.ids),
        speaks=one.speaks,
        endpoint=one.endpoint,
        version=hub.partners.version(one.name),
        file=one.text,
    )


@router.get("")
def every(hub: HubHere, caller: Operator) -> list[models.Partner]:
    """All partners, by name."""
    return [_shown(hub, one) for one in hub.partners.all()]


@router.get("/{name}", responses=documented(404))
def one(hub: HubHere, caller: Operator, name: str) -> models.Partner:
    """A partner, with its file."""
    return _shown(hub, _get(hub, name))


@router.put(
    "/{name}",
    response_model=models.Partner,
    responses={201: {"model": models.Partner, "description": "Registered"}, **documented(408, 409, 413, 415, 422, 503)},
    openapi_extra=body.takes(*FILE[:2]),
)
async def put(request: Request, hub: HubHere, settings: SettingsHere, caller: Operator, name: str) -> Response:
    """Register a partner, or the next version of one: the body is its file, YAML or JSON."""
    data = await body.read(request, settings, lambda media: media in FILE, "application/yaml or application/json")
    return await beside(lambda: _put(hub, caller, name, data))


def _put(hub: Hub, caller: Caller, name: str, data: bytes) -> Response:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError("the partner file is not UTF-8 text") from error
    found = read_partner(text, f"{name}.yaml")
    if found.name != name:
        raise UsageError(f"the file is of the partner {found.name}, and the address is that of {name}", "Use one name.")
    if "operator" not in found.roles or not found.registered:
        _not_oneself(caller, name)
    with hub.turn:
        before = hub.partners.version(name)
        shown = _shown(hub, hub.partners.put(text, hub.clock(), f"{name}.yaml"))
    return JSONResponse(shown.model_dump(), 200 if before else 201, {} if before else {"Location": f"/v1/partners/{name}"})


@router.delete("/{name}", status_code=204, responses=documented(404, 409, 503))
def remove(hub: HubHere, caller: Operator, name: str) -> None:
    """Forget a partner, its keys and its subscriptions; not oneself. What it sent stays."""
    _get(hub, name)
    _not_oneself(caller, name)
    with hub.turn, hub.journal.transaction():
        for one in hub.subscriptions.all(name):
            hub.subscriptions.remove(one.id)
        hub.partners.remove(name, hub.clock())


@router.post("/{name}/keys", status_code=201, responses=documented(404, 503))
def issue(hub: HubHere, caller: Operator, name: str) -> models.Key:
    """A new API key of a partner, shown this once. The first key of an operator turns authentication on."""
    return models.Key(partner=_get(hub, name).name, key=hub.partners.issue_key(name, hub.clock()))


@router.delete("/{name}/keys", responses=documented(404, 409, 503))
def withdraw(hub: HubHere, caller: Operator, name: str) -> models.Withdrawn:
    """Make all keys of a partner worthless; not one's own, which would lock the caller out."""
    _get(hub, name)
    _not_oneself(caller, name)
    return models.Withdrawn(keys=hub.partners.withdraw_keys(name))
