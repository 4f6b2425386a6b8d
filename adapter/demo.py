"""Play the example conversation: one line per message, from real files through the whole pipeline."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.table import Table as RichTable

from adapter import pipeline
from adapter.context import Context
from adapter.errors import HubError
from adapter.partners import find
from adapter.text import Table, read_text
from adapter.values import Instant

NOW = Instant.read("2026-06-15T15:00:00Z")


def play(console: Console, examples: Path) -> int:
    """Run every step of examples/conversation; returns the exit code (0 when every message was understood and translated)."""
    folder = examples / "conversation"
    if not folder.is_dir():
        console.print("the example conversation is not part of the installed package: run this in a checkout of the project")
        return 2
    table = read_text((folder / "conversation.yaml").read_text(encoding="utf-8"), "examples/conversation/conversation.yaml")
    shown = RichTable(title=table.text("title"), title_justify="left", box=None, pad_edge=False)
    for heading in ("message", "exchange", "leaves", "valid", "translated to", "lost"):
        shown.add_column(heading, no_wrap=True)
    shown.add_column("what happens", style="dim", no_wrap=True, overflow="ellipsis")
    context, failed = Context(), []
    for step in table.items_of("steps"):
        if isinstance(step, Table):
            try:
                shown.add_row(*_step(step, folder, context))
            except HubError as error:
                shown.add_row(step.text("file"), "", "", "no", "", "", str(error.faults[0]))
                failed.append(step.text("file"))
    console.print(shown)
    console.print(
        f"\n{len(table.items_of('steps'))} messages, {len(failed)} refused. The files are in examples/conversation; try [bold]gridglot translate[/bold] on one of them."
    )
    return 1 if failed else 0


def _step(step: Table, folder: Path, context: Context) -> list[str]:
    """One row: message, exchanges, leaves accounted, verdict, target, losses, what happens."""
    data = (folder / step.text("file")).read_bytes()
    profiles = [find(str(folder.parent / "partners" / step.text(key))) if key in step else find(None) for key in ("from_partner", "to_partner")]
    lifted = pipeline.lift(data, profile=profiles[0], context=context, now=NOW)
    leaves, verdict = pipeline.account(lifted.decoded), pipeline.validate(lifted)
    target, lost = "", ""
    if "to" in step:
        done = pipeline.translate(data, step.text("to"), from_profile=profiles[0], to_profile=profiles[1], context=context, now=NOW)
        target = done.target.id + (f" ×{len(done.documents)}" if len(done.documents) > 1 else "")
        lost = str(len(done.loss))
    pipeline.remember(lifted.message, lifted.wire, context)
    rows = ", ".join(dict.fromkeys(content.exchange.row for content in lifted.message.contents))
    return [
        lifted.mapping.id,
        rows or "–",
        f"{leaves.accounted}/{leaves.total}",
        "yes" if verdict.conforms else "no",
        target or "–",
        lost or "–",
        step.text("says"),
    ]
