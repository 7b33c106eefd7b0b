"""The night as a Prefect flow: its steps are tasks, and what it came to is shown as artifacts."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any

from prefect import State, flow, task
from prefect.cache_policies import NO_CACHE
from prefect.exceptions import CancelledRun
from prefect.states import Cancelled

from flows.artifacts import Artifacts
from flows.night import PLAIN_STEPS, Steps, night
from flows.summary import RunSummary
from schemas.errors import AnotherRunUnderWay, SegmentsError
from warehouse.home.directory import Home
from warehouse.home.run import Order


def as_task(name: str, step: Callable[..., Any]) -> Callable[..., Any]:
    """Make a step a Prefect task: never cached, as it writes; no result kept, as tables are the hand-over."""
    return task(name=name.replace("_", "-"), cache_policy=NO_CACHE, persist_result=False)(step)


@dataclass
class Outcome:
    """What the night itself came to, whatever Prefect makes of it where its server is lost.

    Attributes:
        summary: what it returned.
        error: what it raised.
    """

    summary: RunSummary | None = None
    error: BaseException | None = None


#: A process runs one flow run.
OUTCOME = Outcome()

TASKS = Steps(**{step.name: as_task(step.name, getattr(PLAIN_STEPS, step.name)) for step in fields(Steps)})


@flow(name="segment-customers", flow_run_name="segment-{dataset}", validate_parameters=True, persist_result=False)
def segment_customers(
    source: str | list[str],
    dataset: str = "customers",
    home: str = "data",
    k: int | None = None,
    k_min: int = 2,
    k_max: int = 10,
    as_of: date | None = None,
    seed: int = 0,
    force: bool = False,
    accept_volume: bool = False,
    encoding: str = "auto",
) -> RunSummary | State[Any]:
    """Segment one night's customers and publish the result; safe to repeat.

    A run that finds the home held by another one is cancelled: nothing has failed.

    Args:
        source: the delivered file, or a directory whose newest file is taken; several make one night together.
        dataset: what declares the file: a name in schemas/ or the path of a Python file.
        home: directory of the published file and of the runs.
        k: fixed number of segments; otherwise chosen by silhouette.
        k_min: smallest k tried.
        k_max: largest k tried.
        as_of: day that the run speaks for; today in UTC by default.
        seed: seed of everything random.
        force: run although the same file is published with the same settings.
        accept_volume: run although the delivery holds far fewer rows than the last nights.
        encoding: auto takes the encoding whose segments stand out most; or one of schemas.encodings.
    """
    delivered = source if isinstance(source, str) else tuple(source)
    order = Order(delivered, dataset, home, k, k_min, k_max, as_of, seed, force, accept_volume, encoding)
    artifacts = Artifacts()
    try:
        with artifacts.progress():
            summary = OUTCOME.summary = night(order, TASKS)
    except BaseException as error:
        OUTCOME.error = error
        if isinstance(error, AnotherRunUnderWay):
            return Cancelled(message=str(error))
        raise
    if summary.is_new:
        as_task("show_run", artifacts.show_run)(Home(Path(home)), summary.run_id)
    return summary


class _ToldInOneLine(logging.Filter):
    """Drops the traceback that Prefect logs with a failure whose one line says all that its reader can use."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep the record, without the traceback of what is told to the user; a run that cancels itself is no error."""
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, SegmentsError | CancelledRun):
            record.exc_info = None
        if isinstance(error, CancelledRun):
            record.levelno, record.levelname = logging.INFO, "INFO"
            record.msg, record.args = "Cancelled: %s", (str(error),)
        return True


for _name in ("prefect.flow_runs", "prefect.task_runs"):
    logging.getLogger(_name).addFilter(_ToldInOneLine())
# Prefect attaches its handlers to our loggers (PREFECT_LOGGING_EXTRA_LOGGERS), but not its level.
logging.getLogger("tasks").setLevel(logging.INFO)
