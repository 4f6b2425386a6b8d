"""Flexibility procurement: forecasts, requests, offers and selections (FP1 to FP4). An offer is held against the request it answers, an order against its offer.

Sources: D4.1 Table 18; UFTP 3.1.0, FlexOffer and FlexOrder.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from adapter.frames import Frame
from adapter.message import Content, Message, where
from adapter.names import identifier_of
from adapter.services.base import Memory, Objection, Service
from adapter.values import Instant, utc_text

REQUESTED = "hub:Requested"


class Flexibility(Service):
    """Takes FP1 to FP4."""

    name = "flexibility"
    title = "Flexibility procurement"
    rows = ("FP1", "FP2", "FP3", "FP4")

    def objections(self, contents: Sequence[Content], message: Message, memory: Memory) -> Iterator[tuple[Content, Objection]]:
        checks = {"FP3": _offer, "FP4": _selection}
        for content in contents:
            check = checks.get(content.exchange.row)
            yield from ((content, objection) for objection in (check(content.frame, memory) if check else ()))


def _offer(offer: Frame, memory: Memory) -> Iterator[Objection]:
    """An offer must not be over, and must keep to the request it names."""
    yield from _over(offer.get("expiry"), "expiry", "the offer", memory.now())
    identifier = offer.get("request")
    if identifier is None:
        return
    request = _find(memory, identifier, "FP2", offer.get("addressee"))
    if request is None:
        yield Objection("request", f"no flexibility request {identifier} of {_party(offer.get('addressee'))} is known here", "FP3 answers FP2")
        return
    yield from _over(request.get("expiry"), "request", f"the flexibility request {identifier}", memory.now())
    asked = request.values.get("zone") or []
    for zone in offer.values.get("zone") or []:
        if zone not in asked:
            yield Objection(
                "zone", f"{_party(zone)} is not where the request {identifier} asks for flexibility: {', '.join(map(_party, asked))}", "FP3 answers FP2"
            )
    yield from _rows_asked(offer, request, identifier)


def _rows_asked(offer: Frame, request: Frame, identifier: str) -> Iterator[Objection]:
    """The rows of every option must lie in rows that were asked for, and one of them at least in a requested one."""
    wanted = list(_spans(request, "need"))
    requested = [(begin, end) for begin, end, disposition in wanted if disposition in (None, REQUESTED)]
    inside = [(begin, end) for begin, end, _ in wanted]
    for option in offer.holding("slice"):
        starts, ends = option.values.get("t0") or [], option.values.get("t1") or []
        for row, (begin, end) in enumerate(zip(starts, ends, strict=True)):
            if not _covered(begin, end, inside):
                yield Objection(
                    "t0", f"{utc_text(begin)} to {utc_text(end)} is not in the period of the request {identifier}", "FP3 answers FP2", row, where(option)
                )
        if requested and not any(begin < last and first < end for begin, end in zip(starts, ends, strict=True) for first, last in requested):
            yield Objection(
                "t0",
                f"no row of the option lies where the request {identifier} asks for flexibility",
                "UFTP 3.1.0, FlexOffer: request mismatch",
                None,
                where(option),
            )


def _selection(order: Frame, memory: Memory) -> Iterator[Objection]:
    """An order must name an offer that is known and not over, and one of its options."""
    identifier = order.get("offer")
    if identifier is None:
        return
    offer = _find(memory, identifier, "FP3", None)
    if offer is None:
        yield Objection("offer", f"no flexibility offer {identifier} is known here", "FP4 selects FP3")
        return
    yield from _over(offer.get("expiry"), "offer", f"the flexibility offer {identifier}", memory.now())
    known = [option.values.get("reference") for option in offer.each("option")]
    if order.get("option") is not None and order.get("option") not in known:
        yield Objection("option", f"the offer {identifier} has no option {order.get('option')}: {', '.join(map(str, known))}", "FP4 selects FP3")


def _find(memory: Memory, identifier: str, row: str, issuer: str | None) -> Frame | None:
    """The stored content of *row* that has the identifier, and was issued by *issuer* when that is said."""
    for message in memory.named(identifier):
        for content in message.contents:
            frame = content.frame
            if content.exchange.row == row and frame.get("id") == identifier and (issuer is None or frame.get("issuer") in (None, issuer)):
                return frame
    return None


def _over(until: Instant | None, variable: str, what: str, now: Instant) -> Iterator[Objection]:
    if until is not None and until.zoned and until.epoch < now.epoch:
        yield Objection(variable, f"{what} was valid until {until.text()}, and it is {now.text()}", "expired")


def _spans(request: Frame, rows: str) -> Iterator[tuple[int, int, str | None]]:
    for series in request.holding(rows):
        starts, ends = series.values.get("t0") or [], series.values.get("t1") or []
        states = series.values.get("disposition") or [None] * len(starts)
        yield from zip(starts, ends, states, strict=True)


def _covered(begin: int, end: int, spans: list[tuple[int, int]]) -> bool:
    """The spans, which do not overlap, fill all of it.

    >>> _covered(2, 6, [(0, 4), (4, 8)]), _covered(2, 6, [(0, 3), (4, 8)])
    (True, False)
    """
    return sum(max(0, min(end, last) - max(begin, first)) for first, last in spans) >= end - begin


def _party(iri: object) -> str:
    found = identifier_of(str(iri))
    return found[1] if found else str(iri)
