"""What the commands on grid models share: the paths they read, and what they say of files that are not read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from adapter.cli.common import err, out
from adapter.errors import DecodeError
from adapter.grid.files import File, Left
from adapter.grid.order import Sheet, sheet

PathsArgument = Annotated[list[Path], typer.Argument(metavar="PATH…", help="CIM files, folders of them, ZIP archives.", show_default=False)]


def complain(text: str) -> None:
    """Say on standard error what is wrong; where that and standard output are one terminal, above the bar that is there."""
    (out if out.is_terminal and err.is_terminal else err).print(text, markup=False, highlight=False, soft_wrap=True)


def say_left(left: Iterable[Left]) -> None:
    """Name each file that is not read, with the reason."""
    for one in left:
        complain(f"{one.name}: {'refused' if one.bad else 'skipped'}: {one.reason}")


def say_broken(file: File, error: DecodeError) -> None:
    """Name a file that cannot be read as CIM, with every fault."""
    for fault in error.faults:
        complain(f"{file.name}: refused: {fault}")
    if error.remedy:
        complain(error.remedy)


def sheets_of(files: Sequence[File], progress: Progress) -> tuple[list[Sheet], list[File]]:
    """What must be known of files before one is taken, and those that are broken, named."""
    task = progress.add_task("looking", total=sum(file.size for file in files))
    known, broken = list[Sheet](), list[File]()
    for file in files:
        progress.update(task, description=f"looking at {file.name.rpartition('/')[2]}")
        try:
            known.append(sheet(file))
        except DecodeError as error:
            broken.append(file)
            say_broken(file, error)
        progress.advance(task, file.size)
    progress.remove_task(task)
    return known, broken
