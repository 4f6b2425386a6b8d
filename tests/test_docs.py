"""The documentation is true: commands print what is shown, Python runs, everything that has a name is described, links lead somewhere.

A page is run from top to bottom in a folder of its own, in one process:

    ```console   lines after `$ ` are run, and print the lines that follow; … stands for anything
    ```python    is run; ```pycon is run as a doctest
    `path`:      before a block writes the block to that file

docs/ontology_engineer.md is run in a copy of the checkout, since it adds a standard.
"""

from __future__ import annotations

import doctest
import importlib
import os
import pkgutil
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from inspect import getdoc
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from rich.console import Console
from typer.main import get_command
from typer.testing import CliRunner

import adapter
from adapter import cli, compiler, errors, exchange, resources, split
from adapter.derive import RULES
from adapter.library import library
from adapter.partners import KEYS
from adapter.relations.base import REGISTRY
from adapter.tree.build import LEAF_KEYS
from adapter.tree.leaves import CODECS

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
NOT_RUN = {"benchmarks.md"}  # written by the benchmarks themselves, and slow
PAGES = [ROOT / "README.md", *(page for page in sorted(DOCS.glob("*.md")) if page.name not in NOT_RUN)]
DECISIONS = sorted((DOCS / "decisions").glob("*.md"))
EVERY = [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]
WALK = DOCS / "ontology_engineer.md"
BLOCK = re.compile(r"(?:^`([^`\n]+)`:\n\n?)?^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


# --- a small shell: gridglot in this process, everything else outside ---


@dataclass
class Shell:
    """Runs the commands of one page in *folder*; *changed* is called when they write files; `code` is the exit code of the last one."""

    folder: Path
    changed: Callable[[], None] = lambda: None
    code: int = 0
    runner: CliRunner = field(default_factory=CliRunner)

    def run(self, command: str) -> str:
        """What *command* shows on a terminal."""
        if command == "echo $?":
            return str(self.code)
        command, _, target = command.partition(" > ")
        stages = command.split(" | ")
        shown, piped = "", b""
        for number, stage in enumerate(stages, 1):
            last = number == len(stages) and not target
            said, piped = self._stage(stage, piped, last)
            shown += said
        if target:
            path = self.folder / target.strip()
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(piped)
            self.changed()
            return shown
        return shown + piped.decode()

    def _stage(self, stage: str, given: bytes, last: bool) -> tuple[str, bytes]:
        """What one stage of a pipe says besides, and what it hands on."""
        stage, both = stage.removesuffix(" 2>&1"), stage.endswith(" 2>&1")
        words = shlex.split(stage)
        if words[0] == "make":
            return self._make(words[1])
        if words[0] == "pytest":
            return "", self._outside([sys.executable, "-m", *words, "-p", "no:cacheprovider"], given)
        if words[0] != "gridglot":
            return "", self._outside(words, given)
        done = self.runner.invoke(cli.app, words[1:], input=given, prog_name="gridglot")
        self.code = done.exit_code
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return (done.output, b"") if last else ("", done.output.encode()) if both else (done.stderr, done.stdout_bytes)

    def _outside(self, words: list[str], given: bytes) -> bytes:
        environment = {**os.environ, "PYTHONPATH": str(self.folder), "COLUMNS": "200"}
        done = subprocess.run(words, input=given, capture_output=True, cwd=self.folder, env=environment, check=False)
        self.code = done.returncode
        if words[0] in ("perl", "cp"):
            self.changed()
        return done.stdout + done.stderr

    def _make(self, target: str) -> tuple[str, bytes]:
        """A target of the Makefile exists; what `make demo` shows is what `gridglot demo` shows."""
        assert re.search(rf"^{target}:", text(ROOT / "Makefile"), re.MULTILINE)
        return self._stage("gridglot demo", b"", True) if target == "demo" else ("", b"")


def plain(shown: str) -> str:
    """Text without layout and without the line numbers of our own files, which move with every edit."""
    return " ".join(re.sub(r"((?:mappings|shapes)/[\w/]+\.\w+):\d+", r"\1:*", shown).split())


def matches(shown: str, expected: str) -> bool:
    """*shown* is *expected*, where … stands for anything."""
    pieces = [re.escape(plain(piece)) for piece in expected.split("…")]
    return re.fullmatch(r"\s*.*?\s*".join(pieces), plain(shown)) is not None


def commands(block: str) -> Iterator[tuple[str, str]]:
    """(command, expected output) pairs of a console block."""
    command, expected = "", list[str]()
    lines = iter(block.splitlines())
    for line in lines:
        if line.startswith("$ "):
            if command:
                yield command, "\n".join(expected)
            command, expected = line[2:], []
            while command.endswith("\\"):
                command = command[:-1].rstrip() + " " + next(lines).strip()
        else:
            expected.append(line)
    if command:
        yield command, "\n".join(expected)


def play(page: Path, shell: Shell, check: Callable[[str, str, str], None]) -> None:
    """Run a page: files are written, commands and Python run; *check* gets command, output, expected output."""
    names = dict[str, Any]()
    for path, language, block in BLOCK.findall(text(page)):
        if path:
            assert not path.startswith(("docs/", "examples/")), "these are the checkout's own"
            (shell.folder / path).parent.mkdir(parents=True, exist_ok=True)
            (shell.folder / path).write_text(block, encoding="utf-8")
            shell.changed()
        elif language == "console":
            for command, expected in commands(block):
                check(command, shell.run(command), expected)
        elif language == "python":
            exec(compile(block, name(page), "exec"), names)
        elif language == "pycon":
            test = doctest.DocTestParser().get_doctest(block.replace("…", "..."), names, name(page), name(page), 0)
            found = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE).run(test, clear_globs=False)
            assert found.failed == 0
            names.update(test.globs)


