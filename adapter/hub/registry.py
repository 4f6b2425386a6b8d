"""The partner registry: who may send, as whom, and by which key. Every version of a partner is kept, so that old messages can be read as they were then."""

from __future__ import annotations

import hashlib
import secrets

from adapter.errors import UsageError
from adapter.hub.database import Database
from adapter.partners import Partner, read_partner
from adapter.values import Instant

PREFIX = "gg_"  # so that a key is known for one where it should not be, in a log or a repository

_SCHEMA = """
CREATE TABLE IF NOT EXISTS partner (
  name TEXT NOT NULL,
  version INTEGER NOT NULL,
  since TEXT NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (name, version));

CREATE TABLE IF NOT EXISTS api_key (
  hash TEXT PRIMARY KEY,
  partner TEXT NOT NULL,
  since TEXT NOT NULL)
"""


class Registry:
    """The partners in the file of a journal. Raises UsageError for what is wrong in a partner file, StorageError when the disk refuses."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.script(_SCHEMA)
        self._partners: dict[str, Partner] = {}
        self._versions: dict[str, int] = {}
        self._senders: dict[str, str] = {}
        self._before: dict[tuple[str, int], Partner | None] = {}  # older versions, once they were read
        self._load()

    def _load(self) -> None:
        """Take the last version of every partner that was not removed into memory."""
        newest = "SELECT name, MAX(version) AS version, text FROM partner GROUP BY name ORDER BY name"
        for row in self._database.all(newest):
            if row["text"]:
                self._know(read_partner(row["text"], f"partner {row['name']}"), int(row["version"]))

    def _know(self, partner: Partner, version: int) -> None:
        """From now on this version of a partner holds."""
        self._forget(partner.name)
        self._partners[partner.name], self._versions[partner.name] = partner, version
        self._senders.update(dict.fromkeys(partner.ids, partner.name))

    def _forget(self, name: str) -> None:
        for iri in self._partners[name].ids if name in self._partners else ():
            self._senders.pop(iri, None)
        self._partners.pop(name, None)
        self._versions.pop(name, None)

    def put(self, text: str, now: Instant, shown: str = "the partner file") -> Partner:
        """Register a partner, or the next version of one, from the text of its file (YAML, or JSON)."""
        partner = read_partner(text, shown)
        for iri in partner.ids:
            if self._senders.get(iri, partner.name) != partner.name:
                raise UsageError(f"{iri} is the partner {self._senders[iri]} already", "One identifier belongs to one partner.")
        if self.text(partner.name) != text:
            self._know(partner, self._add(partner.name, now, text))
        return partner

    def remove(self, name: str, now: Instant) -> None:
        """Forget a partner and its keys; what was received from it stays. Raises UsageError for an unknown name."""
        self.get(name)
        with self._database.transaction():
            self._database.run("DELETE FROM api_key WHERE partner = ?", name)
            self._add(name, now, "")
        self._forget(name)

    def _add(self, name: str, now: Instant, text: str) -> int:
        """Keep the next version of a partner's file ("" for none any more), and give its number."""
        with self._database.transaction():
            found = self._database.all("SELECT MAX(version) AS version FROM partner WHERE name = ?", name)
            version = int(found[0]["version"] or 0) + 1
            since = now._replace(zone="Z").text()
            self._database.run("INSERT INTO partner (name, version, since, text) VALUES (?, ?, ?, ?)", name, version, since, text)
        return version

    def get(self, name: str) -> Partner:
        """The partner of a name; raises UsageError naming those there are."""
        if name not in self._partners:
            raise UsageError(f"no partner is called {name!r}; known are {', '.join(self._partners) or 'none'}", "PUT /v1/partners/NAME registers one.")
        return self._partners[name]

    def all(self) -> list[Partner]:
        """All partners, by name."""
        return [self._partners[name] for name in sorted(self._partners)]

    def text(self, name: str) -> str:
        """The file of a partner as it was given; empty for an unknown name."""
        return self._partners[name].text if name in self._partners else ""

    def sender(self, iri: str) -> Partner | None:
        """The partner that messages name by *iri*; None when nobody is called so."""
        return self._partners.get(self._senders.get(iri, ""))

    def version(self, name: str) -> int:
        """The number of the partner's present version; 0 for an unknown name."""
        return self._versions.get(name, 0)

    def as_of(self, name: str, version: int) -> Partner | None:
        """The partner as it was at a version; None when there is no such version."""
        if version == self.version(name):
            return self._partners.get(name)
        if (name, version) not in self._before:
            rows = self._database.all("SELECT text FROM partner WHERE name = ? AND version = ? AND text <> ''", name, version)
            self._before[name, version] = read_partner(rows[0]["text"], f"partner {name}") if rows else None
        return self._before[name, version]

    def issue_key(self, name: str, now: Instant) -> str:
        """A new API key of a partner. It is shown once: the hub keeps its hash only."""
        self.get(name)
        key = PREFIX + secrets.token_urlsafe(32)
        self._database.run("INSERT INTO api_key (hash, partner, since) VALUES (?, ?, ?)", _hash(key), name, now._replace(zone="Z").text())
        return key

    def withdraw_keys(self, name: str) -> int:
        """Make all keys of a partner worthless; returns how many there were."""
        return self._database.run("DELETE FROM api_key WHERE partner = ?", name).rowcount

    def of_key(self, key: str) -> Partner | None:
        """The partner whose key this is; None for a key nobody has."""
        rows = self._database.all("SELECT partner FROM api_key WHERE hash = ?", _hash(key))
        return self._partners.get(rows[0]["partner"]) if rows else None

    def has_operator(self) -> bool:
        """Somebody with the role operator has a key: the hub can be run with authentication."""
        holders = {row["partner"] for row in self._database.all("SELECT DISTINCT partner FROM api_key")}
        return any("operator" in self._partners[name].roles for name in holders if name in self._partners)


def _hash(key: str) -> str:
    # A key is 256 random bits: nothing is gained by salt or a slow hash, and a lookup by hash takes the same time for every wrong key.
    return hashlib.sha256(key.encode()).hexdigest()
