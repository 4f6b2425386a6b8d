"""Who wants to hear of which messages: by exchange and place; posted to it (webhook), or fetched by it (long poll)."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from adapter.errors import UsageError
from adapter.hub.database import Database
from adapter.values import Instant

_SCHEMA = """
CREATE TABLE IF NOT EXISTS subscription (
  id TEXT PRIMARY KEY,
  partner TEXT NOT NULL,
  exchanges TEXT NOT NULL,
  places TEXT NOT NULL,
  standard TEXT NOT NULL,
  webhook TEXT NOT NULL,
  since TEXT NOT NULL)
"""


@dataclass(frozen=True, slots=True)
class Subscription:
    """*partner* wants messages that carry one of *exchanges* (rows of the grid) about one of *places* (IRIs; none: about any).

    *webhook* is where they are posted ("": they are fetched by long poll); *standard* is the one they are translated to ("": an event in JSON tells of them).
    """

    id: str
    partner: str
    exchanges: tuple[str, ...]
    places: tuple[str, ...]
    standard: str
    webhook: str
    since: str

    def wants(self, pairs: Sequence[tuple[str, str]]) -> bool:
        """It is about a message that carries these (exchange, place)."""
        return any(exchange in self.exchanges and (not self.places or place in self.places) for exchange, place in pairs)


class Subscriptions:
    """The subscriptions in the file of a journal. Raises UsageError for an unknown one, StorageError when the disk refuses."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.script(_SCHEMA)
        self._known = {found.id: found for found in self._read()}

    def _read(self) -> list[Subscription]:
        rows = [dict(row) for row in self._database.all("SELECT * FROM subscription ORDER BY since, id")]
        return [Subscription(**{**row, "exchanges": tuple(json.loads(row["exchanges"])), "places": tuple(json.loads(row["places"]))}) for row in rows]

    def to_places(self) -> bool:
        """Somebody wants to hear of some places only."""
        return any(one.places for one in self.all())

    def add(self, partner: str, exchanges: Sequence[str], places: Sequence[str], standard: str, webhook: str, now: Instant) -> Subscription:
        """Keep a new subscription."""
        one = Subscription(str(uuid.uuid4()), partner, tuple(exchanges), tuple(places), standard, webhook, now._replace(zone="Z").text())
        self._database.run(
            "INSERT INTO subscription (id, partner, exchanges, places, standard, webhook, since) VALUES (?, ?, ?, ?, ?, ?, ?)",
            one.id,
            partner,
            json.dumps(one.exchanges),
            json.dumps(one.places),
            standard,
            webhook,
            one.since,
        )
        self._known[one.id] = one
        return one

    def get(self, id: str) -> Subscription:
        if id not in self._known:
            raise UsageError(f"there is no subscription {id!r}", "GET /v1/subscriptions lists them.")
        return self._known[id]

    def all(self, partner: str = "") -> list[Subscription]:
        """All subscriptions, or those of one partner, oldest first."""
        return [one for one in self._known.values() if partner in ("", one.partner)]

    def remove(self, id: str) -> None:
        self.get(id)
        self._database.run("DELETE FROM subscription WHERE id = ?", id)
        del self._known[id]

    def wanting(self, pairs: Sequence[tuple[str, str]]) -> list[Subscription]:
        """The subscriptions that a message which carries these (exchange, place) is for."""
        return [one for one in self._known.values() if one.wants(pairs)]
