"""The store of one machine: pyoxigraph in a folder. One writer; readers open it anew for every query."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from queue import LifoQueue
from shutil import rmtree
from threading import Lock
from types import TracebackType

import pyoxigraph as ox

from adapter.errors import StoreError
from adapter.store.base import USUAL, Limits, Term, name, ntriples, unreadable
from adapter.store.reading import forget, reading
from adapter.store.worker import Worker

FLUSH_AFTER = 20_000  # triples, about: a reader that opens the folder replays what is not flushed, about 0.4 s for so many


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
        with self._lock:
            writer = self._open()
            if writer.contains_named_graph(name(graph)):
                self._written(
                    text, lambda: writer.update(f"DROP SILENT GRAPH {name(graph)} ; INSERT DATA {{ GRAPH {name(graph)} {{ {ntriples(graph, text)} }} }}")
                )
            else:
                self._load(graph, text)

    def add(self, graph: str, text: str) -> None:
        with self._lock:
            self._load(graph, text)

    def fill(self, graph: str, ntriples: Iterable[str]) -> None:
        with self._lock:
            writer = self._open()
            if writer.contains_named_graph(name(graph)):
                self._written("", lambda: writer.remove_graph(name(graph)))
            try:
                for piece in ntriples:
                    load = partial(writer.bulk_load, piece.encode(), format=ox.RdfFormat.N_TRIPLES, to_graph=name(graph), lenient=True)
                    self._written(piece, load)
            except (SyntaxError, ValueError) as error:
                raise unreadable(graph, error) from error

    def pairs(self, graph: str, predicate: str) -> list[tuple[str, str]]:
        with self._lock:
            found = self._open().quads_for_pattern(None, name(predicate), None, name(graph))
            return [(quad.subject.value, quad.object.value) for quad in found]  # type: ignore[union-attr]

    def exchange(self, graph: str, text: str, nodes: Sequence[str]) -> None:
        with self._lock:
            self._load(graph, text)
            for node in nodes:
                for quad in list(self._open().quads_for_pattern(name(node), None, None, name(graph))):
                    self._written("", partial(self._open().remove, quad))

    def _load(self, graph: str, text: str) -> None:
        writer = self._open()
        try:
            self._written(text, lambda: writer.load(text, format=ox.RdfFormat.TURTLE, to_graph=name(graph)))
        except (SyntaxError, ValueError) as error:
            raise unreadable(graph, error) from error

    def _written(self, text: str, write: Callable[[], None]) -> None:
        """Write; *raises* `StoreError` when the disk refuses."""
        try:
            write()
            self._unflushed += text.count(" ; ") + text.count(" .\n") - text.count("@")
        except (OSError, RuntimeError) as error:  # RuntimeError: what is on disk is no store, or a part of one
            raise StoreError(f"{self.folder} cannot be written: {error}", "Look at the disk; gridglot store rebuild makes the store anew.") from error

    def text(self, graph: str) -> str:
        """One named graph as N-Triples, as it is now; empty for a graph that is not there."""
        with self._lock:
            triples = (quad.triple for quad in self._open().quads_for_pattern(None, None, None, name(graph)))
            return (ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b"").decode()

    def holding(self, predicate: str, value: Term) -> list[str]:
        """The graphs in which something has *value* for *predicate*, sorted."""
        with self._lock:
            found = (quad.graph_name for quad in self._open().quads_for_pattern(None, name(predicate), value))
            return sorted({graph.value for graph in found if isinstance(graph, ox.NamedNode)})

    def drop(self, graph: str) -> None:
        with self._lock:
            self._open().remove_graph(name(graph))

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

    def open(self) -> None:
        """Open the folder for writing, and make it if it is not there; *raises* `StoreError` when it cannot be used."""
        with self._lock:
            self._open()

    @property
    def full(self) -> bool:
        """So much was put since the last flush that it is time for the next."""
        return self._unflushed >= FLUSH_AFTER

    def flush(self) -> None:
        """Write to disk what is still in memory; *raises* `StoreError` when the disk refuses."""
        if self._writer is not None:
            self._written("", self._writer.flush)
            self._unflushed = 0

    def clear(self) -> None:
        """Remove the folder: moved away at once, then removed, so that nobody can open the half of a store."""
        gone = self.folder.with_name(self.folder.name + ".gone")
        try:
            if gone.exists():
                rmtree(gone)
            if self.folder.exists():
                self.folder.rename(gone)
                rmtree(gone)
        except OSError as error:
            raise StoreError(f"{self.folder} cannot be removed: {error.strerror}", "Let the hub write to its data folder.") from error

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
                forget(self.folder)
                self._writer = ox.Store(str(self.folder))
            except RuntimeError as error:
                raise StoreError(f"{self.folder} is damaged: {error}", "gridglot store rebuild makes the store anew.") from error
            except OSError as error:
                raise StoreError(f"{self.folder} cannot be opened for writing: {error}", "A store has one writer at a time: end the other one.") from error
        return self._writer


def _names(store: ox.Store) -> list[str]:
    return sorted(graph.value for graph in store.named_graphs())
