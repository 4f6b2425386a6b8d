"""The CIM files that paths name: files, all files below folders, all files in ZIP archives; known by what is in them, not by their names."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from io import BytesIO
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Self
from zipfile import ZipFile, ZipInfo

from adapter.codecs import syntaxes
from adapter.codecs.limits import ARCHIVE, LIMITS
from adapter.errors import DecodeError, Fault, UsageError
from adapter.grid.archive import SIGNATURES, Count, beginning, content, entries, opened

TAKEN = ("grid", "csv")
HEAD = 4096  # bytes that tell what a file is
_SAYS = {"xml": "is XML, and its root element is not rdf:RDF", "json": "is JSON", "ship": "is JSON"}


@dataclass(frozen=True)
class File:
    """A file with CIM RDF/XML, or a *table* of the operator: its name for people, its size in bytes, and how to read it (*raises* `DecodeError`)."""

    name: str
    size: int
    read: Callable[[], bytes]
    table: bool = False


@dataclass(frozen=True, slots=True)
class Left:
    """A file that is not read, and why; *bad* when it may well be CIM and cannot be read, and not merely something else."""

    name: str
    reason: str
    bad: bool


@dataclass
class Search:
    """What is found at *paths*: `files`, `tables`, and `left`. Archives stay open until it is closed. *Raises* `UsageError` for a path that is not there."""

    paths: Sequence[Path]
    files: list[File] = field(default_factory=list)
    tables: list[File] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self._stack = stack
            for path in self.paths:
                for found in self._below(path):
                    if isinstance(found, File):
                        (self.tables if found.table else self.files).append(found)
                    else:
                        self.left.append(found)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stack.close()

    def _below(self, path: Path) -> Iterator[File | Left]:
        if path.is_dir():
            for one in sorted(path.rglob("*")):
                if one.is_file():
                    yield from self._file(one)
        elif path.is_file():
            yield from self._file(path)
        else:
            raise UsageError(f"{path} is no file and no folder", "Name CIM files, folders or ZIP archives.")

    def _file(self, path: Path) -> Iterator[File | Left]:
        name = shown(str(path))
        try:
            size = path.stat().st_size
            with path.open("rb") as file:
                first = file.read(HEAD)
        except OSError as error:
            yield Left(name, f"cannot be read: {error.strerror or error}", True)
            return
        kind = _kind(first)
        if kind == "zip":
            yield from self._archive(name, lambda: self._stack.enter_context(opened(str(path))))
        elif kind in TAKEN:
            yield _sized(File(name, size, partial(_whole, path), kind == "csv"))
        else:
            yield Left(name, kind, False)

    def _archive(self, name: str, opener: Callable[[], ZipFile]) -> Iterator[File | Left]:
        try:
            archive = opener()
            found = list(_inside(archive, name, Count(), 1))
        except DecodeError as error:
            found = [Left(name, _says(error), True)]
        yield from found if any(isinstance(one, File) or one.bad for one in found) else [Left(name, "is a ZIP archive without a CIM file", False)]


def _inside(archive: ZipFile, name: str, count: Count, depth: int) -> Iterator[File | Left]:
    """What is in an archive, and in those inside it. *Raises* `DecodeError`: the archive is damaged or too large."""
    for info in entries(archive, count):
        label = f"{name}/{shown(info.filename)}"
        try:
            kind = _kind(beginning(archive, info, HEAD))
            if kind == "zip":
                yield from _nested(archive, info, label, count, depth)
            elif kind in TAKEN:
                yield _sized(File(label, info.file_size, partial(content, archive, info, LIMITS.max_bytes), kind == "csv"))
            else:
                yield Left(label, kind, False)
        except DecodeError as error:
            yield Left(label, _says(error), True)


def _nested(archive: ZipFile, info: ZipInfo, label: str, count: Count, depth: int) -> Iterator[File | Left]:
    """What is in an archive inside an archive; it is opened anew for each file, so that no more than one is in memory."""
    if depth >= ARCHIVE.max_depth:
        yield Left(label, f"is an archive inside {depth} others; at most {ARCHIVE.max_depth} are opened", True)
        return
    inner = partial(_open_inner, archive, info)
    place = 0
    for found in _inside(inner(), label, count, depth + 1):
        if isinstance(found, Left):
            yield found
        else:
            yield File(found.name, found.size, partial(_read_inner, inner, place, depth + 1), found.table)
            place += 1


def _open_inner(archive: ZipFile, info: ZipInfo) -> ZipFile:
    return opened(BytesIO(content(archive, info, ARCHIVE.max_inner)))


def _read_inner(inner: Callable[[], ZipFile], place: int, depth: int) -> bytes:
    """The CIM file at *place* (from 0) of those in an inner archive."""
    files = (one for one in _inside(inner(), "", Count(), depth) if isinstance(one, File))
    return next(islice(files, place, None)).read()


def _kind(first: bytes) -> str:
    """`zip`, `grid`, `csv` for a table of the operator, or why it is none of them."""
    if first.startswith(SIGNATURES):
        return "zip"
    if not first:
        return "is empty"
    try:
        syntax = syntaxes.recognise(first)
    except DecodeError:
        return "is neither XML, a table we know, nor a ZIP archive"
    return {"rdf": "grid", "csv": "csv"}.get(syntax) or _SAYS[syntax]


def _sized(file: File) -> File | Left:
    """The file, unless it is longer than what is read."""
    return file if file.size <= LIMITS.max_bytes else Left(file.name, f"has {file.size} bytes; at most {LIMITS.max_bytes} are read", True)


def _whole(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise DecodeError(Fault("", f"cannot be read: {error.strerror or error}")) from error


def _says(error: DecodeError) -> str:
    return "; ".join(fault.says for fault in error.faults)


def shown(name: str) -> str:
    """A name with nothing in it that could steer a terminal."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in name)
