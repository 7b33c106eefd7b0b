"""Find which lines are one record: one line each, or several where a quote stays open."""

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from schemas.dialect import Dialect, LineRange, LineStates, QuoteFault
from warehouse.connection import Connection, read_sql
from warehouse.statements.fields import matches_text_marks
from warehouse.statements.quotes import (
    create_records,
    select_closing_lines,
    select_contained,
    select_inner_lines,
    select_unbalanced_lines,
)
from warehouse.tables import read_frame, read_value, registered


def texts_in_lines(database: Connection, texts: Iterable[str], lines: LineRange) -> set[str]:
    """Return those of some texts that any line of a source contains, or any record of several lines."""
    wanted = sorted(texts)
    found = read_value(database, select_contained(wanted, lines)) if wanted else []
    return {text for text, is_there in zip(wanted, found, strict=True) if is_there}


def doubles_marks(database: Connection, lines: LineRange) -> bool:
    """Return whether every double quote in the lines of a source is doubled, and there is one."""
    parameters = {"first_record": lines.first, "last_record": lines.last}
    return bool(read_value(database, read_sql("doubles_marks"), parameters))


def has_text_marks(database: Connection, dialect: Dialect, lines: LineRange) -> bool:
    """Return whether any line of a source has a mark that keeps a spreadsheet from reading digits as a number."""
    parameters = {"marked": matches_text_marks(dialect), "first_record": lines.first, "last_record": lines.last}
    return bool(read_value(database, read_sql("any_line_marks"), parameters))


def unbalanced_lines(database: Connection, dialect: Dialect, lines: LineRange) -> LineStates:
    """Return the lines whose quotes do not close."""
    return _states(database, select_unbalanced_lines(dialect, lines))


def closing_lines(database: Connection, dialect: Dialect, lines: LineRange) -> LineStates:
    """Return the lines with a quote, with their states if a quote is open where they begin."""
    return _states(database, select_closing_lines(dialect, lines))


def inner_lines(database: Connection, dialect: Dialect, spans: pd.DataFrame) -> pd.DataFrame:
    """Return the lines between the first and the last of records of several lines: first_record, n_fields.

    Args:
        spans: (first_record, last_record) of each record of several lines.
    """
    with registered(database, "_spans", spans):
        return read_frame(database, select_inner_lines(dialect))


def keep_spans(
    database: Connection, spans: pd.DataFrame, broken: pd.DataFrame, faults: Mapping[QuoteFault, str]
) -> None:
    """Keep the text of the records of several lines, and why quotes make no sense.

    Args:
        spans: (first_record, last_record) of each record of several lines.
        broken: (record, fault, closing_line) of each line whose quotes make no sense.
        faults: each fault in words, with ``{line}`` for the line that closes the quote.
    """
    words = pd.DataFrame({"fault": list(faults), "words": list(faults.values())})
    with registered(database, "_spans", spans):
        database.execute(read_sql("insert_raws"))
    with registered(database, "_broken", broken), registered(database, "_faults", words):
        database.execute(read_sql("insert_broken_quotes"))


def view_records(database: Connection, dialect: Dialect, lines: LineRange) -> None:
    """Make ``work.raw_records`` of a source: its lines and spans, blank lines and comments aside."""
    database.execute(create_records(dialect, lines))


def _states(database: Connection, query: str) -> LineStates:
    found = database.execute(query).fetchnumpy()
    return LineStates(np.asarray(found["record"]), np.asarray(found["state"]))
