"""Gridglot: one graph between the energy standards.

>>> from adapter import translate, find_partner
>>> callable(translate)
True

The steps of a message are functions in adapter.pipeline; what they return is typed there.
"""

from adapter.context import Context
from adapter.errors import (
    BridgeError,
    ContextMissing,
    DecodeError,
    EncodeError,
    Fault,
    HubError,
    LiftError,
    LowerError,
    MappingError,
    QueryError,
    ShapeViolation,
    StorageError,
    StoreError,
    UnknownMessage,
    UsageError,
)
from adapter.library import Library, library
from adapter.partners import Profile
from adapter.partners import find as find_partner
from adapter.pipeline import (
    Document,
    Lifted,
    Translation,
    decode,
    from_graph,
    learn,
    lift,
    lower,
    to_graph,
    translate,
    validate,
)
from adapter.report import as_json as translation_report

__version__ = "0.1.0"
__all__ = [
    "BridgeError",
    "Context",
    "ContextMissing",
    "DecodeError",
    "Document",
    "EncodeError",
    "Fault",
    "HubError",
    "Library",
    "LiftError",
    "Lifted",
    "LowerError",
    "MappingError",
    "Profile",
    "QueryError",
    "ShapeViolation",
    "StorageError",
    "StoreError",
    "Translation",
    "UnknownMessage",
    "UsageError",
    "decode",
    "find_partner",
    "from_graph",
    "learn",
    "library",
    "lift",
    "lower",
    "to_graph",
    "translate",
    "translation_report",
    "validate",
]
