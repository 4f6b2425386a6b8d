"""The legs of tests/translations/ as values: a document, both partners, what came before, and how it is translated.

Each folder holds a small document of ours (source.xml|json), the partners, the earlier messages (context/) and leg.yaml: the
target, and which leaves may be without trace, with the reason. Adding a leg adds files, no Python.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from cases import NOW

from adapter.context import Context
from adapter.partners import NEUTRAL, Profile, find, read_profile
from adapter.pipeline import Translation, learn, translate
from adapter.text import Table, read_text

FOLDER = Path(__file__).resolve().parent / "translations"


def profile(text: str) -> Profile:
    return read_profile(read_text(f"profile: test\nmeans: what a test agrees on\n{text}", "profile.yaml"))


def without(own: Profile, key: str) -> Profile:
    """The profile of a partner that does not say one thing."""
    return Profile("without", {name: value for name, value in own.entries.items() if name != key})


def partner(leg: str, side: str) -> Profile:
    file = FOLDER / leg / f"{side}_partner.yaml"
    return find(str(file)) if file.exists() else NEUTRAL


@lru_cache(64)
def described(leg: str) -> Table:
    return read_text((FOLDER / leg / "leg.yaml").read_text(encoding="utf-8"), f"{leg}/leg.yaml")


def source(leg: str) -> bytes:
    return next((FOLDER / leg).glob("source.*")).read_bytes()


def earlier(leg: str) -> list[Path]:
    return sorted((FOLDER / leg).glob("context/*"))


def translator(leg: str, to_partner: Profile | None = None, from_partner: Profile | None = None, to: str | None = None) -> Callable[[bytes], Translation]:
    """Translate a document as the leg says, or with another partner."""
    sender, receiver = from_partner or partner(leg, "from"), to_partner or partner(leg, "to")

    def run(document: bytes) -> Translation:
        context = Context()
        for file in earlier(leg):
            learn(file.read_bytes(), context, profile=sender)
        return translate(document, to or described(leg).text("to"), from_profile=sender, to_profile=receiver, context=context, now=NOW)

    return run


def result(leg: str, **change: Profile) -> Translation:
    return translator(leg, **change)(source(leg))
