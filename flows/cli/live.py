"""Show a run on the terminal: a line for each finished step, and a live line for the step in progress."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.live import Live
from rich.text import Text

from schemas.shown import shown
from tasks.run.progress import Event, StepEnded, StepProgressed, StepStarted, watched_by

#: Characters of the names of the steps, and of their seconds.
_NAME, _TIME = 14, 8


@contextmanager
def live_view() -> Iterator[bool]:
    """Show the steps on standard error; yields False, and shows nothing, where the terminal cannot move its cursor.

    Other output on standard error is printed above the moving line, which is gone at the end.
    """
    console = Console(file=sys.stderr, highlight=False)
    if not console.is_interactive:
        yield False
        return
    view = View(console)
    live = Live(view, console=console, transient=True, redirect_stdout=False)
    try:
        # Not by a with statement: an interrupt that comes while it is entered would leave the line moving.
        live.start(refresh=True)
        with watched_by(view.watch):
            yield True
    finally:
        live.stop()


class View:
    """What is shown of a run, from the events of its steps."""

    def __init__(self, console: Console, clock: Callable[[], float] = time.monotonic) -> None:
        self._console = console
        self._clock = clock
        self._step: str | None = "starting"
        self._started_at = clock()
        self._pace = Pace(clock)

    def watch(self, event: Event) -> None:
        """Take note of an event; a finished step becomes a line that stays."""
        match event:
            case StepStarted(step):
                self._step, self._started_at, self._pace = step, self._clock(), Pace(self._clock)
            case StepProgressed():
                self._pace.note(event)
            case StepEnded():
                self._step = None
                self._print_ended(event)

    def __rich__(self) -> Text:
        """Return the line of the step under way, cut at the width of the terminal."""
        step = self._step
        if step is None:
            return _line("")
        return _line(f"{step:<{_NAME}}{clock_time(self._clock() - self._started_at):>{_TIME}}  {self._pace.in_words()}")

    def _print_ended(self, ended: StepEnded) -> None:
        took, peak = f"{ended.seconds:.1f} s", f"{ended.peak_mb:,.0f} MB"
        line = f"{ended.step:<{_NAME}}{took:>{_TIME}}{peak:>{_TIME + 2}}  {ended.counts}"
        self._console.print(_line(line), no_wrap=True, overflow="crop")
        for note in ended.notes:
            self._console.print(Text(shown(f"  {note}")), soft_wrap=True)


class Pace:
    """How far a step is, and how long its stage will take at the pace so far.

    Not rich's own estimate: that one starts with the second update and does not count down between updates.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._last: StepProgressed | None = None
        self._last_at = self._stage_began_at = clock()

    def note(self, progressed: StepProgressed) -> None:
        """Take note of progress; another total, or less done than before, is a new stage with a pace of its own."""
        last, now = self._last, self._clock()
        if last and (progressed.total != last.total or progressed.done < last.done):
            self._stage_began_at = self._last_at
        if progressed.done == 0:
            self._stage_began_at = now
        self._last, self._last_at = progressed, now

    def rest(self) -> float | None:
        """Return the seconds left of the stage; None where there is no pace yet, or nothing left."""
        last = self._last
        if last is None or not 0 < last.done < last.total:
            return None
        took = self._last_at - self._stage_began_at
        expected = took / last.done * (last.total - last.done)
        return max(0.0, expected - (self._clock() - self._last_at))

    def in_words(self) -> str:
        """Return how far the step is and what is left; empty before the first progress."""
        if self._last is None:
            return ""
        far = f"{self._last.words}, {self._last.done:,} of {self._last.total:,}"
        rest = self.rest()
        return far if rest is None or rest < 1 else f"{far}, about {clock_time(rest)} left"


def clock_time(seconds: float) -> str:
    """Return seconds as minutes and seconds, with hours where there are any: 0:07, 12:30, 1:02:03."""
    minutes, second = divmod(int(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"


def _line(text: str) -> Text:
    """Return a text that takes one line of the terminal, however narrow it is."""
    return Text(shown(text), no_wrap=True, overflow="crop", end="")
