import numpy as np

from tasks.encoding.components import component_words
from tests.base_encodings import base_of

BASE = base_of(
    age=np.arange(40.0), place=["Ohio", "Texas"] * 20, member=np.arange(40) % 3 == 0, basket=np.eye(40)[:, :2] > 0
)


def words(*loadings):
    return component_words(BASE.features, np.array(loadings))


def test_both_ends_are_named_the_strongest_first():
    assert words(0.5, 0.2, -0.2, 0.4, -0.7, 0.1) == "high age, member versus item 0"


def test_value_is_named_with_its_column():
    assert words(0, 0.7, -0.7, 0, 0.6, 0) == "place Ohio, item 0 versus place Texas"


def test_end_without_strong_feature_is_left_out():
    assert words(0.1, 0, 0, 0.9, 0, 0) == "member"
