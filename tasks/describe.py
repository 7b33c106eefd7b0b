"""Describe each segment: size, statistics, a name and a sentence; and find columns that the segments duplicate."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from schemas.dataset import Column
from schemas.fields import Role
from tasks.cluster import Clustered
from tasks.clustering.positions import sample_positions
from tasks.clustering.rows import Floats
from tasks.ingest import Ingested
from tasks.reporting.column_association import (
    ColumnAssociation,
    association_of_items,
    association_of_number,
    association_of_values,
)
from tasks.reporting.naming import Names, Trait, description_of
from tasks.reporting.rules import rule_in_words, rules_of
from tasks.run.columns import run_columns
from tasks.run.step import recorded
from warehouse.column_associations import lists_of_several, number_counts, present_counts
from warehouse.connection import Connection, one_thread, staging
from warehouse.earlier_run import beside_earlier_run, earlier_segments
from warehouse.features import create_profile_view
from warehouse.home.run import Run
from warehouse.home.segment_names import given_names
from warehouse.rules import measured_rules, rule_answers, rule_questions
from warehouse.segments import insert_segment_stats, numbered_segments, segment_traits
from warehouse.tables import comment_tables, insert_frame

#: Customers of whom the rules are made; more would change no condition that people read.
_RULE_CUSTOMERS = 20_000


@dataclass(frozen=True)
class Described:
    """How many segments were described, the sizes at both ends, and what is to be known of them."""

    n_segments: int
    largest: int
    smallest: int
    notes: tuple[str, ...]


@recorded
def describe(run: Run, ingested: Ingested, clustered: Clustered) -> Described:
    """Fill segment_stats, segments, column_associations, segment_rules and the view segment_profile; comment them all.

    The comments of every table are half of a small run's DDL, so they wait until nothing is refused anymore.
    """
    columns = run_columns(run, ingested.kept_columns)
    with staging(run) as database:
        insert_segment_stats(database, columns, is_any=clustered.verdict_level != "none")
        sizes = numbered_segments(database)
        with one_thread(database):
            traits = segment_traits(database)
        names = Names(given_names(run.home), _earlier_names(database, run))
        insert_frame(database, "segments", _segments(sizes, traits, columns, names))
        told = _columns_telling(database, columns, sizes)
        insert_frame(database, "column_associations", _associations(told))
        insert_frame(database, "segment_rules", _rules(database, columns, clustered.n_customers, run.order.seed))
        create_profile_view(database)
        comment_tables(database, columns)
    notes = tuple(one.note for one in told if one.is_redundant)
    return Described(clustered.n_clusters, int(sizes["customers"].max()), int(sizes["customers"].min()), notes)


def _segments(
    sizes: pd.DataFrame, rows: Sequence[dict[str, Any]], columns: tuple[Column, ...], names: Names
) -> pd.DataFrame:
    shares = sizes["customers"] / sizes["customers"].sum()
    traits = [_traits(rows, int(segment_id), columns) for segment_id in sizes["segment_id"]]
    descriptions = [description_of(own, share=share) for own, share in zip(traits, shares, strict=True)]
    return sizes.assign(
        name=names.of(dict(zip(sizes["segment_id"].tolist(), traits, strict=True))),
        description=descriptions,
        share=shares,
    ).astype({"previous_customers": "Int64"})


def _rules(database: Connection, columns: tuple[Column, ...], n_customers: int, random_state: int) -> pd.DataFrame:
    """Return the rows of segment_rules: grown on a sample of the customers where they are many, counted over all."""
    questions = rule_questions(database, columns)
    positions = sample_positions(n_customers, _RULE_CUSTOMERS, random_state)
    answers, segment_ids = rule_answers(database, questions, positions)
    rules = rules_of(questions, answers, segment_ids, random_state)
    words = {segment_id: rule_in_words(alternatives) for segment_id, alternatives in rules.items()}
    measured = measured_rules(database, rules)
    return measured.assign(rule=measured["segment_id"].map(words))


def _earlier_names(database: Connection, run: Run) -> dict[int, str]:
    """Return the name that each segment had in the previous run."""
    with beside_earlier_run(database, run) as earlier:
        return {one.segment_id: one.name for one in earlier_segments(database)} if earlier else {}


def _traits(rows: Sequence[dict[str, Any]], segment_id: int, columns: tuple[Column, ...]) -> list[Trait]:
    words = {column.name: column.name.replace("_", " ") for column in columns}
    units = {column.name: column.settings.unit for column in columns}
    return [
        Trait(
            column=words[row["source_column"]],
            value=row["value"],
            is_number=row["kind"] == "numeric",
            mean=row["mean"],
            overall=row["overall_mean"],
            spread=row["spread"] or 0.0,
            is_item=row["kind"] == Role.ITEMS,
            is_certain=row["is_certain"],
            is_feature=row["is_feature"],
            unit=units[row["source_column"]],
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
