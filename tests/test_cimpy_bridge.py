"""The bridge to cimpy: each of cimpy's faults has a fence, and each fence a model that shows it."""

from __future__ import annotations

import logging
import re
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from cimpy_models import (
    B1,
    CIGRE,
    CIM16,
    CIM16_OF_2012,
    LIMIT,
    MICROGRID,
    T1,
    T2,
    breaker,
    eq,
    exported,
    file,
    files,
    iri,
    position,
    ssh,
    switch_between_nodes,
    triples,
)
from third_party import data

from adapter.errors import BridgeError, DecodeError, UsageError
from adapter.grid.cimpy_bridge import View, objects
from adapter.grid.cimpy_fence import fenced
from adapter.grid.cimpy_losses import Why
from adapter.names import CIM100

cimpy = pytest.importorskip("cimpy")
VERSION = "cgmes_v2_4_15"


def limit(duration: str) -> bytes:
    return eq(
        f'<cim:OperationalLimitType rdf:ID="{LIMIT}"><cim:IdentifiedObject.name>10.000000</cim:IdentifiedObject.name>'
        f"<cim:OperationalLimitType.acceptableDuration>{duration}</cim:OperationalLimitType.acceptableDuration></cim:OperationalLimitType>"
    )


def whys(view: View) -> dict[str, Why]:
    """Local name of the property → why cimpy does not hold it."""
    return {loss.fact.name.rpartition(":")[2]: loss.why for loss in view.losses}


# --- which files -----------------------------------------------------------------------------------------------------


def test_cim100_is_refused_with_what_to_give_instead() -> None:
    with pytest.raises(DecodeError, match=r"file 1: is CIM100 .* drops a part in silence; give CGMES 2\.4\.15"):
        objects([file("CoreEquipment-EU/3.0", breaker(), CIM100)])


def test_a_file_that_is_no_rdf_is_named() -> None:
    with pytest.raises(DecodeError, match=r"^file 2: line 1, column 1: the document is not well-formed"):
        objects([eq(breaker()), b"breaker"])


@pytest.mark.parametrize("name", ["cimhub-distribution/IEEE13.xml", "cgmes30-microgrid-be/20210325T1530Z_1D_BE_EQ_001.xml"])
def test_distribution_models_and_cgmes_3_of_others_are_refused(name: str) -> None:
    with pytest.raises(DecodeError, match="is CIM100"):
        objects([data("cim", "grid", name).read_bytes()])


def test_a_cim_that_nobody_knows_is_refused_by_its_name() -> None:
    with pytest.raises(DecodeError, match="its names are from urn:cim:18#"):
        objects([file("Equipment/9", breaker(), "urn:cim:18#")])


def test_a_cim_after_cim100_is_refused_by_its_name() -> None:
    with pytest.raises(DecodeError, match=r"file 1: is CIM of https://cim\.ucaiug\.io/ns#, of which cimpy drops"):
        objects([file("Equipment/9", breaker(), "https://cim.ucaiug.io/ns#")])


def test_a_file_of_two_cims_is_refused() -> None:
    second = f'"{CIM16}" xmlns:new="{CIM100}"'.encode()
    with pytest.raises(DecodeError, match=r"declares .*CIM100# and .*cim16#; expected one of them"):
        objects([eq(breaker() + '<new:Feeder rdf:ID="F1"/>').replace(f'"{CIM16}"'.encode(), second, 1)])


def test_a_file_with_extensions_alone_is_refused() -> None:
    extended = '<entsoe:EnergySchedulingType xmlns:entsoe="urn:entsoe#" rdf:ID="E1"/>'
    with pytest.raises(DecodeError, match="has no object of CIM16, the one CIM that cimpy reads; its names are from urn:entsoe#"):
        objects([eq(extended)])


def test_a_difference_model_is_refused() -> None:
    with pytest.raises(DecodeError, match="has 0 headers; expected one md:FullModel"):
        objects([data("cim", "grid", "difference-models", "FullGrid_OP_diff.xml").read_bytes().replace(CIM100.encode(), CIM16.encode())])


def test_a_text_with_a_language_is_refused() -> None:
    with pytest.raises(DecodeError, match=r"file 1: cim:IdentifiedObject\.name of .* has a datatype or a language"):
        objects([eq(breaker().replace(".name>", '.name xml:lang="en">', 1))])


def test_cim16_of_2012_is_read_beside_cim16_of_2013() -> None:
    view = objects([file("Equipment/3", breaker(), CIM16_OF_2012), position("true")])
    assert view.objects[iri(B1)].open is True
    assert view.losses == ()


def test_a_file_without_header_is_refused() -> None:
    bare = re.sub(rb"<md:FullModel.*</md:FullModel>", b"", eq(breaker()))
    with pytest.raises(DecodeError, match="has 0 headers; expected one md:FullModel"):
        objects([bare])


