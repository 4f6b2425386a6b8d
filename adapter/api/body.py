"""The body of a request: of a media type that is read here, no longer than allowed, and there in time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from fastapi import Request

from adapter.api.problems import Problem
from adapter.api.settings import Settings

CLOSE = {"Connection": "close"}  # what is left of the body is not read


async def read(request: Request, settings: Settings, fits: Callable[[str], bool], expected: str) -> bytes:
    """The body; *raises* `Problem` 415 for a media type that does not fit, 413 as soon as it is too long, 408 when it comes too slowly."""
    check_type(request, fits, expected)
    most = settings.most_bytes
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > most:
        raise _too_long(most)
    data = bytearray()
    try:
        async with asyncio.timeout(settings.seconds):
            async for chunk in request.stream():
                data += chunk
                if len(data) > most:
                    raise _too_long(most)
    except TimeoutError as error:
        raise Problem(408, f"the body was not there after {settings.seconds:g} s", "Send it again, faster; nothing of it was kept.", CLOSE) from error
    return bytes(data)


def _too_long(most: int) -> Problem:
    return Problem(413, f"the body has more than {most} bytes", "Send less at once, or let the operator raise the limit: gridglot serve --max-mb.", CLOSE)


def check_type(request: Request, fits: Callable[[str], bool], expected: str) -> None:
    """*Raises* `Problem` 415 for a media type that does not fit, and for a body in a coding."""
    media = media_type(request)
    if not fits(media):
        raise Problem(415, f"the content type is {media or 'not given'}, and here it is {expected}", f"Set Content-Type to {expected}.", CLOSE)
    if request.headers.get("content-encoding", "identity") != "identity":
        raise Problem(415, "the body is in a content coding, and here it is read as it is", "Send it without Content-Encoding.", CLOSE)


def media_type(request: Request) -> str:
    """The media type of the body, without its parameters: documents say by themselves how they are encoded."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def takes(*media: str) -> dict[str, Any]:
    """What OpenAPI says of a body that is read as it is."""
    return {"requestBody": {"required": True, "content": {one: {"schema": {"type": "string", "format": "binary"}} for one in media}}}
