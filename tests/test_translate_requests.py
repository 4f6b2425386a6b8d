"""Translations of requests, UFTP FlexRequest ↔ E-Flex request: steps, identifiers, directions, structures and long days."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from cases import GOLDEN, NOW, Case
from leafwalk import xml_leaves
from lxml import etree
from subjects import subject_of
from translating import partner, profile, result, source, translator, without

from adapter.errors import LowerError
from adapter.partners import Profile
from adapter.pipeline import Translation, translate


def test_quarter_hours_stay_quarter_hours_and_powers_stay_powers() -> None:
    (document,) = result("flex_request_to_eflex").documents
    leaves = xml_leaves(document.data)
    series = "/MarketDocument/TimeSeries[{}]/Period[1]/Point[{}]/quantity[1]/text()"
    assert [[leaves[series.format(at, row)] for row in (1, 2, 3)] for at in (1, 2)] == [[Decimal("0.85"), Decimal("0.4"), 0], [0, 0, Decimal("0.3")]]
    assert leaves["/MarketDocument/mRID[1]/text()"] == "5f0f6c1e-0d0b-4b8e-9a39-2f6f3b8a1c01"


def half_hours(text: str) -> Profile:
    own = without(partner("flex_request_to_eflex", "to"), "resolution")
    return Profile("half hours", {**own.entries, **profile(text).entries})


def four_isps(fourth: bytes = b'<ISP Disposition="Requested" MinPower="100" MaxPower="100" Start="32"/>') -> bytes:
    return source("flex_request_to_eflex").replace(b'MinPower="-1200"', b'MinPower="-400"').replace(b"</FlexRequest>", fourth + b"</FlexRequest>")


def test_half_hours_are_refused_without_a_policy() -> None:
    with pytest.raises(LowerError, match="resampling: allow"):
        translator("flex_request_to_eflex", to_partner=half_hours("row: '1'"))(four_isps())


def test_half_hours_by_policy_list_every_changed_value_with_both_values() -> None:
    translation = translator("flex_request_to_eflex", to_partner=half_hours("resampling: allow"))(four_isps())
    changed = {(Decimal(loss.value), Decimal(loss.became or "0")) for loss in translation.loss if "merged" in loss.reason}
    assert changed == {
        (Decimal("-0.85"), Decimal("-0.625")),
        (Decimal("-0.4"), Decimal("-0.625")),
        (Decimal("0.3"), Decimal("0.2")),
        (Decimal("0.1"), Decimal("0.2")),
    }
    quantities = [value for path, value in xml_leaves(translation.documents[0].data).items() if path.endswith("quantity[1]/text()")]
    assert [value for value in quantities if value] == [Decimal("0.625"), Decimal("0.2")]


def test_only_what_the_target_says_is_merged_and_reported() -> None:
    """E-Flex has one power and no band: how bounds would have merged is of no interest, and a disposition stops nothing."""
    translation = translator("flex_request_to_eflex", to_partner=half_hours("resampling: allow"))(
        source("flex_request_to_eflex").replace(b"</FlexRequest>", b'<ISP Disposition="Available" MinPower="0" MaxPower="0" Start="32"/></FlexRequest>')
    )
    quantities = [value for path, value in xml_leaves(translation.documents[0].data).items() if path.endswith("quantity[1]/text()")]
    assert [value for value in quantities if value] == [Decimal("0.625"), Decimal("0.15")]
    merged = {Decimal(loss.became or "0") for loss in translation.loss if "merged" in loss.reason}
    assert merged == {Decimal("-0.625"), Decimal("0.15")}


@pytest.mark.parametrize("key", ["DNS/netz.dso.example", "EA1/2026-01.example.dso:feeder-17"])
def test_an_identifier_without_entry_in_the_partner_profile_is_refused(key: str) -> None:
    with pytest.raises(LowerError, match=f"{re.escape(key)} has none: add `identifiers"):
        result("flex_request_to_eflex", to_partner=without(partner("flex_request_to_eflex", "to"), f"identifiers.{key}"))


def test_a_direction_without_code_in_the_partner_profile_is_refused() -> None:
    with pytest.raises(LowerError, match="needs the partner's code for hub:Down"):
        result("flex_request_to_eflex", to_partner=without(partner("flex_request_to_eflex", "to"), "direction.A02"))


def test_there_and_back_a_request_of_single_powers_says_the_same() -> None:
    """Decision 10 of the canonical form: what was Requested with Min = Max comes back exactly."""
    request = re.sub(rb'MinPower="-1200" MaxPower="-400"', b'MinPower="-400" MaxPower="-400"', source("flex_request_to_eflex"))
    (there,) = translator("flex_request_to_eflex")(request).documents
    market = Profile("market", {**partner("eflex_request_to_uftp", "to").entries, "resolution": "PT15M"})
    (back,) = translate(there.data, "uftp:flex_request", from_profile=partner("flex_request_to_eflex", "to"), to_profile=market, now=NOW).documents
    before, after = xml_leaves(request), xml_leaves(back.data)
    lost = {"@ExpirationDateTime", "@ContractID", "@ServiceType", "@ConversationID"}
    assert {path: value for path, value in before.items() if path.rpartition("/")[2] not in lost} == {
        path: value for path, value in after.items() if path.rpartition("/")[2] not in lost
    }


SEVERAL = """zone: Europe/Berlin
values: {expiry: '2026-05-03T20:00:00Z'}
identifiers: {DNS/a.example: ENEDIS/DSO-0007, DNS/b.example: ENEDIS/AGR-0042, EA1/2026-01.x:1: GDO/GDO-17, EA1/2026-01.x:2: GDO/GDO-18, EA1/2026-01.x:3: GDO/GDO-2}
"""


def several_structures(text: str) -> Translation:
    wire = GOLDEN / "cim" / "eflex_request" / "wire_several_domains.xml"
    return translate(wire.read_bytes(), "uftp:flex_request", from_profile=Case(wire).profile, to_profile=profile(text), now=NOW)


def test_a_request_of_several_structures_is_not_copied_to_each_of_them() -> None:
    """Decision 11 of the canonical form: three messages would ask for three times the power."""
    with pytest.raises(LowerError, match="add `domains: per-domain`"):
        several_structures(SEVERAL)


def test_a_request_of_several_structures_is_one_message_for_each_if_the_partner_says_so() -> None:
    translation = several_structures(SEVERAL + "domains: per-domain")
    assert [xml_leaves(document.data)["/FlexRequest/@CongestionPoint"] for document in translation.documents] == [
        "ea1.2026-01.x:1",
        "ea1.2026-01.x:2",
        "ea1.2026-01.x:3",
    ]
    assert len({xml_leaves(document.data)["/FlexRequest/@MessageID"] for document in translation.documents}) == 3


@pytest.mark.parametrize(("wire", "rows"), [("wire_dst_spring.xml", 92), ("wire_dst_autumn.xml", 100)])
def test_a_day_of_92_or_100_quarter_hours_arrives_whole(wire: str, rows: int) -> None:
    (document,) = translator("flex_request_to_eflex")((GOLDEN / "uftp" / "flex_request" / wire).read_bytes()).documents
    root = etree.fromstring(document.data)
    for series in root.iter("{urn:gridglot:eflex:1}TimeSeries"):
        assert len(list(series.iter("{urn:gridglot:eflex:1}Point"))) == rows


def test_the_third_party_request_of_96_quarter_hours_arrives_and_its_powers_sum_up() -> None:
    subject = subject_of("uftp/messages/shapeshifter-library-java/FlexRequest.xml")
    market = profile(
        'resolution: PT15M\ndirection: {A01: "hub:Up", A02: "hub:Down"}\nidentifiers: {DNS/uftp.dso.nl: ENEDIS/1, DNS/aggregator.org: ENEDIS/2, "EA1/2009-01.nl.enexis.usef:123-TP-bundel-congestiepunt": GDO/3}'
    )
    translation = translate(subject.data, "cim:eflex_request", to_profile=market, now=NOW)
    powers = xml_leaves(subject.data)
    requested = sum(
        abs(powers[path.replace("Disposition", "MinPower")]) for path, value in powers.items() if path.endswith("@Disposition") and value == "Requested"
    )
    quantities = [value for path, value in xml_leaves(translation.documents[0].data).items() if path.endswith("quantity[1]/text()")]
    assert sum(quantities) * 1000 == requested
    assert len(quantities) % 96 == 0
