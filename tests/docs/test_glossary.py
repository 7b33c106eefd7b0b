"""The glossary names every published column, and nothing that does not exist."""

import importlib
import re

import pytest

from schemas.published import PUBLISHED, VIEWS
from tests.conftest import ROOT

GLOSSARY = (ROOT / "docs" / "glossary.md").read_text()
TABLES, METHODS = GLOSSARY.split("\n## Methods\n")

#: The columns that every table has, whatever the dataset.
COLUMNS = {name: list(model.to_schema().columns) for name, model in (PUBLISHED | VIEWS).items()}
COLUMNS["segment_profile"] = ["segment_id", "customers"]


def named_in(text):
    """Return the second cell of every row, without code marks."""
    return re.findall(r"^\| [^|]+ \| `([\w.]+)` \|", text, re.MULTILINE)


def test_every_table_is_in_the_glossary():
    assert set(re.findall(r"^### `(\w+)`: one row per ", TABLES, re.MULTILINE)) == set(COLUMNS)


@pytest.mark.parametrize("table", COLUMNS)
def test_columns_are_those_of_the_table(table):
    section = TABLES.split(f"\n### `{table}`")[1].split("\n### ")[0]
    assert named_in(section) == COLUMNS[table]


@pytest.mark.parametrize("path", named_in(METHODS))
def test_methods_are_in_the_code(path):
    module, name = path.rsplit(".", 1)
    assert hasattr(importlib.import_module(module), name)
