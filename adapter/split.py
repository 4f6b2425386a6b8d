"""One content into several, where a document of the target holds less: one zone, one series, one local day, one row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from adapter.frames import Frame
from adapter.message import Content
from adapter.run import Run
from adapter.values import local_day, local_midnight, utc_text


def split(content: Content, ways: tuple[str, ...], run: Run) -> list[Content]:
    """Apply the ways in order (`many VAR`, `each SCOPE`, `day ROWS`, `row ROWS`); a content that fits stays itself."""
    pieces = [content.frame]
    for way in ways:
        kind, _, name = way.partition(" ")
        pieces = [piece for frame in pieces for piece in _WAYS[kind](frame, name, run)]
    return [content] if len(pieces) == 1 and pieces[0] is content.frame else [replace(content, frame=piece) for piece in pieces]


def _many(frame: Frame, name: str, run: Run) -> Iterator[Frame]:
    values = frame.values.get(name)
    if values is None or len(values) < 2:
        yield frame
        return
    if run.profile.get("domains") != "per-domain":
        run.fault(
            f"?{name}",
            f"names {len(values)}, and a document of the target holds one: each would say the whole content. "
            f"If that is meant, add `domains: per-domain` to {run.profile}",
        )
        return
    run.lose(f"?{name}", ", ".join(values), f"said as {len(values)} documents, each with the whole content")
    for value in values:
        piece = frame.clone()
        piece.values[name] = (value,)
        yield piece


def _each(frame: Frame, name: str, run: Run) -> Iterator[Frame]:
    inner = frame.each(name)
    if len(inner) < 2:
        yield frame
        return
    run.lose(f"?{name}", len(inner), f"the target holds one {name} in a document; that these {len(inner)} belong together is not said there")
    for at in range(len(inner)):
        piece = frame.clone()
        piece.children[name] = [piece.children[name][at]]
        piece.children[name][0].index = 1
        yield piece


def _pick(frame: Frame, rows: str, wanted: list[int]) -> None:
    for variable, owner in frame.scope.columns.items():
        column = frame.values.get(variable)
        if owner == rows and isinstance(column, list):
            frame.values[variable] = [column[row] for row in wanted]
    frame.values[rows] = len(wanted)


def _day(frame: Frame, rows: str, run: Run) -> Iterator[Frame]:
    holders = list(frame.holding(rows))
    zone = next((zone for holder in holders if (zone := holder.get("zone_name"))), None) or run.profile.get("zone")
    days = sorted({local_day(zone, begin) for holder in holders for begin in holder.values.get("t0") or ()}) if zone else []
    if len(days) < 2 or zone is None:
        yield frame
        return
    for day in days:
        piece = frame.clone()
        for holder in piece.holding(rows):
            begins = holder.values.get("t0") or []
            _pick(holder, rows, [row for row, begin in enumerate(begins) if local_day(zone, begin) == day])
            _window(holder, local_midnight(zone, day), local_midnight(zone, day.fromordinal(day.toordinal() + 1)))
        yield piece


def _window(holder: Frame, begin: int, end: int) -> None:
    """Let the window around the rows, if there is one, be that of a piece."""
    for key, value in (("w0", begin), ("w1", end)):
        if holder.get(key) is not None:
            holder.holder(key).values[key] = value


def _row(frame: Frame, rows: str, run: Run) -> Iterator[Frame]:
    holders = list(frame.holding(rows))
    if len(holders) != 1 or not holders[0].values.get(rows):
        yield frame
        return
    begins, ends = holders[0].values["t0"], holders[0].values["t1"]
    window, covered = (holders[0].get("w0"), holders[0].get("w1")), (min(begins), max(ends))
    if None not in window and window != covered:
        run.lose("?window", "/".join(map(utc_text, window)), "the target has rows, and no window around them", "/".join(map(utc_text, covered)))
    if len(begins) == 1:
        yield frame
        return
    for row, (begin, end) in enumerate(zip(begins, ends, strict=True)):
        piece = frame.clone()
        holder = next(piece.holding(rows))
        _pick(holder, rows, [row])
        _window(holder, begin, end)
        yield piece


def _domains(frame: Frame, name: str, run: Run) -> Iterator[Frame]:
    """Several members stay together in one document; with several series the standard does not link them (decision 11)."""
    values = frame.values.get(name)
    series = max((len(children) for children in frame.children.values()), default=0)
    if values is None or len(values) < 2 or series < 2:
        yield frame
        return
    if run.profile.get("domains") != "per-domain":
        run.fault(
            f"?{name}",
            f"names {len(values)} members and {series} series, and the target does not link them: add `domains: per-domain` to {run.profile}",
        )
        return
    yield from _many(frame, name, run)


_WAYS = {"domains": _domains, "many": _many, "each": _each, "day": _day, "row": _row}
