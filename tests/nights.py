"""Run nights in tests, and look at what they published."""

from dataclasses import dataclass, fields, replace
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from flows.night import PLAIN_STEPS, Steps, night
from flows.summary import RunSummary
from warehouse.home.directory import Home
from warehouse.home.ledger import read_manifest
from warehouse.home.run import Order, Run
from warehouse.querying import queried

SEED_ROWS = """Age,Location,Purchase History
25,New York,apples
35,California,juice
45,Texas,steak
30,Illinois,apples, juice
40,Florida,steak, apples
50,Arizona,juice, steak
"""

#: The run that a published file is of.
PUBLISHED_RUN = "SELECT arg_max(run_id, started_at) FROM runs WHERE status = 'published'"


def run_night(source: Path | str | list[Path], home: Path | str, **order: Any) -> RunSummary:
    """Run the night without Prefect."""
    return night(order_of(source, home, **order))


def order_of(source: Path | str | list[Path], home: Path | str, **order: Any) -> Order:
    """Return the order of a night; a list of files is one night's delivery."""
    delivered = tuple(map(str, source)) if isinstance(source, list) else str(source)
    return Order(delivered, home=str(home), **order)


def quick_night(source: Path | str | list[Path], home: Path | str, **order: Any) -> RunSummary:
    """Run a night with one k and one encoding, for tests that look at what comes before the segments or after them."""
    return run_night(source, home, **{"k": 2, "encoding": "standard", **order})


@dataclass(frozen=True)
class Stopped:
    """A night that went no further than some step.

    Attributes:
        results: what the step of each name returned.
    """

    run: Run
    results: dict[str, Any]

    @property
    def manifest(self) -> dict[str, Any]:
        """The record of the run."""
        return read_manifest(self.run.manifest_file)

    @property
    def counts(self) -> tuple[int, int]:
        """Rows loaded and rows rejected, of a night that was validated."""
        return self.results["validate"].rows_loaded, self.results["validate"].rows_rejected

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query on the file that would have been published."""
        return rows_of(self.run.night_file, sql)


def read_night(source: Path | str | list[Path], home: Path | str, **order: Any) -> Stopped:
    """Read and validate a delivery as a night does; a third of a night, and what is in it is in its tables."""
    return night_up_to("validate", order_of(source, home, **order))


def night_up_to(last: str, order: Order) -> Stopped:
    """Run the steps of the night up to the last of them, without Prefect; nothing is published."""
    found: dict[str, Any] = {}
    runs: list[Run] = []

    def noted(name: str) -> Any:
        def step(run: Run, *earlier: Any) -> Any:
            found[name] = getattr(PLAIN_STEPS, name)(run, *earlier)
            runs.append(run)
            if name == last:
                raise _Enough
            return found[name]

        return step

    try:
        night(order, Steps(**{step.name: noted(step.name) for step in fields(Steps)}))
    except _Enough:
        return Stopped(runs[-1], found)
    raise AssertionError(f"the night ended before {last}")


def night_with(order: Order, **steps: Any) -> RunSummary:
    """Run the night with steps of the test's own."""
    return night(order, replace(PLAIN_STEPS, **steps))


class _Enough(BaseException):
    """The last step that a test wants is done."""


@cache
def _outside() -> duckdb.DuckDBPyConnection:
    """A DuckDB of the tests' own; starting one takes longer than most queries."""
    return duckdb.connect(config={"threads": 1})


def rows_of(file: Path, sql: str) -> list[tuple[Any, ...]]:
    """Return the rows of a query on a DuckDB file, attached from outside, read-only."""
    database = _outside()
    escaped = str(file).replace("'", "''")
    database.execute(f"ATTACH '{escaped}' AS looked_into (READ_ONLY); USE looked_into")
    try:
        return database.execute(sql).fetchall()
    finally:
        database.execute("USE memory; DETACH looked_into")


def rows(home: Path | str, sql: str) -> list[tuple[Any, ...]]:
    """Return the rows of a query on the published file."""
    return rows_of(Path(home) / "segments.duckdb", sql)


def answered(home: Home, sql: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Return the names and rows that ``segments query`` answers with."""
    with queried(home, sql) as (names, found):
        return names, list(found)


def value(home: Path | str, sql: str) -> Any:
    """Return the one value of a query on the published file."""
    return rows(home, sql)[0][0]


#: The invariants of a published file: each query counts what breaks it, from outside, by plain SQL.
INVARIANTS = {
    "rows read are rows loaded and rows rejected": """
        SELECT count(*) FROM runs WHERE status = 'published' AND rows_read <> rows_loaded + rows_rejected""",
    "rejected rows are as many as the run says": """
        SELECT abs((SELECT count(DISTINCT (source_name, line_number)) FROM rejected_rows)
            - (SELECT arg_max(rows_rejected, started_at) FROM runs WHERE status = 'published'))""",
    "customers, their segments and the sizes agree": """
        SELECT count(*) FROM (SELECT arg_max(rows_loaded, started_at) AS n FROM runs WHERE status = 'published')
        WHERE n <> (SELECT count(*) FROM customers) OR n <> (SELECT count(*) FROM customer_segments)
            OR n <> (SELECT sum(customers) FROM segments)""",
    "every customer has one key and one segment": """
        SELECT (SELECT count(*) - count(DISTINCT customer_id) FROM customers)
            + (SELECT count(*) FROM customers ANTI JOIN customer_segments USING (customer_id))""",
    "exactly one k is chosen and it is the number of segments": """
        SELECT count(*) FROM (SELECT count(*) AS n, max(k) AS k FROM k_scores WHERE chosen)
        WHERE n <> 1 OR k <> (SELECT count(*) FROM segments)
            OR k <> (SELECT arg_max(n_clusters, started_at) FROM runs WHERE status = 'published')""",
    "no second segment is nearer": "SELECT count(*) FROM customer_segments WHERE second_distance < distance",
    "J is the mean squared distance": """
        SELECT count(*) FROM (SELECT avg(distance * distance) AS j FROM customer_segments)
        WHERE abs(j - (SELECT arg_max(objective, started_at) FROM runs WHERE status = 'published')) > 1e-9 * (1 + j)""",
    "one run throughout": """
        SELECT count(*) FROM rejected_rows
        WHERE run_id <> (SELECT arg_max(run_id, started_at) FROM runs WHERE status = 'published')""",
}


def assert_invariants(home: Path | str) -> None:
    """Check every invariant of a published file from outside."""
    found = rows(home, "SELECT " + ", ".join(f"({sql})" for sql in INVARIANTS.values()))[0]
    assert dict(zip(INVARIANTS, found, strict=True)) == dict.fromkeys(INVARIANTS, 0)