def caches() -> Iterator[tuple[ModuleType, str, Any]]:
    """Every cached function of the adapter, under every name by which a module knows it."""
    for found in pkgutil.walk_packages(adapter.__path__, "adapter."):
        module = importlib.import_module(found.name)
        yield from ((module, attribute, value) for attribute, value in list(vars(module).items()) if hasattr(value, "cache_parameters"))


def forget() -> None:
    """Empty every cache of the adapter, so that changed files are read anew."""
    for _, _, cached in caches():
        cached.cache_clear()


@pytest.fixture
def own_caches(monkeypatch: pytest.MonkeyPatch) -> None:
    """New caches for the time of a test; those of the other tests stay as they are, with the objects others hold."""
    renewed: dict[int, Any] = {}
    for module, attribute, cached in list(caches()):
        new = renewed.setdefault(id(cached), lru_cache(**cached.cache_parameters())(cached.__wrapped__))
        monkeypatch.setattr(module, attribute, new)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to run a page in, with the examples beside it; terminals are wide."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(cli, "out", Console(width=200, soft_wrap=True))
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    (tmp_path / "docs").symlink_to(DOCS)
    return tmp_path


def same(command: str, shown: str, expected: str) -> None:
    assert matches(shown, expected), f"$ {command}\nprints\n{shown}\nand the page shows\n{expected}"


@pytest.mark.parametrize("page", [page for page in PAGES if page != WALK], ids=name)
def test_what_a_page_shows_is_what_happens(page: Path, place: Path) -> None:
    play(page, Shell(place), same)


