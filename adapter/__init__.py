"""Gridglot: one graph between the energy standards."""
