"""Measure how far a run has drifted from the run that formed its model, column by column and item by item."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

import numpy as np
import pandas as pd

from schemas.dataset import Column, file_settings_of
from schemas.errors import DataRefused
from schemas.fields import MISSING_CATEGORY, NO_ITEMS, OTHER_VALUES, UNKNOWN_VALUES, Role
from schemas.loading import load_dataset
from schemas.private import private
from schemas.shown import counted
from tasks.continuity.psi import PSI, Floats, Level, bin_labels, chance_psi, level_of, psi_parts, upper_ends
from tasks.delivery.delivered import Delivery
from warehouse.connection import Connection
from warehouse.earlier_run import EarlierRun
from warehouse.home.run import Run
from warehouse.model_drift import (
    Bin,
    Reference,
    earlier_number_bins,
    earlier_value_bins,
    insert_drift,
    new_values,
    number_counts,
    number_cuts,
    references,
    value_bins,
)

#: Labels of bins that stand for no value of their own.
_NO_VALUES = frozenset({MISSING_CATEGORY, NO_ITEMS, OTHER_VALUES, UNKNOWN_VALUES})

#: Columns, and items of a column, that the notes name.
_NAMED_COLUMNS, _NAMED_ITEMS = 5, 3


@dataclass(frozen=True)
class DriftRow:
    """How far a column or an item has drifted; see the table drift."""

    source_column: str
    value: str | None
    kind: str
    psi: float
    chance_psi: float
    level: Level
    new_values: list[str] | None
    vanished_values: list[str] | None
    reference_date: date
    reference_customers: int
    reason: str

    def exceeds(self, limit: float | None) -> bool:
        """Return whether it drifted further than a limit, and than chance explains."""
        return limit is not None and self.psi > max(limit, self.chance_psi)


@dataclass(frozen=True)
class DriftSince:
    """The drift of all columns since the model's run.

    Attributes:
        rows: of the columns in their order, each followed by its items.
        bins: of the columns in their order.
        parts: what each bin adds to the index of its column.
    """

    rows: tuple[DriftRow, ...]
    bins: tuple[Bin, ...]
    parts: tuple[float, ...]


def drift_since_model(
    database: Connection, columns: Sequence[Column], earlier: EarlierRun | None, n_customers: int
) -> DriftSince | None:
    """Return the drift since the run that formed the model of the earlier run; None where that is not known.

    Needs ``work.value_counts``. Columns that the model's run did not have are left out.
    """
    if earlier is None or not earlier.has_reference:
        return None
    known = references(database)
    common = [one for one in columns if one.name in known and known[one.name].kind == one.role.value]
    numbers = _by_column(_moved_number_bins(database, common))
    bins = _by_column(earlier_value_bins(database)) | numbers
    return _drift(common, bins, known, new_values(database), n_customers)


def drift_of_model(database: Connection, columns: Sequence[Column], run: Run, n_customers: int) -> DriftSince:
    """Return the bins of a run that forms a model, which has not drifted; needs ``work.value_counts``."""
    bins = _by_column(value_bins(database)) | _by_column(_number_bins(database, columns))
    known = {one.name: Reference(one.name, one.role.value, run.as_of, n_customers) for one in columns}
    return _drift(columns, bins, known, {}, n_customers)


def store_drift(database: Connection, drift: DriftSince) -> None:
    """Fill ``drift`` and ``drift_bins``."""
    insert_drift(database, pd.DataFrame([vars(row) for row in drift.rows]), drift.bins, drift.parts)


def drift_notes(run: Run, drift: DriftSince | None) -> tuple[str, ...]:
    """Return which columns and items have drifted further than the dataset's setting ``drift_warn``, in sentences."""
    limit = file_settings_of(load_dataset(run.order.dataset)).drift_warn
    rows = [] if drift is None else [row for row in drift.rows if row.exceeds(limit)]
    notes = [words for _, own in groupby(rows, lambda row: row.source_column) for words in _in_words(list(own))]
    more = len(notes) - _NAMED_COLUMNS
    return (
        *notes[:_NAMED_COLUMNS],
        *([f"{more:,} more columns have drifted; see the table drift"] if more > 0 else []),
    )


def refuse_drift(run: Run, delivery: Delivery, drift: DriftSince | None) -> None:
    """Refuse a run that has drifted further from its model than the dataset's setting ``drift_refuse`` allows.

    Raises:
        DataRefused: a column or an item has.
    """
    limit = file_settings_of(load_dataset(run.order.dataset)).drift_refuse
    rows = [] if drift is None else [row for row in drift.rows if row.exceeds(limit)]
    if not rows:
        return
    worst = max(rows, key=lambda row: row.psi)
    others = f", and {len(rows) - 1:,} more columns or items" if len(rows) > 1 else ""
    raise DataRefused(
        f"{delivery.source_file}: {_name(worst)}{others} has drifted since the run of {worst.reference_date}: "
        f"PSI {worst.psi:.2f}; expected at most {limit:g} (drift_refuse in the schema); largest change: "
        f"{reason_in_message(worst.reason)}. If the customers have changed, form a new model with --refit, or raise "
        "drift_refuse"
    )


def reason_in_message(reason: str) -> str:
    """Return the reason of a drift, with the value in it marked as one."""
    value, colon, change = reason.rpartition(": ")
    return f"{private(value)}{colon}{change}" if colon else reason


