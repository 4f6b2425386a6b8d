"""Relations between the positions of a document and rows in time; what lies outside day, period or grid is a fault and nothing is written."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from relation_bench import Bench, law_of, quick, seconds

from adapter.values import Duration, Instant, local_midnight

days = st.dates(date(1990, 1, 1), date(2035, 12, 31))
zones = st.sampled_from(["Europe/Amsterdam", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Pacific/Apia", "Europe/Lisbon"])
steps = st.sampled_from([300, 900, 1800, 3600])

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
