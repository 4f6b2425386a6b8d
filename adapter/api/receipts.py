"""Receipts as the hub tells them: in JSON, or by the answer in the sender's own standard."""

from __future__ import annotations

from dataclasses import replace

from fastapi import Request
from starlette.responses import JSONResponse, Response

from adapter.api import models
from adapter.api.accept import choose
from adapter.api.access import owner
from adapter.api.media import JSON, asks_for, type_of
from adapter.api.problems import answer, details, kind_of, status_of
from adapter.hub.hub import Hub
from adapter.hub.journal import Row
from adapter.hub.receipt import Receipt, repeat
from adapter.pipeline import Document


def place(number: int) -> str:
    """Where a message is found."""
    return f"/v1/messages/{number}"


def document(hub: Hub, one: Document) -> models.Document:
    return models.Document(standard=one.standard, message=one.message, content_type=type_of(one, hub.lib), document=one.data.decode("utf-8", errors="replace"))


def told(hub: Hub, receipt: Receipt) -> models.Receipt:
    """A receipt with the links to what the hub has of the message."""
    here = place(receipt.number)
    links = {"self": here, "wire": f"{here}/wire", "report": f"{here}/report", **({"graph": f"{here}/graph"} if receipt.taken else {})}
    return models.Receipt(
        id=receipt.number,
        message=receipt.message,
        graph=receipt.graph,
        exchanges=list(receipt.exchanges),
        taken=receipt.taken,
        repeated=receipt.repeated,
        faults=[models.Fault(path=fault.path, says=fault.says, rule=fault.rule) for fault in receipt.faults],
        answers=[document(hub, receipt.answer)] if receipt.answer is not None else [],
        links=links,
    )


def kept(hub: Hub, row: Row) -> models.KeptMessage:
    """A message of the journal."""
    receipt = told(hub, replace(repeat(row, hub.journal.answers(row.number)), repeated=False))
    return models.KeptMessage(
        **receipt.model_dump(),
        state=row.state,
        received=row.received.text(),
        sender=row.sender,
        partner=owner(row),
        hash=row.hash,
        erased=hub.journal.data(row.number) is None,
    )


def notice(row: Row) -> models.Notice:
    """A message as those hear of it who did not send it."""
    receipt = repeat(row, [])
    return models.Notice(id=row.number, received=row.received.text(), message=receipt.message, graph=row.id, exchanges=list(receipt.exchanges))


def respond(hub: Hub, receipt: Receipt, request: Request) -> Response:
    """The response to who sent a message: its status, and the body that its Accept asks for."""
    status = (200 if receipt.repeated else 201) if receipt.taken else status_of(kind_of(receipt.kind))
    here = place(receipt.number)
    headers = {"Location": here} if receipt.taken else {"Link": f'<{here}>; rel="describedby"'}
    if receipt.answer is not None:
        media = type_of(receipt.answer, hub.lib)
        wanted = choose(request.headers.get("accept", ""), [JSON, *asks_for(media)])
        if wanted not in (None, JSON):
            return Response(receipt.answer.data, status, headers, media_type=wanted)
    found = told(hub, receipt)
    if receipt.taken:
        return JSONResponse(found.model_dump(), status, headers)
    problem = details(kind_of(receipt.kind), found.faults, receipt.remedy, status)
    return answer(problem.model_copy(update={name: getattr(found, name) for name in type(found).model_fields if name != "faults"}), headers)
