"""The rules that say who is in a segment: in words, in SQL, and as good as their figures say."""

import random

import duckdb
import numpy as np
import pytest

from schemas.dataset import Dataset, columns_of
from schemas.fields import category, numeric
from schemas.rules import Question
from tasks.reporting.rules import round_bound, rule_in_words, rules_of
from tests.nights import SEED_ROWS, quick_night, rows, run_night, value

#: Names and values that SQL would take for something else, and numbers that nobody knows.
HOSTILE = """
from pandera.typing import Series
from schemas import Dataset, category, flag, items, numeric

class Shop(Dataset):
    '''A shop.'''
    select: Series[float] = numeric(missing="median")
    distance: Series[float] = numeric(alias='a"b')
    member: Series[str] = flag(nullable=True)
    place: Series[str] = category(missing="category")
    basket: Series[list] = items()
"""


def hostile_rows():
    draw = random.Random(4)
    lines = ['select,"a""b",member,place,basket']
    for _ in range(120):
        kind = draw.randrange(3)
        known = "" if kind == 2 and draw.random() < 0.9 else draw.randrange(10, 20) + 40 * kind
        basket = ("O'Brien; DROP", 'a"b', "x")[kind]
        place = ("Ohio", "", "It's")[kind]
        lines.append(f"{known},{draw.randrange(5)},{draw.choice(['yes', 'no', ''])},{place},{basket}")
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "shop.py").write_text(HOSTILE)
    (folder / "customers.csv").write_text(hostile_rows())
    run_night(folder / "customers.csv", folder / "home", dataset=str(folder / "shop.py"), k=3)
    return folder / "home"


def planted_rows():
    draw = random.Random(1)
    groups = (("Texas", "steak", 20), ("Ohio", "juice", 45), ("Maine", "juice", 70))
    people = [f"{age + draw.randrange(-4, 5)},{place},{item}" for place, item, age in groups for _ in range(60)]
    draw.shuffle(people)
    return "Age,Location,Purchase History\n" + "\n".join(people) + "\n"


def test_planted_segments_have_exact_rules(write, home):
    run_night(write(planted_rows()), home, k=3)
    found = rows(home, "SELECT rule, customers, precision, recall FROM segment_rules ORDER BY segment_id")
    assert [rest for _, *rest in found] == [[60, 1.0, 1.0]] * 3
    assert all(rule.count(",") + rule.count(";") <= 1 for rule, *_ in found)


def counted(home):
    """Return the figures of each rule as its own SQL gives them."""
    with duckdb.connect(str(home / "segments.duckdb"), read_only=True) as database:
        rules = database.execute("SELECT segment_id, condition FROM segment_rules ORDER BY 1").fetchall()
        return [
            database.execute(
                f"""WITH matching AS (SELECT customer_id FROM customers WHERE {condition})
                SELECT {segment_id}, count(*), avg((segment_id = {segment_id})::INT),
                count(*) FILTER (segment_id = {segment_id})
                / (SELECT customers FROM segments WHERE segment_id = {segment_id})
                FROM matching JOIN customer_segments USING (customer_id)"""
            ).fetchone()
            for segment_id, condition in rules
        ]


def test_sql_gives_the_figures(hostile):
    stored = rows(hostile, "SELECT segment_id, customers, precision, recall FROM segment_rules ORDER BY segment_id")
    assert counted(hostile) == [pytest.approx(row) for row in stored]
    assert min(recall for *_, recall in stored) > 0.9


def test_unknown_numbers_are_in_words(write, home, tmp_path):
    """Where nothing but the number says who is whose, those without one are said to match."""
    (tmp_path / "shop.py").write_text(HOSTILE.replace('    place: Series[str] = category(missing="category")\n', ""))
    people = [",".join([*line.split(",")[:3], "x"]) for line in hostile_rows().splitlines()[1:]]
    text = "\n".join(['select,"a""b",member,basket', *people, ""])
    run_night(write(text), home, dataset=str(tmp_path / "shop.py"), k=2)
    assert any("or not known" in rule for (rule,) in rows(home, "SELECT rule FROM segment_rules"))


