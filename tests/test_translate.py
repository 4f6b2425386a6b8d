"""Translations: what arrives, what is lost and named, what is filled in and named, what is refused.

tests/translations/<leg>/ holds a small document of ours (source.xml|json), both partners, what came before (context/) and
leg.yaml: the target, and which leaves may be without trace, with the reason. tests/tracing.py changes every leaf of the
source and looks what that changes; it knows no mapping. Adding a leg adds files, no Python.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

import pytest
from cases import GOLDEN, NOW, Case
from leafwalk import LEAVES, json_leaves, xml_count, xml_leaves
from lxml import etree
from subjects import EXAMPLES, SPINE_GO, subject_of
from third_party import data
from tracing import Trace, trace, unsourced

from adapter.codecs import syntaxes
from adapter.context import Context
from adapter.errors import ContextMissing, EncodeError, LowerError, ShapeViolation
from adapter.library import library
from adapter.partners import NEUTRAL, Profile, find, read_profile
from adapter.pipeline import Translation, learn, lift, read, translate
from adapter.text import Table, read_text

LEGS = sorted(path.parent.name for path in (Path(__file__).resolve().parent / "translations").glob("*/leg.yaml"))
FOLDER = Path(__file__).resolve().parent / "translations"


def profile(text: str) -> Profile:
    return read_profile(read_text(f"profile: test\nmeans: what a test agrees on\n{text}", "profile.yaml"))


def partner(leg: str, side: str) -> Profile:
    file = FOLDER / leg / f"{side}_partner.yaml"
    return find(str(file)) if file.exists() else NEUTRAL


@lru_cache(64)
def described(leg: str) -> Table:
    return read_text((FOLDER / leg / "leg.yaml").read_text(encoding="utf-8"), f"{leg}/leg.yaml")


def source(leg: str) -> bytes:
    return next((FOLDER / leg).glob("source.*")).read_bytes()


def earlier(leg: str) -> list[Path]:
    return sorted((FOLDER / leg).glob("context/*"))


def translator(leg: str, to_partner: Profile | None = None, from_partner: Profile | None = None, to: str | None = None) -> Callable[[bytes], Translation]:
    """Translate a document as the leg says, or with another partner."""
    sender, receiver = from_partner or partner(leg, "from"), to_partner or partner(leg, "to")

    def run(document: bytes) -> Translation:
        context = Context()
        for file in earlier(leg):
            learn(file.read_bytes(), context, profile=sender)
        return translate(document, to or described(leg).text("to"), from_profile=sender, to_profile=receiver, context=context, now=NOW)

    return run


def result(leg: str, **change: Profile) -> Translation:
    return translator(leg, **change)(source(leg))


@lru_cache(16)
def traced(leg: str) -> Trace:
    return trace(source(leg), translator(leg))


def pattern(leg: str, key: str) -> re.Pattern[str]:
    return re.compile("|".join(described(leg).table(key)) or r"(?!)")


# --- every leg ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("leg", LEGS)
def test_every_leaf_of_the_source_arrives_or_is_reported(leg: str) -> None:
    allowed = pattern(leg, "encoding")
    assert [path for path in sorted(traced(leg).silent) if not allowed.search(path)] == []


@pytest.mark.parametrize("leg", LEGS)
def test_every_leaf_that_is_written_has_a_source(leg: str) -> None:
    assert unsourced(result(leg), traced(leg), pattern(leg, "constant")) == []


@pytest.mark.parametrize("leg", LEGS)
def test_a_reported_loss_stands_on_the_wire_of_the_source(leg: str) -> None:
    lost = result(leg).loss
    assert [loss.path for loss in lost if not loss.path.startswith("/")] == []


@pytest.mark.parametrize("leg", LEGS)
def test_a_loss_is_reported_once(leg: str) -> None:
    counted = Counter((loss.path, loss.value, loss.became) for loss in result(leg).loss)
    assert [entry for entry, count in counted.items() if count > 1] == []


@pytest.mark.parametrize("leg", LEGS)
def test_a_default_stands_on_the_wire_of_the_target_with_its_value(leg: str) -> None:
    translation = result(leg)
    texts = [document.data.decode() for document in translation.documents]
    for default in translation.defaults:
        assert default.path.startswith("/"), default
        assert default.source, default
        if not default.value.startswith("["):
            assert any(default.value in text for text in texts), default


@pytest.mark.parametrize("leg", LEGS)
def test_the_account_of_a_translation_is_complete(leg: str) -> None:
    leaves = result(leg).leaves
    codec = syntaxes.recognise(source(leg))
    assert leaves.total == (xml_count(source(leg)) if codec == "xml" else len(LEAVES[codec](source(leg))))
    assert leaves.unmapped == 0


@pytest.mark.parametrize("leg", LEGS)
def test_what_is_written_is_read_by_its_own_standard(leg: str) -> None:
    translation = result(leg)
    context = Context()
    for file in earlier(leg):
        learn(file.read_bytes(), context, profile=partner(leg, "from"))
    for document in translation.documents:
        again = lift(document.data, profile=partner(leg, "to"), context=context, now=NOW)
        assert again.mapping is translation.target
        assert {content.exchange.row for content in again.message.contents} & set(translation.exchanges)


@pytest.mark.parametrize("leg", LEGS)
def test_the_same_translation_twice_writes_the_same_bytes(leg: str) -> None:
    assert [document.data for document in result(leg).documents] == [document.data for document in result(leg).documents]


# --- UFTP FlexRequest ↔ E-Flex request ----------------------------------------------------------------------------------------


def test_quarter_hours_stay_quarter_hours_and_powers_stay_powers() -> None:
    (document,) = result("flex_request_to_eflex").documents
    leaves = xml_leaves(document.data)
    series = "/MarketDocument/TimeSeries[{}]/Period[1]/Point[{}]/quantity[1]/text()"
    assert [[leaves[series.format(at, row)] for row in (1, 2, 3)] for at in (1, 2)] == [[Decimal("0.85"), Decimal("0.4"), 0], [0, 0, Decimal("0.3")]]
    assert leaves["/MarketDocument/mRID[1]/text()"] == "5f0f6c1e-0d0b-4b8e-9a39-2f6f3b8a1c01"


def half_hours(text: str) -> Profile:
    own = partner("flex_request_to_eflex", "to")
    return Profile("half hours", {**{key: value for key, value in own.entries.items() if key != "resolution"}, **profile(text).entries})


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
    own = partner("flex_request_to_eflex", "to").entries
    without = Profile("without", {name: value for name, value in own.items() if name != f"identifiers.{key}"})
    with pytest.raises(LowerError, match=f"{re.escape(key)} has none: add `identifiers"):
        result("flex_request_to_eflex", to_partner=without)


def test_a_direction_without_code_in_the_partner_profile_is_refused() -> None:
    own = partner("flex_request_to_eflex", "to").entries
    without = Profile("without", {name: value for name, value in own.items() if name != "direction.A02"})
    with pytest.raises(LowerError, match="needs the partner's code for hub:Down"):
        result("flex_request_to_eflex", to_partner=without)


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
    own = partner("flex_offer_to_goflex", "to").entries
    with pytest.raises(LowerError, match="add `baseline: zero`"):
        result("flex_offer_to_goflex", to_partner=Profile("without", {key: value for key, value in own.items() if key != "baseline"}))


@pytest.mark.parametrize(("key", "says"), [("sign", "does not say whether positive means consumption or production"), ("unit", "has no unit on the wire")])
def test_a_sign_or_unit_the_partner_does_not_say_is_refused(key: str, says: str) -> None:
    own = partner("flex_offer_to_goflex", "to").entries
    with pytest.raises(LowerError, match=says):
        result("flex_offer_to_goflex", to_partner=Profile("without", {name: value for name, value in own.items() if name != key}))


# --- operating envelope ↔ SPINE limit ---------------------------------------------------------------------------------------------


def envelope(**change: tuple[bytes, bytes]) -> bytes:
    text = source("envelope_to_spine")
    for old, new in change.values():
        assert old in text
        text = text.replace(old, new)
    return text


def test_an_envelope_of_one_row_is_a_limit_in_watt() -> None:
    leaves = LEAVES["ship"](result("envelope_to_spine").documents[0].data)
    stem = "/datagram/payload/cmd/loadControlLimitListData/loadControlLimitData"
    assert (leaves[f"{stem}/limitId"], leaves[f"{stem}/value/number"], leaves[f"{stem}/value/scale"]) == (0, 11500, 0)
    assert leaves["/datagram/header/cmdClassifier"] == "write"


def test_a_reduction_is_no_limit() -> None:
    with pytest.raises(LowerError, match="the power it is reduced from is not said"):
        translator("envelope_to_spine")(envelope(schedule=(b">load<", b">loadReduction<")))


SECOND = b"<Point><position>2</position><max_Quantity.quantity>7</max_Quantity.quantity></Point></Period>"


def test_several_rows_are_refused_unless_the_partner_names_one() -> None:
    document = envelope(step=(b"PT24H", b"PT12H"), more=(b"</Period>", SECOND))
    with pytest.raises(LowerError, match=r"has 2 rows, and the target carries one limit: add `row: N` \(1 to 2\)"):
        translator("envelope_to_spine")(document)
    named = Profile("named", {**partner("envelope_to_spine", "to").entries, "row": "2"})
    translation = translator("envelope_to_spine", to_partner=named)(document)
    assert LEAVES["ship"](translation.documents[0].data)["/datagram/payload/cmd/loadControlLimitListData/loadControlLimitData/value/number"] == 7000
    assert any(loss.value == "2 rows" and loss.became == "row 2" for loss in translation.loss)


def test_a_limit_nobody_described_is_refused() -> None:
    with pytest.raises(LowerError, match=r"no limit description with .* is known: send loadControlLimitDescriptionListData"):
        translate(
            source("envelope_to_spine"),
            "spine:load_control_limits",
            from_profile=partner("envelope_to_spine", "from"),
            to_profile=partner("envelope_to_spine", "to"),
            now=NOW,
        )


def limit(change: bytes, by: bytes) -> bytes:
    text = source("limit_to_envelope")
    assert change in text
    return text.replace(change, by)


def test_a_relative_end_is_anchored_in_the_message_and_listed() -> None:
    translation = translator("limit_to_envelope")(limit(b'"endTime": "2026-05-04T09:00:00Z"', b'"endTime": "PT3H"'))
    leaves = xml_leaves(translation.documents[0].data)
    period = "/RECMMOE_Envelope/MarketDocument[1]/TimeSeries_Series[1]/Series[1]/Period[1]/timeInterval[1]"
    expected = xml_leaves(result("limit_to_envelope").documents[0].data)
    assert leaves[f"{period}/end[1]/text()"] == expected[f"{period}/end[1]/text()"]
    assert [(loss.value, loss.became) for loss in translation.loss if "became an instant" in loss.reason] == [("PT3H", "2026-05-04T09:00:00Z")]


@pytest.mark.parametrize(
    ("change", "by", "says"),
    [
        (b', {"endTime": "2026-05-04T09:00:00Z"}', b"", "the limit holds without end"),
        (b'{"isLimitActive": true}', b'{"isLimitActive": false}', "an envelope is always in force"),
        (b'"endTime": "2026-05-04T09:00:00Z"', b'"endTime": "P1M"', "P1M"),
    ],
)
def test_a_limit_that_is_no_envelope_is_refused(change: bytes, by: bytes, says: str) -> None:
    with pytest.raises(LowerError, match=says):
        translator("limit_to_envelope")(limit(change, by))


def test_an_end_of_seconds_does_not_fit_a_document_of_minutes() -> None:
    with pytest.raises(EncodeError, match="is not a whole minute"):
        translator("limit_to_envelope")(limit(b"09:00:00Z", b"09:00:30Z"))


# --- SPINE register ↔ metered energy ------------------------------------------------------------------------------------------------


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


# --- what holds for all ---------------------------------------------------------------------------------------------------------------


def test_what_breaks_a_shape_is_not_translated() -> None:
    with pytest.raises(ShapeViolation, match="at least one row of a flexibility request is Requested"):
        translator("flex_request_to_eflex")(source("flex_request_to_eflex").replace(b"Requested", b"Available"))


def test_a_standard_that_carries_none_of_the_contents_is_refused() -> None:
    with pytest.raises(LowerError, match="spine has no message for FP2"):
        translate(source("flex_request_to_eflex"), "spine", now=NOW)


@pytest.mark.parametrize(
    ("leg", "standard", "message"),
    [
        ("flex_request_to_eflex", "cim", "eflex_request"),
        ("flex_offer_to_eflex", "cim", "eflex_offer"),
        ("envelope_to_spine", "spine", "load_control_limits"),
        ("goflex_to_flex_offer", "uftp", "flex_offer"),
    ],
)
def test_the_message_that_carries_most_is_chosen(leg: str, standard: str, message: str) -> None:
    assert translator(leg, to=standard)(source(leg)).target is library().mapping(f"{standard}:{message}")


def test_translating_changes_neither_the_document_nor_the_message() -> None:
    found = lift(source("flex_request_to_eflex"))
    before, _ = read(found.decoded)
    frames = [content.frame.plain() for content in found.message.contents]
    result("flex_request_to_eflex")
    assert read(found.decoded)[0] == before
    assert [content.frame.plain() for content in found.message.contents] == frames
