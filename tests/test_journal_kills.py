"""The journal over kill -9: the lock of a killed process, and what it had acknowledged."""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from journals import bytes_of, entry

from adapter.errors import UsageError
from adapter.hub.journal import Journal


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "journal.sqlite"


def in_child(work: Callable[[int], None]) -> tuple[int, int]:
    """Run *work* in a process of its own; it gets a pipe to write to, we get its process id and the end to read from."""
    reads, writes = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            work(writes)
        finally:
            os._exit(1)
    os.close(writes)
    return child, reads


def kill(child: int) -> None:
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def test_the_lock_of_a_killed_process_is_no_obstacle(path: Path) -> None:
    def hold(pipe: int) -> None:
        Journal(path)
        os.write(pipe, b"held\n")
        signal.pause()

    child, pipe = in_child(hold)
    with os.fdopen(pipe, "rb") as said:
        assert said.readline() == b"held\n"
        with pytest.raises(UsageError, match=rf"process {child}"):
            Journal(path)
        kill(child)
    Journal(path).close()


def test_what_was_acknowledged_survives_a_kill_at_any_moment(path: Path) -> None:
    """A process records and finishes every second message, telling us each time; we kill it 40 times, somewhere."""
    chance = random.Random(1)
    recorded: set[str] = set()
    finished: set[str] = set()
    for turn in range(40):

        def work(pipe: int, turn: int = turn) -> None:
            journal = Journal(path)
            for count in range(10**6):
                identity = f"{turn}-{count}"
                number = journal.record(entry(identity), bytes_of(identity)).number
                os.write(pipe, f"recorded {identity}\n".encode())
                if count % 2:
                    journal.finish(number, "done", {"was": identity}, [b"yes", bytes_of(identity)])
                    os.write(pipe, f"finished {identity}\n".encode())

        child, pipe = in_child(work)
        with os.fdopen(pipe, "rb") as said:
            heard = [said.readline() for _ in range(chance.randrange(12))]
            for _ in range(chance.randrange(20_000)):  # a little while, so that the kill comes between two acknowledgements
                pass
            kill(child)
            for line in [*heard, *said.readlines()]:
                what, identity = line.decode().split()
                {"recorded": recorded, "finished": finished}[what].add(identity)
    with Journal(path) as journal:
        rows = journal.rows(limit=10**6)
        assert len({row.identity for row in rows}) == len(rows)
        assert recorded <= {row.identity for row in rows}
        assert finished <= {row.identity for row in rows if row.state == "done"}
        assert [row for row in rows if row.state == "received"] == journal.unfinished()
        for row in rows:
            done = row.state == "done"
            assert journal.data(row.number) == bytes_of(row.identity)
            assert journal.answers(row.number) == ([b"yes", bytes_of(row.identity)] if done else [])
            assert row.outcome == ({"was": row.identity} if done else None)
