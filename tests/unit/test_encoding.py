import numpy as np
import pytest
from pandera.typing import Series

from schemas import Dataset, category, flag, items, numeric
from schemas.dataset import columns_of
from tasks.encoding import Members, Numbers, encode, standard


class Everything(Dataset):
    """One column of each kind."""

    spend: Series[float] = numeric(weight=2)
    state: Series[str] = category()
    member: Series[bool] = flag()
    basket: Series[list] = items(weight=0.5)


class Skewed(Dataset):
    """A skewed amount."""

    spend: Series[float] = numeric(log=True, clip=(0, 100), nullable=True)


SPEND, STATE, MEMBER, BASKET = columns_of(Everything)


def sources():
    return [
        Numbers(SPEND, np.array([1.0, 2.0, 3.0, 6.0])),
        Members(STATE, ("Ohio", "Texas"), np.arange(4), np.array([0, 1, 1, 0])),
        Numbers(MEMBER, np.array([0.0, 1.0, 1.0, 0.0])),
        Members(BASKET, ("apples", "juice"), np.array([0, 1, 1]), np.array([0, 0, 1])),
    ]


def test_numbers_have_mean_zero_and_the_spread_of_their_weight():
    matrix = encode(sources(), standard(sources()), 4)
    assert matrix.dtype == np.float32
    assert matrix[:, 0].mean() == pytest.approx(0, abs=1e-6)
    assert matrix[:, 0].std() == pytest.approx(2)


def test_categories_flags_and_items_are_ones_and_zeros_times_their_weight():
    matrix = encode(sources(), standard(sources()), 4)
    assert matrix[:, 1:].tolist() == [[1, 0, 0, 0.5, 0], [0, 1, 1, 0.5, 0.5], [0, 1, 1, 0, 0], [1, 0, 0, 0, 0]]


def test_every_feature_says_how_it_was_made():
    names = [(feature.feature, feature.encoding, feature.value) for feature in standard(sources())]
    assert names == [
        ("spend", "standardised", None),
        ("state=Ohio", "one-hot", "Ohio"),
        ("state=Texas", "one-hot", "Texas"),
        ("member", "flag", None),
        ("basket=apples", "multi-hot", "apples"),
        ("basket=juice", "multi-hot", "juice"),
    ]


def test_scale_of_a_number_does_not_matter():
    narrow = [Numbers(SPEND, np.array([1.0, 2.0, 4.0]))]
    wide = [Numbers(SPEND, np.array([1000.0, 2000.0, 4000.0]))]
    assert np.allclose(encode(narrow, standard(narrow), 3), encode(wide, standard(wide), 3))


def test_constant_number_is_encoded_as_zero():
    constant = [Numbers(SPEND, np.full(3, 0.1))]
    assert encode(constant, standard(constant), 3).tolist() == [[0], [0], [0]]


def test_missing_number_counts_as_the_mean_after_clip_and_logarithm():
    (column,) = columns_of(Skewed)
    source = [Numbers(column, np.array([0.0, 1e9, np.nan]))]
    (feature,) = standard(source)
    assert feature.center == pytest.approx(np.log1p(100) / 2)
    assert encode(source, [feature], 3)[:, 0].tolist() == pytest.approx([-1, 1, 0])


def test_names_that_differ_by_case_alone_are_numbered_and_the_values_kept():
    source = [Members(BASKET, ("Apples", "apples"), np.array([0, 1]), np.array([0, 1]))]
    features = standard(source)
    assert [feature.feature for feature in features] == ["basket=Apples", "basket=apples (2)"]
    assert [feature.value for feature in features] == ["Apples", "apples"]


def test_arguments_are_not_mutated():
    given = sources()
    before = [source.values.copy() for source in given if isinstance(source, Numbers)]
    encode(given, standard(given), 4)
    after = [source.values for source in given if isinstance(source, Numbers)]
    assert all(np.array_equal(a, b) for a, b in zip(before, after, strict=True))
