"""Store the rejected records, each with its line, its fault and its raw text."""

from dataclasses import dataclass

import pandas as pd

from schemas.dataset import Column
from schemas.dialect import LineRange
from schemas.layout import Layout
from warehouse.connection import Connection, read_sql
from warehouse.home.run import Run
from warehouse.statements.commas import column_before_list, select_undecidable
from warehouse.statements.customers import insert_item_faults
from warehouse.statements.quoting import quote_text
from warehouse.tables import read_frame, read_value, registered


@dataclass(frozen=True)
class RejectedGroup:
    """Rejected rows with one kind of fault in one column."""

    column_name: str | None
    code: str
    n_rows: int
    first_line: int
    first_reason: str
    first_source: str


@dataclass(frozen=True)
class Shape:
    """A source as its records are judged by: its layout, the columns of the run, the keys of its lines."""

    layout: Layout
    columns: tuple[Column, ...]
    lines: LineRange


def reject_misshapen(database: Connection, shape: Shape) -> None:
    """Reject the records whose fields are ambiguous: too few, too many, broken quotes."""
    layout = shape.layout
    database.execute(
        read_sql("reject_misshapen"),
        {
            "n_fields": layout.n_fields,
            "takes_more": layout.takes_more,
            "wide_column": layout.wide_column,
            "wide_cells": layout.item_cells.in_words.replace(" and ", " or ").replace("counts", "a count"),
            "first_record": shape.lines.first,
            "last_record": shape.lines.last,
            **_around_the_comma(shape),
        },
    )


def reject_undecodable(database: Connection, shape: Shape, encoding: str) -> None:
    """Reject the records with undecodable bytes."""
    parameters = {"encoding": encoding, "first_record": shape.lines.first, "last_record": shape.lines.last}
    database.execute(read_sql("reject_undecodable"), parameters)


def reject_uncorrected(database: Connection, shape: Shape) -> None:
    """Reject the resubmitted records that still show undecodable bytes."""
    database.execute(
        read_sql("reject_uncorrected"), {"first_record": shape.lines.first, "last_record": shape.lines.last}
    )


def reject_undecidable(database: Connection, shape: Shape) -> None:
    """Reject the records whose first item is known as a value of the text before the list."""
    query = select_undecidable(shape.layout, shape.columns, shape.lines)
    if query is None:
        return
    found = read_frame(database, query)
    words = _around_the_comma(shape)
    reasons = [
        f"{value!r} may be one {words['text_column']}, or a {words['text_column']} and the first of its "
        f"{words['list_column']}; expected quotes around it, or the allowed values in the schema"
        for value in found["value"]
    ]
    faults = found.assign(column_name=None, code="undecidable_comma", reason=reasons)
    reject(database, faults)


def reject(database: Connection, faults: pd.DataFrame) -> None:
    """Reject the records of a frame of faults: record, column_name, code, value, reason."""
    if faults.empty:
        return
    typed = faults.astype({"record": "int64", "column_name": "str", "value": "str"})
    with registered(database, "_faults", typed):
        database.execute(read_sql("insert_rejected"))


def reject_items(database: Connection, column: Column, faults: pd.DataFrame) -> None:
    """Reject the records that hold a faulty item of a column; faults: item, column_name, code, value, reason."""
    if faults.empty:
        return
    with registered(database, "_faults", faults.astype("str")):
        database.execute(insert_item_faults(column))


def publish_rejected(database: Connection, run: Run) -> None:
    """Fill ``rejected_rows``: every rejected record and reason, with its file, line and text."""
    database.execute(read_sql("insert_rejected_rows"), {"run_id": run.run_id})


def count_rejected(database: Connection, code: str | None = None) -> int:
    """Return how many records are rejected, for one code or any, each counted once whatever its number of faults."""
    query = "SELECT count(DISTINCT record) FROM work.rejected WHERE $code IS NULL OR code = $code"
    return int(read_value(database, query, {"code": code}))


def rejected_groups(database: Connection) -> tuple[RejectedGroup, ...]:
    """Return the rejected rows by column and kind of fault, the most frequent first."""
    return tuple(RejectedGroup(*row) for row in database.execute(read_sql("count_rejected")).fetchall())


def export_rejected(database: Connection, run: Run) -> None:
    """Write the rejected rows beside the manifest, for a run whose tables will not be published."""
    query = read_sql("export_rejected")
    database.execute(f"COPY ({query}) TO {quote_text(str(run.rejected_rows_file))} (HEADER, DELIMITER ',')")


def _around_the_comma(shape: Shape) -> dict[str, str | None]:
    """Return the headers of the list and of the text before it, between which a comma is ambiguous."""
    layout = shape.layout
    if layout.list_column is None or column_before_list(layout, shape.columns) is None:
        return {"text_column": None, "list_column": None}
    position = layout.positions[layout.list_column]
    return {"text_column": layout.header[position - 1], "list_column": layout.header[position]}
