"""How well a column alone predicts the segment: fully, by chance, and in between."""

import numpy as np
import pytest

from tasks.reporting.column_association import (
    ColumnAssociation,
    association_of,
    association_of_items,
    association_of_number,
    association_of_values,
)


def table_of(values, segments):
    """Count the customers of each value in each segment."""
    table = np.zeros((values.max() + 1, segments.max() + 1))
    np.add.at(table, (values, segments), 1)
    return table


@pytest.fixture
def rng():
    return np.random.default_rng(7)


def test_column_that_tells_every_segment_agrees_wholly():
    assert association_of(np.diag([900, 50, 4])) == pytest.approx(1)


def test_pure_values_have_full_association():
    assert association_of([[20, 0], [30, 0], [0, 10], [0, 5]]) == pytest.approx(1)


def test_column_predicted_by_segments_predicts_less():
    flag_of_four_segments = np.array([[50, 50, 0, 0], [0, 0, 50, 50]])
    assert association_of(flag_of_four_segments) == pytest.approx((1 / 3) ** 0.5, abs=0.01)
    assert association_of(flag_of_four_segments.T) == pytest.approx(1)


def test_two_segments_give_cramers_v():
    counts = np.array([[400, 100], [150, 350], [200, 300]], dtype=float)
    expected = np.outer(counts.sum(1), counts.sum(0)) / counts.sum()
    v = (((counts - expected) ** 2 / expected).sum() / counts.sum()) ** 0.5
    assert association_of(counts) == pytest.approx(v, abs=0.003)


@pytest.mark.parametrize("n_values", [2, 6, 50, 300])
def test_independent_column_has_no_association(rng, n_values):
    tables = [table_of(rng.integers(0, n_values, 600), rng.integers(0, 4, 600)) for _ in range(60)]
    squared = [float(association_of(table)) ** 2 for table in tables]
    assert np.mean(squared) < 0.02
    assert max(squared) < 0.09


@pytest.mark.parametrize("counts", [np.eye(30), np.zeros((2, 3)), np.zeros((0, 3)), [[40, 0, 0]], [[10, 20, 30]]])
def test_unique_empty_and_constant_columns_predict_nothing(counts):
    assert association_of(counts) == 0


def test_small_segment_weighs_by_its_customers():
    six_places = np.diag([200.0] * 6)
    with_far_ones = np.hstack([six_places, np.full((6, 1), 2.0)])
    assert association_of(with_far_ones) > 0.98


def test_order_of_values_does_not_matter(rng):
    table = table_of(rng.integers(0, 5, 300), rng.integers(0, 4, 300))
    assert association_of(table[::-1, [2, 0, 3, 1]]) == pytest.approx(float(association_of(table)))


def test_many_tables_are_measured_unchanged(rng):
    tables = np.stack([table_of(rng.integers(0, 3, 90), rng.integers(0, 4, 90)) for _ in range(5)])
    before = tables.copy()
    assert association_of(tables).tolist() == [float(association_of(table)) for table in tables]
    assert (tables == before).all()


def test_redundant_category_says_what_gives_the_segments():
    told = association_of_values("location", "category", np.diag([30, 20, 10]), [30, 20, 10])
    assert told.is_redundant
    assert told.note == (
        "these segments duplicate your location column (association 1.00): a plain GROUP BY location gives them"
    )
    assert told.reason == ("by its 3 values: the segments duplicate this column, a plain GROUP BY location gives them")


def test_category_of_many_values_is_grouped():
    told = association_of_values("location", "category", [[20, 0], [30, 0], [0, 10]], [50, 10])
    assert told.note.endswith("groups of its 3 values give them")


def test_missing_value_is_its_own_value():
    assert association_of_values("member", "flag", [[0, 40]], [60, 40]).association == pytest.approx(1)
    assert association_of_values("member", "flag", [[20, 40]], [60, 40]).association < 0.8


def test_list_predicts_by_its_best_item():
    told = association_of_items("bought", ["milk", "old\n  wine", "tea"], [[50, 50], [2, 98], [40, 60]], [100, 100])
    assert told.association == pytest.approx(0.96, abs=0.01)
    assert told.note == (
        "these segments duplicate your bought column (association 0.96): whether it holds old wine gives them"
    )


def test_long_item_is_cut_in_the_words():
    assert len(association_of_items("bought", ["x" * 1_000], [[50, 0]], [50, 50]).reason) < 300


@pytest.mark.parametrize(
    ("cuts", "places"),
    [([31.0], "31"), ([31.0, 52.25], "31 and 52.25"), ([1.0, 2.0, 3e6], "1, 2 and 3,000,000"), ([1.0] * 9, "9 points")],
)
def test_number_says_where_it_is_cut(cuts, places):
    told = association_of_number("age", cuts, np.eye(len(cuts) + 1) * 50)
    assert (
        told.note == f"these segments duplicate your age column (association 1.00): cutting it at {places} gives them"
    )


@pytest.mark.parametrize(
    ("association", "meaning"),
    [
        (0.95, "the segments duplicate this column, a GROUP BY gives them"),
        (0.949, "predicts the segment well"),
        (0.5, "predicts the segment partly"),
        (0.2, "predicts the segment poorly"),
        (0.0, "predicts the segment no better than chance"),
    ],
)
def test_reason_says_what_the_figure_means(association, meaning):
    told = ColumnAssociation("age", "numeric", association, "cut at 31", "a GROUP BY gives them")
    assert told.reason == f"cut at 31: {meaning}"
    assert told.is_redundant == (association >= 0.95)


@pytest.mark.parametrize(
    "told",
    [
        association_of_values("location", "category", [[3], [4]], [7]),
        association_of_items("bought", ["tea"], [[3]], [7]),
        association_of_number("age", [], [[7]]),
    ],
)
def test_one_segment_has_no_association(told):
    assert (told.association, told.is_redundant) == (None, False)
    assert told.reason == "there is one segment, so there is nothing to predict"
