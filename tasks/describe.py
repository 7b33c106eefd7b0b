"""Say what each segment is: sizes, statistics, a name and a sentence."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from schemas.dataset import Column
from tasks.naming import Trait, description_of, name_of, unique_names
from tasks.night_columns import night_columns
from tasks.steps import prefect_task, recorded
from warehouse.features import create_profile_view
from warehouse.opening import one_thread, read_sql, staging
from warehouse.run import Run
from warehouse.segments import insert_segment_stats, segment_sizes
from warehouse.tables import insert_frame, read_dicts


@dataclass(frozen=True)
class Described:
    """How many segments were described, and the sizes at both ends."""

    n_segments: int
    largest: int
    smallest: int


@recorded("describe")
def describe(run: Run) -> Described:
    """Fill segment_stats, segments and the view segment_profile."""
    columns = night_columns(run)
    with staging(run) as database:
        insert_segment_stats(database, columns)
        sizes = segment_sizes(database)
        with one_thread(database):
            traits = read_dicts(database, read_sql("select_traits"))
        insert_frame(database, "segments", _segments(run, sizes, traits, columns))
        create_profile_view(database)
    return Described(len(sizes), int(sizes["customers"].max()), int(sizes["customers"].min()))


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


describe_segments = prefect_task("describe-segments")(describe)
