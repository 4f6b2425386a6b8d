"""What a CIM file says of itself, found without decoding the rest of it. Source: IEC 61970-552, model header."""

from __future__ import annotations

import copy

from lxml import etree

from adapter.codecs import rdf
from adapter.codecs.rdf_source import Source, source
from adapter.grid.model import DIFFERENCE, Header, header

_NAMES = frozenset({"FullModel", "DifferenceModel"})


def head(document: Source, data: bytes) -> tuple[Header, bool]:
    """The header of a document that was read from *data*, and whether it is one of a difference model. *Raises* `DecodeError`."""
    small = etree.Element(document.root.tag, nsmap=document.root.nsmap)
    small.extend(copy.deepcopy(element) for element in document.rest if etree.QName(element).localname in _NAMES)
    tree = rdf.read(source(etree.tostring(small)))
    return header(tree, data), DIFFERENCE in tree
