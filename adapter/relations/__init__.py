"""Relations: the closed registry of two-way links between wire and exchange variables."""

from adapter.relations import plain, quantity, scopes, session, time
from adapter.relations.base import REGISTRY, Relation, build

__all__ = ["REGISTRY", "Relation", "build", "plain", "quantity", "scopes", "session", "time"]
