"""Relations of identifiers: scheme and text come back; without a way into the scheme of the wire there is a fault, never a guess."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from relation_bench import Bench, law_of, quick, texts

from adapter.names import identifier_iri
from adapter.tree.leaves import CODECS
from adapter.tree.spec import Type


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


# --- mRIDs of CIM ---

MRID = "mrid: {id: i, mrid: m, is: code}"


@law_of("mrid")
@quick
@given(texts)
def test_an_mrid_is_the_code_of_its_object(code: str) -> None:
    Bench(MRID, {"i": "", "m": ""}, "TC3").holds({"m": code})


def test_an_object_without_mrid_has_its_identifier_as_code() -> None:
    bench = Bench(MRID, {"i": "", "m": ""}, "TC3")
    for identifier, code in {"urn:uuid:6c33817b-05d5-4ad0-bbaa-e93c77c51dd3": "6c33817b-05d5-4ad0-bbaa-e93c77c51dd3", "urn:gridglot:local:_N0": "_N0"}.items():
        wire = bench.wire({"i": identifier})
        assert bench.up(wire).values["code"] == code
