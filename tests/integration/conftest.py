import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tasks.deliver import deliver
from tasks.ingest import ingest
from tasks.run.lifecycle import begin_night
from tasks.validate import validate
from tests.nights import rows_of
from warehouse.audit import broken_rows
from warehouse.connection import staging
from warehouse.home.run import Order, Run

#: The seed's own columns, for schemas that add a setting.
CUSTOMERS = """
    age: Series[int] = numeric(ge=0, le=120)
    location: Series[str] = category()
    purchase_history: Series[list] = items()
"""

_SCHEMA = """
from pandera.typing import Series
from schemas import Dataset, category, flag, identifier, ignored, items, numeric

class Shop(Dataset, {settings}):
    {fields}
"""


@dataclass(frozen=True)
class Checked:
    """A delivery that is read and checked: the steps of the night up to the validation, and what they left."""

    run: Run

    @property
    def manifest(self) -> dict[str, Any]:
        return json.loads(self.run.manifest_file.read_text())

    @property
    def notes(self) -> list[str]:
        return self.manifest["notes"]

    def counts(self, step: str) -> dict[str, Any]:
        return next(counts for counts in self.manifest["steps"] if counts["step"] == step)

    def customers(self, columns: str = "age, location, purchase_history") -> list[tuple[Any, ...]]:
        """The customers, in the order in which they were delivered."""
        return self.rows(f"SELECT {columns} FROM customers ORDER BY source_name, line_number")

    def rejected(self, columns: str = "line_number, column_name, code, value") -> list[tuple[Any, ...]]:
        """The faults, in the order in which they were delivered."""
        return self.rows(f"SELECT {columns} FROM rejected_rows ORDER BY source_name, line_number, column_name")

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return rows_of(self.run.night_file, sql)


@pytest.fixture
def check(write, tmp_path: Path) -> Callable[..., Checked]:
    """Read and check one or more files under a schema of a few lines, any share of rejected rows allowed.

    Whatever is delivered, every line is of the header, of a record or skipped, and every record a customer or rejected.
    """

    def check_files(*contents: str | bytes, fields: str = CUSTOMERS, **settings: Any) -> Checked:
        keywords = ", ".join(f"{name}={value!r}" for name, value in {"max_rejected_share": 1, **settings}.items())
        schema = write(_SCHEMA.format(settings=keywords, fields=fields.strip()), "shop.py")
        names = ["customers.csv", *(f"more-{number}.csv" for number in range(1, len(contents)))]
        delivered = tuple(str(write(content, name)) for content, name in zip(contents, names, strict=True))
        with begin_night(Order(delivered, dataset=str(schema), home=str(tmp_path / "home"))) as run:
            delivery = deliver(run)
            validate(run, delivery, ingest(run, delivery))
            with staging(run) as database:
                assert broken_rows(database, run, "audit/lines_accounted") == []
        checked = Checked(run)
        counts = checked.counts("validate")
        assert checked.counts("ingest")["rows_read"] == counts["rows_loaded"] + counts["rows_rejected"]
        assert checked.rows("SELECT count(*) FROM customers") == [(counts["rows_loaded"],)]
        assert checked.rows("SELECT count(DISTINCT (source_name, line_number)) FROM rejected_rows") == [
            (counts["rows_rejected"],)
        ]
        return checked

    return check_files
