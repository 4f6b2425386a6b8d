"""Bindings drawn at random from the variable tables of the exchanges: what a message might mean, in any standard.

Seeded. What the tables leave open (whose scheme an identifier is of, which instants belong together) is chosen so that a
mapping has a chance to say it: rows lie on one grid inside one local day, identifiers are of a scheme the mapping knows.
"""

from __future__ import annotations

import random
import re
import uuid
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from adapter.exchange import Exchange, Variable
from adapter.frames import Frame, Scope
from adapter.library import library
from adapter.mapping import MessageMapping
from adapter.message import Content, Message
from adapter.names import BASE, identifier_iri
from adapter.values import Duration, Instant, local_midnight

ZONE = "Europe/Berlin"
QUALITIES = ("hub:Measured", "hub:Estimated", "hub:Adjusted", "hub:NotAvailable", "hub:Incomplete", "hub:Calculated")
OBSERVED = (
    ("s4grid:ActivePower", "unit:KiloW"),
    ("s4grid:ActiveEnergy", "unit:KiloW-HR"),
    ("s4grid:Voltage", "unit:V"),
    ("s4grid:Current", "unit:A"),
    ("hub:Frequency", "unit:HZ"),
)
# The scheme of identifiers by mapping and by variable; the scheme of parties stands under "".
SCHEMES = {
    "uftp": {"": "DNS", "zone": "EA1", "member": "EA1"},
    "cim:eflex": {"": "ENEDIS", "zone": "GDO"},
    "cim": {"": "GS1"},
    "spine": {"": "SPINE"},
    "flexoffer": {"": "FLEXOFFER"},
    "gmhub": {"": "GMHUB", "zone": "NODE"},
    "table": {"": "NNL"},
    "iec61850": {"": "SCL"},
}
PATHS = {"substation": 1, "feeder": 4, "node": 4}  # how deep the path names of SCL are
NODES = ("connection", "feeder", "substation", "meter", "equipment", "region")


