"""Say what a literal of a CIM grid model is: its primitive, its unit, and its text as a typed literal.

The files say `<cim:ACLineSegment.r>9.4e-5</cim:ACLineSegment.r>` and no type; the type is in the standard, here in
mappings/cim_grid: properties.yaml (property → CIM datatype) and datatypes.yaml (CIM datatype → primitive, unit).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Literal, TypeAlias

from adapter.names import XSD
from adapter.resources import folder
from adapter.text import Table, read_file

Typing: TypeAlias = Literal["shapes", "exact"]
Dialect: TypeAlias = Literal["base", "cgmes24", "cgmes30"]
Typed: TypeAlias = "tuple[str, str]"

PRIMITIVES = {
    "String": "string",
    "Boolean": "boolean",
    "Integer": "integer",
    "Float": "float",
    "Decimal": "decimal",
    "DateTime": "dateTime",
    "Date": "date",
    "MonthDay": "gMonthDay",
    "URI": "anyURI",
}
LONGEST = 400  # digits a number may take when its exponent is written out; a double needs 326
_STRING, _FLOAT, _DECIMAL = XSD + "string", XSD + "float", XSD + "decimal"
_SPACE = " \t\r\n"
_SCIENTIFIC = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)[eE]([+-]?[0-9]{1,6})")
_NO_DECIMAL = frozenset({"NaN", "INF", "-INF"})


@dataclass(frozen=True, slots=True)
class Datatype:
    """A CIM datatype: primitive (a key of PRIMITIVES), unit (a CIM UnitSymbol, "" if none is fixed), dialect → multiplier."""

    name: str
    primitive: str
    unit: str
    multipliers: Mapping[str, str]


def primitive(name: str) -> str:
    """The primitive of a property, a key of PRIMITIVES; "String" for one that is not known.

    >>> primitive("cim:ACLineSegment.r"), primitive("cim:Switch.open"), primitive("cim:Unheard.of")
    ('Float', 'Boolean', 'String')
    """
    return datatype(name).primitive


def unit(name: str, dialect: Dialect) -> tuple[str, str]:
    """Unit and multiplier of a property: CGMES fixes one multiplier per datatype, CIM100 without a header ("base") writes base units.

    Both are names of IEC 61970-301 (UnitSymbol, UnitMultiplier); the unit is "" where none is fixed or known.

    >>> unit("cim:EnergyConsumer.p", "cgmes30"), unit("cim:EnergyConsumer.p", "base")
    (('W', 'M'), ('W', 'none'))
    """
    found = datatype(name)
    return found.unit, found.multipliers[dialect]


def dialect_of(profiles: Iterable[str]) -> Dialect:
    """The dialect of a model whose header names *profiles*; "base" for none that is known.

    >>> dialect_of(["http://entsoe.eu/CIM/EquipmentCore/3/1"]), dialect_of([])
    ('cgmes24', 'base')
    """
    named = list(profiles)
    for dialect, beginnings in _profiles().items():
        if any(profile.startswith(tuple(beginnings)) for profile in named):
            return dialect
    return "base"


@lru_cache(1)
def _profiles() -> dict[Dialect, list[str]]:
    table = read_file(folder("mappings").joinpath("cim_grid", "profiles.yaml"), "mappings/cim_grid/profiles.yaml")
    return {"cgmes30": table.texts("cgmes30"), "cgmes24": table.texts("cgmes24")}


def literal(name: str, text: str, typing: Typing = "exact") -> Typed:
    """The text and the XSD type (an IRI) that *text* has as a value of the property *name*.

    "shapes" is what the SHACL files of ENTSO-E ask for: xsd:float for a CIM Float. "exact" has xsd:decimal in its place,
    with the exponent written out: the store holds an xsd:float in 32 bits, and the hub never rounds. NaN and INF stay
    xsd:float; a number that would take more than LONGEST digits keeps its exponent. White space around all but a String
    is dropped (XML Schema 1.0 part 2, clause 4.3.6). A text that is no value of its type has that type all the same:
    the store (pyoxigraph 0.5) keeps it as written, compares it with nothing, and validation finds it. So it does with an
    xsd:decimal of more than 18 fraction digits and an integer of more than 64 bits.

    >>> [value.rpartition("#")[2] for value in literal("cim:ACLineSegment.r", "9.42478e-5")]
    ['0.0000942478', 'decimal']
    """
    return reader(name, typing)(text)


def datatype(name: str) -> Datatype:
    """The CIM datatype of a property (a CURIE, or an IRI without one); String for one that is not known."""
    return properties().get(name) or _UNKNOWN


_UNKNOWN = Datatype("String", "String", "", dict.fromkeys(("base", "cgmes24", "cgmes30"), "none"))


@lru_cache(1)
def properties() -> dict[str, Datatype]:
    """Property → CIM datatype, of all literal properties the files name."""
    root, shown = folder("mappings").joinpath("cim_grid"), "mappings/cim_grid"
    tables = [read_file(root.joinpath(file), f"{shown}/{file}") for file in ("datatypes.yaml", "properties.yaml")]
    return read_properties(*tables)


def read_properties(datatypes: Table, classes: Table) -> dict[str, Datatype]:
    """Join the two tables. *Raises* `MappingError`: an unknown primitive or datatype, a property with two datatypes."""
    known = {name: _datatype(name, datatypes) for name in datatypes}
    found: dict[str, Datatype] = {}
    for kind in classes:
        if kind not in known:
            raise classes.wrong(f"{kind} is no datatype of {datatypes.file}", kind)
        table = classes.table(kind)
        for owner in table:
            prefix = owner if ":" in owner else f"cim:{owner}"
            for attribute in table.text(owner).split():
                name = f"{prefix}.{attribute}"
                if name in found:
                    raise table.wrong(f"{name} stands under {found[name].name} and {kind}", owner)
                found[name] = known[kind]
    return found


def _datatype(name: str, datatypes: Table) -> Datatype:
    table = datatypes.table(name)
    table.only("primitive", "unit", "cgmes", "cgmes24", "base")
    if table.text("primitive") not in PRIMITIVES:
        raise table.wrong(f"{table.text('primitive')} is no primitive; known are {', '.join(PRIMITIVES)}", "primitive")
    cgmes = table.text("cgmes", "none")
    multipliers = {"base": table.text("base", "none"), "cgmes24": table.text("cgmes24", cgmes), "cgmes30": cgmes}
    return Datatype(name, table.text("primitive"), table.text("unit", ""), multipliers)


@lru_cache(8192)
def reader(name: str, typing: Typing) -> Callable[[str], Typed]:
    """What `literal` does, for one property."""
    kind = XSD + PRIMITIVES[datatype(name).primitive]
    if kind == _STRING:
        return lambda text: (text, _STRING)
    if kind == _FLOAT and typing == "exact":
        return _exact
    return lambda text: (text.strip(_SPACE), kind)


def _exact(text: str) -> Typed:
    text = text.strip(_SPACE)
    scientific = _SCIENTIFIC.fullmatch(text) if "e" in text or "E" in text else None
    if scientific and abs(int(scientific[1])) + len(text) <= LONGEST:
        return format(Decimal(text), "f"), _DECIMAL
    return text, _FLOAT if text in _NO_DECIMAL else _DECIMAL
