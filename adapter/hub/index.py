"""What the hub has to find again quickly, beside its journal: what a message carries, which revision holds, what waits, and how far the store is on disk."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from adapter.hub.database import Database

_SCHEMA = """
CREATE TABLE IF NOT EXISTS carried (
  exchange TEXT NOT NULL,
  number INTEGER NOT NULL REFERENCES journal (number),
  place TEXT NOT NULL,
  PRIMARY KEY (exchange, number, place)) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS lineage (
  key TEXT PRIMARY KEY,
  revision INTEGER NOT NULL,
  graph TEXT NOT NULL);

CREATE TABLE IF NOT EXISTS waiting (
  number INTEGER PRIMARY KEY REFERENCES journal (number),
  graph TEXT NOT NULL,
  since INTEGER NOT NULL);

CREATE TABLE IF NOT EXISTS mark (
  name TEXT PRIMARY KEY,
  number INTEGER NOT NULL)
"""
STORED = "stored"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message whose rows are still to be written out, a node for each point; *since* is an epoch second."""

    number: int
    graph: str
    since: int


class Index:
    """These tables in the file of a journal. Raises StorageError when the disk refuses."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.script(_SCHEMA)

    def carry(self, number: int, pairs: Iterable[tuple[str, str]]) -> None:
        """Note which exchanges a message carries, and about which place ("" for none)."""
        for exchange, place in dict.fromkeys(pairs):
            self._database.run("INSERT OR IGNORE INTO carried (exchange, number, place) VALUES (?, ?, ?)", exchange, number, place)

    def carrying(self, exchanges: Sequence[str], places: Sequence[str], after: int, limit: int) -> list[int]:
        """The numbers after *after* of messages that carry one of the exchanges about one of the places (any, when none is named), in order."""
        marks = ", ".join("?" * len(exchanges))
        where = f" AND place IN ({', '.join('?' * len(places))})" if places else ""
        query = f"SELECT DISTINCT number FROM carried WHERE exchange IN ({marks}) AND number > ?{where} ORDER BY number LIMIT ?"  # noqa: S608 - marks only
        return [int(row["number"]) for row in self._database.all(query, *exchanges, after, *places, limit)]

    def revision(self, key: str) -> tuple[int, str] | None:
        """The revision that holds of all that share a key, and its graph."""
        rows = self._database.all("SELECT revision, graph FROM lineage WHERE key = ?", key)
        return (int(rows[0]["revision"]), str(rows[0]["graph"])) if rows else None

    def revise(self, key: str, revision: int, graph: str) -> None:
        """From now on *graph* holds of all that share *key*."""
        self._database.run("INSERT OR REPLACE INTO lineage (key, revision, graph) VALUES (?, ?, ?)", key, revision, graph)

    def wait(self, one: Waiting) -> None:
        """Note that the rows of a message are still to be written out."""
        self._database.run("INSERT OR REPLACE INTO waiting (number, graph, since) VALUES (?, ?, ?)", one.number, one.graph, one.since)

    def waiting(self) -> list[Waiting]:
        """All that wait, in the order they came."""
        return [Waiting(**dict(row)) for row in self._database.all("SELECT number, graph, since FROM waiting ORDER BY number")]

    def stored(self) -> int:
        """Up to which message the store is on disk."""
        rows = self._database.all("SELECT number FROM mark WHERE name = ?", STORED)
        return int(rows[0]["number"]) if rows else 0

    def flushed(self, number: int, expanded: Iterable[int]) -> None:
        """The store is on disk up to message *number*, and so are the rows of those *expanded*."""
        with self._database.transaction():
            self._database.run("INSERT OR REPLACE INTO mark (name, number) VALUES (?, ?)", STORED, number)
            for one in expanded:
                self._database.run("DELETE FROM waiting WHERE number = ?", one)
