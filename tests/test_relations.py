"""The law of each relation, down(up(x)) == x on its domain; what lies outside is a fault and nothing is written.

LAWS names the test of every relation; the guard at the end fails for a relation that has none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapter.context import Context
from adapter.exchange import Exchange
from adapter.frames import Frame, Scope
from adapter.library import library
from adapter.names import identifier_iri
from adapter.partners import NEUTRAL, Profile, read_profile
from adapter.relations import REGISTRY, build
from adapter.relations.base import Relation
from adapter.relations.quantity import units
from adapter.relations.scaled import as_scaled
from adapter.run import Run
from adapter.text import read_text
from adapter.tree.leaves import CODECS
from adapter.tree.spec import Leaf, Type
from adapter.values import Duration, Instant, local_midnight

quick = settings(max_examples=40, derandomize=True, database=None, deadline=None)

Law = TypeVar("Law", bound=Callable[..., None])
LAWS: dict[str, str] = {}


def law_of(*names: str) -> Callable[[Law], Law]:
    """Marks the test that proves the law of some relations."""

    def mark(test: Law) -> Law:
        LAWS.update(dict.fromkeys(names, test.__name__))
        return test

    return mark


class Bench:
    """A relation between a small wire and the scope of an exchange: `up` gives canon frames, `down` wire frames."""

    def __init__(
        self,
        relation: str,
        wire: Mapping[str, str],
        exchange: str,
        scope: str = ".",
        inner: tuple[str, Mapping[str, str]] | None = None,
        profile: str = "",
        leaves: Mapping[str, Type] | None = None,
    ) -> None:
        self.exchange: Exchange = library().exchanges[exchange]
        self.scope = _wire_scope(wire)
        if inner is not None:
            child = self.scope.child(inner[0])
            _fill(child, inner[1])
        found = self.exchange.scope.find(scope)
        assert found is not None
        self.canon = found
        self.relation: Relation = build(read_text(relation, "test.yaml"), self.scope, self.exchange, found)[0]
        self.profile: Profile = read_profile(read_text(f"profile: test\n{profile}", "profile.yaml")) if profile else NEUTRAL
        self.leaves = {name: Leaf(name, "element", 1, 1, "test.yaml:1", kind, name) for name, kind in (leaves or {}).items()}

    def run(self, restored: bool = False) -> Run:
        return Run(self.profile, Context(), leaves=self.leaves, restored=restored)

    def wire(self, values: Mapping[str, Any]) -> Frame:
        frame = Frame(self.scope)
        frame.values = dict(values)
        return frame

    def up(self, wire: Frame | Mapping[str, Any], run: Run | None = None) -> Frame:
        canon = self.empty()
        self.relation.up(wire if isinstance(wire, Frame) else self.wire(wire), canon, run or self.run())
        return canon

    def empty(self) -> Frame:
        return Frame(self.canon, Frame(self.exchange.scope) if self.canon is not self.exchange.scope else None)

    def down(self, canon: Frame, run: Run | None = None, before: Mapping[str, Any] | None = None) -> Frame:
        wire = self.wire(before or {})
        run = run or self.run()
        self.relation.prepare(canon, run)
        self.relation.down(canon, wire, run)
        return wire

    def faults_up(self, wire: Frame | Mapping[str, Any]) -> list[str]:
        run = self.run()
        self.up(wire, run)
        return [fault.says for fault in run.faults]

    def faults_down(self, canon: Frame | Mapping[str, Any], before: Mapping[str, Any] | None = None) -> list[str]:
        run = self.run()
        if not isinstance(canon, Frame):
            frame = self.empty()
            frame.values = dict(canon)
            canon = frame
        self.down(canon, run, before)
        return [fault.says for fault in run.faults]

    def holds(self, values: Mapping[str, Any], before: Mapping[str, Any] | None = None) -> None:
        """down(up(x)) == x, without a fault and without a loss."""
        run = self.run()
        back = self.down(self.up(values, run), run, before)
        assert run.faults == []
        assert run.loss == []
        assert back == self.wire({**(before or {}), **values})


def _wire_scope(variables: Mapping[str, str]) -> Scope:
    scope = Scope(".")
    _fill(scope, variables)
    return scope


def _fill(scope: Scope, variables: Mapping[str, str]) -> None:
    for name, rows in variables.items():
        if rows:
            scope.columns[name] = rows
            scope.variables.add(rows)
        else:
            scope.variables.add(name)


WHOLE = Type("int", CODECS["int"])
numbers = st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**6), max_value=10**6)
watts = st.integers(-(10**9), 10**9)
texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12)
days = st.dates(date(1990, 1, 1), date(2035, 12, 31))
zones = st.sampled_from(["Europe/Amsterdam", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Pacific/Apia", "Europe/Lisbon"])
steps = st.sampled_from([300, 900, 1800, 3600])
seconds = st.integers(0, 4 * 10**9)
instants = st.builds(Instant, seconds, st.sampled_from(["", "5", "8868538"]), st.sampled_from([None, "Z", "+02:00", "-05:30"]))


# --- single values ----------------------------------------------------------------------------------------------------


@law_of("same")
@quick
@given(texts, st.one_of(st.none(), instants))
def test_same_carries_the_value(identifier: str, created: Instant | None) -> None:
    Bench("same: {a: id, b: created}", {"a": "", "b": ""}, "FP2").holds({"a": identifier, **({"b": created} if created else {})})


def test_same_rounds_a_price_to_the_digits_of_the_wire_and_says_so() -> None:
    bench = Bench("same: {price: price}", {"price": ""}, "FP4", leaves={"price": Type("money", CODECS["decimal"], fraction=4)})
    run = bench.run()
    canon = bench.empty()
    canon.values["price"] = Decimal("1.00005")
    assert bench.down(canon, run).values["price"] == Decimal("1.0000")
    assert [(loss.value, loss.became) for loss in run.loss] == [("1.00005", "1.0000")]


@law_of("constant")
def test_constant_says_one_value_and_refuses_another() -> None:
    bench = Bench('constant: {reference: "hub:Absolute"}', {}, "DT4")
    assert bench.up({}).values["reference"] == "hub:Absolute"
    assert bench.faults_down({"reference": "hub:Absolute"}) == []
    assert bench.faults_down({"reference": "hub:Reduction"}) == ["is hub:Reduction, and this message can only say hub:Absolute"]


@law_of("codes")
@quick
@given(st.sampled_from(["E17", "E18"]))
def test_codes_carry_the_meaning(code: str) -> None:
    Bench('codes: {from: c, is: flow, table: {E17: "hub:Import", E18: "hub:Export"}}', {"c": ""}, "NO1").holds({"c": code})


def test_a_code_outside_the_table_is_a_fault_in_both_directions() -> None:
    bench = Bench('codes: {from: c, is: flow, table: {E17: "hub:Import"}}', {"c": ""}, "NO1")
    assert bench.faults_up({"c": "E19"}) == ["is 'E19': expected E17"]
    assert bench.faults_down({"flow": "hub:Net"}) == ["is hub:Net: this message has no code for it"]


def test_codes_of_the_profile_are_read_and_written() -> None:
    bench = Bench(
        "codes: {from: c, is: direction, table: profile.limit_direction}", {"c": ""}, "DT4", profile='limit_direction: {A02: "hub:Consume", A01: "hub:Produce"}'
    )
    bench.holds({"c": "A02"})
    assert bench.faults_up({"c": "A03"}) == ["is 'A03': the partner profile test has no `limit_direction.A03`"]


def test_of_two_codes_with_one_meaning_the_one_that_came_is_written_back() -> None:
    bench = Bench('codes: {from: c, is: flow, table: {A: "hub:Import", B: "hub:Import"}}', {"c": ""}, "NO1")
    assert bench.down(bench.up({"c": "B"}), before={"c": "B"}).values == {"c": "B"}
    assert bench.down(bench.up({"c": "B"})).values == {"c": "A"}


@law_of("text_of")
@quick
@given(st.integers(0, 10**18))
def test_text_of_keeps_the_digits(counter: int) -> None:
    Bench("text_of: {counter: id}", {"counter": ""}, "message").holds({"counter": counter})


def test_text_that_is_no_number_is_not_written_as_one() -> None:
    bench = Bench("text_of: {counter: id}", {"counter": ""}, "message")
    canon = bench.empty()
    canon.values["id"] = "REQ-17"
    assert bench.down(canon).values.get("counter") is None


@law_of("profiled")
def test_what_the_profile_says_is_taken_and_its_contrary_refused() -> None:
    bench = Bench("profiled: {currency: currency}", {}, "FP3", "option", profile="currency: EUR")
    assert bench.up({}).values == {"currency": "EUR"}
    assert bench.faults_down({"currency": "EUR"}) == []
    assert bench.faults_down({"currency": "SEK"}) == ["is SEK, and the partner profile test agrees on currency EUR"]


@law_of("verdict")
@quick
@given(st.booleans(), st.one_of(st.none(), texts))
def test_a_verdict_is_accepted_only_by_the_accepting_code_alone(accepted: bool, reason: str | None) -> None:
    bench = Bench(
        "verdict: {codes: c, texts: t, rows: reason, is: result, reason: reason, accepted: A01, rejected: A02}", {"c": "reason", "t": "reason"}, "message"
    )
    bench.holds({"reason": 1, "c": ["A01" if accepted else "A02"], "t": [reason]})
    assert bench.up({"c": ["A01", "A49"], "t": [None, None]}).values["result"] == "hub:Rejected"
    assert bench.up({"c": [], "t": []}).values["result"] == "hub:Rejected"


# --- identifiers ------------------------------------------------------------------------------------------------------


@law_of("identifier")
@quick
@given(st.sampled_from(["A10", "A01", "NDK"]), texts)
def test_an_identifier_keeps_scheme_and_text(scheme: str, identifier: str) -> None:
    Bench("identifier: {id: i, scheme: s, schemes: {A10: GS1, A01: EIC}, is: issuer}", {"i": "", "s": ""}, "FP2").holds({"i": identifier, "s": scheme})


@quick
@given(texts)
def test_an_identifier_of_a_fixed_scheme_needs_that_scheme(identifier: str) -> None:
    bench = Bench("identifier: {id: i, as: DNS, is: issuer}", {"i": ""}, "FP2")
    bench.holds({"i": identifier})
    assert len(bench.faults_down({"issuer": identifier_iri("ENEDIS", identifier)})) == 1


def test_the_partner_table_gives_the_identifier_of_another_scheme_both_ways() -> None:
    table = "identifiers: {GDO/17: EA1/2026-01.example:feeder-17, ENEDIS/7: DNS/netz.example}"
    address = Bench("entity_address: {id: i, is: zone}", {"i": ""}, "FP2", profile=table)
    canon = address.empty()
    canon.values["zone"] = (identifier_iri("GDO", "17"),)
    assert address.down(canon).values["i"] == "ea1.2026-01.example:feeder-17"
    members = Bench("members: {scope: domain, id: i, as: GDO, is: zone}", {}, "FP2", inner=("domain", {"i": ""}), profile=table)
    canon = members.empty()
    canon.values["zone"] = (identifier_iri("EA1", "2026-01.example:feeder-17"),)
    assert [frame.values["i"] for frame in members.down(canon).each("domain")] == ["17"]
    party = Bench("identifier: {id: i, as: ENEDIS, is: issuer}", {"i": ""}, "FP2", profile=table)
    canon = party.empty()
    canon.values["issuer"] = identifier_iri("DNS", "netz.example")
    assert party.down(canon).values["i"] == "7"


def test_an_identifier_without_entry_in_the_partner_table_is_refused() -> None:
    assert (
        "add `identifiers: {GDO/18: EA1/2026-01.…:…}`"
        in Bench("entity_address: {id: i, is: zone}", {"i": ""}, "FP2").faults_down({"zone": (identifier_iri("GDO", "18"),)})[0]
    )
    assert (
        len(
            Bench("members: {scope: domain, id: i, as: GDO, is: zone}", {}, "FP2", inner=("domain", {"i": ""})).faults_down(
                {"zone": (identifier_iri("EA1", "x"),)}
            )
        )
        == 1
    )


def test_a_scheme_the_code_list_lacks_is_looked_up_in_the_partner_table() -> None:
    codes = {"s": Type("scheme", CODECS["str"], codes={"A10": "A10", "A01": "A01"})}
    relation = "identifier: {id: i, scheme: s, schemes: {A10: GS1, A01: EIC}, is: connection}"
    known = Bench(relation, {"i": "", "s": ""}, "NO1", leaves=codes, profile="identifiers: {SPINE/meter: GS1/541440010000000099}")
    canon = known.empty()
    canon.values["connection"] = identifier_iri("SPINE", "meter")
    assert known.down(canon).values == {"s": "A10", "i": "541440010000000099"}
    assert (
        "needs an identifier of scheme GS1, EIC, and SPINE/meter has none: add `identifiers: {SPINE/meter: GS1/…}`"
        in Bench(relation, {"i": "", "s": ""}, "NO1", leaves=codes).faults_down({"connection": identifier_iri("SPINE", "meter")})[0]
    )


@law_of("entity_address")
@quick
@given(
    st.one_of(st.from_regex(r"ean\.[0-9]{12,34}", fullmatch=True), st.from_regex(r"ea1\.20[0-9]{2}-0[1-9]\.[a-z]{2,8}\.[a-z]{2}:[ -~]{1,12}", fullmatch=True))
)
def test_an_entity_address_comes_back(address: str) -> None:
    Bench("entity_address: {id: i, is: zone}", {"i": ""}, "FP2").holds({"i": address})


def test_several_zones_do_not_fit_one_entity_address() -> None:
    assert (
        "holds one address, and there are 2"
        in Bench("entity_address: {id: i, is: zone}", {"i": ""}, "FP2").faults_down(
            {"zone": (identifier_iri("GS1", "1" * 13), identifier_iri("GS1", "2" * 13))}
        )[0]
    )
    assert len(Bench("entity_address: {id: i, is: zone}", {"i": ""}, "FP2").faults_down({"zone": (identifier_iri("GS1", "12"),)})) == 1


@law_of("members")
@quick
@given(st.lists(texts, min_size=1, max_size=5))
def test_members_come_back_in_order(identifiers: Sequence[str]) -> None:
    bench = Bench("members: {scope: domain, id: i, as: GDO, is: zone}", {}, "FP2", inner=("domain", {"i": ""}))
    wire = bench.wire({})
    for identifier in identifiers:
        wire.add("domain").values["i"] = identifier
    assert bench.down(bench.up(wire)) == wire


@law_of("business_id")
@quick
@given(st.uuids())
def test_a_uuid_is_carried_as_it_is(identifier: Any) -> None:
    Bench("business_id: {m: id}", {"m": ""}, "FP2").holds({"m": str(identifier)})


@quick
@given(texts)
def test_another_identifier_becomes_the_same_uuid_every_time_and_is_listed(identifier: str) -> None:
    bench = Bench("business_id: {m: id}", {"m": ""}, "FP2")
    runs = [bench.run(), bench.run()]
    canon = bench.empty()
    canon.values["id"] = identifier
    first, second = (bench.down(canon, run).values["m"] for run in runs)
    assert first == second
    assert [loss.value for loss in runs[0].loss] == [identifier]
    assert runs[0].loss[0].became == first


# --- numbers ----------------------------------------------------------------------------------------------------------


@law_of("quantity")
@quick
@given(st.lists(st.one_of(st.none(), watts), min_size=1, max_size=5))
def test_whole_watts_come_back(values: list[int | None]) -> None:
    bench = Bench("quantity: {value: p, unit: W, is: power}", {"p": "isp"}, "FP4", leaves={"p": WHOLE})
    assert bench.down(bench.up({"p": values})).values["p"] == values


@quick
@given(st.sampled_from(["W", "kW", "MW", "KWT", "MAW"]), st.lists(numbers, min_size=1, max_size=4))
def test_power_in_every_unit_is_kilowatt_inside(code: str, values: list[Decimal]) -> None:
    bench = Bench("quantity: {value: p, unit: u, is: power}", {"p": "row", "u": ""}, "FP4")
    canon = bench.up({"p": values, "u": code})
    assert canon.values["power"] == [value * units()[code].factor for value in values]
    assert bench.down(canon, before={"u": code}).values["p"] == values


@quick
@given(st.lists(numbers, min_size=1, max_size=4))
def test_production_positive_turns_the_sign(values: list[Decimal]) -> None:
    bench = Bench("quantity: {value: e, unit: profile, sign: profile, is: energy}", {"e": "row"}, "FP1", profile="sign: production\nunit: Wh")
    canon = bench.up({"e": values})
    assert canon.values["energy"] == [value * Decimal("-0.001") for value in values]
    assert bench.down(canon).values["e"] == values


@pytest.mark.parametrize(("bound", "expected"), [("lower", 2), ("upper", 1)])
def test_a_power_that_is_no_whole_watt_is_rounded_into_the_band_and_listed(bound: str, expected: int) -> None:
    bench = Bench(f"quantity: {{value: p, unit: W, is: {bound}}}", {"p": "isp"}, "FP2", "series", leaves={"p": WHOLE})
    run = bench.run()
    canon = bench.empty()
    canon.values[bound] = [Decimal("0.0014")]
    assert bench.down(canon, run).values["p"] == [expected]
    assert [loss.value for loss in run.loss] == ["0.0014"]


def test_an_energy_that_is_no_whole_number_is_not_rounded() -> None:
    bench = Bench("quantity: {value: e, unit: kWh, is: energy}", {"e": "row"}, "FP1", leaves={"e": WHOLE})
    assert "may not be rounded" in bench.faults_down({"energy": [Decimal("0.5")]})[0]


@pytest.mark.parametrize(
    ("profile", "says"),
    [
        ("sign: production", "has no unit on the wire"),
        ("unit: kWh", "does not say whether positive means consumption or production"),
        ("unit: kW\nsign: production", "is kW, which is no unit of energy"),
        ("unit: kWh\nsign: both", "does not say whether positive means"),
    ],
)
def test_a_unit_or_a_sign_is_never_guessed(profile: str, says: str) -> None:
    bench = Bench("quantity: {value: e, unit: profile, sign: profile, is: energy}", {"e": "row"}, "FP1", profile=profile)
    assert says in bench.faults_up({"e": [Decimal(1)]})[0]


@pytest.mark.parametrize("text", ["0." + "1234567890" * 4, "1234567890" * 4, "-100000000.00000000000000000001"])
def test_numbers_of_any_length_are_exact(text: str) -> None:
    bench, value = Bench("quantity: {value: e, unit: WTH, is: energy}", {"e": "row"}, "NO1"), Decimal(text)
    assert bench.down(bench.up({"e": [value]})).values["e"] == [value]


@law_of("band")
@quick
@given(st.sampled_from(["consumption", "production"]), st.lists(st.tuples(numbers, numbers), min_size=1, max_size=4))
def test_a_band_comes_back_and_stays_a_band(sign: str, bounds: list[tuple[Decimal, Decimal]]) -> None:
    bench = Bench(
        "band: {lower: a, upper: b, unit: profile, sign: profile, is_lower: lower, is_upper: upper}",
        {"a": "s", "b": "s"},
        "FP3",
        "option",
        profile=f"sign: {sign}\nunit: kWh",
    )
    values = {"a": [min(pair) for pair in bounds], "b": [max(pair) for pair in bounds]}
    canon = bench.up(values)
    assert all(low <= high for low, high in zip(canon.values["lower"], canon.values["upper"], strict=True))
    assert bench.down(canon) == bench.wire(values)


def test_the_flip_of_the_sign_swaps_the_bounds() -> None:
    bench = Bench(
        "band: {lower: a, upper: b, unit: profile, sign: profile, is_lower: lower, is_upper: upper}",
        {"a": "s", "b": "s"},
        "FP3",
        "option",
        profile="sign: production\nunit: kWh",
    )
    canon = bench.up({"a": [Decimal(-1)], "b": [Decimal(5)]})
    assert (canon.values["lower"], canon.values["upper"]) == ([Decimal(-5)], [Decimal(1)])


@law_of("scaled")
@quick
@given(st.integers(-(2**63), 2**63 - 1), st.integers(-9, 9), st.sampled_from(["W", "kW"]))
def test_a_scaled_number_is_the_same_value_after_any_way(number: int, scale: int, unit: str) -> None:
    bench = Bench("scaled: {number: n, scale: s, unit: u, is: power}", {"n": "", "s": "", "u": ""}, "DT4")
    canon = bench.up({"n": number, "s": scale, "u": unit})
    back = bench.down(canon, before={"u": unit})
    assert Decimal(back.values["n"]).scaleb(back.values["s"]) == Decimal(number).scaleb(scale)
    assert bench.up(back).values == canon.values


@pytest.mark.parametrize("written", [(14, 1), (140, 0), (1400, -1), (140, None)])
def test_three_ways_to_write_140_watt_are_one_value(written: tuple[int, int | None]) -> None:
    bench = Bench("scaled: {number: n, scale: s, unit: u, is: power}", {"n": "", "s": "", "u": ""}, "DT4")
    assert bench.up({"n": written[0], "s": written[1], "u": "W"}).values["power"] == Decimal("0.14")
    assert as_scaled(Decimal(140)) == (140, 0)


def test_a_scaled_number_in_a_unit_of_something_else_is_a_fault() -> None:
    bench = Bench("scaled: {number: n, scale: s, unit: u, is: power}", {"n": "", "s": "", "u": ""}, "DT4")
    assert "no unit of power" in bench.faults_up({"n": 1, "s": 0, "u": "Wh"})[0]
    assert "no unit of power" in bench.faults_up({"n": 1, "s": 0, "u": "furlong"})[0]


# --- signs as words ---------------------------------------------------------------------------------------------------

ROW = {"t0": [0], "t1": [900], "delivery": 1}


@law_of("directed")
@quick
@given(st.sampled_from(["UP", "DOWN"]), st.integers(1, 10**6))
def test_up_is_negative_and_down_positive(direction: str, power: int) -> None:
    bench = Bench('directed: {value: v, unit: kW, direction: d, codes: {UP: "hub:Up", DOWN: "hub:Down"}, is: power}', {"v": "", "d": ""}, "FP4")
    canon = bench.up({"v": Decimal(power), "d": direction})
    assert canon.values["power"] == [-power if direction == "UP" else power]
    assert bench.down(canon) == bench.wire({"v": Decimal(power), "d": direction})


def test_a_negative_power_with_a_direction_is_a_fault() -> None:
    bench = Bench('directed: {value: v, unit: kW, direction: d, codes: {UP: "hub:Up", DOWN: "hub:Down"}, is: power}', {"v": "", "d": ""}, "FP4")
    assert bench.faults_up({"v": Decimal(-1), "d": "UP"}) == ["is negative, and the direction already carries the sign"]
    assert bench.faults_up({"v": Decimal(1), "d": "LEFT"}) == ["is 'LEFT': expected UP or DOWN"]
    assert bench.faults_down({"power": [Decimal(1), Decimal(2)]}) == ["must be one value in one row"]


SIGNED = "signed_series: {scope: s, direction: d, value: q, unit: KWT, start: a, end: b, step: r, position: n, rows: point, is: need, column: quantity, complete: 'true'}"
SERIES = ("s", {"d": "", "a": "", "b": "", "r": "", "n": "point", "q": "point"})
UP_IS_A01 = 'direction: {A01: "hub:Up", A02: "hub:Down"}'
UP_IS_A02 = 'direction: {A02: "hub:Up", A01: "hub:Down"}'


def signed(profile: str = UP_IS_A01) -> Bench:
    return Bench(SIGNED, {}, "FP2", "series", inner=SERIES, profile=profile)


def series(bench: Bench, *each: tuple[str, list[int]], start: int = 0, step: int = 1800) -> Frame:
    wire = bench.wire({})
    for direction, values in each:
        frame = wire.add("s")
        frame.values = {
            "d": direction,
            "a": Instant.of_epoch(start),
            "b": Instant.of_epoch(start + step * len(values)),
            "r": Duration.of_seconds(step),
            "n": list(range(1, len(values) + 1)),
            "q": [Decimal(value) for value in values],
            "point": len(values),
        }
    return wire


@law_of("signed_series")
@quick
@given(st.lists(st.integers(-50, 50), min_size=1, max_size=8))
def test_a_signed_column_is_written_as_one_series_per_direction_and_read_back(values: list[int]) -> None:
    bench = signed()
    canon = bench.empty()
    canon.values = {
        "t0": [row * 1800 for row in range(len(values))],
        "t1": [row * 1800 + 1800 for row in range(len(values))],
        "need": len(values),
        "w0": 0,
        "w1": 1800 * len(values),
        "resolution": Duration.of_seconds(1800),
        "quantity": [Decimal(value) for value in values],
    }
    run = bench.run()
    wire = bench.down(canon.clone(), run)
    assert run.faults == []
    directions = [frame.values["d"] for frame in wire.each("s")]
    assert directions == [code for code, some in (("A01", min(values) < 0), ("A02", max(values) > 0 or not any(values))) if some]
    assert all(value >= 0 for frame in wire.each("s") for value in frame.values["q"])
    assert bench.up(wire).values == canon.values


@pytest.mark.parametrize(("profile", "code", "sign"), [(UP_IS_A01, "A01", -1), (UP_IS_A01, "A02", 1), (UP_IS_A02, "A02", -1), (UP_IS_A02, "A01", 1)])
def test_which_code_is_up_is_what_the_partner_says(profile: str, code: str, sign: int) -> None:
    bench = signed(profile)
    assert bench.up(series(bench, (code, [3, 0]))).values["quantity"] == [3 * sign, 0]


@pytest.mark.parametrize(
    ("each", "says"),
    [
        ([("A01", [1]), ("A02", [1])], "is not zero, and another series has a value for the same time in the other direction"),
        ([("A01", [-1])], "is negative, and the direction already carries the sign"),
        ([("A03", [1])], "the standard does not say which way that is"),
    ],
)
def test_series_that_contradict_each_other_are_refused(each: list[tuple[str, list[int]]], says: str) -> None:
    bench = signed()
    assert any(says in fault for fault in bench.faults_up(series(bench, *each)))


def test_a_direction_the_partner_has_no_code_for_is_refused() -> None:
    bench = signed('direction: {A01: "hub:Up"}')
    assert (
        "needs the partner's code for hub:Down"
        in bench.faults_down({"t0": [0], "t1": [1800], "need": 1, "w0": 0, "w1": 1800, "resolution": Duration.of_seconds(1800), "quantity": [Decimal(1)]})[0]
    )


@pytest.mark.parametrize("other", [("A01", 7200, 1800), ("A02", 7200, 1800), ("A02", 0, 3600)])
def test_series_of_different_intervals_or_steps_are_refused(other: tuple[str, int, int]) -> None:
    """They would become one column with gaps or two steps, which cannot be written as the document it came from."""
    bench = signed()
    wire = series(bench, ("A01", [1, 2]))
    code, start, step = other
    second = series(bench, (code, [3, 4]), start=start, step=step).each("s")[0]
    wire.add("s").values = second.values
    assert bench.faults_up(wire) != []


# --- grids ------------------------------------------------------------------------------------------------------------

ISP = "isp_grid: {day: d, zone: z, step: r, start: s, span: l, rows: isp, is: need}"
ISP_WIRE = {"d": "", "z": "", "r": "", "s": "isp", "l": "isp"}


@st.composite
def isp_days(draw: st.DrawFn) -> dict[str, Any]:
    zone, day, step = draw(zones), draw(days), draw(steps)
    count = (local_midnight(zone, day.fromordinal(day.toordinal() + 1)) - local_midnight(zone, day)) // step
    cuts = sorted(draw(st.sets(st.integers(1, max(count, 1)), min_size=1, max_size=6)))
    spans = [draw(st.integers(1, (following if following else count + 1) - cut)) for cut, following in zip(cuts, [*cuts[1:], None], strict=True)]
    return {"d": day, "z": zone, "r": Duration.of_seconds(step), "s": cuts, "l": spans, "isp": len(cuts)}


@law_of("isp_grid")
@quick
@given(
    isp_days().filter(
        lambda values: local_midnight(values["z"], values["d"]) != local_midnight(values["z"], values["d"].fromordinal(values["d"].toordinal() + 1))
    )
)
def test_isps_of_every_day_and_zone_come_back(values: dict[str, Any]) -> None:
    Bench(ISP, ISP_WIRE, "FP2", "series").holds(values)


@pytest.mark.parametrize(("day", "count"), [(date(2026, 3, 29), 92), (date(2026, 5, 4), 96), (date(2026, 10, 25), 100)])
def test_a_local_day_has_92_96_or_100_quarter_hours(day: date, count: int) -> None:
    bench = Bench(ISP, ISP_WIRE, "FP2", "series")
    values = {"d": day, "z": "Europe/Amsterdam", "r": Duration.of_seconds(900), "s": list(range(1, count + 1)), "l": [1] * count, "isp": count}
    bench.holds(values)
    canon = bench.up(values)
    assert canon.values["t0"][0] == canon.values["w0"]
    assert canon.values["t1"][-1] == canon.values["w1"]
    assert canon.values["w1"] - canon.values["w0"] == count * 900
    one_more = {**values, "s": [count + 1], "l": [1], "isp": 1}
    assert f"lies outside {day}, which has {count} ISPs" in bench.faults_up(one_more)[0]


def test_the_skipped_hour_of_spring_is_no_isp() -> None:
    canon = Bench(ISP, ISP_WIRE, "FP2", "series").up(
        {"d": date(2026, 3, 29), "z": "Europe/Amsterdam", "r": Duration.of_seconds(3600), "s": [2, 3], "l": [1, 1], "isp": 2}
    )
    assert [Instant.of_epoch(epoch).text() for epoch in canon.values["t0"]] == ["2026-03-29T00:00:00Z", "2026-03-29T01:00:00Z"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"s": [1, 3], "l": [3, 1]}, "overlaps row 1"),
        ({"r": Duration.read("PT7M")}, "does not divide a day"),
        ({"r": Duration.read("P1M")}, "does not divide a day"),
        ({"r": Duration.read("PT0S")}, "does not divide a day"),
    ],
)
def test_isps_outside_the_grid_are_faults(change: dict[str, Any], says: str) -> None:
    values = {"d": date(2026, 5, 4), "z": "Europe/Berlin", "r": Duration.of_seconds(900), "s": [1, 2], "l": [1, 1], "isp": 2, **change}
    assert any(says in fault for fault in Bench(ISP, ISP_WIRE, "FP2", "series").faults_up(values))


@pytest.mark.parametrize(("begin", "end"), [(60, 960), (0, 500), (86400 - 900, 86400 + 900)])
def test_rows_that_are_no_isps_of_the_day_cannot_be_written(begin: int, end: int) -> None:
    rows = {"t0": [0, begin], "t1": [900, end], "need": 2, "resolution": Duration.of_seconds(900), "zone_name": "Africa/Abidjan"}
    assert "is not a whole number of ISPs" in Bench(ISP, ISP_WIRE, "FP2", "series").faults_down(rows)[0]


def test_a_market_without_time_zone_is_refused_and_one_of_the_profile_is_listed() -> None:
    rows = {"t0": [0], "t1": [900], "need": 1, "resolution": Duration.of_seconds(900)}
    assert "needs the market's time zone" in Bench(ISP, ISP_WIRE, "FP2", "series").faults_down(rows)[0]
    bench = Bench(ISP, ISP_WIRE, "FP2", "series", profile="zone: Africa/Abidjan")
    run = bench.run()
    canon = bench.empty()
    canon.values = dict(rows)
    assert bench.down(canon, run).values["z"] == "Africa/Abidjan"
    assert [(default.value, default.source) for default in run.defaults] == [("Africa/Abidjan", "profile test")]


PERIOD = "period_grid: {start: a, end: b, step: r, position: n, rows: point, is: reading}"
PERIOD_WIRE = {"a": "", "b": "", "r": "", "n": "point"}


@law_of("period_grid")
@quick
@given(seconds.map(lambda at: at // 60 * 60), steps, st.sets(st.integers(1, 48), min_size=1, max_size=10), st.integers(0, 10))
def test_periods_with_missing_positions_come_back(start: int, step: int, positions: set[int], more: int) -> None:
    count = max(positions) + more
    values = {
        "a": Instant.of_epoch(start),
        "b": Instant.of_epoch(start + count * step),
        "r": Duration.of_seconds(step),
        "n": sorted(positions),
        "point": len(positions),
    }
    Bench(PERIOD, PERIOD_WIRE, "NO1").holds(values)


@quick
@given(st.sets(st.integers(2, 47), max_size=6))
def test_blocks_of_variable_length_come_back(later: set[int]) -> None:
    bench = Bench(PERIOD.replace("is: reading", "is: envelope, curve: c"), {**PERIOD_WIRE, "c": ""}, "DT4")
    positions = [1, *sorted(later)]
    values = {"a": Instant.of_epoch(0), "b": Instant.of_epoch(48 * 900), "r": Duration.of_seconds(900), "n": positions, "point": len(positions), "c": "A03"}
    canon = bench.up(values)
    assert canon.values["t1"] == [*canon.values["t0"][1:], 48 * 900]
    run = bench.run(restored=True)
    assert bench.down(canon, run, before={"c": "A03"}) == bench.wire(values)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"b": Instant.of_epoch(0)}, "is not after the start"),
        ({"n": [2, 1]}, "positions grow"),
        ({"n": [1, 5]}, "when the interval is over"),
        ({"r": Duration.read("P1M")}, "has no fixed length"),
        ({"r": Duration.read("PT0.5S")}, "has no fixed length"),
    ],
)
def test_points_outside_the_period_are_faults(change: dict[str, Any], says: str) -> None:
    values = {"a": Instant.of_epoch(0), "b": Instant.of_epoch(3600), "r": Duration.of_seconds(900), "n": [1, 2], "point": 2, **change}
    assert any(says in fault for fault in Bench(PERIOD, PERIOD_WIRE, "NO1").faults_up(values))


def test_a_complete_period_needs_a_point_for_every_step() -> None:
    bench = Bench(PERIOD.replace("is: reading", "is: reading, complete: 'true'"), PERIOD_WIRE, "NO1")
    assert (
        "the interval has 4 steps of PT15M, and there are 2 points"
        in bench.faults_up({"a": Instant.of_epoch(0), "b": Instant.of_epoch(3600), "r": Duration.of_seconds(900), "n": [1, 2], "point": 2})[0]
    )
    assert "has gaps" in bench.faults_down({"t0": [0, 1800], "t1": [900, 2700], "reading": 2, "w0": 0, "w1": 2700, "resolution": Duration.of_seconds(900)})[0]
    assert "has no rows" in bench.faults_down({"t0": [], "t1": [], "reading": 0})[0]


SLICES = "slice_grid: {start: a, seconds: k, length: n, rows: s, is: plan}"


@law_of("slice_grid")
@quick
@given(seconds, st.sampled_from([60, 900, 3600]), st.lists(st.integers(1, 9), min_size=1, max_size=6))
def test_slices_come_back(start: int, interval: int, lengths: list[int]) -> None:
    Bench(SLICES, {"a": "", "k": "", "n": "s"}, "FP1").holds({"a": Instant.of_epoch(start), "k": interval, "n": lengths, "s": len(lengths)})


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ({"t0": [0, 1800], "t1": [900, 2700]}, "does not follow the slice before it"),
        ({"t0": [0, 900], "t1": [900, 1000]}, "does not follow"),
        ({"t0": [], "t1": []}, "has no rows"),
    ],
)
def test_rows_that_do_not_follow_each_other_are_no_slices(rows: dict[str, Any], says: str) -> None:
    assert says in Bench(SLICES, {"a": "", "k": "", "n": "s"}, "FP1").faults_down({**rows, "plan": len(rows["t0"]), "resolution": Duration.of_seconds(900)})[0]


@law_of("block")
@quick
@given(seconds, st.integers(1, 10**6))
def test_a_block_comes_back(start: int, length: int) -> None:
    Bench("block: {start: a, end: b, is: delivery}", {"a": "", "b": ""}, "FP4").holds({"a": Instant.of_epoch(start), "b": Instant.of_epoch(start + length)})


@pytest.mark.parametrize(
    ("start", "end"), [(Instant.of_epoch(5), Instant.of_epoch(5)), (Instant(0, "", None), Instant.of_epoch(5)), (Instant(0, "5", "Z"), Instant.of_epoch(5))]
)
def test_a_block_without_length_or_zone_is_a_fault(start: Instant, end: Instant) -> None:
    bench = Bench("block: {start: a, end: b, is: delivery}", {"a": "", "b": ""}, "FP4")
    assert len(bench.faults_up({"a": start, "b": end})) == 1
    assert bench.faults_down({"t0": [0, 1], "t1": [1, 2], "delivery": 2}) == ["has 2 rows, and the document holds one block"]


# --- what is derived and checked on the wire ----------------------------------------------------------------------------


@law_of("epoch_number")
@quick
@given(seconds, st.sampled_from([900, 3600]))
def test_an_interval_number_repeats_the_instant(at: int, interval: int) -> None:
    bench = Bench("epoch_number: {seconds: k, n: a}", {"k": "", "n": "", "a": ""}, "FP3")
    told = {"k": interval, "a": Instant.of_epoch(at), "n": at // interval}
    assert bench.faults_up(told) == []
    assert bench.down(bench.up(told), before={"k": interval, "a": Instant.of_epoch(at)}).values == told
    assert len(bench.faults_up({**told, "n": at // interval + 1})) == 1


@law_of("slice_end")
@quick
@given(seconds, st.integers(0, 7200), st.lists(st.tuples(st.integers(1, 4), st.integers(0, 3)), min_size=1, max_size=4))
def test_the_end_window_follows_from_start_and_slices(after: int, width: int, lengths: list[tuple[int, int]]) -> None:
    bench = Bench(
        "slice_end: {seconds: k, start_after: a, start_before: b, least: l, most: m, end_after: x, end_before: y}",
        {**dict.fromkeys("kabxy", ""), "l": "s", "m": "s"},
        "FP3",
    )
    least, most = [pair[0] for pair in lengths], [sum(pair) for pair in lengths]
    start = {"k": 900, "a": Instant.of_epoch(after), "b": Instant.of_epoch(after + width), "l": least, "m": most, "s": len(lengths)}
    told = {**start, "x": Instant.of_epoch(after + 900 * sum(least)), "y": Instant.of_epoch(after + width + 900 * sum(most))}
    assert bench.faults_up(told) == []
    assert bench.down(bench.empty(), before=start).values == told
    assert len(bench.faults_up({**told, "y": Instant.of_epoch(0)})) == 1


@law_of("hull")
@quick
@given(st.lists(st.tuples(st.integers(0, 10**9), st.integers(1, 10**6)), min_size=1, max_size=5))
def test_the_document_interval_covers_its_periods(spans: list[tuple[int, int]]) -> None:
    bench = Bench("hull: {start: a, end: b, inner: p, inner_start: x, inner_end: y}", {"a": "", "b": ""}, "NO1", inner=("p", {"x": "", "y": ""}))
    wire = bench.wire({})
    for begin, length in spans:
        wire.add("p").values = {"x": Instant.of_epoch(begin), "y": Instant.of_epoch(begin + length)}
    bench.relation.down(bench.empty(), wire, bench.run())
    assert wire.values == {"a": Instant.of_epoch(min(begin for begin, _ in spans)), "b": Instant.of_epoch(max(begin + length for begin, length in spans))}
    assert bench.faults_up(wire) == []
    wire.values["a"] = Instant.of_epoch(wire.values["a"].epoch + 1)
    assert bench.faults_up(wire) != []


@law_of("baseline_rows")
@quick
@given(st.lists(st.tuples(st.integers(1, 4), numbers), min_size=1, max_size=4), st.sampled_from(["consumption", "production"]))
def test_the_schedule_on_the_same_grid_is_the_baseline(slices: list[tuple[int, Decimal]], sign: str) -> None:
    relation = "baseline_rows: {start: a, seconds: k, length: n, value: e, unit: profile, sign: profile, rows: d, is: slice, column: baseline}"
    bench = Bench(relation, {"a": "", "k": "", "n": "d", "e": "d"}, "FP3", "option", profile=f"unit: kWh\nsign: {sign}")
    lengths, energies = [length for length, _ in slices], [energy for _, energy in slices]
    wire = bench.wire({"a": Instant.of_epoch(0), "k": 900, "n": lengths, "e": energies, "d": len(slices)})
    ends = [900 * sum(lengths[: row + 1]) for row in range(len(lengths))]
    canon = bench.empty()
    canon.values = {"t0": [0, *ends[:-1]], "t1": ends, "slice": len(slices), "resolution": Duration.of_seconds(900)}
    bench.relation.up(wire, canon, bench.run())
    assert canon.values["baseline"] == [energy if sign == "consumption" else -energy for energy in energies]
    back = bench.wire({"k": 900})
    bench.relation.down(canon, back, bench.run())
    assert back == wire


def test_a_schedule_on_another_grid_is_no_baseline() -> None:
    relation = "baseline_rows: {start: a, seconds: k, length: n, value: e, unit: kWh, rows: d, is: slice, column: baseline}"
    bench = Bench(relation, {"a": "", "k": "", "n": "d", "e": "d"}, "FP3", "option")
    canon = bench.empty()
    canon.values = {"t0": [900], "t1": [1800], "slice": 1}
    bench.relation.up(bench.wire({"a": Instant.of_epoch(0), "k": 900, "n": [1], "e": [Decimal(1)], "d": 1}), canon, bench.run())
    assert canon.values.get("baseline") is None


# --- stateful protocols ---------------------------------------------------------------------------------------------------

moments = st.one_of(st.none(), instants, st.builds(Duration.of_seconds, st.integers(0, 10**6)))


@law_of("anchored")
@quick
@given(moments, moments)
def test_a_duration_stays_a_duration_and_an_instant_an_instant(start: Instant | Duration | None, end: Instant | Duration | None) -> None:
    bench = Bench("anchored: {start: a, end: b, begin: begin_at, finish: end_at, begin_after: begin_after, finish_after: end_after}", {"a": "", "b": ""}, "DT4")
    bench.holds({name: value for name, value in (("a", start), ("b", end)) if value is not None})
    canon = bench.up({"b": Duration.read("PT1H2M3S")})
    assert canon.values == {"end_after": Duration.read("PT1H2M3S")}


REGISTER = "register: {number: n, scale: s, time: t, start_number: n0, start_scale: s0, start_time: t0, unit: u, server: w, id: i, is: reading, energy: energy}"
REGISTER_WIRE = dict.fromkeys(["n", "s", "t", "n0", "s0", "t0", "u", "w", "i"], "")


@law_of("register")
@quick
@given(st.integers(0, 10**9), st.integers(0, 10**6), st.sampled_from([0, -1, 2]), st.sampled_from(["Wh", "kWh"]))
def test_two_readings_are_the_energy_between_them_and_back(first: int, more: int, scale: int, unit: str) -> None:
    bench = Bench(REGISTER, REGISTER_WIRE, "NO1")
    readings = {
        "n": first + more,
        "s": scale,
        "t": Instant.of_epoch(1800),
        "n0": first,
        "s0": scale,
        "t0": Instant.of_epoch(900),
        "u": unit,
        "w": "meter",
        "i": 1,
    }
    canon = bench.up(readings)
    assert canon.values["energy"] == [Decimal(more).scaleb(scale) * units()[unit].factor]
    assert (canon.values["t0"], canon.values["t1"]) == ([900], [1800])
    run = bench.run()
    run.context.add("register", ("meter", "1", "1970-01-01T00:15:00Z"), {"number": first, "scale": scale}, "")
    back = bench.down(canon, run, before={"u": unit, "w": "meter", "i": 1})
    assert run.faults == []
    assert Decimal(back.values["n"]).scaleb(back.values["s"]) == Decimal(first + more).scaleb(scale)
    assert back.values["t"] == Instant.of_epoch(1800)


def test_a_register_that_runs_backwards_or_stands_still_in_time_is_a_fault() -> None:
    bench = Bench(REGISTER, REGISTER_WIRE, "NO1")
    good = {"n": 2, "s": 0, "t": Instant.of_epoch(900), "n0": 1, "s0": 0, "t0": Instant.of_epoch(0), "u": "Wh", "w": "m", "i": 1}
    assert bench.faults_up(good) == []
    for change in ({"n": 0}, {"t": Instant.of_epoch(0)}, {"t": Instant(900, "", None)}, {"t": Instant(900, "5", "Z")}, {"u": "W"}):
        assert len(bench.faults_up({**good, **change})) == 1


def test_energy_without_a_reading_at_its_start_lacks_context() -> None:
    bench = Bench(REGISTER, REGISTER_WIRE, "NO1")
    run = bench.run()
    canon = bench.empty()
    canon.values = {"t0": [0], "t1": [900], "energy": [Decimal(1)], "reading": 1}
    bench.down(canon, run, before={"u": "Wh", "w": "m", "i": 1})
    assert run.lacks_context
    assert "send measurementListData with it first" in run.faults[0].says


# --- the guard ------------------------------------------------------------------------------------------------------------


def test_every_relation_has_a_law() -> None:
    assert set(LAWS) == set(REGISTRY)


@pytest.mark.parametrize("name", sorted(REGISTRY))
def test_every_relation_says_what_it_is(name: str) -> None:
    assert f"`{name}: {{" in (REGISTRY[name].__doc__ or "")


def test_two_uses_that_disagree_about_one_wire_variable_are_a_fault() -> None:
    bench = Bench("same: {a: id}", {"a": ""}, "FP2")
    assert bench.faults_down({"id": "one"}, before={"a": "another"}) == ["would have to be both another and one: the contents do not fit one document"]
