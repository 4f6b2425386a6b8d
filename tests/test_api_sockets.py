"""What only real sockets show: broken and slow clients, commands that serve and send, and how a served hub ends."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from select import select
from threading import Thread

import httpx
import pytest
import uvicorn
from doors import BAD, REQUEST, XML
from parties import CONVERSATION, REGISTRY, THEN, example_hub
from typer.testing import CliRunner

from adapter.api.app import create_app
from adapter.api.settings import Settings
from adapter.cli import app
from adapter.client import address
from adapter.hub.hub import Hub

ROOT = Path(__file__).resolve().parents[1]
PARTNERS = [str(file) for file in sorted(REGISTRY.glob("*.yaml"))]


@contextmanager
def served(folder: Path, settings: Settings | None = None) -> Iterator[tuple[Hub, int]]:
    """A hub on a port of this machine, served by a thread."""
    with example_hub(folder) as hub, socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(create_app(hub, settings), log_config=None, access_log=False))
        thread = Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield hub, listening.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join()


def head(length: int, *more: str) -> bytes:
    """The head of a POST of a message."""
    return "\r\n".join(("POST /v1/messages HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/xml", f"Content-Length: {length}", *more, "", "")).encode()


def status(connection: socket.socket) -> int:
    """The status of the next response, which is waited for."""
    connection.settimeout(30)
    return int(connection.makefile("rb").readline().split()[1])


def works(port: int) -> bool:
    return httpx.post(f"{address('127.0.0.1', port)}/v1/messages", content=REQUEST, headers=XML).status_code in (200, 201)


def test_a_client_that_hangs_up_leaves_no_row_and_harms_nobody(tmp_path: Path) -> None:
    with served(tmp_path) as (hub, port):
        for _ in range(3):
            with socket.create_connection(("127.0.0.1", port)) as connection:
                connection.sendall(head(len(REQUEST)) + REQUEST[:500])
        assert works(port)
        assert [row.number for row in hub.journal.rows()] == [1]


def test_a_client_that_is_too_slow_is_told_so(tmp_path: Path) -> None:
    with served(tmp_path, Settings(seconds=0.2)) as (hub, port), socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(head(len(REQUEST)) + REQUEST[:1])
        assert status(connection) == 408
        assert works(port)
        assert [row.number for row in hub.journal.rows()] == [1]


def test_a_client_that_trickles_is_told_so(tmp_path: Path) -> None:
    """The limit is on the whole body: a byte now and then does not keep a connection."""
    with served(tmp_path, Settings(seconds=0.3)) as (hub, port), socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(head(len(REQUEST)))
        sent = 0
        while not select([connection], [], [], 0.02)[0] and sent < len(REQUEST) - 1:
            connection.sendall(REQUEST[sent : sent + 1])
            sent += 1
        assert sent > 1
        assert status(connection) == 408
        assert hub.journal.rows() == []


def test_a_body_that_is_too_long_is_refused_before_it_is_read(tmp_path: Path) -> None:
    with served(tmp_path, Settings(most_bytes=len(REQUEST))) as (hub, port):
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(head(len(REQUEST) + 1))  # no byte of the body is sent
            assert status(connection) == 413
        with socket.create_connection(("127.0.0.1", port)) as connection:
            chunk = b"%x\r\n%s\r\n" % (len(REQUEST) + 1, b"x" * (len(REQUEST) + 1))  # nor its end, where its length is not announced
            connection.sendall(head(0).replace(b"Content-Length: 0", b"Transfer-Encoding: chunked") + chunk)
            assert status(connection) == 413
        assert works(port)
        assert [row.number for row in hub.journal.rows()] == [1]


# --- gridglot serve, gridglot send ---


def run(*arguments: str, env: dict[str, str] | None = None) -> tuple[int, str, str]:
    """A command of this process: exit code, standard output, standard error."""
    found = CliRunner(env=env).invoke(app, arguments)
    return found.exit_code, found.stdout, found.stderr


@contextmanager
def serving(data: Path, *options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`gridglot serve` in a process of its own, and the address that it says; ended by force if it has not ended."""
    command = [sys.executable, "-m", "adapter.cli", "serve", "--port", "0", "--data", str(data), "--clock", THEN.text(), *options]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment) as process:
        try:
            assert process.stdout is not None
            line = next((line for line in process.stdout if line.startswith("gridglot serves ")), "")
            assert line, process.communicate()
            yield process, line.split()[2]
        finally:
            process.kill()


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_a_hub_is_served_sent_to_and_ended(ending: signal.Signals, tmp_path: Path) -> None:
    data, bad = tmp_path / "data", tmp_path / "bad.xml"
    bad.write_bytes(BAD)
    assert run("partners", "add", *PARTNERS, "--data", str(data))[0] == 0
    with serving(data) as (process, url):
        good, refused = str(CONVERSATION / "01_flex_request.xml"), str(bad)
        assert run("send", good, "--url", url, "--answers", str(tmp_path / "answers")) == (0, f"1 {good}: uftp:flex_request (FP2) taken\n", "")
        assert run("send", good, "--url", url)[1] == f"1 {good}: uftp:flex_request (FP2) taken before\n"
        code, out, err = run("send", refused, "--url", url, "--answers", str(tmp_path / "answers"))
        assert (code, out, err) == (1, f"2 {refused}: uftp:flex_request refused\n", "/FlexRequest/@MessageID: Duplicate Identifier (UFTP 3.1.0)\n")
        assert sorted(file.name for file in (tmp_path / "answers").iterdir()) == ["1_flex_request_response.xml", "2_flex_request_response.xml"]
        offer = str(CONVERSATION / "05_goflex_offer.json")
        assert run("send", offer, "--url", url, "--partner", "prosumer")[0] == 0
        assert run("send", str(ROOT / "pyproject.toml"), "--url", url)[0] == 2
        assert run("partners", "list", "--data", str(data))[0] == 2  # the hub has the folder
        process.send_signal(ending)
        out, err = process.communicate(timeout=60)
        assert process.returncode == 0, err
    assert "POST /v1/messages 201" in err
    assert "Traceback" not in err
    assert "aggregator: aggregator" in run("partners", "list", "--data", str(data))[1]


