"""Find the records that may be no customers, and what the records between them add up to."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from schemas.dataset import Column
from schemas.fields import Role
from warehouse.connection import Connection
from warehouse.statements.report_rows import (
    number_columns,
    select_any_bare,
    select_met_once,
    select_sums_between,
    select_suspects,
    select_without,
)
from warehouse.tables import read_dicts, read_frame, registered


@dataclass(frozen=True)
class Between:
    """How many records are between two suspects, or below the last, and the sum of each column of numbers."""

    n: int
    sums: tuple[float, ...]


@dataclass(frozen=True)
class Suspect:
    """A record that may be no customer.

    Attributes:
        label: its one text; None where it holds numbers alone.
        is_named_total: whether the text names a total.
        is_unusual: whether the text is not written as the others of its column.
        is_alone: whether nothing else is in the record.
        numbers: number of each column of numbers; None where there is none.
        above: the records between it and the suspect before.
    """

    record: int
    column_name: str | None
    label: str | None
    is_named_total: bool
    is_unusual: bool
    is_alone: bool
    numbers: tuple[float | None, ...]
    above: Between


#: A record below all others.
_BELOW = 2**62


def find_suspects(database: Connection, columns: Sequence[Column]) -> tuple[list[Suspect], Between]:
    """Return the records of ``work.texts`` that may be no customers, in their order, and what is below the last."""
    nothing = Between(0, (0.0,) * len(number_columns(columns)))
    # The patterns of words take longer to compile than most files to read.
    bare = read_dicts(database, select_any_bare(columns))
    rows = read_dicts(database, select_suspects(columns)) if bare else []
    if not rows:
        return [], nothing
    records = [*(row["record"] for row in rows), _BELOW]
    with registered(database, "_suspects", pd.DataFrame({"record": records})):
        sums = read_dicts(database, select_sums_between(columns))
    between = {row["record"]: Between(row["n"], tuple(row["sums"])) for row in sums}
    suspects = [Suspect(**row, above=between.get(row["record"], nothing)) for row in rows]
    return suspects, between.get(_BELOW, nothing)


def without_key(database: Connection, identifier: Column) -> pd.DataFrame:
    """Return the records of ``work.texts`` without the customer's key: record."""
    return read_frame(database, select_without(identifier))


def met_once(database: Connection, columns: Sequence[Column], suspects: Sequence[Suspect]) -> set[str]:
    """Return the texts of some suspects that no other record holds in their column of categories."""
    found: set[str] = set()
    for column in (column for column in columns if column.role is Role.CATEGORY):
        labels = [suspect.label for suspect in suspects if suspect.column_name == column.name]
        if labels:
            with registered(database, "_suspects", pd.DataFrame({"label": labels}, dtype="str")):
                found |= set(read_frame(database, select_met_once(column))["label"])
    return found
