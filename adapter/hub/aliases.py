"""Names that a partner is given for things it must not know by their own: stable for one partner, unlinkable between two.

An alias is a keyed hash of partner and thing; the key is made once, stays in the hub's file, and is told to nobody.
"""

from __future__ import annotations

import base64
import hmac
import secrets

from adapter.hub.database import Database

SCHEMA = """
CREATE TABLE IF NOT EXISTS secret (
  name TEXT PRIMARY KEY,
  value BLOB NOT NULL
) STRICT;
"""
LENGTH = 10  # bytes of the hash that are shown: two of a million names meet once in a trillion hubs


class Aliases:
    """The aliases of a hub."""

    def __init__(self, database: Database) -> None:
        database.script(SCHEMA)
        found = database.all("SELECT value FROM secret WHERE name = 'aliases'")
        if not found:
            with database.transaction():
                database.run("INSERT INTO secret (name, value) VALUES ('aliases', ?)", secrets.token_bytes(32))
            found = database.all("SELECT value FROM secret WHERE name = 'aliases'")
        self._key = bytes(found[0]["value"])

    def alias(self, partner: str, kind: str, thing: str) -> str:
        """What *partner* knows a *thing* (an IRI) of some *kind* by: `zone-7f3k…`."""
        digest = hmac.digest(self._key, "\x1f".join((partner, kind, thing)).encode(), "sha256")
        return f"{kind}-{base64.b32encode(digest[:LENGTH]).decode().lower()}"
