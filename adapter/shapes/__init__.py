"""Validation at run time: rules of rows as column checks, rules of the head in a SHACL engine."""
