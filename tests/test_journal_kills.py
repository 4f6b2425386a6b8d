"""The journal over kill -9: the lock of a killed process, and what it had acknowledged."""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from cases import NOW
from journals import bytes_of, digest_of, entry

from adapter.errors import UsageError
from adapter.hub.journal import Journal, State
from adapter.hub.outbox import Outbox


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
    """A process adds messages with answers and something to send, telling us each time; we kill it 40 times, somewhere."""
    chance = random.Random(1)
    acknowledged: set[str] = set()
    for turn in range(40):

        def work(pipe: int, turn: int = turn) -> None:
            journal = Journal(path)
            outbox = Outbox(journal)
            for count in range(10**6):
                identity = f"{turn}-{count}"
                with journal.transaction():
                    number = journal.add(entry(identity), bytes_of(identity), state_of(count), {"was": identity}, [b"said", bytes_of(identity)]).number
                    outbox.add("agr.example", "https://agr.example/in", bytes_of(identity), "text/xml", because=number)
                os.write(pipe, f"{identity}\n".encode())

        child, pipe = in_child(work)
        with os.fdopen(pipe, "rb") as said:
            heard = [said.readline() for _ in range(chance.randrange(12))]
            for _ in range(chance.randrange(20_000)):  # a little while, so that the kill comes between two acknowledgements
                pass
            kill(child)
            acknowledged.update(line.decode().strip() for line in [*heard, *said.readlines()])
    with Journal(path) as journal:
        rows = journal.rows(limit=10**6)
        items = {item.because: item for item in Outbox(journal).due(NOW, limit=10**6)}
        assert len(acknowledged) > 100
        assert [row.number for row in rows] == list(range(1, len(rows) + 1))
        assert len({row.identity for row in rows}) == len(rows)
        assert acknowledged <= {row.identity for row in rows}
        assert len(rows) <= len(acknowledged) + 40  # of each process at most one that it could not tell us of
        assert set(items) == {row.number for row in rows}
        for row in rows:
            data = bytes_of(row.identity)
            assert (row.state, row.outcome, row.hash) == (state_of(int(row.identity.split("-")[1])), {"was": row.identity}, digest_of(data))
            assert (journal.data(row.number), journal.answers(row.number), items[row.number].body) == (data, [b"said", data], data)


def state_of(count: int) -> State:
    return "refused" if count % 2 else "done"
