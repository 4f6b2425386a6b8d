"""What the hub received and what it answered: on disk before anything is acknowledged.

A row is for ever: number, who, when, which message, hash, outcome. The bytes lie apart and can be erased: the row and its hash stay.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Literal

from adapter.errors import UsageError
from adapter.hub.database import Database
from adapter.values import Instant

State = Literal["done", "refused"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS journal (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL,
  received TEXT NOT NULL,
  sender TEXT NOT NULL,
  standard TEXT NOT NULL,
  message TEXT NOT NULL,
  identity TEXT NOT NULL,
  hash TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('done', 'refused')),
  outcome TEXT NOT NULL,
  answers INTEGER NOT NULL);

CREATE UNIQUE INDEX IF NOT EXISTS journal_same ON journal (sender, identity, hash) WHERE identity <> '';

CREATE INDEX IF NOT EXISTS journal_id ON journal (id);

CREATE INDEX IF NOT EXISTS journal_partner ON journal (json_extract(outcome, '$.partner'), number);

CREATE TABLE IF NOT EXISTS payload (
  number INTEGER NOT NULL REFERENCES journal (number),
  kind TEXT NOT NULL,
  ordinal INTEGER NOT NULL,
  bytes BLOB,
  PRIMARY KEY (number, kind, ordinal))
"""