def _moved_number_bins(database: Connection, columns: Sequence[Column]) -> Iterator[Bin]:
    """Yield the bins of numbers in the model's run, with the customers now."""
    by_name = {column.name: column for column in columns}
    for name, group in groupby(earlier_number_bins(database), lambda row: row["source_column"]):
        if name in by_name:
            rows = list(group)
            counts = number_counts(database, by_name[name], [row["high"] for row in rows if row["high"] is not None])
            for row, customers in zip(rows, counts, strict=False):
                yield Bin(**row, customers=customers)


def _number_bins(database: Connection, columns: Sequence[Column]) -> Iterator[Bin]:
    """Yield the bins of numbers: tenths of the customers, and those without a value."""
    shares = [tenth / PSI.n_bins for tenth in range(PSI.n_bins + 1)]
    for column in columns:
        if column.role is Role.NUMERIC:
            highs = upper_ends(number_cuts(database, column, shares))
            counts = number_counts(database, column, highs)
            ends = [None, *highs, None]
            for label, customers, low, high in zip(bin_labels(highs), counts[:-1], ends, ends[1:], strict=False):
                yield Bin(column.name, label, customers, customers, low, high)
            if column.nullable:
                yield Bin(column.name, MISSING_CATEGORY, counts[-1], counts[-1])


def _by_column(bins: Sequence[Bin] | Iterator[Bin]) -> dict[str, list[Bin]]:
    return {name: list(own) for name, own in groupby(bins, lambda one: one.source_column)}


def _drift(
    columns: Sequence[Column],
    bins: dict[str, list[Bin]],
    known: dict[str, Reference],
    new: dict[str, list[str]],
    n_customers: int,
) -> DriftSince:
    n_tests = len(columns) + sum(len(bins[one.name]) for one in columns if one.role is Role.ITEMS)
    rows: list[DriftRow] = []
    parts: list[float] = []
    for column in columns:
        own, reference = bins[column.name], known[column.name]
        chances = [chance_psi(n, reference.reference_customers, n_customers, n_tests) for n in (_n_filled(own), 2)]
        of_own = psi_parts([one.reference_customers for one in own], [one.customers for one in own])
        rows.append(_column_row(column, own, of_own, reference, new.get(column.name, []), chances[0]))
        if column.role is Role.ITEMS:
            rows += _item_rows(own, reference, n_customers, chances[1])
        parts += of_own.tolist()
    return DriftSince(tuple(rows), tuple(one for column in columns for one in bins[column.name]), tuple(parts))


def _n_filled(bins: Sequence[Bin]) -> int:
    return sum(one.reference_customers > 0 or one.customers > 0 for one in bins)


def _column_row(
    column: Column, bins: Sequence[Bin], parts: Floats, known: Reference, new: list[str], chance: float
) -> DriftRow:
    has_values = column.role is not Role.NUMERIC
    vanished = [
        one.label for one in bins if one.label not in _NO_VALUES and one.reference_customers > one.customers == 0
    ]
    psi = float(parts.sum())
    return DriftRow(
        column.name,
        None,
        known.kind,
        psi,
        chance,
        level_of(psi, chance),
        new if has_values else None,
        vanished if has_values else None,
        known.reference_date,
        known.reference_customers,
        _largest_change(column, bins, parts),
    )


def _item_rows(bins: Sequence[Bin], known: Reference, n_customers: int, chance: float) -> Iterator[DriftRow]:
    """Yield a row for each item that the model knows: of the customers with and without it."""
    items = [one for one in bins if one.label not in _NO_VALUES]
    then = np.array([one.reference_customers for one in items])
    now = np.array([one.customers for one in items])
    psis = psi_parts(np.c_[then, known.reference_customers - then], np.c_[now, n_customers - now]).sum(axis=1).tolist()
    for one, psi in zip(items, psis, strict=True):
        share, reference_share = one.customers / n_customers, one.reference_customers / known.reference_customers
        yield DriftRow(
            one.source_column,
            one.label,
            known.kind,
            psi,
            chance,
            level_of(psi, chance),
            None,
            None,
            known.reference_date,
            known.reference_customers,
            _change(share, reference_share, "customers"),
        )


def _largest_change(column: Column, bins: Sequence[Bin], parts: Floats) -> str:
    """Return the bin that adds most to the index, in words."""
    largest = bins[int(np.argmax(parts))]
    share = largest.customers / sum(one.customers for one in bins)
    reference_share = largest.reference_customers / sum(one.reference_customers for one in bins)
    of = "items" if column.role is Role.ITEMS else "customers"
    return _change(share, reference_share, of, largest.label)


def _change(share: float, reference_share: float, of: str, label: str = "") -> str:
    if share == reference_share:
        return "no change"
    return f"{label}{': ' if label else ''}{share:.1%} of the {of} now, {reference_share:.1%} then"


def _in_words(rows: Sequence[DriftRow]) -> Iterator[str]:
    """Yield what has drifted in a column: the column, and its items."""
    since = f"since the run of {rows[0].reference_date}"
    for row in rows:
        if row.value is None:
            change = reason_in_message(row.reason)
            yield f"{_name(row)} has drifted {since} (PSI {row.psi:.2f}); largest change: {change}"
    items = sorted((row for row in rows if row.value is not None), key=lambda row: -row.psi)
    if items:
        named = "; ".join(
            f"{private(repr(row.value))} (PSI {row.psi:.2f}), {row.reason}" for row in items[:_NAMED_ITEMS]
        )
        more = f"; and {len(items) - _NAMED_ITEMS:,} more" if len(items) > _NAMED_ITEMS else ""
        have = counted(len(items), "item has", "items have")
        yield f"{items[0].source_column}: {have} drifted {since}: {named}{more}"


def _name(row: DriftRow) -> str:
    return row.source_column if row.value is None else f"{row.source_column} {private(repr(row.value))}"
