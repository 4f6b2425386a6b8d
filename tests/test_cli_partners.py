"""The partner registry from the command line: who may send, by which key."""

from __future__ import annotations

from pathlib import Path

from parties import REGISTRY, THEN
from typer.testing import CliRunner, Result

from adapter.cli import app
from adapter.hub.hub import Hub


def run(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["partners", *arguments, "--data", str(folder)])


def test_partners_are_added_listed_given_keys_and_forgotten(tmp_path: Path) -> None:
    assert run(tmp_path, "add", str(REGISTRY / "dso.yaml"), str(REGISTRY / "home.yaml")).stdout.split("\n")[:2] == ["dso is known", "home is known"]
    listed = run(tmp_path, "list").stdout
    assert listed.startswith("dso: operator, dso; The distribution system operator")
    name, key = run(tmp_path, "key", "dso").stdout.split()[-2:]
    with Hub(tmp_path, lambda: THEN) as hub:
        found = hub.partners.of_key(key)
        assert found is not None
        assert (found.name, name, hub.partners.has_operator()) == ("dso", "dso", True)
        hub.subscriptions.add("dso", ["FP2"], [], "", "", THEN)
    assert run(tmp_path, "remove", "dso").exit_code == 0
    with Hub(tmp_path, lambda: THEN) as hub:
        assert [one.name for one in hub.partners.all()] == ["home"]
        assert (hub.partners.of_key(key), hub.subscriptions.all()) == (None, [])


def test_what_is_wrong_is_said(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("profile: x\npartner: {roles: [king], ids: {DNS: a.example}}\n")
    for arguments, sentence in (
        (("do",), "nothing to do with partners"),
        (("add",), "needs the files"),
        (("key", "nobody"), "no partner is called 'nobody'"),
        (("add", str(wrong)), "'king' is no role"),
    ):
        done = run(tmp_path / "data", *arguments)
        assert done.exit_code == 2
        assert sentence in done.stderr


def test_an_identifier_belongs_to_one_partner(tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text("profile: other\npartner: {registered: true, ids: {DNS: dso.example.com}}\n")
    run(tmp_path / "data", "add", str(REGISTRY / "dso.yaml"))
    done = run(tmp_path / "data", "add", str(other))
    assert (done.exit_code, "is the partner dso already" in done.stderr) == (2, True)
