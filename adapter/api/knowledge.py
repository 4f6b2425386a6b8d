"""What the hub knows without any message: grid, exchanges, mappings, questions."""

from __future__ import annotations

from fastapi import APIRouter

from adapter import coverage
from adapter.api import models
from adapter.api.access import Asker
from adapter.api.here import HubHere
from adapter.api.problems import documented
from adapter.resources import folder, walk
from adapter.store.questions import named

router = APIRouter(tags=["knowledge"], responses=documented(401))


@router.get("/coverage")
def grid(hub: HubHere, caller: Asker) -> models.Coverage:
    """The acceptance grid: which cell and which leg a test proves."""
    return models.Coverage.model_validate(coverage.as_json(hub.lib))


@router.get("/exchanges")
def exchanges(hub: HubHere, caller: Asker) -> list[models.Exchange]:
    """The data exchanges, and the services of this hub that take each."""
    return [
        models.Exchange(row=row, title=one.title, essentials=one.essentials, services=[service.name for service in hub.routes.table.get(row, ())])
        for row, one in hub.lib.exchanges.items()
        if row != "message"
    ]


@router.get("/mappings")
def mappings(hub: HubHere, caller: Asker) -> list[models.Mapping]:
    """The messages that are read and written, by standard."""
    return [
        models.Mapping(
            id=one.id,
            standard=one.standard.name,
            message=one.name,
            versions=one.standard.versions.split(),
            exchanges=list(dict.fromkeys(use.exchange.row for use in one.uses)),
        )
        for one in hub.lib.mappings()
    ]


@router.get("/questions")
def questions(caller: Asker) -> list[models.Question]:
    """The named questions, for /v1/sparql?name=."""
    names = sorted(path.rpartition("/")[2].removesuffix(".rq") for path, _ in walk(folder("sparql"), ".rq"))
    return [_question(name) for name in names]


def _question(name: str) -> models.Question:
    found = named(name)
    parameters = [models.Parameter(name=one, type=kind, narrows=found.narrows.get(one, "")) for one, kind in found.parameters.items()]
    return models.Question(name=name, asks=found.asks, parameters=parameters, columns=dict(found.columns))
