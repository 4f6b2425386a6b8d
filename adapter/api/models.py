"""What the hub says over HTTP, as types: the same for its routes, its OpenAPI page and its client."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Fault(BaseModel):
    """One thing that is wrong: the place on the wire, a sentence, the rule behind it."""

    path: str = ""
    says: str
    rule: str = ""


class Document(BaseModel):
    """One document in a standard, as text."""

    standard: str
    message: str
    content_type: str
    document: str


class Receipt(BaseModel):
    """What became of a message. *repeated*: the same bytes came before, and this is what was answered then."""

    id: int
    message: str
    graph: str
    exchanges: list[str]
    taken: bool
    repeated: bool
    faults: list[Fault]
    answers: list[Document]
    links: dict[str, str]


class KeptMessage(Receipt):
    """A message of the journal: its receipt, its state (done, refused), and when it came from whom."""

    state: str
    received: str
    sender: str
    partner: str
    hash: str
    erased: bool


class ProblemDetails(BaseModel):
    """A refusal (RFC 9457). `id` to `links` are there when it refuses a message that was read: its receipt."""

    type: str
    title: str
    status: int
    detail: str
    faults: list[Fault]
    remedy: str = ""
    id: int | None = None
    message: str | None = None
    graph: str | None = None
    exchanges: list[str] | None = None
    taken: bool | None = None
    repeated: bool | None = None
    answers: list[Document] | None = None
    links: dict[str, str] | None = None


class Messages(BaseModel):
    """A page of messages; *next* is the `after` of the next page, and missing on the last one."""

    messages: list[KeptMessage]
    next: int | None = None


class Leaves(BaseModel):
    """How many leaves a document has, and what became of them; the five counts sum to *total*."""

    total: int
    bound: int
    kept: int
    derived: int
    ignored: int
    unmapped: int


class Unmapped(BaseModel):
    """A leaf of which no mapping speaks."""

    path: str
    value: str


class MessageReport(BaseModel):
    """How a message was read: by which mapping and package, for which version of its partner, with which earlier messages (their graphs)."""

    message: str
    package: str
    partner: str
    partner_version: int
    exchanges: list[str]
    leaves: Leaves
    unmapped: list[Unmapped]
    context: list[str]


class Verdict(BaseModel):
    """Whether a message conforms to its standard and its shapes, and what is wrong if it does not. Nothing of it is kept."""

    conforms: bool
    message: str
    exchanges: list[str]
    faults: list[Fault]
    leaves: Leaves | None = None
    unmapped: list[Unmapped] = []


class Loss(BaseModel):
    """Something the source says that the target does not say, or says with another value (*became*)."""

    path: str
    value: str
    reason: str
    became: str | None = None


class Default(BaseModel):
    """A value of the target that the source did not say, and where it came from."""

    path: str
    value: str
    source: str


class Named(BaseModel):
    """A document of a translation, and the name of a file for it."""

    standard: str
    message: str
    file: str


class Validation(BaseModel):
    """The verdict of the shapes."""

    conforms: bool
    results: list[dict[str, Any]]


class TranslationReport(BaseModel):
    """What a translation kept, lost and filled in."""

    model_config = ConfigDict(populate_by_name=True)
    source: str = Field(alias="from")
    target: str = Field(alias="to")
    exchanges: list[str]
    leaves: Leaves
    documents: list[Named]
    loss: list[Loss]
    defaults: list[Default]
    validation: Validation
    context: list[str]


class Translated(BaseModel):
    """The documents of a translation, and its report."""

    documents: list[Document]
    report: TranslationReport


class Cell(BaseModel):
    """One row of the acceptance grid in one standard, in one direction."""

    row: str
    standard: str
    direction: str
    status: str
    message: str
    evidence: str
    bound: list[str]
    kept: list[str]


class Leg(BaseModel):
    """One row from one standard to another."""

    model_config = ConfigDict(populate_by_name=True)
    row: str
    source: str = Field(alias="from")
    target: str = Field(alias="to")
    status: str
    evidence: str


class Coverage(BaseModel):
    """The acceptance grid as it is."""

    cells: list[Cell]
    legs: list[Leg]


class Exchange(BaseModel):
    """One data exchange: its row, its title, the variables without which it is not carried, and the services of this hub that take it."""

    row: str
    title: str
    essentials: list[str]
    services: list[str]


class Mapping(BaseModel):
    """One message of a standard that the hub reads and writes."""

    id: str
    standard: str
    message: str
    versions: list[str]
    exchanges: list[str]


class Parameter(BaseModel):
    """A parameter of a question: its type, and what it narrows."""

    name: str
    type: str
    narrows: str


class Question(BaseModel):
    """A named question: what it asks, its parameters, its columns in words."""

    name: str
    asks: str
    parameters: list[Parameter]
    columns: dict[str, str]


class Partner(BaseModel):
    """A party the hub deals with; *version* counts the files it was registered with, *file* is the last one."""

    name: str
    means: str
    registered: bool
    roles: list[str]
    ids: list[str]
    speaks: dict[str, str]
    endpoint: str
    version: int
    file: str


class Key(BaseModel):
    """A new API key. It is shown this once."""

    partner: str
    key: str


class Withdrawn(BaseModel):
    """How many keys were made worthless."""

    keys: int


class Wish(BaseModel):
    """A subscription to make: *places* are IRIs or SCHEME/code; without a *webhook* it is asked for news."""

    model_config = ConfigDict(extra="forbid")
    partner: str = ""
    exchanges: list[str] = Field(min_length=1)
    places: list[str] = []
    standard: str = ""
    webhook: str = ""


class Subscription(BaseModel):
    """Who wants to hear of which messages."""

    id: str
    partner: str
    exchanges: list[str]
    places: list[str]
    standard: str
    webhook: str
    since: str


class Item(BaseModel):
    """Something to send that was laid aside: *because* of which message, to whom, and why it could not be sent."""

    number: int
    because: int
    partner: str
    endpoint: str
    content_type: str
    state: str
    attempts: int
    reason: str


class Notice(BaseModel):
    """A message that a subscription is about. What its sender was answered is the sender's."""

    id: int
    received: str
    message: str
    graph: str
    exchanges: list[str]


