"""The page of a served hub, in a browser: Debian's chromium, required in CI."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from test_api_sockets import served

CHROMIUM = shutil.which("chromium")
if CHROMIUM is None and os.environ.get("CI") != "true":
    pytest.skip("there is no chromium here", allow_module_level=True)


def test_a_browser_shows_every_route_and_asks_nobody_else(tmp_path: Path) -> None:
    assert CHROMIUM is not None
    with served(tmp_path) as (_, port):
        # Whatever is not this machine has no name for this browser: the page must do without.
        options = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            f"--user-data-dir={tmp_path / 'browser'}",
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
        ]
        page = subprocess.run(
            [CHROMIUM, *options, "--dump-dom", f"http://127.0.0.1:{port}/docs"], capture_output=True, text=True, timeout=120, check=True
        ).stdout
    shown = re.sub(r"<[^>]+>", " ", page)
    for route in ("POST /v1/messages", "GET /v1/messages/{id}/translations/{to}", "GET /v1/sparql", "PUT /v1/partners/{name}"):
        assert route in shown
    assert re.findall(r"""(?:src|href)=["'](?!/)""", page) == []
