"""Which kind of source a file is: an XML schema, a JSON schema, or a sample in XML, JSON or SHIP."""

from __future__ import annotations

from pathlib import Path

from adapter.codecs import syntaxes
from adapter.errors import Fault, UsageError
from adapter.scaffold.json_schema import is_schema, read_json_schema
from adapter.scaffold.model import Draft
from adapter.scaffold.sample import read_json_sample, read_xml_sample
from adapter.scaffold.xsd import read_xsd
from adapter.scaffold.xsd_files import XS


def read_source(source: Path, message: str) -> Draft:
    """The draft of *message*. *Raises* `UsageError` for a file that is missing or in a syntax we cannot scaffold from."""
    try:
        data = source.read_bytes()
    except OSError as error:
        raise UsageError(Fault(str(source), f"cannot be read: {error.strerror}")) from error
    codec, value = syntaxes.decode(data)
    if codec == "xml" and value.tag == XS + "schema":
        return read_xsd(source, message)
    if codec == "xml":
        return read_xml_sample(source, value, message)
    if codec == "json" and is_schema(value):
        return read_json_schema(source, message)
    if codec in ("json", "ship"):
        return read_json_sample(source, value, codec)
    raise UsageError(Fault(str(source), "is CIM RDF/XML: a graph, which has no tree to scaffold"))
