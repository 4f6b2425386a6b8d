"""The run-time verdict is SHACL's: column checks and the Rust engine against pySHACL, on the expanded graph, rule by rule.

For every golden and every bad document, and for each of them with its values changed at random. And each rule of each
shapes file is broken by a bad file that breaks no other rule.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from typing import Any

import pyshacl
import pytest
import rdflib
from cases import WIRES, Case, bad_cases, golden_cases, graph_verdict, lift_case, lifted, shape_messages
from rdflib.namespace import RDF, SH

from adapter.errors import HubError, LowerError, MappingError
from adapter.exchange import Exchange, Variable
from adapter.frames import Frame
from adapter.graph import Writer, turtle
from adapter.library import Library, library
from adapter.message import Content, Message
from adapter.resources import folder, walk
from adapter.shapes.engine import check, compile_shapes, compiled_for, header
from adapter.values import Duration, Instant

GRAPH = "https://w3id.org/gridglot/data/message"
CASES = golden_cases()
BAD = bad_cases(*WIRES, ".ttl")
MUTANTS = 6  # per content


@lru_cache(32)
def shapes_graph(row: str) -> rdflib.Graph:
    return rdflib.Graph().parse(data=compiled_for(library())[row].text, format="turtle")


def pyshacl_says(content: Content) -> set[str]:
    """The messages of the rules that pySHACL finds broken in the expanded graph of a content."""
    text = turtle(GRAPH, library().writers[content.exchange.row].write(content.frame, 1))
    _, report, _ = pyshacl.validate(rdflib.Graph().parse(data=text, format="turtle"), shacl_graph=shapes_graph(content.exchange.row), advanced=False)
    return {str(message) for result in report.subjects(RDF.type, SH.ValidationResult) for message in report.objects(result, SH.resultMessage)}


def hub_says(content: Content) -> set[str]:
    """The messages of the rules that the run-time verdict finds broken."""
    return {finding.message for finding in check(Message("", Frame(library().exchanges["message"].scope), [content]), library()).findings}


def contents_of(case: Case) -> list[Content]:
    """What a case means; nothing when it is refused before it means anything."""
    try:
        message = graph_verdict(case)[0] if case.wire.suffix == ".ttl" else lift_case(case).message
    except HubError:
        return []
    return [content for content in message.contents if content.exchange.row in compiled_for(library())]


def writable(content: Content) -> bool:
    """False when the exchange's pattern cannot say what is left: part of a block without the rest of it."""
    try:
        library().writers[content.exchange.row].write(content.frame, 1)
    except LowerError:
        return False
    return True


def verdicts_agree(content: Content) -> None:
    assert hub_says(content) == pyshacl_says(content), library().writers[content.exchange.row].write(content.frame, 1)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_the_verdict_on_a_golden_document_is_that_of_pyshacl(case: Case) -> None:
    for content in contents_of(case):
        assert hub_says(content) == set()
        assert pyshacl_says(content) == set()


@pytest.mark.parametrize("case", [case for case in BAD if contents_of(case)], ids=lambda case: case.id)
def test_the_verdict_on_a_bad_document_is_that_of_pyshacl(case: Case) -> None:
    for content in contents_of(case):
        verdicts_agree(content)


# --- changed values ---------------------------------------------------------------------------------------------------


def strange(variable: Variable, value: Any, others: list[Any], rng: random.Random) -> Any:
    """Another value of the type of a variable: near, far, of the other sign, out of the code list."""
    if variable.type == "decimal":
        return rng.choice([-value, Decimal(0), value + Decimal("0.001"), value - 100, Decimal("0.01"), Decimal("1.01"), *others])
    if variable.type == "iri":
        return rng.choice(
            [
                "hub:Requested",
                "hub:Available",
                "hub:Consume",
                "hub:NotAvailable",
                "hub:Incomplete",
                "hub:Measured",
                "hub:Up",
                "unit:V",
                "s4grid:Voltage",
                *others,
            ]
        )
    if variable.type == "instant":
        return value._replace(epoch=value.epoch + rng.choice([-86400 * 400, -1, 0, 1, 86400 * 400]))
    if variable.type == "boolean":
        return not value
    if variable.type == "text":
        return rng.choice(["", "EUR", "Euro", value])
    return {"integer": 0, "duration": Duration.of_seconds(60), "utc": value}.get(variable.type, value)


