"""What a running hub does beside receiving: it writes rows out, brings the store to disk, and sends what the outbox holds."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Event, Thread
from types import TracebackType

import httpx

from adapter.errors import HubError
from adapter.hub.hub import Hub
from adapter.hub.outbox import Item

log = logging.getLogger("gridglot")

IDLE_S = 0.05  # how long the threads rest when there is nothing to do
LATE_S = 10  # so long rows wait for a moment in which no message comes; then they are written out in between
FLUSH_S = 5.0  # after so long without work the store is brought to disk
TIMEOUT_S = 10.0
PARTNERS = 4  # that are sent to at once
LATER = {408, 425, 429}  # and all of 5xx: the partner may take it later (RFC 9110, RFC 6585, RFC 8470)


@dataclass(frozen=True, slots=True)
class Posted:
    """How a post ended: taken, or why not, and whether it is worth trying again."""

    taken: bool
    reason: str = ""
    temporary: bool = False


def post(item: Item) -> Posted:
    """Post an item to its endpoint; redirects are not followed."""
    headers = {"Content-Type": item.content_type, "Idempotency-Key": f"gridglot-{item.number}", "User-Agent": "gridglot"}
    try:
        answer = httpx.post(item.endpoint, content=item.body or b"", headers=headers, timeout=TIMEOUT_S)
    except httpx.InvalidURL as error:
        return Posted(False, f"no address: {error}")
    except httpx.HTTPError as error:
        return Posted(False, f"{type(error).__name__}: {error}", temporary=True)
    temporary = answer.status_code in LATER or answer.status_code >= 500
    return Posted(answer.is_success, f"{answer.status_code} {answer.reason_phrase}", temporary)


class Background:
    """The two threads of a hub that is served, from `__enter__` to `__exit__`. *send* posts an item."""

    def __init__(self, hub: Hub, send: Callable[[Item], Posted] = post) -> None:
        self.hub = hub
        self._send = send
        self._stop = Event()
        self._threads = [Thread(target=self._run, args=(step,), name=f"gridglot-{step.__name__}", daemon=True) for step in (self.write_out, self.deliver)]
        self._rested = 0.0
        self._seen = hub.last

    def __enter__(self) -> Background:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _run(self, step: Callable[[], bool]) -> None:
        """Do a step again and again; rest when it had nothing to do. What goes wrong is said, and ends nothing."""
        while not self._stop.is_set():
            try:
                worked = step()
            except HubError as error:
                log.error("%s: %s", step.__name__, error)
                worked = False
            if not worked:
                self._stop.wait(IDLE_S)

    def write_out(self) -> bool:
        """Write the rows of one message out; without any, bring the store to disk from time to time.

        A message that comes meanwhile waits, and it takes many times as long as a message takes: so messages come first, as long as rows are not late.
        """
        seen, self._seen = self._seen, self.hub.last
        if seen != self._seen and self.hub.lag()[1] < LATE_S:
            return False
        if self.hub.expand(most=1):
            self._rested = 0.0
            return True
        self._rested += IDLE_S
        if self._rested >= FLUSH_S and not self.hub.settled:
            self.hub.flush()
            self._rested = 0.0
        return False

    def deliver(self) -> bool:
        """Send what is due, to several partners at once, to each in order."""
        items = self.hub.outbox.first_due(self.hub.clock())
        if not items:
            return False
        with ThreadPoolExecutor(PARTNERS) as pool:
            for item, posted in zip(items, pool.map(self._send, items), strict=True):
                self._settle(item, posted)
        return True

    def _settle(self, item: Item, posted: Posted) -> None:
        if posted.taken:
            self.hub.outbox.sent(item)
            return
        now = self.hub.outbox.failed(item, posted.reason, posted.temporary, self.hub.clock())
        log.warning(
            "item %d for %s was not taken (%s): %s", item.number, item.partner, posted.reason, "laid aside" if now.state == "dead" else "tried again later"
        )
