"""Wide files stay quick to look at, and sums do not depend on the number of threads."""

import time

import duckdb

from tests.nights import run_night, value
from warehouse.connection import one_thread


def test_wide_profile_is_read_within_seconds(write, home):
    lines = [f"{20 + n % 50},Ohio,p{n % 2000}, p{(n * 7 + 1) % 2000}" for n in range(2000)]
    run_night(write("\n".join(["Age,Location,Purchase History", *lines, ""])), home, k=2)
    start = time.perf_counter()
    with duckdb.connect(str(home / "segments.duckdb"), read_only=True) as database:
        profile = database.execute("SELECT * FROM segment_profile").fetchall()
    assert len(profile[0]) == 2 + 2 + 2000
    assert time.perf_counter() - start < 10
    assert value(home, 'SELECT "purchase_history=p7" FROM segment_profile WHERE segment_id = 1') == value(
        home, "SELECT mean FROM segment_stats WHERE segment_id = 1 AND feature = 'purchase_history=p7'"
    )


def test_single_thread_sums_are_reproducible():
    with duckdb.connect() as database:
        database.execute("CREATE TABLE t AS SELECT hash(range) % 100000 / 7 AS v FROM range(600000)")
        with one_thread(database):
            found = {database.execute("SELECT avg(v), stddev_pop(v) FROM t").fetchall()[0] for _ in range(8)}
    assert len(found) == 1
