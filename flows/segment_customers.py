"""A run as a Prefect flow: its steps are tasks, and its result is shown as artifacts."""

import functools
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any

from prefect import State, flow, task
from prefect.cache_policies import NO_CACHE
from prefect.exceptions import CancelledRun
from prefect.states import Cancelled

from flows.allowed_paths import refuse_foreign_paths
from flows.artifacts import Artifacts
from flows.labels import run_name, tag_run
from flows.night import PLAIN_STEPS, Steps, nights
from flows.summary import RunSummary, picture_of
from schemas.encodings import EncodingOption
from schemas.errors import AnotherRunUnderWay, SegmentsError, Unforeseen
from warehouse.home.directory import Home
from warehouse.home.ledger import Manifest, readable_manifest
from warehouse.home.run import Clusters, Order, Seed


def as_task(name: str, step: Callable[..., Any]) -> Callable[..., Any]:
    """Make a step a Prefect task: never cached, as it writes; no result kept, as tables are the hand-over."""
    return task(name=name.replace("_", "-"), cache_policy=NO_CACHE, persist_result=False)(_hiding_values(step))


def _hiding_values(step: Callable[..., Any]) -> Callable[..., Any]:
    """Return a step whose failure quotes no delivered row to Prefect, which shows and keeps it."""

    @functools.wraps(step)
    def run_step(*arguments: Any, **named: Any) -> Any:
        with values_hidden(step.__name__):
            return step(*arguments, **named)

    return run_step


@contextmanager
def values_hidden(step: str) -> Iterator[None]:
    """Let no error of a step say what a row holds: one of ours leaves it out, another one says its type alone."""
    try:
        yield
    except SegmentsError as error:
        error.hides_values = True
        raise
    except Unforeseen:
        raise
    except Exception as error:
        raise Unforeseen(error, step) from None


@dataclass
class Outcome:
    """How the run itself ended, whatever Prefect makes of it where its server is lost.

    Attributes:
        summary: what it returned.
        error: what it raised.
    """

    summary: RunSummary | None = None
    error: BaseException | None = None


#: A process runs one flow run.
OUTCOME = Outcome()

TASKS = Steps(**{step.name: as_task(step.name, getattr(PLAIN_STEPS, step.name)) for step in fields(Steps)})

#: Ten million customers take minutes; a run that takes so long hangs, and would keep the home from the next one.
_TIMEOUT_SECONDS = 6 * 60 * 60


@flow(
    name="segment-customers",
    flow_run_name=run_name,
    timeout_seconds=_TIMEOUT_SECONDS,
    retries=0,  # no failure of schemas/errors.py passes by itself
    validate_parameters=True,
    persist_result=False,
    result_serializer="json",  # Prefect keeps the error of a failed run all the same, and would pickle it
)
def segment_customers(
    source: str | list[str],
    dataset: str = Order.dataset,
    home: str = Order.home,
    k: Clusters | None = Order.k,
    k_min: Clusters = Order.k_min,
    k_max: Clusters = Order.k_max,
    as_of: date | None = Order.as_of,
    seed: Seed = Order.seed,
    force: bool = Order.force,
    accept_volume: bool = Order.accept_volume,
    encoding: EncodingOption = Order.encoding,
    refit: bool = Order.refit,
    backfill: bool = Order.backfill,
) -> RunSummary | State[Any]:
    """Segment the customers of a file and publish the result; safe to repeat.

    A run that finds the home held by another one is cancelled: nothing has failed.

    Args:
        source: The customers file, or a directory, whose newest file is used; several files make one run together.
        dataset: What declares the file: a name in schemas/, or the path of a Python file.
        home: Directory of the published file and of the runs.
        k: Fixed number of segments; left out, k is chosen by silhouette.
        k_min: Smallest k to try.
        k_max: Largest k to try.
        as_of: Day that the data describes; left out, today in UTC.
        seed: Random seed: the same file and seed give the same segments.
        force: Run although the same file is published with the same settings, a later day is, or identifiers changed.
        accept_volume: Run although the file has far fewer rows than those of previous runs.
        encoding: How customers become numbers; auto selects the encoding whose segments stand out most.
        refit: Form a new model: choose encoding and number of segments anew, whatever previous runs had.
        backfill: Run every file of the directory for the day in its name, the oldest first, from the first day on that
            is not published yet; the published file goes through these days.
    """
    order = Order(**locals())
    refuse_foreign_paths(dataset, source=source, home=home)
    artifacts = Artifacts()
    OUTCOME.summary = OUTCOME.error = None
    artifacts.ask(tag_run, dataset)
    try:
        with artifacts.progress(), values_hidden("the run"):
            summary = OUTCOME.summary = nights(order, TASKS)
    except BaseException as error:
        OUTCOME.error = error
        if isinstance(error, AnotherRunUnderWay):
            return Cancelled(message=str(error))
        if record := _record_of(Home(Path(home)), error):
            artifacts.show_unpublished(record)
        raise
    if summary.is_new:
        as_task("show_run", artifacts.show_run)(picture_of(Home(Path(home)), summary))
    return summary


def _record_of(home: Home, error: BaseException) -> Manifest | None:
    """Return the record of the run that an error ended before it was published."""
    run_id = error.run_id if isinstance(error, SegmentsError) else None
    record = readable_manifest(home.manifest_file(run_id)) if run_id else None
    return record if record and record["status"] != "published" else None


class _InOneLine(logging.Filter):
    """Drops the traceback that Prefect logs with a failure whose one line says all that a user needs."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep the record, without the traceback of what has its line; a run that cancels itself is no error."""
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, SegmentsError | Unforeseen | CancelledRun):
            record.exc_info = None
        if isinstance(error, CancelledRun):
            record.levelno, record.levelname = logging.INFO, "INFO"
            record.msg, record.args = "Cancelled: %s", (str(error),)
        return True


for _name in ("prefect.flow_runs", "prefect.task_runs"):
    logging.getLogger(_name).addFilter(_InOneLine())
# Prefect attaches its handlers to our loggers (PREFECT_LOGGING_EXTRA_LOGGERS), but not its level.
logging.getLogger("tasks").setLevel(logging.INFO)
