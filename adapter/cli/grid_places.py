"""The commands that ask where something hangs: path, zones, orphans; of a data folder, or of a hub that is served."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import Progress
from rich.table import Table

from adapter.cli.common import err, now, out, stop
from adapter.errors import HubError, UsageError
from adapter.moments import moment

if TYPE_CHECKING:
    from adapter.hub.graphs import Graphs
    from adapter.services.topology.paths import Path as Way
    from adapter.values import Instant

DataOption = Annotated[Path, typer.Option("--data", metavar="DIR", help="The data folder of a hub that is not served at the moment.")]
OnOption = Annotated[str, typer.Option("--on", metavar="WHEN", help="An instant such as 2026-06-15T12:00:00Z, or a day with --zone; now unless given.")]
ZoneOption = Annotated[str, typer.Option("--zone", metavar="ZONE", help="The time zone of a day, such as Europe/Amsterdam.")]
JsonOption = Annotated[bool, typer.Option("--json", help="As JSON.")]


def path(
    code: Annotated[
        str,
        typer.Argument(metavar="CODE", help="The code of a meter, connection or node, SCHEME/code of a device, or the mRID of equipment.", show_default=False),
    ],
    on: OnOption = "",
    zone: ZoneOption = "",
    data: DataOption = Path("var"),
    as_json: JsonOption = False,
) -> None:
    """Show the way from a meter, connection or equipment to transformer, feeder, substation and zones, at any moment."""
    from adapter.services.topology import paths

    with hub_of(data) as hub:
        found = paths.paths(hub, code, asked(on, zone))
    if as_json:
        out.print_json(json.dumps([paths.as_json(one) for one in found]))
        return
    if not found:
        err.print(f"nothing stands at {code} at that moment", markup=False)
        raise typer.Exit(1)
    for one in found:
        for line in _lines(one):
            out.print(line, markup=False, highlight=False)


def _lines(way: Way) -> Iterator[str]:
    """A path from near to far, a line for each step."""
    steps = (
        ("meter", way.meter),
        ("connection", way.connection),
        ("device", way.device),
        ("equipment", way.equipment),
        ("transformer", way.transformer),
        ("MV/LV substation", way.secondary),
        ("feeder", way.feeder),
        ("substation", way.substation),
    )
    for name, place in steps:
        if place is not None:
            yield f"{name:16} {place}"
    for number, place in enumerate(way.zones):
        yield f"{'' if number else 'zones':16} {place}"
    if way.supply is None:
        yield f"{'':16} nothing is known of what supplies it: gridglot grid orphans says why"


def zones(
    code: Annotated[str, typer.Argument(metavar="ZONE", help="The code of a zone.", show_default=False)],
    on: OnOption = "",
    zone: ZoneOption = "",
    data: DataOption = Path("var"),
    as_json: JsonOption = False,
) -> None:
    """List the connections that belong to a zone at an instant, or all through a day: those that are eligible there."""
    from adapter.services.topology import eligible

    with hub_of(data) as hub:
        hub.flush()
        found = eligible.connections(hub, code, on or now().text(), zone)
    if as_json:
        out.print_json(json.dumps(found))
        return
    table = Table("connection", "name", "meter", "through")
    for row in found:
        table.add_row(row["connection"], row["name"], row["meter"], row["through"].removeprefix("urn:uuid:"))
    out.print(table)
    out.print(f"{len({row['connection'] for row in found})} connections of {code}", markup=False, highlight=False)


def orphans(on: OnOption = "", zone: ZoneOption = "", data: DataOption = Path("var"), as_json: JsonOption = False) -> None:
    """Report what hangs nowhere and what hangs twice: connections, meters and equipment without exactly one answer. Exit 1 if there are any."""
    from adapter.services.topology import report

    with hub_of(data) as hub, Progress(console=err, transient=True, disable=not err.is_terminal) as progress:
        task = progress.add_task("connections", total=None)
        found = list(report.orphans(hub, asked(on, zone), lambda number: progress.update(task, completed=number)))
    if as_json:
        out.print_json(json.dumps([{"kind": one.kind, "place": one.place, "known": one.known} for one in found]))
    for kind, remedy in report.KINDS.items() if not as_json else ():
        places = [one for one in found if one.kind == kind]
        if places:
            out.print(f"{kind}: {len(places)} ({remedy})", markup=False, highlight=False)
            for one in places[:SHOWN]:
                out.print(f"  {one.place}{': ' + one.known if one.known else ''}", markup=False, highlight=False)
            if len(places) > SHOWN:
                out.print(f"  and {len(places) - SHOWN} more (--json lists them all)", markup=False, highlight=False)
    if found:
        raise typer.Exit(1)
    if not as_json:
        out.print("everything hangs somewhere, and once")


SHOWN = 20  # places of one kind that are listed


def asked(on: str, zone: str) -> Instant:
    """The moment of --on and --zone; now without. *Raises* `UsageError`."""
    return moment(on, zone) if on else now()


@contextmanager
def hub_of(folder: Path) -> Iterator[Graphs]:
    """The hub of a data folder; leaves with the reason when it cannot be opened or asked."""
    from adapter.hub.graphs import Graphs

    try:
        if not (folder / "journal.sqlite").is_file():
            raise UsageError(f"{folder} is no data folder of a hub", "gridglot grid import makes one; --data names another.")
        with Graphs(folder, now) as hub:
            yield hub
    except HubError as error:
        stop(error)
