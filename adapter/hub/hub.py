"""The hub of a data folder: journal, store, partners, services; and what each step of `pipeline.receive` does with them.

What is acknowledged is in the journal, on disk. The store follows from the journal: after a crash it is made up from there.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from shutil import rmtree
from threading import RLock
from types import TracebackType

import pyoxigraph as ox

from adapter import pipeline
from adapter.context import Context
from adapter.errors import Fault, HubError, StorageError, StoreError
from adapter.graph import Graph
from adapter.hub import arrival as arrivals
from adapter.hub.arrival import Arrival
from adapter.hub.index import Index, Waiting
from adapter.hub.journal import Entry, Journal, Row
from adapter.hub.outbox import Outbox
from adapter.hub.provenance import PROVENANCE, provenance
from adapter.hub.receipt import Receipt, outcome, repeat
from adapter.hub.registry import Registry
from adapter.hub.subscriptions import Subscriptions
from adapter.library import Library, library
from adapter.message import Content, Message
from adapter.names import expand
from adapter.partners import NEUTRAL, Profile
from adapter.pipeline import Decoded, Document, Lifted
from adapter.services import Routes, services
from adapter.store import LocalStore
from adapter.values import Instant

PACKAGE = f"gridglot {version('gridglot')}"
IDENTIFIER = expand("dcterms:identifier")
READ = 256  # messages kept as they were read, for the services that ask for them


@dataclass
class Hub:
    """A hub in a data folder. One message is received at a time; every method may be called from any thread.

    *Raises* `UsageError` when another hub has the folder, `StorageError` when the disk refuses.
    """

    folder: Path
    clock: Callable[[], Instant]
    lib: Library = field(default_factory=library)
    routes: Routes = field(default_factory=lambda: Routes(services()))
    replayed: Callable[[int, int], None] = lambda number, last: None

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
        self.index, self.outbox = Index(database), Outbox(self.journal)
        self.partners, self.subscriptions = Registry(database), Subscriptions(database)
        self.store = LocalStore(self.folder / "store")
        self.trouble = ""  # why the store lags behind the journal
        self.last = self.journal.last()
        self._expanded: list[int] = []
        self._read: OrderedDict[str, Message] = OrderedDict()
        self._catch_up()
        self._waiting: deque[Waiting] = deque(self.index.waiting())

    def __enter__(self) -> Hub:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Flush what is in memory and give the folder back."""
        with self.turn:
            try:
                self.flush()
            finally:
                self.store.close()
                self.journal.close()

    # --- the steps of pipeline.receive ---

    def receive(self, data: bytes, channel: str = "") -> Receipt:
        """Take a message, or refuse it; see `pipeline.receive`. *channel*: the name of the partner that brings it, if that is known."""
        return pipeline.receive(data, self, channel)

    def arrive(self, decoded: Decoded, channel: str = "") -> Arrival:
        """Who sent a document, and whether it came before. *Raises* `UsageError` when there is no partner *channel*."""
        arrival = arrivals.read(decoded)
        brought = self.partners.get(channel) if channel else None
        arrival.partner = self.partners.sender(arrival.sender) if arrival.sender else brought
        arrivals_sender = arrival.sender or (arrival.partner.name if arrival.partner else "")
        if arrival.identity and arrival.partner is not None and arrival.partner.registered and brought in (None, arrival.partner):
            arrival.sender, arrival.admitted = arrivals_sender, True
            arrival.earlier = self.journal.known(arrivals_sender, arrival.identity, decoded.digest)
        return arrival

    def repeat(self, arrival: Arrival) -> Receipt | None:
        """What was answered when the same bytes came before; None for anything else."""
        row = arrival.earlier
        return repeat(row, self.journal.answers(row.number)) if row is not None and row.hash == arrival.decoded.digest else None

    def admit(self, arrival: Arrival, channel: str = "") -> None:
        """Refuse who may not send, an identifier that was used before, and a revision that is over; *raises* `AdmissionError`."""
        arrivals.check_partner(arrival, self.partners.get(channel) if channel else None)
        arrivals.check_again(arrival)
        if arrival.lineage:
            arrivals.check_revision(arrival, self.index.revision(arrival.lineage))

    def acknowledge(self, arrival: Arrival, lifted: Lifted | None, faults: Sequence[Fault]) -> Receipt:
        """Write message, outcome, answer and what is to be sent into the journal: on disk when this returns. *Raises* `StorageError`."""
        decoded, now = arrival.decoded, self.clock()
        mapping = decoded.mapping
        with self.journal.transaction():
            entry = Entry(arrival.graph, now, arrival.sender, mapping.standard.name, mapping.name, arrival.identity if arrival.admitted else "")
            number = self.journal.record(entry, decoded.data).number
            answer = self._answer(number, arrival, faults, now)
            receipt = Receipt(number, arrival.graph, mapping.id, carried(lifted), tuple(faults), answer)
            self.journal.finish(number, "refused" if faults else "done", self._outcome(arrival, lifted, receipt), [answer.data] if answer else [])
            waiting = self._note(number, arrival, lifted) if lifted is not None else None
        self._waiting.extend([waiting] if waiting else [])
        self.last = number
        return receipt

    def keep(self, number: int, lifted: Lifted | None, replaces: str = "") -> None:
        """Put what the journal has of a message into the store: its graph with packed series, its provenance, what the services keep.

        A store that refuses is no reason to refuse the message: it is on disk, and the store is made up from there at the next start.
        """
        try:
            if lifted is not None:
                self._keep(lifted, replaces)
            self.store.add(PROVENANCE, provenance(self.journal.row(number)))
            if self.store.full:
                self.flush()
        except StoreError as error:
            self.trouble = str(error)

    def _keep(self, lifted: Lifted, replaces: str) -> None:
        message = lifted.message
        pipeline.remember(message, lifted.wire, self.context)  # before the store, which may refuse: later messages need it
        if replaces:
            self.store.drop(replaces)
            self._read.pop(replaces, None)
        self.store.put(message.graph, pipeline.to_graph(message, "turtle", packed=True, lib=self.lib))
        for graph, text in self.routes.keeps(message, self).items():
            self.store.put(graph, text)
        self._read[message.graph] = message
        if len(self._read) > READ:
            self._read.popitem(last=False)

    def _note(self, number: int, arrival: Arrival, lifted: Lifted) -> Waiting | None:
        """What has to be found again: what the message carries, that it holds from now on, that its rows wait."""
        pairs = [(content.exchange.row, place) for content in lifted.message.contents for place in places(content)]
        self.index.carry(number, pairs)
        if arrival.lineage:
            self.index.revise(arrival.lineage, arrival.revision or 0, arrival.graph)
        return self._wait(self.journal.row(number), lifted)

    def _wait(self, row: Row, lifted: Lifted) -> Waiting | None:
        """Note that the rows of a message are to be written out, if its exchanges want that."""
        if not any(content.exchange.points == "graph" for content in lifted.message.contents):
            return None
        waiting = Waiting(row.number, row.id, row.received.epoch)
        self.index.wait(waiting)
        return waiting

    def _outcome(self, arrival: Arrival, lifted: Lifted | None, receipt: Receipt) -> dict[str, object]:
        """What the journal says became of a message."""
        said = outcome(receipt)
        said["package"] = PACKAGE
        if arrival.partner is not None:
            said["partner"], said["partner_version"] = arrival.partner.name, self.partners.version(arrival.partner.name)
        if arrival.replaces and lifted is not None:
            said["replaces"] = arrival.replaces
        if lifted is not None and lifted.run.context_used:
            said["context"] = list(lifted.run.context_used)
        return said

    def _answer(self, number: int, arrival: Arrival, faults: Sequence[Fault], now: Instant) -> Document | None:
        """The answer in the sender's standard; None when none is asked for, or the document says too little for one."""
        counted = Profile(arrival.profile.name, {**arrival.profile.entries, "values.counter": str(number)})
        try:
            return pipeline.answer(arrival.decoded, faults, profile=counted, now=now, lib=self.lib)
        except HubError:
            return None

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

    def _message(self, graph: str) -> Message | None:
        if graph not in self._read:
            if self.journal.find(graph) is None:
                return None  # a graph of a service
            (self._read[graph],) = pipeline.from_graph(self.store.text(graph), "nquads", self.lib)
        self._read.move_to_end(graph)
        return self._read[graph]

    # --- rows written out in the background ---

    def expand(self, most: int = 0) -> int:
        """Write the rows of packed messages out, a node for each point, where queries want to see them; returns of how many messages (at most *most*).

        Not part of `receive`, because it costs many times as much; a hub does it beside.
        """
        done = 0
        while self._waiting and (not most or done < most):
            with self.turn:
                one = self._waiting.popleft()
                text = self.store.text(one.graph)
                if text:  # else a later revision has replaced it
                    (message,) = pipeline.from_graph(text, "nquads", self.lib)
                    self.store.put(one.graph, pipeline.to_graph(message, "turtle", lib=self.lib))
                self._expanded.append(one.number)
                if self.store.full:
                    self.flush()
            done += 1
        return done

    def lag(self) -> tuple[int, int]:
        """How many messages wait for their rows to be written out, and for how many seconds the oldest does."""
        oldest = self._waiting[0].since if self._waiting else self.clock().epoch
        return len(self._waiting), max(0, self.clock().epoch - oldest)

    def flush(self) -> None:
        """Bring the store to disk, and note how far it is."""
        with self.turn:
            self.store.flush()
            if not self.trouble:
                self.index.flushed(self.last, self._expanded)
                self._expanded = []

    # --- start and rebuild ---

    def erase(self, number: int) -> None:
        """Erase the bytes of a message and its graph; its row, its hash and a note of the erasure stay. *Raises* `UsageError`, `StorageError`."""
        with self.turn:
            row = self.journal.row(number)
            self.journal.erase(number)
            holder = self.journal.find(row.id, "done")
            if row.state == "done" and holder is not None and holder.number == number:
                self.store.drop(row.id)
                self._read.pop(row.id, None)
            self.store.add(PROVENANCE, provenance(row, erased=True))
            self.flush()

    def _catch_up(self) -> None:
        """Know again what earlier messages said, and put into the store what it had not on disk when the hub ended."""
        stored = self.index.stored()
        bringing = [mapping for mapping in self.lib.mappings() if mapping.provides]
        for number in sorted(one for mapping in bringing for one in self.journal.taken(mapping.standard.name, mapping.name, stored)):
            lifted = self._lift_again(self.journal.row(number))
            if lifted is not None:
                pipeline.remember(lifted.message, lifted.wire, self.context)
        last, self.last = self.last, stored
        if stored == last:
            return
        while rows := self.journal.rows(self.last):
            with self.journal.transaction():
                for row in rows:
                    self.last = row.number  # a full store is flushed in the midst of this, and is on disk only so far
                    self._restore(row)
                    self.replayed(row.number, last)
        self.flush()

    def _restore(self, row: Row) -> None:
        """Do again for the store what was done when a message was taken."""
        lifted = self._lift_again(row) if row.state == "done" else None
        if lifted is not None:
            self._wait(row, lifted)
        if self.journal.data(row.number) is None:
            self.store.add(PROVENANCE, provenance(row, erased=True))
        self.keep(row.number, lifted, str((row.outcome or {}).get("replaces") or ""))  # last, because it may flush

    def _lift_again(self, row: Row) -> Lifted | None:
        """A message of the journal, read as it was when it came; None when its bytes were erased."""
        data = self.journal.data(row.number)
        if data is None:
            return None
        said = row.outcome or {}
        partner = self.partners.as_of(str(said.get("partner") or ""), int(str(said.get("partner_version") or 0)))
        profile = partner.profile if partner is not None else NEUTRAL
        return pipeline.lift(data, profile=profile, context=self.context, now=row.received, lib=self.lib)


