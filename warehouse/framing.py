"""Find the records among the lines: one line each, or several where a quote stays open."""

import numpy as np
import pandas as pd

from schemas.dialect import Dialect, LineState
from warehouse.generated.records import (
    RecordRange,
    create_plain_frames,
    create_quoted_frames,
    select_lines_within,
    select_unquiet_lines,
    select_whole_lines,
)
from warehouse.opening import Connection, read_sql
from warehouse.tables import read_frame, read_value


def has_mark(database: Connection, mark: str, lines: RecordRange) -> bool:
    """Return whether any line of a source holds a mark."""
    parameters = {"mark": mark, "first_record": lines.first, "last_record": lines.last}
    return bool(read_value(database, read_sql("any_mark"), parameters))


def frame_plain(database: Connection, dialect: Dialect, lines: RecordRange) -> None:
    """Make ``work.framed`` of a source without quotes: every line is a record, blank ones and comments aside."""
    _drop_framed(database)
    database.execute(create_plain_frames(dialect, lines))


def unquiet_lines(database: Connection, dialect: Dialect, lines: RecordRange) -> dict[int, LineState]:
    """Return the lines whose quotes do not close: record key -> state, ascending."""
    return _states(database, select_unquiet_lines(dialect, lines))


def lines_within(database: Connection, dialect: Dialect, lines: RecordRange) -> dict[int, LineState]:
    """Return the lines with a quote: record key -> state if a quote is open where it begins, ascending."""
    return _states(database, select_lines_within(dialect, lines))


def whole_lines(
    database: Connection, dialect: Dialect, lines: RecordRange, joined: list[tuple[int, int]], n_fields: int
) -> set[int]:
    """Return the lines inside joined records that have all the fields of a record themselves."""
    inner = [record for first, last in joined for record in range(first + 1, last)]
    if not inner:
        return set()
    database.register("_joined", pd.DataFrame({"record": np.asarray(inner, dtype=np.int64)}))
    try:
        found = read_frame(database, select_whole_lines(dialect, lines, n_fields))
    finally:
        database.unregister("_joined")
    return set(found.loc[found["is_whole"], "record"])


def frame_quoted(
    database: Connection,
    dialect: Dialect,
    lines: RecordRange,
    joined: list[tuple[int, int]],
    broken: dict[int, str],
) -> None:
    """Make ``work.framed`` of a source with quotes, and keep the text of the records of several lines."""
    members = [(record, first) for first, last in joined for record in range(first, last + 1)]
    frame = pd.DataFrame(members, columns=["record", "first_record"], dtype="int64")
    faults = pd.DataFrame({"record": list(broken), "reason": list(broken.values())}).astype(
        {"record": "int64", "reason": "str"}
    )
    _drop_framed(database)
    database.register("_joined", frame)
    database.register("_broken", faults)
    try:
        database.execute(create_quoted_frames(dialect, lines))
    finally:
        database.unregister("_joined")
        database.unregister("_broken")
    database.execute(read_sql("insert_raws"))


def _states(database: Connection, query: str) -> dict[int, LineState]:
    return {record: LineState(state) for record, state in database.execute(query).fetchall()}


def _drop_framed(database: Connection) -> None:
    """Make room for the frames of a source, as a view or a table."""
    kind = read_value(database, read_sql("kind_of_framed"))
    if kind is not None:
        database.execute(f"DROP {kind} work.framed")
