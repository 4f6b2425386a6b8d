"""`gridglot grid diff`: what one version of a model says and the other does not."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Optional

import typer
from rich.table import Table

from adapter.cli.common import err, now, out, read, stop
from adapter.cli.grid_kept import chosen, journal_of
from adapter.errors import HubError, UsageError
from adapter.grid import model
from adapter.grid.changes import Change, changes
from adapter.grid.difference import difference
from adapter.grid.model import Model
from adapter.hub.held import held
from adapter.hub.journal import Journal
from adapter.hub.models import version
from adapter.library import library

SHOWN = 200  # lines about objects that a summary has


def diff(
    old: Annotated[str, typer.Argument(metavar="OLD", help="A CIM file, or a model of DIR by identifier or message number.", show_default=False)],
    new: Annotated[str, typer.Argument(metavar="NEW", help="The later version, likewise.", show_default=False)],
    data: Annotated[Path, typer.Option("--data", metavar="DIR", help="The data folder; no hub may be serving it.")] = Path("var"),
    output: Annotated[Optional[Path], typer.Option("-o", "--output", metavar="FILE", help="Write the difference model here; else to standard output.")] = None,  # noqa: UP045
    summary: Annotated[bool, typer.Option("--summary", help="Show how much changed, class by class, and what changed.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
) -> None:
    """Write the difference model (IEC 61970-552) that makes version NEW of a model out of version OLD; or show it with --summary.

    Sent to a hub that has OLD, it is taken as NEW. Exit 0, also when nothing changed.
    """
    try:
        if output is not None and output.exists() and not force:
            raise UsageError(f"{output} is there already", "Name another file by -o, or write over it by --force.")
        before, after = _models(old, new, data)
        _warn(before, after)
        found = model.write(difference(before, after, now().text()))
        if summary:
            _show(changes(before, after))
        if output is not None:
            output.write_bytes(found)
        elif not summary:
            sys.stdout.buffer.write(found)
    except OSError as error:
        stop(UsageError(f"{output} cannot be written: {error.strerror or error}"))
    except HubError as error:
        stop(error)


def _models(old: str, new: str, data: Path) -> tuple[Model, Model]:
    """Both versions, whole; the data folder is opened when one of them is no file, or a difference. *Raises* `HubError`."""
    given = [model.read(read(Path(one))) if Path(one).is_file() else None for one in (old, new)]
    if not any(one is None or one.is_difference for one in given):
        return given[0], given[1]  # type: ignore[return-value]
    with journal_of(data) as journal:
        return _version(old, journal), _version(new, journal)


def _version(name: str, journal: Journal) -> Model:
    if Path(name).is_file():
        data: bytes | None = read(Path(name))
    else:
        data = journal.data(chosen(held(journal, library()), name)[0].number)
    whole = version(data, journal) if data is not None else None
    if whole is None:
        raise UsageError(f"{name} is a difference of a model that is not in the data folder, or was erased", "Give the whole versions.")
    return whole


def _warn(before: Model, after: Model) -> None:
    """Say what makes a difference that no hub can take."""
    if before.header.id == after.header.id:
        err.print(f"both versions are called {before.header.id}; a new version should have a new identifier", markup=False)
    if set(before.header.profiles) != set(after.header.profiles):
        err.print(f"these are no two versions of one model: {before.profile_names}; and {after.profile_names}", markup=False)


def _show(found: list[Change]) -> None:
    """A table of objects by class, and the statements."""
    table = Table(box=None, pad_edge=False)
    for heading in ("class", "added", "removed", "changed"):
        table.add_column(heading, justify="left" if heading == "class" else "right", no_wrap=True)
    for name in sorted({one.class_name for one in found}):
        kinds = [one.kind for one in found if one.class_name == name]
        table.add_row(name or "(no class)", *(str(kinds.count(kind)) for kind in ("added", "removed", "changed")))
    out.print(table if found else "nothing changed", highlight=False)
    lines = [line for one in found for line in one.lines()]
    for line in lines[:SHOWN]:
        out.print(line, markup=False, highlight=False, soft_wrap=True)
    if len(lines) > SHOWN:
        out.print(f"… and {len(lines) - SHOWN} more; -o FILE writes them all", markup=False, highlight=False)
