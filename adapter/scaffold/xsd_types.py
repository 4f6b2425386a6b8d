"""Simple types of XML Schema as kinds: built-in types, restrictions with facets, unions of code lists."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from adapter.scaffold.facets import from_xsd, with_pattern
from adapter.scaffold.model import Kind
from adapter.scaffold.names import snake, type_name
from adapter.scaffold.xsd_files import XS, Global, SchemaFiles

_BITS = {"long": 64, "int": 32, "short": 16, "byte": 8}
_TEXTS = ("string", "normalizedString", "token", "NMTOKEN", "Name", "NCName", "ID", "IDREF", "anyURI", "language", "QName", "anySimpleType", "anyType")
_LOOSE = {
    "float": ("decimal", "exponents, INF and NaN are refused"),
    "double": ("decimal", "exponents, INF and NaN are refused"),
    "dayTimeDuration": ("duration", ""),
    "dateTimeStamp": ("instant", ""),
    "base64Binary": ("str", "base64"),
    "hexBinary": ("str", "hexadecimal"),
    "time": ("str", "a time of day"),
    "gYear": ("str", "a year"),
    "gYearMonth": ("str", "a month"),
    "gMonthDay": ("str", "a day of the year"),
    "NMTOKENS": ("str", "a list of texts"),
    "IDREFS": ("str", "a list of texts"),
}


def builtin(name: str) -> Kind:
    """The kind of a built-in type.

    >>> builtin("positiveInteger").least, builtin("dateTime").codec
    ('1', 'instant')
    """
    source = f"xs:{name}"
    codec = {"dateTime": "instant", "date": "date", "duration": "duration", "boolean": "bool", "decimal": "decimal", "integer": "int"}.get(name)
    if codec is not None or name in _TEXTS:
        return Kind(codec or "str", source=source)
    if name in _BITS:
        half = 2 ** (_BITS[name] - 1)
        return Kind("int", f"int{_BITS[name]}", least=str(-half), most=str(half - 1), source=source)
    if name.startswith("unsigned") and name[8:].lower() in _BITS:
        return Kind("int", snake(name), least="0", most=str(2 ** _BITS[name[8:].lower()] - 1), source=source)
    bounds = {"positiveInteger": ("1", None), "nonNegativeInteger": ("0", None), "nonPositiveInteger": (None, "0"), "negativeInteger": (None, "-1")}
    if name in bounds:
        return Kind("int", snake(name), least=bounds[name][0], most=bounds[name][1], source=source)
    loose, remark = _LOOSE.get(name, ("str", source))
    return Kind(loose, source=source, remark=remark)


class SimpleTypes:
    """Reads simple types of *files*; each global one once."""

    def __init__(self, files: SchemaFiles) -> None:
        self.files = files
        self._known: dict[tuple[str, str], Kind] = {}

    def named(self, name: str, node: Any, namespace: str) -> Kind | None:
        """The kind of the type *name* as referred to at *node*; None when it is a complex type."""
        space, local = self.files.qualified(name, node, namespace)
        if "{" + space + "}" == XS:
            return builtin(local) if local != "anyType" else None
        found = self.files.find("type", name, node, namespace)
        return self.of_global(found) if found.node.tag == XS + "simpleType" else None

    def of_global(self, found: Global) -> Kind:
        key = (found.namespace, found.node.get("name"))
        if key not in self._known:
            self._known[key] = builtin("string")  # what a type inside itself sees
            self._known[key] = self.read(found.node, found.namespace, key[1])
        return self._known[key]

    def read(self, node: Any, namespace: str, name: str) -> Kind:
        """The kind of a simpleType element; *name* is its own, or that of the place for an anonymous one."""
        restriction, union, listed = (node.find(XS + part) for part in ("restriction", "union", "list"))
        if restriction is not None:
            return self.restricted(self._base(restriction, namespace, name), restriction, name)
        if union is not None:
            return self._union(union, namespace, name)
        return Kind(source=name, remark="a list of values separated by blanks" if listed is not None else "")

    def _base(self, node: Any, namespace: str, name: str) -> Kind:
        inner = node.find(XS + "simpleType")
        if inner is not None:
            return self.read(inner, namespace, name)
        return self.named(node.get("base"), node, namespace) or Kind()

    def _union(self, node: Any, namespace: str, name: str) -> Kind:
        members = [self.named(member, node, namespace) or Kind() for member in (node.get("memberTypes") or "").split()]
        members += [self.read(inner, namespace, name) for inner in node.findall(XS + "simpleType")]
        if members and all(member.codes and not member.faceted for member in members):
            codes = tuple(dict.fromkeys(code for member in members for code in member.codes))
            return Kind(members[0].codec, type_name(name), codes=codes, source=name)
        if len({member.codec for member in members}) == 1 and not any(member.faceted or member.codes for member in members):
            return replace(members[0], source=name)
        return Kind(source=name, remark=f"one of {', '.join(filter(None, (member.source for member in members)))}")

    def restricted(self, base: Kind, node: Any, name: str) -> Kind:
        """*base* with the facets of a restriction element."""
        facets = [(str(facet.tag).removeprefix(XS), facet.get("value", "")) for facet in node]
        kind = base
        codes = tuple(value for facet, value in facets if facet == "enumeration")
        if codes:
            kind = replace(kind, codes=codes)
        patterns = [value for facet, value in facets if facet == "pattern"]
        if patterns:
            kind = with_pattern(kind, _either([from_xsd(value) for value in patterns]), patterns[0])
        for facet, value in facets:
            kind = _facet(kind, facet, value)
        if kind.definition() == base.definition():
            return kind
        return replace(kind, name=type_name(name), source=name)


def _either(patterns: list[str | None]) -> str | None:
    """Patterns of one restriction are alternatives; None when one of them could not be translated."""
    known = [pattern for pattern in patterns if pattern is not None]
    if len(known) < len(patterns):
        return None
    return known[0] if len(known) == 1 else "|".join(f"(?:{pattern})" for pattern in known)


def _facet(kind: Kind, facet: str, value: str) -> Kind:
    number = kind.codec in ("int", "decimal")
    if facet in ("minInclusive", "maxInclusive") and number:
        return replace(kind, least=value) if facet == "minInclusive" else replace(kind, most=value)
    if facet in ("minExclusive", "maxExclusive") and kind.codec == "int":
        return replace(kind, least=str(int(value) + 1)) if facet == "minExclusive" else replace(kind, most=str(int(value) - 1))
    if facet == "fractionDigits" and kind.codec == "decimal":
        return replace(kind, fraction=value)
    text = kind.codec in ("str", "text")
    if facet in ("length", "maxLength", "minLength") and text:
        return replace(kind, codec="str", length=kind.length if facet == "minLength" else value, shortest=kind.shortest if facet == "maxLength" else value)
    if facet in ("minInclusive", "maxInclusive", "minExclusive", "maxExclusive", "length", "maxLength", "minLength", "totalDigits"):
        return kind.saying(f"{facet} {value} is not checked")
    return kind
