"""`gridglot grid picture`: a feeder, or the feeders of a zone, as a one-line diagram in SVG."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from adapter.cli.common import err, stop
from adapter.cli.grid_places import DataOption, OnOption, ZoneOption, asked, hub_of
from adapter.errors import UsageError


def picture(
    code: Annotated[str, typer.Argument(metavar="FEEDER|ZONE", help="The code, name or mRID of a feeder, or the code of a zone.", show_default=False)],
    on: OnOption = "",
    zone: ZoneOption = "",
    data: DataOption = Path("var"),
    output: Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE", help="The SVG file; standard output otherwise.")] = None,
) -> None:
    """Draw a feeder, or all feeders that supply a zone: switches, transformers, connections and their zones at a moment, as SVG."""
    from adapter.services.topology import drawn

    with hub_of(data) as hub:
        drawing = drawn.drawn(hub, code, asked(on, zone))
    if output is None:
        sys.stdout.write(drawing)
        return
    try:
        output.write_text(drawing, encoding="utf-8")
    except OSError as error:
        stop(UsageError(f"{output} cannot be written: {error.strerror or error}"))
    err.print(f"{output}", markup=False)
