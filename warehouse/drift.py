"""Compare tonight's customers with those of the published file, column by column."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb

from schemas.dataset import Column
from warehouse.connection import Connection, read_sql
from warehouse.home.run import Run
from warehouse.integrity import published_state
from warehouse.statements.drift import select_changed_values, select_moved_numbers
from warehouse.statements.quoting import quote_text
from warehouse.tables import read_dicts, read_value

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class ChangedValues:
    """How the different values of a column changed since the last night.

    Attributes:
        kept: number of values that both nights have.
        new_values: the commonest of the new ones.
        vanished_values: those that were the commonest of the vanished ones.
    """

    kept: int
    new: int
    vanished: int
    new_values: tuple[str, ...]
    vanished_values: tuple[str, ...]


@dataclass(frozen=True)
class MovedNumbers:
    """The medians of a numeric column, tonight and the last night, and what 90 % of the last night's values lay within.

    All are None where a night has no value.
    """

    median: float | None
    earlier_median: float | None
    earlier_low: float | None
    earlier_high: float | None


@contextmanager
def beside_last_night(database: Connection, run: Run) -> Iterator[str | None]:
    """Attach the published file as ``last_night``, and give its dataset; None where there is none to be read."""
    path = run.home.published_file
    if published_state(run.home).run_id is None:
        yield None
        return
    try:
        database.execute(f"ATTACH {quote_text(str(path))} AS last_night (READ_ONLY)")
    except duckdb.Error as error:
        logger.warning("%s cannot be compared with (%s)", path, " ".join(str(error).split()))
        yield None
        return
    try:
        yield str(read_value(database, read_sql("select_last_dataset")))
    finally:
        database.execute("DETACH last_night")


def common_columns(database: Connection, columns: Sequence[Column]) -> list[Column]:
    """Return the columns that the customers of both nights have, in the same type."""
    names = {name for (name,) in database.execute(read_sql("select_common_columns")).fetchall()}
    return [column for column in columns if column.name in names]


def changed_values(database: Connection, column: Column) -> ChangedValues:
    """Return how the values of a category, flag or items column changed."""
    (row,) = read_dicts(database, select_changed_values(column))
    return ChangedValues(
        row["kept"], row["new"], row["vanished"], tuple(row["new_values"]), tuple(row["vanished_values"])
    )


def moved_numbers(database: Connection, column: Column) -> MovedNumbers:
    """Return where a numeric column stands in both nights."""
    return MovedNumbers(**read_dicts(database, select_moved_numbers(column))[0])
