from dataclasses import replace

import numpy as np

from tasks.encoding.components import component_words, gradient_words, leads_down
from tasks.encoding.strategies import STRATEGIES
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


def gradient(*loadings):
    return gradient_words(BASE.features, np.array(loadings))


def test_gradient_leads_from_one_end_to_the_other():
    assert gradient(0.5, 0.2, -0.2, 0.4, -0.7, 0.1) == "from item 0 to high age, member"
    assert gradient(-0.7, 0, 0, 0, 0, 0.1) == "from low to high age"
    assert gradient(0.3, 0, 0, 0.6, 0, 0) == "from little to much of member, age"


def test_high_in_a_name_is_kept():
    heels = base_of(age=np.arange(40.0), basket=np.eye(40)[:, :2] > 0)
    features = [replace(one, value="high heels") if one.value == "item 0" else one for one in heels.features]
    assert gradient_words(features, np.array([0, 0.7, 0.6])) == "from little to much of high heels, item 1"


def test_gradient_to_less_is_told_the_other_way_round():
    assert leads_down(BASE.features, np.array([-0.7, 0, 0, 0, 0, 0.1]))
    assert not leads_down(BASE.features, np.array([0.7, 0, 0, 0, 0, 0.1]))
    assert not leads_down(BASE.features, np.array([-0.7, 0, 0, 0.6, 0, 0]))


def test_brackets_of_a_number_are_one_gradient():
    features = STRATEGIES["brackets"].features(BASE, ())[-len(BASE.brackets[0]) :]
    rising = np.arange(len(features)) - 1.0
    assert gradient_words(features, rising) == "from low to high age"
    assert gradient_words(features, -rising) == "from low to high age"
