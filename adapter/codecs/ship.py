"""EEBus SPINE datagrams in the JSON of SHIP: bytes to a tree of plain objects and back, by the table mappings/spine/types.yaml.

SHIP (TS 1.0.1, chapter 11) writes every object as an array of one-key objects, so `[]` may be an empty list or an
empty object, and only the type tells. Replacing text, as other readers do, corrupts strings; we read by type.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from operator import itemgetter
from typing import TypeVar

from adapter.codecs import json
from adapter.codecs.json import Json
from adapter.codecs.limits import LIMITS, Limits
from adapter.errors import DecodeError, EncodeError, Fault, UsageError
from adapter.resources import folder
from adapter.text import Table, read_file

_FILE = "mappings/spine/types.yaml"
_RULE = "SHIP TS 1.0.1, chapter 11"
_PROTOCOL = "ee1.0"
_NOTATION = re.compile(r"(\w+)(!?)(\*?)(?::(\w+))?", re.ASCII)
_Entry = TypeVar("_Entry")


@dataclass(frozen=True, slots=True)
class Element:
    """One element of a SPINE type. *type* is None for a scalar; a type without elements is a tag (present or not)."""

    name: str
    is_key: bool
    is_list: bool
    type: str | None


@dataclass(slots=True)
class _Shape:
    """What the codec needs of a type: per element whether it is a list, and the shape of its objects (None: scalar)."""

    members: dict[str, tuple[bool, _Shape | None]] = field(default_factory=dict)
    rank: dict[str, int] = field(default_factory=dict)
    selects: bool = False  # a filter: its selectors may stand several times

    def add(self, name: str, shape: _Shape | None, rank: int | None = None, *, is_list: bool = False) -> None:
        self.members[name] = (is_list, shape)
        self.rank[name] = len(self.rank) if rank is None else rank


_NOTHING = _Shape()
_UNKNOWN: tuple[bool, _Shape | None] = (False, None)


def decode(data: bytes, limits: Limits = LIMITS) -> dict[str, Json]:
    """Decode one SPINE datagram: `{"datagram": {"header": {…}, "payload": {"cmd": [{…}, …]}}}`, objects in wire order.

    Read are: with or without the SHIP `data` envelope (transport only, dropped), objects as arrays or plain, also
    mixed, trailing zero bytes, one value where a list is expected, `{}` or `[]` for what is empty. An object that
    repeats a key (selectors of a filter) becomes a list of its values. Unknown elements are kept, read by their form;
    what is empty there becomes `{}`.
    *Raises* `DecodeError`: not JSON (see `adapter.codecs.json`), or no datagram with header and payload in it.
    """
    root = _object(json.decode(data.rstrip(b"\0 \t\r\n"), limits), _shapes()[""])
    if isinstance(root, dict) and "data" in root:
        root = _opened(root["data"])
    datagram = root.get("datagram") if isinstance(root, dict) else None
    if not isinstance(root, dict) or not isinstance(datagram, dict):
        says = 'there is no "datagram" object; expected {"datagram": …}, bare or in a SHIP "data" envelope'
        raise DecodeError(Fault("", says, _RULE))
    lacking = [name for name in ("header", "payload") if not isinstance(datagram.get(name), dict)]
    if lacking:
        raise DecodeError([Fault("/datagram", f"{name} is missing or is no object", "SPINE 1.3.0") for name in lacking])
    return root


def encode(tree: dict[str, Json]) -> bytes:
    """Encode a tree of plain objects in the array form of SHIP, without envelope, on one line.

    Known elements are put in schema order; an unknown one stays behind the one it followed. On one line because peers
    that replace text (ship-go, eebus-rust) fail on anything else.
    *Raises* `EncodeError`: no datagram, or a value JSON cannot hold.
    """
    if not isinstance(tree.get("datagram"), dict):
        raise EncodeError(Fault("", 'the tree has no "datagram" object', _RULE))
    shape = _shapes()["DatagramType"]
    return json.encode({name: _array(value, shape if name == "datagram" else _NOTHING) for name, value in tree.items()}, indent=0)


def title(tree: dict[str, Json]) -> str:
    """What a datagram is about: the functions of its first command.

    >>> title({"datagram": {"header": {}, "payload": {"cmd": [{"filter": [], "resultData": {}}]}}})
    'resultData'
    """
    commands = tree["datagram"]["payload"].get("cmd")  # type: ignore[index, call-overload, union-attr]
    first = commands[0] if isinstance(commands, list) and commands and isinstance(commands[0], dict) else {}
    return json.title({name: value for name, value in first.items() if name not in ("function", "filter")} or tree)


def function_type(name: str) -> str:
    """The data type of a SPINE function. *Raises* `UsageError` for a name the table lacks.

    >>> function_type("loadControlLimitListData")
    'LoadControlLimitListDataType'
    """
    return _known(name, _functions(), "function")[0]


def functions() -> list[str]:
    """The names of all functions in the table, sorted."""
    return sorted(_functions())


def elements(type_name: str) -> tuple[Element, ...]:
    """The elements of a SPINE type in schema order. *Raises* `UsageError` for a name the table lacks.

    >>> [element.name for element in elements("ScaledNumberType")]
    ['number', 'scale']
    """
    return _known(type_name, _types(), "type")


def leaf_paths(function: str) -> list[str]:
    """Every leaf a function's data can hold, as a path from the command, in schema order; a type inside itself ends the path.

    >>> leaf_paths("resultData")
    ['resultData/errorNumber', 'resultData/description']
    """
    return list(_leaves(function, function_type(function), ()))


def _leaves(path: str, type_name: str, above: tuple[str, ...]) -> Iterator[str]:
    members = () if type_name in above else elements(type_name)
    if not members:
        yield path
    for member in members:
        below = f"{path}/{member.name}"
        if member.type is None:
            yield below
        else:
            yield from _leaves(below, member.type, (*above, type_name))


# --- the table -------------------------------------------------------------------------------------------------------


@lru_cache(1)
def _file() -> Table:
    return read_file(folder("mappings").joinpath("spine", "types.yaml"), _FILE)


@lru_cache(1)
def _types() -> dict[str, tuple[Element, ...]]:
    table = _file().table("types")
    return {name: tuple(_element(word, table, name) for word in table.text(name).split()) for name in table}


def _element(word: str, table: Table, type_name: str) -> Element:
    match = _NOTATION.fullmatch(word)
    if match is None:
        raise table.wrong(f"{word!r} is no element; expected name, then ! and * where they apply, then :Type", type_name)
    name, key, many, below = match.groups()
    if below is not None and below not in table:
        raise table.wrong(f"{name} has the type {below}, which is not in the table", type_name)
    return Element(name, bool(key), bool(many), below)


@lru_cache(1)
def _functions() -> dict[str, list[str]]:
    table = _file().table("functions")
    return {name: table.text(name).split() for name in table}


def _known(name: str, table: dict[str, _Entry], kind: str) -> _Entry:
    if name in table:
        return table[name]
    near = difflib.get_close_matches(name, table, 1)
    raise UsageError(Fault(_FILE, f"no SPINE {kind} {name!r}"), f"Did you mean {near[0]}?" if near else "")


@lru_cache(1)
def _shapes() -> dict[str, _Shape]:
    """Shapes of all types, tied to each other; the command with all functions, the filter with all their selectors."""
    shapes = {name: _Shape() for name in _types()}
    for name, members in _types().items():
        for member in members:
            shapes[name].add(member.name, None if member.type is None else shapes[member.type], is_list=member.is_list)
    command, selection = shapes["CmdType"], shapes["FilterType"]
    data_rank, selectors_rank = len(command.rank), len(selection.rank)
    for name, (data_type, selectors, chosen) in _functions().items():
        command.add(name, shapes[data_type], data_rank)
        # The types of selectors and elements are not in the table: they are read by form, where what is empty is an object.
        selection.add(selectors, None, selectors_rank)
        selection.add(chosen, None, selectors_rank + 1)
    selection.selects = True
    return shapes | _envelope(shapes["DatagramType"])


def _envelope(datagram: _Shape) -> dict[str, _Shape]:
    """What may stand around a datagram: `{data: {header: {protocolId}, payload: {datagram}}}`, or nothing."""
    root, data, header, payload = _Shape(), _Shape(), _Shape(), _Shape()
    root.add("datagram", datagram)
    root.add("data", data)
    data.add("header", header)
    data.add("payload", payload)
    header.add("protocolId", None)
    payload.add("datagram", datagram)
    return {"": root}


# --- decoding --------------------------------------------------------------------------------------------------------


def _opened(envelope: Json) -> Json:
    """The payload of a SHIP envelope; what else is in the envelope is transport."""
    payload = envelope.get("payload") if isinstance(envelope, dict) else None
    header = envelope.get("header") if isinstance(envelope, dict) else None
    protocol = header.get("protocolId", _PROTOCOL) if isinstance(header, dict) else _PROTOCOL
    if protocol != _PROTOCOL:
        raise DecodeError(Fault("/data/header/protocolId", f"is {protocol!r}; expected {_PROTOCOL}, which says SPINE", _RULE))
    return payload


def _object(value: Json, shape: _Shape) -> Json:
    """Read an object of a known type, in array form or plain. What is neither is kept, read by form."""
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], dict):
        value = value[0] if len(value[0]) > 1 else value
    plain = isinstance(value, dict)
    pairs = value.items() if isinstance(value, dict) else _pairs(value)
    return _by_form(value, plain=False) if pairs is None else _read(pairs, shape, plain)


def _read(pairs: Iterable[tuple[str, Json]], shape: _Shape, plain: bool) -> Json:
    read: dict[str, Json] = {}
    repeated: set[str] = set()
    for name, below in pairs:
        is_list, child = shape.members.get(name, _UNKNOWN)
        if is_list:
            below = _list(below, child, plain)
        elif child is not None:
            below = _object(below, child)
        elif isinstance(below, list | dict):
            below = _by_form(below, plain)
        if name in read:
            below = _together(read[name], below, spread=is_list, collected=is_list or name in repeated)
            repeated.add(name)
        read[name] = below
    return read


def _list(value: Json, child: _Shape | None, plain: bool) -> Json:
    """Read a list whose items have the shape *child*; a value that stands alone becomes a list of one, `{}` an empty list."""
    items = value if isinstance(value, list) else [] if value == {} else [value]
    if child is None:
        return [_by_form(item, plain) for item in items]
    return [_object(item, child) for item in items]


def _by_form(value: Json, plain: bool) -> Json:
    """Read what no type describes. In array form, a list of one-key objects is an object, a list of lists a list of them."""
    if isinstance(value, dict):
        return {name: _by_form(below, True) for name, below in value.items()}
    if not isinstance(value, list):
        return value
    pairs = _pairs(value) if not plain or not value else None
    return [_by_form(item, plain) for item in value] if pairs is None else _read(pairs, _NOTHING, plain)


def _pairs(value: Json) -> list[tuple[str, Json]] | None:
    """The keys and values of an object in array form, [{key: value}, …]; None if the value is not of that form."""
    if not isinstance(value, list):
        return None
    pairs: list[tuple[str, Json]] = []
    for part in value:
        if not isinstance(part, dict) or len(part) > 1:
            return None
        pairs.extend(part.items())
    return pairs


def _together(known: Json, more: Json, *, spread: bool, collected: bool) -> Json:
    """The values of a key that stands several times in one object, as one list."""
    before = known if collected and isinstance(known, list) else [known]
    return [*before, *more] if spread and isinstance(more, list) else [*before, more]


# --- encoding --------------------------------------------------------------------------------------------------------


def _array(value: Json, shape: _Shape) -> Json:
    """Write an object of a known type as an array of one-key objects in schema order."""
    if not isinstance(value, dict):
        return _array_by_form(value)
    written: list[Json] = []
    for name in _in_order(value, shape):
        below = value[name]
        is_list, child = shape.members.get(name, _UNKNOWN)
        if is_list:
            items = below if isinstance(below, list) else [below]
            written.append({name: [_array(item, child or _NOTHING) for item in items]})
        elif child is not None:
            written.append({name: _array(below, child)})
        elif shape.selects and name.endswith("Selectors") and isinstance(below, list) and below:
            written += [{name: _array_by_form(item)} for item in below]
        else:
            written.append({name: _array_by_form(below)})
    return written


def _array_by_form(value: Json) -> Json:
    if isinstance(value, dict):
        return [{name: _array_by_form(below)} for name, below in value.items()]
    return [_array_by_form(item) for item in value] if isinstance(value, list) else value


def _in_order(value: dict[str, Json], shape: _Shape) -> Iterable[str]:
    """The keys in schema order; a key the schema lacks stays behind the one before it."""
    ranks: list[int] = []
    rank = -1
    for name in value:
        rank = shape.rank.get(name, rank)
        ranks.append(rank)
    if ranks == sorted(ranks):
        return value
    return [name for _, name in sorted(zip(ranks, value, strict=True), key=itemgetter(0))]
