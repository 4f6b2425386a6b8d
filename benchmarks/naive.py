"""The naive hub: lxml, rdflib, pySHACL and SPARQL, as a good engineer writes it in an afternoon, for one pair of messages.

UFTP FlexRequest → the golden graph of FP2 → shapes → rows by SPARQL → E-Flex offer request. Each step is the fastest
honest form found (for the queries: benchmarks/orders.py). It makes the same graph and the same document as ours, and
nothing more: no losses, no defaults, no leaf account, no second standard.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from lxml import etree
from pyshacl import Validator
from pyshacl.graph_abstraction import DataGraph
from rdflib import RDF, XSD, Graph, Literal, URIRef

from adapter.names import expand, graph_iri, identifier_iri
from adapter.partners import Profile
from adapter.resources import folder
from benchmarks.orders import FASTEST, prepared

Row = tuple[datetime, datetime, Decimal]


def term(curie: str) -> URIRef:
    return URIRef(expand(curie))


# Terms are made once: a Namespace would make a new URIRef at every use.
TYPE = RDF.type
REQUEST, SERIES, POINT, BAND = term("s4ener:FlexRequest"), term("s4ener:TimeSeries"), term("s4ener:DataPoint"), term("hub:ValueRange")
PARTY, ZONE, INTERVAL, INSTANT = term("hub:MarketParty"), term("hub:FlexibilityZone"), term("time:Interval"), term("time:Instant")
IDENTIFIER, CREATED, ISSUER, ADDRESSEE = term("dcterms:identifier"), term("s4ener:hasCreationTime"), term("hub:issuedBy"), term("hub:addressedTo")
LOCATION, EXPIRY, CONTRACT, SERVICE = term("hub:concernsLocation"), term("hub:validUntil"), term("hub:underContract"), term("hub:serviceType")
REVISION, HAS_SERIES, POSITION, RESOLUTION = term("hub:revision"), term("hub:hasSeries"), term("hub:position"), term("hub:resolution")
TIME_ZONE, PERIOD, HAS_POINT, RESULT = term("hub:timeZone"), term("s4ener:hasEffectivePeriod"), term("s4ener:hasDataPoint"), term("saref:hasResult")
BEGIN, END, AT = term("time:hasBeginning"), term("time:hasEnd"), term("time:inXSDDateTime")
LOWER, UPPER, DISPOSITION, MEASURED_IN = term("hub:lowerValue"), term("hub:upperValue"), term("hub:disposition"), term("saref:isMeasuredIn")
PROPERTY, KILOWATT, DEVIATION = term("saref:isValueOfProperty"), term("unit:KiloW"), term("hub:ActivePowerDeviation")
DISPOSITIONS = {"Available": term("hub:Available"), "Requested": term("hub:Requested")}
KILO = Decimal("0.001")

HEAD = """SELECT ?id ?created ?issuer ?addressee ?revision WHERE {
  ?request a s4ener:FlexRequest ; dcterms:identifier ?id ; s4ener:hasCreationTime ?created ; hub:issuedBy ?issuer ; hub:addressedTo ?addressee
  OPTIONAL { ?request hub:revision ?revision } }"""
ZONES = "SELECT ?zone WHERE { ?request hub:concernsLocation ?zone }"
WINDOW = """SELECT ?resolution ?w0 ?w1 WHERE { ?request hub:hasSeries ?series . ?series hub:resolution ?resolution ;
  s4ener:hasEffectivePeriod/time:hasBeginning/time:inXSDDateTime ?w0 ; s4ener:hasEffectivePeriod/time:hasEnd/time:inXSDDateTime ?w1 }"""


@dataclass(frozen=True)
class Request:
    """What the queries read: the head, the zones, the window, and the rows in order."""

    head: Any
    zones: list[str]
    window: Any
    rows: list[Row]


def graph_of(data: bytes) -> Graph:
    """The golden graph of one FlexRequest, term by term."""
    root = etree.fromstring(data)
    iri = graph_iri("uftp", root.get("SenderDomain"), root.get("MessageID"))
    graph = Graph(identifier=URIRef(iri), bind_namespaces="none")
    for triple in _head(root, iri):
        graph.add(triple)
    midnight, step = _midnight(root), _duration(root.get("ISP-Duration"))
    for row, isp in enumerate(root.iterfind("ISP"), 1):
        begin = midnight + (int(isp.get("Start")) - 1) * step
        for triple in _row(isp, iri, row, begin, begin + int(isp.get("Duration", "1")) * step):
            graph.add(triple)
    return graph


def _midnight(root: Any, days: int = 0) -> datetime:
    """Local midnight of the message's day, in UTC."""
    day = date.fromisoformat(root.get("Period")) + timedelta(days=days)
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(root.get("TimeZone"))).astimezone(UTC)


