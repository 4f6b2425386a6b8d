"""Names: variables, scopes and types out of the names on the wire; short, in snake_case, unique in the file.

The result does not depend on the order of places, so the XML and the JSON tree of one message get the same variables.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from adapter.scaffold.model import Place, wrapper

_WORD = re.compile(r"[A-Z]+s?(?![a-z])|[A-Z]?[a-z0-9]+|[0-9]+")
_HUMP = re.compile(r"(?<![A-Za-z])[a-z](?=[A-Z]{2})")
_ROLE = re.compile(r"([a-z][A-Za-z0-9]*)_[A-Z][A-Za-z0-9]*|([A-Za-z0-9]+)_(?:MarketParticipant|MarketDocument)")


def words(name: str) -> list[str]:
    """The words of a name on the wire, in lower case.

    >>> words("D-PrognosisMessageID"), words("mRID"), words("TimeSeries_Series")
    (['d', 'prognosis', 'message', 'id'], ['mrid'], ['time', 'series', 'series'])
    """
    name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    name = _HUMP.sub(lambda found: found[0].upper(), name)
    return [word.lower() for word in _WORD.findall(name)] or ["value"]


def snake(name: str) -> str:
    """A name on the wire as a variable.

    >>> snake("ISP-Duration"), snake("isLimitActive"), snake("7zip")
    ('isp_duration', 'is_limit_active', 'n7zip')
    """
    joined = "_".join(words(name))
    return "n" + joined if joined[0].isdigit() else joined


def camel(variable: str) -> str:
    """A variable as the local name of a term.

    >>> camel("sender_market_role_type")
    'senderMarketRoleType'
    """
    first, *rest = variable.split("_")
    return first + "".join(word.capitalize() for word in rest)


def class_name(message: str) -> str:
    """A message as the local name of a class.

    >>> class_name("D-Prognosis"), class_name("NotifyValidatedMeasureData_MarketDocument")
    ('DPrognosis', 'NotifyValidatedMeasureDataMarketDocument')
    """
    return "".join(part[0].upper() + part[1:] for part in re.findall(r"[A-Za-z0-9]+", message))


def type_name(name: str) -> str:
    """A type of a schema as an entry of `types:`.

    >>> type_name("EntityAddressType"), type_name("PartyID_String-base"), type_name("CodingSchemeTypeList")
    ('entity_address', 'party_id', 'coding_scheme_type')
    """
    short = re.sub(r"(?:_?String|_?Integer|_?DateTime|_?Decimal)?(?:-base)?$", "", name) or name
    short = short.removesuffix("List") if short.endswith("List") else short.removesuffix("Type")
    return snake(short or name)


@dataclass(frozen=True, slots=True)
class _Segment:
    full: tuple[str, ...]
    role: tuple[str, ...]  # `sender` of sender_MarketParticipant; else the same


@dataclass(slots=True)
class _Wish:
    """A place that wants a name: its path from the message down, and how many segments its shortest name has."""

    place: Place
    segments: tuple[_Segment, ...]
    level: int
    tries: list[str] = field(default_factory=list)

    def shortest(self) -> str:
        return _join([segment.role for segment in self.segments[-self.level :]])

    def path(self) -> tuple[tuple[str, ...], ...]:
        return tuple(segment.full for segment in self.segments)


def assign(root: Place, message: str, taken: Iterable[str] = ()) -> None:
    """Name every leaf, scope and rows below *root*; *taken* are variables of included fragments.

    A name is the last segment of the path (with what is before a dot: `sender_MarketParticipant.mRID` gives
    `sender_mrid`); names that collide take more of the path, except the one that stands highest.
    """
    used = set(taken)
    wishes = list(_wishes(root.children, (_segment(message),), 0))
    scopes: set[str] = set()
    _settle([wish for wish in wishes if wish.place.form == "each"], scopes)
    _settle([wish for wish in wishes if wish.place.form == "rows"], used)
    _settle([wish for wish in wishes if wish.place.form == "leaf" and wish.place.const is None], used)


def _wishes(places: list[Place], above: tuple[_Segment, ...], floor: int) -> Iterator[_Wish]:
    """*floor* is the level at which names of attributes and members beside a text begin."""
    for place in places:
        if place.form == "include":
            continue
        own = tuple(_segment(part) for part in re.split(r"[.:]", place.key.removeprefix("@").rpartition("}")[2]))
        if place.key in ("#", "value") and floor:
            own = ()
        segments = above + own
        level = max(min(2, len(own)), floor + 1 if floor else 0) if own else floor
        yield _Wish(place, segments, min(max(level, 1), len(segments)))
        if place.children:
            texted = wrapper(place) or any(child.key == "#" for child in place.children)
            yield from _wishes(place.children, segments, level if texted else 0)


def _segment(name: str) -> _Segment:
    role = _ROLE.fullmatch(name)
    full = tuple(word for before, word in pairwise(["", *words(name)]) if word != before)
    return _Segment(full, tuple(words(role[1] or role[2])) if role else full)


def _join(parts: Sequence[tuple[str, ...]]) -> str:
    """Words of segments, without saying a thing twice: process + processType → process_type, flowDirection + direction → flow_direction."""
    joined: tuple[str, ...] = ()
    for part in parts:
        same = next((size for size in range(min(len(joined), len(part)), 0, -1) if joined[-size:] == part[:size]), 0)
        joined += part[same:]
    name = "_".join(joined)
    return "n" + name if name[:1].isdigit() else name


def _settle(wishes: list[_Wish], used: set[str]) -> None:
    families: dict[str, list[_Wish]] = defaultdict(list)
    for wish in wishes:
        families[wish.shortest()].append(wish)
    for family in families.values():
        shared = _shared([wish.path() for wish in family])
        for wish in family:
            wish.tries = _tries(wish, shared)
    pending = wishes
    while pending:
        groups: dict[str, list[_Wish]] = defaultdict(list)
        for wish in pending:
            groups[wish.tries[0]].append(wish)
        pending = []
        for name, group in groups.items():
            winner = _winner(group) if name not in used else None
            if winner is not None:
                winner.place.name = name
                used.add(name)
            pending += _longer([wish for wish in group if wish is not winner], used)


def _shared(paths: list[tuple[tuple[str, ...], ...]]) -> int:
    """How many segments all *paths* begin with: what is around all of them tells none from another."""
    columns = list(zip(*paths, strict=False))
    return next((at for at, column in enumerate(columns) if len(set(column)) > 1), len(columns))


def _tries(wish: _Wish, shared: int) -> list[str]:
    """Names from short to long: the last segments; behind one segment further out; behind all that tell it apart; the whole path."""
    roles = [segment.role for segment in wish.segments]
    tail, above = roles[-wish.level :], roles[shared : -wish.level]
    if roles[-wish.level - 1 : -wish.level] == tail[:1]:
        above = [*above[:-1], ("inner",)]  # a Series in a Series
    whole = wish.path()
    tries = [_join(tail), *(_join([one, *tail]) for one in reversed(above)), _join(whole[-wish.level :]), _join([*above, *tail]), _join(roles), _join(whole)]
    return list(dict.fromkeys(tries))


def _winner(group: list[_Wish]) -> _Wish | None:
    highest = min(len(wish.segments) for wish in group)
    best = [wish for wish in group if len(wish.segments) == highest]
    return best[0] if len(best) == 1 else None


def _longer(losers: list[_Wish], used: set[str]) -> list[_Wish]:
    """The next longer name for each; who has none left gets the longest, with a number if it is taken."""
    again: list[_Wish] = []
    for wish in sorted(losers, key=_Wish.path):
        last = wish.tries.pop(0)
        if wish.tries:
            again.append(wish)
            continue
        name, number = last, 2
        while name in used:
            name, number = f"{last}_{number}", number + 1
        wish.place.name = name
        used.add(name)
    return again
