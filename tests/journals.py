"""What the tests of the journal share: entries of one sender, and bytes that tell their message."""

from __future__ import annotations

from cases import NOW

from adapter.hub.journal import Entry


def entry(identity: str = "m-1", sender: str = "agr.example") -> Entry:
    return Entry(f"urn:example:{sender}:{identity}", NOW, sender, "acme", "order", identity)


def bytes_of(identity: str) -> bytes:
    return identity.encode() * 400
