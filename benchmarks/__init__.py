"""Speed as ratios: the naive hub (rdflib, pySHACL, SPARQL) and this one, in one run, on one message."""
