from dataclasses import replace

import pytest

from tasks.reporting.naming import LIMITS, Names, Trait, description_of, name_of

ITEM = Trait("purchase history", "steak", is_number=False, mean=0.9, overall=0.2, spread=0.4, is_item=True)
PLACE = Trait("location", "Texas", is_number=False, mean=0.8, overall=0.3, spread=0.46)
PLAN = Trait("plan", "basic", is_number=False, mean=0.9, overall=0.1, spread=0.3)
AGE = Trait("age", None, is_number=True, mean=60, overall=45, spread=15)
INCOME = Trait("income", None, is_number=True, mean=20, overall=50, spread=30, unit="k$")
FLAG = Trait("online security", None, is_number=False, mean=0.8, overall=0.3, spread=0.46)


def names(*segments, given=None, earlier=None):
    return Names(given or {}, earlier or {}).of(dict(enumerate(segments, start=1)))


#: Traits -> name.
NAMES = {
    (AGE, PLACE, ITEM): "Older customers in Texas who buy steak",
    (PLACE, ITEM): "Customers in Texas who buy steak",
    (replace(AGE, mean=20), PLACE): "Younger customers in Texas",
    (ITEM, replace(ITEM, value="wine")): "Customers who buy steak and wine",
    (INCOME, ITEM): "Customers with low income who buy steak",
    (INCOME, AGE): "Low income, older",
    (PLAN, INCOME): "basic, low income",
    (INCOME, PLAN): "Low income, basic",
    (FLAG, INCOME): "Online security, low income",
    (replace(ITEM, value="(other)"),): "Other purchase history",
    (replace(ITEM, mean=0.001),): "Customers who buy no steak",
    (replace(ITEM, mean=0.05),): "Customers who rarely buy steak",
    (replace(PLACE, mean=0.05), INCOME): "Low income, few in Texas",
}


@pytest.mark.parametrize(("traits", "name"), NAMES.items(), ids=NAMES.values())
def test_name_is_read_as_words(traits, name):
    assert name_of(traits) == name


@pytest.mark.parametrize("value", ["Ja", "no", "1", "2022-Q4", "M", "GC04", "(missing)", "18-25", "x"])
def test_value_that_says_nothing_has_its_column(value):
    assert name_of([replace(PLAN, value=value)]) == f"Plan: {value}"


@pytest.mark.parametrize("value", ["Texas", "NY", "basic", "Level 1", "日本", "AC/DC"])
def test_telling_value_is_named_alone(value):
    assert name_of([replace(PLAN, value=value)]) == value


@pytest.mark.parametrize("item", ["7up", "WD-40", "4x4 tyre", "Vitamin B12", "milk"])
def test_item_is_named_alone(item):
    assert name_of([replace(ITEM, column="tags", value=item)]) == item


def test_long_value_is_cut_on_one_line():
    name = name_of([replace(PLAN, value="two\nlines " + "x" * 300)])
    assert name.startswith("two lines xxx")
    assert len(name) == LIMITS.letters
    assert name.endswith("…")


def test_value_cannot_turn_a_name_around():
    assert name_of([replace(PLAN, value="plan \u202eB\x1b[31m")]) == "plan B[31m"


def test_chance_gives_no_name():
    by_chance = replace(PLACE, is_certain=False)
    assert names([by_chance], [ITEM]) == ["All other customers", "Customers who buy steak"]


def test_what_is_lacking_names_the_rest():
    assert names([replace(ITEM, mean=0.02)], [ITEM]) == ["Customers who rarely buy steak", "Customers who buy steak"]


def test_columns_beside_give_no_name():
    assert names([replace(PLAN, is_feature=False)], [ITEM])[0] == "All other customers"


def test_weaker_column_stands_in_no_name():
    assert names([ITEM, replace(AGE, mean=48)], [AGE])[0] == "Customers who buy steak"


def test_same_traits_get_different_names():
    wine = replace(ITEM, value="wine", mean=0.5)
    named = names([ITEM, replace(INCOME, mean=30)], [ITEM, wine], [ITEM], [ITEM])
    assert named[0] == "Customers who buy steak"
    assert len({name.casefold() for name in named}) == 4
    assert named[3] == "Customers who buy steak (3)"


def test_one_segment_is_all_customers():
    assert names([ITEM]) == ["All customers"]


def test_earlier_name_stays_while_it_holds():
    now = [ITEM, replace(ITEM, value="wine", mean=0.95)]
    assert names(now, [AGE], earlier={1: "Customers who buy steak"})[0] == "Customers who buy steak"
    gone = [replace(ITEM, mean=0.2), replace(ITEM, value="wine", mean=0.95)]
    assert names(gone, [AGE], earlier={1: "Customers who buy steak"})[0] == "Customers who buy wine"


def test_earlier_name_holds_in_another_order():
    now = [ITEM, replace(ITEM, value="wine", mean=0.95)]
    earlier = "Customers who buy wine and steak"
    assert names(now[::-1], [AGE], earlier={1: earlier})[0] == earlier
    assert names(now, [AGE], earlier={1: earlier})[0] == earlier


def test_given_name_stands_before_all():
    assert names([ITEM], [AGE], given={2: "Grillers"}, earlier={2: "Older"}) == ["Customers who buy steak", "Grillers"]
    assert names([AGE], [ITEM], given={2: "OLDER"}) == ["Older (2)", "OLDER"]


def test_description_reads_as_a_sentence():
    assert description_of([AGE, PLACE, ITEM, FLAG, INCOME], share=0.371) == (
        "37% of the customers: 90% buy steak (20% of all customers), 80% are in Texas (30%), 80% have online security "
        "(30%) and average age of 60.0 (45.0)."
    )


def test_strongest_trait_is_told_first():
    weaker, strong = replace(ITEM, value="wine", mean=0.85), replace(AGE, mean=61)
    assert description_of([weaker, strong, ITEM], share=0.5).startswith("50% of the customers: 90% buy steak (20% of")
    assert names([PLAN, replace(INCOME, mean=5), replace(PLAN, value="pro", mean=0.5)], [AGE])[0] == "basic, low income"


def test_description_says_what_is_beside_last():
    churned = replace(PLAN, column="churn", value="Yes", mean=0.48, overall=0.27, is_feature=False)
    assert description_of([INCOME, churned], share=0.1).endswith(
        ": average income of 20.0 k$ (50.0 of all customers) and 48% have churn Yes (27%)."
    )


def test_description_says_what_is_lacking():
    assert "only 2% buy steak (20% of all customers)" in description_of([replace(ITEM, mean=0.02)], share=0.5)


def test_description_of_the_average_says_so():
    assert description_of([], share=0.5) == "50% of the customers: no column sets them apart from all customers."
