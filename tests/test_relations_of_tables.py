"""Relations of tables: codes of an operator, addresses, days and instants, what rows must agree in; and a cell is never written that reads as something else."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from relation_bench import Bench, law_of, quick, seconds, texts

from adapter.names import identifier_iri
from adapter.tree.leaves import CODECS
from adapter.tree.spec import Type
from adapter.values import Instant

SCHEMES = "zone: Europe/Amsterdam\nschemes: {connection: GS1, feeder: NNL, substation: NNL}\nidentifiers: {OTHER/7: NNL/F-7}"
KINDS = {"k": Type("kind", CODECS["str"], codes={"connection": "connection", "feeder": "feeder", "substation": "substation"})}
THING = CODECS["object"]
DAYS_OF = "days: {first: first, last: last, zone: zone, begin: begin, finish: end}"
ZONE = {"zone": "Europe/Amsterdam"}
DAYS = Bench(DAYS_OF, {"first": "", "last": "", "zone": ""}, "TC5")
UUID = "6c33817b-05d5-4ad0-bbaa-e93c77c51dd3"


def member(profile: str = SCHEMES) -> Bench:
    return Bench("coded: {id: m, kind: k, is: member}", {"m": "", "k": ""}, "TC5", profile=profile, leaves=KINDS)


def connection(profile: str = SCHEMES) -> Bench:
    return Bench("coded: {id: c, of: connection, is: connection, code: code}", {"c": ""}, "TC1", profile=profile)


@law_of("coded")
@quick
@given(st.one_of(texts.map(str.strip).filter(bool), st.uuids().map(str), st.sampled_from(["ea1.2026-01.example:x", "urn:x:y", "https://a.example/b#c"])))
def test_what_an_operator_calls_a_thing_comes_back(cell: str) -> None:
    cell = THING.read(cell)
    if "://" not in cell or cell.startswith("https://a."):
        connection().holds({"c": cell})
        member().holds({"m": cell} if cell.startswith(("urn:", "ea1.", "https:")) else {"m": cell, "k": "feeder"})


@pytest.mark.parametrize("spelling", [UUID, UUID.upper(), f"_{UUID}", f"#_{UUID}", f"urn:uuid:{UUID.upper()}", f"https://grid.example/model#_{UUID}"])
def test_an_object_of_the_grid_model_is_named_as_cim_files_name_it(spelling: str) -> None:
    assert connection().up({"c": THING.read(spelling)}).values == {"connection": f"urn:uuid:{UUID}", "code": UUID}


def test_a_uftp_address_is_the_identifier_that_uftp_messages_have() -> None:
    addresses = {"ean.871694840000123456": ("GS1", "871694840000123456"), "ea1.2026-01.dso.example:z-9": ("EA1", "2026-01.dso.example:z-9")}
    for cell, identifier in addresses.items():
        assert member().up({"m": cell}).values["member"] == identifier_iri(*identifier)


@pytest.mark.parametrize(
    ("cell", "kind", "says"),
    [
        ("F-7", None, "say beside it what kind of thing it is"),
        ("M-7", "meter", "add `schemes: {meter: …}`"),
        ("ean.871694840000123456", "connection", "write 871694840000123456"),
        ("urn:uuid:a b", None, "begins like an IRI and is none"),
        (identifier_iri("NNL", "7"), None, "a name that the hub makes"),
    ],
)
def test_a_cell_that_could_mean_two_things_is_refused(cell: str, kind: str | None, says: str) -> None:
    (found,) = member().faults_up({"m": cell, **({"k": kind} if kind else {})})
    assert says in found


@pytest.mark.parametrize(
    ("iri", "cell", "kind"),
    [
        (identifier_iri("NNL", "F-7"), "F-7", "feeder"),
        (identifier_iri("GS1", "871694840000123456"), "871694840000123456", "connection"),
        (identifier_iri("EA1", "2026-01.dso.example:c"), "ea1.2026-01.dso.example:c", None),
        (identifier_iri("OTHER", "7"), "F-7", "feeder"),
        (f"urn:uuid:{UUID}", f"urn:uuid:{UUID}", None),
    ],
)
def test_an_identifier_is_written_in_the_first_way_that_reads_as_it(iri: str, cell: str, kind: str | None) -> None:
    bench = member()
    canon = bench.empty()
    canon.values["member"] = iri
    written = bench.down(canon).values
    assert (written["m"], written.get("k")) == (cell, kind)


@pytest.mark.parametrize("iri", [identifier_iri("SPINE", "d"), identifier_iri("NNL", "urn:x"), identifier_iri("GS1", "short")[:-5] + "%20x", "no iri"])
def test_an_identifier_no_cell_reads_as_is_refused(iri: str) -> None:
    (found,) = member().faults_down({"member": iri})
    assert "needs a code of the operator" in found


def test_another_code_than_the_identifier_is_listed_as_lost() -> None:
    bench, run = connection(), connection().run()
    canon = bench.empty()
    canon.values = {"connection": f"urn:uuid:{UUID}", "code": "CP-7"}
    assert bench.down(canon, run).values == {"c": f"urn:uuid:{UUID}"}
    assert [(loss.path, loss.value, loss.became) for loss in run.loss] == [("?code", "CP-7", UUID)]


@law_of("moments")
@quick
@given(seconds, st.sampled_from(["Z", "+02:00", "-05:30"]), st.sampled_from(["", "5"]))
def test_an_instant_with_its_offset_comes_back(epoch: int, zone: str, fraction: str) -> None:
    Bench("moments: {from: begin, until: end}", {"from": "", "until": ""}, "TC5").holds({"from": Instant(epoch, fraction, zone).text()})


@pytest.mark.parametrize(("day", "begins"), [("2026-03-29", "2026-03-28T23:00:00Z"), ("2026-03-30", "2026-03-29T22:00:00Z")])
def test_a_day_begins_at_midnight_where_the_partner_is_and_comes_back_to_it(day: str, begins: str) -> None:
    bench = Bench("moments: {from: begin}", {"from": ""}, "TC5", profile="zone: Europe/Amsterdam")
    run = bench.run(restored=True)
    canon = bench.up({"from": day}, run)
    assert canon.values["begin"].text() == begins
    assert bench.down(canon, run, before={"from": day}).values == {"from": day}


@pytest.mark.parametrize("cell", ["2026-02-30", "0001-01-01", "9999-12-32", "2026-05-04T08:00:00", "2026-05-04T25:00:00Z", "20260504"])
def test_what_is_neither_day_nor_instant_is_refused(cell: str) -> None:
    assert len(Bench("moments: {from: begin}", {"from": ""}, "TC5", profile="zone: Europe/Amsterdam").faults_up({"from": cell})) == 1


def test_a_moment_without_offset_is_not_written() -> None:
    faults = Bench("moments: {from: begin}", {"from": ""}, "TC5").faults_down({"begin": Instant.read("2026-05-04T08:00:00")})
    assert faults == ["needs an instant with its offset, and 2026-05-04T08:00:00 has none"]


@law_of("days")
@quick
@given(st.dates(date(1972, 1, 1), date(2090, 1, 1)), st.one_of(st.none(), st.dates(date(1972, 1, 1), date(2090, 1, 1))))
def test_days_of_a_link_come_back(first: date, last: date | None) -> None:
    DAYS.holds({"first": first} | ({} if last is None else {"last": last}) | ZONE, before=ZONE)


def test_the_last_day_ends_at_the_midnight_after_it_also_when_the_clock_is_changed() -> None:
    values = DAYS.up({"first": date(2026, 3, 29), "last": date(2026, 10, 25), "zone": "Europe/Amsterdam"}).values
    assert [values[name].text() for name in ("begin", "end")] == ["2026-03-28T23:00:00Z", "2026-10-25T23:00:00Z"]


@pytest.mark.parametrize(
    ("name", "moment", "variable", "day", "became"),
    [
        ("begin", "2026-07-01T08:00:00+02:00", "first", "2026-07-01", "2026-06-30T22:00:00Z"),
        ("begin", "2026-07-01T00:00:00.5+02:00", "first", "2026-07-01", "2026-06-30T22:00:00Z"),
        ("end", "2026-07-01T00:00:00.5+02:00", "last", "2026-07-01", "2026-07-01T22:00:00Z"),
        ("end", "2026-07-01T08:00:00+02:00", "last", "2026-07-01", "2026-07-01T22:00:00Z"),
    ],
)
def test_a_moment_within_a_day_takes_the_whole_day_and_is_listed(name: str, moment: str, variable: str, day: str, became: str) -> None:
    bench = Bench(DAYS_OF, {"first": "", "last": "", "zone": ""}, "TC5", profile="zone: Europe/Amsterdam")
    run, canon = bench.run(), bench.empty()
    canon.values[name] = Instant.read(moment)
    assert bench.down(canon, run).values[variable] == date.fromisoformat(day)
    assert [(loss.path, loss.value, loss.became) for loss in run.loss] == [(f"?{name}", moment, became)]


def test_days_are_not_written_without_a_zone_nor_for_a_moment_without_offset() -> None:
    assert "add `zone: Europe/…`" in DAYS.faults_down({"begin": Instant.read("2026-07-01T00:00:00Z")})[0]
    bench = Bench(DAYS_OF, {"first": "", "last": "", "zone": ""}, "TC5", profile="zone: Europe/Amsterdam")
    assert bench.faults_down({"begin": Instant.read("2026-07-01T00:00:00")}) == ["is 2026-07-01T00:00:00, a local time without zone"]


@pytest.mark.parametrize("day", [date.min, date.max])
def test_days_at_the_end_of_the_calendar_have_no_midnights(day: date) -> None:
    assert "its midnights lie outside" in DAYS.faults_up({"first": day, "zone": "Europe/Amsterdam"})[0]


def test_an_address_is_also_the_code_and_another_code_is_listed() -> None:
    bench = Bench("entity_address: {id: i, is: zone, code: code}", {"i": ""}, "TC5", profile=f"identifiers: {{'urn:uuid:{UUID}': EA1/2026-01.example:z}}")
    bench.holds({"i": "ea1.2026-01.example:z"})
    run, canon = bench.run(), bench.empty()
    canon.values = {"zone": f"urn:uuid:{UUID}", "code": "Z-1"}
    assert bench.down(canon, run).values == {"i": "ea1.2026-01.example:z"}
    assert [(loss.path, loss.value, loss.became) for loss in run.loss] == [("?code", "Z-1", "ea1.2026-01.example:z")]


def rows(*said: tuple[str, str | None]) -> list[str]:
    bench = Bench("agreed: {scope: row, of: z, same: [n]}", {}, "message", inner=("row", {"z": "", "n": ""}))
    wire = bench.wire({})
    for at, (thing, name) in enumerate(said, 1):
        wire.add("row", f"/zones[{at}]").values |= {"z": thing} | ({} if name is None else {"n": name})
    run = bench.run()
    canon = bench.up(wire, run)
    bench.down(canon, run)
    return [fault.says for fault in run.faults]


@law_of("agreed")
@quick
@given(texts, texts)
def test_rows_of_one_thing_agree_and_rows_of_others_need_not(one: str, other: str) -> None:
    assert rows(("A", one), ("A", one), ("B", other)) == []
    assert len(rows(("A", one), ("A", other))) == (one != other)


def test_a_row_that_leaves_out_what_another_says_of_the_same_thing_is_refused() -> None:
    assert rows(("A", "North"), ("A", None)) == ["says nothing, and /zones[1] says 'North' of the same z"]
