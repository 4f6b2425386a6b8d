"""The tree layer: a mapping's picture of the wire, and how to read and write it in XML and JSON."""
