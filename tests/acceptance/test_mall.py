"""The canonical segmentation set: the published numbers and the textbook's partition."""

import pytest
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score, silhouette_score

from tests.acceptance.real_files import MALL, numbers, objective_of, records, standardized
from tests.nights import rows, value

INCOME, SCORE = "Annual Income (k$)", "Spending Score (1-100)"
BY_COLUMNS = {"mall_income_score": (INCOME, SCORE), "mall_age_income_score": ("Age", INCOME, SCORE)}


def labels_of(customers, home):
    """The published segments in the order of the file, found by the customer's key."""
    by_customer = dict(rows(home, "SELECT customer_id, segment_id FROM customer_segments"))
    return [by_customer[record["CustomerID"]] for record in records(customers / MALL)]


@pytest.mark.parametrize(
    ("dataset", "n_clusters", "silhouette"), [("mall_income_score", 5, 0.5547), ("mall_age_income_score", 6, 0.4274)]
)
def test_k_and_silhouette_are_the_known_ones(night, dataset, n_clusters, silhouette):
    home = night(MALL, dataset)
    assert value(home, "SELECT n_clusters FROM runs") == n_clusters
    assert value(home, "SELECT silhouette FROM runs") == pytest.approx(silhouette, abs=5e-5)


@pytest.mark.parametrize(("dataset", "headers"), BY_COLUMNS.items(), ids=BY_COLUMNS)
def test_silhouette_and_objective_match_scikit_learn(customers, night, dataset, headers):
    home = night(MALL, dataset)
    matrix, labels = standardized(numbers(customers / MALL, *headers)), labels_of(customers, home)
    assert value(home, "SELECT silhouette FROM runs") == pytest.approx(silhouette_score(matrix, labels), abs=1e-6)
    assert value(home, "SELECT objective FROM runs") == pytest.approx(objective_of(matrix, labels), abs=1e-6)


@pytest.mark.parametrize(("dataset", "headers"), BY_COLUMNS.items(), ids=BY_COLUMNS)
def test_published_fit_matches_best_of_many_restarts(customers, night, dataset, headers):
    home = night(MALL, dataset)
    matrix = standardized(numbers(customers / MALL, *headers))
    best = KMeans(value(home, "SELECT n_clusters FROM runs"), n_init=100, random_state=0).fit(matrix)
    assert value(home, "SELECT objective FROM runs") == pytest.approx(best.inertia_ / len(matrix), abs=1e-6)


def test_partition_is_that_of_the_textbook(customers, night):
    matrix = standardized(numbers(customers / MALL, INCOME, SCORE))
    textbook = KMeans(5, n_init=10, random_state=42).fit_predict(matrix)
    published = labels_of(customers, night(MALL, "mall_income_score"))
    assert adjusted_rand_score(textbook, published) == 1.0
