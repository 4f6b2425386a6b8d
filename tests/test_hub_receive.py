"""What becomes of a message in the hub: journalled, stored, answered, once; over restarts and kills."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from cases import NOW, golden_cases

from adapter import pipeline
from adapter.errors import ContextMissing, DecodeError, UnknownMessage, UsageError
from adapter.hub.journal import Entry
from adapter.hub.receive import Hub
from adapter.partners import find

ROOT = Path(__file__).resolve().parents[1]
CONVERSATION = ROOT / "examples" / "conversation"
REQUEST = CONVERSATION / "01_flex_request.xml"
ROUNDS = 12


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    with opened(tmp_path) as found:
        yield found


def opened(folder: Path) -> Hub:
    return Hub(folder / "data", lambda: NOW)


def count(hub: Hub, kind: str) -> int:
    """How many nodes of a class the store has."""
    text = hub.store.query(f"PREFIX hub: <https://w3id.org/gridglot/hub#> SELECT (COUNT(*) AS ?n) {{ ?x a {kind} }}", form="csv")
    return int(text.split()[1])


def test_a_message_is_journalled_stored_and_answered_in_its_standard(hub: Hub) -> None:
    data = REQUEST.read_bytes()
    receipt = hub.receive(data)
    assert (receipt.number, receipt.message, receipt.exchanges, receipt.faults) == (1, "uftp:flex_request", ("FP2",), ())
    assert hub.journal.data(1) == data
    assert hub.journal.row(1).state == "done"
    assert hub.store.graphs() == [receipt.graph]
    assert receipt.answer is not None
    assert hub.journal.answers(1) == [receipt.answer.data]
    answer = pipeline.lift(receipt.answer.data).message.envelope.values
    assert (answer["result"], answer["reference"]) == ("hub:Accepted", "1b0d6f3e-52c1-4a55-8a4e-3f7a1f0c9d21")


def test_a_refused_message_is_journalled_and_answered_and_not_stored(hub: Hub) -> None:
    bad = ROOT / "tests" / "golden" / "uftp" / "flex_request" / "bad" / "least_power_above_greatest.xml"
    receipt = hub.receive(bad.read_bytes())
    assert [fault.path for fault in receipt.faults] == ["/FlexRequest/ISP[2]/@MinPower"]
    assert hub.journal.row(1).state == "refused"
    assert hub.store.graphs() == []
    assert receipt.answer is not None
    assert "/FlexRequest/ISP[2]/@MinPower" in pipeline.lift(receipt.answer.data).message.envelope.values["reason"]


@pytest.mark.parametrize(("data", "error"), [(b"", DecodeError), (b"{", DecodeError), (b"<a/>", UnknownMessage), (b"[]", UnknownMessage)])
def test_what_is_no_message_leaves_no_trace(hub: Hub, data: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        hub.receive(data)
    assert hub.journal.rows() == []


def test_the_same_bytes_again_get_the_same_answer_and_have_one_effect(hub: Hub) -> None:
    first, second = (hub.receive(REQUEST.read_bytes()) for _ in range(2))
    assert second.repeated
    assert (second.number, second.answer, second.exchanges) == (first.number, first.answer, first.exchanges)
    assert len(hub.journal.rows()) == 1


def test_an_identifier_with_other_content_is_refused_in_the_words_of_the_standard(hub: Hub) -> None:
    hub.receive(REQUEST.read_bytes())
    before = hub.store.query("SELECT ?s ?p ?o { ?s ?p ?o }", form="csv")
    receipt = hub.receive(REQUEST.read_bytes().replace(b"Europe/Amsterdam", b"Europe/Berlin"))
    assert [str(fault) for fault in receipt.faults] == ["/FlexRequest/@MessageID: Duplicate Identifier (UFTP 3.1.0)"]
    assert receipt.answer is not None
    assert b"Duplicate Identifier" in receipt.answer.data
    assert hub.store.query("SELECT ?s ?p ?o { ?s ?p ?o }", form="csv") == before


def test_what_earlier_messages_said_is_known_after_a_restart(tmp_path: Path) -> None:
    limit = (CONVERSATION / "09_limit_write.json").read_bytes()
    with pytest.raises(ContextMissing):
        pipeline.lift(limit)
    with opened(tmp_path) as hub:
        hub.receive((CONVERSATION / "07_limit_descriptions.json").read_bytes())
    with opened(tmp_path) as hub:
        receipt = hub.receive(limit)
        assert (receipt.exchanges, receipt.faults) == (("DT4",), ())
        assert receipt.answer is not None
        assert receipt.answer.message == "result"


def test_rows_are_written_out_later_and_over_a_restart(tmp_path: Path) -> None:
    with opened(tmp_path) as hub:
        hub.receive(REQUEST.read_bytes())
        assert (count(hub, "hub:PackedRows"), count(hub, "hub:ValueRange")) == (1, 0)
    with opened(tmp_path) as hub:
        assert hub.expand() == 1
        assert (count(hub, "hub:PackedRows"), count(hub, "hub:ValueRange")) == (0, 10)
        assert hub.expand() == 0


def test_metered_series_stay_packed(hub: Hub) -> None:
    hub.receive((CONVERSATION / "14_metered_data.json").read_bytes())
    assert hub.expand() == 0
    assert count(hub, "hub:PackedRows") == 1


def test_a_partner_s_conventions_are_those_of_the_sender(tmp_path: Path) -> None:
    partner = find(str(ROOT / "examples" / "partners" / "eflex.yaml"))
    with Hub(tmp_path / "data", lambda: NOW, lambda sender: partner) as hub:
        assert hub.receive((CONVERSATION / "04_eflex_offer.xml").read_bytes()).faults == ()


def test_what_was_recorded_and_not_finished_is_gone_on_with(tmp_path: Path) -> None:
    data = REQUEST.read_bytes()
    with opened(tmp_path) as hub:
        graph = pipeline.lift(data).message.graph
        hub.journal.record(Entry(graph, NOW, "", "uftp", "flex_request", "x"), data)
        hub.journal.record(Entry("urn:erased", NOW, "", "uftp", "flex_request", "y"), b"<FlexRequest/>")
        hub.journal.erase(2)
    with opened(tmp_path) as hub:
        assert [row.state for row in hub.journal.rows()] == ["done", "refused"]
        assert hub.store.graphs() == [graph]
        assert len(hub.journal.answers(1)) == 1


def test_two_hubs_on_one_folder_are_refused(tmp_path: Path) -> None:
    with opened(tmp_path), pytest.raises(UsageError, match="process"):
        opened(tmp_path)


# --- kill -9 ------------------------------------------------------------------------------------------------------------

CHILD = """
import sys
from pathlib import Path
from adapter.hub.receive import Hub
from adapter.values import Instant

