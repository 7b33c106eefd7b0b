"""What every step of the night has in common: its line in the log and in the run's manifest."""

import functools
import logging
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, ClassVar, ParamSpec, Protocol, TypeVar

from prefect import Task, task
from prefect.cache_policies import NO_CACHE

from schemas.errors import SegmentsError
from warehouse.ledger import record_step
from warehouse.run import Run

logger = logging.getLogger(__name__)
# Prefect attaches its handlers to our loggers (PREFECT_LOGGING_EXTRA_LOGGERS), but not its level.
logging.getLogger(__package__).setLevel(logging.INFO)


class Counts(Protocol):
    """A small frozen dataclass: what a step did, in numbers and words."""

    __dataclass_fields__: ClassVar[dict[str, Any]]


C = TypeVar("C", bound=Counts)
P = ParamSpec("P")
R = TypeVar("R")


def recorded(step: str) -> Callable[[Callable[[Run], C]], Callable[[Run], C]]:
    """Wrap a step so that its seconds and counts are logged and kept in the manifest.

    Sentences that it returns as ``notes`` are logged too, and kept for the report.
    """

    def decorate(compute: Callable[[Run], C]) -> Callable[[Run], C]:
        @functools.wraps(compute)
        def compute_and_record(run: Run) -> C:
            logger.info("step=%s started", step)
            start = time.perf_counter()
            counts = compute(run)
            seconds = time.perf_counter() - start
            facts = asdict(counts)
            notes = facts.pop("notes", ())
            record_step(run, step, seconds, facts, notes)
            logger.info("step=%s seconds=%.2f %s", step, seconds, _in_words(facts))
            for note in notes:
                logger.info("step=%s %s", step, note)
            return counts

        return compute_and_record

    return decorate


def _in_words(counts: dict[str, Any]) -> str:
    """Return the numbers among the counts; what is of single customers gets into no log."""
    return " ".join(f"{name}={_in_digits(value)}" for name, value in counts.items() if isinstance(value, int | float))


def _in_digits(value: float) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def prefect_task(name: str) -> Callable[[Callable[P, R]], Task[P, R]]:
    """Make a step a Prefect task: never cached, as it writes; no result kept, as tables are the hand-over."""
    return task(name=name, cache_policy=NO_CACHE, persist_result=False)


class _ToldInOneLine(logging.Filter):
    """Drops the traceback that Prefect logs with a failure whose one line says all that its reader can use."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep the record, without the traceback of a failure that is told to the user."""
        if record.exc_info and isinstance(record.exc_info[1], SegmentsError):
            record.exc_info = None
        return True


for _name in ("prefect.flow_runs", "prefect.task_runs"):
    logging.getLogger(_name).addFilter(_ToldInOneLine())