_ADD = """
INSERT INTO journal (id, received, sender, standard, message, identity, hash, state, outcome, answers) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """A message as it comes in: the IRI of its graph, when it came (with zone), who sent it, what it is, and what its sender calls it.

    *identity* is what tells it from all other messages of *sender*; empty when it has none, and then it is always new.
    """

    id: str
    received: Instant
    sender: str
    standard: str
    message: str
    identity: str


@dataclass(frozen=True, slots=True)
class Row(Entry):
    """A line of the journal. *received* is in UTC, *hash* is SHA-256 in hex, *answers* counts."""

    number: int
    hash: str
    state: State
    outcome: Mapping[str, object]
    answers: int


class Journal:
    """The journal in the SQLite file *path*. One hub has it at a time; its threads may share it.

    Raises UsageError when another hub holds the folder of *path*, StorageError when the disk refuses; then nothing of the call was kept.
    """

    def __init__(self, path: Path) -> None:
        self.database = Database(path)
        try:
            self.database.script(_SCHEMA)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Give the file and its folder back; a second call does nothing."""
        self.database.close()

    def transaction(self) -> AbstractContextManager[None]:
        """Join several calls (here and of the outbox): all are kept or none, and they are on disk when the outermost one ends."""
        return self.database.transaction()

    def add(self, entry: Entry, data: bytes, state: State, outcome: Mapping[str, object], answers: Sequence[bytes], digest: str = "") -> Row:
        """Keep a message, its bytes, what became of it and what was answered (the bytes, in order); on disk when this returns.

        *outcome* is anything JSON can say; *digest* the SHA-256 of the bytes in hex, if it is known already. Raises UsageError when *received* has no zone,
        the outcome cannot be written, or its sender sent the same bytes under the same identity before.
        """
        if not entry.received.zoned:
            raise UsageError(f"the time of receipt {entry.received.text()} has no zone: take it from a clock that knows its own")
        try:
            text = json.dumps(outcome, allow_nan=False)
        except (TypeError, ValueError) as error:
            raise UsageError(f"the outcome of a message cannot be written as JSON: {error}") from error
        received, digest = entry.received._replace(zone="Z"), digest or hashlib.sha256(data).hexdigest()
        values = (entry.id, received.text(), entry.sender, entry.standard, entry.message, entry.identity, digest, state, text, len(answers))
        with self.transaction():
            try:
                number = int(self.database.run(_ADD, *values).lastrowid or 0)
            except sqlite3.IntegrityError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_CONSTRAINT_UNIQUE:
                    raise  # a mistake of this package
                raise UsageError(f"the message {entry.identity!r} of {entry.sender!r} was added before: known() finds it") from error
            self.keep(number, "received", 0, data)
            for ordinal, one in enumerate(answers):
                self.keep(number, "answer", ordinal, one)
        return Row(entry.id, received, entry.sender, entry.standard, entry.message, entry.identity, number, digest, state, json.loads(text), len(answers))

    def keep(self, number: int, kind: str, ordinal: int, data: bytes) -> None:
        """Keep bytes that belong to a row, erased with it; *kind* and *ordinal* tell them apart."""
        self.database.run("INSERT INTO payload (number, kind, ordinal, bytes) VALUES (?, ?, ?, ?)", number, kind, ordinal, data)

    def row(self, number: int) -> Row:
        """The row of a number; raises UsageError when there is none."""
        row = _first(self.database.all("SELECT * FROM journal WHERE number = ?", number))
        if row is None:
            raise UsageError(f"the journal has no message {number}: rows() lists those it has")
        return row

    def find(self, id: str, state: State | None = None) -> Row | None:
        """The first row of the message graph *id* (an IRI), of those in *state* if one is named; or None."""
        return _first(self.database.all("SELECT * FROM journal WHERE id = ? AND state = COALESCE(?, state) ORDER BY number LIMIT 1", id, state))

    def rows(self, after: int = 0, limit: int = 100, partner: str = "") -> list[Row]:
        """At most *limit* rows with numbers greater than *after*, in order; of one partner, or ("") of all."""
        where, values = ("json_extract(outcome, '$.partner') = ? AND ", [partner]) if partner else ("", [])
        query = f"SELECT * FROM journal WHERE {where}number > ? ORDER BY number LIMIT ?"  # noqa: S608 - a constant of this file
        return [_row(found) for found in self.database.all(query, *values, after, max(limit, 0))]

    def taken(self, standard: str, message: str) -> list[Row]:
        """The rows of one message of a standard that were taken, in order."""
        query = "SELECT * FROM journal WHERE standard = ? AND message = ? AND state = 'done' ORDER BY number"
        return [_row(found) for found in self.database.all(query, standard, message)]

    def last(self) -> int:
        """The number of the last message; 0 when there is none."""
        return int(self.database.all("SELECT COALESCE(MAX(number), 0) AS number FROM journal")[0]["number"])

    def known(self, sender: str, identity: str, digest: str) -> Row | None:
        """The row of the same sender, identity and bytes (their SHA-256 in hex); else the first of the same sender and identity; None for no identity."""
        query = "SELECT * FROM journal WHERE sender = ? AND identity = ? AND identity <> '' ORDER BY hash <> ?, number LIMIT 1"
        return _first(self.database.all(query, sender, identity, digest))

    def erased(self, after: int, upto: int) -> set[int]:
        """The messages with numbers greater than *after*, at most *upto*, whose bytes were erased."""
        query = "SELECT number FROM payload WHERE kind = 'received' AND bytes IS NULL AND number > ? AND number <= ?"
        return {int(found["number"]) for found in self.database.all(query, after, upto)}

    def data(self, number: int) -> bytes | None:
        """The bytes received; None when they were erased. Raises UsageError for an unknown number."""
        return self.payload(number, "received")[0]

    def answers(self, number: int) -> list[bytes | None]:
        """The bytes answered, in order; None for those erased. Raises UsageError for an unknown number."""
        return self.payload(number, "answer")

    def payload(self, number: int, kind: str) -> list[bytes | None]:
        """All bytes of one kind that belong to a row, in order; None for those erased. Raises UsageError for an unknown number."""
        self.row(number)
        return [found["bytes"] for found in self.database.all("SELECT bytes FROM payload WHERE number = ? AND kind = ? ORDER BY ordinal", number, kind)]

    def erase(self, number: int) -> None:
        """Erase all bytes of a message, from the disk too; its row and hash stay. Raises UsageError for an unknown number."""
        with self.transaction():
            self.row(number)
            self.database.run("UPDATE payload SET bytes = NULL WHERE number = ?", number)
            self.database.scrub()


def _first(found: Sequence[sqlite3.Row]) -> Row | None:
    return _row(found[0]) if found else None


def _row(found: sqlite3.Row) -> Row:
    values = dict(found)
    outcome = values.pop("outcome")
    return Row(**{**values, "received": Instant.read(values["received"]), "outcome": json.loads(outcome)})
