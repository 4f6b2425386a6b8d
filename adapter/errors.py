"""The one tree of errors. Each says where, what, what was expected, and which rule asks for it.

HubError
├── MappingError      a mapping, exchange, shape or profile file is wrong (file and line)
├── DecodeError       bytes are not a well-formed, harmless document
├── UnknownMessage    well-formed, but no mapping recognises it
├── LiftError         a document breaks the rules of its own standard
├── ShapeViolation    the meaning breaks a shape
├── LowerError        the meaning cannot be said in the target standard
├── AdmissionError    the hub does not take messages from this sender
│   └── AlreadyUsed   the identifier names another message, or a later revision holds
├── ServiceError      a service of the hub cannot take what the message carries
├── ContextMissing    an earlier message is needed to understand this one
├── EncodeError       a target document would break the rules of its standard
├── StorageError      the disk did not take what was to be kept
├── StoreError        the store of graphs cannot be read or written
├── QueryError        a query does more than read, or goes over a limit
├── BridgeError       a library of others, behind a bridge, gave up
└── UsageError        a command or call was made wrongly (unknown name, unreadable file)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: the place on the wire (or in a file), a sentence, and the rule behind it."""

    path: str
    says: str
    rule: str = ""

    def __str__(self) -> str:
        place = f"{self.path}: " if self.path else ""
        rule = f" ({self.rule})" if self.rule else ""
        return f"{place}{self.says}{rule}"


class HubError(Exception):
    """Base of everything the hub refuses. `faults` holds all faults found, never only the first."""

    def __init__(self, faults: Fault | Sequence[Fault] | str, remedy: str = "") -> None:
        if isinstance(faults, str):
            faults = Fault("", faults)
        self.faults: tuple[Fault, ...] = (faults,) if isinstance(faults, Fault) else tuple(dict.fromkeys(faults))
        self.remedy = remedy
        super().__init__(str(self))

    def __str__(self) -> str:
        lines = [str(fault) for fault in self.faults]
        return "\n".join([*lines, self.remedy] if self.remedy else lines)


class MappingError(HubError):
    """A file of ours (mapping, exchange, shape, profile, code list) is wrong."""


class DecodeError(HubError):
    """The bytes are not a well-formed, harmless document of a syntax we read."""


class UnknownMessage(HubError):
    """The document is well-formed, but no mapping recognises it."""


class LiftError(HubError):
    """The document breaks the rules of its own standard."""


class ContextMissing(LiftError):
    """The message can only be understood together with an earlier one that was not given."""


class ShapeViolation(HubError):
    """The document is well-formed, but what it means breaks a shape."""


class AdmissionError(HubError):
    """The sender is not known to the hub, not registered, somebody else than it says, or sends what is over already."""


class AlreadyUsed(AdmissionError):
    """The identifier names another message already, or a later revision of the message holds."""


class ServiceError(HubError):
    """A service of the hub cannot take what the message carries: nothing it refers to is known, it is too late, or no service takes such an exchange."""


class LowerError(HubError):
    """What the graph says cannot be said in the target standard, or only by guessing."""


class EncodeError(HubError):
    """The document about to be written would break the rules of its standard."""


class StorageError(HubError):
    """The disk did not take, or did not give back, what the hub keeps: full, broken, read-only. Nothing was acknowledged."""


class StoreError(HubError):
    """The store of graphs cannot be read or written, or was given something else than the graph it was told to keep."""


class QueryError(HubError):
    """A query does more than read, is no SPARQL, or goes over a limit; `limit` names the one it met (seconds, memory_mb, rows), and is empty else."""

    def __init__(self, faults: Fault | Sequence[Fault] | str, remedy: str = "", limit: str = "") -> None:
        self.limit = limit
        super().__init__(faults, remedy)


class BridgeError(HubError):
    """A library of others that an extra brings (cimpy) gave up on what it was given; nothing of what it had made is used."""


class UsageError(HubError):
    """A command or a call was made wrongly: an unknown name, an unreadable file."""
