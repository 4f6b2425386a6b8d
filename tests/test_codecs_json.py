"""JSON in: every digit, no key lost, the hostile corpus refused; JSON out: what comes back is what was written."""

from __future__ import annotations

import json as stdlib
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from third_party import data

from adapter.codecs import json
from adapter.codecs.json import Json
from adapter.codecs.limits import Limits
from adapter.errors import DecodeError, EncodeError

REFUSED_ON_PURPOSE = {"y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json"}  # one key, two meanings


def refusal(document: bytes, limits: Limits | None = None) -> str:
    with pytest.raises(DecodeError) as caught:
        json.decode(document, limits or Limits())
    return str(caught.value)


# --- the hostile corpus ----------------------------------------------------------------------------------------------


def verdicts(kind: str) -> dict[str, bool]:
    """File name → was it decoded; any exception but DecodeError fails the test."""
    read = {}
    for path in sorted(data("hostile", "json").glob(f"{kind}_*.json")):
        try:
            json.decode(path.read_bytes())
            read[path.name] = True
        except DecodeError:
            read[path.name] = False
    assert read
    return read


def test_every_illegal_document_of_the_corpus_is_refused() -> None:
    assert [name for name, decoded in verdicts("n").items() if decoded] == []


def test_every_legal_document_of_the_corpus_is_decoded_but_repeated_keys() -> None:
    assert {name for name, decoded in verdicts("y").items() if not decoded} == REFUSED_ON_PURPOSE


def test_every_undecided_document_of_the_corpus_is_decoded_or_refused() -> None:
    undecided = verdicts("i")

    assert undecided["i_number_too_big_pos_int.json"]
    assert not undecided["i_structure_500_nested_arrays.json"]


# --- numbers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["1.50", "2.2366500000000045", "1e400", "-1E-400", "1E5", "0.0", "-0.0", "-0", "1" * 40 + ".5"])
def test_numbers_with_point_exponent_or_negative_zero_are_exact_decimals(text: str) -> None:
    (value,) = _list(json.decode(f"[{text}]".encode()))

    assert isinstance(value, Decimal)
    assert value.as_tuple() == Decimal(text).as_tuple()


@pytest.mark.parametrize("number", [0, -1, 2**63, 2**64, -(2**63) - 1, 10**40, -(10**400)])
def test_integers_of_any_length_stay_integers(number: int) -> None:
    value = json.decode(str(number).encode())

    assert type(value) is int
    assert value == number


def test_negative_zero_is_seen_beside_dates_that_look_like_it() -> None:
    assert str(json.decode(b'{"day": "2026-01-02", "x": "-0", "q": -0}')) == "{'day': '2026-01-02', 'x': '-0', 'q': Decimal('-0')}"


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity", "+1", "01", "1.", ".5", "0x1", "1e99999999999999999999", "1" * 5000])
def test_what_is_no_exact_number_is_refused(text: str) -> None:
    refusal(f"[{text}]".encode())


# --- keys ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "document",
    [
        r'{"k": 1, "k": 1}',
        r'{"a": [{"k": 1, "b": 2, "k": 3}]}',
        r'{"k": 1, "\u006b": 2}',
        r'{"k": ":", "k": "::"}',
        r'{"k": 1, "k": "x", "hides": "\u003a"}',
        r'{"k": "\"k\": 1", "k": 2}',
    ],
)
def test_a_key_that_stands_twice_is_refused_by_name(document: str) -> None:
    assert "the key 'k' stands twice in one object" in refusal(document.encode())


def test_all_repeated_keys_are_named() -> None:
    said = refusal(b'{"a": {"b": 1, "b": 2, "b": 3}, "c": 1, "c": 2}')

    assert said.count("stands twice") == 2
    assert "'b'" in said
    assert "'c'" in said


@pytest.mark.parametrize(
    "document",
    [
        r'[{"k": 1}, {"k": 2}]',
        r'{"k": {"k": 1}}',
        r'{"a:b": "c:d", "\"k\":": "{\"k\": 1, \"k\": 2}"}',
        r'{"\u003a": "\u003A", "k": "\\u003a"}',
        r'{"k\\": 1, "k": "\\\":"}',
    ],
)
def test_colons_quotes_and_escapes_in_strings_are_no_repeated_keys(document: str) -> None:
    assert json.decode(document.encode()) == stdlib.loads(document)


