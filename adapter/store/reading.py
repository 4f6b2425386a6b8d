"""Read a store that another process may be writing: opened anew each time, since an open reader never sees what is written later.

The engine opens most files of a store when it first needs them, and the writer removes files when it has merged them into others; a query that comes to
one that is gone never ends. So a reader has the files of one moment under names of its own: hard links, which cost no room and outlast the others.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copyfile, rmtree
from tempfile import mkdtemp
from typing import TypeVar

import pyoxigraph as ox

from adapter.errors import StoreError

T = TypeVar("T")
ATTEMPTS = 20
NO_LINKS = (errno.EPERM, errno.EXDEV, errno.EMLINK, errno.ENOTSUP, errno.ENOSYS)


def reading(folder: Path, use: Callable[[ox.Store], T]) -> T:
    """What *use* finds in the store as it is now.

    The writer may remove files between the moment a reader learns their names and the moment it links them; then everything is read again.
    """
    if not folder.is_dir():
        raise StoreError(f"{folder} is no store", "It is made by the first message that is put into it.")
    failed: Exception | None = None
    for _ in range(ATTEMPTS):
        try:
            with _still(folder) as still:
                return use(ox.Store.read_only(str(still)))
        except (OSError, RuntimeError) as error:
            failed = error
    raise StoreError(f"{folder} cannot be read: {failed}", "If nothing writes to it now, restore the folder from a copy.") from failed


def forget(folder: Path, pid: int | None = None) -> None:
    """Remove what a process that was stopped left of its reading; of all that are no more, without *pid*."""
    for left in folder.parent.glob(f"{folder.name}.reading-*"):
        owner = int(left.name.split("-")[-2])
        if owner == pid or (pid is None and not _runs(owner)):
            rmtree(left, ignore_errors=True)


@contextmanager
def _still(folder: Path) -> Iterator[Path]:
    """The files of a store as they are at one moment; the folder itself where there may be no links: a file system without, or one to read only."""
    try:
        copy = Path(mkdtemp(prefix=f"{folder.name}.reading-{os.getpid()}-", dir=folder.parent))
    except OSError:
        yield folder
        return
    try:
        yield copy if _linked(folder, copy) else folder
    finally:
        rmtree(copy, ignore_errors=True)


def _linked(folder: Path, copy: Path) -> bool:
    """Link what the engine's list of files names; False where that cannot be. *Raises* `OSError` when the list changed meanwhile."""
    before = _listed(folder)
    for entry in os.scandir(folder):
        if entry.name.endswith((".sst", ".log")):
            try:
                os.link(entry.path, copy / entry.name)
            except OSError as error:
                if error.errno in NO_LINKS:
                    return False
                raise
    list_name, _ = before
    copyfile(folder / list_name, copy / list_name)
    (copy / "CURRENT").write_text(f"{list_name}\n", encoding="ascii")
    if _listed(folder) != before:
        raise OSError("it is written faster than it can be read")
    return True


def _listed(folder: Path) -> tuple[str, int]:
    """The name of the engine's list of files, which only grows or is replaced, and its size."""
    list_name = (folder / "CURRENT").read_text(encoding="ascii").strip()
    return list_name, (folder / list_name).stat().st_size


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass  # somebody else's
    return True
