"""Read the records in chunks to check them, and make customers of those that are left."""

from collections.abc import Callable, Iterator, Sequence

import pandas as pd

from schemas.dataset import Column
from schemas.tables import published_table
from warehouse.generated import (
    create_ordered,
    create_typed,
    insert_customers,
    select_duplicate_identifiers,
    select_items,
    select_texts,
    select_typed,
)
from warehouse.opening import Connection
from warehouse.tables import read_frame, read_value

#: Records checked at a time; bounds the memory of the checks whatever the size of the file.
CHUNK_ROWS = 200_000


def text_chunks(database: Connection, columns: Sequence[Column]) -> Iterator[pd.DataFrame]:
    """Yield the texts of the columns, chunk by chunk, indexed by line number; rejected records aside."""
    yield from _chunks(database, columns, select_texts)


def typed_chunks(database: Connection, columns: Sequence[Column]) -> Iterator[pd.DataFrame]:
    """Yield the typed values of the columns, chunk by chunk, indexed by line number; rejected records aside."""
    yield from _chunks(database, columns, select_typed)


def create_typed_view(database: Connection, columns: Sequence[Column]) -> None:
    """Make ``work.typed``: the records that are not rejected, in the declared types."""
    database.execute(create_typed(columns))


def different_items(database: Connection, column: Column) -> pd.DataFrame:
    """Return the different items of a column: item, and line_numbers, the lines that hold it."""
    return read_frame(database, select_items(column))


def duplicate_identifiers(database: Connection, identifier: Column) -> pd.DataFrame:
    """Return the records whose identifier an earlier line has: _line_number, value, first_line."""
    return read_frame(database, select_duplicate_identifiers(identifier))


def build_customers(database: Connection, columns: tuple[Column, ...]) -> int:
    """Fill ``customers`` in canonical order and return how many there are."""
    database.execute(create_ordered(columns))
    database.execute(insert_customers(published_table("customers", columns)))
    return int(read_value(database, "SELECT count(*) FROM customers"))


def _chunks(
    database: Connection, columns: Sequence[Column], select: Callable[[Sequence[Column]], str]
) -> Iterator[pd.DataFrame]:
    last = read_value(database, "SELECT coalesce(max(_line_number), 0) FROM work.records")
    for first in range(1, last + 1, CHUNK_ROWS):
        frame = read_frame(database, select(columns), {"first": first, "last": first + CHUNK_ROWS - 1})
        yield frame.set_index("_line_number")
