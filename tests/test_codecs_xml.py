"""XML in: hostile documents are refused before anything is read; XML out: readable and unchanged in its leaves."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from third_party import data

from adapter.codecs import xml
from adapter.codecs.limits import Limits
from adapter.errors import DecodeError, EncodeError
from adapter.frames import Frame
from adapter.text import read_text
from adapter.tree.build import Builder
from adapter.tree.log import Log
from adapter.tree.types import base_types
from adapter.tree.xml import XmlTree

ENTITY = '<!DOCTYPE a [<!ENTITY e "boo">]><a>&e;</a>'


def refusal(document: bytes, limits: Limits | None = None) -> str:
    with pytest.raises(DecodeError) as caught:
        xml.decode(document, limits or Limits())
    return str(caught.value)


# --- what is refused -------------------------------------------------------------------------------------------------


def test_the_xxe_attack_of_shapeshifter_is_refused() -> None:
    attack = data("uftp", "messages", "shapeshifter-library-java", "noversion", "FlexRequestResponse_with_XXE_Attack.xml")

    said = refusal(attack.read_bytes())

    assert said.startswith("line 9: the document has a document type")
    assert "send it without one" in said


@pytest.mark.parametrize("quoted", ["<a>&e;</a>", '<a b="&e;"/>'])
def test_an_entity_that_names_a_file_reads_nothing(tmp_path: Path, quoted: str) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret", encoding="utf-8")
    document = f'<!DOCTYPE a [<!ENTITY e SYSTEM "{secret.as_uri()}">]>{quoted}'.encode()

    assert "the secret" not in refusal(document)


def test_the_parser_alone_would_not_read_the_file_either(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret", encoding="utf-8")
    document = f'<!DOCTYPE a [<!ENTITY e SYSTEM "{secret.as_uri()}">]><a>&e;</a>'.encode()

    with pytest.raises(DecodeError, match="document type") as caught:
        xml.tree(document)  # without the scan of `harmless`

    assert "the secret" not in str(caught.value)


def test_an_external_document_type_is_refused(tmp_path: Path) -> None:
    assert "document type" in refusal(f'<!DOCTYPE a SYSTEM "{tmp_path.as_uri()}/a.dtd"><a/>'.encode())


@pytest.mark.parametrize("place", ["<z>&l9;</z>", '<z y="&l9;"/>'])
def test_a_billion_laughs_are_refused_unexpanded(place: str) -> None:
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    document = f'<?xml version="1.0"?>\n<!DOCTYPE z [<!ENTITY l0 "lol">{levels}]>{place}'.encode()

    assert refusal(document).startswith("line 2: the document has a document type")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("prolog", ["", "<!-- <!DOCTYPE -->", "<?pi <!DOCTYPE?>\n<!---->\n"])
def test_a_document_type_is_found_in_every_encoding_and_behind_every_prolog(encoding: str, prolog: str) -> None:
    assert "document type" in refusal((prolog + ENTITY).encode(encoding))


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_mark_is_refused_when_it_does_not_begin_with_an_element(encoding: str) -> None:
    assert "not well-formed" in refusal(("\n" + ENTITY).encode(encoding))


@pytest.mark.parametrize("declared", ["UTF-7", "IBM037", "UTF-16", "UCS-4", "ISO-2022-JP", "no-such-encoding"])
def test_an_encoding_that_could_hide_a_document_type_is_refused(declared: str) -> None:
    said = refusal(f'<?xml version="1.0" encoding="{declared}"?><a/>'.encode())

    assert repr(declared) in said
    assert "send UTF-8" in said


@pytest.mark.parametrize("encoding", ["utf-32", "utf-32-be", "cp037"])
def test_other_families_of_encodings_are_refused(encoding: str) -> None:
    assert "not well-formed" in refusal(ENTITY.encode(encoding))


def test_a_prolog_of_many_instructions_costs_one_pass() -> None:
    root = xml.decode(b"<?a?>" * 100_000 + b"<a/>")

    assert root.tag == "a"


@pytest.mark.parametrize("document", [b"<a>" * 100_000, b"<a>" * 100_000 + b"</a>" * 100_000, b"<a>" * 200 + b"</a>" * 200])
def test_a_bomb_of_depth_is_refused(document: bytes) -> None:
    assert refusal(document) == "line 1: elements are nested deeper than 64 levels; no standard read here needs that"


def test_the_depth_limit_is_exact_and_its_line_is_named() -> None:
    def nested(depth: int) -> bytes:
        return b"<a>\n" * depth + b"</a>" * depth

    assert xml.decode(nested(64)).tag == "a"
    assert refusal(nested(65)).startswith("line 65: ")
    assert refusal(nested(4), Limits(max_depth=3)).startswith("line 4: ")


def test_a_document_over_the_size_limit_is_refused_with_both_sizes() -> None:
    assert refusal(b"<a>123456</a>", Limits(max_bytes=12)) == "line 1: the document has 13 bytes; at most 12 are read"
    assert xml.decode(b"<a>12345</a>", Limits(max_bytes=12)).text == "12345"


@pytest.mark.parametrize(
    ("document", "place"),
    [
        (b"", "line 1: "),
        (b" \n ", "line 2, "),
        (b"<a>\n<b></a>", "line 2, "),
        (b"\n<a>&e;</a>", "line 2, "),
        (b"<a>\n\n<p:b/></a>", "line 3, "),
        (b"<a>\n\xff</a>", "line 2, "),
        (b"<a/>\n{}", "line 2, "),
        (b"<a b='1' b='2'/>", "line 1, "),
        (b"\x00<a/>", "line 1"),
        (b'<?xml version="1.0" encoding="ISO-8859-1"?>\n<a>&#0;</a>', "line 2, "),
    ],
)
def test_what_is_not_well_formed_is_refused_with_its_line(document: bytes, place: str) -> None:
    assert refusal(document).startswith(place)


# --- what is read ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_utf_8_and_utf_16_are_read(encoding: str) -> None:
    assert xml.decode('<?xml version="1.0"?><a b="µ">é 😀</a>'.encode(encoding)).text == "é 😀"


@pytest.mark.parametrize(("declared", "codec"), [("ISO-8859-1", "latin1"), ("windows-1252", "cp1252"), ("iso-8859-15", "latin9")])
def test_declared_one_byte_encodings_are_read(declared: str, codec: str) -> None:
    assert xml.decode(f"<?xml version='1.0' encoding='{declared}'?>\n<a>é</a>".encode(codec)).text == "é"


def test_comments_and_instructions_leave_no_trace() -> None:
    root = xml.decode(b"<!-- 1 --><?p 2?><a>te<!-- 3 -->xt<b/><?p 4?></a><!-- 5 -->")

    assert root.text == "text"
    assert [child.tag for child in root] == ["b"]
    assert root.getprevious() is None


def test_a_document_type_in_a_text_or_comment_is_only_text() -> None:
    assert xml.decode(b"<a><!-- <!DOCTYPE a> --><![CDATA[<!DOCTYPE a>]]></a>").text == "<!DOCTYPE a>"


def test_threads_decode_side_by_side() -> None:
    read: list[str | None] = []

    def work(number: int) -> None:
        read.extend(xml.decode(f"<a>{number}</a>".encode()).text for _ in range(50))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(map(int, filter(None, read))) == sorted(list(range(8)) * 50)


def test_of_the_third_party_uftp_messages_only_the_attack_is_refused() -> None:
    refused = []
    for path in sorted(data("uftp", "messages").rglob("*.xml")):
        try:
            xml.decode(path.read_bytes())
        except DecodeError:
            refused.append(path.name)

    assert refused == ["FlexRequestResponse_with_XXE_Attack.xml"]


# --- what is written -------------------------------------------------------------------------------------------------


def tree_of(text: str) -> XmlTree:
    builder = Builder(base_types(), {}, "xml")
    return XmlTree(builder.branch("a", read_text(text, "tree.yaml"), path="/a"), builder.scope, "", ordered=True)


def written(tree: XmlTree, values: dict[str, object]) -> bytes:
    frame, log = Frame(tree.scope), Log()
    frame.values.update(values)
    document = xml.encode(tree.write(frame, log))
    assert log.faults == []
    return document


def test_a_tree_is_written_with_declaration_and_two_blanks_a_level() -> None:
    document = written(tree_of('b:\n  c: {"@d": attribute text, "#": inside text}\n'), {"attribute": "µ", "inside": " é "})
    assert document.decode() == '<?xml version="1.0" encoding="UTF-8"?>\n<a>\n  <b>\n    <c d="µ"> é </c>\n  </b>\n</a>\n'


def test_a_text_of_blanks_and_an_empty_text_are_written_as_they_are() -> None:
    assert written(tree_of("b: some text\nc: blank text\nd: empty text\n"), {"some": " x ", "blank": "  ", "empty": ""}).endswith(
        b"<a>\n  <b> x </b>\n  <c>  </c>\n  <d/>\n</a>\n"
    )


@pytest.mark.parametrize("text", ["\0", "a\x0b", "\ufffe", "\ud800"])
def test_what_xml_cannot_hold_is_refused(text: str) -> None:
    with pytest.raises(EncodeError, match="has no place in XML"):
        written(tree_of("b: some text\n"), {"some": text})


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cn")) | st.sampled_from("\t\n\r"))


@given(text=TEXTS, attribute=TEXTS)
def test_texts_and_attributes_come_back_as_they_were(text: str, attribute: str) -> None:
    (read,) = xml.decode(written(tree_of('b: {"@c": attribute text, "#": inside text}\n'), {"attribute": attribute, "inside": text}))

    assert (read.text or "") == text
    assert read.get("c") == attribute


@given(text=TEXTS, attribute=TEXTS)
def test_texts_and_attributes_of_rows_come_back_as_they_were(text: str, attribute: str) -> None:
    tree = tree_of('"b*": {rows: r, of: {"@c": attribute text, d: inside text}}\n')
    for first, second in [xml.decode(written(tree, {"r": 2, "attribute": [attribute, attribute], "inside": [text, "x"]}))]:
        assert [first.get("c"), second.get("c")] == [attribute, attribute]
        assert [first[0].text or "", second[0].text] == [text, "x"]
