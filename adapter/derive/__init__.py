"""Derive rules: variables of an exchange that follow from others (a closed registry, like relations)."""

from adapter.derive import limits, needs, offers
from adapter.derive.apply import build_rules, inward, outward
from adapter.derive.base import RULES, Rule

__all__ = ["RULES", "Rule", "build_rules", "inward", "limits", "needs", "offers", "outward"]
