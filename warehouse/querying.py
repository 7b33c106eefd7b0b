"""Answer an analyst's SQL from the published file."""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import resources
from itertools import chain
from typing import Any, TypeVar

import duckdb

import warehouse
from schemas.errors import UsageError
from warehouse.connection import Connection, is_damage, one_line, published, read_sql
from warehouse.home.directory import Home
from warehouse.home.run import SOFTWARE_VERSION, has_same_names
from warehouse.tables import read_value

R = TypeVar("R")

#: Rows that are fetched at a time.
_BLOCK_ROWS = 10_000


@dataclass(frozen=True)
class NamedQuery:
    """A query that is kept with the software: the question that it answers, in words, and the statement."""

    question: str
    sql: str


def named_queries() -> dict[str, NamedQuery]:
    """Return name -> query of the questions that analysts ask most, by name."""
    found = sorted((resources.files(warehouse) / "sql" / "queries").iterdir(), key=lambda file: file.name)
    texts = {file.name.removesuffix(".sql"): file.read_text(encoding="utf-8") for file in found}
    return {name: NamedQuery(text.partition("\n")[0].removeprefix("-- "), text) for name, text in texts.items()}


@contextmanager
def queried(home: Home, sql: str) -> Iterator[tuple[list[str], Iterator[tuple[Any, ...]]]]:
    """Give the column names and the rows of one statement on the published file, one block of rows at a time.

    Raises:
        UsageError: nothing is published, or the statement cannot be run; with DuckDB's reason.
        SegmentsError: the file is damaged.
    """
    with published(home) as database:
        try:
            cursor = _stoppable(database, lambda: database.execute(sql))
            if cursor is None:
                raise UsageError("query: there is no statement; give one as SQL")
            names = [column[0] for column in cursor.description or []]
            blocks = iter(lambda: _stoppable(database, lambda: cursor.fetchmany(_BLOCK_ROWS)), [])
            first = next(blocks, [])
        except duckdb.Error as error:
            raise _refused(error, database) from error
        try:
            yield names, chain(first, chain.from_iterable(blocks))
        except duckdb.Error as error:
            raise _refused(error, database, "; the answer is not complete") from error


def _stoppable(database: Connection, compute: Callable[[], R]) -> R:
    """Return what DuckDB computes; in a thread, as it hears no signal of this process while it looks for rows."""
    with ThreadPoolExecutor(1) as pool:
        computed = pool.submit(compute)
        try:
            return computed.result()
        except BaseException:
            database.interrupt()
            raise


def _refused(error: duckdb.Error, database: Connection, end: str = "") -> Exception:
    if is_damage(error):
        return error
    said = re.sub(r" \^+$", "", one_line(error))  # in one line the mark below a word points nowhere
    return UsageError(f"query: {said}{_of_another_version(database)}{end}")


def refuse_another_version(database: Connection, home: Home) -> None:
    """Refuse a published file whose tables are those of another version.

    Raises:
        UsageError: with both versions.
    """
    version = _version_of(database)
    if not has_same_names(version):
        raise UsageError(
            f"{home.published_file} was published by version {version}, and this is {SOFTWARE_VERSION}; "
            f"publish it again: segments run SOURCE{home.option}"
        )


def _of_another_version(database: Connection) -> str:
    try:
        version = _version_of(database)
    except (duckdb.Error, IndexError):
        return "; and the file is not one that segments published: segments doctor says what is to be done"
    if has_same_names(version):
        return ""
    return (
        f"; the file was published by version {version}, whose tables may have other names than those of "
        f"{SOFTWARE_VERSION} (see CHANGELOG.md): the next run replaces it"
    )


def _version_of(database: Connection) -> str:
    return str(read_value(database, read_sql("select_published_version")))
