"""What the provenance graph says of a message: who sent what when, how it was read, what came of it. It follows from the journal alone."""

from __future__ import annotations

from collections.abc import Container, Iterable

from adapter.graph import quoted, turtle
from adapter.hub.journal import Row
from adapter.names import BASE

PROVENANCE = BASE + "provenance"


def receipt_iri(number: int) -> str:
    """The IRI of the taking in of message *number*."""
    return f"{BASE}receipt/{number}"


def partner_iri(name: str) -> str:
    """The IRI of a partner of the registry."""
    return f"{BASE}partner/{name}"


def provenance(rows: Iterable[Row], erased: Container[int]) -> str:
    """The Turtle of some messages, to be added to `PROVENANCE`; *erased* are the numbers of those whose bytes are gone."""
    return turtle(PROVENANCE, "".join(_told(row, row.number in erased) for row in rows))


def _told(row: Row, erased: bool) -> str:
    """What is said of one message. A refused message has a receipt with its reasons, and no graph."""
    said = row.outcome
    receipt, wire = f"<{receipt_iri(row.number)}>", f"<{receipt_iri(row.number)}/wire>"
    taken = row.state == "done"
    mapping = quoted(f"{row.standard}:{row.message} {said.get('package', '')}")
    lines = [
        f'{receipt} a hub:Receipt ; prov:startedAtTime "{row.received.text()}"^^xsd:dateTime ; prov:used {wire} ; '
        f"hub:mapping {mapping} ; hub:result {'hub:Accepted' if taken else 'hub:Rejected'} .",
        f"{wire} a hub:Wire ; hub:hash {quoted(row.hash)} .",
    ]
    if said.get("partner"):
        lines.append(f"{receipt} prov:wasAssociatedWith <{partner_iri(str(said['partner']))}> .")
    lines += [f"{wire} hub:vocabulary <{namespace}> ." for namespace in _list(said.get("vocabularies"))]
    lines += [f"{receipt} hub:exchange {quoted(exchange)} ." for exchange in _list(said.get("exchanges"))]
    lines += [f"{receipt} prov:used <{graph}> ." for graph in _list(said.get("context"))]
    if taken:
        lines.append(f"<{row.id}> prov:wasGeneratedBy {receipt} ; prov:wasDerivedFrom {wire} .")
        if said.get("replaces"):
            lines.append(f"<{row.id}> prov:wasRevisionOf <{said['replaces']}> .")
    else:
        lines += [f"{receipt} hub:reason {quoted(reason)} ." for reason in _reasons(said.get("faults"))]
    if erased:
        lines.append(f"{wire} hub:isErased true .")
    return "\n".join(lines) + "\n"


def _list(found: object) -> list[str]:
    return [str(one) for one in found] if isinstance(found, list) else []


def _reasons(found: object) -> list[str]:
    faults = found if isinstance(found, list) else []
    return [f"{path}: {says}" if path else str(says) for path, says, *_ in faults]
