"""Answer an analyst's SQL from the published file."""

from typing import Any

import duckdb

from schemas.errors import UsageError
from warehouse.connection import is_damage, published
from warehouse.home.directory import Home


def query_published(home: Home, sql: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Return the column names and rows of one statement on the published file.

    Raises:
        UsageError: nothing is published, or the statement cannot be run; with DuckDB's reason.
        SegmentsError: the file is damaged.
    """
    with published(home) as database:
        try:
            cursor = database.execute(sql)
            if cursor is None:
                raise UsageError("query: there is no statement; give one as SQL")
            names = [column[0] for column in cursor.description or []]
            return names, cursor.fetchall()
        except duckdb.Error as error:
            if is_damage(error):
                raise
            raise UsageError(f"query: {' '.join(str(error).split())}") from error
