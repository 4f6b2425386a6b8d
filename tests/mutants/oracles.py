"""The verdicts of the third-party schemas on a document: XML schemas through libxml2, JSON schemas through jsonschema."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator
from lxml import etree
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT7
from third_party import data

Oracle = Callable[[bytes], str]
"""A document's bytes → what is wrong with it by the schema; "" for nothing."""

UFTP_PARTS = ("UFTP-common.xsd", "UFTP-agr-dso.xsd", "UFTP-agr-cro.xsd", "UFTP-cro-dso.xsd", "UFTP-metering.xsd")


def uftp(document: bytes) -> str:
    """By the schema of the version the document says: 3.0.0, or 3.1.0 for every other."""
    try:
        root = _parse(document)
    except etree.XMLSyntaxError as error:
        return str(error)
    return _errors(_uftp_schema("V3.0.0" if root.get("Version") == "3.0.0" else "V3.1.0"), root)


@lru_cache(2)
def _uftp_schema(version: str) -> etree.XMLSchema:
    """One schema for all roles: they have no namespace, and each of the published files leaves some messages out."""
    folder = data("uftp", "xsd", version)
    includes = "".join(f'<xs:include schemaLocation="{folder.joinpath(part).as_uri()}"/>' for part in UFTP_PARTS)
    umbrella = f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" elementFormDefault="qualified">{includes}</xs:schema>'
    return etree.XMLSchema(etree.fromstring(umbrella))


def xsd(*parts: str) -> Oracle:
    """By the schema file `../shared/data/<parts>`, with what it imports from beside it."""

    def verdict(document: bytes) -> str:
        try:
            return _errors(_schema(data(*parts)), _parse(document))
        except etree.XMLSyntaxError as error:
            return str(error)

    return verdict


@lru_cache(8)
def _schema(file: Path) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(file), etree.XMLParser(no_network=True)))


def _parse(document: bytes) -> Any:
    return etree.fromstring(document, etree.XMLParser(no_network=True, resolve_entities=False))


def _errors(schema: etree.XMLSchema, root: Any) -> str:
    if schema.validate(root):
        return ""
    return "; ".join(error.message for error in schema.error_log) or "not valid"


def json_schema(*parts: str) -> Oracle:
    """By the JSON schema `../shared/data/<parts>`; references lead to the files beside it, never elsewhere."""

    def verdict(document: bytes) -> str:
        try:
            value = json.loads(document.decode("utf-8-sig"), parse_constant=_no_constant)
            json.dumps(value, ensure_ascii=False).encode()
        except (ValueError, UnicodeError) as error:
            return str(error)
        return "; ".join(error.message[:200] for error in _json_validator(data(*parts)).iter_errors(value))

    return verdict


@lru_cache(4)
def _json_validator(file: Path) -> Draft7Validator:
    contents = [json.loads(entry.read_bytes()) for entry in sorted(file.parent.glob("*.schema.json"))]
    registry = Registry().with_resources([(one["$id"], Resource.from_contents(one, default_specification=DRAFT7)) for one in contents])
    return Draft7Validator(json.loads(file.read_bytes()), registry=registry)


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")
