"""Where a meter hangs, at any moment: paths, zones, faults, codes, and what other services and subscribers have of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from parties import ROOT, THEN, TOWN, example_hub, load_town, tell
from third_party import data

from adapter import moments
from adapter.errors import UsageError
from adapter.hub.hub import Hub
from adapter.names import identifier_iri
from adapter.services.topology import eligible, paths, report
from adapter.values import Instant

MAY, JULY = Instant.read("2026-05-01T00:00:00Z"), Instant.read("2026-07-01T00:00:00Z")
MILL_1, MILL_2 = "00000009-0000-4000-8000-000000000009", "00000011-0000-4000-8000-000000000011"
DSO = (ROOT / "examples" / "registry" / "dso.yaml").read_text(encoding="utf-8")


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Hub]:
    with example_hub(tmp_path) as hub:
        load_town(hub)
        yield hub


def take(hub: Hub, text: str) -> tuple[str, ...]:
    return tuple(fault.says for fault in hub.receive(text.encode(), "dso").faults)


def feeder(hub: Hub, code: str, at: Instant) -> list[str]:
    return [path.feeder.code if path.feeder else "" for path in paths.paths(hub, code, at)]


# --- paths ---


def test_the_way_of_a_meter_goes_from_transformer_to_zones(town: Hub) -> None:
    (path,) = paths.paths(town, "METER-1", MAY)
    assert {name: str(getattr(path, name)) for name in ("connection", "secondary", "feeder", "substation")} == {
        "connection": "CONN-1 (Mill Lane 3)",
        "secondary": "00000013-0000-4000-8000-000000000013 (Mill Lane)",
        "feeder": f"{MILL_1} (Mill 1)",
        "substation": "00000006-0000-4000-8000-000000000006 (Millbrook)",
    }
    assert path.transformer is not None
    assert path.transformer.code == "00000047-0000-4000-8000-000000000047"
    assert [zone.code for zone in path.zones] == ["ZONE-MILL-1", "ZONE-VALLEY"]


@pytest.mark.parametrize(
    "code", ["METER-3", "CONN-3", "SPINE/d:_i:EXAMPLE_HEMS-3", "00000078-0000-4000-8000-000000000078", "ea1.2026-01.com.example.dso:church"]
)
def test_a_place_is_found_by_meter_connection_device_equipment_and_node(town: Hub, code: str) -> None:
    assert feeder(town, code, MAY) == [MILL_1]


def test_a_switching_moves_what_it_moves_from_its_moment_on(town: Hub) -> None:
    for code in ("METER-3", "METER-5"):
        assert [feeder(town, code, Instant.read(f"2026-06-15T{time}Z")) for time in ("07:59:59", "08:00:00")] == [[MILL_1], [MILL_2]]
    for code, name in (("METER-1", MILL_1), ("METER-4", MILL_2)):
        assert feeder(town, code, MAY) == feeder(town, code, JULY) == [name]


def test_a_new_version_of_the_equipment_keeps_the_switch_states_of_its_authority(town: Hub) -> None:
    """The states depend on the version before, and the equipment on nothing: their modeling authority set is what joins them."""
    later = (TOWN / "01_equipment.xml").read_text(encoding="utf-8").replace("2026-01-10", "2026-08-01").replace("a0000000-", "b0000000-")
    assert take(town, later) == ()
    assert feeder(town, "CONN-3", Instant.read("2026-08-02T00:00:00Z")) == [MILL_2]


def test_a_meter_that_was_exchanged_stands_there_until_then(town: Hub) -> None:
    assert paths.paths(town, "METER-2", MAY) == []
    assert [[path.meter.code for path in paths.paths(town, "CONN-2", at) if path.meter] for at in (Instant.read("2026-02-01T00:00:00Z"), MAY)] == [
        ["METER-2"],
        ["METER-2B"],
    ]


def test_a_code_that_names_nothing_says_what_codes_there_are(town: Hub) -> None:
    with pytest.raises(UsageError, match="nothing here is called 'METER-99'"):
        paths.paths(town, "METER-99", MAY)


def test_third_party_usage_points_hang_on_the_third_party_grid(tmp_path: Path) -> None:
    """Of 228 connections of GRIDAPPS-D the model of IEEE 13 knows the equipment of four; each of them has a whole way."""
    with example_hub(tmp_path) as hub:
        for name in ("IEEE13.xml", "endDevicesAndUsagePoints.xml"):
            assert hub.receive(data("cim", "grid", "cimhub-distribution", name).read_bytes(), "dso").taken
        found = [paths.paths(hub, str(link.values["code"]), MAY) for link in paths.every_link(hub)]
        whole = [path for (path,) in found if path.transformer and path.feeder and path.substation]
        faults = [one.kind for one in report.orphans(hub, MAY)]
    assert (len(found), len(whole)) == (228, 4)
    assert {kind: faults.count(kind) for kind in set(faults)} == {"equipment not modelled": 224}


# --- zones ---


@pytest.mark.parametrize(
    ("zone", "day", "expected"),
    [
        ("ZONE-MILL-1", "2026-06-14", ["CONN-1", "CONN-2", "CONN-3", "CONN-5"]),
        ("ZONE-MILL-1", "2026-06-15", ["CONN-1", "CONN-2"]),  # the church left it in the morning
        ("ZONE-MILL-1", "2026-06-16", ["CONN-1", "CONN-2"]),
        ("ZONE-SQUARE", "2026-03-31", ["CONN-3"]),
        ("ZONE-SQUARE", "2026-08-31", ["CONN-3", "CONN-5"]),
        ("ZONE-SQUARE", "2026-09-01", ["CONN-5"]),
        ("ZONE-VALLEY", "2026-06-15", ["CONN-1", "CONN-2", "CONN-3", "CONN-4", "CONN-5"]),
        ("ZONE-VALLEY", "2025-12-31", []),
        ("ZONE-NOWHERE", "2026-06-15", []),
    ],
)
def test_a_connection_is_eligible_on_a_day_if_it_belongs_to_the_zone_all_day(town: Hub, zone: str, day: str, expected: list[str]) -> None:
    town.flush()
    assert sorted({row["connection"] for row in eligible.connections(town, zone, day, "Etc/UTC")}) == expected


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-06-15", 24), ("2026-10-25", 25)])
def test_a_day_has_the_hours_of_its_zone(day: str, hours: int) -> None:
    begin, end = moments.day(day, "Europe/Amsterdam")
    assert end.epoch - begin.epoch == hours * 3600


@pytest.mark.parametrize(
    ("text", "zone", "says"),
    [
        ("2026-06-15", "", "has no time zone"),
        ("2026-06-15", "Mars/Base", "is no time zone"),
        ("2026-06-15T10:00:00", "", "has no zone"),
        ("2026-13-01", "Etc/UTC", "is not a date and time"),
        ("yesterday", "", "is not a date and time"),
    ],
)
def test_a_moment_that_is_none_is_refused_and_no_zone_is_guessed(text: str, zone: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        moments.moment(text, zone)


def test_a_zone_loses_the_connections_that_a_new_version_of_its_model_leaves_out(tmp_path: Path) -> None:
    text = (ROOT / "tests" / "golden" / "cim" / "grid_model" / "wire_header.xml").read_text(encoding="utf-8")
    later = text.replace("c0000001-", "c9000001-").replace("T08:30:00Z", "T08:31:00Z")
    left = later.replace('    <cim:UsagePointGroup.UsagePoints rdf:resource="#_c0000008-1111-4222-8333-444444444448"/>\n', "")
    member = "urn:uuid:c0000008-1111-4222-8333-444444444448"
    with example_hub(tmp_path) as hub:
        assert take(hub, text) == ()
        assert [zone.code for zone in paths.zones(hub, [member], hub.clock())] == ["ZONE-HARBOUR"]
        before = Instant.of_epoch(hub.clock().epoch - 1)
        assert take(hub, left) == ()
        assert paths.zones(hub, [member], Instant.of_epoch(hub.clock().epoch + 1)) == []
        assert [zone.code for zone in paths.zones(hub, [member], before)] == ["ZONE-HARBOUR"]
        other = "urn:uuid:c0000009-1111-4222-8333-444444444449"
        assert [zone.code for zone in paths.zones(hub, [other], Instant.of_epoch(hub.clock().epoch + 1))] == ["ZONE-HARBOUR", "ZONE-QUAY"]


# --- faults ---


def test_what_hangs_nowhere_or_twice_is_reported(town: Hub) -> None:
    rows = [
        "connection,meter,equipment,from",
        "CONN-7,METER-7,00000099-9999-4999-8999-000000000099,2026-01-01T00:00:00Z",
        "CONN-8,METER-1,00000074-0000-4000-8000-000000000074,2026-01-01T00:00:00Z",
    ]
    assert take(town, "\n".join(rows) + "\n") == ()
    found = {(one.kind, one.place) for one in report.orphans(town, JULY)}
    assert found == {("connection without equipment", "CONN-6"), ("equipment not modelled", "CONN-7"), ("meter twice", "METER-1")}


def a_day_later(state: str, other: str) -> str:
    """A version of the switching that is for the day after, with *other* in the place of every *state*."""
    text = (TOWN / "05_switching.xml").read_text(encoding="utf-8").replace(state, other)
    return text.replace("2026-06-15T07:58", "2026-06-16T07:58").replace("2026-06-15T08:00", "2026-06-16T08:00").replace("000000000002", "000000000003", 1)


def test_feeders_that_meet_are_reported_and_both_are_told(town: Hub) -> None:
    assert take(town, a_day_later(">true<", ">false<")) == ()
    assert sorted(feeder(town, "METER-3", JULY)) == [MILL_1, MILL_2]
    assert {one.place for one in report.orphans(town, JULY) if one.kind == "several supplies"} == {"CONN-1", "CONN-2", "CONN-3", "CONN-4", "CONN-5"}


def test_what_no_closed_switch_leads_to_is_reported(town: Hub) -> None:
    assert take(town, a_day_later(">false<", ">true<")) == ()
    faults = {(one.kind, one.place) for one in report.orphans(town, JULY)}
    assert {place for kind, place in faults if kind == "without supply"} >= {"CONN-3", "CONN-5"}
    assert feeder(town, "METER-3", Instant.read("2026-06-15T12:00:00Z")) == [MILL_2]


# --- codes ---


def test_a_code_of_a_scheme_names_one_node(town: Hub) -> None:
    heading = "node,scheme,code,name\n"
    assert take(town, heading + "NODE-OTHER,GDO,PS-LANE,Other\n") == ("the code GDO PS-LANE names another node",)
    assert take(town, heading + "NODE-A,EIC,10Y-A,A\nNODE-B,EIC,10Y-A,B\n") == ("the code EIC 10Y-A names another node",) * 2
    assert take(town, heading + "NODE-LANE,GDO,PS-LANE,Mill Lane\n") == ()
    assert take(town, heading + "NODE-OTHER,EIC,PS-LANE,Other\n") == ()  # another scheme


# --- what others have of it ---


def test_who_subscribed_to_a_zone_hears_of_the_connections_in_it(tmp_path: Path) -> None:
    with example_hub(tmp_path) as hub:
        hub.partners.put(DSO.replace("connection: DSO", "connection: GS1"), THEN)
        assert take(hub, (TOWN / "01_equipment.xml").read_text(encoding="utf-8")) == ()
        assert take(hub, "connection,equipment\n571313190000077120,00000074-0000-4000-8000-000000000074\n") == ()
        assert take(hub, "zone,member,kind\nZONE-LANE,571313190000077120,connection\n") == ()
        zone, feeder_1, feeder_2 = (
            hub.subscriptions.add("home", ["NO1"], [place], "", "", THEN)
            for place in (identifier_iri("DSO", "ZONE-LANE"), f"urn:uuid:{MILL_1}", f"urn:uuid:{MILL_2}")
        )
        tell(hub, "14_metered_data.json")
        heard = [hub.index.carrying(one.exchanges, one.places, 3, 10) for one in (zone, feeder_1, feeder_2)]
    assert heard == [[4], [4], []]


@pytest.mark.parametrize(
    ("code", "exchange", "file"),
    [("ean,ean.871694840000123456", "FP2", "01_flex_request.xml"), ("GDO,PS-004711", "FP3", "04_eflex_offer.xml")],
)
def test_who_subscribed_to_a_feeder_hears_of_messages_about_a_node_on_it(code: str, exchange: str, file: str, tmp_path: Path) -> None:
    """A request names the congestion point as UFTP does, an offer the Domain of E-Flex; the operator's table says which node that is."""
    with example_hub(tmp_path) as hub:
        assert take(hub, (TOWN / "01_equipment.xml").read_text(encoding="utf-8")) == ()
        assert take(hub, f"node,scheme,code,grid_node\nNODE-LANE,{code},00000027-0000-4000-8000-000000000027\n") == ()
        on, off = (hub.subscriptions.add("home", [exchange], [f"urn:uuid:{place}"], "", "", THEN) for place in (MILL_1, MILL_2))
        tell(hub, file)
        assert [hub.index.carrying(one.exchanges, one.places, 2, 10) for one in (on, off)] == [[3], []]


def test_a_substation_has_its_kind_by_its_voltages(town: Hub) -> None:
    text = "".join(town.store.text(graph) for graph in town.store.graphs() if "/state/topology/" in graph)
    primary = [line.split()[0] for line in text.splitlines() if line.endswith("hub#PrimarySubstation> .")]
    secondary = [line.split()[0] for line in text.splitlines() if line.endswith("hub#SecondarySubstation> .")]
    assert primary == ["<urn:uuid:00000006-0000-4000-8000-000000000006>"]
    assert len(secondary) == 3


def test_the_example_conversation_knows_the_town(tmp_path: Path) -> None:
    """Both may be in one hub: nothing of the one is taken for the other."""
    with example_hub(tmp_path) as hub:
        tell(hub)
        load_town(hub)
        assert feeder(hub, "METER-1", MAY) == [MILL_1]
