"""The store of one machine: pyoxigraph in a folder. One writer; readers open it anew for every query."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from queue import LifoQueue
from threading import Lock
from types import TracebackType

import pyoxigraph as ox

from adapter.errors import StoreError
from adapter.store.base import USUAL, Limits, Term, quads
from adapter.store.reading import reading
from adapter.store.worker import Worker

FLUSH_AFTER = 10_000  # quads: a reader that opens the folder replays what is not flushed, about 0.2 s for so many


class LocalStore:
    """Message graphs in *folder*, which the first `put` makes and then holds for writing; *workers* queries run at once.

    What was put survives the end of this process, and after `flush` also that of the machine.
    """

    def __init__(self, folder: Path, workers: int = 1) -> None:
        self.folder = folder
        self._writer: ox.Store | None = None
        self._unflushed = 0
        self._lock = Lock()
        self._idle: LifoQueue[Worker] = LifoQueue()
        for _ in range(workers):
            self._idle.put(Worker(folder))

    def put(self, graph: str, text: str) -> None:
        found = quads(graph, text)
        with self._lock:
            _replace(self._open(), ox.NamedNode(graph), found)
            self._unflushed += len(found)
            if self._unflushed >= FLUSH_AFTER:
                self.flush()

    def drop(self, graph: str) -> None:
        with self._lock:
            self._open().remove_graph(ox.NamedNode(graph))

    def graphs(self) -> list[str]:
        writer = self._writer
        if writer is None and not self.folder.is_dir():
            return []
        return _names(writer) if writer is not None else reading(self.folder, _names)

    def query(self, text: str, *, form: str = "", parameters: Mapping[str, Term] | None = None, limits: Limits = USUAL) -> bytes:
        worker = self._idle.get()
        try:
            return worker.run(text, form, parameters or {}, limits)
        finally:
            self._idle.put(worker)

    def flush(self) -> None:
        """Write to disk what is still in memory."""
        if self._writer is not None:
            self._writer.flush()
            self._unflushed = 0

    def close(self) -> None:
        """Let go of the folder and end the workers that are idle."""
        with self._lock:
            self.flush()
            self._writer = None
        for worker in list(self._idle.queue):
            worker.close()

    def __enter__(self) -> LocalStore:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _open(self) -> ox.Store:
        if self._writer is None:
            try:
                self.folder.mkdir(parents=True, exist_ok=True)
                self._writer = ox.Store(str(self.folder))
            except OSError as error:
                raise StoreError(f"{self.folder} cannot be opened for writing: {error}", "A store has one writer at a time: end the other one.") from error
        return self._writer


def _replace(writer: ox.Store, graph: ox.NamedNode, found: list[ox.Quad]) -> None:
    """Put *found* in the place of a graph, in one transaction."""
    if not writer.contains_named_graph(graph):
        writer.extend(found)
        return
    triples = (ox.serialize((quad.triple for quad in found), format=ox.RdfFormat.N_TRIPLES) or b"").decode()
    writer.update(f"DROP SILENT GRAPH {graph} ; INSERT DATA {{ GRAPH {graph} {{ {triples} }} }}")


def _names(store: ox.Store) -> list[str]:
    return sorted(graph.value for graph in store.named_graphs())
