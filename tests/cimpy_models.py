"""Small CGMES 2.4.15 files written for the tests of the cimpy bridge, and the third-party models they are compared on."""

from __future__ import annotations

from pathlib import Path
from typing import TypeAlias

from third_party import data

from adapter.codecs import rdf
from adapter.codecs.rdf_names import curie
from adapter.grid.cimpy_bridge import View
from adapter.names import MODEL, RDF

MINIGRID, MICROGRID, SMALLGRID = "cgmes24-minigrid-nb", "cgmes24-microgrid-be", "cgmes24-smallgrid-nb"
CIGRE, SWITCHES = "cimpy-cigre-mv", "cimpy-switches-nb"
CIM16 = "http://iec.ch/TC57/2013/CIM-schema-cim16#"
CIM16_OF_2012 = "http://iec.ch/TC57/2012/CIM-schema-cim16#"
TYPE = "rdf:type"
Triple: TypeAlias = tuple[str, str, str]

B1 = "_11111111-aaaa-4aaa-8aaa-000000000001"  # a breaker, as files and cimpy write it
T1, T2 = "_22222222-aaaa-4aaa-8aaa-000000000001", "_22222222-aaaa-4aaa-8aaa-000000000002"
N1, N2 = "_33333333-aaaa-4aaa-8aaa-000000000001", "_33333333-aaaa-4aaa-8aaa-000000000002"
LIMIT = "_44444444-aaaa-4aaa-8aaa-000000000001"


def iri(key: str) -> str:
    return f"urn:uuid:{key.removeprefix('_')}"


def file(profile: str, body: str, cim: str = CIM16) -> bytes:
    """A file with a header of one *profile* (`EquipmentCore/3/1`) and a *body* in the prefixes rdf and cim."""
    head = f'<rdf:RDF xmlns:rdf="{RDF}" xmlns:cim="{cim}" xmlns:md="{MODEL}">'
    model = f'<md:FullModel rdf:about="urn:uuid:99999999-aaaa-4aaa-8aaa-{sum(profile.encode()):012d}">'
    stated = f"<md:Model.profile>http://entsoe.eu/CIM/{profile}</md:Model.profile></md:FullModel>"
    return f'<?xml version="1.0"?>{head}{model}{stated}{body}</rdf:RDF>'.encode()


def eq(body: str) -> bytes:
    return file("EquipmentCore/3/1", body)


def ssh(body: str) -> bytes:
    return file("SteadyStateHypothesis/1/1", body)


def tp(body: str) -> bytes:
    return file("Topology/4/1", body)


def breaker(inside: str = "", key: str = B1, kind: str = "Breaker") -> str:
    return f'<cim:{kind} rdf:ID="{key}"><cim:IdentifiedObject.name>B1</cim:IdentifiedObject.name>{inside}</cim:{kind}>'


def position(stands: str, key: str = B1, kind: str = "Breaker") -> bytes:
    """SSH saying whether the switch is open."""
    return ssh(f'<cim:{kind} rdf:about="#{key}"><cim:Switch.open>{stands}</cim:Switch.open></cim:{kind}>')


def switch_between_nodes(inside: str = "", kind: str = "Breaker") -> list[bytes]:
    """EQ and TP of a switch whose two terminals stand at two topological nodes."""
    ends = "".join(f'<cim:Terminal rdf:ID="{end}"><cim:Terminal.ConductingEquipment rdf:resource="#{B1}"/></cim:Terminal>' for end in (T1, T2))
    nodes = "".join(f'<cim:TopologicalNode rdf:ID="{node}"/>' for node in (N1, N2))
    links = "".join(
        f'<cim:Terminal rdf:about="#{end}"><cim:Terminal.TopologicalNode rdf:resource="#{node}"/></cim:Terminal>' for end, node in ((T1, N1), (T2, N2))
    )
    return [eq(breaker(inside, kind=kind) + ends), tp(nodes + links)]


def exported(view: View, folder: Path) -> list[bytes]:
    """The files that the export of *view* writes into a new folder in *folder*."""
    return [path.read_bytes() for path in view.export(folder / "out")]


def files(model: str) -> list[bytes]:
    """The files of a third-party model."""
    return [path.read_bytes() for path in sorted(data("cim", "grid", model).glob("*.xml"))]


def triples(given: list[bytes]) -> set[Triple]:
    """What *given* files say but for their headers, as the codec reads it; a text stands with quotes, a reference without."""
    found = set()
    for one in given:
        for kind, entries in rdf.decode(one).items():
            for entry in entries if kind != "md:FullModel" else []:
                subject = str(entry["@id"])
                found |= {(subject, TYPE, kind)} if kind else set()
                for name, values in entry.items():
                    for value in values if isinstance(values, list) else [values]:
                        if name != "@id":
                            found.add((subject, name, f'"{value}"' if isinstance(value, str) else curie(value["@id"])))
    return found
