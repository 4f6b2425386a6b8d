"""The partner registry of a data folder, while no hub serves it: add, list, key, remove."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from adapter.cli.common import err, now, out, read, stop
from adapter.errors import HubError, UsageError

if TYPE_CHECKING:
    from adapter.hub.registry import Registry
    from adapter.hub.subscriptions import Subscriptions

ACTIONS = ("list", "add", "key", "remove")


def partners(
    action: Annotated[str, typer.Argument(metavar="ACTION", help="list, add, key or remove.")] = "list",
    names: Annotated[Optional[list[str]], typer.Argument(metavar="[NAMES]", help="add: partner files; key, remove: names.", show_default=False)] = None,  # noqa: UP045
    data: Annotated[Path, typer.Option("--data", metavar="DIR", help="The data folder; made when it is not there.")] = Path("data"),
) -> None:
    """Who may send: list, add (from files), key (a new API key, shown once), remove. A hub that runs is asked at /v1/partners instead."""
    from adapter.hub.journal import Journal
    from adapter.hub.registry import Registry
    from adapter.hub.subscriptions import Subscriptions

    try:
        if action not in ACTIONS:
            raise UsageError(f"{action!r} is nothing to do with partners; known are {', '.join(ACTIONS)}")
        with Journal(data / "journal.sqlite") as journal:
            for line in _do(Registry(journal.database), Subscriptions(journal.database), action, names or []):
                out.print(line, markup=False, highlight=False)
    except HubError as error:
        stop(error)


def _do(registry: Registry, subscriptions: Subscriptions, action: str, names: list[str]) -> list[str]:
    """Do it, and say what was done, line by line."""
    if action == "list":
        return [f"{one.name}: {', '.join(one.roles) or 'no role'}{'' if one.registered else ', not registered'}; {one.means}" for one in registry.all()]
    if not names:
        raise UsageError(f"partners {action} needs {'the files' if action == 'add' else 'the names'} of partners")
    if action == "add":
        return [f"{registry.put(read(Path(file)).decode('utf-8', 'replace'), now(), file).name} is known" for file in names]
    if action == "remove":
        for name in names:
            registry.remove(name, now())
            for one in subscriptions.all(name):
                subscriptions.remove(one.id)
        return [f"{name} is forgotten" for name in names]
    err.print("A key is shown once; the hub keeps its hash only.", markup=False)
    return [f"{name} {registry.issue_key(name, now())}" for name in names]
