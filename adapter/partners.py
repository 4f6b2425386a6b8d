"""Partner files: what a standard leaves open and two parties agree on; and, for a hub, who the partner is. No entry means: refuse, never guess.

The keys are documented in docs/integrator.md ("Partner profiles"). A profile serves one side of a translation.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from adapter.errors import MappingError, UsageError
from adapter.names import identifier_iri
from adapter.resources import folder, walk
from adapter.text import Table, read_file, read_text

KEYS = (
    "profile",
    "means",
    "partner",
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
    "schemes",
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
        return self.named(f"{scheme}/{identifier}", wanted)

    def named(self, asked: str, wanted: tuple[str, ...]) -> tuple[str, str] | None:
        """The same for `SCHEME/code`, or for an IRI such as that of an object of a grid model."""
        for left, right in self.table("identifiers").items():
            for one, other in ((left, right), (right, left)):
                if one == asked and other.partition("/")[0] in wanted:
                    found, _, code = other.partition("/")
                    return found, code
        return None


NEUTRAL = Profile(NEUTRAL_NAME)

ROLES = ("operator", "dso", "aggregator", "supplier", "prosumer", "metering", "device", "analyst")
_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")


@dataclass(frozen=True)
class Partner:
    """A party the hub deals with: who it is in each standard, what it speaks, where it listens, and what was agreed with it.

    *ids* are IRIs, as messages name their sender; *speaks* is the version of each standard; *endpoint* is where documents for it are posted ("" for none).
    One that is not *registered* is known and refused. Its roles `operator` (everything) and `analyst` (SPARQL) open the hub itself to it.
    """

    name: str
    means: str
    registered: bool
    roles: tuple[str, ...]
    ids: tuple[str, ...]
    speaks: dict[str, str]
    endpoint: str
    profile: Profile
    text: str = field(default="", repr=False)


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
    read_partner_table(table, Profile(table.text("profile"), {}))
    agreed = table.part(*(key for key in table if key != "partner"))
    return Profile(table.text("profile"), _flatten(agreed), table.file)


def read_partner(text: str, shown: str) -> Partner:
    """The partner that a partner file (YAML, or JSON) speaks of; raises UsageError with the line of what is wrong."""
    try:
        table = read_text(text, shown)
        partner = read_partner_table(table, read_profile(table), text)
        if not partner.ids:
            raise table.wrong("the file does not say who the partner is", "partner", "Add partner: {registered: true, ids: {DNS: agr.example.com}}.")
    except MappingError as error:
        raise UsageError(error.faults, error.remedy) from error
    return partner


def read_partner_table(table: Table, profile: Profile, text: str = "") -> Partner:
    """What a file says under `partner:`; raises MappingError."""
    said = table.table("partner")
    said.only("registered", "roles", "ids", "speaks", "endpoint")
    name, roles, endpoint = table.text("profile"), said.texts("roles"), said.text("endpoint", "")
    if said and not _NAME.fullmatch(name):
        raise table.wrong(f"{name!r} is no name for a partner: small letters, digits, '.', '_' and '-', 64 at most", "profile")
    if unknown := [role for role in roles if role not in ROLES]:
        raise said.wrong(f"{unknown[0]!r} is no role; known are {', '.join(ROLES)}", "roles")
    if endpoint and urlsplit(endpoint).scheme not in ("http", "https"):
        raise said.wrong(f"{endpoint!r} is no address to post to over http or https", "endpoint")
    ids = tuple(identifier_iri(scheme, code) for scheme in said.table("ids") for code in said.table("ids").texts(scheme))
    speaks = {standard: said.table("speaks").text(standard) for standard in said.table("speaks")}
    return Partner(name, table.text("means", ""), said.flag("registered"), tuple(roles), ids, speaks, endpoint, profile, text)


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
