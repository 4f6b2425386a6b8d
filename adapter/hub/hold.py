"""One hub for one data folder: a lock that the operating system takes back when its process ends, however it ends."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from adapter.errors import Fault, StorageError, UsageError

LOCK = "hub.lock"


class Hold:
    """The right to write in *folder*, from the call until `release()`; the folder is made if it is missing.

    Raises UsageError when another process (or another part of this one) holds the folder, StorageError when it cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._file = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise StorageError(Fault(str(folder), f"cannot be written: {error.strerror}"), "Name a data folder that the hub may write.") from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.read(self._file, 32).decode("ascii", "replace").strip()
            os.close(self._file)
            raise UsageError(
                Fault(str(folder), f"is in use by another hub (process {holder or 'unknown'})"),
                "Stop that process, or give this hub a data folder of its own; the lock file itself may stay.",
            ) from error
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, f"{os.getpid()}\n".encode(), 0)

    def release(self) -> None:
        """Let others have the folder. The lock file stays: to remove it would let two hubs lock two files of one name."""
        os.close(self._file)
