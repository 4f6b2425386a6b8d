"""The inside of a worker process: one line of JSON comes in; one line with the size or the fault goes out, then the answer."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import pyoxigraph as ox

from adapter.errors import HubError, QueryError
from adapter.store.base import Term
from adapter.store.binding import bind
from adapter.store.guard import check
from adapter.store.reading import reading
from adapter.store.results import form_of, write


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer requests until there are no more. Without memory the process ends as the engine does then: by SIGABRT."""
    for line in requests:
        try:
            answer = _answer(**json.loads(line))
            head: dict[str, object] = {"size": len(answer)}
        except MemoryError:
            os.abort()
        except HubError as error:
            limit = error.limit if isinstance(error, QueryError) else ""
            answer, head = b"", {"kind": type(error).__name__, "says": "\n".join(map(str, error.faults)), "remedy": error.remedy, "limit": limit}
        answers.write(json.dumps(head).encode() + b"\n" + answer)
        answers.flush()


def _answer(folder: str, text: str, form: str, parameters: dict[str, list[str]], rows: int, memory_mb: int, graphs: dict[str, str]) -> bytes:
    _limit_memory(memory_mb)
    query = check(text)
    form = form_of(query, form)
    bound = bind(query, {name: _term(*parts) for name, parts in parameters.items()})
    try:
        return _asking(Path(folder), graphs, lambda store: write(query, lambda more: store.query(bound + more, use_default_graph_as_union=True), form, rows))
    except (SyntaxError, ValueError) as error:
        raise QueryError(f"the query is refused by the engine: {error}") from error


def _asking(folder: Path, graphs: dict[str, str], use: Callable[[ox.Store], bytes]) -> bytes:
    """What *use* finds in the store of a folder, or in graphs that came with the question."""
    if not graphs:
        return reading(folder, use)
    store = ox.Store()
    for graph, text in graphs.items():
        store.load(text, format=ox.RdfFormat.TURTLE, to_graph=ox.NamedNode(graph))
    return use(store)


def _term(kind: str, value: str, language: str | None = None, datatype: str = "") -> Term:
    if kind == "NamedNode":
        return ox.NamedNode(value)
    return ox.Literal(value, language=language) if language else ox.Literal(value, datatype=ox.NamedNode(datatype))


def _limit_memory(memory_mb: int) -> None:
    """Let this process grow by so much address space, where the system can limit and measure it."""
    measure = Path("/proc/self/statm")
    if measure.is_file():
        import resource

        used = int(measure.read_text(encoding="ascii").split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # what is in memory stays there
        resource.setrlimit(resource.RLIMIT_AS, (used + memory_mb * 1024 * 1024, resource.getrlimit(resource.RLIMIT_AS)[1]))


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
