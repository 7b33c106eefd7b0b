"""SQL that compares the customers of a run with those of the published file, attached as ``previous``."""

from collections.abc import Sequence

from schemas.dataset import Column
from schemas.fields import MISSING_CATEGORY, NO_ITEMS, Role
from warehouse.statements.quoting import quote_identifier, quote_text

#: Values shown of those that are new or have vanished.
EXAMPLES = 5


def select_changed_values(column: Column) -> str:
    """Return the query for the values of a category, flag or items column that only one of the runs has.

    One row: kept, new and vanished, the numbers of different values, and the most common of the last two.
    """
    name = quote_identifier(column.name)
    value = f"unnest({name})" if column.role is Role.ITEMS else name
    return f"""
        WITH current AS (
            SELECT CAST(value AS VARCHAR) AS value, count(*) AS n
            FROM (SELECT {value} AS value FROM night.customers) WHERE value IS NOT NULL GROUP BY value
        ), earlier AS (
            SELECT CAST(value AS VARCHAR) AS value, count(*) AS n
            FROM (SELECT {value} AS value FROM previous.customers) WHERE value IS NOT NULL GROUP BY value
        )
        SELECT
            count(*) FILTER (current.n IS NOT NULL AND earlier.n IS NOT NULL) AS kept,
            count(*) FILTER (earlier.n IS NULL) AS new,
            count(*) FILTER (current.n IS NULL) AS vanished,
            coalesce(
                list(value ORDER BY current.n DESC, value) FILTER (earlier.n IS NULL), []
            )[:{EXAMPLES}] AS new_values,
            coalesce(
                list(value ORDER BY earlier.n DESC, value) FILTER (current.n IS NULL), []
            )[:{EXAMPLES}] AS vanished_values
        FROM current FULL JOIN earlier USING (value)"""


def insert_without_value(columns: Sequence[Column]) -> str:
    """Return the statement that fills ``work.without_value`` with the customers who have no value in each column."""
    counts = ", ".join(_without_value(column) for column in columns)
    return f"INSERT INTO work.without_value SELECT unnest([{counts}], max_depth := 2) FROM customers"


def select_number_cuts(column: Column, shares: Sequence[float]) -> str:
    """Return the query for the quantiles of a numeric column at some shares, ascending: one row."""
    return f"SELECT quantile_disc(CAST({quote_identifier(column.name)} AS DOUBLE), {list(shares)}) FROM customers"


def select_number_counts(column: Column) -> str:
    """Return the query for the customers of each bin of a numeric column: one row, from upper end to customers.

    It takes ``$ends``, ascending; a number is in the first bin whose end it does not exceed.
    """
    return f"SELECT histogram(CAST({quote_identifier(column.name)} AS DOUBLE), $ends) FROM customers"


def select_moved_numbers(column: Column) -> str:
    """Return the query for the medians of a numeric column: one row, with the previous 5 % and 95 % quantiles."""
    name = quote_identifier(column.name)
    return f"""
        SELECT
            (SELECT CAST(median({name}) AS DOUBLE) FROM night.customers) AS median,
            CAST(median({name}) AS DOUBLE) AS earlier_median,
            CAST(quantile_cont({name}, 0.05) AS DOUBLE) AS earlier_low,
            CAST(quantile_cont({name}, 0.95) AS DOUBLE) AS earlier_high
        FROM previous.customers"""


def _without_value(column: Column) -> str:
    name = quote_identifier(column.name)
    is_list = column.role is Role.ITEMS
    label = quote_text(NO_ITEMS if is_list else MISSING_CATEGORY)
    count = f"count(*) FILTER (coalesce(len({name}), 0) = 0)" if is_list else f"count(*) - count({name})"
    return f"{{'source_column': {quote_text(column.name)}, 'label': {label}, 'customers': {count}}}"
