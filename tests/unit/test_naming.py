from dataclasses import replace

import pytest

from tasks.reporting.naming import Trait, name_of


def share(value, mean, overall=0.1):
    return Trait("purchase history", value, is_number=False, mean=mean, overall=overall, spread=0.3)


def test_rare_values_are_named_by_their_column():
    assert name_of([share("(other)", 0.9), share("steak", 0.5)]) == "other purchase history, steak"


def test_what_is_absent_gives_no_name():
    assert name_of([share("steak", 0.0, overall=0.9)]) == "average customers"


@pytest.mark.parametrize("value", ["Ja", "no", "1", "2022-Q4", "M", "GC04", "(missing)", "18-25", "x"])
def test_value_that_says_nothing_has_its_column(value):
    assert name_of([category(value)]) == f"plan: {value}"


@pytest.mark.parametrize("value", ["Texas", "NY", "basic", "Level 1", "日本", "AC/DC"])
def test_telling_value_is_named_alone(value):
    assert name_of([category(value)]) == value


@pytest.mark.parametrize("item", ["7up", "WD-40", "4x4 tyre", "Vitamin B12", "milk"])
def test_item_is_named_alone(item):
    assert name_of([replace(category(item), is_item=True)]) == item


def category(value):
    return Trait("plan", value, is_number=False, mean=0.9, overall=0.1, spread=0.3)
