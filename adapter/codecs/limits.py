"""How much of a document we are willing to read before we refuse it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one document: size as received, and how deep elements (XML) or objects and lists (JSON) may nest.

    The deepest real document seen, a SPINE schedule in its SHIP envelope, nests 30 levels; a CIM grid nests 3.
    """

    max_bytes: int = 32 * 1024 * 1024
    max_depth: int = 64


LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class ArchiveLimits:
    """Bounds of one ZIP archive, with all archives inside it: files, bytes they declare, archives in archives, and the size of an inner one."""

    max_entries: int = 10_000
    max_total: int = 16 * 1024**3
    max_depth: int = 3
    max_inner: int = 256 * 1024 * 1024


ARCHIVE = ArchiveLimits()
