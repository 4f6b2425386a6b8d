"""The files in ZIP archives, read in memory one at a time: nothing is unpacked to disk, so no name in an archive leads anywhere.

What an archive declares is held against limits before anything is read, and no more is read than it declares. Source: APPNOTE.TXT 6.3 (ZIP).
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import IO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from adapter.codecs.limits import ARCHIVE, ArchiveLimits
from adapter.errors import DecodeError, Fault

SIGNATURES = (b"PK\x03\x04", b"PK\x05\x06")  # of a file in an archive, and of the end of an empty one
RULE = "ZIP"
_ENCRYPTED = 0x1
_READABLE = (ZIP_STORED, ZIP_DEFLATED)  # what else there is gives no way to stop in the middle of a block


@dataclass
class Count:
    """How many files, and how many bytes of them, an archive and those inside it declare so far."""

    limits: ArchiveLimits = field(default_factory=lambda: ARCHIVE)
    entries: int = 0
    total: int = 0

    def add(self, info: ZipInfo) -> None:
        """*Raises* `DecodeError` when it becomes too much."""
        self.entries, self.total = self.entries + 1, self.total + info.file_size
        if self.entries > self.limits.max_entries:
            raise DecodeError(Fault("", f"the archive holds more than {self.limits.max_entries} files", RULE), "Send it in parts.")
        if self.total > self.limits.max_total:
            raise DecodeError(Fault("", f"the files in the archive declare more than {self.limits.max_total} bytes", RULE), "Send it in parts.")


def opened(file: IO[bytes] | str) -> ZipFile:
    """An archive, its directory read. *Raises* `DecodeError`."""
    try:
        return ZipFile(file)
    except (BadZipFile, OSError, ValueError, RuntimeError) as error:
        raise DecodeError(Fault("", f"the archive cannot be read: {error}", RULE)) from error


def entries(archive: ZipFile, count: Count) -> Iterator[ZipInfo]:
    """The files of an archive, in its order; *raises* `DecodeError` before the first when there are too many."""
    found = [info for info in archive.infolist() if not info.is_dir()]
    for info in found:
        count.add(info)
    yield from found


def content(archive: ZipFile, info: ZipInfo, most: int) -> bytes:
    """A file of an archive; *raises* `DecodeError` when it declares more than *most* bytes, is encrypted, or is damaged."""
    if info.file_size > most:
        raise DecodeError(Fault("", f"the archive declares {info.file_size} bytes for it; at most {most} are read"))
    return _read(archive, info, lambda file: file.read(most + 1))


def beginning(archive: ZipFile, info: ZipInfo, length: int) -> bytes:
    """The first bytes of a file of an archive. *Raises* `DecodeError`."""
    return _read(archive, info, lambda file: file.read(length))


def _read(archive: ZipFile, info: ZipInfo, how: Callable[[IO[bytes]], bytes]) -> bytes:
    if info.flag_bits & _ENCRYPTED:
        raise DecodeError(Fault("", "is encrypted in its archive", RULE), "Unpack it and give the folder.")
    if info.compress_type not in _READABLE:
        raise DecodeError(Fault("", f"is packed by method {info.compress_type}; stored (0) and deflated (8) are read", RULE), "Unpack it and give the folder.")
    try:
        with archive.open(info) as file:
            return how(file)
    except (BadZipFile, zlib.error, EOFError, OSError, RuntimeError) as error:
        raise DecodeError(Fault("", f"cannot be read from its archive: {error}", RULE)) from error
