"""What a reader finds besides values: faults (all of them) and leaves no mapping speaks of."""

from __future__ import annotations

from dataclasses import dataclass, field

from adapter.errors import Fault
from adapter.tree.spec import Leaf


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
        self.fault(path, f"is {text!r}: {error}" if not str(error).startswith("expected") else f"is {text!r}; {error}", leaf.at)

    def missing(self, path: str, at: str) -> None:
        self.fault(path, "is missing", at)

    def unknown(self, path: str, text: str) -> None:
        if self.refuse_unknown:
            self.fault(path, "is not part of this message")
        else:
            self.unmapped.append((path, text))
