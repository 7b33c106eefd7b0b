import shutil

import pytest


@pytest.fixture
def home(first_night, tmp_path):
    """A home of the test's own in which one night is published."""
    return shutil.copytree(first_night / "home", tmp_path / "home")


@pytest.fixture
def source(first_night):
    return first_night / "customers.csv"
