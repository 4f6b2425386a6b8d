"""The golden folders, tests/golden/<standard>/<message>/, as values: which files make a case, and how it is lifted.

    wire.xml | .json | .csv        a document of the message, written by us
    wire_<name>.xml | .json | .csv more of them
    graph.ttl, graph_<name>.ttl    the expanded graph each of them means
    partner.yaml, partner_<name>.yaml   the partner profile, when the message needs one
    context/, context_<name>/      earlier messages, learnt in the order of their names
    bad/<why>.xml | .json | .csv | .ttl   a document (or a graph of one exchange) that is refused …
    bad/<why>.txt                  … with exactly this text
A bad file takes the profile and the context of `<why>` when there are such, else those without a name.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from adapter.context import Context
from adapter.errors import HubError, ShapeViolation
from adapter.library import library
from adapter.message import Message
from adapter.partners import NEUTRAL, Profile, find
from adapter.pipeline import Lifted, from_graph, learn, lift, validate
from adapter.shapes.engine import Verdict, check
from adapter.values import Instant

GOLDEN = Path(__file__).resolve().parent / "golden"
NOW = Instant.read("2026-11-21T09:00:00Z")
WIRES = (".xml", ".json", ".csv")


@dataclass(frozen=True)
class Case:
    """One golden document with what is needed to understand it."""

    wire: Path

    @property
    def folder(self) -> Path:
        return self.wire.parent if self.wire.parent.name != "bad" else self.wire.parent.parent

    @property
    def name(self) -> str:
        """What tells this document from the others of its folder; empty for the plain one."""
        return self.wire.stem.removeprefix("wire").removeprefix("_") if self.wire.parent.name != "bad" else self.wire.stem

    @property
    def id(self) -> str:
        return str(self.wire.relative_to(GOLDEN))

    @property
    def data(self) -> bytes:
        return self.wire.read_bytes()

    @property
    def graph(self) -> Path:
        return self.folder / f"graph{'_' + self.name if self.name else ''}{'' if self._alone else self.wire.suffix}.ttl"

    @property
    def _alone(self) -> bool:
        """No other document of the folder has the same name in another syntax."""
        return sum(self.wire.with_suffix(suffix).exists() for suffix in WIRES) == 1

    def _own(self, stem: str, suffix: str = "") -> Path:
        named = self.folder / f"{stem}_{self.name}{suffix}"
        return named if self.name and named.exists() else self.folder / f"{stem}{suffix}"

    @property
    def profile(self) -> Profile:
        file = self._own("partner", ".yaml")
        return find(str(file)) if file.exists() else NEUTRAL

    def context(self) -> Context:
        """What the earlier messages said; a new value on every call, since lifting may add to it."""
        context = Context()
        for file in self.earlier():
            learn(file.read_bytes(), context, profile=self.profile)
        return context

    def earlier(self) -> list[Path]:
        """The earlier messages, in order."""
        folder = self._own("context")
        return sorted(folder.iterdir()) if folder.is_dir() else []


def golden_cases() -> list[Case]:
    """All golden documents."""
    return [Case(path) for path in sorted(GOLDEN.glob("*/*/wire*")) if path.suffix in WIRES]


def bad_cases(*suffixes: str) -> list[Case]:
    """All documents (or, with `.ttl`, graphs) that must be refused."""
    return [Case(path) for path in sorted(GOLDEN.glob("*/*/bad/*")) if path.suffix in (suffixes or WIRES)]


def lift_case(case: Case) -> Lifted:
    """Lift a golden document with its profile and its context, at a fixed time."""
    return lift(case.data, profile=case.profile, context=case.context(), now=NOW)


@lru_cache(256)
def lifted(case: Case) -> Lifted:
    """The same, once per process: what is lifted is never changed by those who look at it."""
    return lift_case(case)


def refusal(case: Case) -> HubError:
    """The error with which a bad case is refused; raises AssertionError when it is not."""
    try:
        if case.wire.suffix == ".ttl":
            graph_verdict(case)[1].raise_if_refused(None)  # type: ignore[arg-type]
        else:
            found = lift_case(case)
            validate(found).raise_if_refused(found.mapping)
    except HubError as error:
        return error
    raise AssertionError(f"{case.id} is not refused")


def graph_verdict(case: Case) -> tuple[Message, Verdict]:
    """The one message of a bad graph, and the verdict on it."""
    (message,) = from_graph(case.data, "turtle")
    return message, check(message, library())


def shape_messages(case: Case) -> set[str]:
    """The rules a bad case breaks, by their messages; empty when it is refused before the shapes see it."""
    if case.wire.suffix == ".ttl":
        try:
            return {finding.message for finding in graph_verdict(case)[1].findings}
        except HubError:
            return set()
    try:
        found = lift_case(case)
    except HubError:
        return set()
    try:
        validate(found).raise_if_refused(found.mapping)
    except ShapeViolation as error:
        return {fault.says for fault in error.faults}
    return set()
