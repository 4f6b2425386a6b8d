"""Small CIM models and shape files for tests, written here."""

from __future__ import annotations

from pathlib import Path

from adapter.codecs.rdf import CimTree, decode
from adapter.names import CIM100, MODEL, RDF, turtle_prefixes

PROFILE = "urn:profiles/CoreEquipment-EU/3.0"
LINE, OTHER, BASE = (f"urn:uuid:00000000-0000-4000-8000-00000000000{digit}" for digit in "123")
HEADER = "urn:uuid:10000000-0000-4000-8000-000000000001"


def model(body: str, header: str | None = HEADER, about: str = "", profile: str = PROFILE) -> CimTree:
    return decode(document(body, header, about, profile))


def document(body: str, header: str | None = HEADER, about: str = "", profile: str = PROFILE) -> bytes:
    said = f'<md:FullModel rdf:about="{header}"><md:Model.profile>{profile}</md:Model.profile>{about}</md:FullModel>' if header else ""
    text = f'<rdf:RDF xmlns:rdf="{RDF}" xmlns:cim="{CIM100}" xmlns:md="{MODEL}">{said}{body}</rdf:RDF>'
    return text.encode()


def line(r: str = "1", more: str = "", iri: str = LINE) -> str:
    name = "<cim:IdentifiedObject.name>Line 1</cim:IdentifiedObject.name>"
    return f'<cim:ACLineSegment rdf:about="{iri}">{name}<cim:ACLineSegment.r>{r}</cim:ACLineSegment.r>{more}</cim:ACLineSegment>'


def refers(name: str, iri: str) -> str:
    return f'<{name} rdf:resource="{iri}"/>'


def folder_of(path: Path, **files: str) -> Path:
    for name, text in files.items():
        path.joinpath(f"{name}.ttl").write_text(turtle_prefixes() + text)
    return path


SHAPE = "cim:LineShape a sh:NodeShape ; sh:targetClass cim:ACLineSegment ; sh:property cim:Rule .\ncim:Rule a sh:PropertyShape ; sh:path cim:ACLineSegment.r ; "
POSITIVE = SHAPE + 'sh:minInclusive 0 ; sh:message "The value is negative." .\n'


def version(profile: str, path: str = "constraints/IEC61970-452/3.0") -> str:
    return f"cim:It a owl:Ontology ; owl:versionIRI <urn:profiles/{profile}/{path}> .\n"
