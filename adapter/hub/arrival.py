"""A message on its way in: what could be read of who sent it and what its sender calls it, before anything else is known of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from adapter.errors import AdmissionError, AlreadyUsed, Fault
from adapter.frames import Frame
from adapter.hub.journal import Row
from adapter.mapping import MessageMapping
from adapter.message import header, identity, key_text
from adapter.names import graph_iri
from adapter.partners import NEUTRAL, Partner, Profile
from adapter.pipeline import Decoded
from adapter.run import Run
from adapter.values import Instant

AGAIN = "the identifier names another message already"
SEPARATOR = "\x1f"


@dataclass
class Arrival:
    """A decoded document, its sender as the document says ("" when it does not), and the partner this is; *identity* is "" for what cannot be told apart.

    *earlier* is what came under the same identity before; *lineage* and *revision* tell versions of one message from others.
    """

    decoded: Decoded
    sender: str
    graph: str
    identity: str
    lineage: str
    revision: int | None
    partner: Partner | None = None
    earlier: Row | None = None
    replaces: str = ""
    admitted: bool = field(default=False)

    @property
    def mapping(self) -> MessageMapping:
        return self.decoded.mapping

    @property
    def profile(self) -> Profile:
        """What was agreed with the sender; nothing, while the sender is not known."""
        return self.partner.profile if self.partner is not None else NEUTRAL

    def place(self, variable: str) -> str:
        """Where on the wire the variable *variable* of the envelope stands."""
        named = next((wire for relation in self.mapping.envelope.every() for wire, canon in relation.links() if canon == variable), "")
        return self.mapping.places[self.decoded.syntax].get(named, "")


def read(decoded: Decoded) -> Arrival:
    """What a document says about itself, as far as it can be read."""
    mapping, run = decoded.mapping, Run(syntax=decoded.syntax, digest=decoded.digest)
    wire = decoded.reading[0]
    names = identity(mapping, wire, run.digest)
    sender = str(header(mapping, wire, run).get("sender") or "")
    known = SEPARATOR.join(names) if any(names) else ""
    lineage, revision = "", None
    rule = next((rule for rule in mapping.replaces if all(key_text(wire, variable) for variable in rule.same)), None)
    if rule is not None:
        lineage = SEPARATOR.join((mapping.id, *(key_text(wire, variable) for variable in rule.same)))
        revision = _number(wire, rule.revision) if rule.revision else None
    return Arrival(decoded, sender, graph_iri(mapping.standard.name, *names), known, lineage, revision)


def _number(wire: Frame, variable: str) -> int | None:
    """A revision as a number that grows: an instant by its seconds; one without zone is compared with those of the same sender, as if it were UTC."""
    scope = next(scope for scope in wire.scope.every() if variable in scope.variables)
    found = next((value for frame in wire.all(scope) if (value := frame.get(variable)) is not None), None)
    if isinstance(found, Instant):
        return found.epoch
    return found if isinstance(found, int) else None


def check_partner(arrival: Arrival, channel: Partner | None) -> None:
    """The sender must be a registered partner, and the one whose key or name came with the document; *raises* `AdmissionError`."""
    partner, place = arrival.partner, arrival.place("sender")
    if partner is None and not arrival.sender:
        raise AdmissionError(Fault("", "the document does not say who sent it"), "Name the partner: with its API key, or by ?partner=NAME.")
    if partner is None:
        raise AdmissionError(Fault(place, f"the sender {arrival.sender} is not known to this hub"), "Let the operator register it: PUT /v1/partners/NAME.")
    if channel is not None and channel.name != partner.name:
        raise AdmissionError(
            Fault(place, f"the sender is the partner {partner.name}, and the document was brought by {channel.name}"), "Send with the sender's own key."
        )
    if not partner.registered:
        raise AdmissionError(Fault(place, f"the partner {partner.name} is not registered"), "Let the operator register it: PUT /v1/partners/NAME.")


def check_again(arrival: Arrival, held: Row | None) -> None:
    """An identifier names one message; *raises* `AlreadyUsed` in the words of the standard when it came before with other content.

    *held* is the message that was taken under the same graph: where a standard's identifiers do not hold the sender, it may be somebody else's.
    """
    if held is not None and held.sender != arrival.sender:
        raise AlreadyUsed(Fault(arrival.place("id"), "the identifier names a message of another partner", arrival.mapping.standard.rule))
    if arrival.earlier is not None:
        standard = arrival.mapping.standard
        raise AlreadyUsed(Fault(arrival.place("id"), standard.table.text("again", AGAIN), standard.rule))


def check_identity(arrival: Arrival) -> None:
    """Two messages that nothing tells apart would be one graph; *raises* `AdmissionError`. Asked last: whatever else is wrong says more."""
    if not arrival.identity:
        raise AdmissionError(Fault("", "nothing in the document tells it from others", ", ".join(arrival.mapping.identity)), "Give it an identifier.")


def check_revision(arrival: Arrival, held: tuple[int, str] | None) -> None:
    """A version that is older than the one that holds is refused; a newer one replaces it. *Raises* `AlreadyUsed`."""
    if held is None:
        return
    revision, graph = held
    if arrival.revision is not None and arrival.revision <= revision:
        known = arrival.mapping.places[arrival.decoded.syntax]
        place = next((known[rule.revision] for rule in arrival.mapping.replaces if rule.revision in known), "")
        raise AlreadyUsed(Fault(place, f"revision {arrival.revision} comes after revision {revision} was taken", arrival.mapping.standard.rule))
    arrival.replaces = graph
