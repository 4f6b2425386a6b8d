"""What became of a message: what its sender is told, and how the journal keeps that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from adapter.errors import Fault
from adapter.hub.journal import Row
from adapter.pipeline import Document


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a message: its number in the journal, its graph, what it is, why it was refused (nothing: it was taken), and the answer.

    *repeated*: the same bytes came before, and this is what was answered then. *kind* is the class of the error that refused it, *remedy* what it advises.
    """

    number: int
    graph: str
    message: str
    exchanges: tuple[str, ...]
    faults: tuple[Fault, ...]
    answer: Document | None
    repeated: bool = False
    kind: str = ""
    remedy: str = ""

    @property
    def taken(self) -> bool:
        return not self.faults


def outcome(receipt: Receipt) -> dict[str, object]:
    """What the journal keeps of a receipt, besides the bytes of the answer."""
    answer = receipt.answer
    named = {} if answer is None else {"answer_standard": answer.standard, "answer_message": answer.message, "answer_syntax": answer.syntax}
    refused = {"kind": receipt.kind, "remedy": receipt.remedy} if receipt.faults else {}
    return {"exchanges": list(receipt.exchanges), "faults": [[fault.path, fault.says, fault.rule] for fault in receipt.faults], **refused, **named}


def repeat(row: Row, answers: Sequence[bytes | None]) -> Receipt:
    """The receipt of a row of the journal, with the answer it has the bytes of."""
    said = row.outcome
    data = answers[0] if answers else None
    standard, message, syntax, kind, remedy = (str(said.get(key) or "") for key in ("answer_standard", "answer_message", "answer_syntax", "kind", "remedy"))
    listed = said.get("faults")
    faults = tuple(Fault(*map(str, fault)) for fault in listed) if isinstance(listed, list) else ()
    answer = None if data is None else Document(standard, message, syntax, data)
    return Receipt(row.number, row.id, f"{row.standard}:{row.message}", exchanges(row), faults, answer, True, kind, remedy)


def exchanges(row: Row) -> tuple[str, ...]:
    """The exchanges that a message of the journal carries, by row of the grid."""
    found = row.outcome.get("exchanges")
    return tuple(map(str, found)) if isinstance(found, list) else ()
