"""Rows on another grid: cut, merged by the rule of their column, or refused. Totals are exact, what changes is listed."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapter.frames import Frame
from adapter.library import library
from adapter.partners import Profile
from adapter.run import Run
from adapter.series import regrid, split_energy, to_decimal

quick = settings(max_examples=50, derandomize=True, database=None, deadline=None)

ALLOW = Profile("test", {"resampling": "allow"})
numbers = st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-1000, max_value=1000)


def rows_of(row: str, scope: str, name: str, step: int, start: int = 0, **columns: list[Any]) -> Frame:
    """A frame of an exchange with rows of one step each."""
    exchange = library().exchanges[row]
    found = exchange.scope.find(scope)
    assert found is not None
    frame = Frame(found)
    count = len(next(iter(columns.values())))
    begins = [start + step * at for at in range(count)]
    frame.values = {**columns, "t0": begins, "t1": [begin + step for begin in begins], name: count}
    return frame


def need(step: int, **columns: list[Any]) -> Frame:
    return rows_of("FP2", "series", "need", step, **columns)


def after(frame: Frame, row: str, name: str, step: int, profile: Profile = ALLOW, anchor: int = 0) -> Run:
    run = Run(profile)
    regrid(frame, library().exchanges[row], name, step, anchor, run, "test")
    return run


@quick
@given(st.lists(numbers, min_size=1, max_size=8), st.sampled_from([(1800, 900), (3600, 900), (3600, 1200)]))
def test_cut_power_is_the_same_function_of_time(powers: list[Decimal], steps: tuple[int, int]) -> None:
    long, short = steps
    frame = need(long, quantity=list(powers))
    run = after(frame, "FP2", "need", short, Profile("strict"))
    assert run.faults == []
    assert run.loss == []
    assert frame.values["quantity"] == [power for power in powers for _ in range(long // short)]
    assert frame.values["t0"] == [short * at for at in range(len(powers) * long // short)]
    assert frame.values["need"] == len(frame.values["t0"])


@quick
@given(st.lists(numbers, min_size=1, max_size=8), st.sampled_from([900, 600, 300]))
def test_merging_what_was_cut_restores_it(powers: list[Decimal], short: int) -> None:
    frame = need(1800, quantity=list(powers))
    before = dict(frame.values)
    after(frame, "FP2", "need", short)
    run = after(frame, "FP2", "need", 1800)
    assert run.loss == []
    assert frame.values == before


@quick
@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-10000, max_value=10000), st.integers(1, 96))
def test_the_parts_of_an_energy_sum_to_it_and_differ_by_one_quantum_at_most(energy: Decimal, count: int) -> None:
    parts = [part for part in split_energy(energy, count) if part is not None]
    assert len(parts) == count
    assert sum(parts) == energy
    assert max(parts) - min(parts) <= Decimal("0.0001")
    assert parts == sorted(parts, reverse=True)


def test_a_missing_energy_has_missing_parts() -> None:
    assert split_energy(None, 3) == [None, None, None]


@quick
@given(st.lists(st.decimals(places=3, min_value=0, max_value=1000, allow_nan=False, allow_infinity=False), min_size=1, max_size=6))
def test_cut_energy_keeps_the_total(energies: list[Decimal]) -> None:
    frame = rows_of("NO1", ".", "reading", 3600, energy=list(energies), quality=["hub:Measured"] * len(energies))
    run = after(frame, "NO1", "reading", 900, Profile("strict"))
    assert run.faults == []
    assert sum(frame.values["energy"]) == sum(energies)
    assert frame.values["quality"] == ["hub:Measured"] * (4 * len(energies))


def test_rows_on_the_grid_are_left_alone() -> None:
    frame = need(900, quantity=[Decimal(1), Decimal(2)])
    before = dict(frame.values)
    assert after(frame, "FP2", "need", 900, Profile("strict")).faults == []
    assert frame.values == before


def test_merging_is_refused_without_the_partners_leave_and_says_what_to_do() -> None:
    frame = need(900, quantity=[Decimal(1), Decimal(2)])
    run = after(frame, "FP2", "need", 1800, Profile("strict"))
    assert len(run.faults) == 1
    assert "`resolution: PT15M`" in run.faults[0].says
    assert "`resampling: allow`" in run.faults[0].says
    assert frame.values["quantity"] == [1, 2]


def test_merged_power_is_the_mean_weighted_by_time_and_every_changed_value_is_listed() -> None:
    exchange = library().exchanges["FP2"]
    frame = need(900, quantity=[Decimal(1), Decimal(4)])
    frame.values["t1"][0] = frame.values["t0"][1] = 1200
    run = Run(ALLOW)
    regrid(frame, exchange, "need", 1800, 0, run, "test")
    assert frame.values["quantity"] == [Decimal(2)]
    assert [(loss.path, loss.value, loss.became) for loss in run.loss] == [("?quantity[1]", "1", "2"), ("?quantity[2]", "4", "2")]


@pytest.mark.parametrize(("column", "expected"), [("lower", Decimal(4)), ("upper", Decimal(2))])
def test_a_merged_envelope_is_the_tighter_one(column: str, expected: Decimal) -> None:
    values = [Decimal(1), Decimal(4)] if column == "lower" else [Decimal(2), Decimal(6)]
    frame = rows_of("DT4", ".", "envelope", 900, **{column: values})
    run = after(frame, "DT4", "envelope", 1800)
    assert frame.values[column] == [expected]
    assert [loss.became for loss in run.loss] == [str(expected)]


def test_a_mean_without_end_is_rounded_to_twelve_digits_and_listed() -> None:
    frame = need(600, quantity=[Decimal(1), Decimal(0), Decimal(0)])
    run = after(frame, "FP2", "need", 1800)
    assert frame.values["quantity"] == [Decimal("0.333333333333")]
    assert len(run.loss) == 3


def test_states_that_differ_within_a_window_are_refused() -> None:
    frame = need(900, quantity=[Decimal(1), Decimal(1)], disposition=["hub:Requested", "hub:Available"])
    assert "may not be merged (same)" in after(frame, "FP2", "need", 1800).faults[0].says


def test_values_missing_in_part_of_a_window_are_refused() -> None:
    frame = rows_of("NO1", ".", "reading", 900, energy=[Decimal(1), None])
    assert "is given for some rows of the window" in after(frame, "NO1", "reading", 1800).faults[0].says


def test_a_window_that_its_rows_do_not_fill_is_refused() -> None:
    frame = need(900, quantity=[Decimal(1), Decimal(2), Decimal(3)])
    assert "is not filled by its rows: merging would invent values" in after(frame, "FP2", "need", 1800).faults[0].says


def test_a_row_across_two_windows_is_refused() -> None:
    frame = need(1200, quantity=[Decimal(1), Decimal(2), Decimal(3)])
    assert "does not fit a window of 1800 s" in after(frame, "FP2", "need", 1800).faults[0].says


def test_windows_count_from_the_anchor_on_days_of_23_hours() -> None:
    frame = need(900, quantity=[Decimal(at // 2) for at in range(92)])
    run = after(frame, "FP2", "need", 1800)
    assert run.faults == []
    assert run.loss == []
    assert frame.values["need"] == 46


@quick
@given(
    st.lists(st.decimals(places=3, min_value=0, max_value=1000, allow_nan=False, allow_infinity=False), min_size=1, max_size=6).map(
        lambda values: [*values, *values]
    )
)
def test_merged_energy_keeps_the_total(energies: list[Decimal]) -> None:
    frame = rows_of("NO1", ".", "reading", 900, energy=list(energies))
    run = after(frame, "NO1", "reading", 1800)
    assert run.faults == []
    assert sum(frame.values["energy"]) == sum(energies)


def test_energies_that_became_a_sum_are_listed() -> None:
    """Two quarter hours of 1 and 3 kWh are one half hour of 4: how they were spread is lost."""
    frame = rows_of("NO1", ".", "reading", 900, energy=[Decimal(1), Decimal(3)])
    run = after(frame, "NO1", "reading", 1800)
    assert frame.values["energy"] == [Decimal(4)]
    assert [(loss.value, loss.became) for loss in run.loss] == [("1", "4"), ("3", "4")]


def test_an_energy_that_was_spread_over_parts_is_listed() -> None:
    """One hour of 3 kWh says nothing about its quarter hours; the parts are ours."""
    frame = rows_of("NO1", ".", "reading", 3600, energy=[Decimal(3)])
    run = after(frame, "NO1", "reading", 900)
    assert frame.values["energy"] == [1, 1, 1, 0]
    assert [loss.value for loss in run.loss] == ["3"]


@quick
@given(st.fractions(min_value=-(10**6), max_value=10**6, max_denominator=10**5))
def test_a_fraction_as_decimal_is_exact_or_the_nearest_of_twelve_digits(value: Fraction) -> None:
    result = Fraction(to_decimal(value))
    assert result == value or abs(result - value) <= Fraction(1, 2 * 10**12)
    assert "E" not in str(to_decimal(value)) or value == 0 or abs(value) < Fraction(1, 10**6)
