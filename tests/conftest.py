"""Fixtures, the option --refresh-golden, and the rule that with CI=true no test is skipped for an unnamed reason."""

from __future__ import annotations

import os
from collections.abc import Generator
from typing import TypeVar

import pytest
from cases import NOW

from adapter.library import Library, library
from adapter.values import Instant

pytest.register_assert_rewrite("relation_bench", "skeletons", "third_party_terms")  # so that what they assert is shown as the assertions of a test are

# Reasons for which a test may be skipped even when CI=true; each is a part of the skip's text.
EXPECTED_SKIPS: tuple[str, ...] = ()

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--refresh-golden", action="store_true", help="write graph.ttl and bad/*.txt of the golden folders anew; read the difference before you commit it"
    )


@pytest.fixture(scope="session")
def refresh(request: pytest.FixtureRequest) -> bool:
    """True when golden results are to be written, not compared."""
    return bool(request.config.getoption("--refresh-golden"))


@pytest.fixture(scope="session")
def lib() -> Library:
    """The compiled library of the shipped files."""
    return library()


@pytest.fixture
def now() -> Instant:
    """The one time all tests live at."""
    return NOW


def _unexpected(report: pytest.TestReport | pytest.CollectReport) -> str | None:
    """The reason of a skip that CI does not allow; None for everything else."""
    if os.environ.get("CI") != "true" or report.outcome != "skipped":
        return None
    reason = str(report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr)
    return None if any(part in reason for part in EXPECTED_SKIPS) else reason


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    return _fail_if_skipped((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    return _fail_if_skipped((yield))


def _fail_if_skipped(report: Report) -> Report:
    reason = _unexpected(report)
    if reason is not None:
        report.outcome = "failed"
        report.longrepr = f"skipped although CI=true: {reason}\nA skip that is right in CI stands in EXPECTED_SKIPS of tests/conftest.py."
    return report
