"""What numbers mean: their marks, their bounds, those that stand for a missing value."""

import pytest

from tasks.draft.columns.ranges import Bounds, natural_bounds, takes_logarithm
from tasks.draft.columns.sentinels import number_sentinels, text_sentinels, word_sentinels
from warehouse.draft import Counted, CountedNumber, Numbers


def numbers(*values, n=10, skewness=0.0, has_fractions=False, **counts):
    """The distribution of some different values, each met n times; counts by name as in n999=50."""
    met = {value: counts.get(f"n{value}".replace("-", "_"), n) for value in values}
    pairs = [CountedNumber(value, met[value]) for value in sorted(met)]
    return Numbers(
        n_numbers=sum(met.values()),
        n_different=len(met),
        has_fractions=has_fractions,
        is_whole=not has_fractions,
        lowest=min(met),
        highest=max(met),
        mean=sum(met) / len(met),
        skewness=skewness,
        lowest_values=tuple(pairs[:3]),
        highest_values=tuple(reversed(pairs[-3:])),
    )


@pytest.mark.parametrize(
    ("found", "sentinels"),
    [
        (numbers(18, 40, 90, 999), (999,)),
        (numbers(0, 3, 21, 999, n999=3000), (999,)),
        (numbers(0, 1, 8, 99), (99,)),
        (numbers(-1, 0, 3, 5), (-1,)),
        (numbers(-999, 0, 3, 5), (-999,)),
        (numbers(-1, 0, 3, 8, 99), (-1, 99)),
        (numbers(1000, 3000, 4500, 9999, n9999=200), (9999,)),
        (numbers(50, 80, 98, 99), ()),
        (numbers(0, 500, 998, 999), ()),
        (numbers(-5, -3, -1, 4), ()),
        (numbers(18, 40, 90, 999, n999=1), ()),
        (numbers(18, 40, 90, 500), ()),
    ],
)
def test_distant_recurring_numbers_are_sentinels(found, sentinels):
    assert number_sentinels(found, 1000) == sentinels


@pytest.mark.parametrize(
    ("found", "sentinels"),
    [
        (numbers(18, 40, 90, 118, n118=60), (118,)),
        (numbers(18, 40, 90, 101, n101=9, n=2), ()),
        (numbers(18, 40, 90, 98, n98=60), ()),
        (numbers(18, 40, 100, 101, n100=50, n101=60), ()),
    ],
)
def test_frequent_very_old_age_is_a_sentinel(found, sentinels):
    assert number_sentinels(found, 1000, are_ages=True) == sentinels
    assert number_sentinels(found, 1000) == ()


def counted(*texts, n=50, is_missing_word=False):
    return [Counted(text, n, is_missing_word) for text in texts]


def test_known_words_and_recurring_texts_are_sentinels():
    words = counted("N/A", "?", n=1, is_missing_word=True)
    assert tuple(text_sentinels([*words, *counted("refused")], 1000)) == ("?", "N/A", "refused")


def test_texts_met_once_are_not_sentinels():
    assert text_sentinels(counted("12a", n=1), 1000) == {}
    assert text_sentinels(counted("a", "b", "c", "d"), 1000) == {}


def test_none_may_be_an_answer():
    found = [*counted("red", "blue"), *counted("unknown", "None", is_missing_word=True)]
    assert tuple(word_sentinels(found)) == ("unknown",)


def test_na_is_a_country_among_codes():
    assert word_sentinels([*counted("DE", "FR"), *counted("NA", is_missing_word=True)]) == {}


@pytest.mark.parametrize(
    ("header", "found", "bounds"),
    [
        ("Age", numbers(18, 70), Bounds(0, 120, "an age in years")),
        ("Spending Score (1-100)", numbers(3, 99), Bounds(1, 100, "as its header says")),
        ("Spending Score (1-100)", numbers(0, 99), Bounds(0, 100, "a score or a percentage")),
        ("rate", numbers(0, 0.5, 1, has_fractions=True), Bounds(0, 1, "a share")),
        ("frequency", numbers(0, 3, 29), Bounds(0)),
        ("income", numbers(20, 137), Bounds(0)),
        ("income", numbers(-20, 137), Bounds()),
        ("balance", numbers(20, 137), Bounds()),
        ("latitude", numbers(1.5, 49.9, has_fractions=True), Bounds()),
        ("Year_Birth", numbers(1940, 1996), Bounds(1900, 2100, "a year")),
        ("age", numbers(300, 900), Bounds(0)),
        (None, numbers(1, 5), Bounds(0)),
    ],
)
def test_bounds_hold_by_nature(header, found, bounds):
    assert natural_bounds(header, found) == bounds


def test_only_skewed_money_takes_the_logarithm():
    skewed = numbers(*range(20), skewness=5.0)
    assert takes_logarithm("Balance", skewed, has_currency=False)
    assert takes_logarithm("x", skewed, has_currency=True)
    assert not takes_logarithm("visits", skewed, has_currency=False)
    assert not takes_logarithm("PURCHASES_TRX", skewed, has_currency=False)
    assert not takes_logarithm("Balance", numbers(*range(20), skewness=1.0), has_currency=False)
    assert not takes_logarithm("Balance", numbers(*range(-5, 20), skewness=5.0), has_currency=False)
