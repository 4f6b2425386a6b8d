"""Findings that say the same of several objects, together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from adapter.grid.finding import Finding

SEVERITIES = ("Violation", "Unchecked", "Warning", "Info")  # worst first


@dataclass(frozen=True)
class Group:
    """The findings of one rule at one property in one model, in the order of their objects."""

    severity: str
    model: str
    path: str
    shape: str
    message: str
    findings: tuple[Finding, ...]


def grouped(found: Iterable[Finding]) -> list[Group]:
    """The findings by rule: the worst first, then the most frequent."""
    together: dict[tuple[str, str, str, str, str], list[Finding]] = {}
    for one in found:
        together.setdefault((one.severity, one.model, one.path, one.shape, one.message), []).append(one)
    groups = [Group(*key, tuple(sorted(findings))) for key, findings in together.items()]
    return sorted(groups, key=lambda one: (SEVERITIES.index(one.severity), -len(one.findings), one.model, one.path, one.shape))
