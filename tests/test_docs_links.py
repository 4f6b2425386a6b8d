"""Links and references lead somewhere, decisions have one form and one number each, and the README is short and names the other pages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pages import DOCS, README, ROOT, headings, name, text

DECISIONS = sorted((DOCS / "decisions").glob("*.md"))
EVERY = [README, *sorted(DOCS.rglob("*.md"))]


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
    page = text(README)
    assert len(page.splitlines()) < 120
    assert page.count("<!-- coverage -->") == page.count("<!-- /coverage -->") == 1
    assert [
        place for place in ("docs/integrator.md", "docs/ontology_engineer.md", "docs/glossary.md", "docs/errors.md", "docs/picture.svg") if place not in page
    ] == []
