"""The example conversation, taken in by an empty hub as if it were the day it speaks of: what `make run` shows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from rich.table import Table as RichTable

from adapter.errors import UsageError
from adapter.hub.hub import Hub
from adapter.hub.receipt import Receipt
from adapter.text import Table, read_text
from adapter.values import Instant

BEGIN = Instant.read("2026-06-14T08:00:30Z")  # half a minute after the first message was made; each further one comes ten minutes later
STEP_S = 600


def register(hub: Hub, examples: Path) -> None:
    """Make the partners of the conversation known; *raises* `UsageError` where there are no examples."""
    files = sorted((examples / "registry").glob("*.yaml"))
    if not files:
        raise UsageError("the example conversation is not part of the installed package: run this in a checkout of the project")
    for file in files:
        hub.partners.put(file.read_text(encoding="utf-8"), hub.clock(), file.name)


def play(hub: Hub, examples: Path) -> Iterator[tuple[Table, Receipt]]:
    """Let the hub take the messages in their order, and give each step with what became of it. The clock is the hub's own again afterwards."""
    register(hub, examples)
    folder, clock = examples / "conversation", hub.clock
    table = read_text((folder / "conversation.yaml").read_text(encoding="utf-8"), "examples/conversation/conversation.yaml")
    try:
        for at, step in enumerate(step for step in table.items_of("steps") if isinstance(step, Table)):
            then = Instant.of_epoch(BEGIN.epoch + at * STEP_S)
            hub.clock = lambda then=then: then  # type: ignore[misc]
            yield step, hub.receive((folder / step.text("file")).read_bytes(), step.text("brought_by", ""))
    finally:
        hub.clock = clock


def shown(hub: Hub, examples: Path) -> RichTable:
    """Play it, and show a line per message."""
    table = RichTable(title="One congested afternoon, as this hub took it in", title_justify="left", box=None, pad_edge=False)
    for heading in ("id", "message", "exchange", "from", "answered with"):
        table.add_column(heading, no_wrap=True)
    table.add_column("what happens", style="dim", no_wrap=True, overflow="ellipsis")
    for step, receipt in play(hub, examples):
        partner = str(hub.journal.row(receipt.number).outcome.get("partner") or "–")
        answer = receipt.answer.message if receipt.answer is not None else "–"
        says = step.text("says") if receipt.taken else f"refused: {receipt.faults[0]}"
        table.add_row(str(receipt.number), receipt.message, ", ".join(receipt.exchanges) or "–", partner, answer, says)
    return table
