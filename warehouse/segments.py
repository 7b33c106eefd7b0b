"""Store the segment of each customer and the distinctive features of each segment, and read which are published."""

from collections.abc import Iterable, Mapping
from statistics import NormalDist
from typing import Any

import pandas as pd

from schemas.dataset import Column
from schemas.errors import UsageError
from schemas.fields import Role
from warehouse.connection import Connection, one_thread, read_sql
from warehouse.features import create_long_views
from warehouse.home.directory import Home
from warehouse.statements.features import insert_profiled
from warehouse.tables import read_dicts, read_frame, read_value, registered, transaction

#: Share of runs in which any difference is significant by chance, and customers who must have a value for it.
SIGNIFICANCE, MIN_SUPPORT = 0.05, 5

#: Customers whose binary features are counted at a time.
COUNTED_CUSTOMERS = 500_000


def published_names(database: Connection) -> dict[int, str]:
    """Return segment_id -> name of the segments of the published file."""
    rows = read_dicts(database, "SELECT segment_id, name FROM segments ORDER BY segment_id")
    return {row["segment_id"]: row["name"] for row in rows}


def no_such_segment(asked: int | str, home: Home, names: Mapping[int, str]) -> UsageError:
    """Return the refusal of a segment that is not published, with those that are."""
    return no_such("segment", asked, home, (f"{segment_id} ({name})" for segment_id, name in names.items()))


def no_such(kind: str, asked: int | str, home: Home, known: Iterable[str]) -> UsageError:
    """Return the refusal of something that the published file does not have, with what it has of that kind."""
    there = ", ".join(known) or "none"
    return UsageError(f"there is no {kind} {asked!r} in {home.root}; expected one that is published: {there}")


def insert_customer_segments(database: Connection, pieces: Iterable[pd.DataFrame]) -> None:
    """Fill ``customer_segments`` in canonical order, so that its row numbers are those of ``customers``.

    Args:
        pieces: consecutive rows of it, from the first customer to the last; one is held at a time.
    """
    first = 0
    with transaction(database):
        for piece in pieces:
            _insert_piece(database, piece, first)
            first += len(piece)


def insert_customer_map(database: Connection, drawn: pd.DataFrame) -> None:
    """Fill ``customer_map``.

    Args:
        database: of the run; the customers have their segments.
        drawn: position, x and y, one row per customer drawn.
    """
    with registered(database, "_drawn", drawn):
        database.execute(read_sql("insert_customer_map"))


def insert_segment_stats(database: Connection, columns: tuple[Column, ...], *, is_any: bool) -> None:
    """Fill ``segment_stats`` and ``tier_stats`` from the customers and their segments.

    Doubles are added up on one thread, so that their sums are the same every time; counts need none.

    Args:
        database: of the run.
        columns: the columns of the run.
        is_any: whether the verdict finds any segments, without which no difference of a feature is significant.
    """
    database.execute(read_sql("create_profiled"))
    beside = [column.as_profiled for column in columns if column.settings.profile]
    for column in beside:
        needed = {"min_support": MIN_SUPPORT} if column.role is Role.CATEGORY else {}
        database.execute(insert_profiled(column), needed)
    columns = (*columns, *beside)
    create_long_views(database, columns)
    _count_present(database)
    with one_thread(database):
        database.execute(read_sql("create_number_stats"))
        for column in columns:
            if column.role is Role.NUMERIC:
                database.execute(read_sql("insert_number_stats"), {"source_column": column.name})
        known = {"critical_z": _critical_z(database), "min_support": MIN_SUPPORT, "is_any": is_any}
        database.execute(read_sql("insert_segment_stats"), known)
        database.execute(read_sql("insert_tier_stats"))


def _critical_z(database: Connection) -> float:
    """Return the z-score that chance reaches anywhere in ``segment_stats`` in so few runs (Bonferroni)."""
    n_tests = read_value(database, read_sql("count_profiled"))
    return NormalDist().inv_cdf(1 - SIGNIFICANCE / (2 * max(1, n_tests)))


def segment_traits(database: Connection) -> list[dict[str, Any]]:
    """Return the figures that segments are named by, one per segment and feature."""
    return read_dicts(database, read_sql("select_traits"), {"critical_z": _critical_z(database)})


def insert_numbered_segments(database: Connection, segments: pd.DataFrame, shared: pd.DataFrame) -> None:
    """Store what is known of the segments before they are described, as the tables of ``work`` of these names.

    Args:
        segments: segment_id, first_seen, previous_customers and stability, one row per segment.
        shared: from_segment_id, to_segment_id and customers, one row per pair that shares customers.
    """
    with registered(database, "_segments", segments), registered(database, "_shared", shared):
        database.execute("CREATE OR REPLACE TABLE work.numbered_segments AS FROM _segments")
        database.execute("CREATE OR REPLACE TABLE work.shared_customers AS FROM _shared")


def numbered_segments(database: Connection) -> pd.DataFrame:
    """Return segment_id, customers, stability, previous_customers and first_seen, one row per segment."""
    return read_frame(database, read_sql("select_numbered_segments"))


def _count_present(database: Connection) -> None:
    """Fill ``present_counts``, some customers at a time: a join with all of them would not fit into memory."""
    database.execute(read_sql("create_present_counts"))
    n_customers = int(read_value(database, "SELECT count(*) FROM customers"))
    for first in range(0, n_customers, COUNTED_CUSTOMERS):
        parameters = {"first": first, "last": first + COUNTED_CUSTOMERS - 1}
        database.execute(read_sql("insert_present_counts"), parameters)


def _insert_piece(database: Connection, piece: pd.DataFrame, first: int) -> None:
    parameters = {"first": first, "last": first + len(piece) - 1}
    with registered(database, "_assigned", piece):
        database.execute(read_sql("insert_customer_segments"), parameters)
