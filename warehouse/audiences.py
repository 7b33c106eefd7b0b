"""Frozen audiences: the members of a segment on a day, with a control group, which later runs carry on unchanged."""

from dataclasses import dataclass
from datetime import date, datetime

from schemas.errors import UsageError
from warehouse.connection import Connection, attached, published, read_sql
from warehouse.home.directory import Home
from warehouse.home.run import Run
from warehouse.integrity import published_state
from warehouse.tables import read_dicts, read_value, transaction

#: The tables that every run carries on.
_CARRIED = ("audiences", "audience_members")


@dataclass(frozen=True)
class Audience:
    """One row of the table audiences."""

    audience: str
    segment_id: int
    segment_name: str
    dataset: str
    run_id: str
    as_of: date
    frozen_at: datetime
    customers: int
    control_customers: int
    seed: int


def audiences(home: Home) -> list[Audience]:
    """Return the audiences of the published file, the last one first.

    Raises:
        UsageError: nothing is published.
        SegmentsError: the file is damaged.
    """
    with published(home) as database:
        if not _has_audiences(database, home.published_file.stem):
            return []
        rows = read_dicts(database, "FROM audiences ORDER BY frozen_at DESC, audience")
    return [Audience(**row) for row in rows]


def numeric_columns(home: Home) -> list[str]:
    """Return the numeric columns of the published customers, in their order."""
    query = "SELECT source_column FROM features WHERE kind = 'numeric' GROUP BY ALL ORDER BY min(feature_number)"
    with published(home) as database:
        return [row["source_column"] for row in read_dicts(database, query)]


def has_identifier(database: Connection) -> bool:
    """Return whether the published customers can be recognized in later runs."""
    return bool(read_value(database, "SELECT count(segment_since) > 0 FROM customer_segments"))


def refuse_without_identifier(database: Connection, consequence: str) -> None:
    """Refuse what takes customers who are recognized in later runs.

    Raises:
        UsageError: with what cannot be done without an identifier.
    """
    if not has_identifier(database):
        raise UsageError(
            f"the dataset declares no identifier, so that {consequence}; declare one in a schema, which segments draft "
            "writes, as in: customer_id: Series[str] = identifier()"
        )


def insert_audience(
    database: Connection, name: str, segment_id: int, *, control_customers: int, seed: int, frozen_at: datetime
) -> None:
    """Add an audience and its members to the file that is amended: the customers of a segment.

    Args:
        database: with the file attached as ``amended``.
        name: of the audience.
        segment_id: the segment.
        control_customers: how many of them are in the control group.
        seed: of the draw.
        frozen_at: now, UTC.
    """
    known = {"audience": name, "segment_id": segment_id, "control_customers": control_customers, "seed": seed}
    with transaction(database):
        database.execute(read_sql("insert_audience"), known | {"frozen_at": frozen_at.replace(tzinfo=None)})
        database.execute(read_sql("insert_audience_members"), {"audience": name})


def delete_audience(database: Connection, name: str) -> None:
    """Remove an audience and its members from the file that is amended."""
    with transaction(database):
        for table in _CARRIED:
            database.execute(f"DELETE FROM amended.{table} WHERE audience = $audience", {"audience": name})


def carry_audiences(database: Connection, run: Run) -> None:
    """Copy the audiences of the published file into the run; of a damaged file that nothing replaces they are lost."""
    if published_state(run.home).run_id is None:
        return
    with attached(database, run.home.published_file, "published"):
        if _has_audiences(database, "published"):
            for table in _CARRIED:
                database.execute(f"INSERT INTO {table} BY NAME FROM published.{table} ORDER BY rowid")


def _has_audiences(database: Connection, name: str) -> bool:
    """Return whether an attached file has the tables; those of version 0.1 have not."""
    query = "SELECT 1 FROM duckdb_tables() WHERE database_name = $name AND table_name = 'audience_members'"
    return bool(database.execute(query, {"name": name}).fetchall())
