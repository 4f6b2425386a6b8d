"""Hubs behind their HTTP door, in this process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from anyio.from_thread import BlockingPortal, start_blocking_portal
from fastapi import FastAPI
from parties import CHANNEL, CONVERSATION, example_hub

from adapter.api.app import create_app
from adapter.api.settings import Settings
from adapter.hub.hub import Hub

HERE = "http://127.0.0.1"
TYPES = {".xml": "application/xml", ".json": "application/json", ".csv": "text/csv"}
REQUEST = (CONVERSATION / "01_flex_request.xml").read_bytes()
BAD = REQUEST.replace(b'MinPower="-220000" MaxPower="-220000"', b'MinPower="-220000" MaxPower="-230000"')
XML = {"content-type": "application/xml"}


class InProcess(httpx.BaseTransport):
    """Requests to an application in this process, in an event loop of its own thread: many may run at once."""

    def __init__(self, app: FastAPI, portal: BlockingPortal) -> None:
        self._inner, self._portal = httpx.ASGITransport(app, raise_app_exceptions=False), portal

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._portal.call(self._answer, request, request.read())

    async def _answer(self, request: httpx.Request, body: bytes) -> httpx.Response:
        whole = httpx.Request(request.method, request.url, headers=request.headers, content=body, extensions=request.extensions)
        found = await self._inner.handle_async_request(whole)
        return httpx.Response(found.status_code, headers=found.headers, content=await found.aread())


@contextmanager
def transport(hub: Hub, settings: Settings | None = None) -> Iterator[InProcess]:
    """What carries requests to a hub."""
    with start_blocking_portal() as portal:
        yield InProcess(create_app(hub, settings), portal)


@contextmanager
def opened(hub: Hub, settings: Settings | None = None) -> Iterator[httpx.Client]:
    """A client of a hub."""
    with transport(hub, settings) as inner, httpx.Client(transport=inner, base_url=HERE, timeout=60) as client:
        yield client


@contextmanager
def door(folder: Path, settings: Settings | None = None) -> Iterator[tuple[Hub, httpx.Client]]:
    """The hub of the example conversation, and a client of it. Nobody has a key."""
    with example_hub(folder) as hub, opened(hub, settings) as client:
        yield hub, client


def post(client: httpx.Client, name: str, **headers: str) -> httpx.Response:
    """Send a message of the example conversation."""
    file = CONVERSATION / name
    return client.post(
        "/v1/messages", params={"partner": CHANNEL.get(name, "")}, content=file.read_bytes(), headers={"content-type": TYPES[file.suffix], **headers}
    )


def keys(hub: Hub, *names: str) -> dict[str, dict[str, str]]:
    """A key for each partner, as the header that carries it."""
    return {name: {"authorization": f"Bearer {hub.partners.issue_key(name, hub.clock())}"} for name in names}
