"""Run the audit's queries, which find rows of the finished run that break an invariant."""

from schemas.published import PUBLISHED
from warehouse.connection import Connection, read_sql, sql_names
from warehouse.home.run import Run
from warehouse.statements.checks import broken_checks, broken_tables
from warehouse.tables import read_dicts

#: Rows or values that break something which are read, at most; one is shown.
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


def broken_values(database: Connection) -> dict[str, list[dict[str, object]]]:
    """Return published tables with values that break a check of their declaration, a thousand of each at most."""
    broken = [row["name"] for row in read_dicts(database, broken_tables(PUBLISHED))]
    return {name: read_dicts(database, broken_checks(name, _BROKEN_ROWS)) for name in broken}
