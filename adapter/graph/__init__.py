"""Bindings ↔ graph: `Writer` instantiates an exchange's pattern as Turtle, `Matcher` reads bindings back from a `Graph`.

Law: match(instantiate(b)) == b, order included; and the same through the packed form, where rows are one exact list
literal per column.
"""

from adapter.graph.index import Graph
from adapter.graph.matcher import Matcher
from adapter.graph.packed import pack, unpack
from adapter.graph.terms import quoted, term_text, term_value, trig, turtle
from adapter.graph.writer import Writer

__all__ = ["Graph", "Matcher", "Writer", "pack", "quoted", "term_text", "term_value", "trig", "turtle", "unpack"]
