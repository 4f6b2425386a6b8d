"""The hub of a data folder: what each step of `pipeline.receive` does with journal, partners, services, outbox and store.

What is acknowledged is in the journal, on disk. What the store has of it is in adapter/hub/graphs.py.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from adapter import pipeline
from adapter.errors import AdmissionError, ContextMissing, Fault, HubError
from adapter.hub import arrival as arrivals
from adapter.hub import models
from adapter.hub.aliases import Aliases
from adapter.hub.arrival import Arrival
from adapter.hub.graphs import PACKAGE, Graphs
from adapter.hub.index import Index, Marks
from adapter.hub.journal import Entry, Journal
from adapter.hub.notices import notices
from adapter.hub.outbox import Outbox
from adapter.hub.receipt import Receipt, outcome, repeat
from adapter.hub.subscriptions import Subscriptions
from adapter.message import Content
from adapter.partners import Partner, Profile
from adapter.pipeline import Decoded, Document, Lifted
from adapter.store import LocalStore, Store
from adapter.values import Instant


@dataclass
class Hub(Graphs):
    """A hub in a data folder. One message is received at a time; every method may be called from any thread.

    *Raises* `UsageError` when another hub has the folder, `StorageError` when the disk refuses.
    """

    def _open(self) -> None:
        self.outbox, self.subscriptions = Outbox(self.journal), Subscriptions(self.journal.database)
        self.aliases = Aliases(self.journal.database)
        super()._open()

    def receive(self, data: bytes, channel: str = "") -> Receipt:
        """Take a message, or refuse it; see `pipeline.receive`. *channel*: the name of the partner that brings it, if that is known."""
        return pipeline.receive(data, self, channel)

    def arrive(self, decoded: Decoded, channel: str = "") -> Arrival:
        """Who sent a document, and whether it came before. *Raises* `UsageError` when there is no partner *channel*, `StoreError` while the store lags."""
        if self.trouble:
            self._make_up()
        arrival = arrivals.read(decoded)
        brought = self.partners.get(channel) if channel else None
        arrival.partner = self.partners.sender(arrival.sender) if arrival.sender else brought
        sender = arrival.sender or (arrival.partner.name if arrival.partner else "")
        if arrival.identity and arrival.partner is not None and arrival.partner.registered and brought in (None, arrival.partner):
            arrival.sender, arrival.admitted = sender, True
            arrival.earlier = self.journal.known(sender, arrival.identity, decoded.digest)
            arrival.lineage = arrivals.SEPARATOR.join((sender, arrival.lineage)) if arrival.lineage else ""
        return arrival

    def complete(self, decoded: Decoded, channel: str = "") -> Decoded:
        """A difference model together with the model it changes; see `adapter.hub.models`. One that *channel* may not send is not looked at."""
        brought = self.partners.get(channel) if channel else None
        return models.complete(decoded, self.journal, self.lib) if _may(brought, decoded.mapping.said_by) else decoded

    def repeat(self, arrival: Arrival) -> Receipt | None:
        """What was answered when the same bytes came before; None for anything else."""
        row = arrival.earlier
        return repeat(row, self.journal.answers(row.number)) if row is not None and row.hash == arrival.decoded.digest else None

    def admit(self, arrival: Arrival, channel: str = "") -> None:
        """Refuse who may not send, an identifier that was used before, and a revision that is over; *raises* `AdmissionError`."""
        arrivals.check_partner(arrival, self.partners.get(channel) if channel else None)
        _check_role(arrival.partner, arrival.mapping.id, arrival.mapping.said_by)
        arrivals.check_again(arrival, self.journal.find(arrival.graph, "done"))
        if arrival.lineage:
            arrivals.check_revision(arrival, self.index.revision(arrival.lineage))
            models.check_base(arrival.decoded, arrival.replaces)

    def permit(self, arrival: Arrival, lifted: Lifted) -> None:
        """Refuse what is not for the sender to say, such as where others are connected; *raises* `AdmissionError`."""
        for content in lifted.message.contents:
            _check_role(arrival.partner, f"{content.exchange.row} ({content.exchange.title})", content.exchange.said_by)

    def tell_apart(self, arrival: Arrival) -> None:
        """Refuse a message that nothing tells from others of its sender; *raises* `AdmissionError`."""
        arrivals.check_identity(arrival)

    def acknowledge(self, arrival: Arrival, lifted: Lifted | None, refusal: HubError | None) -> Receipt:
        """Write message, outcome, answer and what is to be sent into the journal: on disk when this returns. *Raises* `StorageError`."""
        decoded, now, number = arrival.decoded, self.clock(), self.last + 1
        faults, kind, remedy = ((), "", "") if refusal is None else (refusal.faults, type(refusal).__name__, refusal.remedy)
        mapping = decoded.mapping
        answer = self._answer(number, arrival, faults, now)
        receipt = Receipt(number, arrival.graph, mapping.id, carried(lifted), faults, answer, kind=kind, remedy=remedy)
        # A difference model that lacks the model it changes may come again when that is there: nothing is held against it.
        again = isinstance(refusal, ContextMissing) and mapping.keeps_statements
        identity = arrival.identity if arrival.admitted and not again else ""
        entry = Entry(arrival.graph, now, arrival.sender, mapping.standard.name, mapping.name, identity)
        with self.journal.transaction():
            said = self._outcome(arrival, lifted, receipt)
            row = self.journal.add(entry, decoded.data, "refused" if faults else "done", said, [answer.data] if answer else [], decoded.digest)
            assert row.number == number  # one hub writes in a folder, and one message at a time
            pairs = self._pairs(lifted) if lifted is not None else []
            if lifted is not None:
                self._note(number, arrival, pairs)
            for notice in notices(self, arrival, lifted, receipt, pairs):
                self.outbox.add(notice.partner, notice.endpoint, notice.data, notice.media, because=number)
        self.last = number
        return receipt

    def _pairs(self, lifted: Lifted) -> list[tuple[str, str]]:
        """The exchanges of a message, each with the places it is about; and, where somebody subscribed to places, with what those belong to."""
        pairs = [(content.exchange.row, place) for content in lifted.message.contents for place in places(content)]
        if self.subscriptions.to_places():
            told = {row for row, _ in pairs if not self.lib.exchanges[row].said_by}  # that a place belongs somewhere is no news of it
            pairs += [(row, more) for row, place in list(pairs) if place and row in told for more in self.routes.around(place, self)]
        return pairs

    def _note(self, number: int, arrival: Arrival, pairs: Sequence[tuple[str, str]]) -> None:
        """What has to be found again: what the message carries, what it brings, that it holds from now on."""
        self.index.carry(number, pairs)
        if arrival.mapping.provides:
            self.index.bring(number)
        if arrival.lineage:
            self.index.revise(arrival.lineage, arrival.revision or 0, arrival.graph)

    def _outcome(self, arrival: Arrival, lifted: Lifted | None, receipt: Receipt) -> dict[str, object]:
        """What the journal says became of a message."""
        said = outcome(receipt)
        said["package"] = PACKAGE
        if arrival.partner is not None:
            said["partner"], said["partner_version"] = arrival.partner.name, self.partners.version(arrival.partner.name)
        if arrival.replaces and lifted is not None:
            said["replaces"] = arrival.replaces
        if written := models.vocabularies(arrival.decoded):
            said["vocabularies"] = written
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


def _may(partner: Partner | None, roles: Sequence[str]) -> bool:
    """The partner has one of the roles that may say something; everybody may where none is named."""
    return not roles or (partner is not None and bool(set(roles) & set(partner.roles)))


def _check_role(partner: Partner | None, what: str, roles: Sequence[str]) -> None:
    if not _may(partner, roles):
        says = f"{what} is for the role {' or '.join(roles)} to say"
        raise AdmissionError(Fault("", says, "D4.1 §4.3.3"), "Let the operator send it, or give the partner the role.")


def carried(lifted: Lifted | None) -> tuple[str, ...]:
    """The exchanges of a message, by row."""
    return tuple(dict.fromkeys(content.exchange.row for content in lifted.message.contents)) if lifted is not None else ()


def places(content: Content) -> list[str]:
    """The zones, connections or devices a content is about; [""] for none."""
    found = content.frame.values.get(content.exchange.place) if content.exchange.place else None
    return [str(one) for one in (found if isinstance(found, (list, tuple)) else [found]) if one is not None] or [""]


def rebuild(
    folder: Path, clock: Callable[[], Instant], replayed: Callable[[int, int], None] = lambda number, last: None, store: Store | None = None
) -> tuple[int, dict[int, str]]:
    """Make the store of a data folder anew from its journal; returns from how many messages, and which of them were left out, with the reasons.

    *Raises* `UsageError`, `StorageError`, `StoreError`.
    """
    store = store or LocalStore(folder / "store")
    with Journal(folder / "journal.sqlite") as journal:
        index = Index(journal.database)
        index.flushed(Marks())
        index.forget()
        store.clear()
    with Hub(folder, clock, replayed=replayed, elsewhere=store) as hub:
        hub.expand()
        return hub.last, hub.left_out
