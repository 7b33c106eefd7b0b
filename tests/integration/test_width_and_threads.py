"""Wide files stay quick to look at, and sums do not depend on the number of threads."""

import time

import duckdb
import numpy as np
from sklearn.datasets import make_blobs

from tasks.kmeans import distances_to, fit_kmeans
from tests.nights import run_night, value
from warehouse.opening import one_thread


def test_profile_of_two_thousand_products_is_read_in_seconds(write, home):
    lines = [f"{20 + n % 50},Ohio,p{n % 2000}, p{n * 7 % 2000}" for n in range(2000)]
    run_night(write("\n".join(["Age,Location,Purchase History", *lines, ""])), home, k=2)
    start = time.perf_counter()
    with duckdb.connect(str(home / "segments.duckdb"), read_only=True) as database:
        profile = database.execute("SELECT * FROM segment_profile").fetchall()
    assert len(profile[0]) == 2 + 2 + 2000
    assert time.perf_counter() - start < 10
    assert value(home, 'SELECT "purchase_history=p7" FROM segment_profile WHERE segment_id = 1') == value(
        home, "SELECT mean FROM segment_stats WHERE segment_id = 1 AND feature = 'purchase_history=p7'"
    )


def test_sums_of_one_thread_are_the_same_every_time():
    with duckdb.connect() as database:
        database.execute("CREATE TABLE t AS SELECT hash(range) % 100000 / 7 AS v FROM range(600000)")
        with one_thread(database):
            found = {database.execute("SELECT avg(v), stddev_pop(v) FROM t").fetchall()[0] for _ in range(8)}
    assert len(found) == 1


def test_every_customer_is_nearest_to_its_own_centroid_where_fits_hardly_settle():
    matrix = np.random.default_rng(0).normal(size=(50_000, 5)).astype(np.float32)
    fit = fit_kmeans(matrix, 10, random_state=0)
    distances = distances_to(matrix, fit.centroids)
    own = distances[np.arange(len(matrix)), fit.labels]
    assert (own <= distances.min(axis=1) * (1 + 1e-12)).all()


def test_settled_centroids_are_the_means_of_their_own():
    matrix = make_blobs(2000, 4, centers=5, random_state=3)[0].astype(np.float32)
    fit = fit_kmeans(matrix, 5, random_state=0)
    for number, centroid in enumerate(fit.centroids):
        assert np.allclose(centroid, matrix[fit.labels == number].mean(axis=0, dtype=np.float64))
