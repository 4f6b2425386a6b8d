"""Relations that carry one value: as it is, as a code, as text, or as what the mapping or the profile says; down(up(x)) == x."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from relation_bench import Bench, instants, law_of, quick, texts

from adapter.tree.leaves import CODECS
from adapter.tree.spec import Type
from adapter.values import Instant


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


TWO_MEANINGS = """codes: {from: c, is: [reference, direction], table: {
    load: ["hub:Absolute", "hub:Consume"], generation: ["hub:Absolute", "hub:Produce"], loadReduction: ["hub:Reduction", "hub:Consume"]}}"""


@quick
@given(st.sampled_from(["load", "generation", "loadReduction"]))
def test_a_code_may_mean_two_things(code: str) -> None:
    Bench(TWO_MEANINGS, {"c": ""}, "DT4").holds({"c": code})


def test_two_meanings_without_a_code_and_two_codes_of_other_meaning_are_faults() -> None:
    bench = Bench(TWO_MEANINGS, {"c": ""}, "DT4")
    assert bench.faults_down({"reference": "hub:Reduction", "direction": "hub:Produce"}) == [
        "is hub:Reduction and hub:Produce: this message has no code for it"
    ]
    canon, run = bench.empty(), bench.run()
    canon.values["direction"] = "hub:Produce"  # as another code says
    bench.relation.up(bench.wire({"c": "load"}), canon, run)
    assert [fault.says for fault in run.faults] == ["is 'load', which means hub:Consume, and another code here means hub:Produce"]


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


@law_of("verdict_number")
@quick
@given(st.booleans(), st.one_of(st.none(), texts))
def test_a_verdict_number_is_accepted_only_by_the_accepting_number_alone(accepted: bool, reason: str | None) -> None:
    bench = Bench(
        'verdict_number: {scope: cmd, number: n, text: t, is: result, reason: reason, accepted: "0", rejected: "7"}',
        {},
        "message",
        inner=("cmd", {"n": "", "t": ""}),
    )
    wire = bench.wire({})
    wire.add("cmd").values = {"n": 0 if accepted else 7} | ({"t": reason} if reason else {})
    assert bench.down(bench.up(wire)) == wire
    wire.add("cmd").values = {"n": 3}
    assert bench.up(wire).values["result"] == "hub:Rejected"
