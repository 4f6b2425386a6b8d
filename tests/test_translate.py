"""Every translation: what arrives, what is lost and named, what is filled in and named, what is refused.

For each leg of tests/translations/ tests/tracing.py changes every leaf of the source and looks what that changes; it knows no
mapping. What is asked of one kind of message stands in test_translate_….py.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

import pytest
from cases import GOLDEN, NOW
from leafwalk import LEAVES, xml_count
from tracing import Trace, trace, unsourced
from translating import FOLDER, described, earlier, partner, result, source, translator

from adapter.codecs import syntaxes
from adapter.context import Context
from adapter.errors import LowerError, ShapeViolation
from adapter.library import library
from adapter.pipeline import learn, lift, read, translate

LEGS = sorted(path.parent.name for path in FOLDER.glob("*/leg.yaml"))


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


def test_a_loss_of_one_content_of_several_stands_where_that_content_was_said() -> None:
    whole = [loss for loss in result("zones_table_to_portfolio").loss if "whole days" in loss.reason]
    assert [(loss.path, loss.value, loss.became) for loss in whole] == [
        ("/zones[3]/from", "2026-07-01T23:30:00+02:00", "2026-06-30T22:00:00Z"),
        ("/zones[4]/until", "2026-10-26T00:30:00+01:00", "2026-10-26T23:00:00Z"),
    ]


def test_zones_that_several_rows_name_are_one_congestion_point_each() -> None:
    (document,) = result("zones_table_to_portfolio").documents
    assert [document.data.count(element) for element in (b"<CongestionPoint ", b"<Connection ")] == [2, 4]


def test_a_row_that_the_target_does_not_carry_beside_others_is_lost_as_a_whole() -> None:
    """A grid file has connections, nodes, feeders and zones; a table has one of them."""
    done = translate(
        (GOLDEN / "cim" / "grid_model" / "wire_header.xml").read_bytes(), "table:nodes", to_profile=partner("grid_zones_to_portfolio", "to"), now=NOW
    )
    assert {loss.reason for loss in done.loss if "does not carry" in loss.reason} >= {"table:nodes does not carry TC5"}


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
