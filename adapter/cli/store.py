"""The store of a data folder: rebuild."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from adapter.cli.common import StoreOption, endpoint, err, now, out, stop
from adapter.errors import HubError, UsageError


def store(
    action: Annotated[str, typer.Argument(metavar="ACTION", help="rebuild.")],
    data: Annotated[Path, typer.Option("--data", metavar="DIR", help="The data folder; no hub may be serving it.")] = Path("data"),
    url: StoreOption = None,
) -> None:
    """Make the store of a data folder anew from its journal: after a loss, or to read old messages by new mappings."""
    from adapter.hub.hub import rebuild

    try:
        if action != "rebuild":
            raise UsageError(f"{action!r} is nothing to do with a store; known is rebuild")
        if not (data / "journal.sqlite").is_file():
            raise UsageError(f"{data} has no journal.sqlite: name the data folder of a hub by --data")
        with Progress(console=err, disable=not err.is_terminal, transient=True) as progress:
            task = progress.add_task("messages", total=None)
            number, left_out = rebuild(data, now, lambda done, last: progress.update(task, completed=done, total=last), endpoint(url))
    except HubError as error:
        stop(error)
    for one, reason in left_out.items():
        err.print(f"{one} was left out, since it cannot be read again: {reason}", markup=False)
    out.print(f"{url or data / 'store'}: made anew from {number} message{'' if number == 1 else 's'}", markup=False, highlight=False)
