"""What must hold of the project as a whole: the machinery knows no standard, IRIs are made in one place, commits are clean."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

from adapter.library import library

ROOT = Path(__file__).resolve().parents[1]
PYTHON = sorted((ROOT / "adapter").rglob("*.py"))


def tracked() -> list[Path]:
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.split(b"\0")
    return [ROOT / name.decode() for name in names if name]


@pytest.mark.parametrize("path", PYTHON, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_machinery_asks_for_no_standard_by_name(path: Path) -> None:
    names = set(library().standards)
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Compare) and not _asks_for_a_form(node.left):
            texts = {leaf.value for leaf in ast.walk(node) if isinstance(leaf, ast.Constant) and isinstance(leaf.value, str)}
            assert not texts & names, f"{path}:{node.lineno}"


def _asks_for_a_form(left: ast.expr) -> bool:
    """What is compared is called `form`: of a place of a tree or of what is printed, of which a table is one."""
    return getattr(left, "attr", getattr(left, "id", "")) == "form"


def test_iris_are_made_in_one_place() -> None:
    allowed = {ROOT / "adapter" / "names.py"}
    found = []
    for path in PYTHON:
        if path in allowed:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        docs = {
            id(node.body[0].value)
            for node in ast.walk(tree)
            if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and node.body and isinstance(node.body[0], ast.Expr)
        }
        found += [
            f"{path}:{node.lineno}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and "http://" in node.value and id(node) not in docs
        ]
    assert found == []


def test_no_machine_path_and_no_registry_address_is_committed() -> None:
    folders, hosts = ("work", "root", "home/[a-z]+", "simple"), (("pypi", "org"), ("files", "pythonhosted"))
    wrong = re.compile("|".join([*(f"/{folder}/" for folder in folders), *(r"\.".join(host) for host in hosts)]))  # in pieces: this file is looked at too
    found = [f"{path}: {match[0]}" for path in tracked() if path.is_file() and (match := wrong.search(path.read_text(encoding="utf-8", errors="ignore")))]
    assert found == []


def test_a_wrong_mapping_names_file_line_and_remedy() -> None:
    from adapter.errors import MappingError
    from adapter.text import read_text

    text = "message: X\nxml:\n  a: first\n  b: second text\nexchanges: []\nkeep: {first: 'uftp:first'}\n"
    with pytest.raises(MappingError) as caught:
        library_with(text)
    assert "'second' is used nowhere: relate it, keep it" in str(caught.value)
    assert str(caught.value).startswith("mappings/uftp/x.yaml:")
    with pytest.raises(MappingError, match=r"mappings/uftp/x.yaml:3: .*'zahl' is not a type"):
        library_with("message: X\nxml:\n  a: {var: first, type: zahl}\n")
    with pytest.raises(MappingError, match=r"mappings/uftp/x.yaml:2: .*'asn1' is not a codec; known are xml, json, ship, rdf, csv"):
        library_with("message: X\ncodec: asn1\njson:\n  a: first\n")
    assert read_text("a: NO", "f")["a"] == "NO"


@pytest.mark.parametrize(("first", "second", "apart"), [("A", "B", True), ("[A, B]", "[B, C]", False), ("present", "absent", True), ("present", "A", False)])
def test_two_uses_of_an_exchange_must_exclude_each_other(first: str, second: str, apart: bool) -> None:
    from adapter.errors import MappingError

    use = "  - {{exchange: FP2, when: {{kind: {}}}, cannot: {{{}}}}}\n"
    cannot = ", ".join(f"{name}: no" for name in library().exchanges["FP2"].essentials)
    text = "message: X\nxml:\n  a?: kind\nexchanges:\n" + use.format(first, cannot) + use.format(second, cannot)
    if apart:
        return library_with(text)
    with pytest.raises(MappingError, match=r"two uses of FP2 \(mappings/uftp/x.yaml:5 and mappings/uftp/x.yaml:6\) can hold for one document"):
        library_with(text)
    return None


def test_a_mapping_tells_documents_by_known_keys_and_has_schemas_of_its_trees_only() -> None:
    from adapter.errors import MappingError

    for line in ("recognise: {xml: X}", "schema: {json: x.json}"):
        with pytest.raises(MappingError, match="unknown key"):
            library_with(f"message: X\n{line}\nxml:\n  a: first\nkeep: {{first: 'uftp:first'}}\n")


def library_with(text: str) -> None:
    """Compile a mapping text against the shipped UFTP standard, without keeping it."""
    from adapter.compiler import Compiler
    from adapter.text import read_text

    found = library()
    Compiler(found.standards["uftp"], found.exchanges, lambda exchange: found.rules[exchange.row]).compile(read_text(text, "mappings/uftp/x.yaml"), "x")