class Drawer:
    """Draws the frames of one exchange for one mapping."""

    def __init__(self, exchange: Exchange, mapping: MessageMapping, rng: random.Random) -> None:
        self.exchange, self.mapping, self.rng = exchange, mapping, rng
        self.schemes = next(schemes for name, schemes in SCHEMES.items() if mapping.id.startswith(name))
        self.wanted = {variable for use in mapping.uses if use.exchange is exchange for variable in use.canon}
        self.wanted |= {
            base
            for rule in library().rules[exchange.row]
            if any(exchange.variables[made].derived for made in set(rule.made) & self.wanted)
            for base in rule.base
        }
        self.step = rng.choice([900] if mapping.id.startswith("cim:eflex") else [900, 1800, 3600])
        self.blocks = {name for block in exchange.blocks if block.kind == "optional" and rng.random() < 0.15 for name in block.variables()}

    def content(self) -> Frame:
        """A frame of the exchange with everything a mapping of it may ask for, and some of what it need not say."""
        frame = self.fill(Frame(self.exchange.scope))
        begins = [inner.values["t0"][0] for children in frame.children.values() for inner in children if inner.values.get("t0")]
        if "earliest" in frame.values and begins:
            frame.values["earliest"] = Instant.of_epoch(begins[0])
        if "latest" in frame.values and begins:
            frame.values["latest"] = Instant.of_epoch(begins[0] + 900 * self.rng.randint(0, 8))
        return frame

    def fill(self, frame: Frame) -> Frame:
        scope = frame.scope
        for name in sorted(scope.variables & set(self.exchange.variables)):
            if not self.left_out(name):
                frame.values[name] = self.value(self.exchange.variables[name])
        for rows in sorted(set(scope.columns.values())):
            self.rows(frame, scope, rows)
        for name, inner in scope.scopes.items():
            for _ in range(self.rng.randint(1, 2) if "." not in self.pairs(name) else 1):
                self.fill(frame.add(name)).scope = inner
        return frame

    def pairs(self, scope: str) -> set[str]:
        return {pair.wire for use in self.mapping.uses if use.exchange is self.exchange for pair in use.pairs if pair.canon == scope}

    def left_out(self, name: str) -> bool:
        """Derived, of no use for the mapping, or one of the optional blocks that are left out this time."""
        variable = self.exchange.variables[name]
        if variable.derived or variable.type == "position" or name not in self.wanted:
            return True
        if name == self.exchange.root:
            return False
        return name in self.blocks and not variable.essential

    def value(self, variable: Variable) -> Any:
        drawn = self.one(variable)
        return (drawn,) if variable.many else drawn

    def one(self, variable: Variable) -> Any:
        rng = self.rng
        if variable.type == "iri":
            return self.iri(variable)
        if variable.type == "text":
            named = {"currency": "EUR", "zone_name": ZONE, "statistic": "value", "origin": "measuredValue", "scope_type": "acPowerTotal", "phases": "abc"}
            return named.get(variable.name) or str(uuid.UUID(int=rng.getrandbits(128), version=4))
        if variable.type == "decimal":
            return Decimal(rng.randint(1, 100)).scaleb(-2) if variable.kind == "factor" else self.number()
        if variable.type == "instant":
            return Instant(self.midnight() - rng.randint(1, 10**5) // 60 * 60, "", "Z")
        return {
            "integer": rng.randint(1, 999),
            "duration": Duration.of_seconds(60 * rng.randint(1, 600)),
            "boolean": rng.random() < 0.5,
            "utc": self.midnight(),
        }[variable.type]

    def iri(self, variable: Variable) -> str:
        if variable.name in ("property", "unit"):
            return OBSERVED[0][variable.name == "unit"]
        codes = re.findall(r"hub:\w+", variable.means)
        if codes:
            return self.rng.choice(codes)
        if self.schemes[""] == "SCL":
            return identifier_iri("SCL", "/".join(("P-7", *(f"N{self.rng.randint(1, 9)}" for _ in range(PATHS[variable.name])))))
        if variable.name in NODES and self.exchange.row.startswith("TC"):
            return f"urn:uuid:{uuid.UUID(int=self.rng.getrandbits(128), version=4)}"
        scheme = self.schemes.get(variable.name, self.schemes[""])
        number = self.rng.randint(10**12, 10**13 - 1)
        return identifier_iri(scheme, {"EA1": f"2026-01.example:{number}", "DNS": f"p{number}.example"}.get(scheme, str(number)))

    def number(self) -> Decimal:
        return self.rng.choice([Decimal(0), Decimal(self.rng.randint(0, 10**6)).scaleb(-3), Decimal(self.rng.randint(-(10**4), 10**4)).scaleb(-1)])

    def midnight(self) -> int:
        return local_midnight(ZONE, date(2026, 1, 1) + timedelta(days=self.rng.choice([87, 88, 150, 297])))

    def rows(self, frame: Frame, scope: Scope, rows: str) -> None:
        """Rows on one grid inside one local day; the window is the day where a market asks for it, else the rows."""
        if not {"t0", "t1"} & self.wanted:
            return
        rng, step, count = self.rng, self.step, self.rng.randint(1, 8)
        day = local_midnight(ZONE, date(2026, 5, 4))
        first = day + step * rng.randint(0, 10)
        frame.values |= {"t0": [first + step * row for row in range(count)], "t1": [first + step * row + step for row in range(count)], rows: count}
        whole = "zone_name" in self.wanted
        for name, value in (("w0", day if whole else first), ("w1", day + 86400 if whole else first + step * count), ("resolution", Duration.of_seconds(step))):
            if name in scope.variables:
                frame.values[name] = value
        for name in sorted(name for name, owner in scope.columns.items() if owner == rows and name in self.exchange.variables):
            variable = self.exchange.variables[name]
            if name not in ("t0", "t1") and not self.left_out(name):
                frame.values[name] = [self.cell(variable) for _ in range(count)]
        self.ordered(frame)

    def cell(self, variable: Variable) -> Any:
        if variable.name == "quality":
            return self.rng.choice(QUALITIES)
        value = self.one(variable)
        return abs(value) if variable.kind in ("energy", "reactive_energy") and variable.name == "energy" else value

    def ordered(self, frame: Frame) -> None:
        """Least values are not above greatest ones, and a requested band does not straddle zero."""
        for low, high in (("lower", "upper"), ("least_tariff", "greatest_tariff")):
            lows, highs = frame.values.get(low), frame.values.get(high)
            if lows is not None and highs is not None:
                pairs = [
                    (min(pair), max(pair)) if low != "lower" or "disposition" not in self.exchange.variables else (max(pair), max(pair))
                    for pair in zip(lows, highs, strict=True)
                ]
                frame.values[low], frame.values[high] = [pair[0] for pair in pairs], [pair[1] for pair in pairs]


def draw(row: str, mapping: MessageMapping, seed: str) -> Frame:
    """A frame of an exchange for a mapping; the same seed draws the same."""
    return Drawer(library().exchanges[row], mapping, random.Random(seed)).content()


def draw_message(row: str, mapping: MessageMapping, seed: str) -> Message:
    """A message with one content; what both say (who, when, which) is the same."""
    content, outer = draw(row, mapping, seed), envelope(mapping, seed)
    for inside, outside in (("id", "id"), ("created", "created"), ("issuer", "sender"), ("addressee", "receiver"), ("revision", "revision")):
        if inside in content.values:
            content.values[inside] = outer.values[outside]
    return Message(f"{BASE}message/{uuid.uuid5(uuid.NAMESPACE_URL, seed)}", outer, [Content(library().exchanges[row], content)])


def envelope(mapping: MessageMapping, seed: str) -> Frame:
    """An envelope for a mapping: who sent what to whom, and when."""
    rng = random.Random(seed)
    frame = Frame(library().exchanges["message"].scope)
    scheme = next(schemes for name, schemes in SCHEMES.items() if mapping.id.startswith(name))[""]
    party = lambda: identifier_iri(scheme, f"p{rng.randint(10, 99)}.example" if scheme == "DNS" else str(rng.randint(10**12, 10**13 - 1)))  # noqa: E731
    frame.values = {
        "id": str(uuid.UUID(int=rng.getrandbits(128), version=4)),
        "created": Instant.read("2026-05-03T08:00:00Z"),
        "sender": party(),
        "receiver": party(),
        "revision": rng.randint(1, 9),
    }
    return frame
