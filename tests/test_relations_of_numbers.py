"""Relations of quantities: exact in every unit, scale and sign convention; rounded only where allowed, into the band, and listed."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from relation_bench import Bench, law_of, numbers, quick

from adapter.relations.quantity import units
from adapter.relations.scaled import as_scaled
from adapter.tree.leaves import CODECS
from adapter.tree.spec import Type

WHOLE = Type("int", CODECS["int"])
watts = st.integers(-(10**9), 10**9)


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
