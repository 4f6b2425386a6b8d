"""Relations of protocols with a memory: instants that count from the message, and registers whose difference is the energy."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from relation_bench import Bench, instants, law_of, quick

from adapter.relations.quantity import units
from adapter.values import Duration, Instant

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
