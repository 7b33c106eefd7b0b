"""What became of segments and customers since the earlier run: transitions, lifetimes and memberships that ended."""

import pandas as pd

from warehouse.connection import Connection, read_sql
from warehouse.home.run import Run
from warehouse.tables import read_dicts, read_frame, registered


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
    """Fill ``segment_lifetimes`` with the segments of a run that follows none."""
    database.execute(read_sql("insert_segment_lifetimes"), {"as_of": run.as_of.isoformat()})


def insert_earlier_lifetimes(database: Connection) -> None:
    """Add the segments that have ended; the earlier run is attached as ``previous``, transitions are known."""
    database.execute(read_sql("insert_earlier_lifetimes"))


def insert_past_memberships(database: Connection, run: Run) -> None:
    """Fill ``past_memberships`` with those of the earlier run, attached as ``previous``, and those that ended since."""
    database.execute(read_sql("insert_past_memberships"), {"as_of": run.as_of.isoformat()})


def count_moves(database: Connection, run: Run) -> dict[str, int]:
    """Return how many customers stayed in their segment, moved, are new and are gone since the earlier run."""
    (moves,) = read_dicts(database, read_sql("count_moves"), {"as_of": run.as_of.isoformat()})
    return moves
