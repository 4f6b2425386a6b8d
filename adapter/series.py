"""Rows [t0, t1) with value columns: cutting them to a grid, merging, resampling by each column's own rule.

Everything is exact: mean power is a time-weighted rational, energy splits by largest remainder of the source
quantum. What a column's rule forbids is refused; what changes is listed with both values.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

from adapter.exchange import Exchange, Variable
from adapter.frames import Frame
from adapter.run import Run
from adapter.values import decimal_text, utc_text

BEGIN, END = "t0", "t1"


def regrid(frame: Frame, exchange: Exchange, rows: str, step: int, anchor: int, run: Run, source: str) -> None:
    """Bring the rows of *frame* to windows of *step* seconds counted from *anchor*.

    Rows longer than the step are cut (power repeats, energy splits); shorter ones are merged, for which the
    partner profile must say `resampling: allow`. Faults and losses go to *run*.
    """
    begins, ends = frame.values[BEGIN], frame.values[END]
    if even(begins, ends, step) and (begins[0] - anchor) % step == 0:
        return
    if all(end - begin == step and (begin - anchor) % step == 0 for begin, end in zip(begins, ends, strict=True)):
        return
    if all((end - begin) % step == 0 and (begin - anchor) % step == 0 for begin, end in zip(begins, ends, strict=True)):
        _cut(frame, exchange, rows, step, run)
        return
    if run.profile.get("resampling") != "allow":
        shortest = min(end - begin for begin, end in zip(begins, ends, strict=True))
        run.fault(
            f"?{rows}",
            f"has steps of {shortest} s, and the target is written in steps of {step} s ({source}): values would change. "
            f"Give a partner profile with `resolution: PT{shortest // 60}M`, or with `resampling: allow` to merge steps and list every changed value",
        )
        return
    _merge(frame, exchange, rows, step, anchor, run)


def even(begins: Sequence[int], ends: Sequence[int], step: int) -> bool:
    """True when there are rows and each follows the one before after *step* seconds: the usual case, seen without a look at each row."""
    return bool(begins) and begins == list(range(begins[0], begins[0] + step * len(begins), step)) and ends[-1] == begins[-1] + step and ends[:-1] == begins[1:]


def _columns(frame: Frame, exchange: Exchange, rows: str) -> list[Variable]:
    return [variable for variable in exchange.columns_of(rows) if isinstance(frame.values.get(variable.name), list) and variable.name not in (BEGIN, END)]


def _cut(frame: Frame, exchange: Exchange, rows: str, step: int, run: Run) -> None:
    values = frame.values
    parts = [(end - begin) // step for begin, end in zip(values[BEGIN], values[END], strict=True)]
    for variable in _columns(frame, exchange, rows):
        column = values[variable.name]
        if variable.kind in ("energy", "reactive_energy"):
            split = [split_energy(value, count) for value, count in zip(column, parts, strict=True)]
            values[variable.name] = [piece for pieces in split for piece in pieces]
            for row, (value, pieces) in enumerate(zip(column, split, strict=True), 1):
                if value and len(pieces) > 1:
                    run.lose(f"?{variable.name}[{row}]", value, f"spread evenly over {len(pieces)} steps", pieces)
        else:
            values[variable.name] = [value for value, count in zip(column, parts, strict=True) for _ in range(count)]
    begins = [begin + step * part for begin, count in zip(values[BEGIN], parts, strict=True) for part in range(count)]
    values[BEGIN], values[END], values[rows] = begins, [begin + step for begin in begins], len(begins)


def split_energy(value: Decimal | None, count: int) -> list[Decimal | None]:
    """Split an energy into *count* parts of the source's own quantum, by largest remainder; the parts sum to the value.

    >>> [str(part) for part in split_energy(Decimal("0.010"), 3)]
    ['0.004', '0.003', '0.003']
    """
    if value is None or count == 1:
        return [value] * count
    exponent = min(int(value.as_tuple().exponent), 0)
    quantum = int(value.scaleb(-exponent))
    base, rest = divmod(quantum, count)
    return [Decimal(base + (1 if part < rest else 0)).scaleb(exponent) for part in range(count)]


def _merge(frame: Frame, exchange: Exchange, rows: str, step: int, anchor: int, run: Run) -> None:
    values = frame.values
    begins, ends = values[BEGIN], values[END]
    groups: dict[int, list[int]] = {}
    for row, (begin, end) in enumerate(zip(begins, ends, strict=True)):
        window = (begin - anchor) // step
        if (end - 1 - anchor) // step != window:
            run.fault(f"?{rows}[{row + 1}]", f"{utc_text(begin)}/{utc_text(end)} does not fit a window of {step} s")
            return
        groups.setdefault(window, []).append(row)
    for window, members in groups.items():
        if sum(ends[row] - begins[row] for row in members) != step:
            run.fault(f"?{rows}", f"the window from {utc_text(anchor + window * step)} is not filled by its rows: merging would invent values")
            return
    for variable in _columns(frame, exchange, rows):
        column = values[variable.name]
        merged = []
        for window, members in groups.items():
            weights = [ends[row] - begins[row] for row in members]
            merged.append(_one(variable, [column[row] for row in members], weights, run, rows, members, anchor + window * step))
        values[variable.name] = merged
    values[BEGIN] = [anchor + window * step for window in groups]
    values[END] = [anchor + window * step + step for window in groups]
    values[rows] = len(groups)


def _one(variable: Variable, values: Sequence[Any], weights: Sequence[int], run: Run, rows: str, members: Sequence[int], begin: int) -> Any:
    summed = variable.kind in ("energy", "reactive_energy")
    if all(value == values[0] for value in values) and (not summed or not values[0] or len(values) == 1):
        return values[0]
    if None in values:
        run.fault(f"?{variable.name}", f"is given for some rows of the window from {utc_text(begin)} and missing for others")
        return None
    result: Any
    if variable.coarsen == "mean":
        exact = sum((Fraction(value) * weight for value, weight in zip(values, weights, strict=True)), Fraction()) / sum(weights)
        result = to_decimal(exact)
    elif variable.coarsen == "sum":
        result = sum(values)
    elif variable.coarsen in ("max", "min"):
        result = max(values) if variable.coarsen == "max" else min(values)
    elif variable.coarsen == "any":
        result = max(values, key=lambda value: (values.count(value), str(value)))
    else:
        run.fault(f"?{variable.name}", f"differs within the window from {utc_text(begin)} and may not be merged ({variable.coarsen or 'no rule'})", variable.at)
        return None
    for row, value in zip(members, values, strict=True):
        if value != result and (value or variable.coarsen != "sum"):
            run.lose(f"?{variable.name}[{row + 1}]", value, f"merged into the window from {utc_text(begin)} by {variable.coarsen}", result)
    return result


def to_decimal(value: Fraction, digits: int = 12) -> Decimal:
    """A fraction as a decimal: exact when it can be, else to *digits* after the point, half to even.

    >>> str(to_decimal(Fraction(1, 4))), str(to_decimal(Fraction(1, 3), 4))
    ('0.25', '0.3333')
    """
    with localcontext() as context:
        context.prec = 60
        quotient = Decimal(value.numerator) / Decimal(value.denominator)
        if Fraction(quotient) != value:
            quotient = quotient.quantize(Decimal(1).scaleb(-digits))
    text = decimal_text(quotient)
    return Decimal(text.rstrip("0").rstrip(".") if "." in text else text)
