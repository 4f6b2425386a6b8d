"""What the hub has to find again quickly, beside its journal: what a message carries and brings, which revision holds, how far the store is on disk."""

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

CREATE TABLE IF NOT EXISTS bringing (
  number INTEGER PRIMARY KEY REFERENCES journal (number));

CREATE TABLE IF NOT EXISTS context (
  number INTEGER NOT NULL,
  package TEXT NOT NULL,
  entries TEXT NOT NULL);

CREATE TABLE IF NOT EXISTS erasing (
  number INTEGER PRIMARY KEY REFERENCES journal (number));

CREATE TABLE IF NOT EXISTS mark (
  name TEXT PRIMARY KEY,
  number INTEGER NOT NULL)
"""
MARKS = ("stored", "written_out", "told")


@dataclass(frozen=True, slots=True)
class Marks:
    """Up to which message the store on disk has the graphs (*stored*), the rows written out (*written_out*), and the provenance (*told*)."""

    stored: int = 0
    written_out: int = 0
    told: int = 0


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

    def carried(self, number: int) -> dict[str, int]:
        """How many places each exchange that a message carries is about."""
        query = "SELECT exchange, COUNT(*) AS places FROM carried WHERE number = ? GROUP BY exchange ORDER BY exchange"
        return {str(row["exchange"]): int(row["places"]) for row in self._database.all(query, number)}

    def revision(self, key: str) -> tuple[int, str] | None:
        """The revision that holds of all that share a key, and its graph."""
        rows = self._database.all("SELECT revision, graph FROM lineage WHERE key = ?", key)
        return (int(rows[0]["revision"]), str(rows[0]["graph"])) if rows else None

    def revise(self, key: str, revision: int, graph: str) -> None:
        """From now on *graph* holds of all that share *key*."""
        self._database.run("INSERT OR REPLACE INTO lineage (key, revision, graph) VALUES (?, ?, ?)", key, revision, graph)

    def bring(self, number: int) -> None:
        """Note that a message brings what later ones need."""
        self._database.run("INSERT INTO bringing (number) VALUES (?)", number)

    def bringing(self, after: int, upto: int) -> list[int]:
        """The messages after *after*, at most *upto*, that bring what later ones need, in order."""
        return [int(row["number"]) for row in self._database.all("SELECT number FROM bringing WHERE number > ? AND number <= ? ORDER BY number", after, upto)]

    def remember(self, number: int, package: str, entries: str) -> None:
        """Keep what is known after message *number*, in the place of what was kept before, as *package* understands it."""
        with self._database.transaction():
            self.forget()
            self._database.run("INSERT INTO context (number, package, entries) VALUES (?, ?, ?)", number, package, entries)

    def forget(self) -> None:
        """Keep nothing of what was known: it has to be read from the messages again."""
        self._database.run("DELETE FROM context")

    def remembered(self, package: str, upto: int) -> tuple[int, str]:
        """After which message what was known was kept, and what; (0, "[]") when nothing was, or after a message beyond *upto*, or by another package."""
        rows = self._database.all("SELECT number, entries FROM context WHERE package = ? AND number <= ?", package, upto)
        return (int(rows[0]["number"]), str(rows[0]["entries"])) if rows else (0, "[]")

    def erase(self, number: int) -> None:
        """Note that the store has to forget a message."""
        self._database.run("INSERT OR REPLACE INTO erasing (number) VALUES (?)", number)

    def erased(self, number: int) -> None:
        """The store has forgotten it."""
        self._database.run("DELETE FROM erasing WHERE number = ?", number)

    def erasing(self) -> list[int]:
        """The messages the store has still to forget."""
        return [int(row["number"]) for row in self._database.all("SELECT number FROM erasing ORDER BY number")]

    def marks(self) -> Marks:
        """How far the store on disk is."""
        return Marks(**{row["name"]: int(row["number"]) for row in self._database.all("SELECT name, number FROM mark")})

    def flushed(self, marks: Marks) -> None:
        """The store is on disk so far."""
        with self._database.transaction():
            for name in MARKS:
                self._database.run("INSERT OR REPLACE INTO mark (name, number) VALUES (?, ?)", name, getattr(marks, name))
