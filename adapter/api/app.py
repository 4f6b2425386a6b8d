"""The application: the routes of a hub, its refusals, its log."""

from __future__ import annotations

from importlib.metadata import version

from anyio import CapacityLimiter
from fastapi import FastAPI

from adapter.api import contents, health, knowledge, messages, outbox, partners, problems, sparql, subscriptions, topology, translations
from adapter.api.here import INTAKE
from adapter.api.log import Logged
from adapter.api.openapi import describe
from adapter.api.settings import Settings
from adapter.hub.hub import Hub
from adapter.hub.provenance import PROVENANCE

DESCRIPTION = (
    "Messages of any standard in, answers in the sender's own standard out; graphs, translations and questions about what was taken. "
    "Refusals are problem details (RFC 9457) with every fault. Keys: Authorization: Bearer gg_…"
)


def create_app(hub: Hub, settings: Settings | None = None) -> FastAPI:
    """The HTTP door of an open hub; who opened the hub closes it."""
    settings = settings or Settings()
    # The default page of FastAPI loads scripts from elsewhere; ours is plain (adapter/api/health.py).
    app = FastAPI(title="Gridglot", version=version("gridglot"), description=DESCRIPTION, docs_url=None, redoc_url=None, redirect_slashes=False)
    app.state.hub, app.state.settings = hub, settings
    app.state.locked = hub.partners.has_operator()
    app.state.intake, app.state.queries = CapacityLimiter(INTAKE), CapacityLimiter(hub.workers)
    for group in (messages, contents, translations, sparql, knowledge, partners, subscriptions, outbox, topology):
        app.include_router(group.router, prefix="/v1")
    app.include_router(health.router)
    problems.install(app)
    app.openapi = lambda: describe(app)  # type: ignore[method-assign]
    app.add_middleware(Logged, log=settings.log)
    hub.store.text(PROVENANCE)  # makes the store, so that a hub without messages has nothing to answer, and not nothing to ask
    return app
