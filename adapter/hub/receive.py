"""The way of a message into the hub, from top to bottom: decode → lift → validate → journal → store → answer.

What is acknowledged is in the journal, on disk. A message that was recorded and not finished is gone on with after a start.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from adapter import pipeline
from adapter.context import Context
from adapter.errors import Fault, HubError
from adapter.hub.journal import Entry, Journal, Row
from adapter.library import Library, library
from adapter.message import Message, header, identity
from adapter.names import expand, graph_iri
from adapter.partners import NEUTRAL, Profile
from adapter.pipeline import Decoded, Document, Lifted
from adapter.run import Run
from adapter.store import LocalStore
from adapter.values import Instant

PACKED = f"SELECT DISTINCT ?graph {{ GRAPH ?graph {{ ?rows a <{expand('hub:PackedRows')}> }} }}"
AGAIN = "the identifier names another message already"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a message: its number in the journal, its graph, what it is, why it was refused (nothing: it was taken), and the answer.

    *repeated*: the same bytes came before, and this is what was answered then.
    """

    number: int
    graph: str
    message: str
    exchanges: tuple[str, ...]
    faults: tuple[Fault, ...]
    answer: Document | None
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Head:
    """Who sent a document, what its sender calls it, and its graph: as far as these could be read."""

    sender: str
    identity: tuple[str, ...]
    graph: str


