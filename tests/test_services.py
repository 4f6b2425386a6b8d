"""What the services object to, at its place on the wire, and what they keep as graph."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from parties import CONVERSATION, THEN, example_hub, tell
from test_hub import ask

from adapter.hub.hub import Hub
from adapter.library import library
from adapter.services import Routes, routes, services
from adapter.values import Instant

OFFER = (CONVERSATION / "03_flex_offer.xml").read_text(encoding="utf-8")
ORDER = (CONVERSATION / "06_flex_order.xml").read_text(encoding="utf-8")
REQUEST = "1b0d6f3e-52c1-4a55-8a4e-3f7a1f0c9d21"
OTHER = "99999999-52c1-4a55-8a4e-3f7a1f0c9d21"
LATE = Instant.read("2026-06-14T14:00:01Z")


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    with example_hub(tmp_path) as found:
        yield found


def refusals(hub: Hub, text: str) -> list[str]:
    receipt = hub.receive(text.encode())
    assert receipt.answer is not None
    assert all(fault.says.encode() in receipt.answer.data for fault in receipt.faults)  # the sender is told in its own standard
    return [f"{fault.path}: {fault.says}" for fault in receipt.faults]


def test_every_exchange_has_a_service() -> None:
    assert [row for row, names in routes(library()).items() if not names] == []
    assert {service.name for service in services()} == {"flexibility", "tariffs", "topology", "observability", "open_data"}


def test_an_exchange_that_no_service_takes_is_refused_by_name(tmp_path: Path) -> None:
    with example_hub(tmp_path) as hub:
        hub.routes = Routes([service for service in services() if service.name != "flexibility"])
        assert refusals(hub, OFFER) == ["/FlexOffer: no service of this hub takes FP3 (Flexibility offers)"]


# --- flexibility ---


def test_an_offer_that_keeps_to_its_request_is_taken(hub: Hub) -> None:
    tell(hub, "01_flex_request.xml")
    assert refusals(hub, OFFER) == []


@pytest.mark.parametrize("written_out", [False, True])
@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (REQUEST, OTHER, f"/FlexOffer/@FlexRequestMessageID: no flexibility request {OTHER} of dso.example.com is known here"),
        (
            "ean.871694840000123456",
            "ean.871694840000123457",
            f"/FlexOffer/@CongestionPoint: 871694840000123457 is not where the request {REQUEST} asks for flexibility: 871694840000123456",
        ),
        (
            'Period="2026-06-15"',
            'Period="2026-06-16"',
            f"/FlexOffer/OfferOption[1]/ISP[1]/@Start: 2026-06-16T14:00:00Z to 2026-06-16T14:15:00Z is not in the period of the request {REQUEST}",
        ),
    ],
)
def test_an_offer_must_keep_to_its_request(hub: Hub, old: str, new: str, sentence: str, written_out: bool) -> None:
    tell(hub, "01_flex_request.xml")
    if written_out:
        hub.expand()
        hub._read.clear()  # as after a restart
    assert sentence in refusals(hub, OFFER.replace(old, new))


def test_an_offer_must_touch_what_was_asked_for(hub: Hub) -> None:
    tell(hub, "01_flex_request.xml")
    moved = OFFER
    for start in range(72, 64, -1):
        moved = moved.replace(f'Start="{start}"', f'Start="{start - 64}"')
    assert f"no row of the option lies where the request {REQUEST} asks for flexibility" in "".join(refusals(hub, moved))


def test_an_offer_for_a_request_that_is_over_is_refused(tmp_path: Path) -> None:
    with example_hub(tmp_path, LATE) as hub:
        tell(hub, "01_flex_request.xml")
        assert refusals(hub, OFFER) == [
            f"/FlexOffer/@FlexRequestMessageID: the flexibility request {REQUEST} was valid until 2026-06-14T14:00:00Z, and it is 2026-06-14T14:00:01Z"
        ]


def test_an_order_must_name_a_known_offer_and_one_of_its_options(hub: Hub) -> None:
    offer = "3d8f5a21-7c46-4e9d-a0b3-6e2d4f8a7b13"
    assert refusals(hub, ORDER) == [f"/FlexOrder/@FlexOfferMessageID: no flexibility offer {offer} is known here"]
    tell(hub, "01_flex_request.xml", "03_flex_offer.xml")
    changed = ORDER.replace("4e7a6b32", "4e7a6b33")
    assert refusals(hub, changed.replace('OptionReference="heat-pumps"', 'OptionReference="boats"')) == [
        f"/FlexOrder/@OptionReference: the offer {offer} has no option boats: batteries, heat-pumps"
    ]
    assert refusals(hub, ORDER.replace("4e7a6b32", "4e7a6b34")) == []


# --- what is kept ---


def test_the_last_limit_of_a_device_is_its_current_one(hub: Hub) -> None:
    tell(hub, "07_limit_descriptions.json", "09_limit_write.json")
    text = (CONVERSATION / "09_limit_write.json").read_text(encoding="utf-8")
    later = hub.receive(text.replace('"msgCounter": 20', '"msgCounter": 21').replace('"number": 42', '"number": 31').encode())
    assert later.taken
    current = ask(hub, "SELECT ?limit ?kw { GRAPH ?state { ?device hub:subjectToLimit ?limit } ?limit saref:hasPropertyValue/saref:hasValue ?kw }")
    assert current == [[f"{later.graph}#1.limit", "3.1"]]


def test_metered_energy_has_its_total_at_once(hub: Hub) -> None:
    tell(hub, "14_metered_data.json")
    found = ask(
        hub,
        "SELECT ?kwh ?values ?gaps { ?series hub:total ?t ; hub:valueCount ?values ; hub:gapCount ?gaps . ?t saref:hasValue ?kwh ; saref:isMeasuredIn unit:KiloW-HR }",
    )
    assert found == [["4.4", "3", "1"]]


def test_the_catalogue_says_from_when_until_when_there_are_data(hub: Hub) -> None:
    text = (CONVERSATION / "14_metered_data.json").read_text(encoding="utf-8")
    hub.receive(text.encode())
    hub.receive(text.replace("MD-20260616-01", "MD-20260617-01").replace("2026-06-15T", "2026-06-16T").encode())
    found = ask(hub, "SELECT ?from ?until { ?data a hub:MeteredData ; hub:coveredFrom ?from ; hub:coveredUntil ?until }")
    assert found == [["2026-06-15T14:00:00Z", "2026-06-16T18:00:00Z"]]


def test_a_grid_file_becomes_the_topology_that_holds_now(hub: Hub) -> None:
    tell(hub, "15_grid_model.xml", "16_usage_points.xml")
    renamed = (CONVERSATION / "15_grid_model.xml").read_text(encoding="utf-8").replace("Eastgate 7", "Eastgate 8")
    assert hub.receive(renamed.encode(), "dso").taken
    found = ask(
        hub,
        "SELECT ?name { GRAPH ?g { ?feeder a hub:Feeder ; hub:name ?name } FILTER (CONTAINS(STR(?g), '/state/topology/')) }",
    )
    assert found == [["Eastgate 8"]]


def test_the_clock_of_the_tests_is_within_the_conversation() -> None:
    assert THEN.epoch < LATE.epoch
