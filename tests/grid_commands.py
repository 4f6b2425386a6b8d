"""The commands on grid models, run in this process on a data folder that knows the operator of the example conversation."""

from __future__ import annotations

from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from parties import REGISTRY
from typer.testing import CliRunner

from adapter.cli import app
from adapter.codecs.rdf_source import source
from adapter.grid.statements import ntriples


def run(*arguments: str | Path, code: int = 0) -> tuple[str, str]:
    """Run `gridglot grid …`; returns standard output and standard error."""
    done = CliRunner().invoke(app, ["grid", *map(str, arguments)])
    assert done.exit_code == code, (arguments, done.output, done.exception)
    return done.stdout, done.stderr


def hub_folder(folder: Path) -> Path:
    """A data folder that knows the operator as dso."""
    assert CliRunner().invoke(app, ["partners", "add", str(REGISTRY / "dso.yaml"), "--data", str(folder)]).exit_code == 0
    return folder


def taken(data: Path, *paths: Path, code: int = 0) -> tuple[str, str]:
    """Import paths as dso."""
    return run("import", *paths, "--data", data, "--partner", "dso", code=code)


def packed(path: Path, **files: bytes) -> Path:
    """A ZIP archive of files, `a__b` for `a/b.xml`."""
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name.replace("__", "/") + ".xml", data)
    return path


def said(document: bytes) -> set[str]:
    """The statements of a CIM document, typed."""
    return set(ntriples(source(document)).splitlines())


def body(document: bytes) -> set[str]:
    """The statements of a CIM document without those about its header."""
    headers = {line.split()[0] for line in said(document) if "#FullModel>" in line}
    return {line for line in said(document) if line.split()[0] not in headers}
