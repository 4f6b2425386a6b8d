"""The commands on grid models, together: `gridglot grid …`."""

from __future__ import annotations

import typer

grid = typer.Typer(
    name="grid",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    help="Grid models in CIM (CGMES 2.4.15, CGMES 3.0, CIM100): take them in, give them back, compare them, hold them against rules.",
)
