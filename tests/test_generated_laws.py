"""The laws for bindings nobody wrote: drawn from the exchanges' tables, lowered by every mapping that carries them, lifted again.

What a mapping cannot say it may refuse (LowerError, EncodeError); but of what is drawn for it, it must say most.
"""

from __future__ import annotations

from typing import Any

import pytest
from bindings import draw, draw_message
from cases import GOLDEN, NOW, Case, golden_cases
from leafwalk import LEAVES, changes

from adapter.context import Context
from adapter.errors import EncodeError, HubError, LowerError
from adapter.frames import Frame
from adapter.library import library
from adapter.lowering import down
from adapter.mapping import MessageMapping
from adapter.message import Content, Message, remember
from adapter.partners import NEUTRAL, Profile, read_profile
from adapter.pipeline import encode, from_graph, lift, lower, to_graph, validate
from adapter.run import Run
from adapter.text import read_text

DRAWN, LEAST = 25, 12
# What the partners of a mapping agree on, so that it has a chance to say what is drawn.
AGREED = {
    "uftp": "zone: Europe/Berlin\nvalues: {congestion_point: 'ea1.2026-01.example:x', expiry: '2026-05-03T20:00:00Z', currency: EUR, sender: s.example, recipient: r.example, start_period: '2026-01-01', mutex_offers: 'false', day_ahead_redispatch: DSO}",
    "cim:eflex": 'direction: {A01: "hub:Up", A02: "hub:Down"}\nresolution: PT15M',
    "cim:recmmoe": 'unit: kW\nlimit_direction: {A02: "hub:Consume", A01: "hub:Produce"}',
    "flexoffer": "unit: kWh\nsign: consumption\ncurrency: EUR",
    "table": "schemes: {connection: NNL, node: NNL, zone: NNL, meter: NNL, equipment: NNL, device: NNL, party: NNL}",
    "spine": "values: {counter: '7', source_entity: '1', source_feature: '4', destination_entity: '1', destination_feature: '2', source_device: 'd:a', destination_device: 'd:b'}",
}
# Exchanges a mapping carries only together with another one, or only from context that cannot be drawn; with the reason.
NOT_ALONE = {
    ("flexoffer:offer", "FP1"): "the default schedule comes with the offer it is the baseline of",
    ("flexoffer:offer", "FP4"): "the schedule comes with the offer it assigns",
    ("uftp:dso_portfolio_query_response", "TC1"): "a connection stands at the congestion point that TC5 says",
    ("uftp:dso_portfolio_query_response", "TC5"): "answers a query of one day, and what is drawn holds for many",
    ("spine:measurements", "NO1"): "needs the register reading at its start: tests/test_translate_measurements.py",
    ("spine:measurements", "NO2"): "needs the register reading at its start: tests/golden/spine/measurements",
    ("spine:measurements", "NO6"): "needs the description of the device it is drawn for: tests/golden/spine/measurements",
    ("spine:load_control_limits", "DT4"): "needs the description of the device it is drawn for: tests/golden/spine/load_control_limits",
    ("iec61850:scl", "TC3"): "a substation is written with what stands in its bays: tests/test_relations_of_paths.py",
}
USES = sorted({(mapping.id, use.exchange.row) for mapping in library().mappings() for use in mapping.uses} - set(NOT_ALONE))


def agreed(name: str) -> Profile:
    text = next((text for start, text in AGREED.items() if name.startswith(start)), "")
    return read_profile(read_text(f"profile: agreed\nmeans: what a mapping needs\n{text}", "agreed.yaml")) if text else NEUTRAL


def written(name: str, row: str, number: int) -> tuple[Frame, list[bytes], set[str]]:
    """What was drawn, the documents that say it, and the exchange variables reported as lost. Raises what lowering raises."""
    mapping = library().mapping(name)
    message = draw_message(row, mapping, f"{name} {row} {number}")
    run = Run(agreed(name), Context(), NOW, syntax=next(iter(mapping.trees)))
    documents = down(message, mapping, library(), run)
    return (
        message.contents[0].frame,
        [encode(document, run.syntax).data for document in documents],
        {loss.path.lstrip("?").partition("[")[0] for loss in run.loss},
    )


def taken(name: str, row: str) -> list[tuple[int, Frame, list[bytes], set[str]]]:
    """All drawings a mapping says, by number."""
    found = []
    for number in range(DRAWN):
        try:
            found.append((number, *written(name, row, number)))
        except (LowerError, EncodeError):
            continue
    return found


