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
from warehouse.segments import insert_segment_stats, segment_sizes
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
        sizes = segment_sizes(database)
        with one_thread(database):
            traits = read_dicts(database, read_sql("select_traits"))
        insert_frame(database, "segments", _segments(run, sizes, traits, columns))
        told = _columns_telling(database, columns, sizes["customers"].to_numpy(np.float64))
        insert_frame(database, "column_associations", _associations(told))
        create_profile_view(database)
    notes = tuple(one.note for one in told if one.is_redundant)
    return Described(clustered.n_clusters, int(sizes["customers"].max()), int(sizes["customers"].min()), notes)


def _segments(
    run: Run, sizes: pd.DataFrame, rows: Sequence[dict[str, Any]], columns: tuple[Column, ...]
) -> pd.DataFrame:
    shares = sizes["customers"] / sizes["customers"].sum()
    traits = [_traits(rows, int(segment_id), columns) for segment_id in sizes["segment_id"]]
    is_only = len(sizes) == 1
    names = ["all customers"] if is_only else unique_names([name_of(own) for own in traits])
    descriptions = [description_of(own, share=share) for own, share in zip(traits, shares, strict=True)]
    return sizes.assign(
        name=names,
        description=descriptions,
        share=shares,
        first_seen=pd.Timestamp(run.as_of),
    )


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
        )
        for row in rows
        if row["segment_id"] == segment_id
    ]


def _columns_telling(database: Connection, columns: tuple[Column, ...], sizes: Floats) -> list[ColumnAssociation]:
    """Return what each column says of the segments, in the declared order."""
    present = dict(list(present_counts(database).groupby("source_column", sort=False)))
    groups, cuts = (dict(list(frame.groupby("source_column", sort=False))) for frame in number_counts(database))
    of_several = lists_of_several(database)
    told = []
    for column in (column for column in columns if column.is_feature):
        name = column.name
        if column.role is Role.NUMERIC:
            _, counts = _table(groups.get(name), "low", len(sizes))
            bounds = cuts[name]["cut"].tolist() if name in cuts else []
            told.append(association_of_number(name, bounds, counts))
            continue
        values, counts = _table(present.get(name), "value", len(sizes))
        if name in of_several:
            told.append(association_of_items(name, values, counts, sizes))
        else:
            is_list = column.role is Role.ITEMS
            told.append(association_of_values(name, column.role.value, counts, sizes, is_list=is_list))
    return told


def _table(frame: pd.DataFrame | None, by: str, n_segments: int) -> tuple[list[Any], Floats]:
    """Return the values of a column in their order, and how many customers of each segment have each."""
    if frame is None:
        return [], np.zeros((0, n_segments))
    codes, values = pd.factorize(frame[by], use_na_sentinel=False)
    table = np.zeros((len(values), n_segments))
    table[codes, frame["segment_id"].to_numpy() - 1] = frame["customers"]
    return list(values), table


def _associations(told: Sequence[ColumnAssociation]) -> pd.DataFrame:
    rows = [(one.source_column, one.kind, one.association, one.is_redundant, one.reason) for one in told]
    frame = pd.DataFrame(rows, columns=["source_column", "kind", "association", "is_redundant", "reason"])
    return frame.astype({"association": "float64"})
