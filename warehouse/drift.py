"""Compare the customers of a run with those of the published file, column by column."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb

from schemas.dataset import Column
from warehouse.connection import Connection, one_line, read_sql
from warehouse.home.run import Run
from warehouse.integrity import published_state
from warehouse.statements.drift import select_changed_values, select_moved_numbers
from warehouse.statements.quoting import quote_text
from warehouse.tables import read_dicts

logger = logging.getLogger(__name__)


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
class PreviousRun:
    """What declared the published customers, and which version of this software published them."""

    dataset: str
    software_version: str


@contextmanager
def beside_previous_run(database: Connection, run: Run) -> Iterator[PreviousRun | None]:
    """Attach the published file as ``previous``, and give what it is; None where there is none that can be read."""
    path = run.home.published_file
    if published_state(run.home).run_id is None:
        yield None
        return
    try:
        database.execute(f"ATTACH {quote_text(str(path))} AS previous (READ_ONLY)")
    except duckdb.Error as error:
        logger.warning("%s cannot be compared with (%s)", path, one_line(error))
        yield None
        return
    try:
        yield PreviousRun(**read_dicts(database, read_sql("select_previous_run"))[0])
    finally:
        database.execute("DETACH previous")


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
