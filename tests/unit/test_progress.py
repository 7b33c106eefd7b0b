"""How far a step is: told at once to who watches, now and then to what costs something, and with its true peak."""

import logging
import subprocess
import sys

import pytest

from tasks.run.progress import StepEnded, StepProgressed, StepStarted, now_and_then, tell, told_progress, watched_by
from tasks.run.step import peak_mb


class Clock:
    """A clock that a test moves."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def shown():
    return []


def test_hundreds_of_calls_within_a_second_are_shown_once_and_the_last_of_them(clock, shown):
    with now_and_then(lambda *progress: shown.append(progress), clock=clock) as progress:
        for done in range(1, 501):
            progress("scored", done, 500)
        assert shown == [("scored", 1, 500)]
    assert shown == [("scored", 1, 500), ("scored", 500, 500)]


def test_progress_is_shown_again_after_a_second(clock, shown):
    with now_and_then(lambda *progress: shown.append(progress), clock=clock) as progress:
        for done in range(1, 5):
            progress("scored", done, 9)
            clock.now += 0.5
        assert [done for _, done, _ in shown] == [1, 3]


def test_what_was_shown_already_is_not_shown_again_at_the_end(clock, shown):
    with now_and_then(lambda *progress: shown.append(progress), clock=clock) as progress:
        progress("scored", 9, 9)
    assert shown == [("scored", 9, 9)]


def test_step_that_fails_is_not_shown_as_further_than_it_was(clock, shown):
    def fail():
        with now_and_then(lambda *progress: shown.append(progress), clock=clock) as progress:
            progress("scored", 1, 9)
            progress("scored", 2, 9)
            raise ValueError("no more")

    with pytest.raises(ValueError, match="no more"):
        fail()
    assert shown == [("scored", 1, 9)]


def test_who_watches_is_told_of_every_progress_and_the_log_now_and_then(caplog, shown):
    caplog.set_level(logging.INFO, "tasks")
    with watched_by(shown.append), told_progress("cluster") as progress:
        for done in range(1, 9_001):
            progress(f"k=2..10, {done} customers scored", done, 9_000)
    assert shown[6] == StepProgressed("cluster", "k=2..10, 7 customers scored", 7, 9_000)
    assert len(shown) == 9_000
    assert caplog.messages[0] == "step=cluster k=2..10, 1 customers scored, 1 of 9,000"
    assert caplog.messages[-1] == "step=cluster k=2..10, 9000 customers scored, 9,000 of 9,000"
    assert len(caplog.messages) < 10


def test_who_watches_is_told_in_order_and_no_longer_than_it_watches(shown):
    events = [StepStarted("encode"), StepEnded("encode", 1.0, 300.0, "n_features=3", ())]
    with watched_by(shown.append):
        for event in events:
            tell(event)
    tell(StepStarted("cluster"))
    assert shown == events


def test_peak_memory_is_of_the_process_up_to_now_and_stays():
    before = peak_mb()
    held = b"x" * int(before * 1e6)
    peak = peak_mb()
    assert peak >= before + len(held) / 1e6 / 2
    del held
    assert peak_mb() == pytest.approx(peak, abs=1)


def test_peak_memory_does_not_hold_that_of_the_process_that_started_it():
    held = b"x" * 600_000_000
    script = "from tasks.run.step import peak_mb; print(peak_mb())"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert float(done.stdout) < len(held) / 1e6 - 100
