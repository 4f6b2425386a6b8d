"""A scaffolded skeleton is as strict as the schema it came from: mutated samples get the verdict of the schema's own validator."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from copy import deepcopy
from decimal import Decimal
from typing import Any

import pytest
from jsonschema import Draft7Validator
from lxml import etree
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT7
from skeletons import JSON_SAMPLES, PYTHON, UFTP, XSD_SAMPLES, compiled, faults_of, named, xml_schema
from third_party import data

from adapter.codecs import syntaxes, xml
from adapter.scaffold import skeleton

GARBAGE = (
    "x",
    "1",
    "-1",
    "0",
    "1.5",
    "2026-01-01",
    "2026-01-01T00:00:00Z",
    "2026-01-01T00:00Z",
    "PT15M",
    "A01",
    "A99",
    "true",
    "a" * 61,
    "EUR",
    "9" * 20,
    "1e3",
)


def mutated_xml(root: Any, source: random.Random) -> Any:
    root = deepcopy(root)
    element = source.choice(list(root.iter("*")))
    changes: list[Callable[[], Any]] = [lambda: element.set("Bogus", "1"), lambda: etree.SubElement(element, root.tag.replace(local(root), "Bogus"))]
    if element.attrib:
        changes += [
            lambda: element.attrib.pop(source.choice(list(element.attrib))),
            lambda: element.set(source.choice(list(element.attrib)), source.choice(GARBAGE)),
        ]
    if element is not root:
        changes += [lambda: element.getparent().remove(element), lambda: element.addnext(deepcopy(element))]
    if not len(element):
        changes += [lambda: setattr(element, "text", source.choice(GARBAGE))] * 2
    else:
        changes += [lambda: element.append(element[source.randrange(len(element))])]
    source.choice(changes)()
    return root


def local(element: Any) -> str:
    return str(etree.QName(element).localname)


@pytest.mark.parametrize(("schema", "message", "sample"), XSD_SAMPLES, ids=named(XSD_SAMPLES))
def test_a_skeleton_judges_mutated_documents_as_its_xml_schema_does(schema: tuple[str, ...], message: str, sample: tuple[str, ...]) -> None:
    mapping = compiled(skeleton(data(*schema), message, codes="all"))
    validator = xml_schema(schema)
    root, source = xml.decode(data(*sample).read_bytes()), random.Random(1)
    for _ in range(200):
        document = mutated_xml(root, source)
        faults = faults_of(mapping, "xml", document)
        assert validator.validate(document) == (not faults), (faults, validator.error_log.last_error, etree.tostring(document)[:2000])


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from places(inner, (*path, key))


def mutated_json(root: Any, source: random.Random) -> Any:
    root = deepcopy(root)
    *way, key = source.choice([path for path in places(root) if len(path) > 1])
    holder = root
    for step in way:
        holder = holder[step]
    change = source.choice(("delete", "set", "set", "add"))
    if change == "delete":
        del holder[key]
    elif change == "set":
        holder[key] = source.choice(["x", 1, -1, Decimal("1.5"), None, True, [], {}, "2026-01-01T00:00Z", "PT15M", "A01", "a" * 61, 1000000, "E66"])
    elif isinstance(holder, dict):
        holder["bogus"] = 1
    else:
        holder.insert(key, deepcopy(holder[key]))
    return root


def floats(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: floats(inner) for key, inner in value.items()}
    return [floats(inner) for inner in value] if isinstance(value, list) else float(value) if isinstance(value, Decimal) else value


@pytest.mark.parametrize(("schema", "message", "sample"), JSON_SAMPLES, ids=named(JSON_SAMPLES))
def test_a_skeleton_judges_mutated_documents_as_its_json_schema_does(schema: tuple[str, ...], message: str, sample: tuple[str, ...]) -> None:
    def retrieve(uri: str) -> Any:
        return Resource.from_contents(json.loads((data(*schema).parent / uri.rsplit("/", 1)[-1]).read_text("utf-8-sig")), default_specification=DRAFT7)

    validator = Draft7Validator(json.loads(data(*schema).read_text("utf-8-sig")), registry=Registry(retrieve=retrieve))
    mapping = compiled(skeleton(data(*schema), message, codes="all"))
    root, source = syntaxes.decode(data(*sample).read_bytes())[1], random.Random(1)
    for _ in range(200):
        document = mutated_json(root, source)
        faults = faults_of(mapping, "json", document)
        assert validator.is_valid(floats(document)) == (not faults), faults


@pytest.mark.parametrize(
    ("message", "sample", "fault"),
    [
        ("FlexOffer", "TestFlexOffer.XML", "/FlexOffer/OfferOption[1]/@OptionReference: is missing"),
        ("FlexSettlement", "TestFlexSettlement.XML", "/FlexSettlement/@Result: is missing"),
    ],
)
def test_a_sample_its_schema_refuses_is_refused(message: str, sample: str, fault: str) -> None:
    document = xml.decode(data(*PYTHON, sample).read_bytes())
    assert not xml_schema(UFTP).validate(document)
    assert any(found.startswith(fault) for found in faults_of(compiled(skeleton(data(*UFTP), message)), "xml", document))
