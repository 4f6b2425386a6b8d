"""The suite's own rule: with CI=true nothing is skipped in silence."""

from __future__ import annotations

import conftest
import pytest


def skipped(reason: str) -> pytest.TestReport:
    return pytest.TestReport("tests/test_x.py::test_y", ("tests/test_x.py", 1, "test_y"), {}, "skipped", ("tests/test_x.py", 1, f"Skipped: {reason}"), "call")


def test_in_ci_a_skip_for_an_unnamed_reason_is_a_failure_that_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    report = conftest._fail_if_skipped(skipped("it rains"))
    assert report.outcome == "failed"
    assert "it rains" in str(report.longrepr)


def test_in_ci_a_skip_for_a_named_reason_stays_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    monkeypatch.setattr(conftest, "EXPECTED_SKIPS", ("it rains",))
    assert conftest._fail_if_skipped(skipped("it rains")).outcome == "skipped"


def test_elsewhere_a_skip_is_a_skip(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "false")
    assert conftest._fail_if_skipped(skipped("it rains")).outcome == "skipped"