@pytest.mark.parametrize(("name", "row"), USES)
def test_a_mapping_says_most_of_what_is_drawn_for_it(name: str, row: str) -> None:
    assert len(taken(name, row)) >= LEAST


@pytest.mark.parametrize(("name", "row"), USES)
def test_what_was_written_obeys_the_laws(name: str, row: str) -> None:
    profile, mapping = agreed(name), library().mapping(name)
    for number, _, documents, _ in taken(name, row):
        for document in documents:
            found = lift(document, profile=profile, now=NOW)
            assert found.mapping is mapping, number
            assert found.unmapped == [], number
            (again,) = lower(found.message, mapping, profile=profile, now=NOW, syntax=found.decoded.syntax)
            if mapping.codec(found.decoded.syntax) != "rdf":
                assert changes(LEAVES[mapping.codec(found.decoded.syntax)](document), LEAVES[mapping.codec(found.decoded.syntax)](again.data)) == [], number
            for packed in (False, True):
                (back,) = from_graph(to_graph(found.message, "trig", packed=packed), "trig")
                assert [content.frame for content in back.contents] == [content.frame for content in found.message.contents], number


@pytest.mark.parametrize(("name", "row"), USES)
def test_what_was_drawn_is_what_is_lifted(name: str, row: str) -> None:
    """One document of one content: every variable the mapping relates comes back with its value, or is reported as lost."""
    profile, mapping = agreed(name), library().mapping(name)
    for number, frame, documents, lost in taken(name, row):
        if len(documents) != 1:
            continue
        contents = [content for content in lift(documents[0], profile=profile, now=NOW).message.contents if content.exchange.row == row]
        if len(contents) != 1:
            continue
        differences = different(frame.plain(), contents[0].frame.plain(), related(mapping, row)) - lost
        assert differences == set(), f"{number}: {documents[0].decode()}"


def related(mapping: MessageMapping, row: str) -> set[str]:
    return {variable for use in mapping.uses if use.exchange.row == row for variable in use.canon}


def different(before: dict[str, Any], after: dict[str, Any], names: set[str]) -> set[str]:
    """Names of related variables whose values differ."""
    found = {name for name in names & before.keys() if before[name] != after.get(name)}
    for key in before:
        if key.endswith("[]"):
            inner = zip(before[key], after.get(key, []), strict=False)
            found |= set().union(*(different(one, other, names) for one, other in inner))
            if len(before[key]) != len(after.get(key, [])):
                found.add(key)
    return found


def test_every_exception_is_still_one() -> None:
    known = {(mapping.id, use.exchange.row) for mapping in library().mappings() for use in mapping.uses}
    assert set(NOT_ALONE) <= known
    covered = {(case.folder.parent.name, case.folder.name) for case in golden_cases()}
    assert {tuple(name.split(":")) for name, _ in NOT_ALONE} <= covered


# --- drawn for the devices that are described -----------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "row", "wire"), [("spine:load_control_limits", "DT4", "wire_plain.json"), ("spine:measurements", "NO6", "wire.json")])
def test_drawn_values_of_described_devices_come_back(name: str, row: str, wire: str) -> None:
    """The contents of a golden message with other numbers: written for the same ids, because the description is found again."""
    case = Case(GOLDEN.joinpath(*name.split(":")) / wire)
    found = lift(case.data, profile=case.profile, context=case.context(), now=NOW)
    said = 0
    for number in range(DRAWN):
        other = draw(row, found.mapping, f"{wire} {number}").values
        for content in found.message.contents:
            frame = content.frame.clone()
            frame.values |= {key: other[key] for key in ("power", "reading", "active", "begin_at", "end_at", "at") if key in frame.values and key in other}
            message = Message(found.message.graph, found.message.envelope, [Content(content.exchange, frame)])
            try:
                (document,) = lower(message, found.mapping, profile=agreed(name), context=case.context(), now=NOW)
            except HubError:
                continue
            context = case.context()
            again = lift(document.data, context=context, now=NOW)
            remember(again.message, again.wire, context)
            (back,) = again.message.contents
            for key in ("power", "reading", "active", "begin_at", "end_at", "at", "direction", "property", "unit"):
                assert back.frame.values.get(key) == frame.values.get(key), key
            said += 1
    assert said >= LEAST


@pytest.mark.parametrize(("name", "row"), USES)
def test_shapes_judge_what_was_written_without_failing(name: str, row: str) -> None:
    for _, _, documents, _ in taken(name, row)[:5]:
        for document in documents:
            validate(lift(document, profile=agreed(name), now=NOW))
