"""Who asks, and what they may. A key is one of a partner; without any key of an operator, authentication is off, for this machine only."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from adapter.api.here import HubHere
from adapter.api.problems import Problem, missing
from adapter.errors import UsageError
from adapter.hub.hub import Hub
from adapter.hub.journal import Row
from adapter.partners import NEUTRAL, Partner, Profile

CHALLENGE = {"WWW-Authenticate": "Bearer"}
_BEARER = HTTPBearer(auto_error=False, description="An API key (gg_…) of a registered partner.")


@dataclass(frozen=True, slots=True)
class Caller:
    """The partner whose key came with a request; None while authentication is off, and then everything is allowed."""

    partner: Partner | None

    @property
    def name(self) -> str:
        return self.partner.name if self.partner is not None else ""

    def has(self, *roles: str) -> bool:
        """It has one of the roles, or may do everything."""
        return self.partner is None or bool({"operator", *roles} & set(self.partner.roles))

    @property
    def everything(self) -> bool:
        return self.has()

    def only(self) -> str:
        """The partner whose messages and subscriptions it sees; empty for those of all."""
        return "" if self.everything else self.name


def caller(request: Request, hub: HubHere, given: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)]) -> Caller:
    """Who asks; *raises* `Problem` 401 without a key that counts. Once a hub was locked it stays so, whoever takes the last key away."""
    state = request.app.state
    state.locked = state.locked or hub.partners.has_operator()
    if not state.locked:
        _check_local(request)
        return Caller(None)
    found = hub.partners.of_key(given.credentials) if given is not None else None
    if found is None:
        says = "the API key is not one of this hub" if given is not None else "an API key is needed"
        raise Problem(401, says, "Send `Authorization: Bearer gg_…`; the operator issues keys.", CHALLENGE)
    if not found.registered:
        raise Problem(403, f"the partner {found.name} is not registered", "Let the operator register it again.")
    return Caller(found)


Asker = Annotated[Caller, Depends(caller)]


def only(*roles: str) -> Callable[[Caller], Caller]:
    """A caller who is the operator or has one of the roles; *raises* `Problem` 403 for another one."""

    def check(caller: Asker) -> Caller:
        if not caller.has(*roles):
            raise Problem(403, f"this is for the role {' or '.join(('operator', *roles))}, and {caller.name} has {_listed(caller)}")
        return caller

    return check


Operator = Annotated[Caller, Depends(only())]
Analyst = Annotated[Caller, Depends(only("analyst"))]


def _listed(caller: Caller) -> str:
    return ", ".join(caller.partner.roles if caller.partner is not None else ()) or "none"


def _check_local(request: Request) -> None:
    """Without authentication, a page that a browser loaded from elsewhere must not get through to a hub on this machine."""
    origin = request.headers.get("origin")
    if not is_loopback(_host(f"//{request.headers.get('host', '')}")) or (origin is not None and not is_loopback(_host(origin))):
        raise Problem(403, "authentication is off, and this request is not one from this machine to this machine", "Issue a key to an operator.")


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def is_loopback(host: str) -> bool:
    """*host* is a name or address of this machine that no other one can reach.

    >>> [is_loopback(one) for one in ("localhost", "127.0.0.1", "::1", "0.0.0.0", "example.com", "")]
    [True, True, True, False, False, False]
    """
    try:
        return host == "localhost" or ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


# --- what belongs to whom ---


def owner(row: Row) -> str:
    """The partner a message is from, by name; empty when it is nobody's."""
    return str((row.outcome or {}).get("partner") or "")


def own(hub: Hub, caller: Caller, number: str) -> Row:
    """The row of a message; *raises* `Problem` 404 when there is none, and in the same words when it is somebody else's."""
    gone = missing(f"message {number}", "GET /v1/messages lists them.")
    if not number.isascii() or not number.isdigit() or len(number) > 18:
        raise gone
    try:
        row = hub.journal.row(int(number))
    except UsageError as error:
        raise gone from error
    if not caller.everything and owner(row) != caller.name:
        raise gone
    return row


def profile(hub: Hub, caller: Caller, name: str) -> Profile:
    """What was agreed with a partner; nothing for no name. *Raises* `UsageError` for an unknown one; who are the others is said to operators only."""
    if not name:
        return NEUTRAL
    try:
        return hub.partners.get(name).profile
    except UsageError as error:
        raise error if caller.everything else UsageError(f"no partner is called {name!r}") from error
