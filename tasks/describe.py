"""Describe each segment: size, statistics, a name and a sentence; and find columns that the segments duplicate."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from schemas.dataset import Column
from schemas.fields import Role
from tasks.cluster import Clustered
from tasks.clustering.rows import Floats
from tasks.ingest import Ingested
from tasks.reporting.column_association import (
    ColumnAssociation,
    association_of_items,
    association_of_number,
    association_of_values,
)
from tasks.reporting.naming import Trait, description_of, name_of, unique_names
from tasks.run.columns import run_columns
from tasks.run.step import recorded
from warehouse.column_associations import lists_of_several, number_counts, present_counts
from warehouse.connection import Connection, one_thread, read_sql, staging
from warehouse.features import create_profile_view
from warehouse.home.run import Run
from warehouse.segments import insert_segment_stats, numbered_segments
from warehouse.tables import insert_frame, read_dicts


@dataclass(frozen=True)
class Described:
    """How many segments were described, the sizes at both ends, and what is to be known of them."""

    n_segments: int
    largest: int
    smallest: int
    notes: tuple[str, ...]


@recorded
def describe(run: Run, ingested: Ingested, clustered: Clustered) -> Described:
    """Fill segment_stats, segments, column_associations and the view segment_profile."""
    columns = run_columns(run, ingested.kept_columns)
    with staging(run) as database:
        insert_segment_stats(database, columns)
        sizes = numbered_segments(database)
        with one_thread(database):
            traits = read_dicts(database, read_sql("select_traits"))
        insert_frame(database, "segments", _segments(sizes, traits, columns))
        told = _columns_telling(database, columns, sizes)
        insert_frame(database, "column_associations", _associations(told))
        create_profile_view(database)
    notes = tuple(one.note for one in told if one.is_redundant)
    return Described(clustered.n_clusters, int(sizes["customers"].max()), int(sizes["customers"].min()), notes)


def _segments(sizes: pd.DataFrame, rows: Sequence[dict[str, Any]], columns: tuple[Column, ...]) -> pd.DataFrame:
    shares = sizes["customers"] / sizes["customers"].sum()
    traits = [_traits(rows, int(segment_id), columns) for segment_id in sizes["segment_id"]]
    is_only = len(sizes) == 1
    names = ["all customers"] if is_only else unique_names([name_of(own) for own in traits])
    descriptions = [description_of(own, share=share) for own, share in zip(traits, shares, strict=True)]
    return sizes.assign(
        name=names,
        description=descriptions,
        share=shares,
    ).astype({"previous_customers": "Int64"})


def _traits(rows: Sequence[dict[str, Any]], segment_id: int, columns: tuple[Column, ...]) -> list[Trait]:
    words = {column.name: column.name.replace("_", " ") for column in columns}
    return [
        Trait(
            column=words[row["source_column"]],
            value=row["value"],
            is_number=row["kind"] == "numeric",
            mean=row["mean"],
            overall=row["overall_mean"],
            spread=row["spread"] or 0.0,
            is_item=row["kind"] == Role.ITEMS,
        )
        for row in rows
        if row["segment_id"] == segment_id
    ]


def _columns_telling(
    database: Connection, columns: tuple[Column, ...], segments: pd.DataFrame
) -> list[ColumnAssociation]:
    """Return what each column says of the segments, in the declared order."""
    ids, sizes = segments["segment_id"], segments["customers"].to_numpy(np.float64)
    present = dict(list(present_counts(database).groupby("source_column", sort=False)))
    groups, cuts = (dict(list(frame.groupby("source_column", sort=False))) for frame in number_counts(database))
    of_several = lists_of_several(database)
    told = []
    for column in (column for column in columns if column.is_feature):
        name = column.name
        if column.role is Role.NUMERIC:
            _, counts = _table(groups.get(name), "low", ids)
            bounds = cuts[name]["cut"].tolist() if name in cuts else []
            told.append(association_of_number(name, bounds, counts))
            continue
        values, counts = _table(present.get(name), "value", ids)
        if name in of_several:
            told.append(association_of_items(name, values, counts, sizes))
        else:
            is_list = column.role is Role.ITEMS
            told.append(association_of_values(name, column.role.value, counts, sizes, is_list=is_list))
    return told


def _table(frame: pd.DataFrame | None, by: str, ids: pd.Series) -> tuple[list[Any], Floats]:
    """Return the values of a column in their order, and how many customers of each segment have each."""
    if frame is None:
        return [], np.zeros((0, len(ids)))
    codes, values = pd.factorize(frame[by], use_na_sentinel=False)
    table = np.zeros((len(values), len(ids)))
    table[codes, np.searchsorted(ids, frame["segment_id"])] = frame["customers"]  # they ascend
    return list(values), table


def _associations(told: Sequence[ColumnAssociation]) -> pd.DataFrame:
    rows = [(one.source_column, one.kind, one.association, one.is_redundant, one.reason) for one in told]
    frame = pd.DataFrame(rows, columns=["source_column", "kind", "association", "is_redundant", "reason"])
    return frame.astype({"association": "float64"})