def test_files_are_taken_in_any_order() -> None:
    assert objects([position("true"), eq(breaker())]).objects[iri(B1)].name == "B1"


def test_ids_that_are_no_uuids_are_local_ones() -> None:
    assert "urn:gridglot:local:N12" in objects(files(CIGRE)).objects


# --- values ----------------------------------------------------------------------------------------------------------


def test_a_whole_number_with_a_decimal_point_is_read_and_only_where_a_whole_number_stands(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="invalid literal for int"):
        cimpy.cim_import([BytesIO(limit("10.000000"))], VERSION)
    view = objects([limit("10.000000")])
    kind = view.objects[iri(LIMIT)]
    assert (kind.acceptableDuration, kind.name, view.losses) == (10, "10.000000", ())
    assert triples(exported(view, tmp_path)) == triples([limit("10.000000")])


def test_a_fraction_where_cimpy_has_a_whole_number_is_a_loss_and_is_exported(tmp_path: Path) -> None:
    view = objects([limit("4.250000")])
    assert whys(view) == {"OperationalLimitType.acceptableDuration": Why.TYPE}
    assert triples(exported(view, tmp_path)) == triples([limit("4.250000")])


def test_a_model_of_entso_e_that_ends_cimpy_is_read() -> None:
    streams = [BytesIO(one) for one in files(MICROGRID)]
    with pytest.raises(ValueError, match="invalid literal for int"):
        cimpy.cim_import(streams, VERSION)
    assert len(objects(files(MICROGRID)).objects) == 665


def test_one_is_true_in_a_boolean() -> None:
    assert objects([eq(breaker()), position("1")]).objects[iri(B1)].open is True


def test_an_empty_text_stays_empty() -> None:
    named = f'<cim:Breaker rdf:ID="{B1}"><cim:IdentifiedObject.name></cim:IdentifiedObject.name></cim:Breaker>'
    view = objects([eq(named)])
    assert (view.objects[iri(B1)].name, view.losses) == ("", ())


def test_a_decimal_that_a_binary_number_rounds_is_listed() -> None:
    view = objects([eq(breaker("<cim:Switch.ratedCurrent>0.12345678901234567891</cim:Switch.ratedCurrent>"))])
    assert whys(view) == {"Switch.ratedCurrent": Why.ROUNDED}
    assert view.objects[iri(B1)].ratedCurrent == 0.12345678901234568


def test_what_a_description_without_class_says_is_read() -> None:
    said = ssh(f'<rdf:Description rdf:about="#{B1}"><cim:Switch.open>true</cim:Switch.open></rdf:Description>')
    view = objects([eq(breaker()), said])
    assert (view.objects[iri(B1)].open, view.losses) == (True, ())


# --- what cimpy drops ------------------------------------------------------------------------------------------------


def test_a_reference_to_an_object_that_no_file_describes_is_listed() -> None:
    view = objects([eq(f'<cim:Terminal rdf:ID="{T1}"><cim:Terminal.ConductingEquipment rdf:resource="#{B1}"/></cim:Terminal>')])
    assert [(loss.fact.subject, loss.fact.value, loss.why) for loss in view.losses] == [(iri(T1), iri(B1), Why.MISSING)]


def test_an_empty_reference_is_listed_and_exported(tmp_path: Path) -> None:
    stale = eq(breaker('<cim:Equipment.EquipmentContainer rdf:resource=""/>'))
    with pytest.raises(IndexError):
        cimpy.cim_import([BytesIO(stale)], VERSION)
    view = objects([stale])
    assert whys(view) == {"Equipment.EquipmentContainer": Why.EMPTY}
    assert triples(exported(view, tmp_path)) == triples([stale])


