"""The mapping sets of mappings/alignments as values: SSSOM in TSV, a header in comments and one row per mapping."""

from __future__ import annotations

import csv
from functools import cache

from adapter.resources import folder
from adapter.text import Table, read_text


@cache
def alignment(name: str = "hub") -> tuple[Table, list[dict[str, str]]]:
    """The SSSOM mapping set *name*: its header and its rows."""
    file = f"{name}.sssom.tsv"
    lines = folder("mappings").joinpath("alignments", file).read_text(encoding="utf-8").splitlines()
    header = read_text("\n".join(line[2:] for line in lines if line.startswith("#")), f"mappings/alignments/{file}")
    return header, list(csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t", quoting=csv.QUOTE_NONE))


def expanded(curie: str, name: str = "hub") -> str:
    """The IRI of a CURIE, by the prefixes that the mapping set *name* declares; raises MappingError for one it does not."""
    prefix, _, local = curie.partition(":")
    return alignment(name)[0].table("curie_map").text(prefix) + local
