"""Scoring as a Prefect flow: its steps are tasks, and the sizes are shown as an artifact."""

from dataclasses import asdict, fields
from pathlib import Path

from prefect import flow
from prefect.artifacts import create_table_artifact

from flows.allowed_paths import refuse_foreign_paths
from flows.artifacts import Artifacts
from flows.scoring import PLAIN_STEPS, ScoringSteps
from flows.scoring import score_customers as score_file
from flows.segment_customers import as_task, values_hidden
from tasks.score import Scored
from warehouse.home.run import Order

TASKS = ScoringSteps(
    **{step.name: as_task(step.name, getattr(PLAIN_STEPS, step.name)) for step in fields(ScoringSteps)}
)


@flow(name="score-customers", retries=0, validate_parameters=True, persist_result=False, result_serializer="json")
def score_customers(
    source: str | list[str], home: str = Order.home, output: str | None = None, dataset: str | None = None
) -> Scored:
    """Label the customers of a file with the published model; no segment changes.

    Args:
        source: The customers file, or a directory, whose newest file is used; several files make one.
        home: Directory of the published file and of the runs.
        output: A CSV or Parquet file to write the labels to, besides the table scored_customers.
        dataset: What declares the file; that of the published run by default.
    """
    refuse_foreign_paths(dataset, source=source, home=home, output=output)
    with values_hidden("the score"):
        scored = score_file(source, Path(home), None if output is None else Path(output), dataset, TASKS)
    sizes = [asdict(segment) for segment in scored.segments]
    Artifacts().ask(create_table_artifact, table=sizes, key="scored-customers", description=scored.message)
    return scored