def test_one_segment_is_every_customer(write, home):
    quick_night(write("Age,Location,Purchase History\n" + "30,Ohio,apples\n" * 12), home, k=None)
    assert rows(home, "SELECT rule, condition, customers, precision, recall FROM segment_rules") == [
        ("every customer", "true", 12, 1.0, 1.0)
    ]


def test_same_customers_have_same_rules(write, home, tmp_path):
    header, *people = SEED_ROWS.splitlines()
    quick_night(write(SEED_ROWS), home)
    quick_night(write("\n".join([header, *reversed(people)]), "again.csv"), tmp_path / "other")
    rules = "SELECT segment_id, rule, condition FROM segment_rules ORDER BY segment_id"
    assert rows(home, rules) == rows(tmp_path / "other", rules)


def test_every_segment_has_a_row(hostile):
    assert value(hostile, "SELECT count(*) FROM segment_rules") == value(hostile, "SELECT count(*) FROM segments")


class People(Dataset):
    age: int = numeric()
    place: str = category()


def test_far_fewer_customers_do_not_lengthen_a_rule():
    """Two of a hundred do not make the rule of the others longer."""
    age = Question(columns_of(People)[0])
    answers = np.r_[np.arange(100.0), 200.0, 201.0][:, None]
    segments = np.r_[np.full(50, 1), np.full(50, 2), 1, 1]
    rules = rules_of([age], answers, segments, random_state=0)
    assert rule_in_words(rules[1]) == "age at most 49"


def test_split_that_changes_nothing_is_left_out():
    """Most of both sides are of one segment, so that the rule does not ask."""
    age = Question(columns_of(People)[0])
    answers = np.r_[np.full(100, 20.0), np.full(100, 60.0)][:, None]
    rules = rules_of([age], answers, np.repeat([1, 2], [160, 40]), random_state=0)
    assert {segment: rule_in_words(rule) for segment, rule in rules.items()} == {1: "every customer"}


def test_category_met_says_the_others():
    place = columns_of(People)[1]
    questions = [Question(place, "Texas"), Question(place, "Ohio")]
    answers = np.array([[1.0, 0.0]] * 40 + [[0.0, 1.0]] * 30 + [[0.0, 0.0]] * 20)
    rules = rules_of(questions, answers, np.repeat([1, 2, 3], [40, 30, 20]), random_state=0)
    assert {segment: rule_in_words(rule) for segment, rule in rules.items()} == {
        1: "place is Texas",
        2: "place is Ohio",
        3: "place is not Texas or Ohio",
    }


@pytest.mark.parametrize(
    ("below", "above", "bound"),
    [
        (37, 38, 37),
        (36.5, 41.2, 40),
        (82, 118, 100),
        (0.1234, 0.1239, 0.1236),
        (-3, -1, -2),
        (-1e-9, 1e-9, 0),
        (5, 5.0000001, 5),
    ],
)
def test_bound_has_the_fewest_digits(below, above, bound):
    assert round_bound(below, above) == pytest.approx(bound)
    assert below <= round_bound(below, above) < above


def test_several_values_are_listed_in_english():
    place = columns_of(People)[1]
    questions = [Question(place, name) for name in ("Texas", "Ohio", "Iowa")]
    answers = np.vstack([np.repeat(np.eye(3), 30, axis=0), np.zeros((40, 3))])
    rules = rules_of(questions, answers, np.repeat([1, 2, 3, 4], [30, 30, 30, 40]), random_state=0)
    assert rule_in_words(rules[4]) == "place is not Texas, Ohio or Iowa"


def test_huge_numbers_are_told_apart():
    """The tree compares numbers of 32 bits, in which these are the same or infinite."""
    age = Question(columns_of(People)[0])
    for unit, expected in ((1e300, 3e300), (1.0, 2**53 - 3)):
        numbers = unit * np.repeat([2.0, 4.0], 30) if unit > 1 else np.repeat([2.0**53 - 4, 2.0**53 - 2], 30)
        rules = rules_of([age], numbers[:, None], np.repeat([1, 2], 30), random_state=0)
        assert rules[1][0][0].high == pytest.approx(expected)
        assert rules[2][0][0].low == rules[1][0][0].high
