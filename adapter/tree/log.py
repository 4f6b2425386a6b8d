"""What a reader finds besides values: faults (all of them) and leaves no mapping speaks of."""

from __future__ import annotations

from dataclasses import dataclass, field

from adapter.errors import Fault
from adapter.tree.spec import Leaf
from adapter.values import shown


@dataclass(slots=True)
class Log:
    """Collects faults and unmapped leaves while one document is read or written."""

    rule: str = ""
    refuse_unknown: bool = True
    faults: list[Fault] = field(default_factory=list)
    unmapped: list[tuple[str, str]] = field(default_factory=list)

    def fault(self, path: str, says: str, at: str = "") -> None:
        self.faults.append(Fault(path, says, ", ".join(part for part in (at, self.rule) if part)))

    def bad(self, path: str, leaf: Leaf, text: object, error: ValueError) -> None:
        said = str(error)
        what = repr(text) if isinstance(text, str) else shown(text)
        self.fault(path, f"is {what}; {said}" if said.startswith("expected") else f"is {what}: {said}", leaf.at)

    def missing(self, path: str, at: str) -> None:
        self.fault(path, "is missing", at)

    def unknown(self, path: str, text: str) -> None:
        if self.refuse_unknown:
            self.fault(path, "is not part of this message")
        else:
            self.unmapped.append((path, text))

    def empty(self, path: str, text: str) -> None:
        """An optional place that is there and holds nothing: it says nothing a frame could hold, so it is listed and harms nothing."""
        self.unmapped.append((path, text))
