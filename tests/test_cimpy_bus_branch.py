"""The bus-branch view that cimpy makes of a model: on a copy, and with what it does not heed."""

from __future__ import annotations

import sys

import pytest
from cimpy_models import B1, LIMIT, N1, T1, breaker, eq, iri, position, ssh, switch_between_nodes, tp

from adapter.errors import UsageError
from adapter.grid.cimpy_bridge import objects

pytest.importorskip("cimpy")


def test_an_open_breaker_is_no_branch_and_a_closed_one_is() -> None:
    for stands, there in (("true", False), ("false", True)):
        found = objects([*switch_between_nodes(), position(stands)]).bus_branch()
        assert (iri(B1) in found.objects) is there
        assert found.buses[iri(N1)] == ((iri(B1),) if there else ())


def test_the_view_stays_as_it_is_when_buses_are_made() -> None:
    at_node = f'<cim:Terminal rdf:about="#{T1}"><cim:Terminal.ConnectivityNode rdf:resource="#C1"/></cim:Terminal>'
    view = objects([*switch_between_nodes(), eq(f'<cim:ConnectivityNode rdf:ID="C1"/>{at_node}')])
    terminal, found = view.objects[iri(T1)], view.bus_branch()
    assert "urn:gridglot:local:C1" not in found.objects
    assert found.objects[iri(T1)].ConnectivityNode is None
    assert terminal.ConnectivityNode is view.objects["urn:gridglot:local:C1"]
    assert found.objects[iri(T1)].ConductingEquipment is found.objects[iri(B1)] is not view.objects[iri(B1)]


def test_an_open_disconnector_which_cimpy_leaves_in_is_named() -> None:
    given = [*switch_between_nodes(kind="Disconnector"), position("true", kind="Disconnector")]
    assert objects(given).bus_branch().unheeded == (iri(B1),)


def test_a_terminal_that_is_not_connected_is_named_and_one_of_which_nobody_says_it_is_not() -> None:
    parted = ssh(f'<cim:Terminal rdf:about="#{T1}"><cim:ACDCTerminal.connected>false</cim:ACDCTerminal.connected></cim:Terminal>')
    assert objects([*switch_between_nodes(), parted]).bus_branch().unheeded == (iri(T1),)


def test_limits_and_terminals_that_refer_to_nothing_do_not_end_it() -> None:
    body = breaker() + f'<cim:OperationalLimitSet rdf:ID="{LIMIT}"/><cim:Terminal rdf:ID="{T1}"/>'
    found = objects([eq(body), tp(f'<cim:TopologicalNode rdf:ID="{N1}"/>')]).bus_branch()
    assert set(found.objects) == {iri(key) for key in (B1, LIMIT, T1, N1)}


def test_without_topological_nodes_there_are_no_buses() -> None:
    with pytest.raises(UsageError, match="give the TP file too"):
        objects([eq(breaker())]).bus_branch()


def test_a_large_net_is_copied_without_going_too_deep() -> None:
    """Each object refers to the next: a chain longer than Python's stack."""
    count = sys.getrecursionlimit() * 2
    nodes = "".join(
        f'<cim:Terminal rdf:ID="T{number}"><cim:Terminal.ConductingEquipment rdf:resource="#B{number}"/></cim:Terminal>'
        f'<cim:Breaker rdf:ID="B{number}"><cim:Equipment.EquipmentContainer rdf:resource="#L{number}"/></cim:Breaker>'
        f'<cim:Bay rdf:ID="L{number}"><cim:Bay.VoltageLevel rdf:resource="#T{number + 1}"/></cim:Bay>'
        for number in range(count)
    )
    found = objects([eq(nodes + f'<cim:Terminal rdf:ID="T{count}"/>'), tp(f'<cim:TopologicalNode rdf:ID="{N1}"/>')]).bus_branch()
    assert len(found.objects) == 3 * count + 2
