"""The wheel, installed elsewhere, finds its data; so does a zip; nothing of others is inside."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import zipfile
from importlib import metadata
from pathlib import Path

import pytest

from tests.third_party import data

ROOT = Path(__file__).resolve().parents[1]
PLAY = (
    "from adapter import library, lift; import adapter, sys;"
    "assert 'site' in adapter.__file__ or '.whl' in adapter.__file__, adapter.__file__;"
    "from adapter.services import services; assert len(services()) == 5, services();"
    "print(len(list(library().mappings())), lift(open(sys.argv[1], 'rb').read()).mapping.id)"
)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run([sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)], check=True, capture_output=True)
    return next(folder.glob("*.whl"))


def play(where: Path) -> str:
    """Lift an example with the package found at *where*, from another folder and without the checkout on the path."""
    request = ROOT / "examples" / "conversation" / "01_flex_request.xml"
    code = f"import sys; sys.path.insert(0, {str(where)!r}); " + PLAY
    done = subprocess.run([sys.executable, "-I", "-c", code, str(request)], cwd=where.parent, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_the_wheel_unpacked_elsewhere_finds_its_data(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    assert play(tmp_path / "site").endswith("uftp:flex_request")


def test_the_wheel_as_a_zip_finds_its_data(wheel: Path) -> None:
    assert play(wheel).endswith("uftp:flex_request")


def test_the_wheel_holds_code_and_data_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    folders = {name.split("/")[0] for name in names}
    assert folders == {"adapter", next(folder for folder in folders if folder.endswith(".dist-info"))}
    assert {name.split("/")[2] for name in names if name.startswith("adapter/_data/")} == {
        "mappings",
        "ontologies",
        "shapes",
        "sparql",
    } or "adapter/_data/mappings/units.yaml" in names
    assert not [name for name in names if "/tests/" in name or name.endswith((".xsd", ".rdf"))]


def test_no_third_party_file_is_in_the_project() -> None:
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.split(b"\0")
    ours = {hashlib.sha256(path.read_bytes()).digest() for name in tracked if name and (path := ROOT / name.decode()).is_file() and path.stat().st_size > 200}
    theirs = {hashlib.sha256(path.read_bytes()).digest(): path for path in data().rglob("*") if path.is_file() and path.stat().st_size > 200}
    assert not [theirs[found] for found in ours & set(theirs)]


FREE = re.compile(r"MIT|BSD|Apache|ISC|W3C|PSF|Python Software Foundation|MPL|Mozilla|LGPL", re.IGNORECASE)


def required(name: str, seen: dict[str, str]) -> dict[str, str]:
    """The licence that each distribution behind *name* declares, itself included; those not installed here (other platforms) are left out."""
    try:
        found = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return seen
    key = name.lower().replace("_", "-")
    if key not in seen:
        said = [found.get("License-Expression"), *(found.get_all("Classifier") or []), found.get("License")]
        seen[key] = " ".join(text for text in said if text and (FREE.search(text) or "GPL" in text))
        for entry in metadata.requires(name) or []:
            if not re.search(r";.*extra\s*==", entry) or name == "gridglot":
                required(re.split(r"[ ;<>=!~\[(]", entry, maxsplit=1)[0], seen)
    return seen


def test_every_dependency_has_a_free_licence_that_is_known() -> None:
    licences = required("gridglot", {})
    assert len(licences) > 20
    assert {name: text for name, text in licences.items() if not FREE.search(text)} == {}
    assert {name for name, text in licences.items() if re.search(r"\bA?GPL", text)} == set()
    assert {name for name, text in licences.items() if re.search(r"LGPL|MPL|Mozilla", text)} == {"owlready2", "cimpy", "certifi"}  # named in the README
