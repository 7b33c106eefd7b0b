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


def test_frequent_progress_shows_first_and_last(clock, shown):
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


def test_final_progress_is_not_shown_twice(clock, shown):
    with now_and_then(lambda *progress: shown.append(progress), clock=clock) as progress:
        progress("scored", 9, 9)
    assert shown == [("scored", 9, 9)]


def test_failed_step_shows_no_later_progress(clock, shown):
    def fail():
        with now_and_then(lambda *progress: shown.append(progress), clock=clock) as progress:
            progress("scored", 1, 9)
            progress("scored", 2, 9)
            raise ValueError("no more")

    with pytest.raises(ValueError, match="no more"):
        fail()
    assert shown == [("scored", 1, 9)]


def test_log_samples_progress_but_watcher_sees_all(caplog, shown):
    caplog.set_level(logging.INFO, "tasks")
    with watched_by(shown.append), told_progress("cluster") as progress:
        for done in range(1, 9_001):
            progress(f"k=2..10, {done} customers scored", done, 9_000)
    assert shown[6] == StepProgressed("cluster", "k=2..10, 7 customers scored", 7, 9_000)
    assert len(shown) == 9_000
    assert caplog.messages[0] == "step=cluster k=2..10, 1 customers scored, 1 of 9,000"
    assert caplog.messages[-1] == "step=cluster k=2..10, 9000 customers scored, 9,000 of 9,000"
    assert len(caplog.messages) < 10


def test_watcher_gets_events_only_while_watching(shown):
    events = [StepStarted("encode"), StepEnded("encode", 1.0, 300.0, "n_features=3", ())]
    with watched_by(shown.append):
        for event in events:
            tell(event)
    tell(StepStarted("cluster"))
    assert shown == events


def test_peak_memory_never_decreases():
    before = peak_mb()
    held = b"x" * int(before * 1e6)
    peak = peak_mb()
    assert peak >= before + len(held) / 1e6 / 2
    del held
    assert peak_mb() == pytest.approx(peak, abs=1)


def test_peak_memory_excludes_the_parent_process():
    held = b"x" * 600_000_000
    script = "from tasks.run.step import peak_mb; print(peak_mb())"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert float(done.stdout) < len(held) / 1e6 - 100