def test_an_empty_hub_takes_the_example_in_first(tmp_path: Path) -> None:
    for _ in range(2):  # the second time it is not empty
        with serving(tmp_path, "--example") as (process, url):
            found = httpx.get(f"{url}/v1/messages").json()["messages"]
            assert run("send", str(CONVERSATION / "01_flex_request.xml"), env={"GRIDGLOT_URL": url})[1].endswith("taken before\n")
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=60)
        assert [one["taken"] for one in found] == [True] * len(list(CONVERSATION.glob("[01]*")))


def test_a_key_comes_from_the_environment_or_an_option(tmp_path: Path) -> None:
    data, message = tmp_path / "data", str(CONVERSATION / "01_flex_request.xml")
    run("partners", "add", *PARTNERS, "--data", str(data))
    key = run("partners", "key", "dso", "--data", str(data))[1].split()[1]
    with serving(data) as (_, url):
        code, _, err = run("send", message, "--url", url)
        assert (code, err) == (2, "an API key is needed\nSend `Authorization: Bearer gg_…`; the operator issues keys.\n")
        assert run("send", message, "--url", url, env={"GRIDGLOT_KEY": key})[0] == 0
        assert run("send", message, "--url", url, "--key", key)[0] == 0


def test_a_hub_without_an_operator_is_not_served_to_others(tmp_path: Path) -> None:
    code, out, err = run("serve", "--host", "0.0.0.0", "--data", str(tmp_path))  # it does not get to listen
    assert (code, out) == (2, "")
    assert "nobody with the role operator has a key" in err
    assert "gridglot partners key NAME" in err


@pytest.mark.parametrize("clock", ["yesterday", "2026-06-14T12:00:00"])
def test_a_clock_is_an_instant_with_its_zone(clock: str, tmp_path: Path) -> None:
    assert run("serve", "--clock", clock, "--data", str(tmp_path))[0] == 2


def test_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        code, _, err = run("serve", "--port", str(taken.getsockname()[1]), "--data", str(tmp_path))
    assert code == 2
    assert "cannot be listened at" in err


def test_a_hub_that_is_not_there_is_said_with_what_to_do() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    code, _, err = run("send", str(CONVERSATION / "01_flex_request.xml"), "--url", address("127.0.0.1", port))
    assert code == 2
    assert "is not reachable" in err
    assert "gridglot serve" in err


def test_an_answer_does_not_wait_for_its_head_to_be_acknowledged() -> None:
    from adapter.api.server import _listen

    with _listen("127.0.0.1", 0) as listening, socket.create_connection(listening.getsockname()):
        taken, _ = listening.accept()
        with taken:
            assert taken.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
