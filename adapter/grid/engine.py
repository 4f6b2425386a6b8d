"""Hold one model graph against one SHACL file with pySHACL, and say in our words what it reports."""

from __future__ import annotations

import pyshacl
import rdflib

from adapter.codecs.rdf_names import curie
from adapter.grid.finding import Finding
from adapter.grid.graphs import Questioned
from adapter.grid.quiet import PYSHACL, quiet
from adapter.grid.shape_files import ShapeFile
from adapter.grid.subject import Subject

UNCHECKED = "Unchecked"


def check(model: Subject, graph: Questioned, file: ShapeFile) -> list[Finding]:
    """The findings of one shape file about the objects of *model*, and one Unchecked for each query that cannot be evaluated.

    SPARQL targets (SHACL-AF) are used; owl:imports are not followed. A file that pySHACL cannot run at all is one finding.
    """
    graph.failures.clear()
    try:
        # in place: a copy would be a plain graph, and answer a failing query with the end of the run
        with quiet():
            _, report, text = pyshacl.validate(graph, shacl_graph=file.graph, advanced=True, inplace=True, do_owl_imports=False, logger=PYSHACL)
    except Exception as error:  # shapes are other people's, and pySHACL raises much besides its own errors
        return [_unchecked(model, file.name, "", error)]
    if not isinstance(report, rdflib.Graph):
        return [_unchecked(model, file.name, "", report or text)]
    found = [_finding(model, report, result, file) for result in report.subjects(rdflib.RDF.type, rdflib.SH.ValidationResult)]
    found += [_unchecked(model, file.rule(file.asker(query)), focus, reason) for (query, focus), reason in graph.failures.items()]
    return sorted(one for one in found if one.focus not in graph.borrowed)


def _finding(model: Subject, report: rdflib.Graph, result: rdflib.term.Node, file: ShapeFile) -> Finding:
    def one(name: rdflib.URIRef) -> rdflib.term.Node | None:
        return report.value(result, name)

    path, shape, severity = one(rdflib.SH.resultPath), one(rdflib.SH.sourceShape), one(rdflib.SH.resultSeverity)
    shown = curie(str(path)) if isinstance(path, rdflib.URIRef) else file.path(shape) if shape else ""
    value = one(rdflib.SH.value)
    message = " ".join(sorted(" ".join(str(text).split()) for text in report.objects(result, rdflib.SH.resultMessage)))
    return model.finding(str(one(rdflib.SH.focusNode)), shown, "" if value is None else str(value), file.rule(shape), message, str(severity).rpartition("#")[2])


def _unchecked(model: Subject, rule: str, focus: str, reason: object) -> Finding:
    says = " ".join(str(reason).split()) or type(reason).__name__
    return model.finding(focus, "", "", rule, f"this rule could not be evaluated: {says}", UNCHECKED)
