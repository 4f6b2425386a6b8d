"""Translations of measurements, SPINE register ↔ metered energy: two readings are the energy between them, in the unit of the partner."""

from __future__ import annotations

from decimal import Decimal

import pytest
from cases import NOW
from leafwalk import LEAVES, xml_leaves
from subjects import SPINE_GO, subject_of
from translating import earlier, partner, result, source

from adapter.context import Context
from adapter.errors import ContextMissing, LowerError
from adapter.pipeline import learn, translate


def test_two_readings_are_the_energy_between_them() -> None:
    leaves = xml_leaves(result("register_to_metered_data").documents[0].data)
    stem = "/NotifyValidatedMeasureData_MarketDocument/Series[1]"
    assert leaves[f"{stem}/Period[1]/Point[1]/quantity[1]/text()"] == Decimal("0.25")
    assert leaves[f"{stem}/marketEvaluationPoint.type[1]/text()"] == "E17"


def test_a_single_reading_is_no_metered_energy() -> None:
    context = Context()
    learn(earlier("register_to_metered_data")[0].read_bytes(), context)
    with pytest.raises(LowerError, match="carries none of NO6"):
        translate(source("register_to_metered_data"), "cim:rsm_012", to_profile=partner("register_to_metered_data", "to"), context=context, now=NOW)


def test_energy_becomes_readings_one_after_the_other() -> None:
    leaves = LEAVES["ship"](result("metered_data_to_register").documents[0].data)
    numbers = [value for path, value in leaves.items() if path.endswith("value/number")]
    assert numbers == [1125, 1375]


def test_without_a_reading_at_the_start_context_is_missing() -> None:
    context = Context()
    learn(earlier("metered_data_to_register")[0].read_bytes(), context)
    with pytest.raises((ContextMissing, LowerError), match="the register reading at that time is not known: send measurementListData with it first"):
        translate(source("metered_data_to_register"), "spine:measurements", to_profile=partner("metered_data_to_register", "to"), context=context, now=NOW)


def test_the_third_party_measurements_are_no_metered_energy() -> None:
    """The public samples hold power and frequency only (decision 17 of the canonical form)."""
    subject = subject_of(f"{SPINE_GO}/m_measurementListData_recv_notify.json")
    with pytest.raises(LowerError, match="carries none of NO6"):
        translate(subject.data, "cim:rsm_012", context=subject.context(), now=NOW)


def test_the_unit_of_the_partner_is_written_not_the_first_of_the_alphabet() -> None:
    leaves = xml_leaves(result("metered_data_to_historical_data").documents[0].data)
    series = "/VHD_Envelope/MarketDocument[1]/TimeSeries[1]"
    assert leaves[f"{series}/energy_Measurement_Unit.name[1]/text()"] == "KWH"
    assert leaves[f"{series}/Period[1]/Point[1]/energy_Quantity.quantity[1]/text()"] == Decimal("0.125")


def test_a_value_that_repeats_another_is_listed_as_filled() -> None:
    """The target asks when the values were registered; the hub writes when the document was made."""
    places = {default.path.rpartition("/")[2] for default in result("register_to_metered_data").defaults}
    assert "registration_DateAndOrTime.dateTime" in places