def _duration(text: str) -> timedelta:
    length: timedelta = Literal(text, datatype=XSD.dayTimeDuration).value
    return length


def _head(root: Any, iri: str) -> Iterator[tuple[Any, Any, Any]]:
    request, series, window, start, end = (URIRef(f"{iri}#1.{name}") for name in ("request", "series.1", "window.1", "from.1", "to.1"))
    issuer, addressee = (URIRef(identifier_iri("DNS", root.get(name))) for name in ("SenderDomain", "RecipientDomain"))
    kind, _, address = root.get("CongestionPoint").partition(".")
    zone = URIRef(identifier_iri("GS1" if kind == "ean" else "EA1", address))
    yield request, TYPE, REQUEST
    yield request, IDENTIFIER, Literal(root.get("MessageID"))
    yield request, CREATED, Literal(root.get("TimeStamp"), datatype=XSD.dateTime)
    yield from ((request, ISSUER, issuer), (issuer, TYPE, PARTY), (request, ADDRESSEE, addressee), (addressee, TYPE, PARTY))
    yield from ((request, LOCATION, zone), (zone, TYPE, ZONE))
    yield request, EXPIRY, Literal(root.get("ExpirationDateTime"), datatype=XSD.dateTime)
    yield request, REVISION, Literal(int(root.get("Revision")))
    for name, predicate in (("ContractID", CONTRACT), ("ServiceType", SERVICE)):
        if root.get(name) is not None:
            yield request, predicate, Literal(root.get(name))
    yield from ((request, HAS_SERIES, series), (series, TYPE, SERIES), (series, POSITION, Literal(1)), (series, PERIOD, window))
    yield series, RESOLUTION, Literal(root.get("ISP-Duration"), datatype=XSD.duration)
    yield series, TIME_ZONE, Literal(root.get("TimeZone"))
    yield from ((window, TYPE, INTERVAL), (window, BEGIN, start), (window, END, end), (start, TYPE, INSTANT), (end, TYPE, INSTANT))
    yield start, AT, Literal(_midnight(root))
    yield end, AT, Literal(_midnight(root, 1))


def _row(isp: Any, iri: str, row: int, start: datetime, until: datetime) -> Iterator[tuple[Any, Any, Any]]:
    series = URIRef(f"{iri}#1.series.1")
    point, period, begin, end, band = (URIRef(f"{iri}#1.{name}.1.{row}") for name in ("point", "period", "begin", "end", "band"))
    yield from ((series, HAS_POINT, point), (point, TYPE, POINT), (point, POSITION, Literal(row)), (point, PERIOD, period), (point, RESULT, band))
    yield from ((period, TYPE, INTERVAL), (period, BEGIN, begin), (period, END, end))
    yield from ((begin, TYPE, INSTANT), (begin, AT, Literal(start)), (end, TYPE, INSTANT), (end, AT, Literal(until)))
    yield from ((band, TYPE, BAND), (band, LOWER, Literal(int(isp.get("MinPower")) * KILO)), (band, UPPER, Literal(int(isp.get("MaxPower")) * KILO)))
    yield from ((band, MEASURED_IN, KILOWATT), (band, PROPERTY, DEVIATION))
    if isp.get("Disposition") is not None:
        yield point, DISPOSITION, DISPOSITIONS[isp.get("Disposition")]


