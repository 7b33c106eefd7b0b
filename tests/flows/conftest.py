import os
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
