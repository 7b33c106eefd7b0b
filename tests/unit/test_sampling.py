import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.datasets import make_blobs

import tasks.clustering.reference
from tasks.clustering.sampling import IN_95_PERCENT, draw, estimates
from tasks.clustering.silhouette import exact_silhouettes
from tests.arrays import customers_of, labels_of

WEIGHTED = np.random.default_rng(5).integers(0, 9, (3000, 3)).astype(np.float32)


@pytest.fixture(scope="module")
def overlapping():
    """Customers in segments that overlap, labeled with three numbers of segments, and their exact silhouettes."""
    matrix, _ = make_blobs(4000, 4, centers=5, cluster_std=4, random_state=0)
    distinct = customers_of(np.vstack([matrix, WEIGHTED @ np.ones((3, 4), dtype=np.float32)]))
    points = distinct.rows.dense(slice(None))
    labelings = np.array([KMeans(k, random_state=0).fit(points).labels_ for k in (2, 3, 5)], dtype=np.uint8)
    return distinct, labelings, exact_silhouettes(distinct.rows, distinct.weights, labelings)


def drawn_of(distinct, labelings, seed, max_scored, reference_rows=100_000):
    return draw(distinct, labelings, seed, max_scored=max_scored, reference_rows=reference_rows)


def last(distinct, labelings, seed, **sizes):
    return list(estimates(distinct, labelings, drawn_of(distinct, labelings, seed, **sizes)))[-1]


def mean_of(distinct, values):
    return values @ distinct.weights / distinct.n_customers


@pytest.mark.parametrize("sizes", [{"max_scored": 400}, {"max_scored": 800, "reference_rows": 700}])
def test_interval_covers_the_mean_nineteen_times(overlapping, sizes, monkeypatch):
    monkeypatch.setattr(tasks.clustering.reference, "_MIN_ROWS", 50)
    distinct, labelings, values = overlapping
    exact, held = mean_of(distinct, values), []
    for seed in range(60):
        found = last(distinct, labelings, seed, **sizes)
        held.append(np.abs(found.means() - exact) <= IN_95_PERCENT * found.standard_errors())
    assert 0.90 <= np.mean(held) <= 0.99


def test_mean_is_of_customers_not_rows(overlapping):
    distinct, labelings, values = overlapping
    found = last(distinct, labelings, 0, max_scored=4000)
    assert found.means() == pytest.approx(mean_of(distinct, values), abs=3 * found.standard_errors().max())
    assert abs(values.mean(axis=1) - mean_of(distinct, values)).max() > 10 * found.standard_errors().max()


def test_all_customers_drawn_leave_no_error(overlapping):
    distinct, labelings, values = overlapping
    found = last(distinct, labelings, 0, max_scored=distinct.n_customers)
    assert found.n_drawn == distinct.n_customers
    assert found.means() == pytest.approx(mean_of(distinct, values), abs=1e-6)
    assert found.standard_errors().max() == pytest.approx(0, abs=1e-9)
    assert found.quartiles()[0] == pytest.approx(
        np.quantile(np.repeat(values[0], distinct.weights), (0.25, 0.75), method="inverted_cdf"), abs=1e-6
    )


def test_sampled_reference_adds_to_the_error(overlapping, monkeypatch):
    monkeypatch.setattr(tasks.clustering.reference, "_MIN_ROWS", 20)
    distinct, labelings, _ = overlapping
    whole = last(distinct, labelings, 0, max_scored=500).standard_errors()
    part = last(distinct, labelings, 0, max_scored=500, reference_rows=200).standard_errors()
    assert (part > 1.05 * whole).all()


def test_difference_has_a_smaller_error(overlapping):
    distinct, labelings, values = overlapping
    found = last(distinct, labelings, 0, max_scored=500)
    leads, errors = found.leads(0)
    exact = mean_of(distinct, values)
    assert leads == pytest.approx(exact[0] - exact, abs=4 * max(errors.max(), 1e-9))
    assert leads[0] == errors[0] == 0
    assert errors[1] < np.hypot(*found.standard_errors()[:2])


def test_every_round_doubles_the_customers(overlapping):
    distinct, labelings, _ = overlapping
    rounds = list(estimates(distinct, labelings, drawn_of(distinct, labelings, 0, max_scored=4000)))
    assert len(rounds) == 2
    assert np.array_equal(rounds[1].values[:, :, : rounds[0].n_drawn], rounds[0].values)
    assert rounds[1].n_drawn == pytest.approx(2 * rounds[0].n_drawn, rel=0.02)


def test_every_stratum_is_drawn_from_in_proportion(overlapping):
    distinct, labelings, _ = overlapping
    drawn = drawn_of(distinct, labelings, 0, max_scored=1000)
    counts = np.bincount(drawn.strata, minlength=len(drawn.sizes))
    assert (np.abs(counts - 1000 * drawn.sizes / distinct.n_customers) <= 2).all()
    assert drawn.sizes.sum() == distinct.n_customers


def test_seed_decides_who_is_drawn(overlapping):
    distinct, labelings, _ = overlapping
    one, same, other = (drawn_of(distinct, labelings, seed, max_scored=500) for seed in (0, 0, 1))
    assert np.array_equal(one.rows, same.rows)
    assert not np.array_equal(one.rows, other.rows)


def test_reference_stands_for_all_customers(overlapping, monkeypatch):
    monkeypatch.setattr(tasks.clustering.reference, "_MIN_ROWS", 20)
    distinct, labelings, _ = overlapping
    reference = drawn_of(distinct, labelings, 0, max_scored=500, reference_rows=2000).reference
    assert reference.weights.sum() == pytest.approx(distinct.n_customers)
    assert sum(reference.group_sizes) == len(reference.rows) < len(distinct.rows)
    assert len(np.unique(reference.rows)) == len(reference.rows)
    assert max(reference.group_sizes[1:]) - min(reference.group_sizes[1:]) <= 10
    heaviest = np.flatnonzero(distinct.weights > 50)
    assert np.isin(heaviest, reference.rows[: reference.group_sizes[0]]).all()


def test_stratum_of_one_customer_is_fine():
    distinct = customers_of([[0.0], [0.1], [0.2], [50.0], [80.0]])
    found = last(distinct, labels_of(distinct, [0, 0, 0, 1, 2])[None], 0, max_scored=3)
    assert np.isfinite(found.means()).all()
    assert np.isfinite(found.standard_errors()).all()
