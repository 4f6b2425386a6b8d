"""Queries of a local store run in a process of their own, which can be stopped: at its time, its memory or its rows.

It stays for the next query, since starting costs more than asking, unless a limit ended it. What runs inside is adapter/store/served.py.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from threading import Event, Lock, Timer
from types import NoneType

import pyoxigraph as ox

from adapter.errors import HubError, QueryError, StoreError
from adapter.store.base import Limits, Term
from adapter.store.reading import forget


class Worker:
    """A process that answers queries on the store in *folder*, one at a time; it starts with the first one and after each that was stopped."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = Lock()

    def run(self, text: str, form: str, parameters: Mapping[str, Term], limits: Limits, over: Mapping[str, str] | None = None) -> bytes:
        """The answer; raises `QueryError` naming the limit that was met. *over*: graphs, as Turtle, to ask instead of the store."""
        terms = {name: [type(term).__name__, term.value, *_rest(term)] for name, term in parameters.items()}
        request = {"folder": str(self.folder), "text": text, "form": form, "parameters": terms, "rows": limits.rows, "memory_mb": limits.memory_mb}
        request["graphs"] = dict(over or {})
        with self._lock:
            process = self._process = self._process or _start()
            late = Event()
            timer = Timer(limits.seconds, _stop, (process, late))
            timer.start()
            try:
                return _exchange(process, json.dumps(request).encode() + b"\n")
            except EOFError as error:
                raise _ended(process.wait(), late.is_set(), limits) from error
            finally:
                timer.cancel()
                timer.join()
                if late.is_set() or process.poll() is not None or not isinstance(sys.exception(), (HubError, NoneType)):
                    self.close()  # ended, or interrupted with half an answer on the way

    def close(self) -> None:
        """End the process, if there is one."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()
            forget(self.folder, process.pid)


def _stop(process: subprocess.Popen[bytes], late: Event) -> None:
    late.set()
    process.kill()


def _rest(term: Term) -> list[str | None]:
    return [term.language, term.datatype.value] if isinstance(term, ox.Literal) else []


def _start() -> subprocess.Popen[bytes]:
    # Two arenas: each further one that a thread of the engine opens takes 64 MiB of the address space that is limited here.
    found = {**os.environ, "PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry), "MALLOC_ARENA_MAX": "2"}
    command = [sys.executable, "-P", "-m", "adapter.store.served"]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=found)  # noqa: S603


def _exchange(process: subprocess.Popen[bytes], request: bytes) -> bytes:
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(request)
        process.stdin.flush()
    except BrokenPipeError as error:
        raise EOFError from error
    head = process.stdout.readline()
    if not head.endswith(b"\n"):
        raise EOFError
    said = json.loads(head)
    if "says" in said:
        raise StoreError(said["says"], said["remedy"]) if said["kind"] == "StoreError" else QueryError(said["says"], said["remedy"], said["limit"])
    answer = process.stdout.read(said["size"])
    if len(answer) < said["size"]:
        raise EOFError
    return answer


def _ended(code: int, late: bool, limits: Limits) -> QueryError:
    """Why a worker ended: its time, or, where it gave up by itself, its memory."""
    if late:
        return QueryError(f"the query was stopped after {limits.seconds:g} s", "Ask for less, or raise the limit: seconds.", "seconds")
    if code == -signal.SIGABRT:
        return QueryError(f"the query was stopped at {limits.memory_mb} MiB of memory", "Ask for less, or raise the limit: memory_mb.", "memory_mb")
    return QueryError(f"the query ended without an answer (the worker's exit code is {code})", "Ask for less; what it used was too much for the machine.")