class NaiveHub:
    """The naive hub for one partner: shapes parsed and compiled once, queries prepared once, the partner's tables at hand."""

    def __init__(self, profile: Profile) -> None:
        shapes = Graph(bind_namespaces="none")
        shapes.parse(data=folder("shapes").joinpath("exchanges", "fp2_flexibility_request.ttl").read_text(encoding="utf-8"), format="turtle")
        self.validator: Any = Validator(DataGraph.from_rdflib(Graph()), shacl_graph=shapes, options={"inplace": True, "inference": "none", "advanced": False})
        self.head, self.zones, self.window = prepared(HEAD), prepared(ZONES), prepared(WINDOW)
        self.values, self.states = FASTEST
        pairs = (line for one, other in profile.table("identifiers").items() for line in ((one, other), (other, one)))
        self.identifiers = {identifier_iri(*left.split("/", 1)): right.partition("/")[2] for left, right in pairs}
        self.directions = {meaning: code for code, meaning in profile.table("direction").items()}

    def translate(self, data: bytes) -> bytes:
        """UFTP bytes → E-Flex bytes; raises ValueError for what breaks a shape or has no place in E-Flex."""
        graph = graph_of(data)
        self.validate(graph)
        return self.lower(graph)

    def validate(self, graph: Graph) -> None:
        """Raise ValueError with the report when a shape is broken. The compiled shapes are used again: faster than `pyshacl.validate`."""
        self.validator.data_graph, self.validator._target_graph = DataGraph.from_rdflib(graph), None
        conforms, _, report = self.validator.run()
        if not conforms:
            raise ValueError(report)

    def lower(self, graph: Graph) -> bytes:
        return self.document(self.request(graph))

    def request(self, graph: Graph) -> Request:
        """The rows by SPARQL: one query per block of the pattern, joined here."""
        states = dict(_select(graph, self.states))
        found = sorted(_select(graph, self.values), key=lambda row: row[1].value)
        rows = [(t0.value, t1.value, _need(lower.value, upper.value, states.get(point))) for point, _, t0, t1, lower, upper in found]
        head, window = _select(graph, self.head)[0], _select(graph, self.window)[0]
        return Request(head, [str(zone) for (zone,) in _select(graph, self.zones)], window, rows)

    def document(self, request: Request) -> bytes:
        """The E-Flex document as bytes: one series per direction."""
        ident, created, issuer, addressee, revision = request.head
        root = etree.Element("{urn:gridglot:eflex:1}MarketDocument", nsmap={None: "urn:gridglot:eflex:1"})
        _texts(root, {"mRID": ident, "revisionNumber": revision or "1", "createdDateTime": f"{created.value:%Y-%m-%dT%H:%M:%SZ}"})
        _texts(root, {"type": "Operator Flexibility Offer Request", "subject": "Offer Request"})
        for name, party, role in (("Sender", issuer, "DistributionSystemOperator"), ("Receiver", addressee, "DistributionFlexibilityOperator")):
            _texts(_under(root, f"{name}_marketParticipant"), {"mRID": self.identifiers[str(party)], "roleType": role})
        interval = {"start": _minute(request.rows[0][0]), "end": _minute(request.rows[-1][1])}
        _texts(_under(root, "period.timeInterval"), interval)
        for zone in request.zones:
            _texts(_under(root, "Domain"), {"mRID": self.identifiers[zone]})
        for meaning, sign in (("hub:Up", -1), ("hub:Down", 1)):
            if any(need * sign > 0 for *_, need in request.rows):
                self._series(root, request, interval, meaning, sign)
        data: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)
        return data

    def _series(self, root: Any, request: Request, interval: dict[str, str], meaning: str, sign: int) -> None:
        series = _under(root, "TimeSeries")
        _texts(series, {"BusinessType": "aggregated requested power", "Measurement_Unit.name": "KWT", "FlowDirection.direction": self.directions[meaning]})
        period = _under(series, "Period")
        _texts(period, {"resolution": str(request.window[0])})
        _texts(_under(period, "timeInterval"), interval)
        for position, (_, _, need) in enumerate(request.rows, 1):
            _texts(_under(period, "Point"), {"position": str(position), "quantity": f"{max(need * sign, Decimal(0)):f}"})


def _select(graph: Graph, query: Any) -> list[Any]:
    return list(graph.query(query))


def _need(lower: Decimal, upper: Decimal, state: Any) -> Decimal:
    """The one power a band asks for; a band that is wider is refused, since this hub keeps no list of losses."""
    if lower != upper or (lower and state != DISPOSITIONS["Requested"]):
        raise ValueError(f"the band {lower} to {upper} kW has no place in E-Flex")
    return lower


def _minute(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%MZ}"


def _under(parent: Any, name: str) -> Any:
    return etree.SubElement(parent, "{urn:gridglot:eflex:1}" + name)


def _texts(parent: Any, texts: dict[str, Any]) -> None:
    for name, text in texts.items():
        _under(parent, name).text = str(text)


def rows_by_walking(graph: Graph) -> list[Row]:
    """The same rows without SPARQL, by rdflib's own `value`: measured beside it, not counted in the ratios."""
    value: Any = graph.value
    found = []
    for point in graph.objects(None, HAS_POINT):
        period, band = value(point, PERIOD), value(point, RESULT)
        begin, end = (value(value(period, side), AT).value for side in (BEGIN, END))
        need = _need(value(band, LOWER).value, value(band, UPPER).value, value(point, DISPOSITION))
        found.append((value(point, POSITION).value, (begin, end, need)))
    return [row for _, row in sorted(found)]
