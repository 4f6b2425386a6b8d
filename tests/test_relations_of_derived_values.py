"""Relations of what the wire says twice: it is made from the rest when written, and a contradiction is a fault when read."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from relation_bench import Bench, law_of, numbers, quick, seconds

from adapter.values import Duration, Instant


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
