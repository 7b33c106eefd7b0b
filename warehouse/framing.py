"""Find the records among the lines: one line each, or several where a quote stays open."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from schemas.dialect import Dialect, LineStates
from warehouse.connection import Connection, read_sql
from warehouse.statements.records import (
    RecordRange,
    create_plain_frames,
    create_quoted_frames,
    select_agreeing_lines,
    select_lines_within,
    select_unquiet_lines,
    select_whole_lines,
)
from warehouse.tables import read_value

#: Fields that a line of any text may show.
_FIELDS_OF_ANY_TEXT = 2


def has_mark(database: Connection, mark: str, lines: RecordRange) -> bool:
    """Return whether any line of a source holds a mark."""
    parameters = {"mark": mark, "first_record": lines.first, "last_record": lines.last}
    return bool(read_value(database, read_sql("any_mark"), parameters))


def frame_plain(database: Connection, dialect: Dialect, lines: RecordRange) -> None:
    """Make ``work.framed`` of a source without quotes: every line is a record, blank ones and comments aside."""
    _drop_framed(database)
    database.execute(create_plain_frames(dialect, lines))


def unquiet_lines(database: Connection, dialect: Dialect, lines: RecordRange) -> LineStates:
    """Return the lines whose quotes do not close."""
    return _states(database, select_unquiet_lines(dialect, lines))


def lines_within(database: Connection, dialect: Dialect, lines: RecordRange) -> LineStates:
    """Return the lines with a quote, with their states if a quote is open where they begin."""
    return _states(database, select_lines_within(dialect, lines))


def whole_lines(database: Connection, dialect: Dialect, joined: pd.DataFrame, n_fields: int) -> NDArray[np.int64]:
    """Return the keys of the lines inside joined records that have all the fields of a record themselves.

    A line with one delimiter may well be part of a text: of two fields, all lines of a record have to agree.

    Args:
        joined: (first_record, last_record) of each record of several lines.
        n_fields: fields of a record, 2 or more.

    Returns:
        int64 of shape (w,), ascending.
    """
    select = select_whole_lines if n_fields > _FIELDS_OF_ANY_TEXT else select_agreeing_lines
    database.register("_joined", joined)
    try:
        found = database.execute(select(dialect, n_fields)).fetchnumpy()
    finally:
        database.unregister("_joined")
    return np.asarray(found["record"], dtype=np.int64)


def frame_quoted(
    database: Connection,
    dialect: Dialect,
    lines: RecordRange,
    joined: pd.DataFrame,
    broken: pd.DataFrame,
    max_lines: int,
) -> None:
    """Make ``work.framed`` of a source with quotes, and keep the text of the records of several lines.

    Args:
        joined: (first_record, last_record) of each record of several lines.
        broken: (record, fault, closing_record) of each line whose quotes make no sense.
        max_lines: lines that one record may fill, for the words.
    """
    _drop_framed(database)
    database.register("_joined", joined)
    database.register("_broken", broken)
    try:
        database.execute(create_quoted_frames(dialect, lines, max_lines))
    finally:
        database.unregister("_joined")
        database.unregister("_broken")
    database.execute(read_sql("insert_raws"))


def _states(database: Connection, query: str) -> LineStates:
    found = database.execute(query).fetchnumpy()
    return LineStates(np.asarray(found["record"], dtype=np.int64), np.asarray(found["state"], dtype=np.int8))


def _drop_framed(database: Connection) -> None:
    """Make room for the frames of a source, as a view or a table."""
    kind = read_value(database, read_sql("kind_of_framed"))
    if kind is not None:
        database.execute(f"DROP {kind} work.framed")
