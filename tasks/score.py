"""Score the customers of a file with the published model; nothing is fitted, and no segment changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from schemas.dataset import Column
from schemas.errors import UsageError
from tasks.ingest import Ingested
from tasks.run.columns import declaration_of, run_columns
from tasks.run.step import recorded
from tasks.validate import Validated
from warehouse.connection import attached, staging
from warehouse.home.ledger import close_manifest
from warehouse.home.run import Run
from warehouse.publishing import amending
from warehouse.rejects import export_rejected
from warehouse.scoring import (
    PublishedModel,
    ScoredSegment,
    UnknownColumn,
    count_scored,
    count_unknown_values,
    export_scored,
    insert_scored_customers,
    published_model,
    published_numbers,
)
from warehouse.tables import replace_amended


@dataclass(frozen=True)
class Scored:
    """Who was scored, with which model, and what it did not know.

    Attributes:
        rejected_file: where the rejected rows are; None where none is.
        output: the file that was asked for; None where none was.
    """

    run_id: str
    model_id: int
    model_run_id: str
    rows_scored: int
    rows_rejected: int
    segments: tuple[ScoredSegment, ...]
    unknown: tuple[UnknownColumn, ...]
    rejected_file: str | None
    output: str | None
    message: str


@recorded
def score(run: Run, ingested: Ingested, validated: Validated, output: Path | None = None) -> Scored:
    """Label the customers of the run, and put them into the published file as ``scored_customers``.

    Args:
        run: the run.
        ingested: what the file held.
        validated: where its rows went.
        output: a CSV or Parquet file to write them to as well.

    Raises:
        UsageError: the dataset is declared otherwise than when the model was formed, or the output cannot be written.
    """
    columns, model = run_columns(run, ingested.kept_columns), published_model(run.home)
    _refuse_changed(run, model, columns)
    numbers = published_numbers(run.home, columns)
    with staging(run) as database, attached(database, run.home.published_file, "previous"):
        insert_scored_customers(database, numbers, columns)
        segments, unknown = count_scored(database), count_unknown_values(database)
        if validated.rows_rejected:
            export_rejected(database, run)
    with amending(run, model.run_id) as database:
        replace_amended(database, "scored_customers")
        if output is not None:
            export_scored(database, output)
    message = f"{validated.rows_loaded:,} customers scored with model {model.model_id} of run {model.run_id}"
    close_manifest(run, "scored", message)
    return Scored(
        run_id=run.run_id,
        model_id=model.model_id,
        model_run_id=model.run_id,
        rows_scored=validated.rows_loaded,
        rows_rejected=validated.rows_rejected,
        segments=segments,
        unknown=unknown,
        rejected_file=str(run.rejected_rows_file) if validated.rows_rejected else None,
        output=None if output is None else str(output),
        message=message,
    )


def _refuse_changed(run: Run, model: PublishedModel, columns: Sequence[Column]) -> None:
    if declaration_of([column for column in columns if column.is_feature]) != model.declaration:
        raise UsageError(
            f"{run.order.dataset} declares other feature columns than when model {model.model_id} was formed; "
            f"run it again, which forms a new model: segments run SOURCE --dataset {run.order.dataset}"
        )
