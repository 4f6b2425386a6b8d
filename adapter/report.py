"""A translation as people and programs read it: the JSON report, and one line for a terminal."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import Any

from adapter.pipeline import Translation


def as_json(translation: Translation, files: list[str]) -> dict[str, Any]:
    """{from, to, exchanges, leaves, documents, loss, defaults, validation, context}; the five leaf counts sum to total."""
    return {
        "from": translation.source.id,
        "to": translation.target.id,
        "exchanges": translation.exchanges,
        "leaves": translation.leaves.counts(),
        "documents": [{"standard": one.standard, "message": one.message, "file": file} for one, file in zip(translation.documents, files, strict=True)],
        "loss": [{key: value for key, value in asdict(loss).items() if value is not None} for loss in translation.loss],
        "defaults": [asdict(default) for default in translation.defaults],
        "validation": {"conforms": translation.verdict.conforms, "results": [asdict(finding) for finding in translation.verdict.findings]},
        "context": translation.context_used,
    }


def summary(translation: Translation) -> str:
    """One line: from, to, exchanges, leaves, documents, losses."""
    leaves = translation.leaves
    return (
        f"{translation.source.id} → {translation.target.id}: {', '.join(translation.exchanges) or 'no exchange'}, "
        f"{leaves.accounted}/{leaves.total} leaves accounted, {_count(len(translation.documents), 'document')}, "
        f"{_count(len(translation.loss), 'loss', 'losses')}, {_count(len(translation.defaults), 'default')}"
    )


def losses(translation: Translation) -> list[str]:
    """What is lost, by reason: each reason once, with how many leaves and the first of them."""
    reasons = Counter((loss.reason, loss.became is not None) for loss in translation.loss)
    lines = []
    for (reason, changed), count in reasons.items():
        first = next(loss for loss in translation.loss if loss.reason == reason and (loss.became is not None) == changed)
        became = f" → {first.became}" if first.became is not None else ""
        more = f" (and {count - 1} more)" if count > 1 else ""
        lines.append(f"{first.path} {first.value!r}{became}: {reason}{more}")
    return lines


def _count(number: int, one: str, many: str | None = None) -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"
