"""One thing that is wrong in a CIM grid model, and the model it is in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """A broken rule: in which model, at which object and property, what stands there, which rule, and a sentence.

    *focus* is the IRI of the object, *what* its class and name for people. *shape* is the rule: `file#shape`, or the name
    of one of our own. *severity* is Violation, Warning or Info as in SHACL, or Unchecked for a rule that cannot be evaluated.
    """

    model: str
    focus: str
    what: str
    path: str
    value: str
    shape: str
    message: str
    severity: str

    def __str__(self) -> str:
        place = " ".join(part for part in (self.what, self.focus, self.path) if part)
        value = f" is {self.value!r}" if self.value else ""
        return f"{self.severity}: {self.model}: {place}{value}: {self.message} ({self.shape})"
