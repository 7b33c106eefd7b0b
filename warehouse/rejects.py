"""Keep the rows that cannot be customers, with their line, their fault and their raw text."""

from dataclasses import dataclass

import pandas as pd

from schemas.layout import Layout
from warehouse.generated import quote_text
from warehouse.opening import Connection, read_sql
from warehouse.run import Run
from warehouse.tables import read_dicts, read_value


@dataclass(frozen=True)
class RejectedGroup:
    """Rejected rows with one kind of fault in one column."""

    column_name: str | None
    code: str
    rows: int
    first_line: int
    first_reason: str


def reject_misshapen(database: Connection, run: Run, layout: Layout) -> None:
    """Reject the records whose fields cannot be told apart: too few, too many, broken quotes."""
    database.execute(
        read_sql("reject_misshapen"),
        {
            "run_id": run.run_id,
            "n_fields": len(layout.header),
            "takes_more": layout.list_column is not None,
            "wide_column": layout.wide_column,
        },
    )


def reject(database: Connection, run: Run, faults: pd.DataFrame) -> None:
    """Reject the rows of a frame of faults : line_number, column_name, code, value, reason."""
    if faults.empty:
        return
    database.register("_faults", faults.astype({"line_number": "int64"}))
    try:
        database.execute(read_sql("insert_rejected"), {"run_id": run.run_id})
    finally:
        database.unregister("_faults")


def count_rejected(database: Connection) -> int:
    """Return how many records are rejected, each counted once whatever its number of faults."""
    return int(read_value(database, "SELECT count(DISTINCT line_number) FROM rejected_rows"))


def rejected_groups(database: Connection) -> tuple[RejectedGroup, ...]:
    """Return the rejected rows by column and kind of fault, the commonest first."""
    return tuple(
        RejectedGroup(row["column_name"], row["code"], row["n_rows"], row["first_line"], row["first_reason"])
        for row in read_dicts(database, read_sql("count_rejected"))
    )


def export_rejected(database: Connection, run: Run) -> None:
    """Write the rejected rows beside the manifest, for a run whose tables will not be published."""
    query = read_sql("export_rejected")
    database.execute(f"COPY ({query}) TO {quote_text(str(run.rejected_rows_file))} (HEADER, DELIMITER ',')")
