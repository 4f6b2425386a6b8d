"""The commands on the mappings: coverage, scaffold, check."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Optional

import typer
from rich.table import Table as RichTable

from adapter import coverage as grid
from adapter.cli.common import PartnerOption, err, out, partner, stop
from adapter.errors import HubError, UsageError
from adapter.library import library


def coverage(form: Annotated[str, typer.Option("--format", metavar="FORMAT", help="table, json, csv or markdown.")] = "table") -> None:
    """Show the acceptance grid as it is: which cell and which leg a test proves."""
    known = library()
    if form == "json":
        sys.stdout.write(json.dumps(grid.as_json(known), indent=2, ensure_ascii=False) + "\n")
    elif form == "csv":
        sys.stdout.write(grid.as_csv(known))
    elif form == "markdown":
        sys.stdout.write(grid.as_markdown(known) + "\n")
    elif form == "table":
        lines = grid.as_markdown(known).splitlines()
        table = RichTable(*[cell.strip() for cell in lines[0].strip("|").split("|")], title="acceptance grid")
        for line in lines[2:]:
            if line.startswith("|"):
                table.add_row(*[cell.strip() for cell in line.strip("|").split("|")])
        out.print(table)
        out.print(lines[-1], highlight=False)
    else:
        stop(UsageError(f"{form!r} is no format; known are table, json, csv, markdown"))


def scaffold(
    source: Annotated[Path, typer.Argument(metavar="SCHEMA|SAMPLE", help="An XSD, a JSON schema, or a sample document.", show_default=False)],
    message: Annotated[str, typer.Option(metavar="NAME", help="The root element of the message.")],
    standard: Annotated[Optional[str], typer.Option(metavar="STANDARD", help="The standard it belongs to, for the names of its terms.")] = None,  # noqa: UP045
    codes: Annotated[str, typer.Option(metavar="few|all", help="Write out long code lists too (all), or only short ones (few).")] = "few",
) -> None:
    """Write the tree layer of a new mapping from a schema or a sample, ready to relate."""
    from adapter.scaffold import scaffold as write

    try:
        sys.stdout.write(write(source, message, standard=standard, codes=codes))
    except HubError as error:
        stop(error)


def check(
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="[FILES]", help="Messages, or folders of them, to hold the laws on.", show_default=False)
    ] = None,
    schema: Annotated[bool, typer.Option("--schema", help="Also list every element of the third-party schemas that no mapping speaks of.")] = False,
    schemas: Annotated[Path, typer.Option(metavar="FOLDER", help="Where those schemas are.")] = Path("../shared/data"),
    from_partner: PartnerOption = None,
) -> None:
    """Check mappings, exchanges and shapes; with FILES also the round-trip laws on them. Exit 0 or 1."""
    from adapter.check import check_all

    if schema and not schemas.is_dir():
        stop(UsageError(f"{schemas} is no folder: name the one with the third-party schemas by --schemas"))
    findings = check_all(files or [], schemas if schema else None, partner(from_partner))
    for finding in findings:
        err.print(str(finding), markup=False)
    try:
        known = library()
    except HubError:  # what is wrong with it stands above
        raise typer.Exit(1) from None
    out.print(
        f"{len(known.exchanges) - 1} exchanges, {sum(1 for _ in known.mappings())} mappings, {len(files or [])} files: "
        f"{'nothing wrong' if not findings else f'{len(findings)} findings'}",
        highlight=False,
    )
    raise typer.Exit(1 if findings else 0)
