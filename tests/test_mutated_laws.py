"""The laws hold for every document that is taken, not only for those we thought of; and what is not taken is an error of the hub.

Each golden document is sent again with something dropped, doubled, emptied or out of bounds (tests/mutations.py).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest
from cases import NOW, Case, golden_cases
from leafwalk import LEAVES, changes, xml_count
from lxml import etree
from mutations import variants

from adapter.accounting import account
from adapter.codecs import syntaxes
from adapter.errors import HubError, LiftError
from adapter.pipeline import from_graph, lift, lower, to_graph
from adapter.tree.spec import Branch, Leaf

VARIANTS = 40
NUMBERS = re.compile(r"\[\d+\]")
ARRAY_FORM = re.compile(rb'\s*\{"(datagram|data)":\[')  # of SHIP; the plain form of each message is here as well, and easier to spoil with sense
SMALL = [case for case in golden_cases() if len(case.data) < 12_000 and not ARRAY_FORM.match(case.data)]


def said_otherwise(case: Case, document: bytes) -> list[str]:
    """What is wrong with how the hub takes a document; empty when it is refused, or taken and all laws hold."""
    try:
        found = lift(document, profile=case.profile, context=case.context(), now=NOW)
    except HubError:
        return []
    codec = syntaxes.recognise(document)
    leaves, problems = LEAVES[codec](document), []
    counts, least = account(found.decoded), xml_count(document) if codec == "xml" else len(leaves)
    if not least <= counts.total <= least + empty_texts(document, codec) and codec != "rdf":  # a statement made twice is one triple
        problems.append(f"{counts.total} leaves in the account, {least} in the document")
    if counts.unmapped != len(found.unmapped):
        problems.append(f"{counts.unmapped} unmapped in the account, and {found.unmapped}")
    for packed in (False, True):
        (message,) = from_graph(to_graph(found.message, "trig", packed=packed), "trig")
        (again,) = lower(message, found.mapping, profile=case.profile, context=case.context(), now=NOW, syntax=found.decoded.syntax)
        if codec != "rdf":
            unmapped = [plain(path) for path, _ in found.unmapped]
            ignored = ignored_places(found.mapping.trees["xml"].root, "/" + found.mapping.message) if codec == "xml" else []
            problems += [
                change
                for change in changes(leaves, LEAVES[codec](again.data))
                if not any(path.startswith(plain(change.partition(": ")[0])) for path in unmapped)
                and not (change.endswith(" is gone") and any(re.match(place, NUMBERS.sub("", change)) for place in ignored))
            ]
    return sorted(set(problems))


def ignored_places(branch: Branch, path: str) -> list[str]:
    """Patterns of the paths, without numbers, of what a tree of XML leaves out with a reason: attributes, and elements with all that is in them."""
    found = [f"{path}/@{leaf.key}:" for leaf in branch.attributes if leaf.ignore]
    for child in branch.children:
        if isinstance(child, Branch):
            found += ignored_places(child, f"{path}/{child.key}")
        elif isinstance(child, Leaf) and child.ignore:
            found.append(f"{path}/{child.key}/")
    return found


def plain(path: str) -> str:
    """A path without the numbers of single elements, as paths of errors are."""
    return path.replace("[1]", "").removesuffix("/text()")


def empty_texts(document: bytes, codec: str) -> int:
    """Elements of XML that have attributes and neither text nor children: whether the text is a leaf, only the mapping knows."""
    if codec != "xml":
        return 0
    return sum(1 for element in etree.fromstring(document).iter() if element.attrib and not len(element) and not (element.text or "").strip())


def problems_of(case: Case, document: bytes) -> list[str]:
    """The same, with whatever is no error of the hub as a problem."""
    try:
        problems = said_otherwise(case, document)
    except Exception as error:  # what is no error of the hub is what is looked for
        problems = [f"{type(error).__name__}: {error}"]
    return problems


@pytest.mark.parametrize("case", SMALL, ids=lambda case: case.id)
def test_a_document_that_is_taken_obeys_the_laws(case: Case) -> None:
    wrong = {done: problems for done, document in variants(case.data, VARIANTS, case.id) if (problems := problems_of(case, document))}
    assert wrong == {}


# --- what was found so far ------------------------------------------------------------------------------------------------------


def golden(name: str) -> Case:
    return next(case for case in golden_cases() if case.id == name)


def changed(case: Case, old: str, new: str) -> bytes:
    text = case.data.decode()
    assert old in text
    return text.replace(old, new, 1).encode()


def spoiled(documents: Mapping[str, tuple[str, str, str]]) -> pytest.MarkDecorator:
    """For each id a golden document, a text in it, and what stands there instead."""
    return pytest.mark.parametrize(("name", "old", "new"), documents.values(), ids=list(documents))


def assert_refused(error: type[HubError], name: str, old: str, new: str) -> None:
    case = golden(name)
    with pytest.raises(error):
        lift(changed(case, old, new), profile=case.profile, context=case.context(), now=NOW)


@spoiled(
    {
        "a number": ("spine/load_control_limits/wire_plain.json", '"cmd": [', '"cmd": 0, "was": ['),
        "numbers": ("spine/load_control_limits/wire_plain.json", '"cmd": [', '"cmd": [1, 2], "was": ['),
        "null": ("spine/load_control_limits/wire_plain.json", '"cmd": [', '"cmd": null, "was": ['),
    }
)
def test_commands_that_are_none_are_no_message(name: str, old: str, new: str) -> None:
    assert_refused(HubError, name, old, new)


@spoiled(
    {
        "sender": ("cim/rsm_012/wire.xml", ">5790001330001<", "><"),
        "connection": ("cim/rsm_012/wire.json", '"571313000000007777"', '""'),
        "acknowledging party": ("cim/acknowledgement/wire.xml", ">customer-1<", "><"),
        "node": ("gmhub/activation_signal/wire.json", '"NODE-7"', '""'),
    }
)
def test_an_empty_identifier_is_refused(name: str, old: str, new: str) -> None:
    """It names nothing, and would neither reach the graph nor come back."""
    assert_refused(LiftError, name, old, new)


@spoiled(
    {
        "a resolution of centuries": ("cim/recmmoe/wire_blocks.xml", "PT15M", "P999999D"),
        "a slice without end": ("flexoffer/offer/wire_production.json", '"maxDuration": 2', '"maxDuration": 10000000000000000000000000'),
        "the last second and later": ("spine/measurement_descriptions/wire_plain.json", "2026-05-04T06:00:00.5Z", "9999-12-31T23:59:59-14:00"),
        "the first second and earlier": ("uftp/flex_offer_response/wire.xml", "2026-05-03T12:00:01.0004Z", "0001-01-01T00:00:00+14:00"),
        "the last day": ("uftp/flex_request/wire.xml", 'Period="2026-05-04"', 'Period="9999-12-31"'),
        "an ISP without day": ("uftp/flex_request/wire.xml", 'Start="29"', 'Start="99999999999999999999"'),
    }
)
def test_times_beyond_the_calendar_are_refused_or_kept_but_never_break(name: str, old: str, new: str) -> None:
    case = golden(name)
    assert said_otherwise(case, changed(case, old, new)) == []


@spoiled(
    {
        "a period": ("spine/load_control_limits/wire_plain.json", '"startTime": "2026-05-04T08:00:00+02:00",', ""),
        "a value": ("spine/load_control_limits/wire_plain.json", '"number": 4200', ""),
        "a list": ("spine/measurement_descriptions/wire_plain.json", '{\n                "measurementId": 1\n              }', ""),
        "a repeated element": ("cim/recmmoe/wire_blocks.xml", "</Period>", "</Period><Period/>"),
        "an element": ("cim/recmmoe/wire_empty.xml", "<MarketDocument>", "<MessageDocumentHeader/><MarketDocument>"),
    }
)
def test_what_is_empty_comes_back_or_is_listed_and_is_counted(name: str, old: str, new: str) -> None:
    """Decision 18 of the canonical form: null, {} and [] are leaves; so is an empty element."""
    case = golden(name)
    text = re.sub(r",(\s*})", r"\1", changed(case, old, new).decode())
    if "startTime" in old:
        text = text.replace('"endTime": "2026-05-04T07:30:00Z"', "")
    assert said_otherwise(case, text.encode()) == []


def test_a_request_without_series_comes_back_or_is_refused() -> None:
    """D4.1 Table 11: the series of an E-Flex request are optional."""
    case = golden("cim/eflex_request/wire.xml")
    document = re.sub(r"<TimeSeries>.*</TimeSeries>\s*", "", case.data.decode(), flags=re.DOTALL).encode()
    assert said_otherwise(case, document) == []
