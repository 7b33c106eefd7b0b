"""Report the progress of a step to every watcher: the log here; the terminal and Prefect add their own."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

logger = logging.getLogger(__name__)

#: Called as ``progress(words, done, total)``: what was just done, and how much of how much that makes. The words are
#: logged, so they hold nothing of a single customer.
Progress = Callable[[str, int, int], None]

#: Seconds that lie between two lines of a log, or two updates of an artifact.
SECONDS_APART = 1.0


@dataclass(frozen=True)
class StepStarted:
    """A step has begun."""

    step: str


@dataclass(frozen=True)
class StepProgressed:
    """A step is so far; a step of several stages counts each of them from nought, to a total of its own."""

    step: str
    words: str
    done: int
    total: int


@dataclass(frozen=True)
class StepEnded:
    """A step is done: wall seconds, peak memory of the process in megabytes, counts and sentences."""

    step: str
    seconds: float
    peak_mb: float
    counts: str
    notes: tuple[str, ...]


Event = StepStarted | StepProgressed | StepEnded
Watcher = Callable[[Event], None]

_watchers: list[Watcher] = []


@contextmanager
def watched_by(watcher: Watcher) -> Iterator[None]:
    """Have a function called with every event of every step of this process."""
    _watchers.append(watcher)
    try:
        yield
    finally:
        _watchers.remove(watcher)


def tell(event: Event) -> None:
    """Send an event to every watcher."""
    for watcher in _watchers:
        watcher(event)


@contextmanager
def told_progress(step: str) -> Iterator[Progress]:
    """Give a step its progress: sent to every watcher, and a line in the log at most once a second."""
    with now_and_then(lambda words, done, total: _log(step, words, done, total)) as log:

        def progress(words: str, done: int, total: int) -> None:
            tell(StepProgressed(step, words, done, total))
            log(words, done, total)

        yield progress


@contextmanager
def now_and_then(show: Progress, *, clock: Callable[[], float] = time.monotonic) -> Iterator[Progress]:
    """Give a progress that is shown at most once a second, so that calling it costs nothing; the last is shown, too."""
    shown_at, held = float("-inf"), None

    def progress(words: str, done: int, total: int) -> None:
        nonlocal shown_at, held
        held = (words, done, total)
        if clock() - shown_at >= SECONDS_APART:
            show(*held)
            shown_at, held = clock(), None

    yield progress
    if held:
        show(*held)


def _log(step: str, words: str, done: int, total: int) -> None:
    logger.info("step=%s %s, %s of %s", step, words, f"{done:,}", f"{total:,}")
