"""The HTTP door is described: every route in OpenAPI, on the plain page and in docs/http.md."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from doors import opened
from fastapi.routing import APIRoute
from pages import DOCS, text
from parties import THEN

from adapter.api.app import create_app
from adapter.api.problems import PROBLEM, STATUS
from adapter.hub.hub import Hub

PAGE = text(DOCS / "http.md")
ELSEWHERE = re.compile(r"https?://(?!w3id\.org/gridglot)")


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    with Hub(tmp_path, lambda: THEN) as found:
        yield found


def described(hub: Hub) -> dict[str, dict[str, dict[str, object]]]:
    found: dict[str, dict[str, dict[str, object]]] = create_app(hub).openapi()["paths"]
    return found


def test_each_route_is_in_openapi_and_in_the_docs(hub: Hub) -> None:
    every = {f"{method.upper()} {path}" for path, methods in described(hub).items() for method in methods}
    with opened(hub) as client:
        page = client.get("/docs").text
    assert every == set(re.findall(r"^\| `([A-Z]+ /\S+)` \|", PAGE, re.MULTILINE))
    assert [route for route in every if f"<td>{route}<" not in page] == []


def test_each_parameter_and_status_is_in_the_docs(hub: Hub) -> None:
    routes = described(hub)
    for path, methods in routes.items():
        for method, route in methods.items():
            line = next(line for line in PAGE.splitlines() if line.startswith(f"| `{method.upper()} {path}` |"))
            names = {one["name"] for one in route.get("parameters", []) if one["in"] == "query"}  # type: ignore[attr-defined, index]
            assert [name for name in names if f"`?{name}" not in line] == [], line
    statuses = {status for methods in routes.values() for route in methods.values() for status in route["responses"]}  # type: ignore[attr-defined]
    told = set(re.findall(r"\b\d{3}\b", " ".join(re.findall(r"^\| ([\d, ]+) \|", PAGE, re.MULTILINE))))
    assert statuses - {"204"} == told
    assert [name for name in STATUS if name not in ("HubError", "MappingError", "QueryError") and name not in PAGE] == []


def test_what_a_route_says_has_a_type(hub: Hub) -> None:
    routes = described(hub)
    for path, methods in routes.items():
        for method, route in methods.items():
            assert route.get("description"), (method, path)
            for status, response in route["responses"].items():  # type: ignore[attr-defined]
                content = response.get("content", {})
                assert content or status == "204", (method, path, status)
                assert list(content) == [PROBLEM] or int(status) < 400, (method, path, status)
                assert all(kind.get("schema") != {} for kind in content.values()), (method, path, status)


def test_the_pages_load_nothing_from_elsewhere(hub: Hub) -> None:
    with opened(hub) as client:
        for path in ("/docs", "/openapi.json"):
            answer = client.get(path)
            assert ELSEWHERE.findall(answer.text) == []
            assert "<script" not in answer.text
            assert (answer.headers["x-content-type-options"], "default-src 'none'" in answer.headers["content-security-policy"]) == ("nosniff", True)


def test_no_route_is_beside_the_description(hub: Hub) -> None:
    app = create_app(hub)
    hidden = {route.path for route in app.routes if isinstance(route, APIRoute) and not route.include_in_schema}
    assert hidden <= {"/docs"}
    assert {getattr(route, "path", "") for route in app.routes if not isinstance(route, APIRoute)} <= {"/openapi.json", ""}
