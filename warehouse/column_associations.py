"""Count the values of each column by segment."""

import pandas as pd

from warehouse.connection import Connection, one_thread, read_sql
from warehouse.tables import read_frame, read_value

#: Customers in the sample, about, and their numbers in all; the sample is taken at equal steps in canonical order.
_CUSTOMERS_SAMPLED, _NUMBERS_SAMPLED = 50_000, 2_000_000


def present_counts(database: Connection) -> pd.DataFrame:
    """Return source_column, value, segment_id and customers, one row per binary feature and segment that has it.

    Of all customers; needs the counts that ``insert_segment_stats`` leaves.
    """
    return read_frame(database, read_sql("select_present_counts"))


def number_counts(database: Connection) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return how many customers of each segment are in each group of values of each number, and its cuts.

    Needs the views of ``create_long_views``.

    Returns:
        source_column, low, segment_id and customers, one row per number, group of its values and segment:
        those above low up to the next one. And source_column and cut, one row per number and cut, ascending.
    """
    every = {"every": _step(database)}
    with one_thread(database):
        database.execute(read_sql("create_number_cuts"), every)
    groups = read_frame(database, read_sql("count_number_groups"), every)
    return groups, read_frame(database, "SELECT source_column, cut FROM number_cuts ORDER BY source_column, cut")


def lists_of_several(database: Connection) -> set[str]:
    """Return the lists of which a customer has several items, in a sample."""
    found = database.execute(read_sql("select_lists_of_several"), {"every": _step(database)}).fetchall()
    return {name for (name,) in found}


def _step(database: Connection) -> int:
    """Return the step of the sample: one of so many customers."""
    n_customers = int(read_value(database, "SELECT count(*) FROM customers"))
    n_numbers = int(read_value(database, "SELECT count(DISTINCT source_column) FROM features WHERE kind = 'numeric'"))
    return max(1, n_customers // max(1, min(_CUSTOMERS_SAMPLED, _NUMBERS_SAMPLED // max(1, n_numbers))))
