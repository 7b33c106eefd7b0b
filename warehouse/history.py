"""What became of segments and customers since the earlier run: transitions, lifetimes and memberships that ended."""

from itertools import product

import pandas as pd

from schemas.published import HISTORY
from warehouse.connection import Connection, read_sql
from warehouse.earlier_run import EarlierRun
from warehouse.home.run import Run
from warehouse.statements.history import insert_earlier
from warehouse.tables import read_dicts, read_frame, read_value, registered


def shared_customers(database: Connection) -> pd.DataFrame:
    """Return from_segment_id, to_segment_id and customers, one row per pair of segments that share some."""
    return read_frame(database, "FROM work.shared_customers")


def segment_sizes(database: Connection) -> dict[int, int]:
    """Return the customers of each segment of the run, by its number, ascending."""
    rows = read_dicts(database, "SELECT segment_id, customers FROM segments ORDER BY segment_id")
    return {row["segment_id"]: row["customers"] for row in rows}


def insert_transitions(database: Connection, transitions: pd.DataFrame) -> None:
    """Fill ``segment_transitions``; the earlier run is attached as ``previous``.

    Args:
        transitions: transition, from_segment_id, to_segment_id and shared_customers, one row per transition.
    """
    with registered(database, "_transitions", transitions):
        database.execute(read_sql("insert_segment_transitions"))


def insert_lifetimes(database: Connection, run: Run) -> None:
    """Fill ``segment_lifetimes`` with the segments of the run."""
    database.execute(read_sql("insert_segment_lifetimes"), {"as_of": run.as_of.isoformat()})


def insert_earlier_lifetimes(database: Connection) -> None:
    """Add the segments that have ended; the earlier run is attached as ``previous``, transitions are known."""
    database.execute(read_sql("insert_earlier_lifetimes"))


def insert_history(database: Connection, run: Run, earlier: EarlierRun, at_most: int | None) -> None:
    """Fill ``past_memberships`` and the schema ``history``; the earlier run is attached as ``previous``.

    Args:
        database: the run's.
        run: the run.
        earlier: the run that it follows.
        at_most: earlier runs that are kept, whole ones only; None keeps all.
    """
    first = read_value(database, read_sql("select_first_day_kept"), {"at_most": at_most, "as_of": earlier.as_of})
    database.execute(read_sql("insert_past_memberships"), {"as_of": run.as_of, "first_day": first})
    known = {"run_id": earlier.run_id, "as_of": earlier.as_of, "first_day": first}
    for name, schema in product(HISTORY, ("history", "main")):
        columns = _shared_columns(database, name, schema)
        if columns:
            statement = insert_earlier(name, schema, columns)
            database.execute(statement, {key: value for key, value in known.items() if f"${key}" in statement})


def _shared_columns(database: Connection, name: str, schema: str) -> list[str]:
    """Return the columns that a table of the earlier run shares with ours: another version may have had other names."""
    shared = read_dicts(database, read_sql("select_shared_columns"), {"table": name, "schema": schema})
    return [row["column_name"] for row in shared]


def count_moves(database: Connection, run: Run) -> dict[str, int]:
    """Return how many customers stayed in their segment, moved, are new and are gone since the earlier run."""
    (moves,) = read_dicts(database, read_sql("count_moves"), {"as_of": run.as_of.isoformat()})
    return moves