class News(BaseModel):
    """The messages after those known; *last* is the `after` to ask with next."""

    messages: list[Notice]
    last: int


class Health(BaseModel):
    """How the hub is: *journal* counts its messages; *store* is ok, or behind until it takes again what it lacks; *waiting* messages lack their rows in it."""

    status: str
    journal: int
    store: str
    waiting: int
    lag_seconds: int


class Place(BaseModel):
    """Something of the grid: its IRI, its code, its name."""

    iri: str
    code: str
    name: str = ""


class Path(BaseModel):
    """One way from a place to what supplies it; nothing where nothing is known. *begin* and *end*: as long as the meter stands at the connection."""

    connection: Place | None = None
    meter: Place | None = None
    device: Place | None = None
    equipment: Place | None = None
    transformer: Place | None = None
    secondary: Place | None = None
    feeder: Place | None = None
    substation: Place | None = None
    zones: list[Place] = Field(default_factory=list)
    begin: str | None = None
    end: str | None = None


class Eligible(BaseModel):
    """A connection of a zone: its code and name, its meter, and through what of the zone it belongs to it (an IRI)."""

    connection: str
    name: str = ""
    meter: str = ""
    through: str


class Orphan(BaseModel):
    """A place without exactly one answer: what kind of fault, its code, what is known of it."""

    kind: str
    place: str
    known: str = ""


class Membership(BaseModel):
    """The zones and nodes of one connection of a partner, under the partner's own aliases; *means*, for the operator alone: what they stand for."""

    connection: str
    zones: list[str]
    nodes: list[str]
    means: dict[str, str] | None = None
