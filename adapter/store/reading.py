"""Read a store that another process may be writing: opened anew each time, since an open reader never sees what is written later."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pyoxigraph as ox

from adapter.errors import StoreError

T = TypeVar("T")
ATTEMPTS = 20


def reading(folder: Path, use: Callable[[ox.Store], T]) -> T:
    """What *use* finds in the store as it is now.

    The writer may remove files between the moment a reader learns their names and the moment it opens them; then everything is read again.
    """
    if not folder.is_dir():
        raise StoreError(f"{folder} is no store", "It is made by the first message that is put into it.")
    failed: Exception | None = None
    for _ in range(ATTEMPTS):
        try:
            return use(ox.Store.read_only(str(folder)))
        except (OSError, RuntimeError) as error:
            failed = error
    raise StoreError(f"{folder} cannot be read: {failed}", "If nothing writes to it now, restore the folder from a copy.") from failed
