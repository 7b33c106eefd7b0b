"""Derive columns, SQL types, grains and checks from the declarations of the published tables."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

import numpy as np
import pandera.pandas as pa

from schemas.dataset import Column
from schemas.published import PUBLISHED, VIEWS
from schemas.published.segments import SegmentProfile

SQL_TYPES: dict[Any, str] = {
    int: "BIGINT",
    float: "DOUBLE",
    str: "VARCHAR",
    bool: "BOOLEAN",
    list: "VARCHAR[]",
    list[str]: "VARCHAR[]",
    dict[str, float]: "MAP(VARCHAR, DOUBLE)",
    date: "DATE",
    datetime: "TIMESTAMP",
}


@dataclass(frozen=True)
class TableColumn:
    """One column of a published table."""

    name: str
    sql_type: str
    nullable: bool
    description: str


@dataclass(frozen=True)
class Table:
    """One published table, with the columns that the dataset adds to it."""

    name: str
    grain: str
    columns: tuple[TableColumn, ...]
    schema: str = "main"


def published_table(name: str, dataset_columns: tuple[Column, ...] = ()) -> Table:
    """Return the declaration of a published table or view.

    Args:
        name: one of ``schemas.published.PUBLISHED`` or ``VIEWS``.
        dataset_columns: the columns of the customers file; they belong to ``customers`` alone.
    """
    model = (PUBLISHED | VIEWS)[name]
    columns = list(_own_columns(model))
    if name == "customers":
        taken = {column.name for column in columns}
        columns += [_from_dataset(column) for column in dataset_columns if column.name not in taken]
    return Table(name, _grain(model), tuple(columns))


def history_table(name: str) -> Table:
    """Return the declaration of what earlier runs had in a table of ``schemas.published.HISTORY``."""
    own, runs = published_table(name), {column.name: column for column in published_table("runs").columns}
    return Table(name, f"Of earlier runs: {own.grain}", (runs["run_id"], runs["as_of"], *own.columns), "history")


def profile_view(features: Iterable[str]) -> Table:
    """Return the declaration of the view ``segment_profile``, with a column for each of these features."""
    means = (
        TableColumn(name, "DOUBLE", True, f"Mean of {name}; of a binary feature the share of customers that have it")
        for name in features
    )
    return Table("segment_profile", _grain(SegmentProfile), (*_own_columns(SegmentProfile), *means))


@cache
def checks_of(name: str) -> pa.DataFrameSchema:
    """Return the value checks of a published table; the types are the database's to keep."""
    declared = PUBLISHED[name].to_schema().columns
    return pa.DataFrameSchema(
        {
            column_name: pa.Column(
                checks=[*column.checks, *_finite(column)], nullable=column.nullable, unique=column.unique
            )
            for column_name, column in declared.items()
        }
    )


def _finite(column: pa.Column) -> list[pa.Check]:
    """Return the check that no table holds an infinity; a missing number is null, never NaN."""
    is_float = str(column.dtype).startswith("float")
    return [pa.Check(lambda values: np.isfinite(values), name="finite")] if is_float else []


def _grain(model: type[pa.DataFrameModel]) -> str:
    return (model.__doc__ or "").strip().splitlines()[0]


@cache
def _own_columns(model: type[pa.DataFrameModel]) -> tuple[TableColumn, ...]:
    declared = model.to_schema().columns
    return tuple(
        TableColumn(name, SQL_TYPES[annotation.arg], declared[name].nullable, declared[name].description or "")
        for name, (annotation, _) in model.__fields__.items()
    )


def _from_dataset(column: Column) -> TableColumn:
    unit = f" ({column.settings.unit})" if column.settings.unit else ""
    return TableColumn(column.name, SQL_TYPES[column.value_type], column.nullable, f"{column.description}{unit}")
