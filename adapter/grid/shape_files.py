"""The SHACL files of a folder: what each is about, and its graph for pySHACL."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources.abc import Traversable

import pyoxigraph
import rdflib
from rdflib.collection import Collection

from adapter.codecs.rdf_names import curie
from adapter.errors import Fault, MappingError, UsageError
from adapter.names import SH, XSD
from adapter.resources import folder, walk
from adapter.text import Table, read_file

EVERY = "every"  # stands for all profiles
_VERSION = re.compile(r"(?P<base>.*/)(?P<profile>[^/]+)/constraints/(?P<standard>.*/)?(?P<version>[^/]+)", re.IGNORECASE)
_PATH_VARIABLE = re.compile(r"[$?]PATH\b")
_WRITTEN = {"inversePath": "^{}", "zeroOrMorePath": "{}*", "oneOrMorePath": "{}+", "zeroOrOnePath": "{}?"}


@dataclass(frozen=True)
class ShapeFile:
    """A SHACL file, its name below the folder, and the profiles its owl:versionIRI speaks of: EVERY, or none for a file that says nothing."""

    name: str
    graph: rdflib.Graph

    @cached_property
    def profiles(self) -> frozenset[str]:
        versions = (_profile(str(iri)) for iri in self.graph.objects(None, rdflib.OWL.versionIRI))
        return frozenset(profile for profile in versions if profile)

    @cached_property
    def alone(self) -> bool:
        """True for shapes made from a profile, no standard named: they list as legal only classes of that profile, so they see one model."""
        versions = [_VERSION.fullmatch(str(iri)) for iri in self.graph.objects(None, rdflib.OWL.versionIRI)]
        return any(found is not None and not found["standard"] for found in versions)

    def path(self, shape: rdflib.term.Node) -> str:
        """The sh:path of a shape, as SPARQL writes it."""
        node = self.graph.value(shape, rdflib.SH.path)
        return "" if node is None else self._path(node)

    def _path(self, node: rdflib.term.Node) -> str:
        if isinstance(node, rdflib.URIRef):
            return curie(str(node))
        if self.graph.value(node, rdflib.RDF.first) is not None:
            return "/".join(self._path(step) for step in Collection(self.graph, node))
        for step, written in _WRITTEN.items():
            below = self.graph.value(node, rdflib.URIRef(SH + step))
            if below is not None:
                return written.format(self._path(below))
        alternatives = self.graph.value(node, rdflib.SH.alternativePath)
        return "" if alternatives is None else "|".join(self._path(step) for step in Collection(self.graph, alternatives))

    def rule(self, shape: rdflib.term.Node | None) -> str:
        """The file and the local name of a shape; the file alone for a shape without a name."""
        return f"{self.name}#{re.split('[#/]', str(shape))[-1]}" if isinstance(shape, rdflib.URIRef) else self.name

    def asker(self, query: str) -> rdflib.term.Node | None:
        """The shape whose SPARQL constraint became *query*: pySHACL puts prefixes before it and the path of the shape into it."""
        found: list[rdflib.term.Node] = []
        for constraint, text in self.graph.subject_objects(rdflib.SH.select):
            pattern = ".*".join(re.escape(part) for part in _PATH_VARIABLE.split(str(text)))
            if re.search(rf"\n{pattern}\Z", query, re.DOTALL):
                found += list(self.graph.subjects(rdflib.SH.sparql, constraint)) or [constraint]
        return next((shape for shape in found if self.path(shape).rpartition(":")[2] in query), found[0] if found else None)


def read_shapes(root: Traversable) -> list[ShapeFile]:
    """The Turtle files below a folder that hold a shape. *Raises* `UsageError`: no folder, or none in it; `MappingError`: a file is no Turtle."""
    if not root.is_dir():
        raise UsageError(f"{root} is no folder", "Name a folder with SHACL files in Turtle.")
    found = [ShapeFile(name, _read(entry.read_bytes(), name)) for name, entry in walk(root, ".ttl")]
    found = [file for file in found if (None, rdflib.SH.property, None) in file.graph or (None, rdflib.RDF.type, rdflib.SH.NodeShape) in file.graph]
    if not found:
        raise UsageError(f"{root} holds no Turtle file with a SHACL shape", "Name a folder with SHACL files in Turtle.")
    return found


def choose(files: Iterable[ShapeFile], profiles: Iterable[str]) -> list[ShapeFile]:
    """The files for a model of some profiles; those about every profile only beside one that is about a profile of the model."""
    files, wanted = list(files), set(profiles)
    known = any(file.profiles & wanted for file in files)
    return [file for file in files if not file.profiles or file.profiles & wanted or (known and EVERY in file.profiles)]


def _profile(version: str) -> str:
    """The md:Model.profile an owl:versionIRI of shapes is about, EVERY, or "" when it does not say.

    >>> _profile("urn:x/Equipment-EU/constraints/IEC61970-452/3.0")
    'urn:x/CoreEquipment-EU/3.0'
    """
    found = _VERSION.fullmatch(version)
    if not found:
        return ""
    if found["profile"] in _said().texts("every"):
        return EVERY
    return f"{found['base']}{_said().table('same').text(found['profile'], found['profile'])}/{found['version']}"


@lru_cache(1)
def _said() -> Table:
    return read_file(folder("mappings").joinpath("cim_grid", "shape_profiles.yaml"), "mappings/cim_grid/shape_profiles.yaml")


def _read(data: bytes, name: str) -> rdflib.Graph:
    """The rdflib graph of a Turtle file; pyoxigraph reads it, as rdflib takes ten times as long."""
    graph = rdflib.Graph()
    try:
        for triple in pyoxigraph.parse(input=data, format=pyoxigraph.RdfFormat.TURTLE):
            graph.add((_term(triple.subject), _term(triple.predicate), _term(triple.object)))
    except SyntaxError as error:
        raise MappingError(Fault(f"{name}:{error.lineno or 1}", f"not readable as Turtle: {error.msg}")) from error
    return graph


def _term(term: pyoxigraph.NamedNode | pyoxigraph.BlankNode | pyoxigraph.Literal | pyoxigraph.Triple) -> rdflib.term.Node:
    if isinstance(term, pyoxigraph.NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, pyoxigraph.Literal):
        kind = None if term.language or term.datatype.value == XSD + "string" else rdflib.URIRef(term.datatype.value)
        return rdflib.Literal(term.value, lang=term.language, datatype=kind)
    return rdflib.BNode(str(term))