# --- bounds and encodings --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("document", [b"[" * 100_000, b"[" * 100_000 + b"]" * 100_000, b'{"a":' * 100_000, b"[" * 500 + b"]" * 500])
def test_a_bomb_of_depth_is_refused(document: bytes) -> None:
    assert refusal(document) == "objects and lists are nested deeper than 64 levels; no standard read here needs that"


@pytest.mark.parametrize("inside", [b"", b"1", b'"' + b" " * 200 + b'"', b"1," * 40_000 + b"1"])
def test_the_depth_limit_is_exact(inside: bytes) -> None:
    assert json.decode(b"[" * 64 + inside + b"]" * 64)
    assert "deeper than 64" in refusal(b"[" * 65 + inside + b"]" * 65)


def test_brackets_in_strings_do_not_count_as_depth() -> None:
    assert json.decode(b'["' + b"[{" * 1000 + b'"]') == ["[{" * 1000]


def test_a_document_over_the_size_limit_is_refused_with_both_sizes() -> None:
    assert refusal(b"[1, 2]", Limits(max_bytes=5)) == "the document has 6 bytes; at most 5 are read"


def test_a_byte_order_mark_is_accepted() -> None:
    assert json.decode(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (b"", "line 1: the document is empty"),
        (b" \n", "line 1: the document is empty"),
        (b"\xef\xbb\xbf", "line 1: the document is empty"),
        (b'{"a": 1}\n{}', "line 2, column 1: the document is not well-formed JSON: trailing characters"),
        (b'{\n  "a" 1}', "line 2, column 7: the document is not well-formed JSON"),
        (b'{"a": [1', "line 1, column 9: the document ends too early"),
        (b'["\\ud800"]', "line 1, column 3: half of a surrogate pair"),
        (b'["\\udc00\\ud800"]', "line 1, column 3: half of a surrogate pair"),
        (b'["\xed\xa0\x80"]', "the document is not UTF-8"),
        ("[1]".encode("utf-16"), "the document is not UTF-8"),
    ],
)
def test_what_is_not_json_is_refused_with_its_place(document: bytes, said: str) -> None:
    assert refusal(document).startswith(said)


# --- what is written -------------------------------------------------------------------------------------------------


def test_a_value_is_written_readable_in_key_order_with_every_digit() -> None:
    value: Json = {"b": Decimal("1.50"), "a": [Decimal("8.946600000000018"), 10**30], "é": {}}

    assert json.encode(value).decode() == ('{\n  "b": 1.50,\n  "a": [\n    8.946600000000018,\n    1000000000000000000000000000000\n  ],\n  "é": {}\n}')


def test_no_indentation_gives_one_line() -> None:
    assert json.encode({"a": [1, Decimal("1.50")]}, indent=0) == b'{"a":[1,1.50]}'


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("Infinity"), float("nan"), "\ud800", {"a": object()}, [[float("inf")]]])
def test_what_json_cannot_hold_is_not_written(value: object) -> None:
    with pytest.raises(EncodeError):
        json.encode(value)  # type: ignore[arg-type]


NUMBERS = st.integers(-(10**30), 10**30) | st.decimals(allow_nan=False, allow_infinity=False)
TEXTS = st.text(st.characters(exclude_categories=("Cs",)))
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(TEXTS, inner, max_size=5),
)


def _list(value: Json) -> list[Json]:
    assert isinstance(value, list)
    return value


def exactly(value: Json) -> object:
    """The value with the kinds and digits of its numbers, which == between numbers does not see."""
    if isinstance(value, dict):
        return [(key, exactly(below)) for key, below in value.items()]
    if isinstance(value, list):
        return [exactly(item) for item in value]
    if isinstance(value, Decimal) and value.as_tuple().exponent == 0 and not (value == 0 and value.is_signed()):
        return (int, int(value))  # a decimal without point is written like an integer and read as one
    return (type(value), value.as_tuple() if isinstance(value, Decimal) else value)


@given(VALUES)
def test_what_is_written_is_read_back(value: Json) -> None:
    assert exactly(json.decode(json.encode(value))) == exactly(value)
    assert exactly(json.decode(json.encode(value, indent=0))) == exactly(value)


@given(VALUES)
def test_the_value_is_the_one_the_standard_library_reads(value: Json) -> None:
    document = stdlib.dumps(value, default=str)  # other spacing and \u escapes than ours

    assert json.decode(document.encode()) == stdlib.loads(document, parse_float=Decimal)
