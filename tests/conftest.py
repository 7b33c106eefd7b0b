import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
os.environ.setdefault("DO_NOT_TRACK", "1")

ROOT = Path(__file__).parent.parent

#: A night writes many small files and waits for the disk after each; where they lie in memory, it does not wait.
_IN_MEMORY = Path("/dev/shm")
_ENOUGH_BYTES = 4_000_000_000

if os.access(_IN_MEMORY, os.W_OK) and shutil.disk_usage(_IN_MEMORY).free >= _ENOUGH_BYTES:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_IN_MEMORY))


def pytest_configure(config: pytest.Config) -> None:
    """Give each of the processes that run the tests side by side a core of its own: they do not wait for each other.

    Tests of threads take the cores that they need, see ``tests.threads``.
    """
    worker = getattr(config, "workerinput", {}).get("workerid")
    if worker is not None and hasattr(os, "sched_setaffinity"):
        cores = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {cores[int(worker.removeprefix("gw")) % len(cores)]})


def aged(path: Path) -> Path:
    """Make a file a minute old, and return it."""
    minute_ago = time.time() - 60
    os.utime(path, (minute_ago, minute_ago))
    return path


@pytest.fixture(scope="session")
def first_night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one published night, and the file that it was made of; copied before anything is done to it."""
    from tests.nights import SEED_ROWS, run_night  # imports Prefect, which reads the settings above once

    folder = tmp_path_factory.mktemp("first")
    (folder / "customers.csv").write_text(SEED_ROWS)
    aged(folder / "customers.csv")
    run_night(folder / "customers.csv", folder / "home")
    return folder


@pytest.fixture(scope="session")
def serverless(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a command of which no server is named; its Prefect home is its own."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    return {**environment, "PREFECT_HOME": str(tmp_path_factory.mktemp("prefect_home"))}


@pytest.fixture(scope="session")
def segments(serverless: dict[str, str]):
    """Run the command line in a forked process, without a server named."""
    from tests.commands import forked

    return lambda *arguments, **more: forked(*arguments, environment={**serverless, **more})


@pytest.fixture(scope="session")
def started(serverless: dict[str, str]):
    """Run the command line in a Python of its own, as a user does, without a server named."""

    def run(*arguments: str | Path, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "flows", *map(str, arguments)],
            env={**serverless, **more},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def write(tmp_path: Path):
    """Write a delivered file and return its path; text is written as it is, line ends included.

    It is a minute old, so that no night waits to see whether it is still being written.
    """

    def write_file(content: str | bytes, name: str = "customers.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return aged(path)

    return write_file


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of real files that nobody here wrote."""
    folder = Path(os.environ.get("SEGMENTS_TEST_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no real files in {folder}; set SEGMENTS_TEST_DATA")
    return folder
