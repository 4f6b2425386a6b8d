"""Dated links and supplies: whatever was said, and in whatever order, what holds at a moment is what was said of it last."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from adapter.frames import Frame
from adapter.grid.network import Supply
from adapter.library import library
from adapter.services.topology import DATED
from adapter.services.topology.links import ended, holds, merged
from adapter.services.topology.supply import Dated, changed
from adapter.values import Instant

quick = settings(max_examples=200, derandomize=True, database=None, deadline=None)
STANDING = DATED["TC1"][1]


def at(number: int) -> Instant:
    return Instant.of_epoch(1_700_000_000 + number * 60)


def link(**values: object) -> Frame:
    frame = Frame(library().exchanges["TC1"].scope)
    frame.values = {"connection": "urn:c", "code": "C", **values}
    return frame


def meters(links: list[Frame], moment: int) -> set[object]:
    return {one.values.get("meter") for one in links if holds(one, at(moment))}


# --- supplies ---

SUPPLIES = st.lists(st.sampled_from([Supply(feeder="a"), Supply(feeder="b"), Supply(feeder="c")]), unique=True, max_size=2)


@quick
@given(st.lists(SUPPLIES, min_size=1, max_size=6))
def test_at_every_moment_a_place_has_the_supplies_that_were_found_last(found: list[list[Supply]]) -> None:
    history: list[Dated] = []
    for number, supplies in enumerate(found):
        history = changed(history, supplies, at(number))
    began = next((number for number, supplies in enumerate(found) if supplies), len(found))
    for number, supplies in enumerate(found):
        expected = set(supplies) if number >= began else set(found[began]) if began < len(found) else set()  # what is known first holds since ever
        assert {one.supply for one in history if one.holds(at(number))} == expected


def test_the_same_supplies_again_change_nothing() -> None:
    history = changed([], [Supply(feeder="a")], at(1))

    assert changed(history, [Supply(feeder="a")], at(2)) == history == [Dated(Supply(feeder="a"))]


def test_a_model_for_an_earlier_moment_does_not_rewrite_what_came_after() -> None:
    history = changed(changed([], [Supply(feeder="a")], at(0)), [Supply(feeder="b")], at(5))
    late = changed(history, [Supply(feeder="c")], at(3))

    assert [one.supply.feeder for one in late if one.holds(at(4))] == ["a"]
    assert [one.supply.feeder for one in late if one.holds(at(5))] == ["c"]


# --- links ---


def test_a_meter_that_is_exchanged_holds_until_the_other_begins() -> None:
    table = [link(meter="m1", begin=at(0), end=at(5)), link(meter="m2", begin=at(5))]
    links = merged([], table, STANDING, at(9))

    assert [meters(links, moment) for moment in (-1, 0, 4, 5, 99)] == [set(), {"m1"}, {"m1"}, {"m2"}, {"m2"}]


def test_a_dated_link_said_again_takes_the_place_of_what_was_said_of_it() -> None:
    links = merged([], [link(meter="m1", begin=at(0))], STANDING, at(1))
    links = merged(links, [link(meter="m1", begin=at(0), end=at(3))], STANDING, at(4))

    assert len(links) == 1
    assert meters(links, 3) == set()


def test_what_is_said_without_a_moment_ends_what_differs_from_it() -> None:
    links = merged([], [link(meter="m1")], STANDING, at(0))
    links = merged(links, [link(meter="m2")], STANDING, at(7))

    assert [meters(links, moment) for moment in (-5, 6, 7)] == [{"m1"}, {"m1"}, {"m2"}]


def test_what_is_said_without_a_moment_and_agrees_changes_nothing() -> None:
    links = merged([], [link(meter="m1", party="p", begin=at(0))], STANDING, at(1))

    assert merged(links, [link(meter="m1")], STANDING, at(7)) == links


@quick
@given(st.lists(st.sampled_from(["m1", "m2", "m3"]), min_size=1, max_size=6))
def test_a_connection_has_the_meter_that_was_said_last(said: list[str]) -> None:
    links: list[Frame] = []
    for number, meter in enumerate(said):
        links = merged(links, [link(meter=meter)], STANDING, at(number))

    assert [meters(links, number) for number in range(len(said))] == [{meter} for meter in said]


@quick
@given(st.lists(st.sets(st.sampled_from(["z1", "z2", "z3"])), min_size=1, max_size=5))
def test_a_member_belongs_to_all_zones_that_the_last_version_says(versions: list[set[str]]) -> None:
    """A version of a model says all zones of a member; what it says no more ends, and what it says again goes on or begins."""
    kind = DATED["TC5"][1]
    scope = library().exchanges["TC5"].scope

    def row(zone: str) -> Frame:
        frame = Frame(scope)
        frame.values = {"zone": zone, "member": "urn:m", "code": zone}
        return frame

    links: list[Frame] = []
    earlier: set[str] = set()
    for number, zones in enumerate(versions):
        links = merged(links, [row(zone) for zone in sorted(zones)], kind, at(number))
        for zone in sorted(earlier - zones):
            links = ended(links, row(zone), kind, at(number))
        earlier = zones

    first = {zone: next(number for number, zones in enumerate(versions) if zone in zones) for zones_ in versions for zone in zones_}
    for number, zones in enumerate(versions):
        since_ever = {zone for zone, begun in first.items() if begun > number}  # what is known first holds since ever
        assert {link.values["zone"] for link in links if holds(link, at(number))} == zones | since_ever
