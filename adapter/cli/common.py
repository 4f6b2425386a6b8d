"""What the commands share: the app, its consoles, their options, and how they read and stop."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn, Optional

import typer
from rich.console import Console

from adapter import pipeline
from adapter.context import Context
from adapter.errors import DecodeError, HubError, MappingError, UnknownMessage, UsageError
from adapter.partners import Profile, find
from adapter.values import Instant

if TYPE_CHECKING:
    from adapter.store import Store

    pass

app = typer.Typer(
    name="gridglot",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    help="Energy messages of one standard in, those of another out, through one SAREF/SAREF4ENER graph; nothing lost silently.",
)
out, err = Console(), Console(stderr=True, soft_wrap=True, highlight=False)
if not out.is_terminal:
    out = Console(width=160)  # a file or a pipe has no width; lines stay whole

FileArgument = Annotated[Path, typer.Argument(help="The document to read; - for standard input.", show_default=False)]
PartnerOption = Annotated[Optional[str], typer.Option(metavar="P", help="Profile of the partner: a file, or the name of a shipped one.")]  # noqa: UP045
StandardOption = Annotated[Optional[str], typer.Option("--from", metavar="STANDARD", help="Read FILE as this standard only.")]  # noqa: UP045
SyntaxOption = Annotated[Optional[str], typer.Option(help="xml or json, where the target message has both.")]  # noqa: UP045
OutputOption = Annotated[Optional[Path], typer.Option("-o", "--output", help="File or folder to write to; standard output otherwise.")]  # noqa: UP045
StoreOption = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option(
        "--store", metavar="URL[,URL]", help="Keep the graphs behind a SPARQL 1.1 endpoint instead: its address, and that of its updates.", show_default=False
    ),
]
ContextOption = Annotated[Optional[list[Path]], typer.Option("--context", metavar="FILE", help="Earlier messages this one needs, in order; repeat the option.")]  # noqa: UP045


def read(path: Path) -> bytes:
    """The bytes of a file or of standard input; exits 2 when it cannot be read."""
    try:
        return sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
    except OSError as error:
        stop(UsageError(f"{path} cannot be read: {error.strerror or error}"))


def stop(error: HubError) -> NoReturn:
    """Print every fault and leave with the code of its kind."""
    for fault in error.faults:
        err.print(str(fault), markup=False)
    if error.remedy:
        err.print(error.remedy, markup=False)
    raise typer.Exit(2 if isinstance(error, (DecodeError, UnknownMessage, UsageError, MappingError)) else 1)


def now() -> Instant:
    return Instant.of_epoch(int(datetime.now(UTC).timestamp()))


def context_of(files: list[Path] | None, profile: Profile) -> Context:
    """The context that earlier messages bring, in the order given."""
    context = Context()
    for path in files or ():
        try:
            pipeline.learn(read(path), context, profile=profile)
        except HubError as error:
            err.print(f"{path}:", markup=False)
            stop(error)
    return context


def partner(name: str | None) -> Profile:
    try:
        return find(name)
    except HubError as error:
        stop(error)


def lifted(data: bytes, standard: str | None, from_partner: str | None, context: list[Path] | None) -> pipeline.Lifted:
    """A document, lifted with what the partner's profile and earlier messages say."""
    profile = partner(from_partner)
    return pipeline.lift(data, standard=standard, profile=profile, context=context_of(context, profile), now=now())


def endpoint(urls: str | None) -> Store | None:
    """The store behind an endpoint given by its addresses; `user:password` for it is in the environment variable GRIDGLOT_STORE_LOGIN."""
    if urls is None:
        return None
    from adapter.store import RemoteStore

    query, _, update = urls.partition(",")
    user, _, password = os.environ.get("GRIDGLOT_STORE_LOGIN", "").partition(":")
    return RemoteStore(query, update or None, user or None, password or None)
