import numpy as np

from tasks.encoding.redundant_columns import in_words, redundant_columns
from tests.base_encodings import base_of

RNG = np.random.default_rng(0)
N = 1000
PLACE = RNG.integers(0, 10, N)


def found(base):
    return [(one.name, one.why.split(" predicts ")[0]) for one in redundant_columns(base)]


def test_a_category_that_another_decides_is_told():
    assert found(base_of(place=PLACE, region=PLACE // 3)) == [("region", "place")]


def test_later_of_two_copies_is_redundant():
    assert found(base_of(place=PLACE, region=(PLACE * 7) % 10)) == [("region", "place")]


def test_flag_decided_by_category_is_redundant():
    assert found(base_of(place=PLACE, member=PLACE < 5)) == [("member", "place")]


def test_an_amount_in_another_unit_is_told():
    spend = RNG.lognormal(size=N)
    assert found(base_of(age=RNG.normal(size=N), spend=spend, visits=spend * 1.1 + 3)) == [("visits", "spend")]


def test_what_is_only_likely_is_not_told():
    mostly = np.where(RNG.random(N) < 0.9, PLACE // 3, RNG.integers(0, 4, N))
    assert found(base_of(place=PLACE, region=mostly)) == []


def test_unique_values_predict_nothing():
    assert found(base_of(place=np.arange(N), region=PLACE)) == []


def test_constants_and_independent_columns_are_not_told():
    base = base_of(age=np.ones(N), spend=np.ones(N), place=PLACE, region=np.zeros(N), member=RNG.random(N) < 0.5)
    assert found(base) == []


def test_the_words_name_both_columns():
    (words,) = in_words(redundant_columns(base_of(place=PLACE, region=PLACE // 3)))
    assert words == "region is left out of the fit, as place predicts it (1.00 of 1)"


def test_equal_flags_are_predicted_by_one(monkeypatch):
    kind = RNG.random(N) < 0.4
    assert found(base_of(place=kind, region=~kind, member=kind)) == [("member", "region"), ("region", "place")]


def test_value_that_columns_repeat_counts_once():
    has_none = RNG.random(N) < 0.3
    columns = [np.where(has_none, 0, RNG.integers(1, 3, N)) for _ in range(2)]
    assert [(one.name, one.why) for one in redundant_columns(base_of(place=columns[0], region=columns[1]))] == [
        ("region=0", "the same customers have place=0")
    ]
