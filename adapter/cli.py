"""The command line. Exit codes: 0 done, 1 refused (reasons on stderr), 2 unreadable or unknown."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn, Optional

import typer
from rich.console import Console
from rich.table import Table as RichTable

from adapter import coverage as grid
from adapter import pipeline, report
from adapter.context import Context
from adapter.errors import DecodeError, Fault, HubError, MappingError, UnknownMessage, UsageError
from adapter.library import library
from adapter.partners import Profile, find
from adapter.values import Instant

if TYPE_CHECKING:
    from adapter.hub.receive import Hub

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


@app.command()
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


@app.command()
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


@app.command()
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


@app.command()
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


@app.command()
def coverage(form: Annotated[str, typer.Option("--format", metavar="FORMAT", help="table, json, csv or markdown.")] = "table") -> None:
    """Show the acceptance grid as it is: which cell and which leg a test proves."""
    known = library()
    if form == "json":
        sys.stdout.write(json.dumps(grid.as_json(known), indent=2, ensure_ascii=False) + "\n")
    elif form == "csv":
        sys.stdout.write(grid.as_csv(known))
    elif form == "markdown":
        sys.stdout.write(grid.as_markdown(known) + "\n")
    elif form == "table":
        lines = grid.as_markdown(known).splitlines()
        table = RichTable(*[cell.strip() for cell in lines[0].strip("|").split("|")], title="acceptance grid")
        for line in lines[2:]:
            if line.startswith("|"):
                table.add_row(*[cell.strip() for cell in line.strip("|").split("|")])
        out.print(table)
        out.print(lines[-1], highlight=False)
    else:
        stop(UsageError(f"{form!r} is no format; known are table, json, csv, markdown"))


@app.command()
def scaffold(
    source: Annotated[Path, typer.Argument(metavar="SCHEMA|SAMPLE", help="An XSD, a JSON schema, or a sample document.", show_default=False)],
    message: Annotated[str, typer.Option(metavar="NAME", help="The root element of the message.")],
    standard: Annotated[Optional[str], typer.Option(metavar="STANDARD", help="The standard it belongs to, for the names of its terms.")] = None,  # noqa: UP045
    codes: Annotated[str, typer.Option(metavar="few|all", help="Write out long code lists too (all), or only short ones (few).")] = "few",
) -> None:
    """Write the tree layer of a new mapping from a schema or a sample, ready to relate."""
    from adapter.scaffold import scaffold as write

    try:
        sys.stdout.write(write(source, message, standard=standard, codes=codes))
    except HubError as error:
        stop(error)


@app.command()
def check(
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="[FILES]", help="Messages, or folders of them, to hold the laws on.", show_default=False)
    ] = None,
    schema: Annotated[bool, typer.Option("--schema", help="Also list every element of the third-party schemas that no mapping speaks of.")] = False,
    schemas: Annotated[Path, typer.Option(metavar="FOLDER", help="Where those schemas are.")] = Path("../shared/data"),
    from_partner: PartnerOption = None,
) -> None:
    """Check mappings, exchanges and shapes; with FILES also the round-trip laws on them. Exit 0 or 1."""
    from adapter.check import check_all

    if schema and not schemas.is_dir():
        stop(UsageError(f"{schemas} is no folder: name the one with the third-party schemas by --schemas"))
    findings = check_all(files or [], schemas if schema else None, partner(from_partner))
    for finding in findings:
        err.print(str(finding), markup=False)
    try:
        known = library()
    except HubError:  # what is wrong with it stands above
        raise typer.Exit(1) from None
    out.print(
        f"{len(known.exchanges) - 1} exchanges, {sum(1 for _ in known.mappings())} mappings, {len(files or [])} files: "
        f"{'nothing wrong' if not findings else f'{len(findings)} findings'}",
        highlight=False,
    )
    raise typer.Exit(1 if findings else 0)


@app.command()
def receive(
    files: Annotated[list[Path], typer.Argument(metavar="FILES", help="Messages, in the order they came.", show_default=False)],
    data: Annotated[Path, typer.Option("--data", metavar="DIR", help="The data folder: journal and store; made when it is not there.")] = Path("data"),
    from_partner: PartnerOption = None,
    answers: Annotated[Optional[Path], typer.Option(metavar="FOLDER", help="Write what the senders are answered here, by number.")] = None,  # noqa: UP045
) -> None:
    """Take messages into a data folder: journal, store, answers. Exit 0 all taken, 1 some refused, 2 unreadable or unknown."""
    from adapter.hub.receive import Hub

    profile = partner(from_partner)
    try:
        with Hub(data, now, lambda sender: profile) as hub:
            receipts = [receive_one(hub, file, answers) for file in files]
            hub.expand()
    except HubError as error:
        stop(error)
    raise typer.Exit(max(receipts))


def receive_one(hub: Hub, file: Path, answers: Path | None) -> int:
    """Take one message and say what became of it; its exit code."""
    try:
        receipt = hub.receive(read(file))
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


@app.command()
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


@app.command()
def bench(as_json: Annotated[bool, typer.Option("--json", help="Print the ratios as JSON.")] = False) -> None:
    """Measure against the naive pipeline (rdflib, pySHACL, SPARQL) in one run. Needs a checkout."""
    root = Path(__file__).resolve().parent.parent
    if not (root / "benchmarks" / "run.py").is_file():
        stop(UsageError("the benchmarks are not part of the installed package: run this in a checkout of the project"))
    sys.path.insert(0, str(root))
    from benchmarks.run import main as run

    run(["--json"] if as_json else [])


@app.command()
def demo() -> None:
    """Play the example conversation: one line per message."""
    from adapter.demo import play

    raise typer.Exit(play(out, Path(__file__).resolve().parent.parent / "examples"))


def main() -> None:
    """Entry point of the command `gridglot`."""
    app()


if __name__ == "__main__":
    main()
