"""Reject the rows that a report adds to its customers: totals, by what they add up, and headings that stand alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from schemas.dataset import Column
from warehouse.connection import Connection
from warehouse.rejects import reject
from warehouse.report_rows import Suspect, find_suspects, met_once

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class TotalLimits:
    """When numbers are those of a total.

    Attributes:
        fewest: rows that it adds up, unless its text names it: of two or three many a number is the sum by chance.
        one_number: the same where one number is all that shows it.
        named: relative difference that a row has from the sums whose text names a total: rejected rows are in it too.
        cent: rounding of each number that it adds up.
    """

    fewest: int = 5
    one_number: int = 20
    named: float = 0.2
    cent: float = 0.01


_LIMITS = TotalLimits()

_EXPECTED = "expected one row per customer"


def reject_report_rows(database: Connection, columns: Sequence[Column]) -> None:
    """Reject the records of ``work.texts`` that are totals or headings."""
    suspects = find_suspects(database, columns)
    totals = compress(suspects, are_totals(suspects))
    alone = [suspect for suspect in suspects if suspect.is_alone]  # without a number none of them is a total
    once = met_once(database, columns, alone)
    headings = [one for one in alone if one.is_unusual or one.is_named_total or one.label in once]
    faults = [
        *(_fault(one, "total_row", _sums(one)) for one in totals),
        *(_fault(one, "heading_row", f"{one.label!r} stands alone, as a heading or a footer does") for one in headings),
    ]
    reject(database, pd.DataFrame(faults, columns=["record", "column_name", "code", "value", "reason"]))


def are_totals(suspects: Sequence[Suspect]) -> list[bool]:
    """Return which rows add up those above: all that are no totals, or those since the last total."""
    found: list[bool] = []
    section = overall = _Sums(np.zeros(len(suspects[0].sums) if suspects else 0), 0)
    for suspect in suspects:
        numbers = np.array(suspect.numbers, dtype=np.float64)
        section, overall = section.plus(suspect.sums, suspect.n_between), overall.plus(suspect.sums, suspect.n_between)
        is_total = any(_adds_up(suspect, numbers, above) for above in (section, overall))
        section = _Sums(np.zeros_like(numbers), 0) if is_total else section.plus(np.nan_to_num(numbers), 1)
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
        is_near = bool(filled.any()) and bool((gap <= _LIMITS.named * size).all()) and above.n_rows >= _LIMITS.fewest
        return above.n_rows > 1 and (is_near or bool(is_sum.any()))
    is_shown = suspect.is_unusual or is_sum.sum() > 1
    return above.n_rows >= (_LIMITS.fewest if is_shown else _LIMITS.one_number) and bool(is_sum.any() and is_sum.all())


def _sums(suspect: Suspect) -> str:
    label = "" if suspect.label is None else f"{suspect.label!r}: "
    return f"{label}the numbers of the row are the sums of those above, as in a total"


def _fault(suspect: Suspect, code: str, reason: str) -> tuple[int, str | None, str, str | None, str]:
    return suspect.record, suspect.column_name, code, suspect.label, f"{reason}; {_EXPECTED}"
