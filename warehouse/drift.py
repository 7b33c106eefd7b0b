"""Compare the customers of a run with those of the earlier run, column by column."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from schemas.dataset import Column
from warehouse.connection import Connection, read_sql
from warehouse.statements.drift import select_changed_values, select_moved_numbers
from warehouse.tables import read_dicts, read_value

#: Customers looked up in the earlier run to see whether identifiers are written as they were.
_LOOKED_UP = 20_000

#: Share of them from which the others are not looked for by an identifier in another form: some are new every day.
_NEARLY_ALL = 0.98


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
        alike: others, by an identifier in another form; 0 where nearly all are recognized.
        example: one of the latter, and what the earlier run has; any identifiers of the two runs where there is none.
    """

    customers: int
    recognized: int
    example: str
    earlier_example: str
    alike: int = 0


def recognized_customers(database: Connection) -> Recognized:
    """Look some customers up in the earlier run, by an identifier that may be written otherwise."""
    n_customers = int(read_value(database, "SELECT count(*) FROM night.customers"))
    every = {"every": max(1, n_customers // _LOOKED_UP)}
    found = Recognized(**read_dicts(database, read_sql("select_recognized"), every)[0])
    if found.recognized >= _NEARLY_ALL * found.customers:
        return found
    (alike,) = read_dicts(database, read_sql("select_alike"), every)
    return replace(found, **alike) if alike["alike"] else found


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
