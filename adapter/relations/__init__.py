"""Relations: the closed registry of two-way links between wire and exchange variables."""

from adapter.relations import baseline, checked, coded, dated, directed, grid, identifiers, isp, paths, period, plain, quantity, scaled, scopes, session
from adapter.relations.base import REGISTRY, Relation, build

__all__ = [
    "REGISTRY",
    "Relation",
    "baseline",
    "build",
    "checked",
    "coded",
    "dated",
    "directed",
    "grid",
    "identifiers",
    "isp",
    "paths",
    "period",
    "plain",
    "quantity",
    "scaled",
    "scopes",
    "session",
]
