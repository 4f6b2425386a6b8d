"""A hub that keeps its graphs behind a SPARQL endpoint has what one has that keeps them beside its journal."""

from __future__ import annotations

from pathlib import Path

from parties import THEN, example_hub, tell
from test_store_remote import address  # noqa: F401 - a fixture

from adapter.hub.hub import rebuild
from adapter.store import RemoteStore, Store


def graphs(store: Store) -> dict[str, list[str]]:
    return {graph: sorted(store.text(graph).splitlines()) for graph in store.graphs()}


def test_a_hub_over_an_endpoint_takes_judges_and_rebuilds_as_a_local_one(tmp_path: Path, address: str) -> None:  # noqa: F811
    remote = RemoteStore(f"{address}/query", f"{address}/update")
    with example_hub(tmp_path / "here") as here:
        tell(here)
        here.expand()
        wanted = graphs(here.store)
    with example_hub(tmp_path / "there", elsewhere=remote) as there:
        tell(there)
        there.expand()
        assert graphs(remote) == wanted
    assert rebuild(tmp_path / "there" / "data", lambda: THEN, store=remote) == (17, {})
    assert graphs(remote) == wanted
    remote.clear()
