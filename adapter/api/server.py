"""A hub served by one process: its socket, its server, its background work, and how all of it ends."""

from __future__ import annotations

import logging
import signal
import socket
from collections.abc import Callable
from pathlib import Path

import uvicorn

from adapter.api.access import is_loopback
from adapter.api.app import create_app
from adapter.api.settings import Settings
from adapter.client import address
from adapter.errors import UsageError
from adapter.hub.background import Background
from adapter.hub.hub import Hub
from adapter.store import Store
from adapter.values import Instant

CONNECTIONS = 512  # at once; more are told to come later
GRACE = 5  # seconds that requests on their way have, when the server ends
log = logging.getLogger("gridglot")


def run(
    host: str,
    port: int,
    data: Path,
    most_bytes: int,
    workers: int,
    clock: Callable[[], Instant],
    elsewhere: Store | None,
    first: Callable[[Hub], None],
    say: Callable[[str, bool], None],
) -> None:
    """Serve the hub of a data folder until a signal comes. *elsewhere*: where the graphs are kept instead of in *data*. *first* is done before; *say* is told the address and if keys are asked for.

    *Raises* `UsageError`, `StorageError`.
    """
    _write_log()
    with Hub(data, clock, workers=workers, replayed=_made_up, elsewhere=elsewhere) as hub:
        locked = hub.partners.has_operator()
        if not is_loopback(host) and not locked:
            raise UsageError(
                f"nobody with the role operator has a key, and {host} can be reached from other machines",
                "Issue one: gridglot partners key NAME. Or serve this machine only: --host 127.0.0.1.",
            )
        with _listen(host, port) as listening, Background(hub):
            first(hub)
            _serve(hub, most_bytes, listening, lambda: say(address(host, listening.getsockname()[1]), locked))


def _serve(hub: Hub, most_bytes: int, listening: socket.socket, begun: Callable[[], None]) -> None:
    ending: list[uvicorn.Server] = []
    settings = Settings(most_bytes, stopping=lambda: ending[0].should_exit, log=log.info)
    config = uvicorn.Config(
        create_app(hub, settings), log_config=None, access_log=False, server_header=False, limit_concurrency=CONNECTIONS, timeout_graceful_shutdown=GRACE
    )
    ending.append(uvicorn.Server(config))
    # uvicorn raises the signal once more when it has ended, for whom it had interrupted; here the hub is still to be closed, and nothing is wrong.
    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, lambda number, frame: None)
    begun()
    ending[0].run(sockets=[listening])


def _made_up(number: int, last: int) -> None:
    """Say how far the store is, while it is made up from the journal."""
    if number % 1000 == 0:
        log.info("the store is made up from the journal: %d of %d messages", number, last)


def _listen(host: str, port: int) -> socket.socket:
    try:
        listening = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        raise UsageError(f"{host}, port {port} cannot be listened at: {error.strerror}", "End what listens there, or choose another --port.") from error
    # Every connection takes this over. asyncio sets it by itself only for sockets that name their protocol, which these do not: without it, the body
    # of an answer waits some 40 ms for the client to acknowledge its head.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def _write_log() -> None:
    """One line for each request on standard error, and what goes wrong beside."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    logging.getLogger().handlers = [handler]
    log.setLevel(logging.INFO)
