"""The command line is a contract: commands, exit codes, the shape of the report."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from adapter.cli import app

ROOT = Path(__file__).resolve().parents[1]
TALK, PARTNERS = ROOT / "examples" / "conversation", ROOT / "examples" / "partners"
REQUEST, EFLEX = str(TALK / "01_flex_request.xml"), str(PARTNERS / "eflex.yaml")


def run(*arguments: str, code: int = 0, stdin: bytes | None = None) -> tuple[str, str]:
    """Run the command in this process; returns standard output and standard error."""
    result = CliRunner().invoke(app, arguments, input=stdin)
    assert result.exit_code == code, (arguments, result.output, result.exception)
    return result.stdout, result.stderr


def test_translate_writes_the_document_and_says_what_is_lost(tmp_path: Path) -> None:
    out, err = run("translate", REQUEST, "--to", "cim", "--to-partner", EFLEX)
    assert "<type>Operator Flexibility Offer Request</type>" in out
    assert "uftp:flex_request → cim:eflex_request: FP2, 55/55 leaves accounted, 1 document, 5 losses" in err
    assert "/FlexRequest/@ConversationID" in err


def test_the_report_has_the_agreed_shape(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    run("translate", REQUEST, "--to", "cim:eflex_request", "--to-partner", EFLEX, "-o", str(tmp_path / "out.xml"), "--report", str(report))
    found = json.loads(report.read_text(encoding="utf-8"))
    assert set(found) >= {"from", "to", "exchanges", "leaves", "documents", "loss", "defaults", "validation"}
    leaves = found["leaves"]
    assert leaves["total"] == sum(leaves[kind] for kind in ("bound", "kept", "derived", "ignored", "unmapped"))
    assert found["documents"] == [{"standard": "cim", "message": "eflex_request", "file": str(tmp_path / "out.xml")}]
    assert all(set(loss) - {"became"} == {"path", "value", "reason"} for loss in found["loss"])
    assert all(set(default) == {"path", "value", "source"} for default in found["defaults"])
    assert found["validation"] == {"conforms": True, "results": []}


def test_several_documents_go_into_a_folder(tmp_path: Path) -> None:
    run("translate", str(TALK / "03_flex_offer.xml"), "--to", "cim", "--to-partner", EFLEX, "-o", str(tmp_path / "out"))
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["cim_eflex_offer_1.xml", "cim_eflex_offer_2.xml"]


def test_a_refusal_exits_1_with_its_reason() -> None:
    out, err = run("translate", REQUEST, "--to", "cim", code=1)
    assert out == ""
    assert "resampling: allow" in err


@pytest.mark.parametrize(
    "arguments",
    [
        ("translate", "missing.xml", "--to", "cim"),
        ("translate", REQUEST, "--to", "fax"),
        ("translate", REQUEST, "--to", "cim:telegram"),
        ("translate", REQUEST, "--to", "cim", "--to-partner", "nobody"),
        ("lift", REQUEST, "--format", "rdfxml"),
        ("validate", str(ROOT / "pyproject.toml")),
    ],
)
def test_what_is_unreadable_or_unknown_exits_2(arguments: tuple[str, ...]) -> None:
    _, err = run(*arguments, code=2)
    assert err.strip()


def test_a_partner_is_named_or_a_file() -> None:
    assert "conforms" in run("validate", REQUEST, "--from-partner", "neutral")[0]


@pytest.mark.parametrize("form", ["trig", "turtle", "nquads", "jsonld"])
@pytest.mark.parametrize("packed", [False, True])
def test_lift_and_lower_are_inverse_in_every_format(form: str, packed: bool, tmp_path: Path) -> None:
    graph = tmp_path / f"graph.{ {'trig': 'trig', 'turtle': 'ttl', 'nquads': 'nq', 'jsonld': 'jsonld'}[form] }"
    graph.write_text(run("lift", REQUEST, "--format", form, *(["--packed"] if packed else []))[0], encoding="utf-8")
    back = run("lower", str(graph), "--to", "uftp:flex_request")[0]
    direct = tmp_path / "back.xml"
    direct.write_text(back, encoding="utf-8")
    assert run("lift", str(direct), "--format", "nquads")[0].splitlines().sort() == run("lift", REQUEST, "--format", "nquads")[0].splitlines().sort()


def test_validate_says_one_sentence_per_violation_and_exits_1(tmp_path: Path) -> None:
    bad = tmp_path / "bad.xml"
    bad.write_text(Path(REQUEST).read_text(encoding="utf-8").replace('MinPower="-180000"', 'MinPower="-1"'), encoding="utf-8")
    _, err = run("validate", str(bad), code=1)
    assert err.strip() == "/FlexRequest/ISP[2]/@MinPower: the least power of a row is not above its greatest (hub:PowerBand)"


def test_standard_input_is_read() -> None:
    assert "uftp:flex_request" in run("validate", "-", stdin=Path(REQUEST).read_bytes())[0]


def test_context_files_are_learnt_in_order() -> None:
    write, described = str(TALK / "09_limit_write.json"), str(TALK / "07_limit_descriptions.json")
    _, err = run("validate", write, code=1)
    assert "loadControlLimitDescriptionListData" in err
    assert "conforms" in run("validate", write, "--context", described)[0]


def test_coverage_has_the_agreed_shape() -> None:
    found = json.loads(run("coverage", "--format", "json")[0])
    assert all(set(cell) == {"row", "standard", "direction", "status", "message", "evidence", "bound", "kept"} for cell in found["cells"])
    assert all(set(leg) == {"row", "from", "to", "status", "evidence"} for leg in found["legs"])
    lines = list(csv.DictReader(io.StringIO(run("coverage", "--format", "csv")[0])))
    assert len(lines) == len(found["cells"]) + len(found["legs"])
    assert "FP2" in run("coverage")[0]


def test_check_finds_nothing_wrong_and_holds_the_laws_on_files() -> None:
    assert "nothing wrong" in run("check", REQUEST)[0]


def test_scaffold_writes_a_mapping() -> None:
    assert "offeredById" in run("scaffold", str(TALK / "05_goflex_offer.json"), "--message", "FlexOffer")[0]


def test_the_demo_understands_every_message() -> None:
    done = subprocess.run([sys.executable, "-m", "adapter.cli", "demo"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "17 messages, 0 refused" in done.stdout
