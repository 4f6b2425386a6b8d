"""The documentation is true: commands print what is shown, Python runs.

A page is run from top to bottom in a folder of its own, in one process:

    ```console   lines after `$ ` are run, and print the lines that follow; … stands for anything
                 `gridglot serve … &` and `make run` serve a hub until the page ends, at a free port in the place of 8080
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
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from pages import DOCS, README, ROOT, WALK, name, text
from typer.testing import CliRunner

import adapter
from adapter import cli, resources
from adapter.cli.common import out

PORT = "8080"
NOT_RUN = {"benchmarks.md"}  # written by the benchmarks themselves, and slow
STANDARDS = [page for page in sorted((DOCS / "standards").glob("*.md")) if "```" in text(page)]
PAGES = [README, *(page for page in sorted(DOCS.glob("*.md")) if page.name not in NOT_RUN), *STANDARDS]
BLOCK = re.compile(r"(?:^`([^`\n]+)`:\n\n?)?^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


# --- a small shell: gridglot in this process, everything else outside ---


@dataclass
class Shell:
    """Runs the commands of one page in *folder*; *changed* is called when they write files; `code` is the exit code of the last one."""

    folder: Path
    changed: Callable[[], None] = lambda: None
    code: int = 0
    runner: CliRunner = field(default_factory=CliRunner)
    port: str = PORT
    serving: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def run(self, command: str) -> str:
        """What *command* shows on a terminal."""
        if command == "echo $?":
            return str(self.code)
        if command == "make run":
            return self._serve("gridglot serve --data var --example")
        if command.startswith("gridglot serve ") and command.endswith(" &"):
            return self._serve(command.removesuffix(" &"))
        return self._shown(command.replace(f":{PORT}", f":{self.port}")).replace(f":{self.port}", f":{PORT}")

    def _serve(self, command: str) -> str:
        """Serve a hub at a free port, and give what it says until it listens."""
        process = subprocess.Popen(
            [sys.executable, "-m", "adapter.cli", *shlex.split(command)[1:], "--port", "0"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200"},
        )
        self.serving.append(process)
        assert process.stdout is not None
        said = ""
        for line in process.stdout:
            said += line.decode()
            if found := re.search(r"gridglot serves http://127\.0\.0\.1:(\d+)", said):
                self.port = found[1]
                break
        os.environ["GRIDGLOT_URL"] = f"http://127.0.0.1:{self.port}"
        return said.replace(f":{self.port}", f":{PORT}")

    def end(self) -> None:
        """End the hubs that are served; Ctrl-C ends them cleanly."""
        os.environ.pop("GRIDGLOT_URL", None)
        for process in self.serving:
            process.send_signal(signal.SIGINT)
            assert process.wait(timeout=60) == 0

    def _shown(self, command: str) -> str:
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
    monkeypatch.setattr(out, "width", 200)
    monkeypatch.setattr(out, "soft_wrap", True)
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    (tmp_path / "docs").symlink_to(DOCS)
    return tmp_path


def same(command: str, shown: str, expected: str) -> None:
    assert matches(shown, expected), f"$ {command}\nprints\n{shown}\nand the page shows\n{expected}"


@pytest.mark.parametrize("page", [page for page in PAGES if page != WALK], ids=name)
def test_what_a_page_shows_is_what_happens(page: Path, place: Path) -> None:
    shell = Shell(place)
    try:
        play(page, shell, same)
    finally:
        shell.end()


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
