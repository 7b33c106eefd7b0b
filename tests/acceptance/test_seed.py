"""The mission's own example, and a big file of the same form, held against scikit-learn."""

import pytest
from sklearn.cluster import KMeans
from sklearn.metrics import silhouette_score

from tests.acceptance.real_files import SEED, SHOPPING, objective_of, seed_form, seed_matrix
from tests.nights import assert_invariants, rows, value

LABELS = "SELECT segment_id FROM customers JOIN customer_segments USING (customer_id) ORDER BY line_number"


def labels_of(home):
    """The published segments in the order of the file."""
    return [segment_id for (segment_id,) in rows(home, LABELS)]


def best_by_scikit_learn(matrix, k):
    return KMeans(k, n_init=10, random_state=0).fit_predict(matrix)


@pytest.mark.parametrize(("file", "expected_rows", "expected_products"), [(SEED, 6, 9), (SHOPPING, 3900, 3900)])
def test_every_row_and_purchase_is_loaded(night, file, expected_rows, expected_products):
    home = night(file, "customers")
    assert rows(home, "SELECT rows_read, rows_loaded, rows_rejected FROM runs") == [(expected_rows, expected_rows, 0)]
    assert value(home, "SELECT sum(len(purchase_history)) FROM customers") == expected_products
    assert_invariants(home)


@pytest.mark.parametrize("file", [SEED, SHOPPING])
def test_customers_match_the_file_field_by_field(customers, night, file):
    found = rows(night(file, "customers"), "SELECT age, location, purchase_history FROM customers ORDER BY line_number")
    assert found == seed_form(customers / file)


@pytest.mark.parametrize("file", [SEED, SHOPPING])
def test_every_customer_is_labeled(night, file):
    home = night(file, "customers")
    labeled = (
        "SELECT count(*) FROM customers JOIN customer_segments USING (customer_id) JOIN segments USING (segment_id)"
    )
    assert value(home, labeled) == value(home, "SELECT count(*) FROM customers")


@pytest.mark.parametrize("file", [SEED, SHOPPING])
def test_silhouette_and_objective_match_scikit_learn(customers, night, file):
    home = night(file, "customers")
    matrix, labels = seed_matrix(customers / file), labels_of(home)
    assert value(home, "SELECT silhouette FROM runs") == pytest.approx(silhouette_score(matrix, labels), abs=1e-6)
    assert value(home, "SELECT objective FROM runs") == pytest.approx(objective_of(matrix, labels), abs=1e-6)


@pytest.mark.parametrize("file", [SEED, SHOPPING])
def test_published_fit_matches_or_beats_scikit_learn(customers, night, file):
    home = night(file, "customers")
    matrix = seed_matrix(customers / file)
    reference = objective_of(matrix, best_by_scikit_learn(matrix, value(home, "SELECT n_clusters FROM runs")))
    assert value(home, "SELECT objective FROM runs") <= reference + 1e-6


def test_chosen_k_maximizes_scikit_learn_silhouette(customers, night):
    matrix = seed_matrix(customers / SEED)
    curve = {k: silhouette_score(matrix, best_by_scikit_learn(matrix, k)) for k in range(2, len(matrix))}
    home = night(SEED, "customers")
    assert value(home, "SELECT k FROM k_scores WHERE chosen") == max(curve, key=curve.get)


def test_objective_of_every_k_matches_scikit_learn(customers, night):
    matrix = seed_matrix(customers / SEED)
    curve = {k: objective_of(matrix, best_by_scikit_learn(matrix, k)) for k in range(2, len(matrix))}
    found = dict(rows(night(SEED, "customers"), "SELECT k, objective FROM k_scores WHERE eligible"))
    assert found == pytest.approx(curve, abs=1e-6)
