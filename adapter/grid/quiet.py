"""Keep rdflib and pySHACL from logging what is in the findings."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

PYSHACL = logging.getLogger("pyshacl-validate")
_RDFLIB = logging.getLogger("rdflib.term")


@contextmanager
def quiet() -> Iterator[None]:
    """No log entry of pySHACL, nor of rdflib for a text that is no value of its type, while the block runs."""
    PYSHACL.addFilter(_never)
    _RDFLIB.addFilter(_not_of_literals)
    try:
        yield
    finally:
        PYSHACL.removeFilter(_never)
        _RDFLIB.removeFilter(_not_of_literals)


def _never(record: logging.LogRecord) -> bool:
    return False


def _not_of_literals(record: logging.LogRecord) -> bool:
    return not str(record.msg).startswith("Failed to convert Literal")
