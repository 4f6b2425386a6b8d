"""Questions to the store: the SPARQL 1.1 protocol for queries that only read, and named questions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request
from starlette.responses import Response

from adapter.api import body
from adapter.api.accept import choose
from adapter.api.access import Asker, Caller
from adapter.api.here import HubHere, SettingsHere, beside
from adapter.api.problems import Problem, documented
from adapter.api.settings import Settings
from adapter.errors import QueryError, UsageError
from adapter.hub.hub import Hub
from adapter.store.base import Term
from adapter.store.questions import named

router = APIRouter(prefix="/sparql", tags=["questions"])
FORM, QUERY = "application/x-www-form-urlencoded", "application/sparql-query"
GRAPHS = {"text/turtle": "turtle"}
ROWS = {
    "application/sparql-results+json": "json",
    "application/json": "json",
    "application/sparql-results+xml": "xml",
    "application/xml": "xml",
    "text/csv": "csv",
    "text/tab-separated-values": "tsv",
}
REFUSED = ("update", "default-graph-uri", "named-graph-uri", "using-graph-uri", "using-named-graph-uri")
_PROLOGUE = re.compile(r"\s+|#[^\n]*|BASE\s*<[^>]*>|PREFIX\s*[^\s:]*:\s*<[^>]*>", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z]*")
RESPONSES = {200: {"content": {media: {} for media in (*ROWS, *GRAPHS)}}, **documented(400, 401, 403, 406, 408, 413, 422, 503)}
PARAMETERS = {
    "parameters": [
        {"name": "query", "in": "query", "required": False, "schema": {"type": "string"}, "description": "A query that only reads."},
        {"name": "name", "in": "query", "required": False, "schema": {"type": "string"}, "description": "A named question; its parameters beside it."},
        {
            "name": "over",
            "in": "query",
            "required": False,
            "schema": {"type": "array", "items": {"type": "integer"}},
            "description": "Ask these messages alone, with every row written out: the values of metered series. At most 100.",
        },
    ]
}


@router.get("", response_class=Response, responses=RESPONSES, openapi_extra=PARAMETERS)
async def ask(request: Request, hub: HubHere, settings: SettingsHere, caller: Asker) -> Response:
    """Ask by `?query=`, or by `?name=` of a named question with its parameters. SPARQL is for operators and analysts, named questions for a DSO too."""
    return await _answer(request, hub, settings, caller, request.query_params.multi_items())


@router.post("", response_class=Response, responses={**RESPONSES, **documented(415)}, openapi_extra=body.takes(QUERY, FORM))
async def ask_by_body(request: Request, hub: HubHere, settings: SettingsHere, caller: Asker) -> Response:
    """Ask by a body: the query itself (`application/sparql-query`), or a form."""
    data = await body.read(request, settings, lambda media: media in (QUERY, FORM), f"{QUERY} or {FORM}")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise QueryError("the query is not UTF-8 text") from error
    given = parse_qsl(text, keep_blank_values=True) if body.media_type(request) == FORM else [("query", text)]
    return await _answer(request, hub, settings, caller, [*request.query_params.multi_items(), *given])


async def _answer(request: Request, hub: Hub, settings: Settings, caller: Caller, given: list[tuple[str, str]]) -> Response:
    over = _numbers([value for name, value in given if name == "over"])
    text, parameters = _asked(caller, [one for one in given if one[0] != "over"])
    offered = GRAPHS if form_of(text) in ("CONSTRUCT", "DESCRIBE") else ROWS
    media = choose(request.headers.get("accept", ""), list(offered))
    if media is None:
        raise Problem(406, "the answer is not written in what Accept asks for", f"There are {', '.join(offered)}.")
    form, limits = offered[media], settings.query
    answer = await beside(lambda: hub.ask(text, form=form, parameters=parameters, limits=limits, over=over), request.app.state.queries)
    return Response(answer, media_type=media)


def _numbers(given: list[str]) -> list[int]:
    """The messages to be asked alone, by number."""
    if wrong := next((one for one in given if not one.isdecimal() or len(one) > 18), None):
        raise UsageError(f"over={wrong} is no number of a message", "GET /v1/messages lists them.")
    return [int(one) for one in dict.fromkeys(given)]


def _asked(caller: Caller, given: list[tuple[str, str]]) -> tuple[str, Mapping[str, Term]]:
    """The query and its parameters; *raises* `Problem`, `UsageError` for what is no question, and for a caller who may not ask it."""
    found = dict(given)
    if refused := next((name for name in REFUSED if name in found), ""):
        raise QueryError(f"the request has {refused}, and the hub answers queries over all its graphs", "Send `query` alone.")
    if len(found) < len(given) or ("query" in found) == ("name" in found):
        raise QueryError("the request asks no question, or several", "Send one `query`, or one `name` of those at /v1/questions with its parameters.")
    if "query" in found:
        if not caller.has("analyst"):
            raise Problem(403, "SPARQL of one's own is for the roles operator and analyst", "GET /v1/questions lists what may be asked by name.")
        if extra := set(found) - {"query"}:
            raise UsageError(f"a query has no parameter {min(extra)!r}", "Only named questions have parameters.")
        return found["query"], {}
    if not caller.has("analyst", "dso"):
        raise Problem(403, "questions are for the roles operator, analyst and dso")
    question = named(found.pop("name"))
    return question.text, question.terms(found)


def form_of(text: str) -> str:
    """The form a query says it has; the store reads it whole, and refuses another one.

    >>> form_of("PREFIX a: <urn:a> # first\\nconstruct { ?s ?p ?o } {}")
    'CONSTRUCT'
    """
    at = 0
    while found := _PROLOGUE.match(text, at):
        at = found.end()
    word = _WORD.match(text, at)
    return word[0].upper() if word else ""