def test_the_walk_of_the_ontology_engineer_works_as_written(place: Path, own_caches: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new message in a copy of the checkout: scaffold, keep, relate, check, golden."""
    for part in ("adapter", *resources.FOLDERS):
        shutil.copytree(ROOT / part, place / part, ignore=shutil.ignore_patterns("__pycache__"))
    (place / "tests").mkdir()
    for module in (ROOT / "tests").glob("*.py"):
        if module.name == "test_golden.py" or not module.name.startswith("test_"):
            shutil.copy(module, place / "tests")
    monkeypatch.setattr(resources, "files", lambda package: place / package)
    play(WALK, Shell(place, forget), same)


# --- everything that has a name is described ---


def headings(page: Path) -> list[str]:
    return re.findall(r"^#+ (.+)$", text(page), re.MULTILINE)


def error_classes() -> list[type[errors.HubError]]:
    return [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.HubError)]


def test_each_error_class_has_a_heading_with_its_exit_code() -> None:
    page = text(DOCS / "errors.md")
    described = re.findall(r"^## (\w+)$", page, re.MULTILINE)
    assert described == [kind.__name__ for kind in error_classes()]
    for kind in error_classes():
        section = page.split(f"## {kind.__name__}\n")[1].split("\n## ")[0]
        code = 2 if issubclass(kind, (errors.DecodeError, errors.UnknownMessage, errors.UsageError, errors.MappingError)) else 1
        assert f"Exit code {code}." in section, kind.__name__


def test_each_command_and_option_is_described() -> None:
    page = text(DOCS / "integrator.md") + text(WALK)
    missing = []
    for command, found in get_command(cli.app).commands.items():  # type: ignore[attr-defined]
        missing += [] if f"`gridglot {command}`" in page else [f"gridglot {command}"]
        missing += [option for one in found.params for option in one.opts if option.startswith("-") and f"`{option}" not in page]
    assert missing == []


def test_each_profile_key_is_described() -> None:
    described = re.findall(r"^\| `(\w+)` \|", text(DOCS / "integrator.md").split("## Partner profiles")[1].split("\n## ")[0], re.MULTILINE)
    assert described == list(KEYS)


def test_each_text_a_mapping_asks_a_profile_for_is_described() -> None:
    page = text(DOCS / "integrator.md")
    wanted = {fill.value for mapping in library().mappings() for fill in mapping.fill.values() if fill.source == "profile"}
    assert [key for key in sorted(wanted) if f"`{key}`" not in page] == []


def section(title: str) -> str:
    return text(WALK).split(f"\n## {title}\n")[1].split("\n## ")[0]


def entries(title: str) -> dict[str, str]:
    """The `### name` entries of a section of the ontology engineer's page, each with its text."""
    parts = re.split(r"^### `(\w+)`$", section(title), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_each_relation_is_described_with_its_arguments_and_an_example() -> None:
    described = entries("Relations")
    assert list(described) == sorted(REGISTRY)
    for relation, kind in REGISTRY.items():
        head, _, example = described[relation].partition("```yaml\n")
        assert [key for key in (*kind.needs, *kind.may) if f"`{key}`" not in head] == [], relation
        assert re.search(rf"^- {relation}: ", example, re.MULTILINE), f"{relation} needs an example line"


def test_each_derive_rule_is_described_with_its_arguments() -> None:
    described = entries("Derive rules")
    assert list(described) == sorted(RULES)
    for rule, kind in RULES.items():
        assert [key for key in (*kind.needs, *kind.may) if f"`{key}`" not in described[rule] and f"{key}:" not in described[rule]] == [], rule


def test_each_example_line_of_a_relation_compiles_as_the_registry_wants_it() -> None:
    """The arguments of the examples are those the relation knows: no key too many, none missing."""
    from adapter.text import Table, read_text

    for relation, body in entries("Relations").items():
        for block in re.findall(r"```yaml\n(.*?)```", body, re.DOTALL):
            for line in read_text(f"relate:\n{block}", name(WALK)).items_of("relate"):
                assert isinstance(line, Table)
                for used in line:
                    kind = REGISTRY[used]
                    if kind.needs:
                        assert set(kind.needs) <= set(line.table(used)) <= {*kind.needs, *kind.may}, relation


def test_each_leaf_key_and_codec_is_described() -> None:
    page = section("The tree")
    assert [key for key in LEAF_KEYS if f"`{key}" not in page] == []
    assert [codec for codec in CODECS if f"| `{codec}` |" not in page] == []


def test_each_key_of_a_mapping_file_is_described() -> None:
    described = re.findall(
        r"`(\w+)`", "".join(re.findall(r"^\| (.*?) \|", section("Mapping files").split("### A message")[1].split("### Uses")[0], re.MULTILINE))
    )
    assert sorted(described) == sorted(compiler.KEYS)


def test_each_word_of_an_exchange_is_described() -> None:
    page = section("Exchanges")
    words = {*exchange.TYPES, *exchange.KINDS, *exchange.COARSEN, *exchange.ROUND} - {""}
    assert [word for word in sorted(words) if f"`{word}`" not in page] == []


def test_each_way_to_split_is_described() -> None:
    assert sorted(re.findall(r"^\| `(\w+) [A-Z]+` \|", section("Mapping files").split("| `split` |")[1].split("### ")[0], re.MULTILINE)) == sorted(split._WAYS)


def test_each_public_name_is_described() -> None:
    page = text(DOCS / "integrator.md") + text(DOCS / "errors.md")
    assert [public for public in adapter.__all__ if not re.search(rf"\b{public}\b", page)] == []


def test_each_mapping_stands_on_the_page_of_its_standard() -> None:
    missing = []
    for mapping in library().mappings():
        page = text(DOCS / "standards" / f"{mapping.standard.name}.md")
        line = next((line for line in page.splitlines() if line.startswith(f"| `{mapping.id}`")), "")
        rows = dict.fromkeys(use.exchange.row for use in mapping.uses)
        missing += [f"{mapping.id}: {fact}" for fact in (mapping.klass, *rows) if fact not in line]
        if mapping.table.get("status"):
            missing += [] if mapping.table.text("status") in line else [f"{mapping.id}: {mapping.table.text('status')}"]
    assert missing == []


def test_each_message_not_mapped_yet_stands_on_the_page_of_its_standard() -> None:
    for standard in library().standards.values():
        page = text(DOCS / "standards" / f"{standard.name}.md")
        kinds = {re.sub(r"(Response|Query|Update|Revocation|List|_MarketDocument|Data)+$", "", message) for message in standard.table.table("not_yet")}
        assert [kind for kind in sorted(kinds) if kind.lower().replace("agr", "").replace("dso", "") not in page.lower()] == [], standard.name


# --- decisions, links ---


@pytest.mark.parametrize("page", DECISIONS, ids=name)
def test_a_decision_has_the_form_of_one_screen(page: Path) -> None:
    number, title = text(page).splitlines()[0].removeprefix("# ").split(" ", 1)
    assert page.name.startswith(f"{number}-")
    assert title
    assert re.fullmatch(r"\d{4}-[a-z0-9]+(-[a-z0-9]+)*\.md", page.name)
    assert headings(page)[1:] == ["Context", "Choice", "Refused", "Consequence"]
    assert len(text(page).splitlines()) <= 40
    assert max(map(len, text(page).splitlines())) <= 160


def test_decision_numbers_are_given_once() -> None:
    numbers = [page.name[:4] for page in DECISIONS]
    assert numbers == sorted(set(numbers))


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings(page)}


@pytest.mark.parametrize("page", EVERY, ids=name)
def test_links_lead_somewhere(page: Path) -> None:
    faults = []
    for target in re.findall(r"\]\(([^)\s]+)\)", text(page)):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        there = (page.parent / file).resolve() if file else page
        if not there.exists() or (anchor and anchor not in anchors(there)):
            faults.append(target)
    assert faults == []


def test_files_that_code_and_mappings_refer_to_exist() -> None:
    """`docs/…md` in mappings and code is a file, and `docs/…md ("Title")` one with that heading."""
    faults = []
    for path in [*ROOT.glob("mappings/**/*.yaml"), *ROOT.glob("adapter/**/*.py")]:
        for page, title in re.findall(r"(docs/[\w/.-]+\.md)(?:[,]? \(?\"([^\"]+)\")?", text(path)):
            if not (ROOT / page).is_file() or (title and title not in headings(ROOT / page)):
                faults.append(f"{name(path)}: {page} {title}")
    assert faults == []


def test_the_readme_is_short_and_says_where_everything_is() -> None:
    page = text(ROOT / "README.md")
    assert len(page.splitlines()) < 120
    assert page.count("<!-- coverage -->") == page.count("<!-- /coverage -->") == 1
    assert [
        place for place in ("docs/integrator.md", "docs/ontology_engineer.md", "docs/glossary.md", "docs/errors.md", "docs/picture.svg") if place not in page
    ] == []


def test_each_relation_and_rule_has_a_line_in_its_docstring() -> None:
    assert [kind.__name__ for kind in (*REGISTRY.values(), *RULES.values()) if not (getdoc(kind) or "").startswith("`")] == []
