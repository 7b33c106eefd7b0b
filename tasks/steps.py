"""What every step of the night has in common: its line in the log and in the run's manifest."""

import functools
import logging
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, ClassVar, ParamSpec, Protocol, TypeVar

from prefect import Task, task
from prefect.cache_policies import NO_CACHE
from prefect.exceptions import CancelledRun

from schemas.errors import SegmentsError
from tasks.progress import StepEnded, StepStarted, tell
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
    """Wrap a step so that its seconds, peak memory and counts are logged and kept in the manifest.

    Sentences that it returns as ``notes`` are logged too, and kept for the report.
    """

    def decorate(compute: Callable[[Run], C]) -> Callable[[Run], C]:
        @functools.wraps(compute)
        def compute_and_record(run: Run) -> C:
            logger.info("step=%s started", step)
            tell(StepStarted(step))
            start = time.perf_counter()
            counts = compute(run)
            seconds, peak = time.perf_counter() - start, peak_mb()
            facts = asdict(counts)
            notes = facts.pop("notes", ())
            record_step(run, step, seconds, peak, facts, notes)
            in_words = _in_words(facts)
            logger.info("step=%s seconds=%.2f peak_mb=%.0f %s", step, seconds, peak, in_words)
            tell(StepEnded(step, seconds, peak, in_words, tuple(notes)))
            for note in notes:
                logger.info("step=%s %s", step, note)
            return counts

        return compute_and_record

    return decorate


def peak_mb() -> float:
    """Return the peak memory of this process so far, in megabytes (10^6 bytes) resident.

    It is read and never reset, so that whoever measures from outside finds the same.
    """
    # Linux hands the peak of the process that started this one down in ru_maxrss; VmHWM is of this one alone.
    peak = _high_water_mark()
    if peak is not None:
        return peak * 1024 / 1e6
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / 1e6 if sys.platform == "darwin" else most * 1024 / 1e6


def _high_water_mark() -> int | None:
    """Return the peak in KiB as Linux tells it of the process alone; None where it does not."""
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        return None
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")), None)


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
