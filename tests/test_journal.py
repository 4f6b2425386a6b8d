"""The journal: what was acknowledged is there, once and whole, and what cannot be kept is refused."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import stat
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from journals import entry

from adapter.errors import StorageError, UsageError
from adapter.hub.journal import Journal
from adapter.values import Instant


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "journal.sqlite"


@pytest.fixture
def journal(path: Path) -> Journal:
    return Journal(path)


def fill_up(journal: Journal) -> None:
    """Let the file grow no further, as on a full disk."""
    pages = journal.database.all("PRAGMA page_count")[0][0]
    journal.database.run(f"PRAGMA max_page_count={pages}")


def test_a_message_is_recorded_with_its_bytes_time_and_hash(journal: Journal) -> None:
    received = Instant.read("2026-11-21T10:00:00.123456789+01:00")
    recorded = journal.record(replace(entry(), received=received), b"<Order/>")
    assert (recorded.state, recorded.earlier) == ("new", None)
    row = journal.row(recorded.number)
    assert (row.sender, row.standard, row.message, row.identity, row.state) == ("agr.example", "acme", "order", "m-1", "received")
    assert row.received.text() == "2026-11-21T09:00:00.123456789Z"
    assert row.hash == hashlib.sha256(b"<Order/>").hexdigest()
    assert journal.data(recorded.number) == b"<Order/>"


@pytest.mark.parametrize(("name", "value"), [("journal_mode", "wal"), ("synchronous", 2), ("secure_delete", 1), ("foreign_keys", 1)])
def test_a_setting_of_sqlite_does_not_depend_on_how_it_was_built(journal: Journal, name: str, value: str | int) -> None:
    """A commit waits for the disk (2 is FULL; only a power cut could show it), and erased bytes are overwritten."""
    assert journal.database.all(f"PRAGMA {name}")[0][0] == value


def test_the_same_bytes_again_add_nothing(journal: Journal) -> None:
    first = journal.record(entry(), b"one")
    again = journal.record(entry(), b"one")
    assert (again.number, again.state, again.earlier) == (first.number, "same", journal.row(first.number))
    assert len(journal.rows()) == 1


def test_other_bytes_under_one_identity_are_recorded_and_linked_to_the_first(journal: Journal) -> None:
    first = journal.record(entry(), b"one")
    others = [journal.record(entry(), data) for data in (b"two", b"three")]
    assert [(other.state, other.earlier) for other in others] == [("other", journal.row(first.number))] * 2
    assert [journal.row(other.number).earlier for other in others] == [first.number] * 2
    again = journal.record(entry(), b"two")
    assert (again.state, again.number) == ("same", others[0].number)
    assert journal.find(entry().id) == journal.row(first.number)


def test_an_identity_belongs_to_its_sender(journal: Journal) -> None:
    journal.record(entry(sender="one.example"), b"one")
    assert journal.record(entry(sender="two.example"), b"one").state == "new"


def test_a_message_without_identity_is_always_new(journal: Journal) -> None:
    assert [journal.record(entry(""), b"one").state for _ in range(2)] == ["new", "new"]


def test_an_erased_message_is_still_known_by_its_hash(journal: Journal) -> None:
    first = journal.record(entry(), b"one")
    journal.erase(first.number)
    assert journal.record(entry(), b"one").state == "same"
    assert journal.data(first.number) is None


def test_a_finished_message_has_its_outcome_and_answers(journal: Journal) -> None:
    numbers = [journal.record(entry(str(count)), b"one").number for count in range(3)]
    journal.finish(numbers[1], "refused", {"faults": ["Prüfung"], "codes": [1, None], "half": "\ud800"}, [b"no", b"", b"later"])
    row = journal.row(numbers[1])
    assert (row.state, row.outcome, row.answers) == ("refused", {"faults": ["Prüfung"], "codes": [1, None], "half": "\ud800"}, 3)
    assert journal.answers(numbers[1]) == [b"no", b"", b"later"]
    assert [found.number for found in journal.unfinished()] == [numbers[0], numbers[2]]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda journal: journal.finish(1, "done", {}, []), "message 1 is finished already, as done"),
        (lambda journal: journal.finish(2, "done", {}, []), "the journal has no message 2"),
        (lambda journal: journal.finish(1, "received", {}, []), "cannot be finished as 'received'"),
        (lambda journal: journal.finish(1, "done", {"a": float("nan")}, []), "cannot be written as JSON"),
        (lambda journal: journal.finish(1, "done", {"a": b"bytes"}, []), "cannot be written as JSON"),
        (lambda journal: journal.record(replace(entry(), received=Instant(0, "", None)), b""), "1970-01-01T00:00:00 has no zone"),
        (lambda journal: journal.row(2**70), "has no number that large"),
        (lambda journal: journal.rows(after=2**70), "has no number that large"),
        (lambda journal: journal.record(entry("half \ud800"), b""), "takes no text with half a character"),
        (lambda journal: journal.data(7), "the journal has no message 7"),
        (lambda journal: journal.answers(7), "the journal has no message 7"),
        (lambda journal: journal.erase(7), "the journal has no message 7"),
    ],
)
def test_a_wrong_call_is_refused_and_changes_nothing(journal: Journal, wrong: Callable[[Journal], object], says: str) -> None:
    journal.finish(journal.record(entry(), b"one").number, "done", {}, [b"yes"])
    before = journal.rows()
    with pytest.raises(UsageError, match=says):
        wrong(journal)
    assert journal.rows() == before


def test_rows_come_in_pages(journal: Journal) -> None:
    numbers = [journal.record(entry(str(count)), b"").number for count in range(5)]
    assert [row.number for row in journal.rows(limit=2)] == numbers[:2]
    assert [row.number for row in journal.rows(after=numbers[1], limit=2)] == numbers[2:4]
    assert journal.rows(after=numbers[-1]) == []
    assert journal.rows(limit=-1) == []


def test_everything_is_there_after_a_new_start(path: Path) -> None:
    with Journal(path) as journal:
        number = journal.record(entry(), b"one").number
        journal.finish(number, "done", {"said": "yes"}, [b"yes"])
        row = journal.row(number)
    with Journal(path) as journal:
        assert (journal.row(number), journal.data(number), journal.answers(number)) == (row, b"one", [b"yes"])


def test_erased_bytes_leave_the_disk_and_the_row_stays(journal: Journal, path: Path) -> None:
    secret = b"readings of a household " * 1000
    number = journal.record(entry(), secret).number
    journal.finish(number, "done", {}, [b"answer to a household"])
    row = journal.row(number)
    journal.erase(number)
    assert (journal.data(number), journal.answers(number), journal.row(number)) == (None, [None], row)
    assert not [file for file in path.parent.iterdir() if b"household" in file.read_bytes()]


def record_and_stumble(journal: Journal, identity: str) -> None:
    with journal.transaction():
        journal.finish(journal.record(entry(identity), b"one").number, "done", {}, [b"yes"])
        raise ZeroDivisionError


def test_joined_calls_are_kept_together_or_not_at_all(journal: Journal) -> None:
    with pytest.raises(ZeroDivisionError):
        record_and_stumble(journal, "gone")
    assert journal.rows() == []


def test_a_call_that_fails_inside_a_transaction_takes_only_itself_back(journal: Journal) -> None:
    with journal.transaction():
        journal.record(entry("kept"), b"one")
        with pytest.raises(ZeroDivisionError):
            record_and_stumble(journal, "gone")
    assert [row.identity for row in journal.rows()] == ["kept"]


def test_threads_share_a_journal(journal: Journal) -> None:
    threads = [threading.Thread(target=lambda: [journal.record(entry(str(count)), b"one") for count in range(10)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(row.identity for row in journal.rows()) == sorted(map(str, range(10)))


@pytest.mark.parametrize("refused", [lambda journal: journal.record(entry("2"), b"x" * 10**6), lambda journal: journal.finish(1, "done", {}, [b"x" * 10**6])])
def test_a_full_disk_acknowledges_nothing_and_loses_nothing(journal: Journal, refused: Callable[[Journal], object]) -> None:
    journal.record(entry("1"), b"one")
    before = journal.rows()
    fill_up(journal)
    with pytest.raises(StorageError, match=r"journal.sqlite: cannot be used: database or disk is full\nFree space on the disk and send again"):
        refused(journal)
    assert (journal.rows(), journal.data(1), journal.answers(1)) == (before, b"one", [])
    journal.database.run("PRAGMA max_page_count=1000000")
    refused(journal)


def go_on_after_a_full_disk(journal: Journal) -> None:
    with journal.transaction():
        journal.record(entry("1"), b"one")
        with pytest.raises(StorageError, match="database or disk is full"):
            journal.record(entry("2"), b"x" * 10**6)
        journal.record(entry("3"), b"three")


def test_a_full_disk_inside_joined_calls_takes_all_of_them_back(journal: Journal) -> None:
    fill_up(journal)
    with pytest.raises(StorageError, match="has lost the transaction"):
        go_on_after_a_full_disk(journal)
    assert journal.rows() == []
    assert journal.record(entry("1"), b"one").state == "new"


def test_a_second_hub_on_one_folder_is_refused(journal: Journal, path: Path) -> None:
    with pytest.raises(UsageError, match=rf"data: is in use by another hub \(process {os.getpid()}\)\nStop that process"):
        Journal(path.with_name("another.sqlite"))
    journal.close()
    journal.close()
    Journal(path).close()


def test_a_closed_journal_says_so(journal: Journal) -> None:
    journal.close()
    with pytest.raises(UsageError, match="is closed"):
        journal.record(entry(), b"one")


def test_a_file_that_is_no_journal_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    path.write_bytes(b"text of somebody " * 100)
    for _ in range(2):  # the folder is free again after a refusal
        with pytest.raises(StorageError, match="file is not a database\nThis is no journal of the hub"):
            Journal(path)
    assert path.read_bytes() == b"text of somebody " * 100


def test_a_journal_of_a_later_hub_is_refused(path: Path) -> None:
    Journal(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version=99")
    connection.close()
    with pytest.raises(UsageError, match="is of version 99, and this hub knows version 1"):
        Journal(path)


def test_a_data_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="cannot be written: Not a directory"):
        Journal(tmp_path / "file" / "data" / "journal.sqlite")


def test_a_folder_in_place_of_the_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "journal.sqlite").mkdir()
    with pytest.raises(StorageError, match=r"journal\.sqlite: cannot be used: "):
        Journal(tmp_path / "journal.sqlite")


def test_nobody_else_on_the_machine_may_read_the_journal(journal: Journal, path: Path) -> None:
    journal.record(entry(), b"one")
    assert {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()} == {
        "hub.lock": 0o600,
        "journal.sqlite": 0o600,
        "journal.sqlite-wal": 0o600,
        "journal.sqlite-shm": 0o600,
    }
