"""How the hub is, and the page that lists its routes."""

from __future__ import annotations

from html import escape
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from adapter.api import models
from adapter.api.here import HubHere
from adapter.api.problems import documented

router = APIRouter(tags=["health"])


@router.get("/v1/healthz", responses=documented(503))
def healthz(hub: HubHere) -> models.Health:
    """Up and taking messages. `store: behind` means that it lacks messages the journal has; they are made up with the next one, or at a restart."""
    waiting, lag = hub.lag()
    store = "behind" if hub.trouble else "ok"
    return models.Health(status=store, journal=hub.journal.last(), store=store, waiting=waiting, lag_seconds=lag)


@router.get("/docs", include_in_schema=False)
async def docs(request: Request) -> HTMLResponse:
    """The routes on one plain page, made from /openapi.json: no script, nothing from elsewhere."""
    described = request.app.openapi()
    rows = "".join(_row(path, method, one) for path, methods in described["paths"].items() for method, one in methods.items())
    head = "<tr><th>route<th>parameters<th>statuses<th>what it does"
    return HTMLResponse(
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(described["info"]["title"])}</title>'
        f"<h1>{escape(described['info']['title'])} {escape(described['info']['version'])}</h1><p>{escape(described['info']['description'])}</p>"
        f'<p>Every type is in <a href="/openapi.json">/openapi.json</a>.</p><table border="1" cellpadding="4">{head}{rows}</table></html>'
    )


def _row(path: str, method: str, one: dict[str, Any]) -> str:
    parameters = ", ".join(parameter["name"] for parameter in one.get("parameters", []) if parameter["in"] == "query")
    cells = (f"{method.upper()} {path}", parameters, ", ".join(one["responses"]), one.get("description", ""))
    return "<tr>" + "".join(f"<td>{escape(cell)}" for cell in cells)
