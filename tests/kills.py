"""Hubs that are killed: a nursery process that loads the library once and forks a child per round, which opens a hub, works with it, and is killed.

Journal and store are opened in the children only: neither SQLite nor the store may be carried over a fork.
"""

from __future__ import annotations

import gc
import json
import os
import pickle
import random
import signal
import subprocess
import sys
import time
import traceback
from collections import Counter
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import Any

from cases import NOW

from adapter import pipeline
from adapter.errors import HubError
from adapter.hub import registry
from adapter.hub.hub import Hub, rebuild

# The step in which a hub is to be killed: how often that is aimed at, and the seconds after its begin at most.
AIMS = {"open": (5, 0.06), "receive": (9, 0.006), "expand": (3, 0.03), "flush": (1, 0.01), "close": (1, 0.03), "rebuild": (1, 0.6)}
WORK = (*["receive"] * 8, "expand", "expand", "flush", "close")
FRESH = 0.75  # of the messages received were not acknowledged before


@dataclass(frozen=True)
class Plan:
    """*rounds* kills of a hub with *partners* (the texts of their files), to which *documents* (bytes and channel) are sent in random order."""

    seed: int
    rounds: int
    partners: Sequence[str]
    documents: Sequence[tuple[bytes, str]]


@dataclass(frozen=True)
class Told:
    """What a hub acknowledged: the number of the message, if it was taken, and the SHA-256 of the answer (of nothing, where there is none)."""

    number: int
    taken: bool
    answer: str


@dataclass
class Log:
    """What was told of which document; in which steps the kills fell; the documents that were kept, and their sender not told because of a kill."""

    told: dict[int, Told] = field(default_factory=dict)
    killed: Counter[str] = field(default_factory=Counter)
    untold: set[int] = field(default_factory=set)


def kill_hubs(folder: Path, plans: dict[str, Plan]) -> dict[str, Log]:
    """Carry out plans in a nursery, each in the data folder of its name below *folder*."""
    (folder / "plans").write_bytes(pickle.dumps(plans))
    found = {**os.environ, "PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry)}
    subprocess.run([sys.executable, "-c", "import kills, sys; kills.nursery(sys.argv[1])", folder], check=True, env=found)
    return {name: pickle.loads((folder / name).with_suffix(".log").read_bytes()) for name in plans}


def nursery(name: str) -> None:
    """What runs in the nursery. What a hub reads the same at every start (library, partner files) is read once, before the children are forked."""
    folder = Path(name)
    plans: dict[str, Plan] = pickle.loads((folder / "plans").read_bytes())
    registry.read_partner = cache(registry.read_partner)
    for data in {data for plan in plans.values() for data, _ in plan.documents}:
        with suppress(HubError):
            pipeline.lift(data)
    gc.freeze()
    nurses = [_nurse(folder / name, plan) for name, plan in plans.items()]
    ends = [os.waitpid(nurse, 0)[1] for nurse in nurses]
    assert not any(ends), "a nurse has said above what failed"


def _nurse(folder: Path, plan: Plan) -> int:
    """A process that kills the hub of one plan, beside the others: much of what a hub does is to wait for the disk."""
    nurse = os.fork()
    if nurse == 0:
        try:
            folder.with_suffix(".log").write_bytes(pickle.dumps(_rounds(folder, plan)))
            os._exit(0)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(1)
    return nurse


def _rounds(folder: Path, plan: Plan) -> Log:
    log, chance = Log(), random.Random(plan.seed)
    for _ in range(plan.rounds):
        aim = chance.choices([*AIMS], [often for often, _ in AIMS.values()])[0]
        first = [aim] if aim in ("open", "rebuild") else ["open", *["receive"] * chance.randrange(4), aim]
        child = Child(folder, plan, first, log.told.keys(), random.Random(chance.random()))
        lines = _killed(child, len(first), chance.uniform(0, AIMS[aim][1]))
        for step, *said in lines:
            if step == "received":
                index, repeated, told = said[0], said[1], Told(*said[2:])
                if repeated and index not in log.told:
                    log.untold.add(index)
                assert log.told.setdefault(index, told) == told, f"document {index} of {folder.name} had another answer before"
        log.killed[lines[-1][0]] += 1
    return log


def _killed(child: Child, steps: int, seconds: float) -> list[list[Any]]:
    """Start a child and kill it *seconds* after its step number *steps* has begun; returns what it said until then."""
    reads, writes = os.pipe()
    number = os.fork()
    if number == 0:
        child.run(writes)
    os.close(writes)
    with os.fdopen(reads, "rb") as pipe:
        said = [pipe.readline() for _ in range(2 * steps - 1)]
        time.sleep(seconds)
        os.kill(number, signal.SIGKILL)
        _, status = os.waitpid(number, 0)
        lines = [json.loads(line) for line in (*said, *pipe.readlines()) if line]
    assert os.WIFSIGNALED(status), lines[-1][-1]
    return lines


@dataclass
class Child:
    """What runs in a child: the steps *first*, then any, until it is killed. It says when a step begins, and when it has ended."""

    folder: Path
    plan: Plan
    first: Sequence[str]
    told: Collection[int]
    chance: random.Random

    def run(self, pipe: int) -> None:
        """Never returns: it ends at a kill, or with what went wrong as its last line."""
        self.pipe = pipe
        try:
            for step in chain(self.first, iter(lambda: self.chance.choice(WORK), "")):
                getattr(self, step)()
        except BaseException:
            self.say("failed", traceback.format_exc()[-3000:])
        finally:
            os._exit(1)

    def say(self, *what: object) -> None:
        os.write(self.pipe, json.dumps(what).encode() + b"\n")

    def rebuild(self) -> None:
        self.say("rebuild")
        rebuild(self.folder, lambda: NOW)
        self.say("rebuilt")
        self.open()

    def open(self) -> None:
        self.say("open")
        self.hub = Hub(self.folder, lambda: NOW)
        known = [partner.text for partner in self.hub.partners.all()]
        for text in self.plan.partners:
            if text not in known:
                self.hub.partners.put(text, NOW)
        self.say("opened")

    def receive(self) -> None:
        index = self._any()
        self.say("receive", index)
        receipt = self.hub.receive(*self.plan.documents[index])
        answer = sha256(receipt.answer.data if receipt.answer else b"").hexdigest()
        self.say("received", index, receipt.repeated, receipt.number, receipt.taken, answer)

    def _any(self) -> int:
        """A document: mostly one of which nothing was told yet."""
        every = range(len(self.plan.documents))
        fresh = [index for index in every if index not in self.told]
        return self.chance.choice(fresh if fresh and self.chance.random() < FRESH else every)

    def expand(self) -> None:
        self.say("expand")
        self.hub.expand(1)
        self.say("expanded")

    def flush(self) -> None:
        self.say("flush")
        self.hub.flush()
        self.say("flushed")

    def close(self) -> None:
        self.say("close")
        self.hub.close()
        self.say("closed")
        self.open()
