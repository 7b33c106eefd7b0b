"""What docs/reading-the-file.md shows runs as written, and its options and formats are those that there are."""

import re
from typing import get_args

from tests.conftest import ROOT
from tests.nights import quick_night
from warehouse.exporting import ExportFormat

READING = (ROOT / "docs" / "reading-the-file.md").read_text()


def test_python_of_the_page_reads_the_file(first_night, tmp_path, monkeypatch):
    quick_night(first_night / "customers.csv", tmp_path / "data")
    monkeypatch.chdir(tmp_path)
    (block,) = re.findall(r"```python\n(.*?)```", READING, re.DOTALL)
    found: dict[str, object] = {}
    exec(block, found)
    assert list(found["segments"].columns) == ["segment_id", "name", "customers"]
    assert len(found["segments"]) == 2


def test_formats_of_the_page_are_all():
    table = READING.split("| `--format` |")[1].split("\n\n")[0]
    assert re.findall(r"^\| `(\w+)`", table, re.MULTILINE) == ["parquet", "csv", "json", "xlsx"]
    assert set(get_args(ExportFormat)) == {"parquet", "csv", "json", "xlsx"}


def test_options_of_the_page_exist():
    source = "".join((ROOT / "flows" / "cli" / f"{name}.py").read_text() for name in ("export", "audience", "query"))
    named = set(re.findall(r"`?--([a-z][a-z-]+)", READING)) - {"read-only"}
    assert {name for name in named if f"{name.replace('-', '_')}:" not in source} == set()
