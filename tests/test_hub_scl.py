"""What a hub makes of SCL files: a new issue of a project's file takes the place of the one before, and only of that."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from cases import GOLDEN, NOW

from adapter.hub.hub import Hub

WIRE = (GOLDEN / "iec61850" / "scl" / "wire.xml").read_bytes()
PARTNER = "profile: drawing-office\nmeans: who draws substations\npartner: {registered: true, roles: [dso], ids: {DNS: drawing.example}}\n"
NODES = "PREFIX hub: <https://w3id.org/gridglot/hub#> SELECT (COUNT(DISTINCT ?n) AS ?c) { GRAPH ?g { ?d hub:designates ?n } FILTER(CONTAINS(STR(?g), '/message/')) }"
BAR = b'        <ConnectivityNode name="BB1" pathName="WL1/M1/W1/BB1"/>\n'


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    with Hub(tmp_path / "data", lambda: NOW) as found:
        found.partners.put(PARTNER, NOW)
        yield found


def nodes(hub: Hub) -> int:
    return int(hub.store.query(NODES, form="csv").split()[1])


def test_a_new_issue_of_a_file_takes_the_place_of_the_one_before(hub: Hub) -> None:
    assert BAR in WIRE
    hub.receive(WIRE, "drawing-office")
    assert nodes(hub) == 4
    receipt = hub.receive(WIRE.replace(BAR, b""), "drawing-office")
    assert receipt.taken, receipt.faults
    assert nodes(hub) == 3


def test_the_file_of_another_substation_of_the_project_takes_no_place(hub: Hub) -> None:
    hub.receive(WIRE, "drawing-office")
    hub.receive(WIRE.replace(b'"WL1', b'"WL2'), "drawing-office")
    assert nodes(hub) == 8
