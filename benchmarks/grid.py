"""Import of CIM grid models: ours against rdflib, triplets and cimpy, each in a process of its own, in one run.

    python -m benchmarks.grid [--json] [--rounds N] [FOLDER …]

A process imports its library, then reads all files of a folder once (its memory is taken) and a few times more (the least time counts: what else a
machine does only adds). Ours is the import of typed statements into one named graph per file; `hub` is all that a hub does with the same files: journal
on disk, rows, store on disk, what supplies what.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import logging
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from benchmarks.memory import peak

ROOT = Path(__file__).resolve().parents[1]
GRIDS = ROOT.parent / "shared" / "data" / "cim" / "grid"
FOLDERS = ("cgmes24-smallgrid-nb", "cgmes30-relicap-belgovia")
REPEAT = 3
LEAST_S = 1.5  # of a short one, so that it meets a quiet moment


def rdflib(files: list[Path]) -> int:
    """One graph, as most programs begin."""
    import rdflib

    graph = rdflib.Graph()
    for file in files:
        graph.parse(file, format="xml")
    return len(graph)


def rdflib_dataset(files: list[Path]) -> int:
    """One named graph per file, as versions and differences need it."""
    import rdflib

    dataset = rdflib.Dataset()
    for file in files:
        dataset.graph(rdflib.URIRef(file.as_uri())).parse(file, format="xml")
    return sum(len(graph) for graph in dataset.graphs())


def triplets(files: list[Path]) -> int:
    """A table of object, key, value, as strings."""
    import pandas
    import triplets  # noqa: F401 - adds read_RDF to pandas

    return len(pandas.read_RDF([str(file) for file in files]))


def cimpy(files: list[Path]) -> int:
    """Objects of Python; it reads CGMES 2.4.15 only, and drops what it does not know."""
    import cimpy

    logging.disable(logging.CRITICAL)
    with contextlib.redirect_stdout(io.StringIO()):
        return len(cimpy.cim_import([str(file) for file in files], "cgmes_v2_4_15")["topology"])


def ours(files: list[Path]) -> int:
    """Typed statements, exact, one named graph per file, in memory as all the others."""
    import pyoxigraph as ox

    from adapter.codecs.rdf_source import source
    from adapter.grid.statements import chunks

    store = ox.Store()
    for file in files:
        for piece in chunks(source(file.read_bytes())):
            store.load(piece.encode(), format=ox.RdfFormat.N_TRIPLES, to_graph=ox.NamedNode(file.as_uri()), lenient=True)
    return len(store)


def hub(files: list[Path]) -> int:
    """All that a hub does with the same files, on disk."""
    from adapter.hub.hub import Hub
    from adapter.values import Instant

    with tempfile.TemporaryDirectory() as folder, Hub(Path(folder), lambda: Instant.read("2026-11-21T09:00:00Z")) as found:
        found.partners.put("profile: dso\npartner: {registered: true, roles: [operator], ids: {TEST: dso}}\n", found.clock())
        taken = [found.receive(file.read_bytes(), "dso").taken for file in files]
        found.flush()
    return sum(taken)


TOOLS: dict[str, Callable[[list[Path]], int]] = {tool.__name__: tool for tool in (rdflib, rdflib_dataset, triplets, cimpy, ours, hub)}


def files_of(folder: Path) -> list[Path]:
    """The files of a grid, what others depend on first."""
    return sorted(folder.resolve().glob("*.xml"), key=lambda file: ("BD" not in file.name and "Boundary" not in file.name, "_EQ" not in file.name, file.name))


def measured(tool: str, folder: Path) -> dict[str, float]:
    """Seconds, MiB more than before, and what was counted, in this process."""
    files, load = files_of(folder), TOOLS[tool]
    with tempfile.NamedTemporaryFile(suffix=".xml") as empty:  # so that its library is loaded, and what it compiles is compiled
        empty.write(SMALL)
        empty.flush()
        load([Path(empty.name)])
    before = peak()
    counted = load(files)
    memory = peak() - before
    seconds = []
    while len(seconds) < REPEAT or sum(seconds) < LEAST_S:
        started = time.process_time()
        load(files)
        seconds.append(time.process_time() - started)
    return {"seconds": min(seconds), "mib": memory, "counted": counted}


SMALL = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:cim="http://iec.ch/TC57/2013/CIM-schema-cim16#" xmlns:md="http://iec.ch/TC57/61970-552/ModelDescription/1#">
<md:FullModel rdf:about="urn:uuid:00000000-0000-4000-8000-000000000001"><md:Model.profile>http://entsoe.eu/CIM/EquipmentCore/3/1</md:Model.profile></md:FullModel>
<cim:Substation rdf:ID="_00000000-0000-4000-8000-000000000002"><cim:IdentifiedObject.name>a</cim:IdentifiedObject.name></cim:Substation></rdf:RDF>"""


def run(folders: Iterable[Path], rounds: int = 3, tools: Iterable[str] = TOOLS) -> dict[str, dict[str, dict[str, float]]]:
    """Folder → tool → seconds, mib, counted, and both as shares of rdflib's; each tool in a new process, taking turns, the least of the rounds."""
    found: dict[str, dict[str, dict[str, float]]] = {}
    for folder in folders:
        results: dict[str, list[dict[str, float]]] = {tool: [] for tool in tools}
        for _ in range(rounds):
            for tool in results:
                command = [sys.executable, "-m", "benchmarks.grid", "--tool", tool, str(folder)]
                done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
                if done.returncode == 0:
                    results[tool].append(json.loads(done.stdout.splitlines()[-1]))
        least = {tool: {key: min(one[key] for one in some) for key in some[0]} for tool, some in results.items() if some}
        base = least["rdflib"]
        for one in least.values():
            one["time"], one["memory"] = one["seconds"] / base["seconds"], one["mib"] / base["mib"]
        found[folder.name] = least
    return found


def main(arguments: list[str] | None = None) -> None:
    """Print the table, or JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.grid", description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--tool", choices=list(TOOLS), help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if given.tool:
        print(json.dumps(measured(given.tool, given.folders[0])))
        return
    folders = given.folders or [GRIDS / name for name in FOLDERS]
    if missing := [folder for folder in folders if not folder.is_dir()]:
        sys.exit(f"{missing[0]} is not there: name a folder of CIM files")
    found = run(folders, given.rounds)
    print(json.dumps(found, indent=1) if given.json else "\n".join(table(found)))


def table(found: dict[str, dict[str, dict[str, float]]]) -> Iterable[str]:
    """The figures as Markdown."""
    for folder, tools in found.items():
        yield f"| {folder} | time (rdflib = 1) | memory (rdflib = 1) | seconds | MiB | counted |\n|---|---|---|---|---|---|"
        for tool, one in tools.items():
            yield f"| {tool} | {one['time']:.3f} | {one['memory']:.2f} | {one['seconds']:.3f} | {one['mib']:.0f} | {one['counted']:.0f} |"
        yield ""


if __name__ == "__main__":
    main()
