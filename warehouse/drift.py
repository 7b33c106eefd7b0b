"""Compare the customers of a run with those of earlier runs, column by column: the previous run, the model's run."""

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
    select_changed_values,
    select_moved_numbers,
    select_number_counts,
    select_number_cuts,
)
from warehouse.tables import insert_frame, read_dicts, read_value

#: Customers looked up in the earlier run to see whether identifiers are written as they were.
_LOOKED_UP = 20_000


@dataclass(frozen=True)
class ChangedValues:
    """How the different values of a column changed since the previous run.

    Attributes:
        kept: number of values that both runs have.
        new_values: the most common of the new ones.
        vanished_values: the most common of the vanished ones.
    """

    kept: int
    new: int
    vanished: int
    new_values: tuple[str, ...]
    vanished_values: tuple[str, ...]


@dataclass(frozen=True)
class MovedNumbers:
    """The medians of a numeric column in this run and the previous one, and the range of 90% of the previous values.

    All are None where a run has no value.
    """

    median: float | None
    earlier_median: float | None
    earlier_low: float | None
    earlier_high: float | None


@dataclass(frozen=True)
class Recognized:
    """How many of some customers the earlier run has, too.

    Attributes:
        customers: looked up.
        recognized: by their identifier.
        alike: by its digits alone, those recognized included.
        example: one of the latter, and what the earlier run has; None where there is none.
    """

    customers: int
    recognized: int
    alike: int
    example: str | None
    earlier_example: str | None


def recognized_customers(database: Connection) -> Recognized:
    """Look some customers up in the earlier run, by an identifier that may be written otherwise."""
    n_customers = int(read_value(database, "SELECT count(*) FROM night.customers"))
    every = {"every": max(1, n_customers // _LOOKED_UP)}
    return Recognized(**read_dicts(database, read_sql("select_recognized"), every)[0])


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


def common_columns(database: Connection, columns: Sequence[Column]) -> list[Column]:
    """Return the columns that the customers of both runs have, in the same type."""
    names = {name for (name,) in database.execute(read_sql("select_common_columns")).fetchall()}
    return [column for column in columns if column.name in names]


def changed_values(database: Connection, column: Column) -> ChangedValues:
    """Return how the values of a category, flag or items column changed."""
    (row,) = read_dicts(database, select_changed_values(column))
    return ChangedValues(
        row["kept"], row["new"], row["vanished"], tuple(row["new_values"]), tuple(row["vanished_values"])
    )


def moved_numbers(database: Connection, column: Column) -> MovedNumbers:
    """Return the medians of a numeric column in both runs."""
    return MovedNumbers(**read_dicts(database, select_moved_numbers(column))[0])


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
