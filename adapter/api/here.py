"""What every route finds in its application: the hub, the settings, and how much may run at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, TypeVar, cast

from anyio import CapacityLimiter, to_thread
from fastapi import Depends, Request

from adapter.api.settings import Settings
from adapter.context import Context
from adapter.hub.hub import Hub

T = TypeVar("T")
INTAKE = 4  # messages decoded at once; the hub takes them one by one


async def _hub(request: Request) -> Hub:
    return cast(Hub, request.app.state.hub)


async def _settings(request: Request) -> Settings:
    return cast(Settings, request.app.state.settings)


HubHere = Annotated[Hub, Depends(_hub)]
SettingsHere = Annotated[Settings, Depends(_settings)]


async def beside(call: Callable[[], T], limiter: CapacityLimiter | None = None) -> T:
    """Run what takes a while in a thread: the event loop goes on. A *limiter* of its own keeps it from taking the threads of the other routes."""
    return await to_thread.run_sync(call, limiter=limiter)


def known(hub: Hub, everything: bool) -> Context:
    """What earlier messages said, as it is now: a copy, since messages come in meanwhile. Not *everything*: without what is the operator's own to know."""
    hidden = set() if everything else hub.lib.guarded  # where others are connected, how the grid hangs together
    with hub.turn:
        return Context({key: entry for key, entry in hub.context.entries.items() if key[0] not in hidden})
