"""What became of the files of an import: a line for each, and one for all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from adapter.errors import Fault
from adapter.grid.order import Sheet


@dataclass(frozen=True)
class Outcome:
    """What a hub made of a file: its number (0: it was not kept), whether it came before, what it carries, what it replaces, why it was refused.

    *rows* has how many of each row of the acceptance grid, None where the hub does not count them; *replaces* the number of the version before (0: none).
    """

    number: int
    repeated: bool = False
    rows: Mapping[str, int | None] = field(default_factory=dict)
    replaces: int = 0
    faults: tuple[Fault, ...] = ()
    remedy: str = ""

    @property
    def state(self) -> str:
        if self.faults:
            return "refused before" if self.repeated else "refused"
        return "taken before" if self.repeated else f"taken, replaces {self.replaces}" if self.replaces else "taken"


@dataclass
class Tally:
    """The sums of an import."""

    skipped: int = 0
    refused: int = 0
    taken: int = 0
    before: int = 0
    statements: int = 0
    rows: dict[str, int | None] = field(default_factory=dict)

    def add(self, sheet: Sheet, outcome: Outcome) -> None:
        """Count a file; statements and rows of those alone that were taken now."""
        if outcome.faults:
            self.refused += 1
        elif outcome.repeated:
            self.before += 1
        else:
            self.taken += 1
            self.statements += sheet.statements
            for row, number in outcome.rows.items():
                earlier = self.rows.get(row, 0)
                self.rows[row] = None if number is None or earlier is None else earlier + number

    @staticmethod
    def told(sheet: Sheet, outcome: Outcome, seconds: float) -> str:
        """The line of a file."""
        kind = "difference of " if sheet.difference else ""
        what = "table" if sheet.file.table else f"{kind}{sheet.header.profile_names}, {_counted(sheet.statements, 'statement')}"
        said = f"{sheet.file.name}: {what}{_rows(outcome.rows)}"
        return f"{outcome.number or '–'} {said}: {outcome.state}, {seconds:.1f} s"

    def line(self, seconds: float) -> str:
        """The line of all."""
        files = self.taken + self.before + self.refused
        states = f"{self.taken} taken, {self.before} taken before, {self.refused} refused, {self.skipped} skipped"
        return f"{_counted(files, 'file')}: {states}; {_counted(self.statements, 'statement')}{_rows(self.rows)}, {seconds:.1f} s"


def _rows(rows: Mapping[str, int | None]) -> str:
    shown = ", ".join(row if number is None else f"{row}: {number}" for row, number in sorted(rows.items()))
    return f" ({shown})" if shown else ""


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
