"""The journal: what was acknowledged is there, once and whole, and what cannot be kept is refused."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from journals import digest_of, entry, taken

from adapter.errors import StorageError, UsageError
from adapter.hub.journal import Journal, Row
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


def test_a_message_is_kept_with_its_bytes_time_and_hash(journal: Journal) -> None:
    received = Instant.read("2026-11-21T10:00:00.123456789+01:00")
    added = journal.add(replace(entry(), received=received), b"<Order/>", "done", {}, [])
    row = journal.row(added.number)
    assert row == added
    assert (row.id, row.sender, row.standard, row.message, row.identity) == ("urn:example:agr.example:m-1", "agr.example", "acme", "order", "m-1")
    assert row.received.text() == "2026-11-21T09:00:00.123456789Z"
    assert row.hash == digest_of(b"<Order/>")
    assert journal.data(added.number) == b"<Order/>"


def test_a_message_is_kept_with_its_outcome_and_answers(journal: Journal) -> None:
    said = {"faults": ["Prüfung"], "codes": [1, None], "half": "\ud800"}
    taken(journal, "1")
    added = journal.add(entry("2"), b"one", "refused", said, [b"no", b"", b"later"])
    taken(journal, "3", answers=[b"yes"])
    row = journal.row(added.number)
    assert row == added
    assert (row.state, row.outcome, row.answers) == ("refused", said, 3)
    assert [journal.answers(number) for number in (1, 2, 3)] == [[], [b"no", b"", b"later"], [b"yes"]]
    assert [found.state for found in journal.rows()] == ["done", "refused", "done"]


def test_a_row_is_the_same_from_add_and_from_the_journal(journal: Journal) -> None:
    said: dict[str, object] = {"exchanges": ("FP2", "FP5")}
    added = journal.add(entry(), b"one", "done", said, [])
    said["more"] = "said later"
    assert added == journal.row(added.number)
    assert added.outcome == {"exchanges": ["FP2", "FP5"]}


def test_a_state_that_there_is_not_is_no_message_that_came_before(journal: Journal) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="CHECK constraint failed: state"):
        journal.add(entry(), b"one", "received", {}, [])
    assert journal.rows() == []


def test_a_hash_that_is_known_already_is_not_made_again(journal: Journal) -> None:
    added = journal.add(entry(), b"one", "done", {}, [], digest="0f")
    assert added.hash == "0f"
    assert journal.known("agr.example", "m-1", "0f") == added


def test_what_was_added_is_in_the_file_when_add_returns(journal: Journal, path: Path) -> None:
    added = journal.add(entry(), b"one", "refused", {"said": "no"}, [b"no"])
    shutil.copytree(path.parent, path.parents[1] / "copy")
    with Journal(path.parents[1] / "copy" / path.name) as copy:
        assert (copy.rows(), copy.data(added.number), copy.answers(added.number)) == ([added], b"one", [b"no"])


@pytest.mark.parametrize(("name", "value"), [("journal_mode", "wal"), ("synchronous", 2), ("secure_delete", 1), ("foreign_keys", 1)])
def test_a_setting_of_sqlite_does_not_depend_on_how_it_was_built(journal: Journal, name: str, value: str | int) -> None:
    """A commit waits for the disk (2 is FULL; only a power cut could show it), and erased bytes are overwritten."""
    assert journal.database.all(f"PRAGMA {name}")[0][0] == value


def test_the_same_bytes_again_are_known_and_not_added(journal: Journal) -> None:
    first = taken(journal, data=b"one", answers=[b"yes"])
    assert journal.known("agr.example", "m-1", digest_of(b"one")) == first
    with pytest.raises(UsageError, match=r"the message 'm-1' of 'agr\.example' was added before: known\(\) finds it"):
        journal.add(entry(), b"one", "refused", {}, [b"no"])
    assert (journal.rows(), journal.answers(first.number)) == ([first], [b"yes"])
    assert taken(journal, "m-2").number == first.number + 1


def test_other_bytes_under_one_identity_are_added_and_the_first_is_known(journal: Journal) -> None:
    first, second, third = (taken(journal, data=data) for data in (b"one", b"two", b"three"))
    known = [journal.known("agr.example", "m-1", digest_of(data)) for data in (b"one", b"two", b"three", b"four")]
    assert known == [first, second, third, first]


def test_a_graph_is_found_by_its_first_message_or_the_first_in_a_state(journal: Journal) -> None:
    refused = journal.add(entry(), b"one", "refused", {}, [])
    done = [taken(journal, data=data) for data in (b"two", b"three")]
    assert (journal.find(entry().id), journal.find(entry().id, "refused"), journal.find(entry().id, "done")) == (refused, refused, done[0])
    assert (journal.find("urn:example:nobody"), journal.find(taken(journal, "m-2").id, "refused")) == (None, None)


def test_an_identity_belongs_to_its_sender(journal: Journal) -> None:
    journal.add(entry(sender="one.example"), b"one", "done", {}, [])
    assert journal.known("two.example", "m-1", digest_of(b"one")) is None
    other = journal.add(entry(sender="two.example"), b"one", "done", {}, [])
    assert journal.known("two.example", "m-1", digest_of(b"one")) == other


def test_a_message_without_identity_is_always_new(journal: Journal) -> None:
    assert [taken(journal, "").number for _ in range(2)] == [1, 2]
    assert journal.known("agr.example", "", digest_of(b"one")) is None


def test_an_erased_message_is_still_known_by_its_hash(journal: Journal) -> None:
    first, second = taken(journal), taken(journal, data=b"two")
    journal.erase(second.number)
    assert journal.known("agr.example", "m-1", digest_of(b"two")) == second
    assert (journal.data(first.number), journal.data(second.number)) == (b"one", None)
    with pytest.raises(UsageError, match="was added before"):
        taken(journal, data=b"two")


def test_erased_messages_are_listed_by_number(journal: Journal) -> None:
    numbers = [taken(journal, str(count), answers=[b"yes"] * (count % 2)).number for count in range(4)]
    for number in numbers[1:]:
        journal.erase(number)
    assert journal.erased(0, numbers[-1]) == set(numbers[1:])
    assert journal.erased(numbers[1], numbers[2]) == {numbers[2]}


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda journal: journal.add(entry(), b"one", "done", {}, []), "was added before"),
        (lambda journal: journal.add(entry("2"), b"", "done", {"a": float("nan")}, []), "cannot be written as JSON"),
        (lambda journal: journal.add(entry("2"), b"", "done", {"a": b"bytes"}, []), "cannot be written as JSON"),
        (lambda journal: journal.add(replace(entry("2"), received=Instant(0, "", None)), b"", "done", {}, []), "1970-01-01T00:00:00 has no zone"),
        (lambda journal: taken(journal, "half \ud800"), "takes no text with half a character"),
        (lambda journal: journal.known("agr.example", "half \ud800", ""), "takes no text with half a character"),
        (lambda journal: journal.row(2**70), "has no number that large"),
        (lambda journal: journal.rows(after=2**70), "has no number that large"),
        (lambda journal: journal.data(7), "the journal has no message 7"),
        (lambda journal: journal.answers(7), "the journal has no message 7"),
        (lambda journal: journal.erase(7), "the journal has no message 7"),
    ],
)
def test_a_wrong_call_is_refused_and_changes_nothing(journal: Journal, wrong: Callable[[Journal], object], says: str) -> None:
    taken(journal, answers=[b"yes"])
    before = journal.rows()
    with pytest.raises(UsageError, match=says):
        wrong(journal)
    assert (journal.rows(), journal.last(), journal.answers(1)) == (before, 1, [b"yes"])
    assert taken(journal, "next").number == 2


def test_rows_come_in_pages(journal: Journal) -> None:
    numbers = [taken(journal, str(count)).number for count in range(5)]
    assert [row.number for row in journal.rows(limit=2)] == numbers[:2]
    assert [row.number for row in journal.rows(after=numbers[1], limit=2)] == numbers[2:4]
    assert journal.rows(after=numbers[-1]) == []
    assert journal.rows(limit=-1) == []
    assert journal.last() == numbers[-1]


def test_everything_is_there_after_a_new_start(path: Path) -> None:
    with Journal(path) as journal:
        row = journal.add(entry(), b"one", "done", {"said": "yes"}, [b"yes"])
    with Journal(path) as journal:
        assert (journal.rows(), journal.data(row.number), journal.answers(row.number)) == ([row], b"one", [b"yes"])
        assert journal.known("agr.example", "m-1", row.hash) == row
        assert taken(journal, "m-2").number == row.number + 1


def test_erased_bytes_leave_the_disk_and_the_row_stays(journal: Journal, path: Path) -> None:
    secret = b"readings of a household " * 1000
    row = taken(journal, data=secret, answers=[b"answer to a household"])
    journal.erase(row.number)
    assert (journal.data(row.number), journal.answers(row.number), journal.row(row.number)) == (None, [None], row)
    assert not [file for file in path.parent.iterdir() if b"household" in file.read_bytes()]


def add_and_stumble(journal: Journal, identity: str) -> None:
    with journal.transaction():
        taken(journal, identity, answers=[b"yes"])
        raise ZeroDivisionError


def test_joined_calls_are_kept_together_or_not_at_all(journal: Journal) -> None:
    with pytest.raises(ZeroDivisionError):
        add_and_stumble(journal, "gone")
    assert (journal.rows(), journal.last()) == ([], 0)
    assert taken(journal, "gone").number == 1


def test_a_call_that_fails_inside_a_transaction_takes_only_itself_back(journal: Journal) -> None:
    with journal.transaction():
        taken(journal, "kept")
        with pytest.raises(ZeroDivisionError):
            add_and_stumble(journal, "gone")
    assert [row.identity for row in journal.rows()] == ["kept"]


def test_of_threads_that_add_the_same_messages_each_message_has_one_that_did(journal: Journal) -> None:
    refused: list[int] = []

    def work() -> None:
        for count in range(10):
            try:
                taken(journal, str(count))
            except UsageError:
                refused.append(count)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(row.identity for row in journal.rows()) == sorted(map(str, range(10)))
    assert [row.number for row in journal.rows()] == list(range(1, 11))
    assert sorted(refused) == sorted([*range(10)] * 3)


@pytest.mark.parametrize(
    "refused",
    [
        lambda journal: taken(journal, "2", b"x" * 10**6),
        lambda journal: taken(journal, "2", answers=[b"yes", b"x" * 10**6]),
        lambda journal: journal.add(entry("2"), b"two", "done", {"said": "x" * 10**6}, []),
    ],
    ids=["bytes", "answers", "outcome"],
)
def test_a_full_disk_acknowledges_nothing_and_loses_nothing(journal: Journal, refused: Callable[[Journal], Row]) -> None:
    taken(journal, "1", answers=[b"yes"])
    before = journal.rows()
    fill_up(journal)
    with pytest.raises(StorageError, match=r"journal.sqlite: cannot be used: database or disk is full\nFree space on the disk and send again"):
        refused(journal)
    assert (journal.rows(), journal.data(1), journal.answers(1)) == (before, b"one", [b"yes"])
    journal.database.run("PRAGMA max_page_count=1000000")
    assert refused(journal).number == 2


def go_on_after_a_full_disk(journal: Journal) -> None:
    with journal.transaction():
        taken(journal, "1")
        with pytest.raises(StorageError, match="database or disk is full"):
            taken(journal, "2", b"x" * 10**6)
        taken(journal, "3")


def test_a_full_disk_inside_joined_calls_takes_all_of_them_back(journal: Journal) -> None:
    fill_up(journal)
    with pytest.raises(StorageError, match="has lost the transaction"):
        go_on_after_a_full_disk(journal)
    assert journal.rows() == []
    assert taken(journal, "1").number == 1


def test_a_second_hub_on_one_folder_is_refused(journal: Journal, path: Path) -> None:
    with pytest.raises(UsageError, match=rf"data: is in use by another hub \(process {os.getpid()}\)\nStop that process"):
        Journal(path.with_name("another.sqlite"))
    journal.close()
    journal.close()
    Journal(path).close()


def test_a_closed_journal_says_so(journal: Journal) -> None:
    journal.close()
    with pytest.raises(UsageError, match="is closed"):
        taken(journal)


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
    taken(journal)
    assert {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()} == {
        "hub.lock": 0o600,
        "journal.sqlite": 0o600,
        "journal.sqlite-wal": 0o600,
        "journal.sqlite-shm": 0o600,
    }
