"""The journal does what a model in memory does, whatever is called in whatever order."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st
from journals import entry

from adapter.errors import UsageError
from adapter.hub.journal import Journal

quick = settings(max_examples=40, derandomize=True, database=None, deadline=None)

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("record"), st.sampled_from(["", "a", "b\0c", "ä"]), st.binary(max_size=2)),
        st.tuples(st.just("finish"), st.integers(0, 5), st.lists(st.binary(max_size=2), max_size=2)),
        st.tuples(st.just("erase"), st.integers(0, 5), st.none()),
        st.tuples(st.just("reopen"), st.none(), st.none()),
    ),
    max_size=15,
)


class Model:
    """What a journal is, in memory: per number the identity, its bytes (None when erased), the hash's bytes, the answers (None: not finished)."""

    def __init__(self) -> None:
        self.rows: dict[int, tuple[str, bytes]] = {}
        self.data: dict[int, bytes | None] = {}
        self.answers: dict[int, list[bytes | None]] = {}

    def record(self, identity: str, data: bytes) -> tuple[int, str]:
        known = [number for number, row in self.rows.items() if identity and row[0] == identity]
        same = [number for number in known if self.rows[number][1] == data]
        if same:
            return same[0], "same"
        number = len(self.rows) + 1
        self.rows[number] = (identity, data)
        self.data[number] = data
        return number, "other" if known else "new"

    def finish(self, number: int, answers: list[bytes]) -> bool:
        if number not in self.rows or number in self.answers:
            return False
        self.answers[number] = list(answers)
        return True

    def erase(self, number: int) -> bool:
        if number in self.rows:
            self.data[number] = None
            self.answers.update({number: [None] * len(self.answers[number])} if number in self.answers else {})
        return number in self.rows


def worked(call: Callable[..., None], *arguments: object) -> bool:
    """Whether a call was taken, not refused as wrong."""
    try:
        call(*arguments)
    except UsageError:
        return False
    return True


@quick
@given(STEPS)
def test_any_sequence_of_calls_does_what_a_model_in_memory_does(steps: list[tuple[str, object, object]]) -> None:
    model = Model()
    with TemporaryDirectory() as folder:
        journal = Journal(Path(folder) / "journal.sqlite")
        for step, first, second in steps:
            if step == "record":
                recorded = journal.record(entry(str(first)), second)
                assert (recorded.number, recorded.state) == model.record(str(first), second)
            elif step == "finish":
                assert worked(journal.finish, first, "done", {}, second) == model.finish(first, second)
            elif step == "erase":
                assert worked(journal.erase, first) == model.erase(first)
            else:
                journal.close()
                journal = Journal(Path(folder) / "journal.sqlite")
        assert [row.number for row in journal.unfinished()] == [number for number in model.rows if number not in model.answers]
        assert {row.number: journal.data(row.number) for row in journal.rows()} == model.data
        assert {number: journal.answers(number) for number in model.rows} == {number: model.answers.get(number, []) for number in model.rows}
        assert {row.number: row.hash for row in journal.rows()} == {number: hashlib.sha256(row[1]).hexdigest() for number, row in model.rows.items()}
        journal.close()
