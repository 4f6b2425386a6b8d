"""The guard lets queries through that only read, and refuses everything else by name, wherever it is nested."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from adapter.errors import QueryError
from adapter.store.binding import bind
from adapter.store.guard import LONGEST, check

SERVICE = "SERVICE <https://elsewhere.example/> { ?a ?b ?c }"
ATTACKS = {
    SERVICE: "SERVICE",
    "SERVICE SILENT ?where { ?a ?b ?c }": "SERVICE",
    f"OPTIONAL {{ {SERVICE} }}": "SERVICE",
    f"{{ }} UNION {{ {SERVICE} }}": "SERVICE",
    f"MINUS {{ {SERVICE} }}": "SERVICE",
    f"GRAPH ?g {{ {SERVICE} }}": "SERVICE",
    f"{{ SELECT * {{ {SERVICE} }} }}": "SERVICE",
    f"{{ SELECT * {{ OPTIONAL {{ {{ SELECT ?a {{ {SERVICE} }} }} }} }} }}": "SERVICE",
    f"FILTER EXISTS {{ {SERVICE} }}": "SERVICE",
    f"FILTER (1 = 1 && NOT EXISTS {{ {SERVICE} }})": "SERVICE",
    f"BIND (EXISTS {{ {SERVICE} }} AS ?x)": "SERVICE",
    f"{{ SELECT (IF(EXISTS {{ {SERVICE} }}, 1, 2) AS ?x) {{ }} }}": "SERVICE",
    f"{{ SELECT (COUNT(*) AS ?n) {{ }} HAVING (EXISTS {{ {SERVICE} }}) }}": "SERVICE",
    f"{{ SELECT * {{ }} ORDER BY (EXISTS {{ {SERVICE} }}) }}": "SERVICE",
    f"{{ SELECT * {{ }} GROUP BY (EXISTS {{ {SERVICE} }} AS ?x) }}": "SERVICE",
    "sErViCe <https://elsewhere.example/> { ?a ?b ?c }": "SERVICE",
    f"# a comment ends here\r{SERVICE}": "SERVICE",
    f'?a ?b "x\\u0022 }} # " . {SERVICE} }} #"': "code point",
    f"?a ?b '\\U00000027 . {SERVICE} #'": "code point",
    f"?a ?b '''x''' # {SERVICE}\n": "SERVICE",
    "FILTER (<https://elsewhere.example/function>(?a))": "https://elsewhere.example/function",
    "FILTER (evil:run(?a))": "https://evil.example/run",
    "FILTER (xsd:run(?a))": "https://evil.example/run",
    "{" * 3000 + "}" * 3000: "nested too deeply",
}
WHOLE = {
    "SELECT * FROM <file:secrets.ttl> { ?s ?p ?o }": "FROM",
    "SELECT * FROM NAMED <https://elsewhere.example/> { GRAPH ?g { ?s ?p ?o } }": "FROM",
    "ASK FROM <file:secrets.ttl> { ?s ?p ?o }": "FROM",
    "CONSTRUCT { ?s ?p ?o } FROM <file:secrets.ttl> WHERE { ?s ?p ?o }": "FROM",
    "CONSTRUCT FROM <file:secrets.ttl> WHERE { ?s ?p ?o }": "FROM",
    "DESCRIBE ?s FROM <file:secrets.ttl> { ?s ?p ?o }": "FROM",
    "LOAD <https://elsewhere.example/>": "LOAD",
    "LOAD SILENT <file:secrets.ttl> INTO GRAPH <urn:g>": "LOAD",
    "INSERT DATA { <urn:a> <urn:b> <urn:c> }": "INSERT",
    "INSERT { ?s ?p ?o } WHERE { ?s ?p ?o }": "INSERT",
    "DELETE DATA { <urn:a> <urn:b> <urn:c> }": "DELETE",
    "PREFIX x: <urn:x> BASE <urn:y>\n# why not\nDELETE WHERE { ?s ?p ?o }": "DELETE",
    "WITH <urn:g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }": "WITH",
    "CLEAR ALL": "CLEAR",
    "DROP ALL": "DROP",
    "CREATE GRAPH <urn:g>": "CREATE",
    "ADD <urn:g> TO <urn:h>": "ADD",
    "MOVE <urn:g> TO <urn:h>": "MOVE",
    "COPY <urn:g> TO <urn:h>": "COPY",
    "SELECT * { ?s ?p ?o } ; DROP ALL": "no SPARQL",
    "SELECT * { ?s ?p ?o } DROP ALL": "no SPARQL",
    "SELECT * { DELETE WHERE { ?s ?p ?o } }": "no SPARQL",
    "": "no SPARQL",
    "\0": "no SPARQL",
    " " * (LONGEST + 1): "characters",
}
LEGAL = [
    "SELECT * { ?s ?p ?o }",
    "SELECT DISTINCT ?s (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?s HAVING (COUNT(?o) > 1) ORDER BY DESC(?n) LIMIT 5 OFFSET 2",
    "SELECT (GROUP_CONCAT(DISTINCT ?o; separator=', ') AS ?all) (SUM(?o) AS ?b) (AVG(?o) AS ?c) (MIN(?o) AS ?d) (MAX(?o) AS ?e) (SAMPLE(?o) AS ?f) { ?s ?p ?o }",
    "SELECT * { GRAPH ?g { ?s ?p ?o } OPTIONAL { ?s <urn:a> ?a } MINUS { ?s <urn:b> ?b } { ?s <urn:c> 1 } UNION { ?s <urn:d> 1.5 } }",
    "SELECT * { ?s (<urn:a>/^<urn:b>|!(<urn:c>|^<urn:d>))*/<urn:e>+/<urn:f>? [ <urn:g> ( 1 true 'x'@en ) ] }",
    "SELECT * { VALUES (?a ?b) { (1 UNDEF) } BIND (?a + 2 * -?b AS ?c) FILTER (?c IN (1, 2) || !BOUND(?b) && ?a >= 1) } VALUES ?d { <urn:d> }",
    "SELECT * { { SELECT ?s { ?s ?p ?o } LIMIT 1 } FILTER NOT EXISTS { ?s <urn:a> ?a } }",
    "PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> SELECT (xsd:decimal(?o) AS ?n) { ?s ?p ?o }",
    "SELECT (REGEX(STR(?o), 'a', 'i') AS ?a) (SUBSTR(?o, 1, 2) AS ?b) (IF(isIRI(?o), YEAR(NOW()), COALESCE(1, 2)) AS ?c) (REPLACE(?o, 'a', 'b') AS ?d) { ?s ?p ?o }",
    "ASK { ?s ?p 'a service FROM elsewhere; DROP ALL' }",
    "PREFIX service: <urn:service> ASK { ?service service:service <urn:service> } # all the same\r\n",
    "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }",
    "CONSTRUCT WHERE { ?s ?p ?o }",
    "DESCRIBE <urn:a> ?s { ?s ?p ?o }",
]
PREFIXES = "PREFIX evil: <https://evil.example/> PREFIX xsd: <https://evil.example/> "


@pytest.mark.parametrize(("pattern", "found"), ATTACKS.items(), ids=lambda text: text[:60].encode("unicode_escape").decode())
@pytest.mark.parametrize("form", ["SELECT * {{ {} }}", "ASK {{ {} }}", "CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {} }}", "DESCRIBE ?a {{ {} }}"])
def test_a_pattern_that_does_more_than_read_is_refused_in_every_form(form: str, pattern: str, found: str) -> None:
    with pytest.raises(QueryError, match=found):
        check(PREFIXES + form.format(pattern))


@pytest.mark.parametrize(("text", "found"), WHOLE.items(), ids=lambda text: text[:60].encode("unicode_escape").decode())
def test_a_text_that_is_no_reading_query_is_refused(text: str, found: str) -> None:
    with pytest.raises(QueryError, match=found):
        check(text)


@pytest.mark.parametrize("text", LEGAL, ids=lambda text: text[:60])
def test_a_query_that_only_reads_is_let_through_and_the_engine_takes_it(text: str) -> None:
    ox.Store().query(check(text).text)


HOSTILE = ['"', "'", "'''", '"""', "\\", "}", "\n} #", '") } } DROP ALL #', f"x' }} {SERVICE} #", "\\u0022", "$&", "\r", "\0", "?s", "<urn:b>"]


