"""Law 4: our verdict on 200 mutated files per message equals the third-party schema's, or tests/known_differences.yaml says why not.

A document the schema takes and our relations or shapes refuse must break a rule named there; what we take obeys laws 1 to 3.
`MUTANTS=1000 pytest tests/test_schema_mutants.py` draws more, `MUTANTS=all` takes every mutant (a few minutes).
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from operator import itemgetter

import pytest
from mutants import Mutation, sample, verdicts
from mutants.differences import Known, section
from mutants.messages import MESSAGES, Message

from adapter.errors import Fault
from adapter.pipeline import Lifted

WITNESSES = 300
COUNT = os.environ.get("MUTANTS", "200")
BY_ID = {message.id: message for message in MESSAGES}
every_message = pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.id)


@dataclass(frozen=True)
class Trial:
    """One mutant before its judges."""

    message: Message
    mutation: Mutation

    @cached_property
    def document(self) -> bytes:
        return self.mutation.make()

    @cached_property
    def schema(self) -> str:
        return self.message.oracle(self.document)

    @cached_property
    def ours(self) -> str:
        """What we find wrong with its form; a rule of the mapping counts when the schema refuses too."""
        found = verdicts.form(self.document, self.message.mapping)
        return found or (verdicts.ruled_out(self.document) if self.schema else "")

    @cached_property
    def lifted(self) -> Lifted | list[Fault]:
        return verdicts.lift(self.document, self.message.seed(self.mutation.document).profile)

    @property
    def differs(self) -> bool:
        return bool(self.schema) != bool(self.ours)

    @property
    def taken(self) -> bool:
        """Both take its form, so that its meaning can be judged."""
        return not self.schema and not self.ours

    def __str__(self) -> str:
        said = f"the schema says {self.schema[:300]!r}, we take it" if self.schema else f"the schema takes it, we say {self.ours[:300]!r}"
        return f"{self.mutation.name} ({self.mutation.document}): {said}"


@lru_cache(len(MESSAGES))
def everything(message: Message) -> list[Mutation]:
    return list(message.mutations())


@lru_cache(len(MESSAGES))
def trials(message: Message) -> tuple[Trial, ...]:
    drawn = everything(message) if COUNT == "all" else sample(everything(message), int(COUNT), message.id)
    return tuple(Trial(message, mutation) for mutation in drawn)


@lru_cache(len(MESSAGES))
def by_name(message: Message) -> dict[str, list[Mutation]]:
    found: dict[str, list[Mutation]] = {}
    for mutation in everything(message):
        found.setdefault(mutation.name, []).append(mutation)
    return found


def witnesses(entry: Known) -> Iterator[Trial]:
    """The mutants an entry of the list speaks of, one of each name first; of very many, some."""
    found = [
        (number, message, mutation)
        for message in MESSAGES
        if re.fullmatch(entry.message, message.id)
        for name, mutations in by_name(message).items()
        if re.fullmatch(entry.mutation, name)
        for number, mutation in enumerate(mutations)
    ]
    found.sort(key=itemgetter(0))
    yield from (Trial(message, mutation) for _, message, mutation in found[:WITNESSES])


def excused(trial: Trial) -> bool:
    wanted = ("refuses", "takes") if trial.schema else ("takes", "refuses")
    return any((entry.schema, entry.ours) == wanted and entry.covers(trial.message.id, trial.mutation.name) for entry in section("verdicts"))


@every_message
def test_the_documents_to_start_from_are_valid(message: Message) -> None:
    for seed in message.seeds():
        assert (seed.name, message.oracle(seed.read()), verdicts.form(seed.read(), message.mapping)) == (seed.name, "", "")
        assert isinstance(verdicts.lift(seed.read(), seed.profile), Lifted), seed.name


@every_message
def test_our_verdict_is_the_schema_s(message: Message) -> None:
    drawn = trials(message)
    assert [str(trial) for trial in drawn if trial.differs and not excused(trial)] == []
    assert len(drawn) >= 200
    assert sum(1 for trial in drawn if trial.taken) > 10
    assert sum(1 for trial in drawn if trial.schema) > 50


@pytest.mark.parametrize("entry", section("verdicts"), ids=lambda entry: entry.id)
def test_a_known_difference_still_occurs(entry: Known) -> None:
    wanted = (entry.schema == "refuses", entry.ours == "refuses")
    assert wanted[0] != wanted[1], "a difference has two verdicts"
    assert any((bool(trial.schema), bool(trial.ours)) == wanted for trial in witnesses(entry)), f"{entry.id}: gone; delete it"


@lru_cache(len(MESSAGES))
def _rules(message: str) -> tuple[Known, ...]:
    return tuple(entry for entry in section("rules") if re.fullmatch(entry.message, message))


@every_message
def test_what_the_schema_takes_and_we_refuse_breaks_a_named_rule(message: Message) -> None:
    faults = {
        (fault.says, trial.mutation.name)
        for trial in trials(message)
        if trial.taken and isinstance(trial.lifted, list)
        for fault in trial.lifted
        if not _said(message, fault)
    }
    assert faults == set()


def _said(message: Message, fault: Fault) -> bool:
    return any(re.fullmatch(entry.says, fault.says) for entry in _rules(message.id))


@pytest.mark.parametrize("entry", section("rules"), ids=lambda entry: entry.id)
def test_a_rule_still_refuses(entry: Known) -> None:
    refused = (trial.lifted for trial in witnesses(entry) if trial.taken)
    assert any(re.fullmatch(entry.says, fault.says) for faults in refused if isinstance(faults, list) for fault in faults), f"{entry.id}: gone; delete it"


@every_message
def test_what_is_taken_obeys_the_laws(message: Message) -> None:
    broken = []
    for trial in trials(message):
        if trial.taken and isinstance(trial.lifted, Lifted):
            laws = verdicts.broken_laws(trial.lifted, message.seed(trial.mutation.document).profile)
            broken += [(law, trial.mutation.name, trial.mutation.document) for law in laws]
    assert broken == []


def test_the_same_mutants_are_drawn_in_every_run() -> None:
    message = BY_ID["uftp:flex_request"]
    names = [[mutation.name for mutation in sample(everything(message), 200, message.id)] for _ in range(2)]
    assert names[0] == names[1]
