"""Run the audit's queries, which find rows of the finished run that break an invariant."""

from collections.abc import Callable, Iterator

import pandas as pd

from schemas.tables import published_table
from warehouse.connection import Connection, read_sql, sql_names
from warehouse.home.run import Run
from warehouse.statements.quoting import quote_identifier
from warehouse.tables import read_dicts, read_value

#: Customers scored again by SQL in the audit, about; of more, those at equal steps in the canonical order.
SCORED_AGAIN = 50_000

#: Rows of a published table checked at a time.
_CHUNK_ROWS = 100_000

#: Rows that break an invariant which are read, at most; one is shown.
_BROKEN_ROWS = 1_000

#: They score the customers again, and come last, as the others say more precisely what is wrong.
_LAST = ("audit/nearest_centroid", "audit/along_components")


def invariants() -> list[str]:
    """Return the names of the audit's statements, in the order in which they are asked."""
    return [*sorted(set(sql_names("audit")) - set(_LAST)), *_LAST]


def broken_rows(database: Connection, run: Run, invariant: str) -> list[dict[str, object]]:
    """Return rows that break an invariant, a thousand at most; none where it holds.

    Needs the views of ``create_long_views``.
    """
    statement = read_sql(invariant)
    values: dict[str, Callable[[], object]] = {"run_id": lambda: run.run_id, "every": lambda: _step(database)}
    used = {name: value() for name, value in values.items() if f"${name}" in statement}
    return read_dicts(database, f"SELECT * FROM ({statement.rstrip().rstrip(';')}) LIMIT {_BROKEN_ROWS}", used)


def _step(database: Connection) -> int:
    """Return how many customers apart those are that are scored again."""
    return max(1, int(read_value(database, "SELECT count(*) FROM customers")) // SCORED_AGAIN)


def table_chunks(database: Connection, name: str) -> Iterator[pd.DataFrame]:
    """Yield the declared columns of a published table, chunk by chunk."""
    names = ", ".join(quote_identifier(column.name) for column in published_table(name).columns)
    query = f"SELECT {names} FROM {quote_identifier(name)}"
    for batch in database.sql(query).to_arrow_reader(_CHUNK_ROWS):
        yield batch.to_pandas(date_as_object=False)
