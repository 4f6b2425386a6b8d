"""CSV: the heading tells the table and its separator; what could be read in two ways is refused with its line."""

from __future__ import annotations

import codecs
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from relation_bench import quick

from adapter.codecs import csv, syntaxes
from adapter.codecs.limits import Limits
from adapter.errors import DecodeError, EncodeError

cells = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=8).filter(lambda text: bool(text.strip(" \t\r\n")))


def refusal(data: bytes, limits: Limits = Limits()) -> str:  # noqa: B008 (frozen)
    with pytest.raises(DecodeError) as refused:
        csv.decode(data, limits)
    return str(refused.value)


@quick
@given(st.lists(st.fixed_dictionaries({"zone": cells}, optional={"member": cells, "kind": cells}), min_size=1, max_size=5))
def test_a_table_comes_back(rows: list[dict[str, str]]) -> None:
    assert csv.decode(csv.encode({"zones": rows})) == {"zones": rows}


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8])
def test_separator_line_ends_and_byte_order_mark_say_nothing(separator: str, end: str, mark: bytes) -> None:
    lines = [["zone", "name", "member"], ["Z", '"a, b; c\td ""e"""', ""], ["Y", "", "ü"]]
    data = mark + end.join(separator.join(line) for line in lines).encode()
    assert csv.decode(data) == {"zones": [{"zone": "Z", "name": 'a, b; c\td "e"'}, {"zone": "Y", "member": "ü"}]}
    assert syntaxes.recognise(data) == "csv"


@pytest.mark.parametrize(("heading", "title"), [("zone", "zones"), ("name;zone;node", "zones"), ("code,node", "nodes"), ('"connection", meter', "connections")])
def test_a_heading_tells_the_table(heading: str, title: str) -> None:
    row = ";".join("1" for _ in heading.split(";")) if ";" in heading else ",".join("1" for _ in heading.split(","))
    assert list(csv.decode(f"{heading}\n{row}\n".encode())) == [title]


@pytest.mark.parametrize("data", [b"begin,end\n1,2\n", b"node,name\n1,2\n", b"Zone\n1\n", b"\nzone\n1\n", b'"zone\n1\n', b"zone|member\n1|2\n"])
def test_a_heading_of_no_table_we_know_is_no_document(data: bytes) -> None:
    with pytest.raises(DecodeError, match="nor the heading of a table we know"):
        syntaxes.recognise(data)
    assert "line 1: is the heading of no table we know" in refusal(data)


@pytest.mark.parametrize("data", [b"<zone>,member\n", b"{zone,member\n", b"[zone,zone\n"])
def test_what_begins_like_xml_or_json_is_never_a_table(data: bytes) -> None:
    assert syntaxes.recognise(data) != "csv"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"zone,member,member\n1,2,3\n", "line 1: the column 'member' stands 2 times"),
        (b"zone,\n1,2\n", "line 1: column 2 has no name"),
        (b'zone,name\n1,"a\nb"\n2\n3,4,5\n', "line 4: has 1 cells, and the heading has 2 columns"),
        (b"zone\n", "line 1: the table has a heading and no rows"),
        (b"zone\n1\n\0\n", "line 3: NUL stands in the text"),
        (b"zone\n1\n\xe9\n", "line 3: the text is not UTF-8"),
        (b'zone,name\n1,2\n3,"4\n', "line 3: the row is not well-formed CSV"),
        (b'zone,name\n1,"2"3\n', "line 2: the row is not well-formed CSV"),
    ],
)
def test_what_could_be_read_in_two_ways_is_refused_with_its_line(data: bytes, says: str) -> None:
    assert says in refusal(data)


def test_every_row_of_another_length_is_named() -> None:
    assert [line.partition(":")[0] for line in refusal(b"zone,name\n1\n\n2,3\n4,5,6\n").splitlines()] == ["line 2", "line 5"]


def test_a_table_above_the_limit_is_refused() -> None:
    assert "at most 8 are read" in refusal(b"zone\n1\n2\n3\n", Limits(max_bytes=8))
    assert "field larger than field limit" in refusal(b"zone\n" + b"x" * 200_000)


@pytest.mark.parametrize(
    "document", [[], {}, {"zones": []}, {"zones": [1]}, {"zones": [{"zone": ""}]}, {"zones": [{"zone": " "}]}, {"zones": [{"zone": 1}]}, {"a": [], "b": []}]
)
def test_what_is_no_table_of_texts_is_not_written(document: Any) -> None:
    with pytest.raises(EncodeError):
        csv.encode(document)


@pytest.mark.parametrize("cell", ["\ud800", "a\0b"])
def test_a_text_that_no_file_holds_is_not_written(cell: str) -> None:
    with pytest.raises(EncodeError):
        csv.encode({"zones": [{"zone": cell}]})


def test_columns_stand_in_the_order_of_the_rows() -> None:
    rows = [{"zone": "1"}, {"name": "n", "zone": "2"}, {"zone": "3", "until": "u"}, {"zone": "4", "from": "f", "until": "u"}]
    assert csv.encode({"zones": rows}).splitlines()[0] == b"name,zone,from,until"
