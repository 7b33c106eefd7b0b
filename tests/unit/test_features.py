import dataclasses
from itertools import pairwise

import numpy as np
import pytest
from pandera.typing import Series

from schemas import Dataset, category, flag, items, numeric
from schemas.dataset import columns_of
from tasks.encoding.features import (
    Members,
    Numbers,
    Value,
    encode_binary,
    encode_numbers,
    is_far,
    standard,
    with_unique_names,
)


class Everything(Dataset):
    """One column of each kind."""

    spend: Series[float] = numeric(weight=2)
    state: Series[str] = category()
    member: Series[bool] = flag()
    basket: Series[list] = items(weight=0.5)


class Skewed(Dataset):
    """A skewed amount, and columns in which values may be missing."""

    spend: Series[float] = numeric(log=True, clip=(0, 100), nullable=True)
    state: Series[str] = category(nullable=True)
    plan: Series[str] = category(missing="most_frequent")


SPEND, STATE, MEMBER, BASKET = columns_of(Everything)
SKEWED, OWN, COMMONEST = columns_of(Skewed)


def values(*texts, commonest=None):
    return tuple(Value(text, 1, text == commonest) for text in texts)


MARKED = [
    Members(STATE, values("Ohio", "Texas", commonest="Ohio")),
    Members(MEMBER, (Value(None, 1, True),)),
    Members(BASKET, (*values("apples", "juice"), Value(None, 7, False))),
]


def features_of(*sources):
    return with_unique_names(feature for source in sources for feature in standard(source))


def marks_of(pieces, features, n_customers, max_present=100):
    return encode_binary(
        ((n, np.array(keys, dtype=np.int64)) for n, keys in pieces), features, n_customers, max_present
    )


def encoded(values, column=SPEND):
    (feature,) = standard(Numbers(column, np.array(values)))
    return encode_numbers(np.array(values), feature)


def test_numbers_have_mean_zero_and_weighted_deviation():
    numbers = encoded([1.0, 2.0, 3.0, 6.0])
    assert numbers.mean() == pytest.approx(0, abs=1e-12)
    assert numbers.std() == pytest.approx(2)


def test_present_features_add_their_weight():
    features = features_of(*MARKED)
    binary = marks_of([(3, [2 * 6 + 3, 0, 1 * 6 + 4, 1 * 6 + 1, 2, 2 * 6])], features, 3)
    assert binary.toarray().tolist() == [[1, 0, 1, 0, 0, 0], [0, 1, 0, 0, 0.5, 0], [1, 0, 0, 0.5, 0, 0]]
    assert binary.dtype == np.float32
    assert binary.indices.dtype == binary.indptr.dtype == np.int32


def test_pieces_are_the_same_as_all():
    features = features_of(*MARKED)
    keys = np.flatnonzero(np.random.default_rng(0).random(6 * 100) < 0.3)
    whole = marks_of([(100, keys)], features, 100, max_present=len(keys))
    ends = [0, 1, 40, 40, 100]
    pieces = [
        (last - first, keys[(keys >= 6 * first) & (keys < 6 * last)] - 6 * first) for first, last in pairwise(ends)
    ]
    assert (marks_of(pieces, features, 100, max_present=len(keys)) != whole).nnz == 0


def test_grouped_values_are_present_once():
    binary = marks_of([(2, [5, 11, 5, 5, 3])], features_of(*MARKED), 2)
    assert binary.toarray()[:, 3:].tolist() == [[0.5, 0, 0.5], [0, 0, 0.5]]
    assert binary.nnz == 3


def test_tiny_weight_leaves_no_stored_zero():
    class Faint(Dataset):
        state: Series[str] = category(weight=1e-60)
        plan: Series[str] = category()

    state, plan = columns_of(Faint)
    features = features_of(Members(state, values("a")), Members(plan, values("b")))
    assert marks_of([(2, [0, 1, 2])], features, 2).nnz == 1


def test_customers_without_any_feature_have_empty_rows():
    assert marks_of([(2, [])], features_of(*MARKED), 2).nnz == 0
    assert marks_of([], [], 3, max_present=0).shape == (3, 0)


def test_every_feature_says_how_it_was_made():
    names = [
        (feature.feature, feature.encoding, feature.value, feature.grouped_values)
        for feature in features_of(Numbers(SPEND, np.array([1.0, 2.0])), *MARKED)
    ]
    assert names == [
        ("spend", "standardized", None, None),
        ("state=Ohio", "one-hot", "Ohio", 1),
        ("state=Texas", "one-hot", "Texas", 1),
        ("member", "flag", None, 1),
        ("basket=apples", "multi-hot", "apples", 1),
        ("basket=juice", "multi-hot", "juice", 1),
        ("basket=(other)", "multi-hot", "(other)", 7),
    ]


def test_missing_value_counts_as_its_column_declares():
    own = standard(Members(OWN, values("(missing)", "Ohio", commonest="Ohio")))
    commonest = standard(Members(COMMONEST, (*values("(missing)", "plus"), Value(None, 2, True))))
    assert [feature.imputed for feature in own] == [1, 0]
    assert [feature.imputed for feature in commonest] == [0, 0, 1]
    assert [feature.imputed for feature in features_of(*MARKED)] == [0, 0, 1, 0, 0, 0]


def test_scale_of_a_number_does_not_matter():
    assert np.allclose(encoded([1.0, 2.0, 4.0]), encoded([1000.0, 2000.0, 4000.0]))


def test_constant_number_is_encoded_as_zero():
    assert encoded([0.1] * 3).tolist() == [0, 0, 0]


def test_missing_number_is_imputed_after_log():
    values = np.array([0.0, 1e9, np.nan])
    (feature,) = standard(Numbers(SKEWED, values))
    assert feature.center == pytest.approx(np.log1p(100) / 2)
    assert encode_numbers(values, feature).tolist() == pytest.approx([-1, 1, 0])


def test_case_variants_of_names_are_numbered():
    features = features_of(Members(BASKET, values("Apples", "apples")))
    assert [feature.feature for feature in features] == ["basket=Apples", "basket=apples (2)"]
    assert [feature.value for feature in features] == ["Apples", "apples"]


def test_numbers_given_are_not_mutated():
    given = np.array([1.0, np.nan, 3.0])
    encode_numbers(given, standard(Numbers(SPEND, given))[0])
    assert np.array_equal(given, [1.0, np.nan, 3.0], equal_nan=True)


def test_far_value_is_clipped():
    (feature,) = standard(Numbers(SPEND, np.r_[np.linspace(0, 10, 300), 500.0]))
    assert feature.clip_low == pytest.approx(0.1, abs=0.05)
    assert feature.clip_high == pytest.approx(9.9, abs=0.05)
    assert is_far(np.array([5.0, 11.0, 500.0]), feature).tolist() == [False, False, True]


def test_no_far_value_means_no_clipping():
    (feature,) = standard(Numbers(SPEND, np.random.default_rng(0).normal(size=2000)))
    assert (feature.clip_low, feature.clip_high) == (None, None)
    assert not is_far(np.array([1e9]), feature).any()


def test_far_is_measured_among_logarithms():
    amounts = np.random.default_rng(0).lognormal(3, 1, 5000)
    log = dataclasses.replace(SPEND, settings=dataclasses.replace(SPEND.settings, log=True))
    assert standard(Numbers(log, amounts))[0].clip_high is None
    assert standard(Numbers(SPEND, amounts))[0].clip_high is not None
