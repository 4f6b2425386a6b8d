"""The derive rules: what follows from what, exactly or with its loss named, and when it is refused."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapter import derive
from adapter.derive.base import RULES
from adapter.frames import Frame
from adapter.library import library
from adapter.partners import NEUTRAL, Profile
from adapter.run import Run
from adapter.values import Duration, Instant

quick = settings(max_examples=50, derandomize=True, database=None, deadline=None)

numbers = st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-1000, max_value=1000)
PROVEN = {"need_of_band", "deviation_of_band", "band_of_deviation", "price_per_energy", "price_of_tariff", "limit_of_envelope", "envelope_of_limit"}


def content(row: str, scope: str | None = None, **values: Any) -> Frame:
    """A frame of an exchange, with one inner frame of *scope* that has the values, or with the values themselves."""
    frame = Frame(library().exchanges[row].scope)
    (frame.add(scope) if scope else frame).values = dict(values)
    return frame


def outward(row: str, frame: Frame, *wanted: str, profile: Profile = NEUTRAL, now: Instant | None = None) -> Run:
    run = Run(profile, now=now)
    derive.outward(library().rules[row], frame, set(wanted), run)
    return run


def rows(count: int, step: int = 900) -> dict[str, Any]:
    return {"t0": [at * step for at in range(count)], "t1": [at * step + step for at in range(count)]}


def says(run: Run) -> str:
    return "\n".join(fault.says for fault in run.faults)


def test_every_rule_is_proven_here() -> None:
    assert set(RULES) == PROVEN


# --- need_of_band -----------------------------------------------------------------------------------------------------


@quick
@given(st.lists(numbers, min_size=1, max_size=6))
def test_a_need_becomes_a_band_and_the_same_need_again(needs: list[Decimal]) -> None:
    frame = content("FP2", "series", quantity=list(needs), need=len(needs), **rows(len(needs)))
    run = Run()
    derive.inward(library().rules["FP2"], frame, run)
    inner = frame.each("series")[0]
    assert inner.values["lower"] == inner.values["upper"] == needs
    assert inner.values["disposition"] == ["hub:Requested" if need else "hub:Available" for need in needs]
    assert "quantity" not in inner.values
    run = outward("FP2", frame, "quantity")
    assert inner.values["quantity"] == needs
    assert run.loss == []
    assert run.faults == []


@pytest.mark.parametrize(
    ("lower", "upper", "disposition", "need", "lost"),
    [
        ("0.3", "0.9", "hub:Requested", "0.3", ["?upper[1] 0.9 0.3"]),
        ("-0.9", "-0.3", "hub:Requested", "-0.3", ["?lower[1] -0.9 -0.3"]),
        ("0", "0.9", "hub:Requested", "0", ["?upper[1] 0.9 0"]),
        ("-0.9", "0", "hub:Requested", "0", ["?lower[1] -0.9 0"]),
        ("0", "0", "hub:Available", "0", []),
        ("0", "0", None, "0", []),
        ("-2", "3", "hub:Available", "0", ["?lower[1] -2 0", "?upper[1] 3 0"]),
        ("4", "4", "hub:Available", "0", ["?lower[1] 4 0", "?upper[1] 4 0"]),
    ],
)
def test_a_band_becomes_its_bound_nearest_zero_and_what_is_left_out_is_listed(
    lower: str, upper: str, disposition: str | None, need: str, lost: list[str]
) -> None:
    frame = content("FP2", "series", lower=[Decimal(lower)], upper=[Decimal(upper)], disposition=[disposition], need=1, **rows(1))
    run = outward("FP2", frame, "quantity")
    assert frame.each("series")[0].values["quantity"] == [Decimal(need)]
    assert [f"{loss.path} {loss.value} {loss.became}" for loss in run.loss] == lost


# --- offers -----------------------------------------------------------------------------------------------------------


def option(**values: Any) -> Frame:
    return content("FP3", "option", **values)


def test_a_band_on_one_side_of_the_baseline_is_a_power_that_may_be_taken_in_part() -> None:
    frame = option(lower=[Decimal(1)], upper=[Decimal(3)], baseline=[Decimal(3)], slice=1, **rows(1))
    run = outward("FP3", frame, "power", "factor", "price")
    (one,) = frame.each("option")
    assert one.values["power"] == [Decimal(-8)]
    assert one.values["factor"] == Decimal("0.01")
    assert run.faults == []


def test_a_band_on_both_sides_of_the_baseline_is_two_options() -> None:
    frame = option(lower=[Decimal(1)], upper=[Decimal(3)], baseline=[Decimal(2)], slice=1, **rows(1, 3600))
    outward("FP3", frame, "power", "factor")
    assert [(one.values["power"], one.index) for one in frame.each("option")] == [([Decimal(-1)], 1), ([Decimal(1)], 2)]


def test_a_band_without_width_is_a_power_to_take_in_whole() -> None:
    frame = option(lower=[Decimal(3)], upper=[Decimal(3)], baseline=[Decimal(2)], slice=1, **rows(1, 3600))
    outward("FP3", frame, "power", "factor")
    assert [(one.values["power"], one.values.get("factor")) for one in frame.each("option")] == [([Decimal(1)], None)]


def test_a_baseline_outside_the_band_is_listed() -> None:
    frame = option(lower=[Decimal(3)], upper=[Decimal(5)], baseline=[Decimal(2)], slice=1, **rows(1, 3600))
    run = outward("FP3", frame, "power", "factor")
    assert [loss.path for loss in run.loss] == ["?baseline[1]"]


def test_a_band_without_baseline_has_no_deviation() -> None:
    assert "send a default schedule with the offer" in says(outward("FP3", option(lower=[Decimal(3)], upper=[Decimal(5)], slice=1, **rows(1)), "power"))
    assert "send a default schedule with the offer" in says(
        outward("FP3", option(lower=[Decimal(3)], upper=[Decimal(5)], baseline=[None], slice=1, **rows(1)), "power")
    )


@quick
@given(st.lists(st.tuples(numbers, numbers), min_size=1, max_size=5), st.sampled_from([None, "0.25", "1.00"]))
def test_baseline_and_deviation_make_the_band(values: list[tuple[Decimal, Decimal]], factor: str | None) -> None:
    least = Decimal(factor) if factor else Decimal(1)
    frame = option(
        power=[power for power, _ in values],
        baseline=[base for _, base in values],
        slice=len(values),
        **({"factor": least} if factor else {}),
        **rows(len(values), 3600),
    )
    run = outward("FP3", frame, "lower", "upper", "baseline")
    inner = frame.each("option")[0].values
    for (power, base), low, high in zip(values, inner["lower"], inner["upper"], strict=True):
        assert {low, high} == {base + power * least, base + power}
        assert low <= high
    assert run.faults == []


def test_a_deviation_without_baseline_is_refused_unless_the_partner_says_zero() -> None:
    values = {"power": [Decimal(2)], "slice": 1, **rows(1, 3600)}
    assert "add `baseline: zero`" in says(outward("FP3", option(**values), "lower", "upper"))
    frame = option(**values)
    run = outward("FP3", frame, "lower", "upper", profile=Profile("test", {"baseline": "zero"}))
    assert (frame.each("option")[0].values["lower"], frame.each("option")[0].values["upper"]) == ([Decimal(2)], [Decimal(2)])
    assert [(default.path, default.source) for default in run.defaults] == [("?baseline", "profile test")]


def test_bounds_that_are_there_ask_for_no_baseline() -> None:
    run = outward("FP3", option(lower=[Decimal(1)], upper=[Decimal(2)], slice=1, **rows(1)), "lower", "upper", "baseline")
    assert run.faults == []


@quick
@given(
    st.integers(1, 10**6).map(lambda cents: Decimal(cents).scaleb(-2)), st.lists(st.sampled_from([Decimal(-4), Decimal(2), Decimal(8)]), min_size=1, max_size=4)
)
def test_the_price_of_an_option_is_spread_over_the_energy_it_moves(price: Decimal, powers: list[Decimal]) -> None:
    frame = option(power=list(powers), price=price, slice=len(powers), **rows(len(powers), 1800))
    run = outward("FP3", frame, "per_energy")
    energy = sum(abs(power) for power in powers) / 2
    per = frame.each("option")[0].values["per_energy"]
    assert abs(per * energy - price) <= energy / 10**12
    assert bool(run.loss) == (per * energy != price)


def test_a_price_for_no_energy_has_no_price_per_energy() -> None:
    assert "moves no energy" in says(outward("FP3", option(power=[Decimal(0)], price=Decimal(5), slice=1, **rows(1)), "per_energy"))
    frame = option(power=[Decimal(0)], price=Decimal(0), slice=1, **rows(1))
    assert says(outward("FP3", frame, "per_energy")) == ""
    assert frame.each("option")[0].values["per_energy"] == 0


def test_a_price_per_energy_makes_the_price_of_the_option() -> None:
    frame = option(power=[Decimal(-4), Decimal(2)], per_energy=Decimal("0.35"), slice=2, **rows(2, 1800))
    derive.inward(library().rules["FP3"], frame, Run())
    assert frame.each("option")[0].values["price"] == Decimal("1.05")


def test_the_greatest_tariff_of_each_row_makes_the_price() -> None:
    frame = option(power=[Decimal(-4), Decimal(2)], greatest_tariff=[Decimal("0.1"), Decimal("-0.3")], slice=2, **rows(2, 3600))
    outward("FP3", frame, "price")
    assert frame.each("option")[0].values["price"] == Decimal("-0.2")


def test_a_tariff_missing_in_one_row_makes_no_price() -> None:
    frame = option(power=[Decimal(-4), Decimal(2)], greatest_tariff=[Decimal("0.1"), None], slice=2, **rows(2, 3600))
    outward("FP3", frame, "price")
    assert frame.each("option")[0].values.get("price") is None


# --- limits -----------------------------------------------------------------------------------------------------------


def envelope(count: int = 1, **more: Any) -> Frame:
    return content(
        "DT4", upper=[Decimal(4 + at) for at in range(count)], envelope=count, w0=0, w1=900 * count, resolution=Duration.of_seconds(900), **rows(count), **more
    )


def test_an_envelope_of_one_row_is_a_limit_with_begin_and_end() -> None:
    frame = envelope(lower=[Decimal(1)], reference="hub:Absolute")
    run = outward("DT4", frame, "power", "begin_at", "end_at", "active")
    assert (frame.values["power"], frame.values["begin_at"], frame.values["end_at"], frame.values["active"]) == (
        Decimal(4),
        Instant.of_epoch(0),
        Instant.of_epoch(900),
        True,
    )
    assert [loss.path for loss in run.loss] == ["?lower[1]"]


def test_a_reduction_is_no_limit() -> None:
    assert "the power it is reduced from is not said" in says(outward("DT4", envelope(reference="hub:Reduction"), "power"))


@pytest.mark.parametrize("row", [None, "0", "4", "two"])
def test_of_several_rows_the_partner_must_name_one(row: str | None) -> None:
    profile = Profile("test", {"row": row} if row else {})
    assert "has 3 rows, and the target carries one limit: add `row: N` (1 to 3)" in says(outward("DT4", envelope(3), "power", profile=profile))


def test_the_named_row_is_the_limit_and_the_others_are_listed() -> None:
    frame = envelope(3)
    run = outward("DT4", frame, "power", profile=Profile("test", {"row": "2"}))
    assert (frame.values["power"], frame.values["begin_at"]) == (Decimal(5), Instant.of_epoch(900))
    assert [(loss.value, loss.became) for loss in run.loss] == [("3 rows", "row 2")]


def test_a_row_without_greatest_power_is_no_limit() -> None:
    frame = envelope()
    frame.values["upper"] = [None]
    assert "has no greatest power" in says(outward("DT4", frame, "power"))


def test_a_limit_with_begin_and_end_is_an_envelope_of_one_row() -> None:
    frame = content("DT4", power=Decimal(4), begin_at=Instant.of_epoch(60), end_at=Instant.of_epoch(960), active=True)
    run = outward("DT4", frame, "upper", "t0", "t1")
    assert (frame.values["t0"], frame.values["t1"], frame.values["upper"], frame.values["envelope"]) == ([60], [960], [Decimal(4)], 1)
    assert run.loss == []


def test_a_relative_end_is_counted_from_the_message_and_listed() -> None:
    frame = content("DT4", power=Decimal(4), end_after=Duration.read("PT15M"), anchor=Instant.of_epoch(0))
    run = outward("DT4", frame, "upper")
    assert (frame.values["t0"], frame.values["t1"]) == ([0], [900])
    assert [(loss.value, loss.became) for loss in run.loss] == [("PT15M", "1970-01-01T00:15:00Z")]


def test_without_a_timestamp_a_relative_end_is_counted_from_reception_and_that_is_listed() -> None:
    frame = content("DT4", power=Decimal(4), end_after=Duration.read("PT15M"))
    run = outward("DT4", frame, "upper", now=Instant.of_epoch(9000))
    assert frame.values["t1"] == [9900]
    assert [default.source for default in run.defaults] == ["received-at"]
    assert "the message has no timestamp" in says(outward("DT4", content("DT4", power=Decimal(4), end_after=Duration.read("PT15M")), "upper"))


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"begin_at": Instant.of_epoch(0)}, "the limit holds without end"),
        ({"active": False, "begin_at": Instant.of_epoch(0), "end_at": Instant.of_epoch(9)}, "an envelope is always in force"),
        ({"begin_at": Instant.of_epoch(9), "end_at": Instant.of_epoch(9)}, "is not after"),
    ],
)
def test_a_limit_that_is_no_envelope_is_refused(values: dict[str, Any], expected: str) -> None:
    assert expected in says(outward("DT4", content("DT4", power=Decimal(4), **values), "upper"))


@pytest.mark.parametrize("after", ["P1M", "PT0.5S"])
def test_an_end_after_a_calendar_month_or_half_a_second_is_refused_not_guessed(after: str) -> None:
    frame = content("DT4", power=Decimal(4), end_after=Duration.read(after), anchor=Instant.of_epoch(0))
    assert outward("DT4", frame, "upper").faults != []


def test_the_fraction_of_a_second_that_an_envelope_cannot_say_is_listed() -> None:
    frame = content("DT4", power=Decimal(4), begin_at=Instant(0, "5", "Z"), end_at=Instant(900, "", "Z"))
    run = outward("DT4", frame, "upper")
    assert run.loss != [] or run.faults != []
