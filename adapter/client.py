"""A hub that is served somewhere, as Python sees it: what its routes say, typed; its refusals, raised.

>>> hub = Hub(address("127.0.0.1", 8080), key="gg_…")
>>> hub.url
'http://127.0.0.1:8080'
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, TypeVar

import httpx
from pydantic import BaseModel, TypeAdapter, ValidationError

from adapter import errors
from adapter.api import models
from adapter.codecs import syntaxes
from adapter.errors import Fault, HubError, UsageError

M = TypeVar("M", bound=BaseModel)
SPARQL = "application/sparql-query"
SLACK = 10.0  # seconds beyond a long poll, before the hub is given up


def address(host: str, port: int) -> str:
    """Where a hub is served without TLS."""
    return f"{'http'}://{f'[{host}]' if ':' in host else host}:{port}"


LOCAL = address("127.0.0.1", 8080)


class Hub:
    """A hub at *url*, asked with the API *key* of a partner, or, where authentication is off, as *partner*.

    Every method raises the `HubError` that the hub names, with its faults and remedy; `UsageError` when it is not reachable or is no hub.
    """

    def __init__(self, url: str = LOCAL, key: str = "", partner: str = "", *, timeout: float = 60.0, transport: httpx.BaseTransport | None = None) -> None:
        self.url, self.partner = url.rstrip("/"), partner
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._timeout = timeout
        self._client = httpx.Client(base_url=self.url, headers=headers, timeout=timeout, transport=transport)

    def __enter__(self) -> Hub:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    # --- messages ---

    def send(self, data: bytes) -> models.Receipt:
        """Send a message. A refused one is a receipt too: with its faults, and not taken. *Raises* for what is no message, and who may not send at all."""
        media = syntaxes.CODECS[syntaxes.recognise(data)].media
        answer = self._ask("POST", "/v1/messages", params={"partner": self.partner}, content=data, headers={"Content-Type": media})
        found = self._json(answer)
        if answer.is_error and found.get("id") is None:
            raise _refusal(answer, found)
        return _read(models.Receipt, found)

    def messages(self, after: int = 0, limit: int = 100) -> models.Messages:
        """The messages after number *after*."""
        return self._get(models.Messages, "/v1/messages", after=after, limit=limit)

    def message(self, id: int) -> models.KeptMessage:
        """What became of a message."""
        return self._get(models.KeptMessage, f"/v1/messages/{id}")

    def wire(self, id: int) -> bytes:
        """The bytes of a message as they came."""
        return self._taken("GET", f"/v1/messages/{id}/wire").content

    def erase(self, id: int) -> None:
        """Erase the bytes of a message and its graph; for the operator."""
        self._taken("DELETE", f"/v1/messages/{id}/wire")

    def graph(self, id: int, form: str = "turtle", packed: bool = False) -> str:
        """The graph of a message: turtle, trig, nquads or jsonld."""
        return self._taken("GET", f"/v1/messages/{id}/graph", params={"format": form, "packed": packed}).text

    def report(self, id: int) -> models.MessageReport:
        """How a message was read."""
        return self._get(models.MessageReport, f"/v1/messages/{id}/report")

    def translation(self, id: int, to: str, to_partner: str = "") -> models.Translated:
        """A message in another standard."""
        return self._get(models.Translated, f"/v1/messages/{id}/translations/{to}", to_partner=to_partner)

    # --- documents that are not kept ---

    def translate(self, data: bytes, to: str, *, from_partner: str = "", to_partner: str = "", syntax: str = "") -> models.Translated:
        """A document in another standard, and what was lost or filled in."""
        params = {"to": to, "from_partner": from_partner, "to_partner": to_partner, "syntax": syntax}
        media = syntaxes.CODECS[syntaxes.recognise(data)].media
        return _read(models.Translated, self._json(self._taken("POST", "/v1/translate", params=params, content=data, headers={"Content-Type": media})))

    def validate(self, data: bytes, from_partner: str = "") -> models.Verdict:
        """Whether a document conforms to its standard and its shapes."""
        media = syntaxes.CODECS[syntaxes.recognise(data)].media
        answer = self._taken("POST", "/v1/validate", params={"from_partner": from_partner}, content=data, headers={"Content-Type": media})
        return _read(models.Verdict, self._json(answer))

    # --- questions and knowledge ---

    def query(self, text: str, accept: str = "*/*", over: Sequence[int] = ()) -> bytes:
        """The answer to a SPARQL query that only reads: JSON or Turtle, or what *accept* asks for; *over* some messages alone, every row written out."""
        return self._taken("POST", "/v1/sparql", params={"over": list(over)}, content=text.encode(), headers={"Content-Type": SPARQL, "Accept": accept}).content

    def ask(self, name: str, parameters: Mapping[str, str] | None = None, accept: str = "*/*", over: Sequence[int] = ()) -> bytes:
        """The answer to a named question; *over* some messages alone, every row written out."""
        return self._taken("GET", "/v1/sparql", params={"name": name, **(parameters or {}), "over": list(over)}, headers={"Accept": accept}).content

    def questions(self) -> list[models.Question]:
        """The named questions."""
        return self._list(models.Question, "/v1/questions")

    def coverage(self) -> models.Coverage:
        """The acceptance grid."""
        return self._get(models.Coverage, "/v1/coverage")

    def exchanges(self) -> list[models.Exchange]:
        """The data exchanges, and the services that take each."""
        return self._list(models.Exchange, "/v1/exchanges")

    def mappings(self) -> list[models.Mapping]:
        """The messages that the hub reads and writes."""
        return self._list(models.Mapping, "/v1/mappings")

    # --- partners and subscriptions ---

    def partners(self) -> list[models.Partner]:
        """All partners; for the operator, as all on partners."""
        return self._list(models.Partner, "/v1/partners")

    def put_partner(self, name: str, text: str) -> models.Partner:
        """Register a partner, or the next version of one, from the text of its file."""
        answer = self._taken("PUT", f"/v1/partners/{name}", content=text.encode(), headers={"Content-Type": "application/yaml"})
        return _read(models.Partner, self._json(answer))

    def remove_partner(self, name: str) -> None:
        """Forget a partner and its keys."""
        self._taken("DELETE", f"/v1/partners/{name}")

    def issue_key(self, name: str) -> str:
        """A new API key of a partner."""
        return _read(models.Key, self._json(self._taken("POST", f"/v1/partners/{name}/keys"))).key

    def withdraw_keys(self, name: str) -> int:
        """Make all keys of a partner worthless; how many there were."""
        return _read(models.Withdrawn, self._json(self._taken("DELETE", f"/v1/partners/{name}/keys"))).keys

    def subscribe(
        self, exchanges: Sequence[str], places: Sequence[str] = (), *, partner: str = "", standard: str = "", webhook: str = ""
    ) -> models.Subscription:
        """Let a partner (this one unless said) hear of messages that carry one of the exchanges, about one of the places; for the operator."""
        wish = models.Wish(partner=partner or self.partner, exchanges=list(exchanges), places=list(places), standard=standard, webhook=webhook)
        return _read(models.Subscription, self._json(self._taken("POST", "/v1/subscriptions", json=wish.model_dump())))

    def subscriptions(self) -> list[models.Subscription]:
        """One's subscriptions."""
        return self._list(models.Subscription, "/v1/subscriptions")

    def unsubscribe(self, id: str) -> None:
        """End a subscription."""
        self._taken("DELETE", f"/v1/subscriptions/{id}")

    def news(self, id: str, after: int = 0, wait: float = 0.0) -> models.News:
        """The messages of a subscription after number *after*; waits up to *wait* seconds (60 at most) when there is none."""
        params = {"after": after, "wait": wait}
        return _read(models.News, self._json(self._taken("GET", f"/v1/subscriptions/{id}/messages", params=params, timeout=max(self._timeout, wait + SLACK))))

    def laid_aside(self) -> list[models.Item]:
        """What could not be sent, with the reasons; for the operator."""
        return self._list(models.Item, "/v1/outbox")

    def replay(self, number: int) -> models.Item:
        """Send what was laid aside after all; for the operator."""
        return _read(models.Item, self._json(self._taken("POST", f"/v1/outbox/{number}/replay")))

    def health(self) -> models.Health:
        """How the hub is."""
        return self._get(models.Health, "/v1/healthz")

    # --- how it asks ---

    def _ask(self, method: str, path: str, **how: Any) -> httpx.Response:
        try:
            return self._client.request(method, path, **how)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            says = f"the hub at {self.url} is not reachable: {str(error) or type(error).__name__}"
            raise UsageError(says, "Start it with gridglot serve, or name another one by --url.") from error

    def _taken(self, method: str, path: str, **how: Any) -> httpx.Response:
        answer = self._ask(method, path, **how)
        if not answer.is_success:
            raise _refusal(answer, self._json(answer))
        return answer

    def _get(self, model: type[M], path: str, **params: str | int) -> M:
        return _read(model, self._json(self._taken("GET", path, params=params)))

    def _list(self, model: type[M], path: str) -> list[M]:
        return TypeAdapter(list[model]).validate_python(self._json(self._taken("GET", path)))  # type: ignore[valid-type]

    def _json(self, answer: httpx.Response) -> Any:
        """What a response says; *raises* `UsageError` for one that no hub sends."""
        try:
            return answer.json()
        except ValueError as error:
            raise UsageError(f"{self.url} answers {answer.status_code}, and not as a hub does", "Name the address of a hub by --url.") from error


def _read(model: type[M], found: object) -> M:
    try:
        return model.model_validate(found)
    except ValidationError as error:
        raise UsageError(f"the hub does not answer as {model.__name__}", "Use a client of its version.") from error


def _refusal(answer: httpx.Response, found: object) -> HubError:
    """The error of a problem; one that has no class of ours is a `UsageError`."""
    try:
        problem = models.ProblemDetails.model_validate(found)
    except ValidationError:
        return UsageError(f"the hub answers {answer.status_code}, and does not say why")
    kind = getattr(errors, problem.type.rpartition("#")[2], UsageError)
    kind = kind if isinstance(kind, type) and issubclass(kind, HubError) else UsageError
    faults = [Fault(fault.path, fault.says, fault.rule) for fault in problem.faults] or [Fault("", problem.detail)]
    return kind(faults, problem.remedy)