@dataclass
class Hub:
    """A hub in a data folder: journal, store, and what earlier messages said. *profile_of* gives the partner profile of a sender, by its IRI ("" for none).

    *Raises* `UsageError` when another hub has the folder, `StorageError` when the disk refuses.
    """

    folder: Path
    clock: Callable[[], Instant]
    profile_of: Callable[[str], Profile] = lambda sender: NEUTRAL
    lib: Library = field(default_factory=library)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.context = Context()
        self.journal = Journal(self.folder / "journal.sqlite")
        self.store = LocalStore(self.folder / "store")
        self._packed: deque[Message] = deque()
        self._remember()
        self._find_packed()
        for row in self.journal.unfinished():
            self._resume(row)

    def __enter__(self) -> Hub:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        self.store.close()
        self.journal.close()

    def receive(self, data: bytes) -> Receipt:
        """Take a message, or refuse it; either way it is in the journal when this returns, with what its sender is answered.

        *Raises* `DecodeError` or `UnknownMessage` for what is no message (nothing is kept), `StorageError` when the disk refuses (nothing is acknowledged).
        """
        decoded = pipeline.decode(data, lib=self.lib)
        head = self._head(decoded)
        name = "\x1f".join(head.identity) if any(head.identity) else ""
        recorded = self.journal.record(Entry(head.graph, self.clock(), head.sender, decoded.mapping.standard.name, decoded.mapping.name, name), data)
        if recorded.state == "same" and recorded.earlier is not None and recorded.earlier.state != "received":
            return self._repeat(recorded.earlier)
        return self._settle(recorded.number, decoded, head, recorded.state == "other")

    def _head(self, decoded: Decoded) -> Head:
        run, mapping = Run(syntax=decoded.syntax, digest=decoded.digest), decoded.mapping
        wire = decoded.reading[0]
        names = identity(mapping, wire, run.digest)
        return Head(str(header(mapping, wire, run).get("sender") or ""), names, graph_iri(mapping.standard.name, *names))

    def _settle(self, number: int, decoded: Decoded, head: Head, again: bool) -> Receipt:
        """Lift and validate what is in the journal, store it if it holds, and keep what is answered. *again*: its identifier came before with other content."""
        lifted, faults = (None, [_again(decoded)]) if again else self._lifted(decoded, head)
        if lifted is not None:
            self.store.put(head.graph, pipeline.to_graph(lifted.message, "nquads", packed=True, lib=self.lib))
            pipeline.remember(lifted.message, lifted.wire, self.context)
            if any(content.exchange.points == "graph" for content in lifted.message.contents):
                self._packed.append(lifted.message)
        answer = self._answer(number, decoded, head, faults)
        exchanges = tuple(dict.fromkeys(content.exchange.row for content in lifted.message.contents)) if lifted is not None else ()
        receipt = Receipt(number, head.graph, decoded.mapping.id, exchanges, tuple(faults), answer)
        self.journal.finish(number, "refused" if faults else "done", outcome(receipt), [answer.data] if answer is not None else [])
        return receipt

    def expand(self) -> int:
        """Write the rows of packed messages out, a node for each point, where queries want to see them; returns of how many messages.

        Not part of `receive`, because it costs many times as much; a hub does it when nothing waits.
        """
        done = 0
        while self._packed:
            message = self._packed.popleft()
            self.store.put(message.graph, pipeline.to_graph(message, "nquads", lib=self.lib))
            done += 1
        self.store.flush()
        return done

    def _lifted(self, decoded: Decoded, head: Head) -> tuple[Lifted | None, list[Fault]]:
        """The message that conforms, or why there is none."""
        try:
            lifted = pipeline.lift_decoded(decoded, profile=self.profile_of(head.sender), context=self.context, now=self.clock(), lib=self.lib)
            pipeline.validate(lifted, self.lib).raise_if_refused(lifted.mapping)
        except HubError as error:
            return None, list(error.faults)
        return lifted, []

    def _answer(self, number: int, decoded: Decoded, head: Head, faults: Sequence[Fault]) -> Document | None:
        """The answer in the sender's standard; None when none is asked for, or the document says too little for one."""
        known = self.profile_of(head.sender)
        counted = Profile(known.name, {**known.entries, "values.counter": str(number)})
        try:
            return pipeline.answer(decoded, faults, profile=counted, now=self.clock(), lib=self.lib)
        except HubError:
            return None

    def _repeat(self, row: Row) -> Receipt:
        """What was answered before, from the journal."""
        said: Mapping[str, object] = row.outcome or {}
        (data,) = self.journal.answers(row.number) or (None,)
        standard, message, syntax = (str(said.get(key) or "") for key in ("answer_standard", "answer_message", "answer_syntax"))
        listed = said.get("faults")
        faults = tuple(Fault(*map(str, fault)) for fault in listed) if isinstance(listed, list) else ()
        answer = None if data is None else Document(standard, message, syntax, data)
        return Receipt(row.number, row.id, f"{row.standard}:{row.message}", _exchanges(row), faults, answer, repeated=True)

    def _resume(self, row: Row) -> None:
        """Go on with a message that was recorded and not finished; one whose bytes were erased is finished as refused."""
        data = self.journal.data(row.number)
        if data is None:
            self.journal.finish(row.number, "refused", {"faults": [["", "its bytes were erased before it was finished", ""]]}, [])
            return
        decoded = pipeline.decode(data, lib=self.lib)
        self._settle(row.number, decoded, self._head(decoded), row.earlier is not None)

    def _remember(self) -> None:
        """Read again, in order, what earlier messages bring to later ones."""
        bringing = {(mapping.standard.name, mapping.name) for mapping in self.lib.mappings() if mapping.provides}
        for row in self._done():
            data = self.journal.data(row.number) if (row.standard, row.message) in bringing else None
            if data is not None:
                pipeline.learn(data, self.context, profile=self.profile_of(row.sender), lib=self.lib)

    def _find_packed(self) -> None:
        """The messages whose rows were not written out yet when the hub ended."""
        if not self.store.graphs():
            return
        packed = set(self.store.query(PACKED, form="csv").decode().split()[1:])
        for row in self._done():
            data = self.journal.data(row.number) if row.id in packed else None
            if data is not None and any(self.lib.exchanges[name].points == "graph" for name in _exchanges(row)):
                lifted = pipeline.lift(data, profile=self.profile_of(row.sender), context=self.context, lib=self.lib)
                self._packed.append(lifted.message)

    def _done(self) -> Iterator[Row]:
        """The messages that were taken, in order."""
        after = 0
        while rows := self.journal.rows(after):
            yield from (row for row in rows if row.state == "done")
            after = rows[-1].number


def _again(decoded: Decoded) -> Fault:
    """An identifier that came before with other content, refused in the words of the standard."""
    mapping = decoded.mapping
    named = next((wire for relation in mapping.envelope.every() for wire, canon in relation.links() if canon == "id"), "")
    place = mapping.places[decoded.syntax].get(named, "")
    return Fault(place, mapping.standard.table.text("again", AGAIN), mapping.standard.rule)


def _exchanges(row: Row) -> tuple[str, ...]:
    found = (row.outcome or {}).get("exchanges")
    return tuple(map(str, found)) if isinstance(found, list) else ()


def outcome(receipt: Receipt) -> dict[str, object]:
    """What the journal keeps of a receipt, besides the bytes of the answer."""
    answer = receipt.answer
    named = {} if answer is None else {"answer_standard": answer.standard, "answer_message": answer.message, "answer_syntax": answer.syntax}
    return {"exchanges": list(receipt.exchanges), "faults": [[fault.path, fault.says, fault.rule] for fault in receipt.faults], **named}
