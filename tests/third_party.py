"""Where the third-party samples, schemas and ontologies are: beside the project, never inside it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


def data(*parts: str) -> Path:
    """The third-party file or folder `../shared/data/<parts>`; the test is skipped when it is absent, and fails if CI=true."""
    path = DATA.joinpath(*parts)
    if not path.exists():
        if os.environ.get("CI") == "true":
            pytest.fail(f"{path} is missing, and CI=true asks for the third-party data")
        pytest.skip(f"third-party data not here: {'/'.join(parts)}", allow_module_level=True)
    return path