def carried(lifted: Lifted | None) -> tuple[str, ...]:
    """The exchanges of a message, by row."""
    return tuple(dict.fromkeys(content.exchange.row for content in lifted.message.contents)) if lifted is not None else ()


def places(content: Content) -> list[str]:
    """The zones, connections or devices a content is about; [""] for none."""
    found = content.frame.values.get(content.exchange.place) if content.exchange.place else None
    return [str(one) for one in (found if isinstance(found, list) else [found]) if one is not None] or [""]


def rebuild(folder: Path, clock: Callable[[], Instant], replayed: Callable[[int, int], None] = lambda number, last: None) -> int:
    """Make the store of a data folder anew from its journal; returns from how many messages. *Raises* `UsageError`, `StorageError`."""
    with Journal(folder / "journal.sqlite") as journal:
        Index(journal.database).flushed(0, [])
        store, gone = folder / "store", folder / "store.gone"
        try:  # moved away at once, then removed: no hub can open the half of a store
            if gone.exists():
                rmtree(gone)
            if store.exists():
                store.rename(gone)
                rmtree(gone)
        except OSError as error:
            raise StorageError(Fault(str(store), f"cannot be removed: {error.strerror}"), "Let the hub write to its data folder.") from error
    with Hub(folder, clock, replayed=replayed) as hub:
        hub.expand()
        return hub.last
