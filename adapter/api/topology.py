"""Topology and consumer connection over HTTP: paths, zones and faults for the operator; for a partner the memberships of its own connections, under aliases."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from adapter import moments
from adapter.api import models
from adapter.api.access import Asker, Caller, only
from adapter.api.here import HubHere, beside
from adapter.api.problems import Problem, documented, missing
from adapter.errors import UsageError
from adapter.hub.hub import Hub
from adapter.partners import Partner
from adapter.services.topology import eligible, northbound, paths, report
from adapter.values import Instant

router = APIRouter(prefix="/services/topology", tags=["topology"], responses=documented(400, 401, 403))

Planner = Annotated[Caller, Depends(only("dso"))]
At = Annotated[str, Query(description="An instant such as 2026-06-15T12:00:00Z, or a day with ?zone=; now unless given.")]
Zone = Annotated[str, Query(description="The time zone of a day, such as Europe/Amsterdam.")]


def _at(hub: Hub, at: str, zone: str) -> Instant:
    try:
        return moments.moment(at, zone) if at else hub.clock()
    except UsageError as error:
        raise Problem(400, str(error.faults[0]), error.remedy) from error


@router.get("/path", responses=documented(404))
async def path(hub: HubHere, caller: Planner, code: str, at: At = "", zone: Zone = "") -> list[models.Path]:
    """From a meter, a connection (by code) or equipment (by mRID) to transformer, feeder, substation and zones. Several where feeders meet."""

    def found() -> list[models.Path]:
        with hub.turn:
            try:
                return [models.Path(**one) for one in map(paths.as_json, paths.paths(hub, code, _at(hub, at, zone)))]
            except UsageError as error:
                raise missing(f"place called {code!r}", error.remedy) from error

    return await beside(found)


@router.get("/zones/{code}/connections")
async def connections(hub: HubHere, caller: Planner, code: str, at: At = "", zone: Zone = "") -> list[models.Eligible]:
    """The connections that belong to a zone at an instant, or all through a day: those that are eligible there."""

    def found() -> list[models.Eligible]:
        try:
            return [models.Eligible(**row) for row in eligible.connections(hub, code, at or hub.clock().text(), zone)]
        except UsageError as error:
            raise Problem(400, str(error.faults[0]), error.remedy) from error

    return await beside(found)


@router.get("/orphans")
async def orphans(hub: HubHere, caller: Planner, at: At = "", zone: Zone = "") -> list[models.Orphan]:
    """What hangs nowhere, and what hangs twice."""

    def found() -> list[models.Orphan]:
        with hub.turn:
            return [models.Orphan(kind=one.kind, place=one.place, known=one.known) for one in report.orphans(hub, _at(hub, at, zone))]

    return await beside(found)


@router.get("/memberships", responses=documented(404))
async def memberships(
    hub: HubHere,
    caller: Asker,
    at: At = "",
    zone: Zone = "",
    connection: Annotated[str, Query(description="Only this one of the partner's own connections.")] = "",
    partner: Annotated[str, Query(description="The operator only: what this partner is told, and what its aliases mean.")] = "",
) -> list[models.Membership]:
    """To which zones and nodes the connections that a partner serves belong, under aliases that are the partner's own."""
    asked = _partner(hub, caller, partner)

    def found() -> list[models.Membership]:
        with hub.turn:
            when = _at(hub, at, zone)
            meant: dict[str, str] = {}

            def alias(kind: str, thing: str) -> str:
                given = hub.aliases.alias(asked.name, kind, thing)
                meant[given] = thing
                return given

            told = northbound.memberships(hub, asked.ids, alias, when)
        shown = [models.Membership(connection=one.connection, zones=list(one.zones), nodes=list(one.nodes)) for one in told]
        if partner and caller.everything:
            for one in shown:
                one.means = {given: meant[given] for given in (*one.zones, *one.nodes)}
        # The same work is done, and the same said, for a connection that is somebody else's and for one that does not exist.
        mine = [one for one in shown if connection in ("", one.connection)]
        if connection and not mine:
            raise missing(f"connection {connection!r} that {asked.name} serves at that moment")
        return mine

    return await beside(found)


def _partner(hub: Hub, caller: Caller, name: str) -> Partner:
    """The partner who asks, or, for the operator, the one named."""
    if name and caller.everything:
        return hub.partners.get(name)
    if name and name != caller.name:
        raise Problem(403, "?partner= names another partner than you", "Leave it out: the key says who you are.")
    if caller.partner is None:
        raise Problem(400, "nobody asks: authentication is off", "Name a partner: ?partner=NAME.")
    return caller.partner
