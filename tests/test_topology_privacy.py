"""The operator does not disclose its grid: what a partner is told of it, and what it does not get however it asks (D4.1 §4.3.3)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from doors import TYPES, keys, opened
from parties import THEN, TOWN, example_hub

from adapter.hub.hub import Hub
from adapter.store.local import LocalStore

FILES = sorted(TOWN.iterdir())
OTHER = "profile: other\npartner: {registered: true, roles: [aggregator], ids: {DNS: other.example.com}}\nschemes: {connection: DSO, meter: DSO, node: DSO, zone: DSO, party: DNS}\n"
MEMBERSHIPS = "/v1/services/topology/memberships"
AT = {"at": "2026-05-01T00:00:00Z"}
Key = dict[str, str]
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Hub, httpx.Client, dict[str, Key]]]:
    """A hub with the example grid, and the keys of the operator and two aggregators."""
    with example_hub(tmp_path_factory.mktemp("hub")) as hub:
        hub.partners.put(OTHER, THEN)
        for file in FILES:
            assert hub.receive(file.read_bytes(), "dso").taken
        hub.expand()
        hub.flush()
        found = keys(hub, "dso", "aggregator", "other")
        with opened(hub) as client:
            yield hub, client, found


def secrets(but: str = "") -> set[str]:
    """Everything the files of the grid say that a partner must not hear: identifiers, names, codes; without what it said itself."""
    texts = [file.read_text(encoding="utf-8") for file in FILES]
    found = {match for text in texts for match in UUID.findall(text)}
    found |= set(re.findall(r"IdentifiedObject.name>([^<]+)<", texts[0])) | {"ZONE-MILL-1", "ZONE-VALLEY", "ZONE-SQUARE", "NODE-LANE", "NODE-CHURCH", "PS-LANE"}
    found |= {"CONN-2", "CONN-4", "CONN-6", "METER-2", "METER-4", "METER-6", "other.example.com"}
    return {secret for secret in found if secret not in but}


def heard(answer: httpx.Response, said: str = "") -> set[str]:
    """The secrets in an answer, headers included."""
    text = answer.text + str(dict(answer.headers))
    return {secret for secret in secrets(said) if secret in text}


def test_a_partner_is_told_the_zones_and_nodes_of_its_own_connections(locked: tuple[Hub, httpx.Client, dict[str, Key]]) -> None:
    _, client, key = locked
    told = client.get(MEMBERSHIPS, headers=key["aggregator"], params=AT)

    assert told.status_code == 200
    found = {one["connection"]: (len(one["zones"]), len(one["nodes"])) for one in told.json()}
    assert found == {"CONN-1": (2, 1), "CONN-3": (3, 1), "CONN-5": (3, 1)}
    assert all(re.fullmatch(r"(zone|node)-[a-z2-7]{16}", alias) for one in told.json() for alias in (*one["zones"], *one["nodes"]))
    assert heard(told) == set()


def test_a_partner_sees_which_of_its_connections_are_together(locked: tuple[Hub, httpx.Client, dict[str, Key]]) -> None:
    _, client, key = locked
    told = {one["connection"]: one for one in client.get(MEMBERSHIPS, headers=key["aggregator"], params=AT).json()}

    assert told["CONN-3"]["zones"] == told["CONN-5"]["zones"]
    assert set(told["CONN-1"]["zones"]) < set(told["CONN-3"]["zones"])
    assert told["CONN-1"]["nodes"] != told["CONN-3"]["nodes"]


def test_an_alias_is_the_same_again_and_another_one_for_another_partner(locked: tuple[Hub, httpx.Client, dict[str, Key]]) -> None:
    _, client, key = locked
    first, again, other = (client.get(MEMBERSHIPS, headers=key[name], params=AT).json() for name in ("aggregator", "aggregator", "other"))
    assert first == again
    mine = {alias for one in first for alias in one["zones"]}
    assert [one["connection"] for one in other] == ["CONN-4"]
    assert other[0]["zones"]  # the zone of the whole valley, which holds connections of both
    assert mine.isdisjoint(other[0]["zones"])


def test_an_alias_holds_when_the_hub_is_opened_again(tmp_path: Path) -> None:
    with example_hub(tmp_path) as hub:
        before, folder = hub.aliases.alias("aggregator", "zone", "urn:x"), hub.folder
    with Hub(folder, lambda: THEN) as again:
        assert again.aliases.alias("aggregator", "zone", "urn:x") == before
        assert again.aliases.alias("aggregator", "node", "urn:x").removeprefix("node-") != before.removeprefix("zone-")


def test_the_operator_hears_what_the_aliases_of_a_partner_mean(locked: tuple[Hub, httpx.Client, dict[str, Key]]) -> None:
    _, client, key = locked
    told = client.get(MEMBERSHIPS, headers=key["dso"], params={"partner": "aggregator", **AT}).json()

    assert {meant.rpartition("/")[2] for one in told for meant in one["means"].values()} >= {"ZONE-MILL-1", "ZONE-VALLEY", "ZONE-SQUARE", "NODE-LANE"}
    assert [one | {"means": None} for one in told] == client.get(MEMBERSHIPS, headers=key["aggregator"], params=AT).json()


ASKED = [
    "/v1/services/topology/path?code=CONN-1",
    "/v1/services/topology/path?code=CONN-4",
    "/v1/services/topology/path?code=00000009-0000-4000-8000-000000000009",
    "/v1/services/topology/zones/ZONE-VALLEY/connections",
    "/v1/services/topology/orphans",
    "/v1/services/topology/memberships?partner=other",
    "/v1/sparql?query=SELECT%20*%20%7B%20%3Fs%20%3Fp%20%3Fo%20%7D",
    "/v1/sparql?name=which_meters_follow_a_feeder",
    "/v1/sparql?name=which_connections_belong_to_a_zone&zone=ZONE-VALLEY",
    "/v1/sparql?name=which_zones_have_few_connections",
    "/v1/sparql?name=which_connection_hangs_on_which_feeder",
    "/v1/messages",
    *(
        f"/v1/messages/{number}{what}"
        for number in range(1, 7)
        for what in ("", "/wire", "/graph", "/report", "/translations/cim", "/translations/table:zones")
    ),
    "/v1/partners",
    "/v1/partners/dso",
    "/v1/subscriptions",
    "/v1/outbox",
    "/v1/healthz",
]


OPEN = {"/v1/messages", "/v1/subscriptions", "/v1/healthz"}  # they show a partner its own, of which there is none here


@pytest.mark.parametrize("route", ASKED)
def test_no_route_tells_a_partner_more(locked: tuple[Hub, httpx.Client, dict[str, Key]], route: str) -> None:
    _, client, key = locked
    answer = client.get(route, headers=key["aggregator"])

    assert heard(answer, route) == set()
    assert answer.status_code == (404 if "/v1/messages/" in route else 200 if route in OPEN else 403)


@pytest.mark.parametrize("wanted", ["CONN-4", "CONN-2", "CONN-6"])
def test_a_connection_of_another_is_answered_as_one_that_does_not_exist(locked: tuple[Hub, httpx.Client, dict[str, Key]], wanted: str) -> None:
    _, client, key = locked
    theirs, nobodys = (client.get(MEMBERSHIPS, headers=key["aggregator"], params={"connection": code, **AT}) for code in (wanted, "CONN-9"))

    assert theirs.status_code == nobodys.status_code == 404
    assert theirs.text.replace(wanted, "CONN-9") == nobodys.text


def test_a_connection_of_another_costs_as_much_work_as_one_that_does_not_exist(
    locked: tuple[Hub, httpx.Client, dict[str, Key]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What time tells is how often the store is asked, and for how much; that is counted."""
    _, client, key = locked
    asked: list[tuple[str, int]] = []
    for name in ("text", "holding", "pairs"):
        real = getattr(LocalStore, name)

        def counted(self: LocalStore, *given: object, real=real, name=name):  # type: ignore[no-untyped-def]
            found = real(self, *given)
            asked.append((name, len(found)))
            return found

        monkeypatch.setattr(LocalStore, name, counted)
    work = []
    for code in ("CONN-4", "CONN-9", "CONN-2"):
        asked.clear()
        client.get(MEMBERSHIPS, headers=key["aggregator"], params={"connection": code, **AT})
        work.append(list(asked))

    assert work[0] == work[1] == work[2]
    assert work[0]


