"""What a hub's store has of its journal: the graphs of messages, provenance, what services keep; how it falls behind, is made up, asked and erased.

The store follows from the journal: after a crash it is made up from there, and it can be made anew. `adapter/hub/hub.py` takes messages in.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import Self

import pyoxigraph as ox

from adapter import pipeline
from adapter.context import Context
from adapter.errors import HubError, StoreError, UsageError
from adapter.graph import Graph
from adapter.hub import models
from adapter.hub.index import Index, Marks
from adapter.hub.journal import Journal, Row
from adapter.hub.provenance import PROVENANCE, provenance
from adapter.hub.receipt import exchanges
from adapter.hub.registry import Registry
from adapter.library import Library, library
from adapter.message import Message
from adapter.names import TYPE, expand
from adapter.partners import NEUTRAL
from adapter.pipeline import Lifted
from adapter.services import Routes, services
from adapter.store import Limits, LocalStore, Store, Term
from adapter.store.base import USUAL
from adapter.store.worker import Worker
from adapter.values import Instant

PACKAGE = f"gridglot {version('gridglot')}"
PACKED = expand("hub:PackedRows")
DERIVED = expand("prov:wasDerivedFrom")
IDENTIFIER = expand("dcterms:identifier")
TOLD = 1000  # messages whose provenance is written at once
OVER = 100  # messages whose rows are written out for one question
SNAPSHOT = 1000  # messages that bring something, after which what is known is kept
READ = 256  # messages kept as they were read, for the services that ask for them


@dataclass
class Graphs:
    """Journal and store of a data folder. Every method may be called from any thread; *turn* is held by what must not be interrupted.

    *Raises* `UsageError` when another hub has the folder, `StorageError` when the disk refuses.
    """

    folder: Path
    clock: Callable[[], Instant]
    lib: Library = field(default_factory=library)
    routes: Routes = field(default_factory=lambda: Routes(services()))
    replayed: Callable[[int, int], None] = lambda number, last: None
    workers: int = 1  # queries that run at once
    elsewhere: Store | None = None  # where the graphs are kept instead of in the folder

    def __post_init__(self) -> None:
        self.turn = RLock()
        self.context = Context()
        self.journal = Journal(self.folder / "journal.sqlite")
        try:
            self._open()
        except BaseException:
            self.journal.close()
            raise

    def _open(self) -> None:
        database = self.journal.database
        self.index, self.partners = Index(database), Registry(database)
        self.store: Store = self.elsewhere or LocalStore(self.folder / "store", self.workers)
        self.trouble = ""  # why the store lags behind the journal
        self._fresh = 0  # messages that brought something since what is known was kept
        self._aside = Worker(self.folder / "store")
        self.left_out: dict[int, str] = {}  # messages that were taken and cannot be read again, and why
        self.last = self.journal.last()
        self._marks = self._flushed = self.index.marks()
        self._read: OrderedDict[str, Message] = OrderedDict()
        self._catch_up()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Flush what is in memory and give the folder back."""
        with self.turn:
            try:
                self.flush(closing=True)
            finally:
                self._aside.close()
                self.store.close()
                self.journal.close()

    # --- what is taken ---

    def keep(self, number: int, lifted: Lifted | None, replaces: str = "", again: bool = False) -> None:
        """Put a message that was taken into the store: its graph with packed series, and what the services keep.

        A store that refuses is no reason to refuse the message, which is on disk: the store is made up from there before the next one.
        *again*: its graph may be there already.
        """
        if lifted is not None:
            self._fresh += bool(lifted.mapping.provides)
            pipeline.remember(lifted.message, lifted.wire, self.context)  # before the store, which may refuse: later messages need it
        try:
            if lifted is not None:
                self._keep(lifted, replaces, self.store.put if again else self.store.add)
            self._marks = replace(self._marks, stored=number)
            if self.store.full:
                self.flush()
        except StoreError as error:
            self.trouble = str(error)

    def _keep(self, lifted: Lifted, replaces: str, put: Callable[[str, str], None]) -> None:
        message = lifted.message
        before = self._message(replaces) if replaces else None
        if replaces:
            self._drop(replaces)
        for graph, triples in models.graphs(lifted.decoded, message.graph):
            self.store.fill(graph, triples)
        put(message.graph, pipeline.to_graph(message, "turtle", packed=True, lib=self.lib))
        for graph, text in self.routes.keeps(message, self).items():
            self.store.put(graph, text)
        for graph, text in self.routes.ends(before, message, self).items() if before is not None else ():
            self.store.put(graph, text)
        if lifted.mapping.keeps_statements:
            for graph, text in list(self.routes.follows(message, self)):
                self.store.put(graph, text)
        self._at_hand(message.graph, message)

    def _drop(self, graph: str) -> None:
        """Take a message out of the store, with its statements where it is a model."""
        for one in (graph, *models.names(graph)):
            self.store.drop(one)
        self._read.pop(graph, None)

    # --- what services may look at (services.Memory) ---

    def now(self) -> Instant:
        return self.clock()

    def named(self, identifier: str) -> list[Message]:
        """The stored messages that say something with this business identifier."""
        found = (self._message(graph) for graph in self.store.holding(IDENTIFIER, ox.Literal(identifier)))
        return [message for message in found if message is not None]

    def state(self, graph: str) -> Graph:
        """A graph that a service kept; empty when there is none."""
        return Graph.parse(self.store.text(graph), ox.RdfFormat.N_TRIPLES)

    def holding(self, predicate: str, value: Term) -> list[str]:
        """The graphs in which something has *value* for *predicate*, sorted."""
        return self.store.holding(predicate, value)

    def pairs(self, graph: str, predicate: str) -> list[tuple[str, str]]:
        """Subject and object of every statement with *predicate* in a graph."""
        return self.store.pairs(graph, predicate)

    def taken(self, message: Message) -> Instant:
        """When a message came in."""
        row = self.journal.find(message.graph, "done")
        return row.received if row is not None else self.clock()

    def _message(self, graph: str) -> Message | None:
        if graph not in self._read:
            text = self.store.text(graph) if self.journal.find(graph) is not None else ""
            if not text:
                return None  # a graph of a service, or of a message that is there no more
            self._at_hand(graph, *pipeline.from_graph(text, "nquads", self.lib))
        self._read.move_to_end(graph)
        return self._read[graph]

    def _at_hand(self, graph: str, message: Message) -> None:
        """Keep a message as it was read, and forget the one that was asked for longest ago when there are too many."""
        self._read[graph] = message
        if len(self._read) > READ:
            self._read.popitem(last=False)

    # --- questions ---

    def ask(self, text: str, *, form: str = "", parameters: Mapping[str, Term] | None = None, limits: Limits = USUAL, over: Sequence[int] = ()) -> bytes:
        """The answer of a query that only reads: over all graphs, or over those of some messages alone, every row written out (see `Store.query`).

        Metered series stay packed in the store; this is how their values are asked. *Raises* `QueryError`, `StoreError`; `UsageError` for a message
        that has no graph, and for more than 100 of them.
        """
        if not over:
            return self.store.query(text, form=form, parameters=parameters, limits=limits)
        if len(over) > OVER:
            raise UsageError(f"{len(over)} messages are more than can be asked with their rows written out", f"Ask {OVER} at a time.")
        graphs = dict(self._rows_of(number) for number in over)
        return self._aside.run(text, form, parameters or {}, limits, graphs)

    def _rows_of(self, number: int) -> tuple[str, str]:
        """The graph of a message that was taken, and its Turtle with every row written out."""
        row = self.journal.row(number)
        text = self.store.text(row.id) if row.state == "done" else ""
        if not text:
            raise UsageError(f"message {number} has no graph", "It was refused, replaced or erased.")
        (message,) = pipeline.from_graph(text, "nquads", self.lib)
        return row.id, pipeline.to_graph(message, "turtle", lib=self.lib)

    # --- what is done in the background ---

    def expand(self, most: int = 0) -> int:
        """Write the rows of packed messages out, a node for each point, where queries want to see them; and the provenance of all messages.

        Returns of how many messages, at most *most*. Not part of `receive`, because it costs many times as much; a hub does it beside.
        """
        done = 0
        while self._marks.written_out < self.last and (not most or done < most):
            with self.turn:
                try:
                    self._tell()
                    self._write_out(self.journal.row(self._marks.written_out + 1))
                    if self.store.full:
                        self.flush()
                except StoreError as error:
                    self.trouble = str(error)
                    return done
            done += 1
        return done

    def _tell(self) -> None:
        """Add the provenance of the messages that have none in the store yet."""
        while rows := self.journal.rows(self._marks.told, limit=TOLD):
            self.store.add(PROVENANCE, provenance(rows, self.journal.erased(self._marks.told, rows[-1].number)))
            self._marks = replace(self._marks, told=rows[-1].number)

    def _write_out(self, row: Row) -> None:
        """Write the rows of a message out, if it was taken, still holds, and its exchanges want that."""
        text = self.store.text(row.id) if row.state == "done" and any(self.lib.exchanges[name].points == "graph" for name in exchanges(row)) else ""
        if text:
            (message,) = pipeline.from_graph(text, "nquads", self.lib)
            packed = Graph.parse(text, ox.RdfFormat.N_TRIPLES).subjects(TYPE, PACKED)
            self.store.exchange(row.id, pipeline.to_graph(message, "turtle", lib=self.lib), packed)
        self._marks = replace(self._marks, written_out=row.number)

    def lag(self) -> tuple[int, int]:
        """How many messages wait for their rows to be written out, and for how many seconds the oldest does."""
        with self.turn:
            waiting = self.last - self._marks.written_out
            return waiting, max(0, self.clock().epoch - self.journal.row(self._marks.written_out + 1).received.epoch) if waiting else 0

    @property
    def settled(self) -> bool:
        """The store is on disk as far as the journal."""
        return self._flushed == Marks(self.last, self.last, self.last)

    def flush(self, closing: bool = False) -> None:
        """Bring the store to disk, and note how far it is; from time to time, and when *closing*, also what later messages need to know."""
        with self.turn:
            self.store.flush()
            if not self.trouble:
                with self.journal.transaction():
                    self.index.flushed(self._marks)
                    if self._fresh >= SNAPSHOT or (closing and self._fresh):
                        self.index.remember(self._marks.stored, PACKAGE, self.context.dump())
                        self._fresh = 0
                self._flushed = self._marks

    # --- start and rebuild ---

    def erase(self, number: int) -> None:
        """Erase the bytes of a message, its graph and what services keep of it; its row, its hash and a note of the erasure stay.

        *Raises* `UsageError`, `StorageError`, `StoreError`.
        """
        with self.turn:
            row = self.journal.row(number)
            with self.journal.transaction():
                self.journal.erase(number)
                self.index.erase(number)
                self.index.forget()
            if self.lib.mapping(f"{row.standard}:{row.message}").provides:
                self._recall()
            self._forget(row)

    def _forget(self, row: Row) -> None:
        """Take out of the store what it has of a message whose bytes were erased; done again at the next start if it was not brought to an end."""
        message = self._message(row.id) if row.state == "done" else None
        if message is not None:
            kept = [graph for graph in self.routes.keeps(message, self) if row.id in self.store.text(graph)]
            for graph in {*kept, *self.store.holding(DERIVED, ox.NamedNode(row.id))}:
                self.store.drop(graph)
            self._drop(row.id)
        self._tell()
        self.store.add(PROVENANCE, provenance([row], {row.number}))
        self.flush()
        self.index.erased(row.number)

    def _catch_up(self) -> None:
        """Know again what earlier messages said, and put into the store what it had not on disk when the hub ended."""
        self._recall()
        try:
            self._make_up()
            for number in self.index.erasing():
                self._forget(self.journal.row(number))
        except StoreError as error:  # what can be done without a store is done; the next message tries again
            self.trouble = str(error)

    def _recall(self) -> None:
        """Know again what the messages in the store brought: what was kept of it, and the messages since."""
        self.context = Context()
        known, entries = self.index.remembered(PACKAGE, self._marks.stored)
        self.context.load(entries)
        for number in self.index.bringing(known, self._marks.stored):
            lifted = self._lift_again(self.journal.row(number))
            if lifted is not None:
                pipeline.remember(lifted.message, lifted.wire, self.context)

    def _make_up(self) -> None:
        """Put into the store what the journal has and the store has not; *raises* `StoreError` when it still refuses."""
        self.store.open()
        self.trouble = ""
        if self._marks.stored == self.last:
            return
        # What was written out after that is packed again by this.
        self._marks = replace(self._marks, written_out=min(self._marks.written_out, self._marks.stored))
        while rows := self.journal.rows(self._marks.stored):
            for row in rows:
                self.keep(row.number, self._lift_again(row) if row.state == "done" else None, str(row.outcome.get("replaces") or ""), again=True)
                self.replayed(row.number, self.last)
                if self.trouble:
                    raise StoreError(self.trouble)
        self.flush()

    def _lift_again(self, row: Row) -> Lifted | None:
        """A message of the journal, read as it was when it came; None when its bytes were erased, or those of what it needs to be understood."""
        data = self.journal.data(row.number)
        if data is None:
            return None
        said = row.outcome
        partner = self.partners.as_of(str(said.get("partner") or ""), int(str(said.get("partner_version") or 0)))
        profile = partner.profile if partner is not None else NEUTRAL
        try:
            decoded = models.complete(pipeline.decode(data, lib=self.lib), self.journal, self.lib)
            return pipeline.lift_decoded(decoded, profile=profile, context=self.context, now=row.received, lib=self.lib)
        except HubError as error:
            self.left_out[row.number] = str(error)
            return None
