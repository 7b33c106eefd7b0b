"""The night on a real terminal: what moves, what stays, and that nothing of it reaches standard output."""

import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios

import pytest

from tests.conftest import ROOT

STEPS = [
    "deliver", "ingest", "check_volume", "validate", "compare_nights", "encode", "cluster", "describe",
    "track_segments", "report", "audit", "publish",
]  # fmt: skip

#: A night without Prefect's server, shown as ``segments run`` shows it.
NIGHT = """
import sys
from flows.cli.run import progress_shown
from tests.nights import run_night
with progress_shown(debug=False):
    run_night(*sys.argv[1:])
    print("printed meanwhile")
"""


def in_the_foreground():
    """Let SIGINT through, which a shell has ignored in what it starts in the background."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def on_terminal(tmp_path):
    """Run Python with a terminal as standard error; return exit code, standard output and what the terminal got."""

    def run(*arguments, width=80, stopped_at=None, **environment):
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
        settings = {"TERM": "xterm", "PREFECT_HOME": str(tmp_path / "prefect"), **environment}
        with (tmp_path / "stdout").open("wb") as stdout:
            process = subprocess.Popen(
                [sys.executable, *map(str, arguments)],
                cwd=ROOT,
                env={**kept, **settings},
                stdout=stdout,
                stderr=theirs,
                preexec_fn=in_the_foreground,
            )
        os.close(theirs)
        shown = b""
        for block in blocks(ours):
            shown += block
            if stopped_at and stopped_at in shown:
                process.send_signal(signal.SIGINT)
                stopped_at = None
        return process.wait(), (tmp_path / "stdout").read_text(), shown.decode().replace("\r\n", "\n")

    return run


def blocks(terminal):
    """Yield what a terminal gets until nobody writes to it anymore."""
    try:
        while block := os.read(terminal, 65536):
            yield block
    except OSError:  # Linux tells the end so
        return
    finally:
        os.close(terminal)


def stays(shown):
    """Return the lines that are there in the end: what follows the last clearing of each line."""
    lines = [re.split(r"\r|\x1b\[2K", line)[-1] for line in shown.split("\n")]
    return [re.sub(r"\x1b\[[?0-9;]*\w", "", line) for line in lines if line]


def test_steps_go_to_stderr_only(on_terminal, sample, home):
    code, stdout, shown = on_terminal("-m", "flows", "run", sample, "--home", home)
    assert code == 0
    assert stdout.startswith("strong: 4 clearly separate segments; use them. ")
    assert "\x1b" not in stdout
    steps = [line for line in stays(shown) if re.match(r"\w+ +\d+\.\d s +\d+ MB  \w+=", line)]
    assert [line.split()[0] for line in steps] == STEPS
    assert "  400 rows; no previous run of this dataset to compare with" in stays(shown)
    # Which of them is seen depends on how fast they come.
    assert re.search(r"(encode|cluster) +\d+:\d\d  [\w= ]+, [\d,]+ of [\d,]+", shown)
    assert shown.endswith("\x1b[?25h\r\x1b[1A\x1b[2K"), "the cursor is back, on an empty line"


def test_failure_is_one_clean_line_after_progress(on_terminal, home):
    code, stdout, shown = on_terminal("-m", "flows", "run", "nosuch.csv", "--home", home, width=20)
    assert (code, stdout) == (2, "")
    assert shown.startswith("\x1b[?25l")
    (line,) = shown.rpartition("\x1b[2K")[2].splitlines()
    assert line.startswith("segments: nosuch.csv: no such file")


def test_interrupted_run_leaves_one_clean_line(on_terminal, sample, home):
    code, stdout, shown = on_terminal("-m", "flows", "run", sample, "--home", home, stopped_at=b"starting")
    assert (code, stdout) == (130, "")
    assert shown.rpartition("\x1b[2K")[2] == "segments: stopped; nothing was published\n"


def test_dumb_terminal_gets_the_log(on_terminal, first_night, home):
    code, stdout, shown = on_terminal("-c", NIGHT, first_night / "customers.csv", home, TERM="dumb")
    assert (code, stdout) == (0, "printed meanwhile\n")
    assert "\x1b" not in shown
    assert re.search(r"^\d\d:\d\d:\d\d  step=cluster seconds=\S+ peak_mb=\d+ n_customers=", shown, re.MULTILINE)


@pytest.mark.parametrize("width", [2, 200])
def test_steps_are_shown_whatever_the_width(on_terminal, first_night, home, width):
    code, stdout, shown = on_terminal("-c", NIGHT, first_night / "customers.csv", home, width=width, NO_COLOR="1")
    assert (code, stdout) == (0, "printed meanwhile\n")
    names = [line[:width] for line in stays(shown) if not line.startswith("  ")]
    assert names[: len(STEPS)] == names
    assert [name.split()[0] for name in names] == [step[:width] for step in STEPS]