# A partner's own documents that name things of the operator's grid, so that the hub may say more of them.
PROBES = {
    "usage point with the operator's equipment": """<rdf:RDF xmlns:cim="http://iec.ch/TC57/CIM100#" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
        <cim:UsagePoint rdf:about="urn:uuid:11111111-1111-4111-8111-111111111111"/>
        <cim:EnergyConsumer rdf:about="urn:uuid:00000080-0000-4000-8000-000000000080">
        <cim:Equipment.UsagePoint rdf:resource="urn:uuid:11111111-1111-4111-8111-111111111111"/></cim:EnergyConsumer></rdf:RDF>""",
    "a node's code": "node,scheme,code,name\nNODE-MINE,GDO,PS-LANE,mine\n",
    "a zone with the operator's feeder": "zone,member,kind\nZONE-MINE,00000009-0000-4000-8000-000000000009,feeder\n",
    "another's connection": "connection,party\nCONN-4,agr.example.com\n",
    "a difference of the operator's model": """<rdf:RDF xmlns:dm="http://iec.ch/TC57/61970-552/DifferenceModel/1#" xmlns:cim="http://iec.ch/TC57/CIM100#"
        xmlns:md="http://iec.ch/TC57/61970-552/ModelDescription/1#" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
        <dm:DifferenceModel rdf:about="urn:uuid:22222222-2222-4222-8222-222222222222"><md:Model.Supersedes rdf:resource="urn:uuid:a0000000-0000-4000-8000-000000000001"/>
        <dm:reverseDifferences rdf:parseType="Statements"><rdf:Description rdf:about="#_00000074-0000-4000-8000-000000000074">
        <cim:IdentifiedObject.name>guess</cim:IdentifiedObject.name></rdf:Description></dm:reverseDifferences></dm:DifferenceModel></rdf:RDF>""",
}


