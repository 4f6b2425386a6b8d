"""Translations of offers, UFTP FlexOffer ↔ E-Flex offer and GOFLEX: options, prices, conditions, baselines and signs."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from cases import GOLDEN, NOW
from leafwalk import json_leaves, xml_leaves
from subjects import EXAMPLES
from third_party import data
from translating import partner, profile, result, source, translator, without

from adapter.errors import LowerError
from adapter.partners import Profile, find
from adapter.pipeline import translate

# --- UFTP FlexOffer ↔ E-Flex offer ----------------------------------------------------------------------------------------------


def two_options() -> bytes:
    return source("flex_offer_to_eflex").replace(
        b"</FlexOffer>", b'<OfferOption OptionReference="half" Price="0.10"><ISP Power="-500" Start="29" Duration="2"/></OfferOption></FlexOffer>'
    )


def test_two_options_are_two_documents_and_that_they_exclude_each_other_is_reported() -> None:
    translation = translator("flex_offer_to_eflex")(two_options())
    assert len(translation.documents) == 2
    assert len({xml_leaves(document.data)["/MarketDocument/mRID[1]/text()"] for document in translation.documents}) == 2
    assert any("belong together" in loss.reason for loss in translation.loss)
    amounts = [xml_leaves(document.data)["/MarketDocument/Price[1]/amount[1]/text()"] for document in translation.documents]
    assert amounts == [Decimal("0.25"), Decimal("0.4")]


def test_a_price_for_no_energy_cannot_be_a_price_per_energy() -> None:
    with pytest.raises(LowerError, match="moves no energy"):
        translator("flex_offer_to_eflex")(re.sub(rb'Power="-\d+"', b'Power="0"', source("flex_offer_to_eflex")))


def test_rows_with_gaps_do_not_fit_a_document_that_needs_every_step() -> None:
    with pytest.raises(LowerError, match="has gaps"):
        translator("flex_offer_to_eflex")(source("flex_offer_to_eflex").replace(b'Start="30"', b'Start="40"'))


def test_the_conditions_of_an_offer_are_reported_when_the_target_has_no_place_for_them() -> None:
    lost = {loss.path.rpartition("/")[2] for loss in result("eflex_offer_to_uftp").loss}
    assert {"activationDelay", "minimumActivation", "maximumActivation", "neutralizationDelay", "revisionNumber"} <= lost


# --- GOFLEX ↔ UFTP FlexOffer ----------------------------------------------------------------------------------------------------


def test_a_deviation_is_measured_from_the_default_schedule() -> None:
    """First slice: 0.5 to 2.25 kWh where 2.25 were planned; second: 0 to 0.75 kWh in half an hour where 0.75 were planned."""
    leaves = xml_leaves(result("goflex_to_flex_offer").documents[0].data)
    assert [leaves[f"/FlexOffer/OfferOption[1]/ISP[{row}]/@Power"] for row in (1, 2)] == [-7000, -1500]
    assert "/FlexOffer/OfferOption[2]/@Price" not in leaves


def goflex_market(party: str) -> Profile:
    return profile(
        f"zone: Europe/Zurich\nidentifiers: {{FLEXOFFER/{party}: DNS/agr.example}}\nvalues: {{recipient: dso.example, congestion_point: ean.541440010000000099}}"
    )


@pytest.mark.parametrize(("name", "party", "sign"), [("SampleFO_Swiss.json", "8500001", -1), ("SampleFO_Cyprus.json", "7500001", 1)])
def test_a_third_party_offer_is_a_deviation_that_never_leaves_the_band(name: str, party: str, sign: int) -> None:
    """The Swiss sample plans its greatest energy and offers less of it, the Cypriot plans nothing and offers more."""
    sample = data("flexoffer", "goflex", name).read_bytes()
    translation = translate(sample, "uftp:flex_offer", from_profile=find(str(EXAMPLES / "goflex.yaml")), to_profile=goflex_market(party), now=NOW)
    leaves, offered = xml_leaves(translation.documents[0].data), json_leaves(sample)
    stem = "/flexOfferProfileConstraints[1]/energyConstraintList[1]"
    lower, upper, planned = offered[f"{stem}/lower"], offered[f"{stem}/upper"], offered["/defaultSchedule/scheduleSlices[1]/energyAmount"]
    power = leaves["/FlexOffer/OfferOption[1]/ISP[1]/@Power"]
    energy = planned + Decimal(power) / 1000 / 4
    assert power * sign > 0
    assert lower <= energy <= upper
    assert min(energy - lower, upper - energy) < Decimal("0.00025")
    rounded = [loss for loss in translation.loss if "rounded to whole units" in loss.reason]
    assert [loss.became for loss in rounded] == [f"{Decimal(power) / 1000:f}"]


def test_an_offer_without_default_schedule_has_no_deviation() -> None:
    document = (GOLDEN / "flexoffer" / "offer" / "wire_nulls.json").read_bytes()
    with pytest.raises(LowerError, match="send a default schedule with the offer"):
        translate(document, "uftp:flex_offer", from_profile=partner("goflex_to_flex_offer", "from"), to_profile=partner("goflex_to_flex_offer", "to"), now=NOW)


def test_the_schedule_that_came_with_an_offer_is_reported_when_the_target_carries_offers_only() -> None:
    reasons = {loss.reason for loss in result("goflex_to_flex_offer").loss}
    assert "uftp:flex_offer does not carry FP1" in reasons


def test_an_offer_of_deviations_needs_a_baseline_or_the_partners_zero() -> None:
    with pytest.raises(LowerError, match="add `baseline: zero`"):
        result("flex_offer_to_goflex", to_partner=without(partner("flex_offer_to_goflex", "to"), "baseline"))


@pytest.mark.parametrize(("key", "says"), [("sign", "does not say whether positive means consumption or production"), ("unit", "has no unit on the wire")])
def test_a_sign_or_unit_the_partner_does_not_say_is_refused(key: str, says: str) -> None:
    with pytest.raises(LowerError, match=says):
        result("flex_offer_to_goflex", to_partner=without(partner("flex_offer_to_goflex", "to"), key))
