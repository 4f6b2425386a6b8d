"""The OpenAPI description: as FastAPI makes it from the routes, with refusals under their own media type."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

from adapter.api.models import ProblemDetails
from adapter.api.problems import PROBLEM

_REFERENCE = {"schema": {"$ref": f"#/components/schemas/{ProblemDetails.__name__}"}}


def describe(app: FastAPI) -> dict[str, Any]:
    """The description, made once."""
    if app.openapi_schema is None:
        found = FastAPI.openapi(app)
        for methods in found["paths"].values():
            for one in methods.values():
                for status, response in one["responses"].items():
                    if int(status) >= 400:
                        response["content"] = {PROBLEM: _REFERENCE}
        for name in ("HTTPValidationError", "ValidationError"):
            found["components"]["schemas"].pop(name, None)
        app.openapi_schema = found
    return app.openapi_schema
