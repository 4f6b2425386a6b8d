"""Hubs with the partners that test messages come from."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import yaml
from cases import NOW

from adapter import pipeline
from adapter.errors import HubError
from adapter.hub.hub import Hub
from adapter.message import header
from adapter.names import identifier_of
from adapter.run import Run
from adapter.store import Store
from adapter.values import Instant

ROOT = Path(__file__).resolve().parents[1]
REGISTRY = ROOT / "examples" / "registry"
CONVERSATION = ROOT / "examples" / "conversation"
TOWN = ROOT / "examples" / "grid"
CHANNEL = {"05_goflex_offer.json": "prosumer", "15_grid_model.xml": "dso", "16_usage_points.xml": "dso", "17_activation_signal.json": "dso"}
THEN = Instant.read("2026-06-14T12:00:00Z")  # between the messages of the example conversation


def example_hub(folder: Path, now: Instant = THEN, elsewhere: Store | None = None) -> Hub:
    """A hub that knows the partners of the example conversation."""
    hub = Hub(folder / "data", lambda: now, elsewhere=elsewhere)
    for file in sorted(REGISTRY.glob("*.yaml")):
        hub.partners.put(file.read_text(encoding="utf-8"), now, file.name)
    return hub


def tell(hub: Hub, *names: str) -> None:
    """Let a hub take messages of the example conversation, all of them if none is named."""
    for file in sorted(CONVERSATION.glob("[01]*")):
        if not names or file.name in names:
            receipt = hub.receive(file.read_bytes(), CHANNEL.get(file.name, ""))
            assert receipt.taken, (file.name, receipt.faults)


def load_town(hub: Hub) -> None:
    """Let a hub take the example grid: model, switching, tables."""
    for file in sorted(TOWN.iterdir()):
        receipt = hub.receive(file.read_bytes(), "dso")
        assert receipt.taken, (file.name, receipt.faults)


def everybody(documents: Iterable[bytes], name: str = "everybody") -> str:
    """A partner file of one party that is the sender of every one of the documents."""
    ids: dict[str, list[str]] = {"TEST": [name]}
    for data in documents:
        try:
            decoded = pipeline.decode(data)
        except HubError:
            continue
        sender = header(decoded.mapping, decoded.reading[0], Run(syntax=decoded.syntax, digest=decoded.digest)).get("sender")
        scheme, code = identifier_of(str(sender)) or ("", "")
        if scheme and code not in ids.setdefault(scheme, []):
            ids[scheme].append(code)
    return yaml.safe_dump({"profile": name, "partner": {"registered": "true", "roles": ["dso"], "ids": ids}}, allow_unicode=True)


def open_hub(folder: Path, documents: Iterable[bytes]) -> Hub:
    """A hub that knows the senders of the documents, as one party."""
    hub = Hub(folder, lambda: NOW)
    hub.partners.put(everybody(documents), NOW)
    return hub