@pytest.mark.parametrize("value", HOSTILE, ids=lambda text: text.encode("unicode_escape").decode())
@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?s { ?s <urn:p> ?value }",
        "SELECT (EXISTS { ?x ?y ?z } AS ?e) ?s WHERE { ?s ?p ?o FILTER (?o = ?value) }",
        "# { a brace ?value\nPREFIX a: <urn:{> SELECT ?s { ?s ?p ?value } VALUES ?p { <urn:p> }".replace("<urn:{>", "<urn:a>"),
        "CONSTRUCT { ?s ?p ?value . ?s ?p '{' } WHERE { ?s ?p ?value }",
        "DESCRIBE ?s { ?s ?p ?value }",
        "SELECT ?s { { SELECT ?s ?value { ?s ?p ?value } } }",
    ],
)
def test_a_parameter_is_one_literal_whatever_it_holds(text: str, value: str) -> None:
    store = ox.Store()
    store.extend(
        [
            ox.Quad(ox.NamedNode("urn:yes"), ox.NamedNode("urn:p"), ox.Literal(value)),
            ox.Quad(ox.NamedNode("urn:no"), ox.NamedNode("urn:p"), ox.Literal("other")),
        ]
    )
    found = [(row.subject if isinstance(row, ox.Triple) else row["s"]).value for row in store.query(bind(check(text), {"value": ox.Literal(value)}))]
    assert set(found) == {"urn:yes"}


@pytest.mark.parametrize("name", ["nothing", "valu", "s } DROP", "s)", ""])
def test_only_a_variable_of_the_query_is_bound(name: str) -> None:
    with pytest.raises(QueryError, match="no variable"):
        bind(check("SELECT ?s { ?s ?p ?value }"), {name: ox.Literal("x")})


@pytest.mark.parametrize("text", ["CONSTRUCT WHERE { ?s ?p ?o }", "DESCRIBE ?s"])
def test_a_query_without_a_place_for_parameters_says_so(text: str) -> None:
    with pytest.raises(QueryError, match="no place for parameters"):
        bind(check(text), {"s": ox.NamedNode("urn:s")})
