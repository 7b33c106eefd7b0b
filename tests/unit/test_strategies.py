import numpy as np
import pytest

from tasks.clustering.eligibility import NullScore
from tasks.encoding.base_encoding import rows_in
from tasks.encoding.strategies import STRATEGIES, by_numbers, guards_of
from tests.base_encodings import base_of

RNG = np.random.default_rng(0)
N = 2000
BASE = base_of(
    age=RNG.normal(40, 10, N),
    visits=RNG.integers(0, 9, N),
    place=RNG.choice(4, N, p=[0.5, 0.3, 0.19, 0.01]),
    member=RNG.random(N) < 0.3,
    basket=RNG.random((N, 3)) < [0.5, 0.2, 0.002],
)

LIFTED = {2: NullScore(0.3, 0.01), 3: NullScore(0.3, 0.2)}


def rows_of(name, left_out=()):
    features = STRATEGIES[name].features(BASE, left_out)
    return features, rows_in(BASE, features).dense(slice(None)).astype(float)


def test_standard_is_the_textbook():
    features, matrix = rows_of("standard")
    assert features == BASE.features
    assert matrix[:, :2].mean(axis=0) == pytest.approx([0, 0], abs=1e-6)
    assert matrix[:, :2].std(axis=0) == pytest.approx([1, 2], abs=1e-6)
    assert set(np.unique(matrix[:, 2:])) == {0, 1}


def test_numbers_are_the_numbers_and_nothing_else():
    features, matrix = rows_of("numbers")
    assert matrix.shape == (N, 2)
    assert [feature.weight for feature in features] == [1, 2, *[0] * 8]


def test_one_number_is_no_encoding_of_numbers():
    assert STRATEGIES["numbers"].features(BASE, ["age"]) == ()


def test_mixed_gives_every_column_an_equal_say():
    features, matrix = rows_of("mixed")
    used = [feature for feature in features if feature.weight > 0]
    variances = dict(zip([feature.feature for feature in used], matrix.var(axis=0), strict=True))
    assert [variances[name] for name in ("age", "member", "basket=item 0")] == pytest.approx([1, 1, 1], abs=1e-5)
    shares = {feature.feature: feature.center for feature in used}
    places = [name for name in variances if name.startswith("place")]
    assert [variances[name] for name in places] == pytest.approx([1 - shares[name] for name in places], abs=1e-5)


def test_a_declared_weight_counts_in_every_encoding():
    for name in ("standard", "numbers", "mixed"):
        _, matrix = rows_of(name)
        assert matrix[:, 1].std() == pytest.approx(2, abs=1e-5)


def test_infrequent_categories_are_in_no_component():
    for name in ("mixed", "brackets"):
        assert {feature.feature: feature.weight for feature in rows_of(name)[0]}["basket=item 2"] == 0


def test_brackets_stand_in_for_the_numbers():
    features, matrix = rows_of("brackets")
    weights = {feature.feature: feature.weight for feature in features}
    assert weights["age"] == weights["visits"] == 0
    brackets = [feature for feature in features if feature.encoding == "bracket"]
    assert {feature.source_column for feature in brackets} == {"age", "visits"}
    present = matrix[:, -len(brackets) :] > 0
    assert present.sum(axis=1).tolist() == [2] * N


@pytest.mark.parametrize("name", STRATEGIES)
def test_left_out_column_has_no_weight(name):
    features, _ = rows_of(name, left_out=["place"])
    assert {feature.weight for feature in features if feature.source_column == "place"} == {0}


def test_left_out_number_has_no_bracket():
    features, matrix = rows_of("brackets", left_out=["age"])
    assert {feature.source_column for feature in features if feature.encoding == "bracket"} == {"visits"}
    assert matrix.shape[1] == sum(feature.weight > 0 for feature in features)


def test_constant_column_is_not_in_mixed():
    base = base_of(age=np.arange(100), spend=np.full(100, 5.0), member=np.ones(100))
    features = STRATEGIES["mixed"].features(base, ())
    assert [feature.weight for feature in features] == [1, 0, 0]


def test_single_is_one_number():
    features = by_numbers(BASE, ["age"])
    assert rows_in(BASE, features).dense(slice(None)).shape == (N, 1)
    assert guards_of("single", 1, LIFTED).min_gain_share > guards_of("standard", 1, LIFTED).min_gain_share


def test_only_components_need_an_improvement():
    gains = {name: guards_of(name, 1, LIFTED).min_improvement > 0 for name in (*STRATEGIES, "single")}
    assert gains == {"standard": False, "numbers": False, "mixed": True, "brackets": True, "single": False}


def test_shares_of_what_is_chance_mean_nothing():
    assert guards_of("standard", 1, {2: NullScore(0.3, 0.01)}).min_gain_share == 0
    assert guards_of("standard", 1, {}).min_gain_share == 0


def test_gain_at_a_larger_null_silhouette_is_chance():
    nulls = {2: NullScore(0.40, 0.01), 5: NullScore(0.30, 0.06)}
    assert guards_of("standard", 1, nulls).min_gain_share == 0
    assert guards_of("single", 1, nulls).min_gain_share > 0


def test_guards_have_floor_and_null_scores():
    guards = guards_of("mixed", 7, LIFTED)
    assert (guards.min_customers, guards.nulls) == (7, LIFTED)
