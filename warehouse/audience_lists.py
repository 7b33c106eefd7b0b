"""Make the list of a segment's customers for upload, and what has changed since the last one."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import duckdb

from schemas.errors import SegmentsError
from warehouse.connection import Connection, one_line
from warehouse.exporting import Relation, copy, relation_of
from warehouse.home.directory import Home
from warehouse.statements.audience_lists import (
    ListColumn,
    count_blank,
    count_kinds,
    count_unusable,
    create_changes,
    create_listed,
    create_members,
)
from warehouse.statements.exporting import TypedColumn
from warehouse.statements.quoting import quote_text
from warehouse.tables import read_dicts, read_value


@dataclass(frozen=True)
class Kinds:
    """What the values of a column look like: how many customers have one, an e-mail address, maybe a phone number."""

    n_values: int
    n_emails: int
    n_phones: int


@dataclass(frozen=True)
class Unusable:
    """Values that are left blank: numbers without a country code, and all that are no address or number."""

    n_without_code: int
    n_unusable: int


@dataclass(frozen=True)
class Listed:
    """The list of a segment, in the table ``listed``.

    Attributes:
        columns: of the list, with their types.
        n_rows: of the list.
        n_blank: customers left out, as they have no value to be listed by.
        n_repeated: customers left out, as another one has the same value.
    """

    columns: tuple[TypedColumn, ...]
    n_rows: int
    n_blank: int
    n_repeated: int


def kinds_of(database: Connection, column: str) -> Kinds:
    """Return what the values of a column of customers look like."""
    return Kinds(**read_dicts(database, count_kinds(ListColumn(column)))[0])


def unusable_values(database: Connection, column: ListColumn, segment_id: int) -> Unusable:
    """Return how many values of a column are left blank in the list of a segment."""
    return Unusable(**read_dicts(database, count_unusable(column), {"segment_id": segment_id})[0])


def make_list(database: Connection, columns: Sequence[ListColumn], segment_id: int) -> Listed:
    """Make the table ``listed``: the customers of a segment, each once by its keys; see ``keys_of``."""
    keys = keys_of(columns)
    database.execute(create_members(columns), {"segment_id": segment_id})
    database.execute(create_listed(keys))
    listed = relation_of(database, "temp", "listed")
    n_members, n_blank = (
        int(read_value(database, query)) for query in ("SELECT count(*) FROM members", count_blank(keys))
    )
    return Listed(listed.columns, listed.n_rows, n_blank, n_members - n_blank - listed.n_rows)


def keys_of(columns: Sequence[ListColumn]) -> list[str]:
    """Return the columns by which a row of the list is the same one: those that are hashed, else all."""
    hashed = [column.listed_name for column in columns if column.kind != "as it is"]
    return hashed or [column.listed_name for column in columns]


def make_changes(database: Connection, columns: Sequence[ListColumn], last: Path | None) -> tuple[int, int]:
    """Make the table ``changes``: the rows that ``listed`` has more than a last list, and less.

    Args:
        database: with the table ``listed``.
        columns: of the list.
        last: the last list; None where there is none.

    Returns:
        Number of rows added, and removed.

    Raises:
        SegmentsError: the last list is damaged.
    """
    source = "FROM listed LIMIT 0" if last is None else f"FROM read_parquet({quote_text(str(last))})"
    try:
        database.execute(f"CREATE TEMP TABLE last_list AS {source}")
    except duckdb.Error as error:
        raise SegmentsError(f"the last list is damaged ({one_line(error)})") from error
    database.execute(create_changes(keys_of(columns)))
    query = "SELECT count(*) FILTER (change = 'added') AS a, count(*) FILTER (change = 'removed') AS r FROM changes"
    (counts,) = read_dicts(database, query)
    return counts["a"], counts["r"]


def list_to_write(database: Connection, *, only_changes: bool) -> Relation:
    """Return the table of the list, or of its changes."""
    return relation_of(database, "temp", "changes" if only_changes else "listed")


def keep_list(database: Connection, path: Path) -> None:
    """Write the list to a file, for the changes since then.

    Raises:
        OSError: it cannot be written.
    """
    copy(database, "FROM listed", path, "parquet")


def last_list_file(home: Home, segment_id: int, columns: Sequence[TypedColumn]) -> Path:
    """Return where the last list of a segment is kept; each choice of columns is a list of its own."""
    key = sha256("\n".join(f"{column.name} {column.sql_type}" for column in columns).encode()).hexdigest()[:12]
    return home.audiences / f"segment-{segment_id}-{key}.parquet"
