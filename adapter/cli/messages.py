"""The commands on one message: translate, lift, lower, validate."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Optional

import typer

from adapter import pipeline, report
from adapter.cli.common import (
    ContextOption,
    FileArgument,
    OutputOption,
    PartnerOption,
    StandardOption,
    SyntaxOption,
    context_of,
    err,
    lifted,
    now,
    out,
    partner,
    read,
    stop,
)
from adapter.errors import DecodeError, Fault, HubError, UnknownMessage, UsageError
from adapter.library import library
from adapter.partners import Profile


def translate(
    file: FileArgument,
    to: Annotated[str, typer.Option(metavar="STANDARD[:MESSAGE]", help="Target, as `cim` or `cim:eflex_request`.")],
    standard: StandardOption = None,
    from_partner: PartnerOption = None,
    to_partner: PartnerOption = None,
    context: ContextOption = None,
    output: OutputOption = None,
    report_file: Annotated[Optional[Path], typer.Option("--report", metavar="R.json", help="Write the full report as JSON.")] = None,  # noqa: UP045
    syntax: SyntaxOption = None,
) -> None:
    """Translate a message into another standard, and say what could not be said there."""
    source, target = partner(from_partner), partner(to_partner)
    try:
        done = pipeline.translate(
            read(file), to, standard=standard, from_profile=source, to_profile=target, context=context_of(context, source), now=now(), syntax=syntax
        )
    except HubError as error:
        stop(error)
    files = write_documents(done.documents, output)
    if report_file is not None:
        report_file.write_text(json.dumps(report.as_json(done, files), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    err.print(report.summary(done), markup=False)
    for line in report.losses(done):
        err.print(f"  lost: {line}", markup=False)
    for default in done.defaults:
        err.print(f"  filled: {default.path} {default.value!r} from {default.source}", markup=False)


def write_documents(documents: list[pipeline.Document], output: Path | None) -> list[str]:
    """Write documents to standard output, to one file, or into a folder; returns the names written."""
    if output is None:
        for document in documents:
            sys.stdout.buffer.write(document.data.rstrip() + b"\n")
        return ["-"] * len(documents)
    if len(documents) == 1 and not output.is_dir():
        output.write_bytes(documents[0].data)
        return [str(output)]
    output.mkdir(parents=True, exist_ok=True)
    names = []
    for number, document in enumerate(documents, 1):
        path = output / f"{document.standard}_{document.message}{f'_{number}' if len(documents) > 1 else ''}.{document.syntax}"
        path.write_bytes(document.data)
        names.append(str(path))
    return names


def lift(
    file: FileArgument,
    form: Annotated[str, typer.Option("--format", metavar="FORMAT", help="trig, turtle, nquads or jsonld.")] = "trig",
    packed: Annotated[bool, typer.Option("--packed", help="Series as one exact list per column instead of a node per point.")] = False,
    standard: StandardOption = None,
    from_partner: PartnerOption = None,
    context: ContextOption = None,
) -> None:
    """Lift a message to its graph."""
    try:
        if form not in pipeline.FORMATS:
            raise UsageError(f"{form!r} is no format; known are {', '.join(pipeline.FORMATS)}")
        found = lifted(read(file), standard, from_partner, context)
        sys.stdout.write(pipeline.to_graph(found.message, form, packed))
    except HubError as error:
        stop(error)
    say_unmapped(found)


def lower(
    file: Annotated[Path, typer.Argument(metavar="GRAPH", help="A graph: .trig, .ttl, .nq or .jsonld; - for TriG on standard input.", show_default=False)],
    to: Annotated[str, typer.Option(metavar="STANDARD:MESSAGE", help="Target, as `uftp:flex_request`.")],
    to_partner: PartnerOption = None,
    context: ContextOption = None,
    output: OutputOption = None,
    syntax: SyntaxOption = None,
) -> None:
    """Lower a graph to documents of a standard."""
    profile = partner(to_partner)
    forms = {".ttl": "turtle", ".nq": "nquads", ".jsonld": "jsonld", ".json": "jsonld"}
    try:
        known = context_of(context, profile)
        documents = []
        for message in pipeline.from_graph(read(file), forms.get(file.suffix, "trig")):
            target = pipeline.choose(message, to, library())
            documents += pipeline.lower(message, target, profile=profile, context=known, now=now(), syntax=syntax)
    except HubError as error:
        stop(error)
    write_documents(documents, output)


def validate(
    file: FileArgument,
    standard: StandardOption = None,
    from_partner: PartnerOption = None,
    context: ContextOption = None,
    answer: Annotated[Path | None, typer.Option(metavar="A", help="Write what the sender is answered in its own standard: taken, or refused and why.")] = None,
) -> None:
    """Check a message against its standard and its shapes. Exit 0 conforms, 1 violations (one sentence each), 2 unreadable or unknown."""
    data = read(file)
    try:
        found = lifted(data, standard, from_partner, context)
        pipeline.validate(found).raise_if_refused(found.mapping)
    except HubError as error:
        if answer is not None and not isinstance(error, (DecodeError, UnknownMessage)):
            write_answer(answer, pipeline.decode(data, standard), error.faults, partner(from_partner))
        stop(error)
    if answer is not None:
        write_answer(answer, found.decoded, (), partner(from_partner))
    rows = ", ".join(dict.fromkeys(content.exchange.row for content in found.message.contents))
    leaves = pipeline.account(found.decoded)
    out.print(
        f"{file}: {found.mapping.id}{f' ({rows})' if rows else ''} conforms; {leaves.accounted}/{leaves.total} leaves accounted", markup=False, highlight=False
    )
    say_unmapped(found)


def write_answer(file: Path, decoded: pipeline.Decoded, faults: Sequence[Fault], profile: Profile) -> None:
    """Write the answer to a document, or say why there is none."""
    try:
        document = pipeline.answer(decoded, faults, profile=profile, now=now())
    except HubError as error:
        err.print("not answered:", markup=False)
        for fault in error.faults:
            err.print(str(fault), markup=False)
        return
    if document is None:
        err.print(f"not answered: {decoded.mapping.id} wants no answer", markup=False)
    else:
        file.write_bytes(document.data)


def say_unmapped(found: pipeline.Lifted) -> None:
    for path, text in found.unmapped:
        err.print(f"not mapped: {path} {text}", markup=False)
