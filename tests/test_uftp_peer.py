"""UFTP with an independent peer: we understand what the PyPI package shapeshifter-uftp writes, and it what we write.

The peer runs in its own environment, twice: once to make messages, once to read what we made of them. `make test`
creates it; by hand: python -m venv .venv-peer && .venv-peer/bin/python -m pip install -r tests/peers/requirements.txt
"""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cases import NOW
from evidence import read_legs
from mutants import verdicts
from mutants.oracles import uftp

from adapter import pipeline
from adapter.context import Context
from adapter.frames import Frame, Scope
from adapter.mapping import MessageMapping
from adapter.partners import NEUTRAL, Profile, find
from adapter.pipeline import Lifted
from adapter.run import Run
from adapter.values import local_midnight

ROOT = Path(__file__).resolve().parents[1]
PYTHON = ROOT / ".venv-peer" / "bin" / "python"
SCRIPT = ROOT / "tests" / "peers" / "make_messages.py"
LEGS = [leg for leg in read_legs() if leg.text("to").startswith("uftp:")]
MADE = (
    *(f"{message}_{day}" for message in ("request", "offer", "offer_unsolicited", "order_partial") for day in ("spring", "autumn", "plain")),
    *("order_direct", *(f"{message}_{result}" for message in ("request", "offer", "order") for result in ("accepted", "rejected"))),
)
HOURS = {"spring": 23, "autumn": 25, "plain": 24}
every_message = pytest.mark.parametrize("name", MADE)


@dataclass(frozen=True)
class Made:
    """A message of the peer: what it wrote, and what it says by wire path."""

    document: bytes
    values: dict[str, str]


def run(task: str, question: Any = None) -> Any:
    """Ask the peer. It gets no environment of ours, so that nothing of ours can be imported."""
    if not PYTHON.exists():
        reason = f"the UFTP peer is not installed: {SCRIPT.parent / 'requirements.txt'} into {PYTHON.parents[1]}"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    done = subprocess.run(
        [str(PYTHON), "-I", str(SCRIPT), task], input=json.dumps(question), capture_output=True, text=True, env={}, cwd=SCRIPT.parent, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="session")
def made() -> dict[str, Made]:
    """What the peer makes."""
    return {name: Made(message["xml"].encode(), message["values"]) for name, message in run("make").items()}


@pytest.fixture(scope="session")
def lifted(made: dict[str, Made]) -> dict[str, Lifted]:
    return {name: pipeline.lift(message.document) for name, message in made.items()}


@pytest.fixture(scope="session")
def ours(lifted: dict[str, Lifted]) -> dict[str, bytes]:
    """What we write: each message of the peer lifted and lowered, and every translation to UFTP of tests/legs.yaml."""
    documents = {name: pipeline.lower(one.message, one.mapping, now=NOW)[0].data for name, one in lifted.items()}
    return documents | {leg.text("file"): translated(leg) for leg in LEGS}


@pytest.fixture(scope="session")
def read(ours: dict[str, bytes]) -> dict[str, dict[str, str]]:
    """What the peer reads in what we wrote."""
    found: dict[str, dict[str, str]] = run("read", {name: document.decode() for name, document in ours.items()})
    return found


def translated(leg: Any) -> bytes:
    """The UFTP document of a leg."""
    context = Context()
    for file in leg.texts("context"):
        pipeline.learn((ROOT / file).read_bytes(), context, profile=_profile(leg, "from_partner"))
    found = pipeline.translate(
        (ROOT / leg.text("file")).read_bytes(),
        leg.text("to"),
        from_profile=_profile(leg, "from_partner"),
        to_profile=_profile(leg, "to_partner"),
        context=context,
        now=NOW,
    )
    return found.documents[0].data


def _profile(leg: Any, key: str) -> Profile:
    return find(str(ROOT / leg.text(key))) if leg.text(key, "") else NEUTRAL


def by_path(document: bytes) -> tuple[MessageMapping, dict[str, tuple[str, Any]]]:
    """What we read in a document: wire path → (variable, value), with the values that are understood when nothing is written."""
    decoded = pipeline.decode(document)
    wire = pipeline.read(decoded)[0]
    places = Run(places=decoded.mapping.places["xml"])
    found: dict[str, tuple[str, Any]] = {}
    for scope in decoded.mapping.scope.every():
        for frame in wire.all(scope):
            _values(frame, scope, places, found)
    return decoded.mapping, {path: pair for path, pair in found.items() if pair[0] in decoded.mapping.leaves}


def _values(frame: Frame, scope: Scope, places: Run, found: dict[str, tuple[str, Any]]) -> None:
    for variable, value in frame.values.items():
        if variable in scope.columns:
            found.update({places.place(frame, variable, row): (variable, cell) for row, cell in enumerate(value) if cell is not None})
        elif value is not None:
            found[places.place(frame, variable)] = (variable, value)


def assert_same(document: bytes, peer: dict[str, str]) -> None:
    """We and the peer read the same values at the same places."""
    mapping, mine = by_path(document)
    assert {path: mapping.leaves[mine[path][0]].read(text) for path, text in peer.items() if path in mine} == {path: value for path, (_, value) in mine.items()}
    assert peer.keys() - mine.keys() == set()


@every_message
def test_the_schema_takes_what_the_peer_wrote(name: str, made: dict[str, Made]) -> None:
    assert uftp(made[name].document) == ""


@every_message
def test_we_read_what_the_peer_says(name: str, made: dict[str, Made]) -> None:
    assert_same(made[name].document, made[name].values)


@every_message
def test_a_message_of_the_peer_obeys_the_laws(name: str, lifted: dict[str, Lifted]) -> None:
    assert pipeline.validate(lifted[name]).findings == []
    assert lifted[name].unmapped == []
    assert verdicts.broken_laws(lifted[name], NEUTRAL) == []


@pytest.mark.parametrize("day", HOURS)
def test_the_isps_of_the_peer_fill_the_local_day(day: str, lifted: dict[str, Lifted]) -> None:
    message = lifted[f"request_{day}"]
    (series,) = message.message.contents[0].frame.each("series")
    begin = local_midnight("Europe/Amsterdam", message.wire.values["day"])
    assert (series.values["t0"][0], series.values["t1"][-1]) == (begin, begin + HOURS[day] * 3600)
    assert len(series.values["t0"]) == HOURS[day] * 4


@pytest.mark.parametrize("name", [*MADE, *(leg.text("file") for leg in LEGS)])
def test_the_schema_takes_what_we_write(name: str, ours: dict[str, bytes]) -> None:
    assert uftp(ours[name]) == ""


@every_message
def test_the_peer_gets_back_what_it_said(name: str, made: dict[str, Made], ours: dict[str, bytes], read: dict[str, dict[str, str]]) -> None:
    leaves = by_path(ours[name])[0].leaves
    places = {path: variable for path, (variable, _) in by_path(made[name].document)[1].items()}
    values = [{path: leaves[places[path]].read(text) for path, text in said.items()} for said in (made[name].values, read[name])]
    assert values[0] == values[1]


@pytest.mark.parametrize("leg", LEGS, ids=lambda leg: f"{leg.text('from')} to {leg.text('to')}")
def test_the_peer_reads_what_we_translated(leg: Any, ours: dict[str, bytes], read: dict[str, dict[str, str]]) -> None:
    assert_same(ours[leg.text("file")], read[leg.text("file")])
