"""`gridglot grid validate`: grid models against our own rules and the shapes of their profiles."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Optional

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from adapter.cli.common import err, out, stop
from adapter.cli.grid_files import PathsArgument, say_broken, say_left
from adapter.codecs.rdf import CimTree, read
from adapter.codecs.rdf_source import source
from adapter.errors import DecodeError, HubError, UsageError
from adapter.grid.files import File, Search
from adapter.grid.finding import Finding
from adapter.grid.groups import SEVERITIES, Group, grouped

SHOWN = 3  # objects that are named of a group


def validate(
    paths: PathsArgument,
    shapes: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(metavar="FOLDER", help="SHACL files in Turtle, such as ENTSO-E's for CGMES 3.0; without it our own rules alone.", show_default=False),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print every finding as JSON.")] = False,
) -> None:
    """Hold grid models against rules, all files together: what one refers to may stand in another.

    Our own rules: a header; texts that are values of their types; identifiers that are XML names; no object described twice; no reference to an object that nobody describes. With
    --shapes each model is held against the shapes of the profiles its header names. Exit 0 no violation, 1 violations, 2 unreadable.
    """
    from adapter.grid.validation import validate as hold

    try:
        with Search(paths) as search:
            say_left(search.left)
            models, found, broken = _decoded(search.files)
        if not models and not broken:
            raise UsageError("there is no CIM file in what was named", "Name CIM files, folders or ZIP archives.")
        with _bar() as progress:
            task = progress.add_task("our own rules", total=None)
            found += hold(models, shapes, told=lambda done, total, what: progress.update(task, completed=done, total=total, description=what))
    except HubError as error:
        stop(error)
    if as_json:
        sys.stdout.write(json.dumps(_as_json(models, found), indent=2, ensure_ascii=False) + "\n")
    else:
        _show(len(models), found)
    unread = broken or any(one.bad for one in search.left)
    raise typer.Exit(2 if unread else 1 if any(one.severity == SEVERITIES[0] for one in found) else 0)


def _bar() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    return Progress(*columns, console=err, disable=not err.is_terminal, transient=True)


def _decoded(files: Sequence[File]) -> tuple[list[tuple[str, CimTree]], list[Finding], int]:
    """The models with the names of their files, what is odd in their spelling, and how many files are broken, each named."""
    from adapter.grid.consistency import misspelt

    models, found, broken = list[tuple[str, CimTree]](), list[Finding](), 0
    for file in files:
        try:
            document = source(file.read())
            models.append((file.name, read(document)))
            found += misspelt(file.name, document)
        except DecodeError as error:
            broken += 1
            say_broken(file, error)
    return models, found, broken


def _counts(found: Sequence[Finding]) -> dict[str, int]:
    return {severity: sum(one.severity == severity for one in found) for severity in SEVERITIES}


def _as_json(models: Sequence[tuple[str, CimTree]], found: Sequence[Finding]) -> dict[str, object]:
    order = {severity: at for at, severity in enumerate(SEVERITIES)}
    findings = sorted(found, key=lambda one: (order[one.severity], one))
    return {"models": [name for name, _ in models], "counts": _counts(found), "findings": [asdict(one) for one in findings]}


def _show(models: int, found: Sequence[Finding]) -> None:
    """The findings, those that say the same together."""
    for group in grouped(found):
        out.print(_line(group), markup=False, highlight=False, soft_wrap=True)
        for one in group.findings[:SHOWN]:
            about = " ".join(part for part in (one.what, one.focus) if part) or "the model"
            out.print(f"    {about}{f' is {one.value!r}' if one.value else ''}", markup=False, highlight=False, soft_wrap=True)
        if len(group.findings) > SHOWN:
            out.print(f"    … and {len(group.findings) - SHOWN} more; --json lists them", markup=False, highlight=False, soft_wrap=True)
    said = ", ".join(f"{number} {severity}" for severity, number in _counts(found).items() if number)
    out.print(f"{models} model{'' if models == 1 else 's'}: {said or 'nothing found'}", markup=False, highlight=False)


def _line(group: Group) -> str:
    path = f" {group.path}" if group.path else ""
    return f"{group.severity} × {len(group.findings)}: {group.model}:{path} {group.message} ({group.shape})"
