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
