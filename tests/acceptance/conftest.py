from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from tests.acceptance.real_files import dataset_named
from tests.nights import run_night

#: Given, so that two nights on both sides of midnight are still the same.
AS_OF = date(2025, 1, 31)

Night = Callable[[str, str], Path]


@pytest.fixture(scope="session")
def customers(data: Path) -> Path:
    """The folder of the real customers files."""
    return data / "customers"


@pytest.fixture(scope="session")
def new_night(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path, str], Path]:
    """Run a night on a file into a home of its own, and return the home."""

    def run(source: Path, dataset: str) -> Path:
        home = tmp_path_factory.mktemp("night") / "home"
        run_night(source, home, dataset=dataset_named(dataset), as_of=AS_OF)
        return home

    return run


@pytest.fixture(scope="session")
def night(customers: Path, new_night: Callable[[Path, str], Path]) -> Night:
    """Return the home of a night on a real file; tests that only look at it share one run."""

    @cache
    def home_of(file: str, dataset: str) -> Path:
        return new_night(customers / file, dataset)

    return home_of
