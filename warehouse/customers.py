"""Read the records in chunks to check them, and turn those that pass into customers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import pandas as pd

from schemas.dataset import Column, identifier_of
from schemas.dialect import Dialect
from schemas.fields import Role
from schemas.tables import published_table
from warehouse.connection import Connection, read_sql
from warehouse.statements.customers import (
    KEYS,
    SourceDialect,
    create_duplicates,
    create_keys,
    create_texts,
    create_typed,
    insert_customers,
    insert_spellings,
    select_items,
    select_rounded,
    select_texts,
    select_typed,
)
from warehouse.statements.numbers import changes_numbers, select_unusual
from warehouse.tables import read_dicts, read_frame, read_value, transaction


@dataclass(frozen=True)
class PieceLimits:
    """How much of a file is handled at a time, which bounds the memory whatever its length and width.

    Attributes:
        cells: cells checked at a time.
        bytes: bytes of records checked at a time.
        spelled_columns: columns whose spellings are compared at a time.
        duplicates: records with the identifier of another that are rejected at a time.
        wide_bytes: bytes from which a record is wide: DuckDB sorts more than its memory, but not of wide rows.
        sorted_bytes: bytes of wide records sorted at a time.
    """

    cells: int = 300_000
    bytes: int = 32 << 20
    spelled_columns: int = 32
    duplicates: int = 50_000
    wide_bytes: int = 1_000
    sorted_bytes: int = 96 << 20


PIECES = PieceLimits()


def source_dialects(database: Connection) -> list[SourceDialect]:
    """Return how the numbers of each source are written, in the order of their records."""
    return [
        SourceDialect(
            Dialect(decimal=row["decimal_mark"], thousands=row["thousands_mark"], unclear=row["unclear_mark"]),
            row["last_record"],
        )
        for row in read_dicts(database, read_sql("select_sources"))
    ]


def create_text_view(database: Connection, columns: Sequence[Column], dialects: Sequence[SourceDialect]) -> None:
    """Make ``work.texts``: the records that are not rejected, in texts that SQL can read."""
    unusual: dict[str, bool] = read_value(database, select_unusual(columns))
    database.execute(create_texts(columns, dialects, {name for name, is_so in unusual.items() if is_so}))


def text_chunks(
    database: Connection, columns: Sequence[Column], dialects: Sequence[SourceDialect]
) -> Iterator[pd.DataFrame]:
    """Yield the texts of the columns, chunk by chunk, indexed by record; rejected records aside.

    A column whose numbers are not written as SQL reads them is followed by its cells as they
    were delivered, under ``found:`` and its name.
    """
    found = [column for column in columns if any(changes_numbers(column, one.dialect) for one in dialects)]
    yield from _chunks(database, select_texts(columns, found), len(columns) + len(found))


def create_typed_view(database: Connection, columns: Sequence[Column]) -> None:
    """Make ``work.typed``: the records that are not rejected, in the declared types."""
    database.execute(create_typed(columns))


def typed_chunks(database: Connection, columns: Sequence[Column]) -> Iterator[pd.DataFrame]:
    """Yield the typed values of the columns, chunk by chunk, indexed by record; rejected records aside."""
    yield from _chunks(database, select_typed(columns), len(columns))


def different_items(database: Connection, column: Column) -> pd.DataFrame:
    """Return the different items of a column, sorted: item."""
    return read_frame(database, select_items(column))


def rounded_identifiers(database: Connection, identifier: Column, pattern: str) -> pd.DataFrame:
    """Return the records whose identifier matches the pattern of rounded numbers: record, value."""
    return read_frame(database, select_rounded(identifier, pattern))


def duplicate_identifiers(database: Connection, identifier: Column) -> Iterator[pd.DataFrame]:
    """Yield the records whose identifier another record has that is kept, chunk by chunk.

    Yields:
        One row per record: record, value, kept_source, kept_line, is_same_source.
    """
    database.execute(create_duplicates(identifier))
    n_duplicates = int(read_value(database, "SELECT count(*) FROM duplicates"))
    for first in range(0, n_duplicates, PIECES.duplicates):
        parameters = {"first": first, "last": first + PIECES.duplicates - 1}
        yield read_frame(database, "SELECT * FROM duplicates WHERE rowid BETWEEN $first AND $last", parameters)
    database.execute("DROP TABLE duplicates")


def unify_spellings(database: Connection, columns: Sequence[Column]) -> int:
    """Give values that differ by case or blanks alone their most frequent spelling; return how many are replaced."""
    database.execute(read_sql("create_spellings"))
    free = [column for column in columns if column.role in (Role.CATEGORY, Role.ITEMS) and _is_free_text(column)]
    for first in range(0, len(free), PIECES.spelled_columns):
        database.execute(insert_spellings(free[first : first + PIECES.spelled_columns]))
    respelled = {name for (name,) in database.execute(read_sql("select_respelled")).fetchall()}
    if respelled:
        database.execute(create_typed(columns, respelled))
    return int(read_value(database, "SELECT count(*) FROM work.spellings"))


def build_customers(database: Connection, columns: tuple[Column, ...]) -> int:
    """Fill ``customers`` in canonical order and return how many there are."""
    sources = read_dicts(database, read_sql("select_sources"))
    parameters = {
        "source_names": [source["source_name"] for source in sources],
        "first_records": [source["first_record"] for source in sources],
    }
    database.execute(create_keys(columns))
    if identifier_of(columns) is None:
        database.execute(read_sql("create_repeated"))
    insert = insert_customers(published_table("customers", columns), columns)
    with transaction(database):
        for keys in _key_ranges(database):
            database.execute(insert, {**parameters, "first_key": keys.start, "last_key": keys.stop - 1})
    database.execute("DROP TABLE keys; DROP TABLE IF EXISTS repeated")
    database.execute(read_sql("create_ordered"))
    return int(read_value(database, "SELECT count(*) FROM customers"))


def count_customers_of(database: Connection, source_names: Sequence[str]) -> int:
    """Return how many customers came from these files."""
    parameters = {"source_names": list(source_names)}
    return int(read_value(database, read_sql("count_customers_of"), parameters)) if source_names else 0


def _is_free_text(column: Column) -> bool:
    return column.value_type in (str, list) and not column.settings.case_sensitive


def _key_ranges(database: Connection) -> list[range]:
    """Return the ranges of keys whose customers are sorted at a time: one range, unless rows are wide."""
    record_bytes = _record_bytes(database)
    n_records = int(read_value(database, "SELECT count(*) FROM work.records"))
    n_ranges = 1 + n_records * record_bytes // PIECES.sorted_bytes if record_bytes > PIECES.wide_bytes else 1
    bounds = [KEYS * number // n_ranges for number in range(n_ranges + 1)]
    return [range(first, last) for first, last in pairwise(bounds)]


def _chunks(database: Connection, query: str, n_columns: int) -> Iterator[pd.DataFrame]:
    size = max(1, min(PIECES.cells // n_columns, PIECES.bytes // _record_bytes(database)))
    last = read_value(database, "SELECT coalesce(max(_record), 0) FROM work.records")
    for first in range(1, last + 1, size):
        frame = read_frame(database, query, {"first": first, "last": first + size - 1})
        if not frame.empty:
            yield frame.set_index("_record")


def _record_bytes(database: Connection) -> int:
    return int(read_value(database, read_sql("mean_record_bytes")))
