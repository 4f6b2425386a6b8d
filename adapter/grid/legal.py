"""Say whether a text is a value of the CIM primitive its property has (XML Schema 1.0 part 2)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from functools import lru_cache

from adapter.grid.datatypes import literal, primitive
from adapter.values import Instant

_ZONE = r"(?:Z|[+-](?:0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00)?"
_NUMBER = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
_DATE = re.compile(rf"([0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}){_ZONE}")
_MONTH_DAY = re.compile(rf"--([0-9]{{2}}-[0-9]{{2}}){_ZONE}")
_LEAP_YEAR = "2000-"


def legal(name: str, text: str) -> bool:
    """True when *text* is a value of the property *name*; white space around it is allowed (clause 4.3.6).

    >>> legal("cim:Switch.open", "true"), legal("cim:Switch.open", "True"), legal("cim:ACLineSegment.r", "9.4e-5")
    (True, False, True)
    """
    return bool(_test(name)(literal(name, text, "shapes")[0]))


@lru_cache(8192)
def _test(name: str) -> Callable[[str], object]:
    return _TESTS[primitive(name)]


def _day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _moment(text: str) -> bool:
    try:
        Instant.read(text)
    except ValueError:
        return False
    return True


def _calendar_day(text: str) -> bool:
    found = _DATE.fullmatch(text)
    return found is not None and _day(found[1])


def _month_day(text: str) -> bool:
    found = _MONTH_DAY.fullmatch(text)
    return found is not None and _day(_LEAP_YEAR + found[1])


_TESTS: dict[str, Callable[[str], object]] = {
    "String": lambda text: True,
    "Boolean": re.compile(r"true|false|0|1").fullmatch,
    "Integer": re.compile(r"[+-]?[0-9]+").fullmatch,
    "Float": re.compile(rf"{_NUMBER}(?:[eE][+-]?[0-9]+)?|-?INF|NaN").fullmatch,
    "Decimal": re.compile(_NUMBER).fullmatch,
    "DateTime": _moment,
    "Date": _calendar_day,
    "MonthDay": _month_day,
    "URI": re.compile(r"[^\x00-\x20<>\"{}|\\^`]+").fullmatch,
}
