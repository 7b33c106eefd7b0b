"""Read the customers' columns as arrays in canonical order, in pieces; create the views of their features."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from schemas.dataset import Column
from warehouse.connection import Connection, read_sql
from warehouse.statements.features import (
    create_profile,
    create_value_views,
    insert_vocabulary,
    select_binary,
    select_numbers,
)
from warehouse.tables import read_dicts

#: Customers read at a time, and present values at a time, about; they bound the memory whatever the file's length.
CUSTOMERS_AT_A_TIME, PRESENT_AT_A_TIME = 250_000, 2_000_000

#: Columns whose binary features are looked up at a time.
COLUMNS_AT_A_TIME = 16


@dataclass(frozen=True)
class VocabularySize:
    """The extent of a category, flag or items column.

    Attributes:
        source_column: name of the column.
        n_features: binary features that it makes.
        n_values: different values in it.
        n_infrequent: infrequent categories that are grouped.
        n_grouped: grouped values; one more where the name of the group is delivered as a value too.
        n_present: pairs of a customer and a value.
    """

    source_column: str
    n_features: int
    n_values: int
    n_infrequent: int
    n_grouped: int
    n_present: int


def read_numbers(database: Connection, column: Column, n_customers: int) -> npt.NDArray[np.float64]:
    """Return the values of a numeric column, NaN where missing."""
    values = np.empty(n_customers)
    for first in range(0, n_customers, CUSTOMERS_AT_A_TIME):
        bounds = {"first": first, "last": first + CUSTOMERS_AT_A_TIME - 1}
        found = database.execute(select_numbers(column), bounds).fetchnumpy()
        indices = first + np.asarray(found["place"], dtype=np.int64)
        values[indices] = np.ma.filled(np.ma.asarray(found["v"], dtype=np.float64), np.nan)
    return values


def count_values(database: Connection, columns: Sequence[Column]) -> list[VocabularySize]:
    """Fill ``work.vocabulary`` with the values of the category, flag and items columns, and return their extents."""
    database.execute(read_sql("create_vocabulary"))
    for column in columns:
        database.execute(insert_vocabulary(column))
    return vocabulary_sizes(database)


def vocabulary_sizes(database: Connection) -> list[VocabularySize]:
    """Return the extents of the columns in ``work.vocabulary``."""
    return [VocabularySize(**row) for row in read_dicts(database, read_sql("count_vocabulary"))]


def read_vocabulary(database: Connection, column: Column) -> list[tuple[str | None, int, bool]]:
    """Return one row per binary feature of a column: value, how many it groups, whether the most frequent is one.

    The value is None for a group and for a flag.
    """
    return database.execute(read_sql("select_vocabulary"), {"source_column": column.name}).fetchall()


def read_binary(
    database: Connection, columns: Sequence[Column], sizes: Sequence[VocabularySize], n_customers: int
) -> Iterator[tuple[int, npt.NDArray[np.int64]]]:
    """Yield which customers have which binary features, some customers after the other.

    Args:
        database: of the run, with ``work.vocabulary``.
        columns: the category, flag and items columns, one at least.
        sizes: their extents.
        n_customers: number of customers.

    Yields:
        How many customers come next, and for each value of them its key, which is
        n_binary * (index among these customers) + index of the feature; unordered, with repetitions.
    """
    n_binary, n_present = sum(size.n_features for size in sizes), sum(size.n_present for size in sizes)
    step = min(CUSTOMERS_AT_A_TIME, max(1, PRESENT_AT_A_TIME * n_customers // max(1, n_present)))
    # Every column joins a table of its own, and each of those tables takes memory for as long as its query runs.
    queries = [
        select_binary(columns[number : number + COLUMNS_AT_A_TIME])
        for number in range(0, len(columns), COLUMNS_AT_A_TIME)
    ]
    for first in range(0, n_customers, step):
        bounds = {"first": first, "last": first + step - 1, "n_binary": n_binary}
        keys = [np.asarray(database.execute(query, bounds).fetchnumpy()["key"], dtype=np.int64) for query in queries]
        yield min(step, n_customers - first), np.concatenate(keys)


def create_long_views(database: Connection, columns: Sequence[Column]) -> None:
    """Make the temporary views that give the customers' values in the long form; the features are known."""
    joined = database.execute("SELECT source_column FROM features WHERE grouped_values > 1").fetchall()
    cut = database.execute("SELECT source_column FROM features WHERE encoding = 'bracket'").fetchall()
    for statement in create_value_views(columns, {name for (name,) in joined}, {name for (name,) in cut}):
        database.execute(statement)
    database.execute(read_sql("create_encoded_numbers"))


def create_profile_view(database: Connection) -> None:
    """Make ``segment_profile``, one column per feature."""
    names = [row["feature"] for row in read_dicts(database, "SELECT feature FROM features ORDER BY feature_number")]
    database.execute(create_profile(names))
