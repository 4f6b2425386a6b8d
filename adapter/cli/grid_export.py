"""`gridglot grid export`: the models of a hub, back as CIMXML in the words of who sent them."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Optional
from zipfile import ZIP_DEFLATED, ZipFile

import typer
from rich.table import Table
from rich.text import Text

from adapter.cli.common import err, out, stop
from adapter.cli.grid_kept import chosen, journal_of
from adapter.errors import HubError, UsageError
from adapter.grid import model
from adapter.hub.held import Held, held
from adapter.hub.journal import Journal
from adapter.hub.models import version
from adapter.library import library

_ODD = re.compile(r"[^A-Za-z0-9.+-]+")


def export(
    data: Annotated[Path, typer.Option("--data", metavar="DIR", help="The data folder; no hub may be serving it.")] = Path("var"),
    model_: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--model", metavar="ID", help="One model, by the identifier in its header or the number of its message; an earlier version too."),
    ] = None,
    authority: Annotated[Optional[str], typer.Option(metavar="A", help="Those of one modeling authority set.")] = None,  # noqa: UP045
    profile: Annotated[str, typer.Option(metavar="TEXT", help="Those with this text in a profile, as `Equipment`.", show_default=False)] = "",
    all_: Annotated[bool, typer.Option("--all", help="All that hold.")] = False,
    output: Annotated[Path | None, typer.Option("-o", "--output", metavar="PATH", help="Folder or file; one model goes to standard output otherwise.")] = None,
    zipped: Annotated[bool, typer.Option("--zip", help="Write one ZIP archive PATH.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Write over files that are there.")] = False,
    listed: Annotated[bool, typer.Option("--list", help="Show which models there are, every version, and write nothing.")] = False,
) -> None:
    """Write grid models of a data folder as CIMXML, spelled as their sender spelled them.

    The versions that hold are written, each whole: differences are applied. Nothing is written over without --force. Exit 0 written, 2 nothing to write.
    """
    try:
        with journal_of(data) as journal:
            known = held(journal, library())
            if listed:
                out.print(table(chosen(known, model_, authority, profile, every=True)))
                return
            if model_ is None and authority is None and not profile and not all_:
                raise UsageError("nothing says which models are to be written", "Say --all, --model ID, --authority A or --profile TEXT; --list shows them.")
            found = chosen(known, model_, authority, profile)
            for line in _written(found, journal, output, zipped, force):
                err.print(line, markup=False)
    except OSError as error:
        stop(UsageError(f"{output} cannot be written: {error.strerror or error}"))
    except HubError as error:
        stop(error)


def table(models: Sequence[Held]) -> Table:
    """The models of a journal, a line each."""
    shown = Table(box=None, pad_edge=False)
    for heading in ("message", "model", "profiles", "authority", "version", "created", "state"):
        shown.add_column(heading, no_wrap=heading in ("message", "model", "authority"), overflow="fold")
    for one in models:
        said = one.header
        cells = (one.number, said.id.removeprefix("urn:uuid:"), said.profile_names, said.authority.strip(), said.version, said.created, _state(one))
        shown.add_row(*(Text(str(cell)) for cell in cells))
    return shown


def _state(one: Held) -> str:
    if one.erased:
        return "erased"
    return f"{f'replaced by {one.replaced_by}' if one.replaced_by else 'holds'}{', sent as a difference' if one.difference else ''}"


def _written(models: Sequence[Held], journal: Journal, output: Path | None, zipped: bool, force: bool) -> Iterator[str]:
    """Write the models, and say what was written; *raises* `UsageError` before the first when a file is there already."""
    if output is None:
        if zipped or len(models) > 1:
            raise UsageError(f"{len(models)} model{'' if len(models) == 1 else 's'} cannot go to standard output", "Name a folder or file by -o.")
        sys.stdout.buffer.write(_document(models[0], journal))
        return
    names = file_names(models)
    single = len(models) == 1 and not zipped and not output.is_dir() and output.suffix in (".xml", ".rdf")
    paths = [output] if single or zipped else [output / name for name in names]
    _check(paths, force)
    if zipped:
        output.parent.mkdir(parents=True, exist_ok=True)
        with ZipFile(output, "w", ZIP_DEFLATED) as archive:
            for one, name in zip(models, names, strict=True):
                archive.writestr(name, _document(one, journal))
                yield f"{output}/{name}: message {one.number}"
        return
    for one, path in zip(models, paths, strict=True):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_document(one, journal))
        yield f"{path}: message {one.number}"


def _check(paths: Sequence[Path], force: bool) -> None:
    there = [str(path) for path in paths if path.exists()]
    if there and not force:
        more = f" and {len(there) - 1} more" if len(there) > 1 else ""
        raise UsageError(f"{there[0]}{more} {'are' if more else 'is'} there already", "Name another place by -o, or write over by --force.")


def _document(one: Held, journal: Journal) -> bytes:
    """A model, whole. *Raises* `UsageError` when its bytes, or those of the model it changes, were erased."""
    data = journal.data(one.number)
    whole = version(data, journal) if data is not None else None
    if whole is None:
        raise UsageError(f"message {one.number} cannot be written: its bytes, or those of the model it changes, were erased")
    return model.write(whole)


def file_names(models: Sequence[Held]) -> list[str]:
    """A name for each model, from its profiles and its identifier; with the number of its message where two would have one."""
    names = [_name(one) for one in models]
    return [f"{name}{f'_{one.number}' if names.count(name) > 1 else ''}.xml" for one, name in zip(models, names, strict=True)]


def _name(one: Held) -> str:
    profiles = _ODD.sub("-", "+".join(one.header.profile_names.split(", ")))[:80]
    return f"{profiles}_{_ODD.sub('-', one.header.id.removeprefix('urn:uuid:'))[-80:].strip('-')}"
