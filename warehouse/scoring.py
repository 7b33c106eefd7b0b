"""Score customers with the published model in SQL: ``score_customer`` in the published file, and queries of it."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path

import numpy as np

from schemas.dataset import Column
from schemas.encoded_feature import EncodedFeature
from schemas.errors import SegmentsError, UsageError
from schemas.fields import Role
from warehouse.connection import Connection, published, read_sql
from warehouse.encodings import loadings
from warehouse.exporting import copy
from warehouse.home.directory import Home
from warehouse.home.ledger import readable_manifest
from warehouse.integrity import published_state
from warehouse.private_files import check_output, finished_file
from warehouse.querying import refuse_another_version
from warehouse.statements.scoring import (
    create_squares,
    score_macro,
    score_query,
    select_unknown_values,
)
from warehouse.statements.scoring_model import ScoringModel
from warehouse.tables import read_dicts, read_value

#: Customers scored again in the audit, about; of more, those at equal steps in the canonical order.
_AUDITED_CUSTOMERS = 50_000

_FACTS = [field.name for field in fields(EncodedFeature)]


@dataclass(frozen=True)
class PublishedModel:
    """The run whose model scores customers, and how its file was declared."""

    run_id: str
    as_of: date
    dataset: str
    model_id: int
    declaration: str


@dataclass(frozen=True)
class ScoredSegment:
    """How many of the scored customers are in a segment."""

    segment_id: int
    name: str
    published_share: float
    customers: int


@dataclass(frozen=True)
class UnknownColumn:
    """The values of a column that no customer of the model had.

    Attributes:
        n_values: different ones.
        customers: customers who have one, each as often as it has different ones.
        examples: the most frequent ones.
    """

    source_column: str
    n_values: int
    customers: int
    examples: tuple[str, ...]


def create_scoring(database: Connection, columns: Sequence[Column]) -> None:
    """Create ``score_customer`` from features, centroids and loadings, and the temporary view ``squares``.

    The view has the squared distances of some 50,000 customers, which the audit compares with what is stored.

    Args:
        database: the run's, with its finished tables.
        columns: the columns of the run.
    """
    model = scoring_model(database, columns)
    n_customers = int(read_value(database, "SELECT count(*) FROM customers"))
    for statement in score_macro(model, [column.name for column in columns if column.is_feature]):
        database.execute(statement)
    database.execute(create_squares(model, max(1, n_customers // _AUDITED_CUSTOMERS)))


def published_model(home: Home) -> PublishedModel:
    """Return the model of the published file.

    Raises:
        UsageError: nothing is published, or by another version.
        SegmentsError: the file is damaged.
    """
    if fault := published_state(home).fault:
        raise SegmentsError(f"{home.published_file} is damaged ({fault}); nobody is scored with it: run it again first")
    with published(home) as database:
        refuse_another_version(database, home)
        run_id = str(read_value(database, read_sql("select_published_run")))
        if readable_manifest(home.manifest_file(run_id)) is None:
            raise SegmentsError(
                f"{home.manifest_file(run_id)}, the record of the published run, cannot be read; run it again first"
            )
        return PublishedModel(**read_dicts(database, read_sql("select_published_model"))[0])


def published_numbers(home: Home, columns: Sequence[Column]) -> ScoringModel:
    """Return all it takes to score a customer with the published model; see ``scoring_model``."""
    with published(home) as database:
        return scoring_model(database, columns)


def scoring_model(database: Connection, columns: Sequence[Column]) -> ScoringModel:
    """Return all it takes to score a customer.

    Args:
        database: with the tables of the model.
        columns: the columns of the dataset.
    """
    every = read_dicts(database, read_sql("select_scoring_features"))
    rows = [row for row in every if row["weight"] > 0]
    ids = database.execute("SELECT segment_id FROM segments ORDER BY segment_id").fetchall()
    return ScoringModel(
        features=tuple(EncodedFeature(**{name: row[name] for name in _FACTS}) for row in rows),
        segment_ids=tuple(int(number) for (number,) in ids),
        centroids=np.array([row["coordinates"] for row in rows], dtype=np.float64).reshape(len(rows), len(ids)).T,
        loadings=loadings(database),
        left_out=tuple((row["source_column"], row["value"]) for row in every if row["weight"] == 0 and row["value"]),
        text_flags=frozenset(
            column.name for column in columns if column.role is Role.FLAG and column.value_type is str
        ),
    )


def insert_scored_customers(database: Connection, model: ScoringModel, columns: Sequence[Column]) -> None:
    """Fill ``scored_customers`` with the customers of the run; the published file is attached as ``previous``."""
    query = score_query(model, "duckdb", "customers")
    database.execute(f"CREATE OR REPLACE TEMP VIEW scores AS {query}")
    database.execute(f"CREATE OR REPLACE TEMP TABLE unknown_values AS {select_unknown_values(columns)}")
    database.execute(read_sql("insert_scored_customers"))


def count_scored(database: Connection) -> tuple[ScoredSegment, ...]:
    """Return the published segments with the scored customers in each."""
    return tuple(ScoredSegment(**row) for row in read_dicts(database, read_sql("count_scored")))


def count_unknown_values(database: Connection) -> tuple[UnknownColumn, ...]:
    """Return the columns with values that no customer of the model had."""
    rows = read_dicts(database, read_sql("count_unknown_values"))
    return tuple(UnknownColumn(**{**row, "examples": tuple(row["examples"])}) for row in rows)


def check_scored_file(path: Path, sources: Sequence[str]) -> None:
    """Refuse a file that scored customers cannot be written to.

    Raises:
        UsageError: neither CSV nor Parquet, in no directory, a directory, or where deliveries are.
    """
    for source in map(Path, sources):
        if path.resolve() == source.resolve() or path.resolve().parent == source.resolve():
            raise UsageError(f"--output {path} is where SOURCE {source} is, which it would replace; name another place")
    if path.suffix.lower() not in (".csv", ".parquet"):
        raise UsageError(f"--output {path}: expected a name that ends in .csv or .parquet")
    check_output(path, force=True)


def export_scored(database: Connection, path: Path) -> None:
    """Write ``scored_customers`` to a CSV or Parquet file: the whole of it, or nothing.

    Raises:
        UsageError: the file cannot be written.
    """
    with finished_file(path) as partial:
        copy(database, "FROM scored_customers", partial, path.suffix.lower().removeprefix("."))