def mutated(content: Content, rng: random.Random) -> Content:
    """A content with one to three of its values changed, exchanged, or taken away."""
    frame = content.frame.clone()
    places = list(spots(content.exchange, frame))
    bounds = [holder for holder, name in places if name == "lower" and holder.values.get("upper") is not None]
    if bounds and rng.random() < 0.3:
        holder = rng.choice(bounds)
        holder.values["lower"], holder.values["upper"] = holder.values["upper"], holder.values["lower"]
        return replace(content, frame=frame)
    for holder, name in rng.sample(places, min(rng.randint(1, 3), len(places))):
        variable = content.exchange.variables[name]
        value = holder.values.get(name)
        if isinstance(value, list):
            column = list(value)
            row = rng.randrange(len(column))
            present = [item for item in column if item is not None]
            if present and rng.random() < 0.7:
                column[row] = strange(variable, column[row] if column[row] is not None else present[0], present, rng)
            elif name in removable(content.exchange):
                column[row] = None
            holder.values[name] = column
        elif value is not None:
            if name in removable(content.exchange) and rng.random() < 0.4:
                del holder.values[name]
            elif not isinstance(value, tuple):
                holder.values[name] = strange(variable, value, [], rng)
    return replace(content, frame=frame)


def spots(exchange: Exchange, frame: Frame) -> Iterator[tuple[Frame, str]]:
    for name, value in frame.values.items():
        if name in exchange.variables and exchange.variables[name].type not in ("utc", "position") and name != exchange.root and value is not None:
            yield frame, name
    for children in frame.children.values():
        for child in children:
            yield from spots(exchange, child)


@lru_cache(32)
def _removable(row: str) -> frozenset[str]:
    exchange = library().exchanges[row]
    fixed = {name for block in exchange.blocks if block.kind in ("head", "each", "rows") for name in block.variables()}
    return frozenset(set(exchange.variables) - fixed)


def removable(exchange: Exchange) -> frozenset[str]:
    """Variables that may be absent: those of optional blocks."""
    return _removable(exchange.row)


def few_rows(content: Content) -> bool:
    """Small enough for pySHACL to judge several variants of."""
    return library().writers[content.exchange.row].write(content.frame, 1).count("s4ener:DataPoint") <= 24


@pytest.mark.parametrize("case", [case for case in CASES if any(map(few_rows, contents_of(case)))], ids=lambda case: case.id)
def test_the_verdict_on_changed_values_is_that_of_pyshacl(case: Case) -> None:
    rng = random.Random(case.id)
    for content in [content for content in contents_of(case) if few_rows(content)][:3]:
        for _ in range(MUTANTS):
            changed = mutated(content, rng)
            if writable(changed):
                verdicts_agree(changed)


# --- each rule is broken alone ----------------------------------------------------------------------------------------

FILES = [name.removesuffix(".ttl") for name, _ in walk(folder("shapes").joinpath("exchanges"), ".ttl")]


def rules() -> list[tuple[str, str]]:
    """(file, message) of every rule: every sh:property or sh:or that has a message of its own or of its shape."""
    found = []
    for name in FILES:
        graph = rdflib.Graph().parse(data=folder("shapes").joinpath("exchanges", f"{name}.ttl").read_text(encoding="utf-8"), format="turtle")
        for shape in graph.subjects(RDF.type, SH.NodeShape):
            for predicate in (SH.property, SH["or"]):
                for rule in graph.objects(shape, predicate):
                    message = graph.value(rule, SH.message) or graph.value(shape, SH.message)
                    assert message is not None, f"{name}: {shape} has a rule without a message"
                    found.append((name, str(message)))
    return sorted(set(found))


@lru_cache(1)
def broken_alone() -> frozenset[str]:
    """The messages of rules that some bad file breaks without breaking another."""
    return frozenset(next(iter(messages)) for case in BAD if len(messages := shape_messages(case)) == 1)


@pytest.mark.parametrize(("name", "message"), rules(), ids=lambda part: str(part).replace(" ", "_"))
def test_a_bad_file_breaks_this_rule_and_no_other(name: str, message: str) -> None:
    assert message in broken_alone()


@pytest.mark.parametrize("name", FILES)
def test_a_shapes_file_is_named_after_its_exchange(name: str, lib: Library) -> None:
    assert name in {exchange.name for exchange in lib.exchanges.values()}


def test_every_exchange_has_shapes(lib: Library) -> None:
    assert {exchange.row for exchange in lib.exchanges.values()} - set(compiled_for(lib)) == {"message"}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_the_head_of_a_content_is_turtle_by_itself(case: Case) -> None:
    for number, content in enumerate(contents_of(case), 1):
        assert len(rdflib.Graph().parse(data=header(content, library(), number), format="turtle")) > 0


# --- what does not compile is refused ---------------------------------------------------------------------------------

