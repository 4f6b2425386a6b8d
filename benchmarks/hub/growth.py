"""What grows with the number of stored messages: questions, start-up, rebuilding. Measured while a town fills up (benchmarks/hub/town.py)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from adapter.hub.hub import Hub, rebuild
from adapter.resources import folder, walk
from adapter.store.questions import named
from benchmarks.hub.machine import on_disk, spent, usual
from benchmarks.hub.town import Town

NOTHING = "ASK {}"
SECONDS = 0.5  # that one question is asked again and again
TIMES = 3  # at most
GRID = ("hub:inZone", "hub:fedByFeeder")  # what the town has nothing of: a grid with feeders and zones
QUESTIONS = sorted(
    path.rpartition("/")[2].removesuffix(".rq")
    for path, file in walk(folder("sparql"), ".rq")
    if not any(term in file.read_text(encoding="utf-8") for term in GRID)
)


def growth(data: Path, sizes: Sequence[int], say: Callable[[str], None]) -> dict[str, Any]:
    """Fill a hub up to each of the sizes, in order, and measure it there; then make the store of the last anew."""
    town, found = Town(data), {}
    for size in sizes:
        say(f"{size} messages")
        with town.hub() as hub:
            town.tell(hub, size)
            hub.expand()
            found[str(size)] = asked(hub)
        found[str(size)]["disk_kib_per_message"] = round(on_disk(data) / size / 1024, 1)
        found[str(size)]["start_ms"] = _ms(usual(lambda: _start(town), SECONDS, TIMES))
    say(f"the store of {town.told} messages, made anew")
    took = spent(lambda: rebuild(data, lambda: town.now))
    return {"sizes": found, "rebuild_messages": town.told, "rebuild_per_s": round(town.told / took.wall, 1)}


def asked(hub: Hub) -> dict[str, Any]:
    """Milliseconds of every question, through the worker that opens the store anew for each; and of one that asks nothing, before the store is flushed too."""
    hub.store.query(NOTHING)  # the worker starts with the first
    unflushed = _ms(usual(lambda: hub.store.query(NOTHING), SECONDS, TIMES))
    hub.flush()
    floor = _ms(usual(lambda: hub.store.query(NOTHING), SECONDS, TIMES))
    return {"nothing_unflushed_ms": unflushed, "nothing_ms": floor, "questions_ms": {name: _ask(hub, name) for name in QUESTIONS}}


def _ask(hub: Hub, name: str) -> float:
    text = named(name).text
    assert hub.store.query(text, form="csv").count(b"\n") > 1, f"{name} has no answer"
    return _ms(usual(lambda: hub.store.query(text, form="csv"), SECONDS, TIMES))


def _start(town: Town) -> None:
    with town.hub():
        pass


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 1)
