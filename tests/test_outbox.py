"""The outbox: what is to be sent is sent at least once, tried again within bounds, and laid aside with its reason."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from cases import NOW
from hypothesis import given, settings
from hypothesis import strategies as st
from journals import entry, taken

from adapter.errors import StorageError, UsageError
from adapter.hub.journal import Journal
from adapter.hub.outbox import Item, Outbox, Retry
from adapter.values import Instant

quick = settings(max_examples=40, derandomize=True, database=None, deadline=None)
RETRY = Retry(base_s=10, cap_s=100, attempts=6)
ALMOST = 0.999999


def later(seconds: int) -> Instant:
    return NOW._replace(epoch=NOW.epoch + seconds)


def received(journal: Journal, identity: str = "m-1") -> int:
    return taken(journal, identity).number


def add(outbox: Outbox, because: int, body: bytes = b"<Answer/>") -> int:
    return outbox.add("agr.example", "https://agr.example/in", body, "text/xml", because)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.sqlite"


@pytest.fixture
def journal(path: Path) -> Journal:
    return Journal(path)


@pytest.fixture
def outbox(journal: Journal) -> Outbox:
    return Outbox(journal, RETRY, lambda: ALMOST)


def test_what_is_added_is_due_at_once_with_all_it_needs(journal: Journal, outbox: Outbox) -> None:
    because = received(journal)
    number = add(outbox, because)
    assert outbox.due(NOW) == [Item(number, because, "agr.example", "https://agr.example/in", "text/xml", "waiting", 0, None, "", b"<Answer/>")]


def test_items_are_due_in_the_order_they_were_added(journal: Journal, outbox: Outbox) -> None:
    because = received(journal)
    numbers = [add(outbox, because, body) for body in (b"c", b"a", b"b")]
    assert [(item.number, item.body) for item in outbox.due(NOW)] == list(zip(numbers, (b"c", b"a", b"b"), strict=True))
    assert [item.number for item in outbox.due(NOW, limit=2)] == numbers[:2]


def test_what_was_sent_is_due_no_more(journal: Journal, outbox: Outbox) -> None:
    add(outbox, received(journal))
    outbox.sent(outbox.due(NOW)[0])
    assert (outbox.due(later(10**6)), outbox.dead()) == ([], [])


def test_the_waits_double_up_to_the_cap_and_then_it_is_laid_aside(journal: Journal, outbox: Outbox) -> None:
    add(outbox, received(journal))
    waits, clock = [], NOW
    while items := outbox.due(clock):
        item = outbox.failed(items[0], "no answer", True, clock)
        if item.state == "dead":
            break
        assert item.due is not None
        waits.append(item.due - clock.epoch)
        assert outbox.due(Instant.of_epoch(item.due - 1)) == []
        clock = Instant.of_epoch(item.due)
    assert waits == [9, 19, 39, 79, 99]
    assert [(item.attempts, item.reason, item.body) for item in outbox.dead()] == [(6, "no answer", b"<Answer/>")]


@pytest.mark.parametrize(("drawn", "wait"), [(0.0, 0), (0.5, 5), (ALMOST, 9)])
def test_the_wait_is_the_drawn_part_of_its_ceiling(journal: Journal, drawn: float, wait: int) -> None:
    outbox = Outbox(journal, RETRY, lambda: drawn)
    add(outbox, received(journal))
    assert outbox.failed(outbox.due(NOW)[0], "busy", True, NOW).due == NOW.epoch + wait


def test_a_lasting_failure_is_laid_aside_at_once(journal: Journal, outbox: Outbox) -> None:
    add(outbox, received(journal))
    dead = outbox.failed(outbox.due(NOW)[0], "404: nobody has this address", False, NOW)
    assert outbox.dead() == [dead]
    assert (dead.state, dead.attempts, dead.reason) == ("dead", 1, "404: nobody has this address")
    assert outbox.due(later(10**6)) == []


def test_what_was_laid_aside_can_be_sent_after_all_with_all_its_attempts(journal: Journal, outbox: Outbox) -> None:
    number = add(outbox, received(journal))
    outbox.failed(outbox.due(NOW)[0], "gone", False, NOW)
    item = outbox.replay(number, later(60))
    assert (item.state, item.attempts, item.reason, item.body) == ("waiting", 0, "gone", b"<Answer/>")
    assert (outbox.due(later(59)), outbox.due(later(60)), outbox.dead()) == ([], [item], [])


def test_a_clock_that_is_set_back_keeps_nothing_waiting_for_years(journal: Journal, outbox: Outbox) -> None:
    add(outbox, received(journal))
    outbox.failed(outbox.due(NOW)[0], "busy", True, later(10**8))
    assert len(outbox.due(NOW)) == 1


def test_a_message_and_what_is_sent_because_of_it_are_kept_together(journal: Journal, outbox: Outbox) -> None:
    with pytest.raises(UsageError, match="the journal has no message 2"), journal.transaction():
        take_and_answer_nobody(journal, outbox)
    assert (outbox.due(NOW), journal.rows()) == ([], [])
    with journal.transaction():
        row = journal.add(entry(), b"<Order/>", "done", {}, [b"yes"])
        numbers = [add(outbox, row.number) for _ in range(2)]
    assert [(item.number, item.because) for item in outbox.due(NOW)] == [(number, row.number) for number in numbers]
    assert (journal.rows(), journal.answers(row.number)) == ([row], [b"yes"])


def take_and_answer_nobody(journal: Journal, outbox: Outbox) -> None:
    row = journal.add(entry(), b"<Order/>", "done", {}, [b"yes"])
    add(outbox, row.number)
    add(outbox, row.number + 1)


def test_a_full_disk_keeps_neither_the_message_nor_what_is_sent_because_of_it(journal: Journal, outbox: Outbox) -> None:
    journal.database.run(f"PRAGMA max_page_count={journal.database.all('PRAGMA page_count')[0][0]}")
    with pytest.raises(StorageError, match="database or disk is full"), journal.transaction():
        add(outbox, received(journal), b"x" * 10**6)
    assert (outbox.due(NOW), journal.rows()) == ([], [])


def test_everything_is_there_after_a_new_start(path: Path) -> None:
    with Journal(path) as journal:
        outbox = Outbox(journal, RETRY)
        because = received(journal)
        for body in (b"waits", b"is sent", b"is dead"):
            add(outbox, because, body)
        outbox.sent(outbox.due(NOW)[1])
        outbox.failed(outbox.due(NOW)[1], "gone", False, NOW)
    with Journal(path) as journal:
        outbox = Outbox(journal, RETRY)
        assert [item.body for item in outbox.due(NOW)] == [b"waits"]
        assert [(item.body, item.reason) for item in outbox.dead()] == [(b"is dead", "gone")]


def test_what_waits_with_erased_bytes_is_laid_aside(journal: Journal, outbox: Outbox, path: Path) -> None:
    because, other = received(journal), received(journal, "m-2")
    number = add(outbox, because, b"readings of a household")
    add(outbox, because)
    add(outbox, other)
    outbox.sent(outbox.due(NOW)[1])
    journal.erase(because)
    assert [item.because for item in outbox.due(NOW)] == [other]
    assert [(item.number, item.body, item.reason) for item in outbox.dead()] == [(number, None, "its bytes were erased before it was sent")]
    assert not [file for file in path.parent.iterdir() if file.is_file() and b"household" in file.read_bytes()]
    assert journal.answers(because) == []


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda outbox, item: add(outbox, 7), "the journal has no message 7"),
        (lambda outbox, item: outbox.replay(7, NOW), "the outbox has no item 7"),
        (lambda outbox, item: outbox.replay(2**70, NOW), "has no number that large"),
        (lambda outbox, item: outbox.replay(item.number, NOW), "item 1 of the outbox is sent: only what dead"),
        (lambda outbox, item: outbox.sent(item), "item 1 of the outbox has changed since it was read"),
        (lambda outbox, item: outbox.failed(item, "late", True, NOW), "item 1 of the outbox has changed since it was read"),
    ],
)
def test_a_wrong_call_is_refused(journal: Journal, outbox: Outbox, wrong: Callable[[Outbox, Item], object], says: str) -> None:
    add(outbox, received(journal))
    item = outbox.due(NOW)[0]
    outbox.sent(item)
    with pytest.raises(UsageError, match=says):
        wrong(outbox, item)
    assert (outbox.due(later(10**6)), outbox.dead()) == ([], [])


def test_one_failure_reported_by_two_senders_counts_once(journal: Journal, outbox: Outbox) -> None:
    add(outbox, received(journal))
    first, second = outbox.due(NOW)[0], outbox.due(NOW)[0]
    outbox.failed(first, "busy", True, NOW)
    with pytest.raises(UsageError, match="has changed since it was read"):
        outbox.failed(second, "busy", True, NOW)
    assert [item.attempts for item in outbox.due(later(100))] == [1]


def test_what_was_erased_cannot_be_replayed(journal: Journal, outbox: Outbox) -> None:
    because = received(journal)
    number = add(outbox, because)
    journal.erase(because)
    with pytest.raises(UsageError, match="item 1 of the outbox was erased"):
        outbox.replay(number, NOW)


def test_a_full_disk_adds_nothing(journal: Journal, outbox: Outbox) -> None:
    because = received(journal)
    journal.database.run(f"PRAGMA max_page_count={journal.database.all('PRAGMA page_count')[0][0]}")
    with pytest.raises(StorageError, match="database or disk is full"):
        add(outbox, because, b"x" * 10**6)
    assert outbox.due(NOW) == []


EVENTS = st.lists(st.tuples(st.sampled_from(["add", "sent", "busy", "gone", "replay"]), st.integers(0, 200), st.floats(0, ALMOST)), max_size=25)


@quick
@given(EVENTS)
def test_nothing_is_ever_lost_tried_too_often_or_kept_waiting_too_long(events: list[tuple[str, int, float]]) -> None:
    """Whatever happens: each item is due within the cap, sent, or laid aside; and none has more attempts than allowed."""
    drawn = [0.0]
    with TemporaryDirectory() as folder, Journal(Path(folder) / "journal.sqlite") as journal:
        outbox = Outbox(journal, RETRY, lambda: drawn[0])
        because, clock = received(journal), NOW
        added, sent = set(), set()
        for event, seconds, drawn[0] in events:
            clock = Instant.of_epoch(clock.epoch + seconds)
            due = outbox.due(clock)
            if event == "add":
                added.add(add(outbox, because))
            elif event == "replay":
                for item in outbox.dead():
                    outbox.replay(item.number, clock)
            elif event == "sent":
                for item in due:
                    outbox.sent(item)
                    sent.add(item.number)
            else:
                for item in due:
                    outbox.failed(item, event, event == "busy", clock)
            within = outbox.due(Instant.of_epoch(clock.epoch + RETRY.cap_s))
            dead = outbox.dead()
            assert sorted([*(item.number for item in within), *(item.number for item in dead), *sent]) == sorted(added)
            assert all(item.attempts < RETRY.attempts for item in within)
            assert all(item.attempts <= RETRY.attempts for item in dead)
