"""The hub over kill -9: what it acknowledged is there once, and nothing is half done."""

from __future__ import annotations

import re
from collections import Counter
from functools import partialmethod
from pathlib import Path
from shutil import copyfile

import pytest
from cases import NOW, golden_cases
from kills import Log, Plan, kill_hubs
from parties import THEN, everybody, example_hub, tell
from subjects import EXAMPLES, FOLDERS
from third_party import data

from adapter import pipeline
from adapter.errors import HubError
from adapter.hub import arrival
from adapter.hub.hub import Hub, rebuild
from adapter.hub.journal import Journal, Row
from adapter.hub.provenance import PROVENANCE, receipt_iri
from adapter.names import BASE, model_graph
from adapter.store import local

HUBS, ROUNDS = 2, 100
LARGE = 100_000  # bytes; grid models of this size are sent to one of the hubs only
AGREED = 'direction: {A01: "hub:Up", A02: "hub:Down"}\nlimit_direction: {A01: "hub:Produce", A02: "hub:Consume"}\nunit: kW\n'
REVISION = re.compile(rb'(evisionNumber"?(?:>|:\s*"))(\d+)')


class Killed(BaseException):
    """Stands for a kill where a random one seldom falls: nothing handles it."""


def killed(*_: object) -> None:
    raise Killed


def documents() -> list[tuple[bytes, str]]:
    """Third-party and golden documents, some of them also as a later revision and with an identifier used again; and who brings those that name no sender."""
    files = [path for folder in FOLDERS for path in sorted(data(*folder.split("/")).rglob("*")) if path.is_file()]
    found: dict[bytes, str] = {}
    for file in (*files, *(case.wire for case in golden_cases())):
        later = REVISION.sub(lambda match: match[1] + b"%d" % (int(match[2]) + 1), file.read_bytes())
        for one in (file.read_bytes(), later, later + b"\n"):
            try:
                decoded = pipeline.decode(one)
            except HubError:
                break
            brings = "goflex" if decoded.mapping.standard.name == "flexoffer" else "everybody"
            if one == file.read_bytes() or len(one) < LARGE:
                found[one] = "" if arrival.read(decoded).sender else brings
    return list(found.items())


def partners(found: list[tuple[bytes, str]]) -> list[str]:
    """Everybody who sends, as one partner; and one for offers that name no sender."""
    goflex = (EXAMPLES / "goflex.yaml").read_text(encoding="utf-8")
    return [everybody(one for one, _ in found) + AGREED, goflex + "partner: {registered: true, ids: {TEST: [goflex]}}\n"]


def graphs(hub: Hub) -> dict[str, list[str]]:
    """Everything in the store of a hub, by graph."""
    return {graph: sorted(hub.store.text(graph).splitlines()) for graph in hub.store.graphs()}


def every_row(hub: Hub) -> list[Row]:
    return hub.journal.rows(limit=10**6)


def test_what_was_acknowledged_is_there_once_after_200_kills(tmp_path: Path) -> None:
    """Hubs get messages, write out rows, flush, close, open and rebuild, and are killed in the midst of it, 200 times."""
    every = documents()
    plans = {f"hub{number}": Plan(number, ROUNDS, partners(every), [one for one in every if number == 0 or len(one[0]) < LARGE]) for number in range(HUBS)}
    logs = kill_hubs(tmp_path, plans)
    killed = sum((log.killed for log in logs.values()), Counter[str]())
    assert killed.total() == 200
    assert {"open", "receive", "expand", "flush", "close", "rebuild"} <= killed.keys()
    assert sum(told.taken for log in logs.values() for told in log.told.values()) >= 50
    kept = sum(check(tmp_path / name, plan, logs[name]) for name, plan in plans.items())
    assert kept + sum(len(log.untold) for log in logs.values()) > sum(len(log.told) for log in logs.values())  # kills between commit and acknowledgement


def check(folder: Path, plan: Plan, log: Log) -> int:
    """The journal and the store of a hub that was killed, held against what was acknowledged, and against hubs that were not killed; returns how many rows."""
    with Hub(folder, lambda: NOW) as hub:
        hub.expand()
        assert hub.lag() == (0, 0)
        rows = every_row(hub)
        kept = [hub.journal.data(row.number) for row in rows]
        assert [row.number for row in rows] == list(range(1, len(rows) + 1))
        assert len(set(kept)) == len(kept)
        assert {row.state for row in rows} == {"done", "refused"}
        for index, told in log.told.items():
            assert kept[told.number - 1] == plan.documents[index][0]
            assert (rows[told.number - 1].state == "done") == told.taken
        stored = graphs(hub)
        assert stored.keys() - {PROVENANCE} == messages_of(rows) | {graph for graph in stored if graph.startswith(BASE + "state/")}
        receipts = [line.split()[0] for line in stored[PROVENANCE] if line.endswith("/hub#Receipt> .")]
        assert sorted(receipts) == sorted(f"<{receipt_iri(row.number)}>" for row in rows)
    (folder.parent / f"{folder.name}_again").mkdir()
    copyfile(folder / "journal.sqlite", folder.parent / f"{folder.name}_again" / "journal.sqlite")
    rebuild(folder.parent / f"{folder.name}_again", lambda: NOW)
    with Hub(folder.parent / f"{folder.name}_again", lambda: NOW) as again:
        assert graphs(again) == stored
    channels = dict(plan.documents)
    with Hub(folder.parent / f"{folder.name}_fresh", lambda: NOW) as fresh:
        for text in plan.partners:
            fresh.partners.put(text, NOW)
        for one in kept:
            fresh.receive(one, channels[one])
        fresh.expand()
        assert every_row(fresh) == rows
        assert graphs(fresh) == stored
    return len(rows)


def messages_of(rows: list[Row]) -> set[str]:
    """The graphs of the messages that were taken, without those that a later revision replaced."""
    taken = [row for row in rows if row.state == "done"]
    held = {row.id: row for row in taken if row.id not in {str((one.outcome or {}).get("replaces")) for one in taken}}
    return held.keys() | {model_graph(graph) for graph, row in held.items() if row.message == "grid_model"}


@pytest.mark.parametrize("at", [1, 6, 16])
def test_a_rebuild_killed_after_a_flush_is_finished_at_the_next_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int) -> None:
    with example_hub(tmp_path) as hub:
        tell(hub)
        hub.expand()
        before = graphs(hub)
    monkeypatch.setattr(local, "FLUSH_AFTER", 1)  # a flush after every message
    monkeypatch.setattr(Journal, "rows", partialmethod(Journal.rows, limit=5))  # and a commit after every fifth
    with pytest.raises(Killed):
        rebuild(tmp_path / "data", lambda: THEN, lambda number, last: killed() if number == at else None)
    with example_hub(tmp_path) as hub:
        hub.expand()
        assert graphs(hub) == before


def test_a_rebuild_killed_while_it_removes_the_store_is_finished_at_the_next_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def remove_a_part(folder: Path) -> None:
        next(folder.glob("*.sst")).unlink()
        raise Killed

    with example_hub(tmp_path) as hub:
        tell(hub)
        hub.expand()
        before = graphs(hub)
    with monkeypatch.context() as patched:
        patched.setattr(local, "rmtree", remove_a_part)
        with pytest.raises(Killed):
            rebuild(tmp_path / "data", lambda: THEN)
    with example_hub(tmp_path) as hub:
        hub.expand()
        assert graphs(hub) == before
    rebuild(tmp_path / "data", lambda: THEN)
    assert [path.name for path in (tmp_path / "data").glob("store*")] == ["store"]
