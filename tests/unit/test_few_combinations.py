import numpy as np
import pytest

from tasks.encoding.choose_encoding import choose_encoding
from tasks.encoding.few_combinations import concordance, has_few_combinations
from tests.base_encodings import base_of

RNG = np.random.default_rng(0)
N = 600
KIND = RNG.integers(0, 3, N)
KINDS = base_of(place=KIND, age=np.array([30.0, 60, 45])[KIND], spend=np.array([10.0, 900, 100])[KIND])


def choice_of(base):
    return choose_encoding(base, range(2, 11), random_state=0, min_customers=6).selected


def test_kinds_of_customers_are_found():
    found = choice_of(KINDS)
    assert (found.k, found.falls_apart) == (3, True)


def test_kinds_leave_no_column_out():
    assert choose_encoding(KINDS, range(2, 11), random_state=0, min_customers=6).notes == ()


def test_independent_values_are_no_kinds():
    assert not choice_of(base_of(place=KIND, region=RNG.integers(0, 3, N))).is_found


@pytest.mark.parametrize(
    ("region", "share"), [(KIND, 1.0), (RNG.integers(0, 3, N), 0.0), (np.where(RNG.random(N) < 0.5, KIND, 0), 0.4)]
)
def test_concordance_is_what_columns_tell(region, share):
    assert concordance(base_of(place=KIND, region=region)) == pytest.approx(share, abs=0.1)


def test_many_combinations_are_not_few():
    assert has_few_combinations(KINDS, 3)
    assert not has_few_combinations(KINDS, 2)
