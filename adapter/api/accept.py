"""Which of the media types on offer a client wants (RFC 9110, 12.5.1)."""

from __future__ import annotations

from collections.abc import Sequence


def choose(accept: str, offered: Sequence[str]) -> str | None:
    """The media type that *accept* wants most, the earlier one among equals; the first for an empty *accept*; None when it wants none of them.

    >>> choose("text/turtle;q=0.5, application/ld+json", ["text/turtle", "application/ld+json"])
    'application/ld+json'
    >>> choose("text/html", ["text/turtle"]) is None
    True
    """
    wanted = _read(accept) if accept.strip() else {"*/*": 1.0}
    best = max(offered, key=lambda one: _quality(one, wanted), default=None)
    return best if best is not None and _quality(best, wanted) > 0 else None


def _read(accept: str) -> dict[str, float]:
    """Media range → its weight; parameters other than q are not told apart."""
    found: dict[str, float] = {}
    for part in accept.split(","):
        media, *parameters = (piece.strip().lower() for piece in part.split(";"))
        weight = next((piece[2:] for piece in parameters if piece.startswith("q=")), "1")
        try:
            found[media] = min(max(float(weight), 0.0), 1.0)
        except ValueError:
            found[media] = 0.0
    return found


def _quality(media: str, wanted: dict[str, float]) -> float:
    """The weight of the most specific range that covers *media*; 0 for none."""
    ranges = (media, media.partition("/")[0] + "/*", "*/*")
    return next((wanted[one] for one in ranges if one in wanted), 0.0)