PREFIXES = """@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix hub: <https://w3id.org/gridglot/hub#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix s4ener: <https://saref.etsi.org/saref4ener/> . @prefix saref: <https://saref.etsi.org/core/> .
"""
NOT_COMPILED = {
    "a pattern on a column": "hub:X a sh:NodeShape ; sh:targetClass hub:ValueRange ; sh:property [ sh:path hub:lowerValue ; sh:pattern '1' ] .",
    "a SPARQL rule on a row": "hub:X a sh:NodeShape ; sh:targetClass s4ener:DataPoint ; sh:sparql [ sh:select 'SELECT $this { }' ] .",
    "a path that leads nowhere": "hub:X a sh:NodeShape ; sh:targetClass s4ener:DataPoint ; sh:property [ sh:path hub:price ; sh:minCount 1 ] .",
    "a path that ends at a node": "hub:X a sh:NodeShape ; sh:targetClass s4ener:DataPoint ; sh:property [ sh:path saref:hasResult ; sh:minCount 1 ] .",
    "the wrong datatype": "hub:X a sh:NodeShape ; sh:targetClass hub:ValueRange ; sh:property [ sh:path hub:lowerValue ; sh:datatype xsd:string ] .",
    "sh:not on a row": "hub:X a sh:NodeShape ; sh:targetClass s4ener:DataPoint ; sh:not [ sh:property [ sh:path hub:disposition ; sh:minCount 1 ] ] .",
    "rows and head in one shape": "hub:X a sh:NodeShape ; sh:targetClass s4ener:TimeSeries ; sh:property [ sh:path s4ener:hasDataPoint ; sh:minCount 1 ] , [ sh:path hub:resolution ; sh:minCount 1 ] .",
    "a greatest number of rows": "hub:X a sh:NodeShape ; sh:targetClass s4ener:TimeSeries ; sh:property [ sh:path s4ener:hasDataPoint ; sh:maxCount 1 ] .",
    "a comparison with a property of another node": "hub:X a sh:NodeShape ; sh:targetClass hub:ValueRange ; sh:property [ sh:path hub:lowerValue ; sh:lessThan hub:disposition ] .",
}


@pytest.mark.parametrize("what", NOT_COMPILED)
def test_a_rule_about_rows_that_would_never_run_is_refused(what: str, lib: Library) -> None:
    with pytest.raises(MappingError):
        compile_shapes(lib.exchanges["FP2"], PREFIXES + NOT_COMPILED[what], "shapes/exchanges/test.ttl")


def test_a_rule_about_an_optional_node_of_a_row_is_a_column_check(lib: Library) -> None:
    text = (
        PREFIXES
        + "hub:X a sh:NodeShape ; sh:targetClass hub:ValueRange ; sh:property [ sh:path hub:lowerValue ; sh:minInclusive 0 ; sh:message 'not negative' ] ."
    )
    assert len(compile_shapes(lib.exchanges["FP3"], text, "shapes/exchanges/test.ttl").columns) == 1


def test_every_finding_points_at_a_place_on_the_wire() -> None:
    cases = [case for case in BAD if case.wire.suffix in WIRES and shape_messages(case)]
    without = [
        (case.id, finding.message) for case in cases for finding in check(lift_case(case).message, library()).findings if not finding.path.startswith("/")
    ]
    assert without == []


def test_every_finding_names_its_shape() -> None:
    cases = [case for case in BAD if shape_messages(case)]
    messages = [(case, graph_verdict(case)[0] if case.wire.suffix == ".ttl" else lift_case(case).message) for case in cases]
    nameless = [
        (case.id, finding.shape) for case, message in messages for finding in check(message, library()).findings if not finding.shape.startswith("hub:")
    ]
    assert nameless == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_what_the_graph_cannot_do_without_is_a_finding_as_the_writer_says_it(case: Case) -> None:
    for content in contents_of(case):
        writer = library().writers[content.exchange.row]
        for name in [name for name, value in content.frame.values.items() if name in content.exchange.variables and not isinstance(value, list)]:
            frame = content.frame.clone()
            del frame.values[name]
            findings = {f"?{finding.variable}" for finding in check(Message("", frame, [replace(content, frame=frame)]), library()).findings}
            assert refused(writer, frame) <= findings


def refused(writer: Writer, frame: Frame) -> set[str]:
    """The variables for whose lack the writer refuses a frame."""
    try:
        writer.write(frame, 1)
    except LowerError as error:
        return {fault.path for fault in error.faults}
    return set()


def test_a_time_that_is_missing_a_zone_is_no_fault() -> None:
    case = next(case for case in CASES if case.id == "uftp/flex_request/wire_version_3_0_0.xml")
    created = lifted(case).message.contents[0].frame.values["created"]
    assert isinstance(created, Instant)
    assert not created.zoned
    assert hub_says(lifted(case).message.contents[0]) == set()
