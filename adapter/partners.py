"""Partner profiles: what a standard leaves open and two parties agree on. No entry means: refuse, never guess.

The keys are documented in docs/integrator.md ("Partner profiles"). A profile serves one side of a translation.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from adapter.errors import MappingError, UsageError
from adapter.resources import folder, walk
from adapter.text import Table, read_file, read_text

KEYS = (
    "profile",
    "means",
    "zone",
    "resolution",
    "resampling",
    "sign",
    "unit",
    "currency",
    "baseline",
    "direction",
    "limit_direction",
    "row",
    "identifiers",
    "domains",
    "values",
)


NEUTRAL_NAME = "neutral"


@dataclass(frozen=True)
class Profile:
    """One partner's conventions. `get` looks a key up (dots go into tables); identifiers map both ways."""

    name: str
    entries: dict[str, str] = field(default_factory=dict)
    at: str = ""
    _tables: dict[str, dict[str, str]] = field(default_factory=dict, repr=False, compare=False)

    def __str__(self) -> str:
        """How an error speaks of it: by name, or, for the neutral one, by the option that names another."""
        return f"the partner profile {self.name}" if self.name != NEUTRAL_NAME else "a partner profile (--from-partner or --to-partner)"

    def get(self, key: str) -> str | None:
        return self.entries.get(key)

    def table(self, key: str) -> dict[str, str]:
        """The entries below *key*: {`A01`: `hub:Up`} for `direction`."""
        found = self._tables.get(key)
        if found is None:
            found = self._tables[key] = {name[len(key) + 1 :]: value for name, value in self.entries.items() if name.startswith(key + ".")}
        return found

    def identifier(self, scheme: str, identifier: str, wanted: tuple[str, ...]) -> tuple[str, str] | None:
        """The same thing's identifier in one of the *wanted* schemes, by the profile's table; None without entry."""
        asked = f"{scheme}/{identifier}"
        for left, right in self.table("identifiers").items():
            for one, other in ((left, right), (right, left)):
                if one == asked and other.partition("/")[0] in wanted:
                    found, _, code = other.partition("/")
                    return found, code
        return None


NEUTRAL = Profile(NEUTRAL_NAME)


def _flatten(table: Table, prefix: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in table.items():
        if isinstance(value, Table):
            found.update(_flatten(value, f"{prefix}{key}."))
        elif isinstance(value, str):
            found[prefix + key] = value
        else:
            raise table.wrong(f"{key} must be a text or a table", key)
    return found


def read_profile(table: Table) -> Profile:
    """Compile one profile file; raises MappingError with the line for a key that means nothing."""
    table.only(*KEYS)
    return Profile(table.text("profile"), _flatten(table), table.file)


@lru_cache(1)
def shipped() -> dict[str, Profile]:
    """The profiles that come with the package, by name (mappings/profiles)."""
    root = folder("mappings").joinpath("profiles")
    profiles = [read_profile(read_file(entry, f"mappings/profiles/{name}")) for name, entry in (walk(root, ".yaml") if root.is_dir() else [])]
    return {profile.name: profile for profile in profiles}


def find(name: str | None) -> Profile:
    """A profile by name or by file; the neutral one for None. Raises UsageError for a name nobody knows."""
    if name is None or name == NEUTRAL.name:
        return shipped().get(NEUTRAL.name, NEUTRAL)
    if name in shipped():
        return shipped()[name]
    path = Path(name)
    if not path.is_file():
        raise UsageError(f"no partner profile is called {name!r}, and no such file exists; shipped profiles: {', '.join(sorted(shipped())) or 'none'}")
    try:
        return read_profile(read_text(path.read_text(encoding="utf-8"), name))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{name} cannot be read: {error}") from error
    except MappingError as error:
        raise UsageError(error.faults) from error
