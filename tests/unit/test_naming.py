from tasks.reporting.naming import Trait, name_of


def share(value, mean, overall=0.1):
    return Trait("purchase history", value, is_number=False, mean=mean, overall=overall, spread=0.3)


def test_rare_values_are_named_by_their_column():
    assert name_of([share("(other)", 0.9), share("steak", 0.5)]) == "other purchase history, steak"


def test_what_is_absent_gives_no_name():
    assert name_of([share("steak", 0.0, overall=0.9)]) == "average customers"
