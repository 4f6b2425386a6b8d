"""Files that are made from others: the evidence of the acceptance grid, the grid in the README, and the page of requirements.

`python -m tests.generated` writes them, `python -m tests.generated --check` says whether they are right (exit 0 or 1).
"""

from __future__ import annotations

import sys
from pathlib import Path

from adapter import coverage
from adapter.library import library
from tests import evidence, traced

README = Path(__file__).resolve().parents[1] / "README.md"
BEGIN, END = "<!-- coverage -->", "<!-- /coverage -->"


def readme(text: str) -> str:
    """The README with today's grid between its markers."""
    head, _, rest = text.partition(BEGIN)
    _, _, tail = rest.partition(END)
    return f"{head}{BEGIN}\n{coverage.as_markdown(library())}\n{END}{tail}"


def main(arguments: list[str]) -> int:
    check = "--check" in arguments
    stale = []
    for path, make in ((evidence.LOCK, lambda _: evidence.text(evidence.compute())), (README, readme), (traced.PAGE, traced.page)):
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        after = make(before)
        if before != after:
            stale.append(path.name)
            if not check:
                path.write_text(after, encoding="utf-8")
    if check and stale:
        print(f"not up to date: {', '.join(stale)}; run `python -m tests.generated`")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
