"""The journal does what a model in memory does, whatever is called in whatever order."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from journals import digest_of, entry

from adapter.errors import UsageError
from adapter.hub.journal import Journal, State

quick = settings(max_examples=60, derandomize=True, database=None, deadline=None)


class Said(NamedTuple):
    """A message as it is added."""

    sender: str
    identity: str
    data: bytes
    state: State
    answers: list[bytes]


@dataclass
class Model:
    """What a journal is, in memory: the messages in order (the first has number 1), and the numbers of those erased."""

    rows: list[Said] = field(default_factory=list)
    erased: set[int] = field(default_factory=set)

    def known(self, said: Said) -> int | None:
        """The number of the same bytes of the same identity, else of the first of that identity."""
        same = [number for number, row in enumerate(self.rows, 1) if said.identity and row[:2] == said[:2]]
        return next((number for number in same if self.rows[number - 1].data == said.data), same[0] if same else None)

    def takes(self, said: Said) -> bool:
        known = self.known(said)
        return known is None or self.rows[known - 1].data != said.data

    def payload(self, number: int) -> tuple[bytes | None, list[bytes | None]]:
        row = self.rows[number - 1]
        return (None, [None] * len(row.answers)) if number in self.erased else (row.data, list(row.answers))


SAID = st.builds(
    Said,
    st.sampled_from(["one.example", "two.example"]),
    st.sampled_from(["", "a", "b\0c", "ä"]),
    st.binary(max_size=1),
    st.sampled_from(["done", "refused"]),
    st.lists(st.binary(max_size=2), max_size=2),
)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), SAID),
        st.tuples(st.just("add and stumble"), SAID),
        st.tuples(st.just("erase"), st.integers(0, 5)),
        st.tuples(st.just("reopen"), st.none()),
    ),
    max_size=15,
)


def add(journal: Journal, said: Said) -> int:
    return journal.add(entry(said.identity, said.sender), said.data, said.state, {"was": said.state}, said.answers).number


def add_and_stumble(journal: Journal, said: Said) -> None:
    with journal.transaction():
        add(journal, said)
        raise ZeroDivisionError


def check_add(journal: Journal, model: Model, said: Said) -> None:
    """The message is known or not as the model says, and added with the next number or refused."""
    found = journal.known(said.sender, said.identity, digest_of(said.data))
    assert (found.number if found is not None else None) == model.known(said)
    if model.takes(said):
        model.rows.append(said)
        assert add(journal, said) == len(model.rows)
    else:
        with pytest.raises(UsageError, match="was added before"):
            add(journal, said)


def check_erase(journal: Journal, model: Model, number: int) -> None:
    if 1 <= number <= len(model.rows):
        journal.erase(number)
        model.erased.add(number)
    else:
        with pytest.raises(UsageError, match="has no message"):
            journal.erase(number)


@quick
@given(STEPS)
def test_any_sequence_of_calls_does_what_a_model_in_memory_does(steps: list[tuple[str, Said | int | None]]) -> None:
    model = Model()
    with TemporaryDirectory() as folder:
        journal = Journal(Path(folder) / "journal.sqlite")
        for step, argument in steps:
            if step == "add":
                check_add(journal, model, argument)
            elif step == "add and stumble":
                with suppress(ZeroDivisionError, UsageError):
                    add_and_stumble(journal, argument)
            elif step == "erase":
                check_erase(journal, model, argument)
            else:
                journal.close()
                journal = Journal(Path(folder) / "journal.sqlite")
            assert journal.last() == len(model.rows)
        numbers = range(1, len(model.rows) + 1)
        assert [(row.number, row.sender, row.identity, row.hash, row.state, row.outcome, row.answers) for row in journal.rows()] == [
            (number, said.sender, said.identity, digest_of(said.data), said.state, {"was": said.state}, len(said.answers))
            for number, said in enumerate(model.rows, 1)
        ]
        assert [(journal.data(number), journal.answers(number)) for number in numbers] == [model.payload(number) for number in numbers]
        assert journal.erased(0, len(model.rows)) == model.erased
        journal.close()
