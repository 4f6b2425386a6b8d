"""Messages over HTTP: taken, answered in the sender's standard, and found again as receipt, bytes, graph, report and translation."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from cases import GOLDEN
from doors import BAD, REQUEST, XML, door, post
from parties import CONVERSATION

from adapter import pipeline
from adapter.hub.hub import Hub

# A message of each standard, what it needs before it, what it wants to be answered in, and the message that is the answer.
STANDARDS = [
    ("01_flex_request.xml", (), "application/xml", "uftp:flex_request_response"),
    ("04_eflex_offer.xml", (), "text/xml", "cim:eflex_acknowledgement"),
    ("09_limit_write.json", ("07_limit_descriptions.json",), "application/vnd.gridglot.document+json", "spine:result"),
    ("05_goflex_offer.json", (), "application/vnd.gridglot.document+json", ""),
]
FOUND = """PREFIX prov: <http://www.w3.org/ns/prov#> PREFIX hub: <https://w3id.org/gridglot/hub#>
SELECT ?mapping ?hash WHERE { <%s> prov:wasGeneratedBy ?receipt ; prov:wasDerivedFrom ?wire . ?receipt hub:mapping ?mapping . ?wire hub:hash ?hash }"""


@pytest.fixture
def both(tmp_path: Path) -> Iterator[tuple[Hub, httpx.Client]]:
    with door(tmp_path) as found:
        yield found


@pytest.mark.parametrize(("name", "before", "accept", "answered"), STANDARDS)
def test_a_message_is_answered_in_its_standard_and_found_by_sparql(
    name: str, before: tuple[str, ...], accept: str, answered: str, both: tuple[Hub, httpx.Client]
) -> None:
    hub, client = both
    for earlier in before:
        assert post(client, earlier).status_code == 201
    answer = post(client, name, accept=accept)
    here = answer.headers["location"]
    assert answer.status_code == 201
    if answered:
        assert answer.headers["content-type"].startswith(accept)
        assert pipeline.decode(answer.content).mapping.id == answered
    else:  # the standard has no answer: the receipt says so
        assert (answer.headers["content-type"], answer.json()["answers"]) == ("application/json", [])
    receipt = client.get(here).json()
    hub.expand()  # what a served hub does beside
    _, (mapping, digest) = csv.reader(client.get("/v1/sparql", params={"query": FOUND % receipt["graph"]}, headers={"accept": "text/csv"}).text.splitlines())
    assert digest == receipt["hash"]
    assert mapping.startswith(f"{receipt['message']} gridglot ")


def test_a_table_is_taken_as_csv_and_given_back_as_csv(both: tuple[Hub, httpx.Client]) -> None:
    hub, client = both
    folder = GOLDEN / "table" / "zones"
    name = hub.partners.put(
        (folder / "partner.yaml").read_text(encoding="utf-8") + "partner: {registered: true, roles: [dso], ids: {NNL: DSO}}\n", hub.clock()
    ).name
    table, headers = (folder / "wire.csv").read_bytes(), {"content-type": "text/csv; charset=utf-8", "accept": "text/csv"}
    taken = client.post("/v1/messages", params={"partner": name}, content=table, headers=headers)
    assert (taken.status_code, taken.json()["message"]) == (201, "table:zones")
    wanted = {"to": "table:zones", "from_partner": name, "to_partner": name}
    answer = client.post("/v1/translate", params=wanted, content=table, headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/csv; charset=utf-8")
    assert answer.content.startswith(b"zone,name,basis,member,kind,from,until\r\n")


def test_a_receipt_says_what_became_of_a_message(both: tuple[Hub, httpx.Client]) -> None:
    _, client = both
    answer = post(client, "01_flex_request.xml")
    found = answer.json()
    assert (answer.status_code, answer.headers["location"]) == (201, "/v1/messages/1")
    assert (found["id"], found["message"], found["exchanges"], found["taken"], found["repeated"], found["faults"]) == (
        1,
        "uftp:flex_request",
        ["FP2"],
        True,
        False,
        [],
    )
    (reply,) = found["answers"]
    assert (reply["standard"], reply["message"], reply["content_type"]) == ("uftp", "flex_request_response", "application/xml")
    assert 'Result="Accepted"' in reply["document"]
    assert all(client.get(link).status_code == 200 for link in found["links"].values())


def test_a_message_that_comes_again_is_answered_again_with_200(both: tuple[Hub, httpx.Client]) -> None:
    hub, client = both
    first, second = (post(client, "01_flex_request.xml") for _ in range(2))
    assert (first.status_code, second.status_code, second.headers["location"]) == (201, 200, "/v1/messages/1")
    assert {**first.json(), "repeated": True} == second.json()
    assert len(hub.journal.rows()) == 1


def test_a_refusal_is_told_in_the_sender_s_standard_too(both: tuple[Hub, httpx.Client]) -> None:
    _, client = both
    answer = client.post("/v1/messages", content=BAD, headers={**XML, "accept": "application/xml"})
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/xml")
    assert b'Result="Rejected"' in answer.content
    assert answer.headers["link"] == '</v1/messages/1>; rel="describedby"'


@pytest.mark.parametrize("accept", ["*/*", "", "application/json", "application/json, application/xml;q=0.9", "image/png"])
def test_an_accept_that_does_not_ask_for_the_answer_gets_the_receipt(accept: str, both: tuple[Hub, httpx.Client]) -> None:
    assert post(both[1], "01_flex_request.xml", accept=accept).json()["taken"]


def test_messages_are_listed_in_pages(both: tuple[Hub, httpx.Client]) -> None:
    _, client = both
    for name in ("01_flex_request.xml", "03_flex_offer.xml", "07_limit_descriptions.json"):
        post(client, name)
    client.post("/v1/messages", content=BAD, headers=XML)
    first = client.get("/v1/messages", params={"limit": 3}).json()
    rest = client.get("/v1/messages", params={"limit": 3, "after": first["next"]}).json()
    assert [(one["id"], one["state"], one["partner"]) for one in [*first["messages"], *rest["messages"]]] == [
        (1, "done", "dso"),
        (2, "done", "aggregator"),
        (3, "done", "home"),
        (4, "refused", "dso"),
    ]
    assert "next" not in rest


@pytest.mark.parametrize("id", ["2", "0", "-1", "x", "1.0", "9" * 30, "١"])
def test_a_message_that_is_not_there_is_not_found(id: str, both: tuple[Hub, httpx.Client]) -> None:
    _, client = both
    post(client, "01_flex_request.xml")
    for what in ("", "/wire", "/graph", "/report", "/translations/cim"):
        assert client.get(f"/v1/messages/{id}{what}").status_code == 404


def test_the_bytes_come_back_until_they_are_erased(both: tuple[Hub, httpx.Client]) -> None:
    _, client = both
    post(client, "01_flex_request.xml")
    wire = client.get("/v1/messages/1/wire")
    assert (wire.content, wire.headers["content-type"]) == (REQUEST, "application/xml")
    assert client.delete("/v1/messages/1/wire").status_code == 204
    for what in ("wire", "graph", "report", "translations/cim"):
        assert client.get(f"/v1/messages/1/{what}").status_code == 410
    assert client.get("/v1/messages/1").json()["erased"]


@pytest.mark.parametrize(
    ("accept", "form", "media"),
    [
        ("", "", "text/turtle"),
        ("application/ld+json", "", "application/ld+json"),
        ("application/n-quads;q=0.3, application/trig", "", "application/trig"),
        ("text/turtle", "nquads", "application/n-quads"),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_a_graph_is_written_as_asked_for(accept: str, form: str, media: str, packed: bool, both: tuple[Hub, httpx.Client]) -> None:
    _, client = both
    post(client, "01_flex_request.xml")
    answer = client.get("/v1/messages/1/graph", params={"format": form, "packed": packed}, headers={"accept": accept})
    assert answer.headers["content-type"].startswith(media)
    assert ("PackedRows" in answer.text) == packed
    name = {"text/turtle": "turtle", "application/ld+json": "jsonld", "application/trig": "trig", "application/n-quads": "nquads"}[media]
    if name != "turtle":
        (message,) = pipeline.from_graph(answer.content, name)
        assert message.graph == client.get("/v1/messages/1").json()["graph"]


def test_a_graph_is_refused_where_there_is_none(both: tuple[Hub, httpx.Client]) -> None:
    _, client = both
    client.post("/v1/messages", content=BAD, headers=XML)
    assert client.get("/v1/messages/1/graph").status_code == 404
    post(client, "01_flex_request.xml")
    (request,) = [one for one in client.get("/v1/messages").json()["messages"] if one["state"] == "refused" and one["id"] == 2]
    assert request["faults"][0]["says"] == "Duplicate Identifier"
    assert client.get("/v1/messages/2/graph", params={"format": "png"}).status_code == 422
    assert client.get("/v1/messages/2/graph", headers={"accept": "image/png"}).status_code == 406


def test_a_report_accounts_for_every_leaf_and_names_the_context(both: tuple[Hub, httpx.Client]) -> None:
    _, client = both
    post(client, "07_limit_descriptions.json")
    post(client, "09_limit_write.json")
    found = client.get("/v1/messages/2/report").json()
    leaves = found["leaves"]
    assert leaves["total"] == sum(leaves[kind] for kind in ("bound", "kept", "derived", "ignored", "unmapped")) == 18
    assert (found["message"], found["partner"], found["partner_version"], found["exchanges"]) == ("spine:load_control_limits", "control_box", 1, ["DT4"])
    assert found["context"] == [client.get("/v1/messages/1").json()["graph"]]


def test_a_message_is_translated_for_a_partner(both: tuple[Hub, httpx.Client]) -> None:
    _, client = both
    post(client, "01_flex_request.xml")
    here = "/v1/messages/1/translations/cim:eflex_request"
    found = client.get(here, params={"to_partner": "aggregator"}).json()
    assert (found["report"]["from"], found["report"]["to"]) == ("uftp:flex_request", "cim:eflex_request")
    document = client.get(here, params={"to_partner": "aggregator"}, headers={"accept": "application/xml"})
    assert document.text == found["documents"][0]["document"]
    refused = client.get(here)
    assert (refused.status_code, refused.headers["content-type"]) == (422, "application/problem+json")
    assert any("ENEDIS" in fault["says"] for fault in refused.json()["faults"])
    assert client.get("/v1/messages/1/translations/fax").status_code == 422
    assert client.get("/v1/messages/1/translations/spine").status_code == 422
    assert client.get(here, params={"to_partner": "nobody"}).status_code == 422


def test_a_document_is_translated_and_not_kept(both: tuple[Hub, httpx.Client]) -> None:
    hub, client = both
    how = {"to": "cim", "to_partner": "aggregator"}
    found = client.post("/v1/translate", params=how, content=REQUEST, headers=XML).json()
    document = client.post("/v1/translate", params=how, content=REQUEST, headers={**XML, "accept": "application/xml"})
    assert document.text == found["documents"][0]["document"]
    assert found["report"]["documents"] == [{"standard": "cim", "message": "eflex_request", "file": "cim_eflex_request.xml"}]
    offer = (CONVERSATION / "03_flex_offer.xml").read_bytes()
    several = client.post("/v1/translate", params=how, content=offer, headers={**XML, "accept": "application/xml"})
    assert (several.status_code, several.json()["detail"]) == (406, "the translation is 2 documents, and Accept asks for one")
    assert client.post("/v1/translate", params={"to": "cim"}, content=REQUEST, headers=XML).status_code == 422
    assert hub.journal.rows() == []


def test_a_document_is_validated_and_not_kept(both: tuple[Hub, httpx.Client]) -> None:
    hub, client = both
    good, bad, unknown = (client.post("/v1/validate", content=data, headers=XML) for data in (REQUEST, BAD, b"<a/>"))
    assert [one.status_code for one in (good, bad, unknown)] == [200, 200, 200]
    assert [one.json()["conforms"] for one in (good, bad, unknown)] == [True, False, False]
    assert good.json()["leaves"]["total"] == 55
    assert bad.json()["faults"][0]["path"] == "/FlexRequest/ISP[3]/@MinPower"
    assert client.post("/v1/validate", content=b"<a", headers=XML).status_code == 400
    assert hub.journal.rows() == []


def test_what_the_hub_knows_is_listed(both: tuple[Hub, httpx.Client]) -> None:
    hub, client = both
    assert {"FP2", "DT4"} <= {one["row"] for one in client.get("/v1/exchanges").json() if one["services"]}
    (request,) = [one for one in client.get("/v1/mappings").json() if one["id"] == "uftp:flex_request"]
    assert (request["versions"], request["exchanges"]) == (["3.0.0", "3.1.0"], ["FP2"])
    assert len(client.get("/v1/coverage").json()["cells"]) > 50
    assert "which_limits_hold_for_whom" in {one["name"] for one in client.get("/v1/questions").json()}
    assert client.get("/v1/healthz").json() == {"status": "ok", "journal": 0, "store": "ok", "waiting": 0, "lag_seconds": 0}
    hub.trouble = "/somewhere: no space left"
    assert json.loads(client.get("/v1/healthz").text)["status"] == "behind"
    assert "somewhere" not in client.get("/v1/healthz").text
