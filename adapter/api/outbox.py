"""What could not be sent, for the operator: the items laid aside with their reasons, and sending one after all."""

from __future__ import annotations

from fastapi import APIRouter

from adapter.api import models
from adapter.api.access import Operator
from adapter.api.here import HubHere
from adapter.api.problems import Problem, documented, missing
from adapter.errors import UsageError
from adapter.hub.outbox import Item

router = APIRouter(prefix="/outbox", tags=["outbox"], responses=documented(401, 403))


def _shown(item: Item) -> models.Item:
    return models.Item(
        number=item.number,
        because=item.because,
        partner=item.partner,
        endpoint=item.endpoint,
        content_type=item.content_type,
        state=item.state,
        attempts=item.attempts,
        reason=item.reason,
    )


@router.get("")
def laid_aside(hub: HubHere, caller: Operator) -> list[models.Item]:
    """What was laid aside since it could not be sent, oldest first, each with its reason."""
    return [_shown(item) for item in hub.outbox.dead()]


@router.post("/{number}/replay", responses=documented(404, 409, 503))
def replay(hub: HubHere, caller: Operator, number: int) -> models.Item:
    """Send what was laid aside after all, with all its attempts."""
    if number not in {item.number for item in hub.outbox.dead()}:
        raise missing(f"item {number} that was laid aside", "GET /v1/outbox lists them.")
    try:
        return _shown(hub.outbox.replay(number, hub.clock()))
    except UsageError as error:  # its bytes were erased
        raise Problem(409, str(error.faults[0]), error.remedy) from error
