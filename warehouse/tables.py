"""Create and fill the published tables; names and types come from ``schemas.published`` alone."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pandas as pd

from schemas.dataset import Column
from schemas.published import HISTORY, PUBLISHED, VIEWS
from schemas.tables import history_table, published_table
from warehouse.connection import Connection, read_sql
from warehouse.statements.quoting import quote_identifier
from warehouse.statements.tables import comments_on, create_table, create_view


def create_published_tables(database: Connection, columns: tuple[Column, ...]) -> None:
    """Create every published table, empty, and the views on them; ``comment_tables`` says what they hold."""
    tables = [create_table(published_table(name, columns)) for name in PUBLISHED]
    views = [create_view(published_table(name), read_sql(f"views/{name}")) for name in VIEWS]
    history = [create_table(history_table(name)) for name in HISTORY]
    _execute_many(database, ["CREATE SCHEMA history;", *tables, *views, *history])


def comment_tables(database: Connection, columns: tuple[Column, ...]) -> None:
    """Say in the file what each published table and column holds."""
    tables = [comments_on(published_table(name, columns)) for name in PUBLISHED]
    _execute_many(database, [*tables, *(comments_on(history_table(name)) for name in HISTORY)])


def replace_amended(database: Connection, table: str) -> None:
    """Put the rows that the run has of a table in the place of those in the file that it amends."""
    name = quote_identifier(table)
    with transaction(database):
        database.execute(f"DELETE FROM amended.{name}")
        database.execute(f"INSERT INTO amended.{name} BY NAME FROM night.{name}")


def insert_frame(database: Connection, table: str, frame: pd.DataFrame) -> None:
    """Append a frame to a table, column by name; the frame holds every column that is not null."""
    if frame.empty:
        return
    names = ", ".join(quote_identifier(str(name)) for name in frame.columns)
    with registered(database, "_frame", frame):
        database.execute(f"INSERT INTO {quote_identifier(table)} ({names}) SELECT {names} FROM _frame")


@contextmanager
def registered(database: Connection, name: str, frame: pd.DataFrame) -> Iterator[None]:
    """Let the statements within read a frame as a table of this name."""
    database.register(name, frame)
    try:
        yield
    finally:
        database.unregister(name)


@contextmanager
def transaction(database: Connection) -> Iterator[None]:
    """Make the statements within take effect together, or none of them."""
    database.execute("BEGIN")
    try:
        yield
    except BaseException:
        database.execute("ROLLBACK")
        raise
    database.execute("COMMIT")


def read_frame(database: Connection, query: str, parameters: Mapping[str, Any] | None = None) -> pd.DataFrame:
    """Return the rows of a query as a frame."""
    frame: pd.DataFrame = database.execute(query, parameters or {}).df()
    return frame


def read_value(database: Connection, query: str, parameters: Mapping[str, Any] | None = None) -> Any:
    """Return the one value of a query of one row and one column."""
    return database.execute(query, parameters or {}).fetchall()[0][0]


def read_dicts(database: Connection, query: str, parameters: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
    """Return the rows of a query as dictionaries of plain Python values."""
    cursor = database.execute(query, parameters or {})
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _execute_many(database: Connection, statements: list[str]) -> None:
    # There is nothing to optimize in them, and to look for it takes half of their time.
    with transaction(database):
        database.execute(f"PRAGMA disable_optimizer; {''.join(statements)} PRAGMA enable_optimizer")
