"""The line that moves: elapsed, how far, what is left, and never wider than the terminal."""

import io

import pytest
from rich.console import Console

from flows.cli.live import Pace, View, clock_time
from tasks.run.progress import StepEnded, StepProgressed, StepStarted


class Clock:
    """A clock that a test moves."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def fitted(k, done, total=9):
    return StepProgressed("cluster", f"k={k} fitted", done, total)


def test_no_time_is_estimated_without_progress(clock):
    pace = Pace(clock)
    clock.now += 10
    assert pace.in_words() == ""
    pace.note(StepProgressed("cluster", "0 customers scored", 0, 16_000))
    assert pace.in_words() == "0 customers scored, 0 of 16,000"


def test_remaining_time_follows_current_pace(clock):
    pace = Pace(clock)
    clock.now += 30
    pace.note(fitted(7, 3))
    assert pace.rest() == pytest.approx(60)
    assert pace.in_words() == "k=7 fitted, 3 of 9, about 1:00 left"


def test_remaining_time_shrinks_between_reports(clock):
    pace = Pace(clock)
    clock.now += 30
    pace.note(fitted(7, 3))
    clock.now += 45
    assert pace.rest() == pytest.approx(15)
    clock.now += 45
    assert pace.rest() == 0
    assert pace.in_words() == "k=7 fitted, 3 of 9"


@pytest.mark.parametrize(("done", "total"), [(10, 16_000), (1, 9)], ids=["another total", "less done"])
def test_each_stage_has_its_own_pace(clock, done, total):
    pace = Pace(clock)
    clock.now += 90
    pace.note(fitted(2, 9))
    assert pace.rest() is None
    clock.now += 2
    pace.note(StepProgressed("cluster", "scored", done, total))
    assert pace.rest() == pytest.approx(2 / done * (total - done))


def test_pace_starts_when_a_stage_reports_zero(clock):
    pace = Pace(clock)
    clock.now += 90
    pace.note(StepProgressed("cluster", "scored", 0, 10))
    clock.now += 1
    pace.note(StepProgressed("cluster", "scored", 1, 10))
    assert pace.rest() == pytest.approx(9)


@pytest.mark.parametrize(("seconds", "told"), [(0.9, "0:00"), (7, "0:07"), (750, "12:30"), (3723, "1:02:03")])
def test_times_are_told_as_a_clock_does(seconds, told):
    assert clock_time(seconds) == told


@pytest.fixture
def console():
    return Console(file=io.StringIO(), width=60, force_terminal=True)


def said(console):
    return console.file.getvalue()


def test_current_step_shows_its_progress(clock, console):
    view = View(console, clock)
    view.watch(StepStarted("cluster"))
    clock.now += 12
    view.watch(fitted(7, 3))
    assert str(view.__rich__()) == "cluster           0:12  k=7 fitted, 3 of 9, about 0:24 left"


def test_new_step_hides_the_previous_one(clock, console):
    view = View(console, clock)
    view.watch(fitted(7, 3))
    view.watch(StepStarted("describe"))
    assert str(view.__rich__()).split() == ["describe", "0:00"]


def test_finished_step_is_shown_with_its_notes(clock, console):
    view = View(console, clock)
    view.watch(StepStarted("check_volume"))
    view.watch(StepEnded("check_volume", 2.417, 489.3, "runs=3", ("9 rows; [bold]fewer[/bold] than usual",)))
    assert said(console).splitlines() == [
        "check_volume     2.4 s    489 MB  runs=3",
        "  9 rows; [bold]fewer[/bold] than usual",
    ]
    assert str(view.__rich__()) == ""


@pytest.mark.parametrize("width", [1, 5, 20, 40])
def test_no_line_is_wider_than_the_terminal(clock, width):
    console = Console(file=io.StringIO(), width=width, force_terminal=True)
    view = View(console, clock)
    view.watch(StepEnded("validate", 2.4, 489.3, "rows_loaded=3000 rows_rejected=12", ()))
    view.watch(StepStarted("cluster"))
    clock.now += 12
    view.watch(fitted(7, 3))
    (moving,) = console.render_lines(view, pad=False)
    (stays,) = said(console).splitlines()
    assert sum(len(segment.text) for segment in moving) <= width
    assert len(stays) <= width


def test_sentence_cannot_move_the_cursor(clock, console):
    View(console, clock).watch(StepEnded("compare_nights", 0.1, 300.0, "", ("new value '\x1b[2J\r\n'",)))
    assert said(console).splitlines()[1] == "  new value '\\x1b[2J\\x0d\\x0a'"
