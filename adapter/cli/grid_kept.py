"""Models that a data folder keeps, as the commands on grid models find them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from adapter.errors import UsageError
from adapter.hub.held import Held
from adapter.hub.journal import Journal


def journal_of(data: Path) -> Journal:
    """The journal of a data folder. *Raises* `UsageError` when there is none, or a hub holds it."""
    if not (data / "journal.sqlite").is_file():
        raise UsageError(f"{data} has no journal.sqlite: name the data folder of a hub by --data")
    return Journal(data / "journal.sqlite")


def chosen(models: Sequence[Held], name: str | None = None, authority: str | None = None, profile: str = "", every: bool = False) -> list[Held]:
    """The models that are meant: those that hold, or *every* version; one that is called by *name* need not hold. *Raises* `UsageError` for none."""
    found = [
        one
        for one in models
        if (name is None or is_called(one, name))
        and (authority is None or one.header.authority.strip() == authority.strip())
        and (not profile or any(profile.lower() in said.lower() for said in (*one.header.profiles, one.header.profile_names)))
        and (every or name is not None or one.holds)
    ]
    if not found and not every:
        wanted = [f"is called {name}" for _ in range(name is not None)]
        wanted += [f"is of {authority}" for _ in range(authority is not None)]
        wanted += [f"has {profile} in a profile" for _ in range(bool(profile))]
        raise UsageError(f"no model {' and '.join(wanted) or 'holds'}", "gridglot grid export --list shows those there are.")
    return found


def is_called(one: Held, name: str) -> bool:
    """Whether *name* is the number of a model's message or the identifier of its header, with or without `urn:uuid:`."""
    return name in (str(one.number), one.header.id, one.header.id.removeprefix("urn:uuid:"))
