"""What one lift, lower or translation carries along: profile, context, clock, and everything found on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from adapter.context import Context
from adapter.errors import Fault
from adapter.frames import Frame
from adapter.partners import NEUTRAL, Profile
from adapter.values import Instant, shown


@dataclass(frozen=True, slots=True)
class Loss:
    """Something the source said that the target does not say, or says with another value (`became`).

    While it is named by an exchange variable, `part` is the part of the source it was said in: the scopes and numbers that lead there.
    """

    path: str
    value: str
    reason: str
    became: str | None = None
    part: tuple[tuple[str, int], ...] | None = None


@dataclass(frozen=True, slots=True)
class Default:
    """A value of the target that the source did not say, and where it came from."""

    path: str
    value: str
    source: str


@dataclass
class Run:
    """State of one operation. Relations report here and never raise for what a message says."""

    profile: Profile = NEUTRAL
    context: Context = field(default_factory=Context)
    now: Instant | None = None
    faults: list[Fault] = field(default_factory=list)
    loss: list[Loss] = field(default_factory=list)
    defaults: list[Default] = field(default_factory=list)
    context_used: list[str] = field(default_factory=list)
    places: Mapping[str, str] = field(default_factory=dict)
    leaves: Mapping[str, Any] = field(default_factory=dict)
    restored: bool = False
    syntax: str = ""
    lacks_context: bool = False
    digest: str = ""

    def trial(self) -> Run:
        """A run with the same settings that reports to itself: to try a way of writing before choosing it."""
        return Run(self.profile, self.context, self.now, places=self.places, leaves=self.leaves, restored=self.restored, syntax=self.syntax)

    def fault(self, path: str, says: str, rule: str = "") -> None:
        self.faults.append(Fault(path, says, rule))

    def missing(self, path: str, says: str, rule: str = "") -> None:
        """A fault that another message would cure."""
        self.lacks_context = True
        self.fault(path, says, rule)

    def lose(self, path: str, value: Any, reason: str, became: Any = None) -> None:
        self.loss.append(Loss(path, shown(value), reason, None if became is None else shown(became)))

    def default(self, path: str, value: Any, source: str) -> None:
        self.defaults.append(Default(path, shown(value), source))

    def filled(self, frame: Frame, variable: str, value: Any, source: str) -> None:
        """List the default that a wire variable was given, as it stands on the wire."""
        leaf = self.leaves.get(variable)
        items = value if leaf is not None and leaf.most is None else (value,)
        self.default(self.place(frame, variable), ".".join(shown(item if leaf is None else leaf.write(item)) for item in items), source)

    def place(self, frame: Frame, variable: str, row: int | None = None) -> str:
        """Where *variable* stands on the wire, with the indexes of *frame*; a canonical variable shows as ?name."""
        template = self.places.get(variable)
        if template is None:
            return f"?{variable}" + ("" if row is None else f"[{row + 1}]")
        holder: Frame | None = frame.holder(variable)
        indexes: list[int] = []
        while holder is not None and holder.parent is not None:
            indexes.append(holder.index)
            holder = holder.parent
        for index in [*reversed(indexes), *(() if row is None else (row + 1,))]:
            template = template.replace("[]", f"[{index}]", 1)
        return template.replace("[]", "")

    def whole(self, variable: str) -> bool:
        """True when the wire place of *variable* holds whole numbers only."""
        leaf = self.leaves.get(variable)
        return leaf is not None and leaf.type.codec.kind is int

    def fraction(self, variable: str) -> int | None:
        """How many digits after the point the wire place of *variable* holds; None when it holds any number."""
        leaf = self.leaves.get(variable)
        found: int | None = leaf.type.fraction if leaf is not None else None
        return found

    def codes_of(self, variable: str) -> tuple[str, ...]:
        """The codes the wire place of *variable* knows; empty when it takes any text."""
        leaf = self.leaves.get(variable)
        return () if leaf is None else tuple(leaf.names or leaf.type.codes or ())

    def put(self, frame: Frame, variable: str, value: Any) -> None:
        """Set a wire variable in the frame that declares it; two uses that disagree are a fault."""
        if value is None:
            return
        holder = frame.holder(variable)
        before = holder.values.get(variable)
        if before is not None and before != value:
            self.fault(self.place(frame, variable), f"would have to be both {shown(before)} and {shown(value)}: the contents do not fit one document")
            return
        holder.values[variable] = value
