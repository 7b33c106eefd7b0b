from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tasks.draft.drafting import draft_schema
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
def new_night(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Run a night on a file into a home of its own, and return the home."""

    def run(source: Path, dataset: str, **order: Any) -> Path:
        home = tmp_path_factory.mktemp("night") / "home"
        run_night(source, home, dataset=dataset_named(dataset), as_of=AS_OF, **order)
        return home

    return run


@pytest.fixture(scope="session")
def night(customers: Path, new_night: Callable[..., Path]) -> Night:
    """Return the home of a night on a real file; tests that only look at it share one run."""
    return cache(lambda file, dataset: new_night(customers / file, dataset))


@pytest.fixture(scope="session")
def read_night(customers: Path, new_night: Callable[..., Path]) -> Night:
    """The same with one k and one encoding, for tests that look at the customers and not at their segments."""
    return cache(lambda file, dataset: new_night(customers / file, dataset, k=2, encoding="standard"))


@pytest.fixture(scope="session")
def draft_of(customers: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Draft a real file and return the path of its schema."""
    folder = tmp_path_factory.mktemp("drafts")

    def draft(file: str) -> Path:
        schema = folder / f"{file}.py"
        if not schema.exists():
            schema.write_text(draft_schema(str(customers / file)).text, encoding="utf-8")
        return schema

    return draft


@pytest.fixture(scope="session")
def drafted_night(customers: Path, draft_of: Callable[[str], Path], new_night: Callable[..., Path]) -> Night:
    """Return the home of a night on a real file with its draft as it is; tests that only look at it share one run."""
    return cache(lambda file: new_night(customers / file, str(draft_of(file))))


@pytest.fixture(scope="session")
def read_draft(customers: Path, draft_of: Callable[[str], Path], new_night: Callable[..., Path]) -> Night:
    """The same with one k and one encoding, for tests that look at the customers and not at their segments."""
    return cache(lambda file: new_night(customers / file, str(draft_of(file)), k=2, encoding="standard"))
