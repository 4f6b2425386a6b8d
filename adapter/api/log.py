"""Around every request: one line in the log, without bodies, keys or queries; and headers that keep browsers from running what partners send."""

from __future__ import annotations

import time
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS = [(b"x-content-type-options", b"nosniff"), (b"content-security-policy", b"default-src 'none'; sandbox"), (b"cache-control", b"no-store")]


class Logged:
    """An application whose responses are logged: method, path, status, milliseconds."""

    def __init__(self, app: ASGIApp, log: Callable[[str], None]) -> None:
        self.app, self.log = app, log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun, status = time.perf_counter(), 0

        async def pass_on(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message = {**message, "headers": [*message.get("headers", []), *HEADERS]}
            await send(message)

        try:
            await self.app(scope, receive, pass_on)
        finally:
            path = scope["path"].encode("unicode_escape").decode("ascii")  # a line stays a line
            self.log(f"{scope['method']} {path} {status or '-'} {(time.perf_counter() - begun) * 1000:.0f} ms")
