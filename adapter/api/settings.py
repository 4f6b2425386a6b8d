"""What one served hub allows a request, and where it writes its log."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from adapter.codecs.limits import LIMITS
from adapter.store.base import USUAL, Limits


@dataclass(frozen=True, slots=True)
class Settings:
    """*most_bytes* of a body, and the *seconds* it may take to arrive; *wait* is the longest long poll in seconds, *look* how often it looks for news.

    *stopping* tells that the server ends, so that nobody waits for news any more; *log* takes one line per request.
    """

    most_bytes: int = LIMITS.max_bytes
    seconds: float = 30.0
    wait: float = 60.0
    look: float = 0.05
    query: Limits = field(default=USUAL)
    stopping: Callable[[], bool] = lambda: False
    log: Callable[[str], None] = lambda line: None