with Hub(Path(sys.argv[1]), lambda: Instant.read("2026-11-21T09:00:00Z")) as hub:
    for file in sys.argv[2:]:
        receipt = hub.receive(Path(file).read_bytes())
        print(receipt.number, file, flush=True)
"""


def test_after_a_kill_every_acknowledged_message_is_there_once_and_none_is_half_done(tmp_path: Path) -> None:
    rng, folder = random.Random(7), tmp_path / "data"
    files = [
        str(case.wire)
        for case in golden_cases()
        if case.wire.suffix in (".xml", ".json") and not list(case.folder.glob("partner*")) and not list(case.folder.glob("context*"))
    ]
    acknowledged: dict[str, int] = {}
    for _ in range(ROUNDS):
        waiting = [file for file in files if file not in acknowledged] or files
        for file, number in killed(folder, rng.sample(waiting, len(waiting)), rng.randint(1, 6)):
            assert acknowledged.setdefault(file, number) == number
    with Hub(folder, lambda: NOW) as hub:
        rows = hub.journal.rows(limit=1000)
        assert {row.state for row in rows} <= {"done", "refused"}
        assert len({row.hash for row in rows}) == len(rows)
        for file, number in acknowledged.items():
            assert hub.journal.data(number) == Path(file).read_bytes()
        assert set(hub.store.graphs()) == {row.id for row in rows if row.state == "done"}
    assert len(acknowledged) > ROUNDS


def killed(folder: Path, files: list[str], after: int) -> list[tuple[str, int]]:
    """What a hub acknowledged before it was killed: after some messages, in the midst of the next."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    child = subprocess.Popen([sys.executable, "-c", CHILD, str(folder), *files], stdout=subprocess.PIPE, env=environment, text=True)
    assert child.stdout is not None
    lines = [line for _, line in zip(range(after), child.stdout, strict=False)]
    child.send_signal(signal.SIGKILL)
    lines += child.stdout.read().splitlines()
    child.wait()
    return [(file, int(number)) for number, _, file in (line.strip().partition(" ") for line in lines)]
