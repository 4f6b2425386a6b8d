"""Messages of 96 rows over HTTP to a served hub, a process of its own on this machine: how many per second, and how long a client waits."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from statistics import quantiles
from time import perf_counter

from adapter.hub.hub import Hub
from benchmarks.hub.rates import ROWS, WARM, clock
from benchmarks.messages import PARTNER, flex_request

ROOT = Path(__file__).resolve().parents[2]
HEADERS = {"Content-Type": "application/xml"}


def over_http(folder: Path, clients: Sequence[int], messages: int) -> dict[str, dict[str, float]]:
    """For each number of clients at once: all messages sent, each by one of them. Rows are written out meanwhile, as a served hub does."""
    with Hub(folder, clock) as hub:
        hub.partners.put(PARTNER, hub.now())
    found, first = {}, WARM
    with served(folder) as port:
        client(port, range(WARM))
        for many in clients:
            found[str(many)] = _told(port, many, range(first, first + messages))
            first += messages
    return found


@contextmanager
def served(folder: Path) -> Iterator[int]:
    """`gridglot serve` on a free port of this machine, which is given."""
    command = [sys.executable, "-m", "adapter.cli", "serve", "--port", "0", "--data", str(folder)]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert server.stdout is not None
        line = server.stdout.readline()
        at = re.search(r"127\.0\.0\.1:(\d+)", line)
        assert at is not None, line
        yield int(at[1])
    finally:
        server.terminate()
        server.wait()


def _told(port: int, many: int, serials: range) -> dict[str, float]:
    """Messages per second of *many* clients together, and the waits of each message in milliseconds."""
    begin = perf_counter()
    with ThreadPoolExecutor(many) as pool:
        waits = [wait for found in pool.map(lambda at: client(port, serials[at::many]), range(many)) for wait in found]
    took = perf_counter() - begin
    cuts = quantiles(waits, n=100, method="inclusive")
    return {"per_s": round(len(serials) / took, 1), "p50_ms": round(cuts[49] * 1000, 1), "p99_ms": round(cuts[98] * 1000, 1), "messages": len(serials)}


def client(port: int, serials: range) -> list[float]:
    """Send one message after the other over one connection; the seconds until each was answered."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    waits = []
    for serial in serials:
        data = flex_request(ROWS, serial)
        begin = perf_counter()
        connection.request("POST", "/v1/messages", data, HEADERS)
        answer = connection.getresponse()
        said = answer.read()
        waits.append(perf_counter() - begin)
        assert answer.status == 201, said
    connection.close()
    return waits
