import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def good_night(first_night: Path) -> Path:
    """A home with one published night; copied before anything is done to it."""
    return first_night / "home"


@pytest.fixture
def home(good_night: Path, tmp_path: Path) -> Path:
    """A home of the test's own in which an earlier night is published."""
    return shutil.copytree(good_night, tmp_path / "home")


@pytest.fixture
def begin_python() -> Iterator[Callable[..., "subprocess.Popen[str]"]]:
    """Start a process that runs some Python and prints "begun"; it is ended with the test."""
    started = []

    def start(code: str, *arguments: str | Path) -> "subprocess.Popen[str]":
        command = [sys.executable, "-c", code, *map(str, arguments)]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()
