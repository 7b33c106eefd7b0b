"""Run the audit's queries, which find rows of the finished run that break an invariant."""

from collections.abc import Iterator

import pandas as pd

from schemas.tables import published_table
from warehouse.connection import Connection, read_sql, sql_names
from warehouse.home.run import Run
from warehouse.statements.quoting import quote_identifier
from warehouse.tables import read_dicts

#: Rows of a published table checked at a time.
_CHUNK_ROWS = 100_000

#: Rows that break an invariant which are read, at most; one is shown.
_BROKEN_ROWS = 1_000

#: It scores the customers again, and is asked last: the others say more precisely what is wrong.
SCORED_AGAIN = "audit/nearest_centroid"

#: Names of the audit's other statements.
INVARIANTS = tuple(sorted(set(sql_names("audit")) - {SCORED_AGAIN}))


def broken_rows(database: Connection, run: Run, invariant: str) -> list[dict[str, object]]:
    """Return rows that break an invariant, a thousand at most; none where it holds.

    ``SCORED_AGAIN`` needs what ``create_scoring`` makes.
    """
    statement = read_sql(invariant)
    used = {"run_id": run.run_id} if "$run_id" in statement else {}
    return read_dicts(database, f"SELECT * FROM ({statement.rstrip().rstrip(';')}) LIMIT {_BROKEN_ROWS}", used)


def table_chunks(database: Connection, name: str) -> Iterator[pd.DataFrame]:
    """Yield the declared columns of a published table, chunk by chunk."""
    names = ", ".join(quote_identifier(column.name) for column in published_table(name).columns)
    query = f"SELECT {names} FROM {quote_identifier(name)}"
    for batch in database.sql(query).to_arrow_reader(_CHUNK_ROWS):
        yield batch.to_pandas(date_as_object=False)
