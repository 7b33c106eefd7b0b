"""Score a file with the published model: the same steps for the command line and for Prefect."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from schemas.dataset import columns_of
from schemas.fields import Role
from schemas.loading import load_dataset
from tasks.deliver import deliver
from tasks.delivery.delivered import Delivery
from tasks.ingest import Ingested, ingest
from tasks.run.lifecycle import begin_scoring
from tasks.score import Scored, score
from tasks.validate import Validated, validate
from warehouse.home.directory import Home
from warehouse.home.run import Order, Run
from warehouse.scoring import check_scored_file, published_model, published_numbers
from warehouse.statements.engines import EngineName
from warehouse.statements.scoring import score_query


@dataclass(frozen=True)
class ScoringSteps:
    """The steps in their order: plain functions, which the flow makes Prefect tasks."""

    deliver: Callable[[Run], Delivery] = deliver
    ingest: Callable[[Run, Delivery], Ingested] = ingest
    validate: Callable[[Run, Delivery, Ingested], Validated] = validate
    score: Callable[[Run, Ingested, Validated, Path | None], Scored] = score


PLAIN_STEPS = ScoringSteps()

#: What a column of each role holds.
_HELD = {
    Role.NUMERIC: "a number, null where missing",
    Role.CATEGORY: "a value, null where missing",
    Role.FLAG: "true or false, or a word for them as delivered; null where missing",
    Role.ITEMS: "an array of texts",
}


def score_customers(
    source: str | Sequence[str],
    home: Path,
    output: Path | None = None,
    dataset: str | None = None,
    steps: ScoringSteps = PLAIN_STEPS,
) -> Scored:
    """Label the customers of a file with the published model; no segment changes.

    Args:
        source: the file, or a directory, whose newest file is used; several files make one.
        home: directory of the published file.
        output: a CSV or Parquet file to write the labels to, besides the table.
        dataset: what declares the file; that of the published run by default.
        steps: the steps.

    Raises:
        SegmentsError: nobody was scored; see ``schemas.errors``.
    """
    model = published_model(Home(home))
    order = Order(source, dataset=dataset or model.dataset, home=str(home), as_of=model.as_of)
    if output is not None:
        check_scored_file(output, order.sources)
    with begin_scoring(order) as run:
        delivery = steps.deliver(run)
        ingested = steps.ingest(run, delivery)
        validated = steps.validate(run, delivery, ingested)
        return steps.score(run, ingested, validated, output)


def query_of(home: Home, engine: EngineName, table: str, dataset: str | None = None) -> str:
    """Return the query that scores a table with the published model in an engine, with what the table must hold.

    Raises:
        UsageError: nothing is published, or by another version.
    """
    model = published_model(home)
    columns = columns_of(load_dataset(dataset or model.dataset))
    numbers = published_numbers(home, columns)
    held = [f"--   {column.name}: {_HELD[column.role]}" for column in columns if column.name in numbers.columns]
    return "\n".join(
        [
            f"-- one row per customer of {table}: its segment in model {model.model_id}, as of run {model.run_id}",
            "-- The table has customer_id and these columns, with values as in the published table customers:",
            *held,
            score_query(numbers, engine, table),
        ]
    )
