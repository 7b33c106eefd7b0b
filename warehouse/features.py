"""Read the customers' columns as arrays in canonical order, and keep what the encoding made of them."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from schemas.dataset import Column
from warehouse.generated.features import (
    create_profile,
    create_value_views,
    select_codes,
    select_numbers,
    select_vocabulary,
)
from warehouse.opening import Connection
from warehouse.tables import read_dicts


def read_numbers(database: Connection, column: Column) -> npt.NDArray[np.float64]:
    """Return the values of a numeric or flag column, NaN where missing."""
    values = database.execute(select_numbers(column)).fetchnumpy()["v"]
    return np.ma.filled(np.ma.asarray(values, dtype=np.float64), np.nan)


def read_vocabulary(database: Connection, column: Column) -> tuple[str, ...]:
    """Return the different values of a category or items column, sorted."""
    return tuple(row[0] for row in database.execute(select_vocabulary(column)).fetchall())


def read_codes(database: Connection, column: Column) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return which customer (position from 0) has which value (code from 0, in vocabulary order)."""
    pairs = database.execute(select_codes(column)).fetchnumpy()
    return np.asarray(pairs["_position"], dtype=np.int64), np.asarray(pairs["code"], dtype=np.int64)


def create_long_views(database: Connection, columns: Sequence[Column]) -> None:
    """Make the temporary views that give the customers' values in the long form."""
    for statement in create_value_views(columns):
        database.execute(statement)


def create_profile_view(database: Connection) -> None:
    """Make ``segment_profile``, one column a feature."""
    names = [row["feature"] for row in read_dicts(database, "SELECT feature FROM features ORDER BY feature_number")]
    for statement in create_profile(names):
        database.execute(statement)
