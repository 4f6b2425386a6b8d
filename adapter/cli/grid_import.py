"""`gridglot grid import`: CIM files of folders and archives into a hub, in the order they need."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeElapsedColumn

from adapter.cli.common import now, out, stop
from adapter.cli.grid_files import PathsArgument, complain, say_left, sheets_of
from adapter.cli.grid_tally import Outcome, Tally
from adapter.cli.serve import KEY
from adapter.errors import DecodeError, Fault, HubError, UnknownMessage, UsageError
from adapter.grid.files import Search
from adapter.grid.model import Header
from adapter.grid.order import Sheet, in_order
from adapter.hub.models import base_known

if TYPE_CHECKING:
    from adapter.client import Hub as Served
    from adapter.hub.hub import Hub

Take = Callable[[Sheet, bytes], Outcome]
TABLE = Header("")  # of a file that is no model
PATIENCE = 600.0  # seconds in which a served hub has answered for one file


def import_(
    paths: PathsArgument,
    data: Annotated[Path, typer.Option("--data", metavar="DIR", help="The data folder of the hub; made when it is not there.")] = Path("var"),
    partner: Annotated[
        str, typer.Option(metavar="NAME", help="The partner who brings the models, by its name in the registry; CIM files do not say it.", show_default=False)
    ] = "",
    url: Annotated[str | None, typer.Option(metavar="URL", help="Send them to the hub that is served here, instead of into DIR.", show_default=False)] = None,
    key: Annotated[str, typer.Option(metavar="KEY", help=f"The API key for URL; the environment variable {KEY} unless said.", show_default=False)] = "",
) -> None:
    """Take grid models and tables in: files, folders and ZIP archives, in any order.

    Every CIM file, and every table of connections, nodes or zones, is found by what is in it and taken by itself; a model comes after those it depends on, a
    difference after its base, tables come last. What is refused
    says why and holds nothing else up. Run it again after an interruption: what was taken has no second effect.
    Exit 0 all taken, 1 some refused, 2 nothing found or no hub.
    """
    begin = time.monotonic()
    try:
        with Search(paths) as search, _bar() as progress:
            say_left(search.left)
            if not (search.files or search.tables or search.left):
                raise UsageError("there is no file in what was named", "Name CIM files, folders or ZIP archives.")
            known, broken = sheets_of(search.files, progress)
            tally = Tally(skipped=sum(not one.bad for one in search.left), refused=len(broken) + sum(one.bad for one in search.left))
            if known or search.tables:
                with _hub(data, partner, url, key) as take:
                    _take_all([*in_order(known), *(Sheet(file, TABLE, 0) for file in search.tables)], take, tally, progress)
    except HubError as error:
        stop(error)
    out.print(tally.line(time.monotonic() - begin), markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(2 if not (search.files or search.tables or tally.refused) else 1 if tally.refused else 0)


def _bar() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeElapsedColumn())
    return Progress(*columns, console=out, disable=not out.is_terminal, transient=True)


def _take_all(sheets: list[Sheet], take: Take, tally: Tally, progress: Progress) -> None:
    task = progress.add_task("taking", total=sum(one.file.size for one in sheets))
    for one in sheets:
        progress.update(task, description=f"taking {one.file.name.rpartition('/')[2]}")
        begin = time.monotonic()
        try:
            outcome = take(one, one.file.read())
        except (DecodeError, UnknownMessage) as error:
            outcome = Outcome(0, faults=error.faults, remedy=error.remedy)
        tally.add(one, outcome)
        out.print(tally.told(one, outcome, time.monotonic() - begin), markup=False, highlight=False, soft_wrap=True)
        for fault in outcome.faults:
            complain(f"{one.file.name}: {fault}")
        if outcome.remedy:
            complain(outcome.remedy)
        progress.advance(task, one.file.size)


@contextmanager
def _hub(data: Path, partner: str, url: str | None, key: str) -> Iterator[Take]:
    """What takes a file, and says what became of it."""
    if url is not None:
        from adapter.client import Hub as Served

        with Served(url, key or os.environ.get(KEY, ""), partner, timeout=PATIENCE) as served:
            yield lambda sheet, data: _sent(served, data)
        return
    from adapter.hub.hub import Hub

    with Hub(data, now) as hub:
        _check_partner(hub, data, partner)
        yield lambda sheet, data: _received(hub, sheet, data, partner)
        hub.expand()


def _check_partner(hub: Hub, data: Path, partner: str) -> None:
    if not partner:
        known = ", ".join(one.name for one in hub.partners.all() if one.registered)
        remedy = f"Name one by --partner: {known}." if known else f"Register it: gridglot partners add FILE --data {data}; then name it by --partner."
        raise UsageError("a CIM file does not say who sends it", remedy)
    hub.partners.get(partner)


def _received(hub: Hub, sheet: Sheet, data: bytes, partner: str) -> Outcome:
    """Take a file. A difference of a model that is not there is kept out of the journal, where it would stay refused when that model comes later."""
    if sheet.difference and not base_known(sheet.header, hub.journal):
        says = f"changes {', '.join(sheet.header.supersedes) or 'no model it names'}, which this hub has not taken"
        return Outcome(0, faults=(Fault("/dm:DifferenceModel[1]/md:Model.Supersedes", says, "IEC 61970-552"),), remedy="Import that model, then this again.")
    receipt = hub.receive(data, partner)
    said = hub.journal.row(receipt.number).outcome.get("replaces")
    earlier = hub.journal.find(str(said), "done") if said else None
    rows: dict[str, int | None] = {**hub.index.carried(receipt.number)}
    return Outcome(receipt.number, receipt.repeated, rows, earlier.number if earlier else 0, receipt.faults, receipt.remedy if receipt.faults else "")


def _sent(hub: Served, data: bytes) -> Outcome:
    """A served hub says which rows a message carries, and neither how many of each nor what it replaces."""
    receipt = hub.send(data)
    faults = tuple(Fault(fault.path, fault.says, fault.rule) for fault in receipt.faults)
    return Outcome(receipt.id, receipt.repeated, dict.fromkeys(receipt.exchanges), 0, faults)
