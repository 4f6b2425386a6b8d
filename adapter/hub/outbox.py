"""What the hub still has to send: kept with the journal, tried again later and later, laid aside with a reason when it cannot be sent.

A crash between sending and `sent()` sends again: receivers hear of everything at least once.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from adapter.errors import UsageError
from adapter.hub.journal import Journal
from adapter.values import Instant

KIND = "outgoing"

# Erased bytes cannot be sent: what waits with them is laid aside in the same transaction, whoever erases.
_SCHEMA = f"""
CREATE TABLE IF NOT EXISTS outbox (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  because INTEGER NOT NULL REFERENCES journal (number),
  partner TEXT NOT NULL,
  endpoint TEXT NOT NULL,
  content_type TEXT NOT NULL,
  state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'dead')),
  attempts INTEGER NOT NULL DEFAULT 0,
  due INTEGER,
  reason TEXT NOT NULL DEFAULT '');

CREATE INDEX IF NOT EXISTS outbox_state ON outbox (state, due);

CREATE INDEX IF NOT EXISTS outbox_partner ON outbox (partner, number) WHERE state = 'waiting';

CREATE TRIGGER IF NOT EXISTS outbox_erased AFTER UPDATE OF bytes ON payload WHEN NEW.bytes IS NULL AND NEW.kind = '{KIND}'
BEGIN UPDATE outbox SET state = 'dead', reason = 'its bytes were erased before it was sent' WHERE number = NEW.ordinal AND state = 'waiting'; END
"""  # noqa: S608 - a constant of this file

_ITEM = f"""
SELECT outbox.*, payload.bytes AS body FROM outbox
JOIN payload ON payload.number = outbox.because AND payload.kind = '{KIND}' AND payload.ordinal = outbox.number
"""  # noqa: S608 - a constant of this file

# An item that lies further ahead than any wait was put there by a clock that has been set back since.
_DUE = "state = 'waiting' AND (due IS NULL OR due <= ? OR due > ?)"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to send: *body* as *content_type* to *endpoint* of *partner*, because of a row of the journal.

    *attempts* counts those made since it was added or replayed; *due* is the epoch second of the next (None: at once); *reason* is why the last failed.
    *body* is None when it was erased.
    """

    number: int
    because: int
    partner: str
    endpoint: str
    content_type: str
    state: Literal["waiting", "sent", "dead"]
    attempts: int
    due: int | None
    reason: str
    body: bytes | None


@dataclass(frozen=True, slots=True)
class Retry:
    """How to try again: after the n-th failure within base_s · 2ⁿ⁻¹ seconds, at most cap_s; after *attempts* failures no more.

    >>> [Retry(base_s=10, cap_s=60).ceiling_s(attempts) for attempts in (1, 2, 3, 4, 1000)]
    [10, 20, 40, 60, 60]
    """

    base_s: int = 10
    cap_s: int = 3600
    attempts: int = 15

    def ceiling_s(self, attempts: int) -> int:
        """The longest wait in seconds after so many failures (1 or more)."""
        return min(self.cap_s, self.base_s << min(attempts - 1, 32))


class Outbox:
    """The outbox in the file of a journal. *draw* gives a number from 0 up to, not including, 1: the wait is that part of the ceiling (full jitter).

    Raises StorageError when the disk refuses; then nothing of the call was kept.
    """

    def __init__(self, journal: Journal, retry: Retry | None = None, draw: Callable[[], float] = random.random) -> None:
        self._journal = journal
        self._database = journal.database
        self._retry = retry or Retry()
        self._draw = draw
        self._database.script(_SCHEMA)

    def add(self, partner: str, endpoint: str, body: bytes, content_type: str, because: int) -> int:
        """Keep something to send at once, and give its number; with `journal.transaction()` around it, together with what it answers.

        *because* is the number of the message in the journal that asks for it; to erase that one erases *body* too. Raises UsageError when it is unknown.
        """
        with self._journal.transaction():
            self._journal.row(because)
            added = self._database.all(
                "INSERT INTO outbox (because, partner, endpoint, content_type) VALUES (?, ?, ?, ?) RETURNING number", because, partner, endpoint, content_type
            )
            number = int(added[0]["number"])
            self._journal.keep(because, KIND, number, body)
        return number

    def due(self, now: Instant, limit: int = 100) -> list[Item]:
        """At most *limit* items to try at *now*, in the order they were added. They stay due until `sent()` or `failed()` is told."""
        return self._items(_DUE, now.epoch, now.epoch + self._retry.cap_s, limit=limit)

    def first_due(self, now: Instant) -> list[Item]:
        """Of what waits for each partner the first, where it is due at *now*: a partner gets things in the order they were added, one at a time."""
        first = "outbox.number IN (SELECT MIN(number) FROM outbox WHERE state = 'waiting' GROUP BY partner)"
        return self._items(f"{first} AND {_DUE}", now.epoch, now.epoch + self._retry.cap_s)

    def sent(self, item: Item) -> None:
        """The partner has it. Raises UsageError when the item was settled since it was read."""
        self._settle(item, "sent", item.due, "")

    def failed(self, item: Item, reason: str, temporary: bool, now: Instant) -> Item:
        """The partner does not have it, and why. A temporary failure waits for the next attempt; a lasting one, or the last attempt, is laid aside.

        Gives the item as it is now. Raises UsageError when it was settled since it was read.
        """
        attempts = item.attempts + 1
        if not temporary or attempts >= self._retry.attempts:
            return self._settle(item, "dead", item.due, reason)
        return self._settle(item, "waiting", now.epoch + int(self._retry.ceiling_s(attempts) * self._draw()), reason)

    def _settle(self, item: Item, state: str, due: int | None, reason: str) -> Item:
        with self._journal.transaction():
            changed = self._database.run(
                "UPDATE outbox SET state = ?, attempts = attempts + 1, due = ?, reason = ? WHERE number = ? AND state = 'waiting' AND attempts = ?",
                state,
                due,
                reason,
                item.number,
                item.attempts,
            )
            if not changed.rowcount:
                raise UsageError(f"item {item.number} of the outbox has changed since it was read: take it from due() again")
            return self._item(item.number)

    def dead(self) -> list[Item]:
        """What was laid aside, each with its reason, in the order it was added."""
        return self._items("state = 'dead'")

    def replay(self, number: int, now: Instant) -> Item:
        """Send what was laid aside after all: due at *now*, with all its attempts. Raises UsageError when it was not laid aside, or was erased."""
        with self._journal.transaction():
            item = self._item(number)
            if item.state != "dead":
                raise UsageError(f"item {number} of the outbox is {item.state}: only what dead() lists can be replayed")
            if item.body is None:
                raise UsageError(f"item {number} of the outbox was erased: let its message be sent to the hub again")
            self._database.run("UPDATE outbox SET state = 'waiting', attempts = 0, due = ? WHERE number = ?", now.epoch, number)
            return self._item(number)

    def _item(self, number: int) -> Item:
        found = self._items("outbox.number = ?", number)
        if not found:
            raise UsageError(f"the outbox has no item {number}: dead() lists those laid aside")
        return found[0]

    def _items(self, where: str, *values: int, limit: int = -1) -> list[Item]:
        found = self._database.all(f"{_ITEM} WHERE {where} ORDER BY outbox.number LIMIT ?", *values, limit)
        return [Item(**dict(row)) for row in found]
