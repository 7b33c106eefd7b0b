"""Compare the customers of a run with those of the run that formed its model, and the centers of its segments.

The earlier run is attached as ``previous``; its file has what is kept of the model's run.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from schemas.dataset import Column
from schemas.fields import Role
from warehouse.connection import Connection, one_thread, read_sql
from warehouse.earlier_run import EarlierRun
from warehouse.home.run import Run
from warehouse.statements.drift import (
    insert_without_value,
    select_number_counts,
    select_number_cuts,
)
from warehouse.tables import insert_frame, read_dicts, read_value


@dataclass(frozen=True)
class Bin:
    """A bin of a column: the customers in it in the model's run, and now; see the table drift_bins."""

    source_column: str
    label: str
    reference_customers: int
    customers: int
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Reference:
    """What is known of a column in the model's run; see the table drift."""

    source_column: str
    kind: str
    reference_date: date
    reference_customers: int


def create_value_counts(database: Connection, columns: Sequence[Column]) -> None:
    """Fill ``work.value_counts`` from ``work.vocabulary``, as ``count_values`` left it."""
    database.execute(read_sql("create_without_value"))
    may_lack = [column for column in columns if _may_lack_value(column)]
    if may_lack:
        database.execute(insert_without_value(may_lack))
    database.execute(read_sql("create_value_counts"))


def value_bins(database: Connection) -> list[Bin]:
    """Return the bins of the values of this run, which is the model's run; needs ``create_value_counts``."""
    return [Bin(**row) for row in read_dicts(database, read_sql("select_value_bins"))]


def earlier_value_bins(database: Connection) -> list[Bin]:
    """Return the bins of the values of the model's run; needs ``create_value_counts``."""
    return [Bin(**row) for row in read_dicts(database, read_sql("select_earlier_value_bins"))]


def number_cuts(database: Connection, column: Column, shares: Sequence[float]) -> list[float]:
    """Return the quantiles of a numeric column at some shares, which are values of it; none where it has no value."""
    return read_value(database, select_number_cuts(column, shares)) or []


def number_counts(database: Connection, column: Column, highs: Sequence[float]) -> list[int]:
    """Return the customers of each bin of a numeric column.

    Args:
        database: the run's.
        column: the column.
        highs: upper ends of the bins, ascending; the last bin is open, and customers without a value come after it.
    """
    ends = [*highs, math.inf]
    found: dict[float, int] = read_value(database, select_number_counts(column), {"ends": ends}) or {}
    counts = [found.get(end, 0) for end in ends]
    return [*counts, int(read_value(database, "SELECT count(*) FROM customers")) - sum(counts)]


def earlier_number_bins(database: Connection) -> list[dict[str, Any]]:
    """Return source_column, label, low, high and reference_customers of the bins of numbers, in their order."""
    return read_dicts(database, read_sql("select_earlier_number_bins"))


def new_values(database: Connection) -> dict[str, list[str]]:
    """Return the values that the model's run did not have, by column, the most frequent first."""
    return {row["source_column"]: row["new_values"] for row in read_dicts(database, read_sql("select_new_values"))}


def references(database: Connection) -> dict[str, Reference]:
    """Return what is known of the model's run, by column."""
    found = (Reference(**row) for row in read_dicts(database, read_sql("select_earlier_drift")))
    return {one.source_column: one for one in found}


def insert_drift(database: Connection, drift: pd.DataFrame, bins: Iterable[Bin], parts: Sequence[float]) -> None:
    """Fill ``drift`` and ``drift_bins``.

    Args:
        database: the run's.
        drift: the rows of ``drift``.
        bins: the bins of all columns.
        parts: what each adds to the index of its column.
    """
    insert_frame(database, "drift", drift)
    frame = pd.DataFrame([vars(one) for one in bins]).assign(psi=parts)
    by_column = frame.groupby("source_column")
    for share, customers in (("share", "customers"), ("reference_share", "reference_customers")):
        frame[share] = frame[customers] / by_column[customers].transform("sum").clip(lower=1)
    insert_frame(database, "drift_bins", frame)


def insert_segment_drift(database: Connection, run: Run, earlier: EarlierRun | None) -> None:
    """Fill ``segment_drift``; the earlier run, if there is one, is attached as ``previous``."""
    database.execute(read_sql("create_reference_means"))
    if earlier is not None and earlier.has_reference:
        database.execute(read_sql("insert_reference_means"))
    with one_thread(database):
        database.execute(read_sql("insert_segment_drift"), {"as_of": run.as_of.isoformat()})


def _may_lack_value(column: Column) -> bool:
    """Return whether customers may have no value in a column whose vocabulary does not tell them from others."""
    if column.role is Role.ITEMS:
        return True
    return column.role is not Role.NUMERIC and column.nullable and column.settings.missing != "category"
