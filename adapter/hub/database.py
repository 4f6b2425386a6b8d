"""The one SQLite file of a hub: one connection, one lock, transactions that are on disk when they end."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock

from adapter.errors import Fault, StorageError, UsageError
from adapter.hub.hold import Hold

VERSION = 1

Value = str | int | bytes | None

_REMEDIES = {
    sqlite3.SQLITE_FULL: "Free space on the disk and send again: nothing of this was kept.",
    sqlite3.SQLITE_IOERR: "Look at the disk and its log, then send again: nothing of this was acknowledged.",
    sqlite3.SQLITE_BUSY: "Close the other program that writes to this file, then send again: nothing of this was kept.",
    sqlite3.SQLITE_READONLY: "Let the hub write to the file and its folder, then send again: nothing of this was kept.",
    sqlite3.SQLITE_CANTOPEN: "Let the hub read and write the file and its folder.",
    sqlite3.SQLITE_CORRUPT: "Stop the hub and put back the last backup of this file.",
    sqlite3.SQLITE_NOTADB: "This is no journal of the hub: move the file away, or name another one.",
}


class Database:
    """The SQLite file at *path*, made if it is missing; its folder is held against other hubs until `close()`.

    Raises UsageError when another hub holds the folder, when the file is of a later version or closed; StorageError when the disk refuses.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = RLock()
        self._depth = 0
        self._scrub = False
        self._hold: Hold | None = Hold(path.parent)
        self._connection: sqlite3.Connection | None = None
        try:
            with self._spoken():
                path.touch(0o600)  # before SQLite makes it for all to read; its log takes the same rights
                self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
                self._prepare(self._connection)
        except BaseException:
            self.close()
            raise

    def _prepare(self, connection: sqlite3.Connection) -> None:
        connection.row_factory = sqlite3.Row
        found = connection.execute("PRAGMA user_version").fetchone()[0]
        if found not in (0, VERSION):
            raise UsageError(Fault(str(self.path), f"is of version {found}, and this hub knows version {VERSION}"), "Start the later hub that wrote it.")
        # FULL: a commit waits for the disk. secure_delete: what is erased is overwritten, not only forgotten.
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "fullfsync=ON",
            "secure_delete=ON",
            "foreign_keys=ON",
            "wal_autocheckpoint=4000",
            f"user_version={VERSION}",
        ):
            connection.execute(f"PRAGMA {pragma}")
        _sync(self.path.parent)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside is kept or nothing; on disk when the outermost one ends. Other threads wait. An inner one can fail by itself."""
        with self._lock:
            point = f"inner{self._depth}"
            self.run(f"SAVEPOINT {point}" if self._depth else "BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield
                self.run(f"RELEASE {point}" if self._depth > 1 else "COMMIT")
            except BaseException:
                self._undo(point)
                raise
            finally:
                self._depth -= 1
            if self._scrub and not self._depth:
                self._scrub = False
                self.run("PRAGMA wal_checkpoint(TRUNCATE)")

    def _undo(self, point: str) -> None:
        if self._connection is None or not self._connection.in_transaction:  # SQLite has rolled back by itself, as it does on a full disk
            return
        if self._depth > 1:
            self.run(f"ROLLBACK TO {point}")
            self.run(f"RELEASE {point}")
        else:
            self.run("ROLLBACK")

    def scrub(self) -> None:
        """Empty the write-ahead log when the transaction ends, so that it holds no erased bytes (not while another program reads; then at `close()`)."""
        self._scrub = True

    def script(self, statements: str) -> None:
        """Run several statements that make tables."""
        with self.transaction():
            for statement in statements.split(";\n\n"):
                self.run(statement)

    def run(self, statement: str, *values: Value) -> sqlite3.Cursor:
        """Run one statement; raises StorageError, UsageError."""
        with self._lock, self._spoken():
            if self._connection is None:
                raise UsageError(Fault(str(self.path), "is closed"), "Open it anew.")
            if self._depth and not self._connection.in_transaction:
                raise StorageError(Fault(str(self.path), "has lost the transaction to an earlier error of the disk"), _REMEDIES[sqlite3.SQLITE_FULL])
            return self._connection.execute(statement, values)

    def all(self, statement: str, *values: Value) -> list[sqlite3.Row]:
        """All rows of a query; raises StorageError, UsageError."""
        with self._lock, self._spoken():
            return self.run(statement, *values).fetchall()

    def close(self) -> None:
        """Give the file and its folder back; a second call does nothing."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None
            if self._hold is not None:
                self._hold.release()
                self._hold = None

    @contextmanager
    def _spoken(self) -> Iterator[None]:
        """What SQLite and the operating system refuse, in the words of the hub."""
        try:
            yield
        except (sqlite3.IntegrityError, sqlite3.ProgrammingError):
            raise  # a mistake of this package, not of the disk
        except OverflowError as error:
            raise UsageError(Fault(str(self.path), "has no number that large"), "Numbers are those the hub gave.") from error
        except UnicodeEncodeError as error:
            raise UsageError(Fault(str(self.path), f"takes no text with half a character: {error.object!r}"), "Send text that is Unicode.") from error
        except OSError as error:
            raise StorageError(Fault(str(self.path), f"cannot be used: {error.strerror}"), "Let the hub read and write the file and its folder.") from error
        except sqlite3.DatabaseError as error:
            remedy = _REMEDIES.get(error.sqlite_errorcode & 0xFF, "Look at the file and its disk; nothing of this was acknowledged.")
            raise StorageError(Fault(str(self.path), f"cannot be used: {error}"), remedy) from error


def _sync(folder: Path) -> None:
    """Wait until the disk knows the names in *folder*."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
