"""The commands on a data folder: receive, query."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from adapter.cli.common import err, now, out, read, stop
from adapter.errors import DecodeError, HubError, UnknownMessage, UsageError

if TYPE_CHECKING:
    from adapter.hub.hub import Hub


def receive(
    files: Annotated[list[Path], typer.Argument(metavar="FILES", help="Messages, in the order they came.", show_default=False)],
    data: Annotated[Path, typer.Option("--data", metavar="DIR", help="The data folder: journal and store; made when it is not there.")] = Path("data"),
    partner: Annotated[
        str | None, typer.Option(metavar="NAME", help="The partner who brings them, by its name in the registry; else as they say themselves.")
    ] = None,
    answers: Annotated[Optional[Path], typer.Option(metavar="FOLDER", help="Write what the senders are answered here, by number.")] = None,  # noqa: UP045
) -> None:
    """Take messages into a data folder: journal, store, answers. Exit 0 all taken, 1 some refused, 2 unreadable or unknown."""
    from adapter.hub.hub import Hub

    try:
        with Hub(data, now) as hub:
            receipts = [receive_one(hub, file, partner or "", answers) for file in files]
            hub.expand()
    except HubError as error:
        stop(error)
    raise typer.Exit(max(receipts))


def receive_one(hub: Hub, file: Path, partner: str, answers: Path | None) -> int:
    """Take one message and say what became of it; its exit code."""
    try:
        receipt = hub.receive(read(file), partner)
    except (DecodeError, UnknownMessage) as error:
        for fault in error.faults:
            err.print(f"{file}: {fault}", markup=False)
        return 2
    state = "refused" if receipt.faults else "taken"
    rows = f" ({', '.join(receipt.exchanges)})" if receipt.exchanges else ""
    out.print(f"{receipt.number} {file}: {receipt.message}{rows} {state}{' before' if receipt.repeated else ''}", markup=False, highlight=False)
    for fault in receipt.faults:
        err.print(str(fault), markup=False)
    if answers is not None and receipt.answer is not None:
        answers.mkdir(parents=True, exist_ok=True)
        (answers / f"{receipt.number}_{receipt.answer.message}.{receipt.answer.syntax}").write_bytes(receipt.answer.data)
    return 1 if receipt.faults else 0


def query(
    name: Annotated[Optional[str], typer.Argument(metavar="NAME", help="A question of sparql/, by the name of its file.", show_default=False)] = None,  # noqa: UP045
    file: Annotated[Optional[Path], typer.Option("--file", metavar="Q.rq", help="A query of your own instead.")] = None,  # noqa: UP045
    param: Annotated[Optional[list[str]], typer.Option("--param", metavar="K=V", help="Bind a parameter of the question; repeat the option.")] = None,  # noqa: UP045
    form: Annotated[str, typer.Option("--format", metavar="FORMAT", help="table, csv or json; graphs are Turtle always.")] = "table",
    data: Annotated[Path, typer.Option("--data", metavar="DIR", help="The data folder; its store is DIR/store.")] = Path("data"),
) -> None:
    """Ask the stored messages a question: a named one, or SPARQL of your own that only reads."""
    from adapter.store.ask import ask

    try:
        if (name is None) == (file is None):
            raise UsageError("name one question, or give one by --file")
        answer = ask(data, name or str(file), None if file is None else read(file), param or [], form)
    except HubError as error:
        stop(error)
    if isinstance(answer, bytes):
        sys.stdout.buffer.write(answer)
    else:
        out.print(answer)
