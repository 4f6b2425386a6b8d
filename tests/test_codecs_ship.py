"""SPINE datagrams in SHIP JSON: every form met in the wild is read, the true form is written, nothing is lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from third_party import data

from adapter.codecs import json, ship
from adapter.errors import DecodeError, EncodeError, UsageError

HEADER = '{"header":[{"msgCounter":1},{"cmdClassifier":"write"}]}'


def wire(cmd: str) -> bytes:
    """A datagram in array form whose one command holds *cmd*, one-key objects."""
    return f'{{"datagram":[{HEADER},{{"payload":[{{"cmd":[[{cmd}]]}}]}}]}}'.encode()


def command(document: bytes) -> Any:
    """The one command of a datagram."""
    datagram: Any = ship.decode(document)["datagram"]
    (only,) = datagram["payload"]["cmd"]
    return only


def written(document: bytes) -> Any:
    return json.decode(ship.encode(ship.decode(document)))


LIMIT = '{"function":"loadControlLimitListData"},{"filter":[[{"cmdControl":[{"partial":[]}]}]]},' + (
    '{"loadControlLimitListData":[{"loadControlLimitData":[[{"limitId":0},{"isLimitActive":true},'
    '{"timePeriod":[{"endTime":"PT2H"}]},{"value":[{"number":4200},{"scale":0}]}]]}]}'
)
LIMIT_TREE = {
    "function": "loadControlLimitListData",
    "filter": [{"cmdControl": {"partial": {}}}],
    "loadControlLimitListData": {
        "loadControlLimitData": [{"limitId": 0, "isLimitActive": True, "timePeriod": {"endTime": "PT2H"}, "value": {"number": 4200, "scale": 0}}]
    },
}


# --- third-party samples ---------------------------------------------------------------------------------------------


def samples(folder: str) -> list[Path]:
    return [path for path in sorted(data("spine", folder).glob("*.json")) if path.name != "usecases.json"]


def test_every_openeebus_message_is_written_back_as_it_came() -> None:
    messages = samples("openeebus")

    assert len(messages) == 19
    for path in messages:
        assert written(path.read_bytes()) == json.decode(path.read_bytes()), path.name


@pytest.mark.parametrize("folder", ["spine-go", "devices"])
def test_every_plain_sample_is_read_unchanged_and_survives_the_array_form(folder: str) -> None:
    for path in samples(folder):
        plain: Any = json.decode(path.read_bytes())
        tree = ship.decode(path.read_bytes())

        assert tree == plain.get("data", {}).get("payload", plain), path.name
        assert ship.decode(ship.encode(tree)) == tree, path.name


def test_a_catalogue_of_use_cases_is_no_datagram() -> None:
    with pytest.raises(DecodeError, match='there is no "datagram" object'):
        ship.decode(data("spine", "devices", "usecases.json").read_bytes())


def test_the_table_holds_the_facts_element_by_element() -> None:
    facts: Any = json.decode(data("spine", "facts", "spine_model_facts.json").read_bytes())

    assert {name: ship.function_type(name) for name in ship.functions()} == facts["functions"]
    for name, members in facts["types"].items():
        described = [
            ship.Element(one["name"], bool(one.get("key")), bool(one.get("list")), one["type"] if _is_object(one["type"], facts) else None) for one in members
        ]
        assert list(ship.elements(name)) == described, name


def _is_object(name: str, facts: Any) -> bool:
    return name in facts["types"] or name == "CmdType"


# --- forms of one message --------------------------------------------------------------------------------------------


def test_the_array_form_becomes_plain_objects() -> None:
    assert command(wire(LIMIT)) == LIMIT_TREE


@pytest.mark.parametrize(
    "document",
    [
        b'{"data":[{"header":[{"protocolId":"ee1.0"}]},{"payload":%s}]}' % wire(LIMIT),
        b'{"data":{"header":{"protocolId":"ee1.0"},"payload":%s}}' % wire(LIMIT),
        b'{"data":[{"payload":%s}]}' % wire(LIMIT),
        wire(LIMIT) + b"\0",
        wire(LIMIT) + b"\n\0\0",
        b"\xef\xbb\xbf" + wire(LIMIT),
        b"[%s]" % wire(LIMIT),
        wire(LIMIT).replace(b'[{"partial":[]}]', b'{"partial":{}}'),
        wire(LIMIT).replace(b'[{"number":4200},{"scale":0}]', b'{"number":4200,"scale":0}'),
        wire(LIMIT).replace(b'[{"number":4200},{"scale":0}]', b'[{"number":4200,"scale":0}]'),
        wire(LIMIT).replace(b'[[{"cmdControl":[{"partial":[]}]}]]', b'{"cmdControl":{"partial":[]}}'),
    ],
)
def test_envelope_zero_bytes_and_mixed_forms_change_nothing(document: bytes) -> None:
    assert command(document) == LIMIT_TREE


def test_text_that_looks_like_brackets_stays_text() -> None:
    label = 'list [] a},{b and [{"x":1}]'
    cmd = '{"loadControlLimitDescriptionListData":[{"loadControlLimitDescriptionData":[[{"label":%s}]]}]}'

    read = command(wire(cmd % json.encode(label).decode()))

    assert read["loadControlLimitDescriptionListData"]["loadControlLimitDescriptionData"] == [{"label": label}]


@pytest.mark.parametrize("empty", ["[]", "{}"])
def test_what_is_empty_is_a_list_or_an_object_as_its_type_says(empty: str) -> None:
    read = command(wire(f'{{"measurementListData":[{{"measurementData":{empty}}}]}},{{"resultData":{empty}}}'))

    assert read == {"measurementListData": {"measurementData": []}, "resultData": {}}


def test_one_value_where_a_list_is_expected_is_a_list_of_one() -> None:
    read = ship.decode(b'{"datagram":{"header":{"addressSource":{"entity":1}},"payload":{"cmd":{"measurementListData":{}}}}}')

    assert read == {"datagram": {"header": {"addressSource": {"entity": [1]}}, "payload": {"cmd": [{"measurementListData": {}}]}}}


def test_selectors_that_repeat_in_one_filter_are_all_kept_and_written_back() -> None:
    for name in ("loadControlLimitListDataSelectors", "someFutureListDataSelectors"):
        document = wire(f'{{"filter":[[{{"{name}":[{{"limitId":1}}]}},{{"{name}":[{{"limitId":2}},{{"scopeType":"x"}}]}}]]}}')

        assert command(document) == {"filter": [{name: [{"limitId": 1}, {"limitId": 2, "scopeType": "x"}]}]}
        assert written(document) == json.decode(document)


def test_elements_to_delete_are_tags() -> None:
    document = wire('{"filter":[[{"cmdControl":[{"delete":[]}]},{"loadControlLimitDataElements":[{"timePeriod":[{"endTime":[]}]}]}]]}')

    assert command(document)["filter"] == [{"cmdControl": {"delete": {}}, "loadControlLimitDataElements": {"timePeriod": {"endTime": {}}}}]
    assert written(document) == json.decode(document)


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ('"x"', "x"),
        ("[1,2]", [1, 2]),
        ('[{"a":1},{"b":[{"c":[]}]}]', {"a": 1, "b": {"c": {}}}),
        ('[[{"a":1}],[{"a":2},{"b":null}]]', [{"a": 1}, {"a": 2, "b": None}]),
        ("[]", {}),
    ],
)
def test_unknown_elements_are_read_by_form_and_written_back(value: str, read: object) -> None:
    document = wire(f'{{"resultData":[{{"errorNumber":0}},{{"extra":{value}}}]}},{{"manufacturerData":{value}}}')

    assert command(document) == {"resultData": {"errorNumber": 0, "extra": read}, "manufacturerData": read}
    assert written(document) == json.decode(document)


def test_an_unknown_list_of_plain_objects_stays_a_list() -> None:
    read = ship.decode(b'{"datagram":{"header":{},"payload":{"cmd":[{"new":[{"a":1},{"b":2}]}]}}}')

    assert read["datagram"] == {"header": {}, "payload": {"cmd": [{"new": [{"a": 1}, {"b": 2}]}]}}


# --- refusals --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (b"", "the document is empty"),
        (b"\0", "the document is empty"),
        (b"{}", 'there is no "datagram" object'),
        (b'{"datagram":7}', 'there is no "datagram" object'),
        (b'{"data":[{"header":[]},{"payload":[]}]}', 'there is no "datagram" object'),
        (b'{"data":{"header":{"protocolId":"zz"},"payload":{"datagram":[]}}}', "/data/header/protocolId: is 'zz'"),
        (b'{"datagram":[{"header":[]}]}', "/datagram: payload is missing"),
        (b'{"datagram":{"header":{},"header":{}}}', "the key 'header' stands twice"),
        (b"[" * 100_000, "nested deeper than 64"),
    ],
)
def test_what_is_no_datagram_is_refused_in_words(document: bytes, said: str) -> None:
    with pytest.raises(DecodeError) as caught:
        ship.decode(document)

    assert said in str(caught.value)


def test_a_tree_without_datagram_is_not_written() -> None:
    with pytest.raises(EncodeError, match='no "datagram" object'):
        ship.encode({"header": {}})


# --- writing ---------------------------------------------------------------------------------------------------------


def test_elements_are_written_in_schema_order_and_unknown_ones_behind_their_predecessor() -> None:
    payload = {"cmd": [{"resultData": {"description": "d", "odd": 1, "errorNumber": 0}, "function": "resultData"}]}
    tree: Any = {"datagram": {"payload": payload, "header": {"msgCounter": 1}}}

    assert ship.encode(tree) == (
        b'{"datagram":[{"header":[{"msgCounter":1}]},{"payload":[{"cmd":[[{"function":"resultData"},'
        b'{"resultData":[{"errorNumber":0},{"description":"d"},{"odd":1}]}]]}]}]}'
    )


def _trees(type_name: str, depth: int = 0) -> st.SearchStrategy[dict[str, Any]]:
    """Plain objects of a SPINE type, any elements present, in schema order."""
    members: dict[str, st.SearchStrategy[Any]] = {}
    for element in ship.elements(type_name):
        if element.type is None:
            one: st.SearchStrategy[Any] = st.integers(0, 99) | st.booleans() | st.sampled_from(["", "[]", "a},{b"])
        elif depth > 5:
            continue
        else:
            one = st.deferred(lambda name=element.type: _trees(name, depth + 1))  # type: ignore[misc]
        members[element.name] = st.lists(one, max_size=2) if element.is_list else one
    return st.fixed_dictionaries({}, optional=members)


@st.composite
def _commands(draw: st.DrawFn) -> dict[str, Any]:
    name = draw(st.sampled_from(ship.functions()))
    selectors = st.dictionaries(st.sampled_from(["limitId", "scopeType"]), st.integers(0, 9), max_size=2)
    chosen = st.fixed_dictionaries({"cmdControl": st.just({"partial": {}}), f"{name}Selectors": selectors | st.lists(selectors, min_size=2, max_size=3)})
    unknown = draw(st.fixed_dictionaries({}, optional={"unheardOf": st.integers() | st.just([1, 2]) | st.just([{"a": 1}, {}])}))
    return {"function": name, "filter": draw(st.lists(chosen, max_size=2)), name: draw(_trees(ship.function_type(name))), **unknown}


@given(header=_trees("HeaderType"), commands=st.lists(_commands(), max_size=2))
def test_what_is_written_is_read_back(header: dict[str, Any], commands: list[Any]) -> None:
    tree: Any = {"datagram": {"header": header, "payload": {"cmd": commands}}}

    assert ship.decode(ship.encode(tree)) == tree


VALUES = st.recursive(
    st.none() | st.integers(0, 9) | st.just("x"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=2),
    max_leaves=12,
)


@given(name=st.sampled_from(["resultData", "measurementListData", "filter", "unheardOf"]), value=VALUES)
def test_reading_what_was_written_changes_nothing_more(name: str, value: Any) -> None:
    tree = ship.decode(json.encode({"datagram": {"header": {}, "payload": {"cmd": [{name: value}]}}}))

    assert ship.decode(ship.encode(tree)) == tree


# --- the table -------------------------------------------------------------------------------------------------------


def test_leaf_paths_name_every_leaf_of_a_function_in_schema_order() -> None:
    assert ship.leaf_paths("loadControlLimitListData") == [
        f"loadControlLimitListData/loadControlLimitData/{leaf}"
        for leaf in (
            "limitId",
            "isLimitChangeable",
            "isLimitActive",
            "timePeriod/startTime",
            "timePeriod/endTime",
            "value/number",
            "value/scale",
        )
    ]


def test_every_function_has_leaves() -> None:
    assert len(ship.functions()) == 94
    assert all(ship.leaf_paths(name) for name in ship.functions())


def test_an_unknown_name_is_refused_with_the_nearest_known_one() -> None:
    with pytest.raises(UsageError, match="Did you mean loadControlLimitListData"):
        ship.function_type("loadControlLimitsListData")
    with pytest.raises(UsageError, match="no SPINE type 'Nothing'"):
        ship.elements("Nothing")
