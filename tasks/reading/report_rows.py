"""Reject the rows that a report adds to its customers: totals, by what they add up, and headings that stand alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from schemas.dataset import Column, identifier_of
from warehouse.connection import Connection
from warehouse.rejects import reject
from warehouse.report_rows import Between, Suspect, find_suspects, met_once, without_key

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class TotalLimits:
    """When numbers are those of a total.

    Attributes:
        fewest: rows that it adds up, unless its text names it: of two or three many a number is the sum by chance.
        one_number: the same where one number is all that shows it.
        named: relative difference that a row has from the sums whose text names a total: rejected rows are in it too.
        mean: the same of a row that has the means of others: missing values are not in them.
        cent: rounding of each number that it adds up.
    """

    fewest: int = 5
    one_number: int = 20
    named: float = 0.2
    mean: float = 0.02
    cent: float = 0.01


_LIMITS = TotalLimits()

_EXPECTED = "expected one row per customer"


def reject_report_rows(database: Connection, columns: Sequence[Column]) -> None:
    """Reject the records of ``work.texts`` that are totals or headings."""
    suspects, below = find_suspects(database, columns)
    totals = compress(suspects, are_totals(suspects, below))
    alone = [suspect for suspect in suspects if suspect.is_alone]  # without a number none of them is a total
    once, key = met_once(database, columns, alone), identifier_of(tuple(columns))
    headings = [
        one
        for one in alone
        if one.is_unusual or one.is_named_total or one.label in once or (key and one.column_name != key.name)
    ]
    faults = [
        *(_fault(one, "total_row", _sums(one)) for one in totals),
        *(_fault(one, "heading_row", f"{one.label!r} stands alone, as a heading or a footer does") for one in headings),
    ]
    reject(database, pd.DataFrame(faults, columns=["record", "column_name", "code", "value", "reason"]))


def reject_without_key(database: Connection, columns: Sequence[Column]) -> None:
    """Reject the records of ``work.texts`` that lack the customer's key."""
    identifier = identifier_of(tuple(columns))
    if identifier:
        reasons = {"column_name": identifier.name, "code": "missing_value", "value": None, "reason": _EXPECTED}
        reject(database, without_key(database, identifier).assign(**reasons))


def are_totals(suspects: Sequence[Suspect], below: Between) -> list[bool]:
    """Return which rows add up others: all above that are no totals, those since the last total, or all in the file.

    Args:
        suspects: rows that may be totals.
        below: what the records below the last of them add up to.
    """
    found: list[bool] = []
    nothing = _Sums(np.zeros(len(below.sums)), 0)
    whole = nothing.plus(below.sums, below.n)
    for suspect in suspects:
        whole = whole.plus(suspect.above.sums, suspect.above.n)
    section = overall = nothing
    for suspect in suspects:
        numbers = np.array(suspect.numbers, dtype=np.float64)
        above = suspect.above
        section, overall = section.plus(above.sums, above.n), overall.plus(above.sums, above.n)
        is_total = any(_adds_up(suspect, numbers, others) for others in (section, overall, whole))
        section = nothing if is_total else section.plus(np.nan_to_num(numbers), 1)
        overall = overall if is_total else overall.plus(np.nan_to_num(numbers), 1)
        found.append(is_total)
    return found


@dataclass(frozen=True)
class _Sums:
    """What some rows add up to, column by column."""

    sums: Numbers
    n_rows: int

    def plus(self, sums: Sequence[float] | Numbers, n_rows: int) -> "_Sums":
        return _Sums(self.sums + np.asarray(sums), self.n_rows + n_rows)


def _adds_up(suspect: Suspect, numbers: Numbers, above: _Sums) -> bool:
    filled = ~np.isnan(numbers) & ~((numbers == 0) & (above.sums == 0))
    gap, size = np.abs(numbers - above.sums)[filled], np.abs(above.sums)[filled]
    is_whole = (numbers == np.floor(numbers))[filled] & (above.sums == np.floor(above.sums))[filled]
    is_sum = gap <= np.where(is_whole, 0, _LIMITS.cent * np.sqrt(above.n_rows)) + 1e-9 * size
    if suspect.is_named_total:
        is_near = bool(filled.any()) and bool((gap <= _LIMITS.named * size).all())
        mean = above.sums[filled] / max(1, above.n_rows)
        is_mean = bool(filled.any()) and bool((np.abs(numbers[filled] - mean) <= _LIMITS.mean * np.abs(mean)).all())
        is_any = above.n_rows >= _LIMITS.fewest and (is_near or is_mean)
        return above.n_rows > 1 and (is_any or bool(is_sum.any()))
    is_shown = suspect.is_unusual or is_sum.sum() > 1
    return above.n_rows >= (_LIMITS.fewest if is_shown else _LIMITS.one_number) and bool(is_sum.any() and is_sum.all())


def _sums(suspect: Suspect) -> str:
    if suspect.is_named_total:
        return f"{suspect.label!r}: the numbers of the row are the sums of others or near them, or their means"
    label = "" if suspect.label is None else f"{suspect.label!r}: "
    return f"{label}the numbers of the row are the sums of others, as in a total"


def _fault(suspect: Suspect, code: str, reason: str) -> tuple[int, str | None, str, str | None, str]:
    return suspect.record, suspect.column_name, code, suspect.label, f"{reason}; {_EXPECTED}"
