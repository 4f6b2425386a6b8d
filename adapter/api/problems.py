"""Refusals over HTTP: RFC 9457 problem details, with every fault. Nothing of this machine is in them, no path and no traceback."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from adapter import errors
from adapter.api.models import Fault, ProblemDetails
from adapter.errors import HubError, QueryError
from adapter.names import OURS

PROBLEM = "application/problem+json"
RETRY_AFTER = "30"  # seconds; a disk that is full is not empty a moment later
STATUS = {
    "HubError": 422,
    "MappingError": 500,
    "DecodeError": 400,
    "AdmissionError": 403,
    "AlreadyUsed": 409,
    "ContextMissing": 409,
    "StorageError": 503,
    "StoreError": 503,
    "QueryError": 400,
}
LIMITS = {"seconds": 408, "memory_mb": 413, "rows": 413}
_BESIDE = "The hub could not read or write what it keeps; nothing of this was acknowledged."


class Problem(Exception):
    """A refusal that is about the request and not about a message: *status*, a sentence, and what to do."""

    def __init__(self, status: int, says: str, remedy: str = "", headers: Mapping[str, str] | None = None) -> None:
        self.status, self.says, self.remedy, self.headers = status, says, remedy, headers
        super().__init__(says)


def missing(what: str, remedy: str = "") -> Problem:
    return Problem(404, f"there is no {what}", remedy)


def kind_of(name: str) -> type[HubError]:
    """The class of an error by its name."""
    found = getattr(errors, name, HubError)
    return found if isinstance(found, type) and issubclass(found, HubError) else HubError


def status_of(kind: type[HubError]) -> int:
    """The status of an error, or of the closest class above it that has one."""
    return next((STATUS[one.__name__] for one in kind.__mro__ if one.__name__ in STATUS), 422)


def title_of(kind: type[HubError]) -> str:
    """What a class of errors says, in its first words."""
    return " ".join((kind.__doc__ or kind.__name__).split()).partition(".")[0].partition(":")[0].partition("; `")[0]


def details(kind: type[HubError], faults: list[Fault], remedy: str, status: int = 0) -> ProblemDetails:
    """The problem that an error is."""
    detail = "\n".join(f"{fault.path}: {fault.says}" if fault.path else fault.says for fault in faults)
    return ProblemDetails(
        type=f"{OURS}errors#{kind.__name__}", title=title_of(kind), status=status or status_of(kind), detail=detail, faults=faults, remedy=remedy
    )


def answer(problem: ProblemDetails, headers: Mapping[str, str] | None = None) -> Response:
    """A problem as a response."""
    retry = {"Retry-After": RETRY_AFTER} if problem.status == 503 else {}
    return JSONResponse(problem.model_dump(exclude_none=True), problem.status, {**retry, **(headers or {})}, media_type=PROBLEM)


def plain(status: int, says: str, remedy: str = "", faults: list[Fault] | None = None) -> ProblemDetails:
    """A problem that has no class of ours: its title is that of its status."""
    return ProblemDetails(type="about:blank", title=HTTPStatus(status).phrase, status=status, detail=says, faults=faults or [], remedy=remedy)


def _of_hub(request: Request, error: Exception) -> Response:
    assert isinstance(error, HubError)
    status, kind = status_of(type(error)), type(error)
    folder = str(request.app.state.hub.folder)
    faults = [Fault(path=fault.path.replace(folder, "…"), says=fault.says.replace(folder, "…"), rule=fault.rule) for fault in error.faults]
    if status >= 500:  # what the disk says names folders of this machine: that is for the log
        request.app.state.settings.log(f"{kind.__name__}: {error}")
        faults = [Fault(path="", says=_BESIDE, rule="")]
    if isinstance(error, QueryError):
        status = LIMITS.get(error.limit, status)
    return answer(details(kind, faults, error.remedy, status))


def _of_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return answer(plain(error.status, error.says, error.remedy), error.headers)


def _of_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    says = {404: "there is nothing here", 405: f"{request.method} is not possible here"}.get(error.status_code, str(error.detail))
    return answer(plain(error.status_code, says, "/docs lists the routes."), error.headers)


def _of_validation(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    faults = [Fault(path="/".join(map(str, one["loc"])), says=str(one["msg"]), rule="") for one in error.errors()]
    return answer(plain(422, "the request is not as the route wants it", "/docs says what each route takes.", faults))


def _of_anything(request: Request, error: Exception) -> Response:
    return answer(plain(500, "the hub has made a mistake; its log has the details", "Report it to the operator."))


def _of_hanging_up(request: Request, error: Exception) -> Response:
    return Response(status_code=400)  # nobody reads it


def install(app: FastAPI) -> None:
    """Let every refusal of an application be a problem."""
    handlers: dict[type[Exception], Any] = {
        HubError: _of_hub,
        Problem: _of_problem,
        HTTPException: _of_http,
        RequestValidationError: _of_validation,
        ClientDisconnect: _of_hanging_up,
        Exception: _of_anything,
    }
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, handler)


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What OpenAPI says of the refusals of a route."""
    return {status: {"model": ProblemDetails, "description": HTTPStatus(status).phrase} for status in sorted(statuses)}
