"""Turn the texts of one column of rows into values, and back; the common case without a call per cell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from adapter.tree.log import Log
from adapter.tree.spec import Leaf


def read_column(leaf: Leaf, texts: Sequence[str | None], place: Callable[[int], str], log: Log) -> list[Any]:
    """Values of one column; a missing cell takes the leaf's default or None. Faults name each row."""
    if None in texts:
        if leaf.least:
            for row, text in enumerate(texts):
                if text is None:
                    log.missing(place(row), leaf.at)
        default = leaf.default
        present = [text for text in texts if text is not None]
        if not present:
            return [default] * len(texts)
        values = iter(_read(leaf, present, [row for row, text in enumerate(texts) if text is not None], place, log))
        return [default if text is None else next(values) for text in texts]
    return _read(leaf, texts, range(len(texts)), place, log)  # type: ignore[arg-type]


def _read(leaf: Leaf, texts: Sequence[str], rows: Sequence[int], place: Callable[[int], str], log: Log) -> list[Any]:
    if leaf.codes is not None and not leaf.open:
        try:
            return list(map(leaf.codes.__getitem__, texts))
        except KeyError:
            return _slowly(leaf, texts, rows, place, log)
    kind = leaf.type
    if leaf.const is None and kind.plain and kind.codec.column is not None:
        try:
            values = kind.codec.column(list(texts))
            if (kind.least is None or min(values) >= kind.least) and (kind.most is None or max(values) <= kind.most) and kind.fraction is None:
                return values
        except ValueError:
            pass
    return _slowly(leaf, texts, rows, place, log)


def _slowly(leaf: Leaf, texts: Sequence[str], rows: Sequence[int], place: Callable[[int], str], log: Log) -> list[Any]:
    values: list[Any] = []
    for row, text in zip(rows, texts, strict=True):
        try:
            values.append(leaf.read(text))
        except ValueError as error:
            log.bad(place(row), leaf, text, error)
            values.append(None)
    return values


def write_column(leaf: Leaf, values: Sequence[Any] | None, count: int, place: Callable[[int], str], log: Log) -> list[str | None]:
    """Texts of one column; None where the cell is absent (no value, or the default)."""
    if leaf.const is not None:
        return [leaf.const] * count
    if values is None:
        values = [None] * count
    kind = leaf.type
    if leaf.names is None and leaf.default is None and kind.fraction is None and kind.codec.texts is not None and kind.plain:
        plain = kind.codec.texts(values)
        if plain and (kind.least is None or min(values) >= kind.least) and (kind.most is None or max(values) <= kind.most):
            return plain
    texts: list[str | None] = []
    seen: dict[Any, str | None] = {}
    for row, value in enumerate(values):
        if value is None or (value == leaf.default and not leaf.least):
            if value is None and leaf.least:
                log.missing(place(row), leaf.at)
            texts.append(None)
            continue
        text = seen.get(value)
        if text is None:
            try:
                text = leaf.write(value)
                if kind.codec.kind is not Decimal:  # 12.5 and 12.50 are equal, and are written with their own digits
                    seen[value] = text
            except ValueError as error:
                log.bad(place(row), leaf, value, error)
        texts.append(text)
    return texts
