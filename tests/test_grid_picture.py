"""The picture of a feeder is well formed, has everything of the feeder once, and shows which switches are open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from grid_commands import hub_folder, run, taken
from parties import ROOT, TOWN, example_hub, load_town
from test_grid_network import IEEE123, network
from third_party import data

from adapter.errors import UsageError
from adapter.grid.layout import layout
from adapter.grid.one_line import one_line
from adapter.grid.picture import COLOURS, Connection, Sheet, picture
from adapter.hub.hub import Hub
from adapter.services.topology.drawn import drawn
from adapter.values import Instant

MAY, JULY = Instant.read("2026-05-01T00:00:00Z"), Instant.read("2026-07-01T00:00:00Z")
SWITCHING = (TOWN / "05_switching.xml").read_text(encoding="utf-8")
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Hub]:
    with example_hub(tmp_path) as hub:
        load_town(hub)
        yield hub


def marked(svg: str, kind: str) -> list[str]:
    """The titles of what is drawn of a kind, in order."""
    groups = ElementTree.fromstring(svg).iter(f"{SVG}g")
    return sorted(str(group.findtext(f"{SVG}title")) for group in groups if group.get("class") == kind)


def test_a_feeder_is_drawn_as_it_was_before_and_after_switching(town: Hub) -> None:
    before, after = drawn(town, "Mill 1", MAY), drawn(town, "Mill 1", JULY)
    assert marked(before, "transformer") == ["Church T1", "Mill Lane T1"]
    assert marked(before, "connection") == ["CONN-1 Mill Lane 3", "CONN-2 Mill Lane 5", "CONN-3 Church Square 1", "CONN-5 Church roof"]
    assert (marked(before, "switch"), marked(before, "switch open")) == (["Head of Mill 1", "Mill Lane out"], ["Tie Church to Quay open"])
    assert marked(after, "transformer") == ["Mill Lane T1"]
    assert marked(after, "connection") == ["CONN-1 Mill Lane 3", "CONN-2 Mill Lane 5"]
    assert (marked(after, "switch"), marked(after, "switch open")) == (["Head of Mill 1"], ["Mill Lane out open"])


def test_a_picture_says_feeder_moment_substation_and_zones(town: Hub) -> None:
    said = [text.text for text in ElementTree.fromstring(drawn(town, "Mill 1", MAY)).iter(f"{SVG}text")]
    assert {"Feeder Mill 1", f"at {MAY.text()}", "Millbrook", "ZONE-MILL-1 (What hangs on Mill 1)", "ZONE-VALLEY (Mill valley)"} <= set(said)


def test_a_feeder_has_a_name_and_an_identifier_and_a_zone_has_feeders(town: Hub) -> None:
    assert drawn(town, "Mill 1", MAY) == drawn(town, "00000009-0000-4000-8000-000000000009", MAY)
    for zone in ("ZONE-MILL-1", "ZONE-SQUARE"):
        assert drawn(town, zone, MAY) == drawn(town, "Mill 1", MAY)
    assert marked(drawn(town, "ZONE-VALLEY", MAY), "transformer") == ["Church T1", "Mill Lane T1", "Quay T1"]
    with pytest.raises(UsageError, match="no feeder and no zone with a feeder is called 'Mill 3'"):
        drawn(town, "Mill 3", MAY)


def test_a_moment_whose_switch_states_were_replaced_is_refused(town: Hub) -> None:
    later = SWITCHING.replace("2026-06-15T0", "2026-07-15T0").replace("a0000000-0000-4000-8000-000000000002", "a0000000-0000-4000-8000-000000000003")
    assert town.receive(later.replace("true", "no").replace("false", "true").replace("no", "false").encode(), "dso").taken
    assert marked(drawn(town, "Mill 1", Instant.read("2026-08-01T00:00:00Z")), "transformer") == ["Church T1", "Mill Lane T1"]
    with pytest.raises(UsageError, match="were replaced by later ones"):
        drawn(town, "Mill 1", JULY)


def test_the_command_writes_the_picture_of_the_documentation(tmp_path: Path) -> None:
    """docs/feeder.svg is what the command makes of the example."""
    hub = hub_folder(tmp_path / "hub")
    taken(hub, TOWN)
    run("picture", "Mill 1", "--on", "2026-06-15T07:59:00Z", "--data", hub, "-o", tmp_path / "feeder.svg")
    assert (tmp_path / "feeder.svg").read_text(encoding="utf-8") == (ROOT / "docs" / "feeder.svg").read_text(encoding="utf-8")


def test_everything_of_a_large_feeder_stands_in_its_picture_once_and_apart() -> None:
    found = network(IEEE123)
    (feeder,) = found.feeders
    line, traced = one_line(found, feeder), found.trace(feeder)
    assert set(line.branches) == set(traced)
    there = {equipment for node in traced for equipment in found.equipment_at[node] if found.kinds[equipment] not in ("BusbarSection", "Junction")}
    assert Counter(line.equipment) == Counter(there)
    places = layout(line)
    assert max(Counter([*places.at.values(), *places.ends.values()]).values()) == 1
    svg = picture([Sheet(line, "IEEE 123", "source", {}, {})], "IEEE 123", "now", {})
    drawn_once = Counter(group.get("data-id") for group in ElementTree.fromstring(svg).iter(f"{SVG}g"))
    assert drawn_once == Counter(equipment.removeprefix("urn:uuid:") for equipment in there)
    opened = {equipment for equipment in there & found.open if found.kinds[equipment] == "LoadBreakSwitch"}
    assert len(marked(svg, "switch open")) == len(opened) > 1


def test_texts_are_escaped_and_zones_told_apart() -> None:
    found = network(IEEE123)
    (feeder,) = found.feeders
    line = one_line(found, feeder)
    odd = '<b> & "quoted"'
    zones = {f"Z{number:02}": odd for number in range(12)}
    connections = {next(iter(line.branches)): [Connection(odd, odd, tuple(zones))]}
    root = ElementTree.fromstring(picture([Sheet(line, odd, odd, dict.fromkeys(line.equipment, odd), connections)], odd, "now", zones))
    assert root.findtext(f"{SVG}title") == odd
    assert marked(ElementTree.tostring(root, encoding="unicode"), "connection") == [f"{odd} {odd}"]
    fills = Counter(one.get("fill") for one in root.iter(f"{SVG}rect"))
    assert all(fills[colour] in (2, 4) for colour in COLOURS)  # in the legend and at the connection; twelve zones, eight colours, and a number in each
    assert {text.text for text in root.iter(f"{SVG}text") if text.get("class") == "mark"} == {str(number) for number in range(1, 13)}


def test_third_party_models_are_drawn_from_a_hub(tmp_path: Path) -> None:
    hub = hub_folder(tmp_path)
    taken(hub, data("cim", "grid", *IEEE123.split("/")))
    svg, _ = run("picture", "ieee123", "--data", hub)
    assert len(marked(svg, "transformer")) == 1
    assert "s10a" in marked(svg, "equipment")
