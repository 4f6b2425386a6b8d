"""The files of an XML schema: the one given and what it includes and imports, from its folder and the folders above."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from adapter.codecs import xml
from adapter.errors import Fault, UsageError
from adapter.names import XSD

Occurs = tuple[int, int | None]
XS = "{" + XSD.rstrip("#") + "}"  # as lxml writes a namespace
KINDS = {"element": "element", "complexType": "type", "simpleType": "type", "group": "group", "attributeGroup": "attributeGroup", "attribute": "attribute"}


@dataclass(frozen=True, slots=True)
class Global:
    """One global component: its node, the namespace it is in, and the schema element around it."""

    node: Any
    namespace: str
    schema: Any


@dataclass
class SchemaFiles:
    """All global components by kind (element, type, group, attributeGroup, attribute), namespace and name.

    *Raises* `DecodeError` for a file that is no harmless XML (a DOCTYPE), `UsageError` for one that is no schema.
    """

    file: Path
    globals: dict[tuple[str, str, str], Global] = field(default_factory=dict)
    substitutes: dict[tuple[str, str], list[Global]] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    _read: set[tuple[Path, str]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.file = self.file.resolve()
        self.target = self._load(self.file, None)

    def _load(self, file: Path, namespace: str | None) -> str:
        """Read one file; *namespace* is that of the including schema (a schema without its own takes it)."""
        schema = xml.decode(file.read_bytes())
        if schema.tag != XS + "schema":
            raise UsageError(Fault(str(file), f"is no XML schema: its root is {schema.tag}"))
        target = schema.get("targetNamespace") or namespace or ""
        if (file, target) in self._read:
            return target
        self._read.add((file, target))
        for node in schema:
            name = str(node.tag).removeprefix(XS)
            if name in ("include", "import", "redefine", "override"):
                self._follow(file, node, name, target)
            elif name in KINDS and node.get("name"):
                self._add(Global(node, target, schema), KINDS[name])
        return target

    def _add(self, found: Global, kind: str) -> None:
        self.globals.setdefault((kind, found.namespace, found.node.get("name")), found)
        head = found.node.get("substitutionGroup")
        if head:
            self.substitutes.setdefault(self.qualified(head, found.node, found.namespace), []).append(found)

    def _follow(self, file: Path, node: Any, name: str, target: str) -> None:
        location = node.get("schemaLocation")
        if not location:
            return
        found = _local(file, location)
        if found is None:
            self.missing.append(location)
        else:
            self._load(found, None if name == "import" else target)

    def qualified(self, name: str, node: Any, namespace: str) -> tuple[str, str]:
        """(namespace, local name) of a QName written at *node* of a schema in *namespace*."""
        prefix, _, local = name.strip().rpartition(":")
        known = node.nsmap.get(prefix or None)
        if known is None and prefix:
            raise UsageError(Fault(f"{self.file.name}:{node.sourceline}", f"{name!r} has a prefix that is not declared"))
        return (known if known is not None else namespace), local

    def find(self, kind: str, name: str, node: Any, namespace: str) -> Global:
        """The global component *name* as referred to at *node*. *Raises* `UsageError` naming the files that were not found."""
        space, local = self.qualified(name, node, namespace)
        found = self.globals.get((kind, space, local)) or self.globals.get((kind, "", local))
        if found is None:
            says = f"there is no {kind} {name!r} in {space or 'no namespace'}"
            where = f"; not found beside it: {', '.join(self.missing)}" if self.missing else ""
            raise UsageError(Fault(f"{self.file.name}:{node.sourceline}", says + where), "Put the imported schemas into the same folder.")
        return found

    def element(self, name: str) -> Global:
        """The global element *name*, of the file's own namespace first. *Raises* `UsageError` with the names there are."""
        elements = [found for (kind, _, local), found in self.globals.items() if kind == "element" and local == name]
        elements.sort(key=lambda found: found.namespace != self.target)
        if not elements:
            names = sorted({local for kind, _, local in self.globals if kind == "element"})
            raise UsageError(Fault(self.file.name, f"there is no element {name!r}; it has {', '.join(names) or 'none'}"))
        return elements[0]


def malformed(node: Any, says: str) -> UsageError:
    """The error for a schema that is no legal one."""
    return UsageError(Fault(f"line {node.sourceline}, {str(node.tag).removeprefix(XS)}", says, "XML Schema 1.0"))


def occurs(node: Any) -> Occurs:
    """How often a particle may stand, as written."""
    least, most = node.get("minOccurs", "1").strip(), node.get("maxOccurs", "1").strip()
    if not (least.isdecimal() and (most.isdecimal() or most == "unbounded")):
        raise malformed(node, f"occurs {least} to {most} times; expected numbers or unbounded")
    return int(least), None if most == "unbounded" else int(most)


def times(outer: Occurs, inner: Occurs) -> Occurs:
    """How often a particle may stand in all. More than once is written as any number: the tree knows no other bound.

    >>> times((0, 1), (1, None)), times((1, 1), (1, 96)), times((1, 2), (0, 0))
    ((0, None), (1, None), (0, 0))
    """
    if 0 in (outer[1], inner[1]):
        return 0, 0
    most = None if None in (outer[1], inner[1]) or (outer[1] or 0) * (inner[1] or 0) > 1 else 1
    return outer[0] * inner[0], most


def _local(file: Path, location: str) -> Path | None:
    """The file meant by a schemaLocation, in the folder of *file* or one above it; never an address of the network.

    Of an address (or a path on somebody's disk) only the last part is used, to find a local copy. *Raises* `UsageError` for a path that leads elsewhere.
    """
    allowed = [file.parent, *file.parent.parents]
    if "://" in location or "\\" in location or location.startswith("file:"):
        location = location.replace("\\", "/")
        copies = [folder / location.rsplit("/", 1)[-1] for folder in allowed[:3]]
        return next((copy for copy in copies if copy.is_file()), None)
    found = (file.parent / location).resolve()
    if found.parent not in allowed:
        raise UsageError(Fault(file.name, f"refers to {location!r}; schemas are read from the same folder and the folders above it only"))
    return found if found.is_file() else None
