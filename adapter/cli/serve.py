"""The commands on a hub over HTTP: serve, send."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from adapter.cli.common import StoreOption, endpoint, err, now, out, read, stop
from adapter.cli.play import ROOT
from adapter.errors import DecodeError, Fault, HubError, UnknownMessage
from adapter.moments import instant

if TYPE_CHECKING:
    from adapter.client import Hub
    from adapter.hub import hub as hubs

KEY, URL = "GRIDGLOT_KEY", "GRIDGLOT_URL"


def serve(
    host: Annotated[str, typer.Option(metavar="HOST", help="The address to listen at. One that others can reach needs an operator with a key.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(metavar="PORT", min=0, max=65535, help="The port to listen at; 0 for a free one.")] = 8080,
    data: Annotated[Path, typer.Option("--data", metavar="DIR", help="The data folder: journal and store; made when it is not there.")] = Path("data"),
    max_mb: Annotated[int, typer.Option("--max-mb", metavar="MB", min=1, max=32, help="The longest message, in MiB.")] = 32,
    workers: Annotated[int, typer.Option(metavar="N", min=1, max=64, help="How many queries run at once, each in a process of its own.")] = 2,
    store: StoreOption = None,
    clock: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="INSTANT", help="Run as if it were this time, as 2026-06-14T12:00:00Z; for examples and tests."),
    ] = None,
    example: Annotated[bool, typer.Option("--example", help="Take the example conversation in first, where the hub is empty; needs a checkout.")] = False,
) -> None:
    """Serve a data folder over HTTP until it is interrupted (Ctrl-C, SIGTERM). The routes are at /docs."""
    from adapter.api.server import run

    try:
        then = None if clock is None else instant(clock)
        run(
            host,
            port,
            data,
            max_mb * 1024 * 1024,
            workers,
            now if then is None else lambda: then,
            endpoint(store),
            _example if example else _nothing,
            partial(_say, data if example else None),
        )
    except HubError as error:
        stop(error)


def _nothing(hub: hubs.Hub) -> None:
    """A hub is served as it is."""


def _example(hub: hubs.Hub) -> None:
    """Let an empty hub take the example conversation in, and show it."""
    from adapter.hub.example import shown

    if hub.last == 0:
        out.print(shown(hub, ROOT / "examples"))


def _say(example: Path | None, url: str, locked: bool) -> None:
    """The line that says where the hub is; and, for the *example* in a data folder, where to look."""
    for command, shows in _looks(example, url) if example is not None else ():
        out.print(f"  {command:86} {shows}", markup=False, highlight=False, soft_wrap=True)
    access = "keys are asked for" if locked else "authentication is off: for this machine only"
    out.print(f"[bold]gridglot[/bold] serves {url} ({access}); routes at {url}/docs; Ctrl-C ends it", highlight=False, soft_wrap=True)
    out.file.flush()


def _looks(data: Path, url: str) -> Iterator[tuple[str, str]]:
    """What to try on the example, and what it shows."""
    yield f"gridglot query which_offer_is_cheapest --data {data}", "a question of an analyst"
    yield f"curl {url}/v1/messages/1/graph", "the first message as a graph"
    yield f"curl '{url}/v1/messages/3/translations/cim?to_partner=aggregator'", "an offer in another standard, with what was lost"
    yield f"gridglot send examples/conversation/01_flex_request.xml --url {url}", "the same message again: one effect"


def send(
    files: Annotated[list[Path], typer.Argument(metavar="FILES", help="Messages, in the order they are to be sent.", show_default=False)],
    url: Annotated[
        str | None, typer.Option(metavar="URL", help=f"Where the hub is; else {URL} of the environment, else port 8080 of this machine.", show_default=False)
    ] = None,
    key: Annotated[Optional[str], typer.Option(metavar="KEY", help=f"The API key; the environment variable {KEY} unless said.", show_default=False)] = None,  # noqa: UP045
    partner: Annotated[str, typer.Option(metavar="NAME", help="The partner who brings them, where the hub asks for no key.", show_default=False)] = "",
    answers: Annotated[Optional[Path], typer.Option(metavar="FOLDER", help="Write what is answered here, by number.")] = None,  # noqa: UP045
) -> None:
    """Send messages to a hub. Exit 0 all taken, 1 some refused (reasons on standard error), 2 unreadable, or the hub is not reachable."""
    from adapter.client import LOCAL, Hub

    try:
        with Hub(url or os.environ.get(URL) or LOCAL, key or os.environ.get(KEY, ""), partner) as hub:
            codes = [send_one(hub, file, answers) for file in files]
    except HubError as error:
        stop(error)
    raise typer.Exit(max(codes))


def send_one(hub: Hub, file: Path, answers: Path | None) -> int:
    """Send one message and say what became of it; its exit code."""
    try:
        receipt = hub.send(read(file))
    except (DecodeError, UnknownMessage) as error:
        for fault in error.faults:
            err.print(f"{file}: {fault}", markup=False)
        return 2
    rows = f" ({', '.join(receipt.exchanges)})" if receipt.exchanges else ""
    state = f"{'taken' if receipt.taken else 'refused'}{' before' if receipt.repeated else ''}"
    out.print(f"{receipt.id} {file}: {receipt.message}{rows} {state}", markup=False, highlight=False)
    for said in receipt.faults:
        err.print(str(Fault(said.path, said.says, said.rule)), markup=False)
    for one in receipt.answers if answers is not None else ():
        assert answers is not None
        answers.mkdir(parents=True, exist_ok=True)
        suffix = "json" if "json" in one.content_type else "xml"
        (answers / f"{receipt.id}_{one.message}.{suffix}").write_text(one.document, encoding="utf-8")
    return 0 if receipt.taken else 1
