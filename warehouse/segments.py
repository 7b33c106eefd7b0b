"""Keep who is in which segment, and what sets each segment apart."""

import pandas as pd

from schemas.dataset import Column
from warehouse.features import create_long_views
from warehouse.opening import Connection, read_sql
from warehouse.run import Run
from warehouse.tables import read_frame


def insert_customer_segments(database: Connection, run: Run, assigned: pd.DataFrame) -> None:
    """Fill ``customer_segments`` from a frame in canonical order, one row a customer."""
    database.register("_assigned", assigned.rename_axis("position").reset_index())
    try:
        database.execute(read_sql("insert_customer_segments"), {"as_of": run.as_of.isoformat()})
    finally:
        database.unregister("_assigned")


def insert_segment_stats(database: Connection, columns: tuple[Column, ...]) -> None:
    """Fill ``segment_stats`` from the customers and their segments; on one thread its sums are the same every time."""
    create_long_views(database, columns)
    database.execute(read_sql("insert_segment_stats"))


def segment_sizes(database: Connection) -> pd.DataFrame:
    """Return segment_id and customers, one row a segment."""
    return read_frame(database, read_sql("select_segment_sizes"))
