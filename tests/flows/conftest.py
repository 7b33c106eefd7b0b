import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.server import free_port
from flows.trial import Trial, running
from tests.conftest import ROOT, aged


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first 400 rows of the sample, two of them rejected: as clearly four segments as all, in half of the time."""
    path = tmp_path_factory.mktemp("sample") / "customers.csv"
    lines = (ROOT / "samples" / "customers.csv").read_text().splitlines(keepends=True)
    path.write_text("".join(lines[:401]))
    return aged(path)


@pytest.fixture(scope="session")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    """A real server, work pool, deployment and worker, as ``make up`` brings them up."""
    os.chdir(ROOT)
    trial = Trial(free_port(), tmp_path_factory.mktemp("prefect"))
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("SEGMENTS_ALLOWED_PATHS", str(tmp_path_factory.getbasetemp()))
        environment.setenv("PREFECT_API_AUTH_STRING", trial.auth)  # that of our own questions
        with running(trial):
            yield trial


@pytest.fixture(scope="session")
def segments(tmp_path_factory: pytest.TempPathFactory):
    """Run the command line as a user does, without a server named; its Prefect home is its own."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    environment["PREFECT_HOME"] = str(tmp_path_factory.mktemp("prefect_home"))

    def run(*arguments: str | Path, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "flows", *map(str, arguments)],
            env={**environment, **more},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )

    return run
