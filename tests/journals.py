"""What the tests of the journal share: entries of one sender, bytes that tell their message, and a message that was taken."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from cases import NOW

from adapter.hub.journal import Entry, Journal, Row


def entry(identity: str = "m-1", sender: str = "agr.example") -> Entry:
    return Entry(f"urn:example:{sender}:{identity}", NOW, sender, "acme", "order", identity)


def bytes_of(identity: str) -> bytes:
    return identity.encode() * 400


def digest_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def taken(journal: Journal, identity: str = "m-1", data: bytes = b"one", answers: Sequence[bytes] = ()) -> Row:
    return journal.add(entry(identity), data, "done", {}, answers)