@pytest.mark.parametrize("probe", PROBES)
@pytest.mark.parametrize(
    "route", ["/v1/messages", "/v1/validate", "/v1/translate?to=cim", "/v1/translate?to=table:zones", "/v1/translate?to=table:connections"]
)
def test_a_document_that_names_things_of_the_grid_is_told_no_more_of_them(locked: tuple[Hub, httpx.Client, dict[str, Key]], probe: str, route: str) -> None:
    hub, client, key = locked
    before = {graph: hub.store.text(graph) for graph in hub.store.graphs() if "/state/topology/" in graph}
    text = PROBES[probe]
    kind = TYPES[".csv"] if "," in text.split("\n")[0] else "application/rdf+xml"
    answer = client.post(route, headers={**key["other"], "content-type": kind}, content=text)

    assert heard(answer, text + "other.example.com") == set()
    if route == "/v1/messages":
        assert answer.status_code in (403, 409, 422)
    assert {graph: hub.store.text(graph) for graph in hub.store.graphs() if "/state/topology/" in graph} == before


def test_a_guess_at_the_operators_model_is_not_confirmed(locked: tuple[Hub, httpx.Client, dict[str, Key]]) -> None:
    """A difference that takes away what the model says, and one that takes away what it does not, get the same answer."""
    _, client, key = locked
    wrong = PROBES["a difference of the operator's model"].replace("22222222-2222", "44444444-4444")
    right = wrong.replace(">guess<", ">Mill Lane 3<").replace("44444444-4444", "33333333-3333")
    kinds = []
    for text in (wrong, right):
        answer = client.post("/v1/messages", headers={**key["other"], "content-type": "application/rdf+xml"}, content=text)
        kinds.append((answer.status_code, re.sub(r"[0-9a-f-]{36}|\b\d+\b", "", answer.text)))

    assert kinds[0] == kinds[1]
