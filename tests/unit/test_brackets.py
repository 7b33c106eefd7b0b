import numpy as np
import pytest

from tasks.encoding.brackets import brackets_of, codes_in
from tasks.encoding.features import Numbers, standard
from tests.base_encodings import COLUMNS


def cut_of(values):
    values = np.asarray(values, dtype=float)
    (number,) = standard(Numbers(COLUMNS["age"], values))
    brackets = brackets_of(values, number)
    return brackets, codes_in(values, brackets)


def holds(bracket, value):
    low = -np.inf if bracket.clip_low is None else bracket.clip_low
    high = np.inf if bracket.clip_high is None else bracket.clip_high
    return low <= value < high


def test_every_value_is_in_its_bracket():
    values = np.round(np.random.default_rng(0).normal(50, 20, 1000))
    brackets, codes = cut_of(values)
    for value, code in zip(values, codes, strict=True):
        assert [holds(bracket, value) for bracket in brackets] == [place == code for place in range(len(brackets))]


def test_brackets_hold_about_equally_many_customers():
    _, codes = cut_of(np.random.default_rng(1).lognormal(size=4000))
    assert len(np.unique(codes)) == 16
    assert np.bincount(codes).tolist() == pytest.approx([250] * 16, abs=1)


def test_fewer_customers_make_fewer_brackets():
    assert len(cut_of(np.arange(200))[0]) == 8
    assert len(cut_of(np.arange(10))[0]) == 3


def test_a_constant_number_has_no_bracket():
    brackets, codes = cut_of(np.full(100, 7.0))
    assert brackets == ()
    assert codes.tolist() == [0] * 100


def test_few_values_give_few_brackets():
    brackets, codes = cut_of([1.0, 2.0, 3.0] * 100)
    assert [bracket.value for bracket in brackets] == ["under 2", "2 to 3", "3 or more"]
    assert np.bincount(codes).tolist() == [100, 100, 100]


def test_missing_number_is_imputed_into_a_bracket():
    values = np.r_[np.arange(100.0), np.nan]
    brackets, codes = cut_of(values)
    assert [bracket.imputed for bracket in brackets] == [float(place == codes[-1]) for place in range(len(brackets))]
    assert holds(brackets[codes[-1]], 49.5)


def test_bounds_that_differ_have_names_that_differ():
    brackets, _ = cut_of(1_234_567_890 + np.arange(400))
    assert len({bracket.value for bracket in brackets}) == len(brackets) == 16
