"""Everything that has a name is described: errors, commands, options, profile keys, relations, rules, leaf keys, mappings and messages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from inspect import getdoc
from typing import Any

from pages import DOCS, WALK, name, text
from typer.main import get_command

import adapter
from adapter import cli, compiler, errors, exchange, split
from adapter.derive import RULES
from adapter.library import library
from adapter.partners import KEYS
from adapter.relations.base import REGISTRY
from adapter.resources import folder, walk
from adapter.store.questions import named
from adapter.text import Table, read_text
from adapter.tree.build import LEAF_KEYS
from adapter.tree.leaves import CODECS


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


def every(group: Any, above: str = "") -> Iterator[tuple[str, Any]]:
    """(name, command) of each command, those of groups under both names."""
    for command, found in group.commands.items():
        yield above + command, found
        if hasattr(found, "commands"):
            yield from every(found, f"{above}{command} ")


def test_each_command_and_option_is_described() -> None:
    page = "".join(text(DOCS / f"{one}.md") for one in ("integrator", "http", "analyst", "grid")) + text(WALK)
    missing = []
    for command, found in every(get_command(cli.app)):
        missing += [] if f"`gridglot {command}`" in page else [f"gridglot {command}"]
        missing += [option for one in found.params for option in one.opts if option.startswith("-") and f"`{option}" not in page]
    assert missing == []


def test_each_question_is_described_as_its_head_says() -> None:
    wanted = []
    for path in sorted(path for path, _ in walk(folder("sparql"), ".rq")):
        question = named(path.rpartition("/")[2].removesuffix(".rq"))
        parameters = "<br>".join(f"`{name}` {kind}: {question.narrows[name]}" for name, kind in question.parameters.items())
        columns = ", ".join(f"`{name}` ({words})" if words else f"`{name}`" for name, words in question.columns.items())
        wanted.append(f"| `{question.name}` | {question.asks} | {parameters} | {columns} |")
    table = text(DOCS / "analyst.md").split("\n## The questions there are\n")[1].split("\n## ")[0]
    assert [line for line in table.splitlines() if line.startswith("| `")] == wanted


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


def test_each_relation_and_rule_has_a_line_in_its_docstring() -> None:
    assert [kind.__name__ for kind in (*REGISTRY.values(), *RULES.values()) if not (getdoc(kind) or "").startswith("`")] == []
