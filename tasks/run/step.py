"""What every step has in common: its line in the log and its record in the manifest."""

import functools
import logging
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, ClassVar, Concatenate, ParamSpec, Protocol, TypeVar

from schemas.private import with_values, without_values
from schemas.shown import shown
from tasks.run.progress import StepEnded, StepStarted, tell
from warehouse.home.ledger import record_step
from warehouse.home.run import Run

logger = logging.getLogger(__name__)


class Counts(Protocol):
    """A small frozen dataclass: what a step did, in numbers and words."""

    __dataclass_fields__: ClassVar[dict[str, Any]]


C = TypeVar("C", bound=Counts)
Earlier = ParamSpec("Earlier")
Step = Callable[Concatenate[Run, Earlier], C]


def recorded(compute: Step[Earlier, C]) -> Step[Earlier, C]:
    """Wrap a step, which takes the run and results of earlier steps: its seconds, memory and counts are recorded.

    Its name is that of the function. Sentences that it returns as ``notes`` are logged too, and kept for the report.
    """
    step = compute.__name__

    @functools.wraps(compute)
    def compute_and_record(run: Run, /, *earlier: Earlier.args, **named: Earlier.kwargs) -> C:
        logger.info("step=%s started", step)
        tell(StepStarted(step))
        start = time.perf_counter()
        counts = compute(run, *earlier, **named)
        seconds, peak = time.perf_counter() - start, peak_mb()
        facts = asdict(counts)
        notes = facts.pop("notes", ())
        record_step(run, step, seconds, peak, facts, notes)
        in_words = _in_words(facts)
        logger.info("step=%s seconds=%.2f peak_mb=%.0f %s", step, seconds, peak, in_words)
        tell(StepEnded(step, seconds, peak, in_words, tuple(map(with_values, notes))))
        for note in notes:
            logger.info("step=%s %s", step, shown(without_values(note)))
        return counts

    return compute_and_record


def peak_mb() -> float:
    """Return the peak memory of this process so far, in megabytes (10^6 bytes) resident.

    It is read and never reset, so that a measurement from outside finds the same.
    """
    # Linux hands the peak of the process that started this one down in ru_maxrss; VmHWM is of this one alone.
    peak = _high_water_mark()
    if peak is not None:
        return peak * 1024 / 1e6
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / 1e6 if sys.platform == "darwin" else most * 1024 / 1e6


def _high_water_mark() -> int | None:
    """Return the peak of this process alone in KiB, from Linux; None on other systems."""
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