@pytest.mark.parametrize(
    ("body", "name", "why"),
    [
        ('<cim:Feeder rdf:ID="F1"/>', "type", Why.CLASS),
        ('<other:Thing xmlns:other="urn:other#" rdf:ID="F1"/>', "type", Why.NAMESPACE),
        (breaker("<cim:Switch.colour>red</cim:Switch.colour>"), "Switch.colour", Why.ATTRIBUTE),
        (breaker("<cim:Switch.serializationProfile>red</cim:Switch.serializationProfile>"), "Switch.serializationProfile", Why.ATTRIBUTE),
        (breaker('<other:Switch.colour xmlns:other="urn:other#">red</other:Switch.colour>'), "Switch.colour", Why.NAMESPACE),
        (breaker("<cim:Switch.retained>maybe</cim:Switch.retained>"), "Switch.retained", Why.TYPE),
        (breaker("<cim:Switch.SwitchSchedules>none</cim:Switch.SwitchSchedules>"), "Switch.SwitchSchedules", Why.TYPE),
        (breaker('<cim:Equipment.EquipmentContainer rdf:resource="#F1"/>') + '<cim:Feeder rdf:ID="F1"/>', "Equipment.EquipmentContainer", Why.UNREAD),
        ('<rdf:Description rdf:about="#F1"><cim:Switch.open>true</cim:Switch.open></rdf:Description>', "Switch.open", Why.NO_CLASS),
        (breaker() + f'<cim:Disconnector rdf:about="#{B1}"/>', "type", Why.SECOND),
    ],
)
def test_each_thing_that_cimpy_does_not_hold_is_listed_with_its_reason_and_exported(body: str, name: str, why: Why, tmp_path: Path) -> None:
    given = [eq(breaker(key=T1) + body)]
    view = objects(given)
    assert (name, why) in {(loss.fact.name.rpartition(":")[2].rpartition("#")[2], loss.why) for loss in view.losses}
    assert triples(exported(view, tmp_path)) == triples(given)


def test_a_second_value_where_cimpy_holds_one_is_listed_and_nothing_is_logged(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
    both = "".join(f'<cim:Terminal.ConductingEquipment rdf:resource="#{key}"/>' for key in (B1, T2))
    given = eq(breaker() + breaker(key=T2) + f'<cim:Terminal rdf:ID="{T1}">{both}</cim:Terminal>')
    with caplog.at_level(logging.INFO):
        cimpy.cim_import([BytesIO(given)], VERSION)
        assert "Multiplicity Error" in caplog.text
        caplog.clear()
        view = objects([given])
    assert whys(view) == {"Terminal.ConductingEquipment": Why.SECOND}
    assert caplog.records == []
    assert capfd.readouterr().out == ""


def test_an_mrid_that_is_not_the_id_of_an_open_breaker_leaves_no_terminal_of_it_behind(tmp_path: Path) -> None:
    given = [*switch_between_nodes("<cim:IdentifiedObject.mRID>breaker one</cim:IdentifiedObject.mRID>"), position("true")]
    view = objects(given)
    alone = cimpy.utils.node_breaker_to_bus_branch(cimpy.cim_import([BytesIO(one) for one in given], VERSION))
    assert T1 in alone["topology"]  # a terminal of the open breaker, which is gone
    assert whys(view) == {"IdentifiedObject.mRID": Why.IDENTIFIER}
    assert {iri(B1), iri(T1), iri(T2)} & set(view.bus_branch().objects) == set()
    assert triples(exported(view, tmp_path)) == triples(given)


def test_an_mrid_that_is_an_id_other_than_a_uuid_keeps_its_case() -> None:
    def loss(text: str) -> dict[str, Why]:
        return whys(objects([eq(breaker(f"<cim:IdentifiedObject.mRID>{text}</cim:IdentifiedObject.mRID>", key="N12"))]))

    assert (loss("N12"), loss("n12")) == ({}, {"IdentifiedObject.mRID": Why.IDENTIFIER})


def test_an_mrid_without_the_underscore_of_the_id_is_the_same_one() -> None:
    view = objects([*switch_between_nodes(f"<cim:IdentifiedObject.mRID>{B1[1:]}</cim:IdentifiedObject.mRID>"), position("true")])
    assert view.losses == ()
    assert {iri(B1), iri(T1), iri(T2)} & set(view.bus_branch().objects) == set()


# --- the fence -------------------------------------------------------------------------------------------------------


def give_up(error: BaseException) -> None:
    raise error


@pytest.mark.parametrize("error", [SystemExit(-1), IndexError("string index out of range"), ValueError("no"), RuntimeError("no"), RecursionError("deep")])
def test_what_cimpy_raises_becomes_an_error_of_ours_with_its_cause(error: BaseException) -> None:
    with pytest.raises(BridgeError, match=f"cimpy gave up while it tried: {type(error).__name__}") as caught:
        fenced("tried", give_up, error)
    assert caught.value.__cause__ is error


def test_the_user_can_still_interrupt() -> None:
    with pytest.raises(KeyboardInterrupt):
        fenced("tried", give_up, KeyboardInterrupt())


def test_the_log_of_cimpy_is_as_before_after_a_call_that_failed() -> None:
    log = logging.getLogger("cimpy")
    before = log.level
    with pytest.raises(BridgeError):
        fenced("tried", give_up, ValueError())
    assert log.level == before


def test_cimpy_is_loaded_only_when_a_view_is_asked_for() -> None:
    code = "import sys, adapter.grid.cimpy_bridge; sys.exit('cimpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_without_the_extra_the_error_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cimpy", None)
    with pytest.raises(UsageError, match=r"pip install 'gridglot\[cim\]'"):
        objects([eq(breaker())])
