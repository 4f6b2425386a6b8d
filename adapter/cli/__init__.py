"""The command line. Exit codes: 0 done, 1 refused (reasons on stderr), 2 unreadable or unknown."""

from __future__ import annotations

from collections.abc import Callable

from adapter.cli.common import app
from adapter.cli.grid import grid
from adapter.cli.grid_diff import diff
from adapter.cli.grid_export import export
from adapter.cli.grid_import import import_
from adapter.cli.grid_picture import picture
from adapter.cli.grid_places import orphans, path, zones
from adapter.cli.grid_validate import validate as validate_grid
from adapter.cli.hub import query, receive
from adapter.cli.mappings import check, coverage, scaffold
from adapter.cli.messages import lift, lower, translate, validate
from adapter.cli.partners import partners
from adapter.cli.play import bench, demo
from adapter.cli.serve import send, serve
from adapter.cli.store import store

__all__ = ["app", "main"]

COMMANDS = (translate, lift, lower, validate, coverage, scaffold, check, partners, serve, send, receive, query, store, bench, demo)  # in the order of the help
GRID: dict[str, Callable[..., None]] = {  # in the order of the help
    "import": import_,
    "export": export,
    "diff": diff,
    "validate": validate_grid,
    "path": path,
    "zones": zones,
    "orphans": orphans,
    "picture": picture,
}

for command in COMMANDS:
    app.command()(command)
for name, on_models in GRID.items():
    grid.command(name)(on_models)
app.add_typer(grid)


def main() -> None:
    """Entry point of the command `gridglot`."""
    app()
