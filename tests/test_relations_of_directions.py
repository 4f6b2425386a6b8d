"""Relations in which a word carries the sign: up is negative, down is positive, and series that contradict each other are refused."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from relation_bench import Bench, law_of, quick

from adapter.frames import Frame
from adapter.values import Duration, Instant


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
