"""A later day that is quite another one: no crash, no wrong scale, nothing kept that no longer fits."""

from datetime import date

import numpy as np
import pytest

from schemas.errors import DataRefused
from tests.conftest import aged
from tests.integration.runs.test_steps_recorded import records
from tests.nights import assert_invariants, rows, run_night, value

SCHEMA = """
from pandera.typing import Series
from schemas import Dataset, category, flag, identifier, items, numeric

class Shop(Dataset, max_rejected_share=1, min_volume_share=0{settings}):
    customer_id: Series[str] = identifier()
    {fields}
"""

NUMBERS = """x: Series[float] = numeric(nullable=True)
    y: Series[float] = numeric()"""


def groups(n=150, kinds=3, first=0, **columns):
    """Return lines of customers in groups along y, with columns given by customer, index of the group and noise."""
    rng = np.random.default_rng(0)
    lines = []
    for number in range(n):
        group = number % kinds
        own = [str(make(number, group, rng.normal())) for make in columns.values()]
        lines.append(",".join([str(first + number), *own]))
    return [",".join(["customer_id", *columns]), *lines]


def x_and_y(number, group, noise):
    return round(10 * group + noise, 3)


@pytest.fixture
def run(tmp_path):
    """Run one day after the other in one home, and return it."""

    def on(day, lines, fields, *, settings="", **order):
        (tmp_path / "shop.py").write_text(SCHEMA.format(fields=fields, settings=settings))
        source = tmp_path / "customers.csv"
        source.write_text("\n".join([*lines, ""]))
        order = {"as_of": date(2026, 3, day), "k_max": 4} | order
        run_night(aged(source), tmp_path / "home", dataset=str(tmp_path / "shop.py"), **order)
        assert_invariants(tmp_path / "home")
        return tmp_path / "home"

    return on


def reason(home):
    return value(home, "SELECT arg_max(reason, model_id) FROM models")


def survivors(home):
    return rows(home, "SELECT to_segment_id FROM segment_transitions WHERE transition = 'survived' ORDER BY 1")


def test_far_value_costs_no_number(run):
    run(1, groups(x=x_and_y, y=x_and_y), NUMBERS)
    home = run(
        2, groups(x=lambda n, group, noise: 1_000_000 if n == 7 else x_and_y(n, group, noise), y=x_and_y), NUMBERS
    )
    assert "x varies more than in model 1" in reason(home)
    assert survivors(home) == [(1,), (2,), (3,)]
    home = run(3, groups(x=x_and_y, y=x_and_y), NUMBERS)
    assert survivors(home) == [(1,), (2,), (3,)]


@pytest.mark.parametrize("first", ["0", ""])
def test_constant_number_is_scaled_once_it_varies(run, first):
    run(1, groups(x=lambda *_: first, y=x_and_y), NUMBERS)
    home = run(2, groups(x=lambda n, *_: n * 7919 % 1000, y=x_and_y), NUMBERS)
    assert "x varies more than in model 1" in reason(home)
    assert value(home, "SELECT scale FROM features WHERE feature = 'x'") > 100


@pytest.mark.parametrize(("change", "says"), [(lambda y: 100 * y, "varies more"), (lambda y: y + 50, "is higher")])
def test_number_in_another_unit_forms_a_model(run, change, says):
    run(1, groups(x=x_and_y, y=x_and_y), NUMBERS)
    home = run(2, groups(x=lambda *of: change(x_and_y(*of)), y=x_and_y), NUMBERS)
    assert f"x {says} than in model 1" in reason(home)
    assert survivors(home) == [(1,), (2,), (3,)]


def test_missing_night_of_a_number_changes_no_model(run):
    run(1, groups(x=x_and_y, y=x_and_y), NUMBERS)
    home = run(2, groups(x=lambda *_: "", y=x_and_y), NUMBERS)
    assert value(home, "SELECT count(*) FROM models") == 1


def test_customers_without_features_replaced_do_not_crash(run):
    fields = 'tags: Series[list] = items(separator=";")'
    run(1, groups(n=30, tags=lambda *_: ""), fields)
    home = run(2, groups(n=30, first=1000, tags=lambda *_: ""), fields, force=True)
    assert value(home, "SELECT count(*) FROM segments") == 1


def test_recoded_column_forms_a_model_despite_other(run):
    fields = """city: Series[str] = category(min_frequency=0.05)
    y: Series[float] = numeric()"""
    cities = {"Rome": "IT-1", "Oslo": "NO-1", "Bari": "IT-1", "Bergen": "NO-1"}

    def city(number, group, _):
        return ("Bari", "Bergen")[number % 2] if number < 6 else ("Rome", "Oslo", "Rome")[group]

    run(1, groups(city=city, y=x_and_y), fields)
    home = run(2, groups(city=lambda *of: cities[city(*of)], y=x_and_y), fields)
    assert "of the values of city are unknown to model 1" in reason(home)


def test_segment_too_small_is_not_kept(run):
    def of_sizes(*sizes):
        kind = np.repeat(range(len(sizes)), sizes)
        return lambda number, *_: 40 * kind[number] + number % 3

    settings, fields = (
        ", min_segment_customers=5",
        "y: Series[float] = numeric(clip=(-1000, 1000))\n    x: Series[float] = numeric()",
    )
    run(1, groups(n=130, y=of_sizes(60, 60, 10), x=lambda n, *_: n % 2), fields, settings=settings)
    home = run(2, groups(n=122, y=of_sizes(60, 60, 2), x=lambda n, *_: n % 2), fields, settings=settings)
    assert value(home, "SELECT min(customers) FROM segments") >= 5


def test_verdict_none_is_refused_whatever_was_before(run):
    settings = ", refuse_none=True"
    run(1, groups(x=x_and_y, y=x_and_y), NUMBERS, settings=settings)
    rng = np.random.default_rng(1)
    with pytest.raises(DataRefused, match="the verdict is none"):
        run(2, groups(x=lambda *_: rng.normal(), y=lambda *_: rng.normal()), NUMBERS, settings=settings)


def test_base_of_a_day_run_again_is_kept(run):
    fields = "y: Series[float] = numeric()"
    run(1, groups(y=x_and_y), fields, k=3)
    for _ in range(5):
        home = run(2, groups(y=x_and_y), fields, k=3, force=True, settings=", archived_runs=2")
    assert len(list((home / "archive").iterdir())) == 3
    assert rows(home, "SELECT DISTINCT valid_from FROM segment_history") == [(date(2026, 3, 1),)]


def test_lost_history_is_told(run):
    fields = "y: Series[float] = numeric()"
    run(1, groups(y=x_and_y), fields, k=3)
    home = run(2, groups(y=x_and_y), fields, k=3)
    for path in (home / "archive").glob("*.duckdb"):
        path.unlink()
    run(2, groups(y=x_and_y), fields, k=3, force=True)
    notes = [note for record in records(home).values() for note in record["notes"]]
    assert any("the file of 2026-03-01 is no longer kept" in note for note in notes)


@pytest.mark.parametrize(("was", "now"), [("C{}", "{:05}"), ("{:05}", "{}"), ("{}", "{}.0"), ("C{}", "c{}")])
def test_identifiers_of_another_form_are_refused(run, was, now):
    def lines(form):
        header, *rows_of = groups(x=lambda number, group, noise: group, y=x_and_y)
        return [header, *(f"{form.format(int(row.split(',')[0]))},{row.split(',', 1)[1]}" for row in rows_of)]

    home = run(1, lines(was), NUMBERS)
    before = (home / "segments.duckdb").read_bytes()
    with pytest.raises(DataRefused, match=r"customer_id is .* where it was .* in the previous run") as raised:
        run(2, lines(now), NUMBERS)
    assert "--force takes them all for new customers" in str(raised.value)
    assert (home / "segments.duckdb").read_bytes() == before
    run(2, lines(now), NUMBERS, force=True)
    assert value(home, "SELECT count(*) FROM segment_moves WHERE from_segment_id IS NULL") > 0


SHAPE = {"x": lambda number, group, noise: group, "y": x_and_y}


def renamed(form, since=0, n=150):
    """Return the lines of some customers, whose identifiers from one on are in a form of their own."""
    header, *lines = groups(n=n, **SHAPE)
    split = [line.partition(",") for line in lines]
    return [header, *(f"{form.format(int(own)) if int(own) >= since else own},{rest}" for own, _, rest in split)]


@pytest.mark.parametrize(("n", "is_refused"), [(20, True), (19, False)])
def test_key_of_which_nothing_recurs_is_refused(run, n, is_refused):
    run(1, groups(n=n, **SHAPE), NUMBERS)
    others = groups(n=n, first=1000, **SHAPE)
    if is_refused:
        with pytest.raises(DataRefused, match=r"customer_id is '1000' and others, of which the previous run has none"):
            run(2, others, NUMBERS)
    assert value(run(2, others, NUMBERS, force=is_refused), "SELECT count(*) FROM customers") == n


def test_new_customers_beside_an_old_one_are_taken(run):
    run(1, groups(**SHAPE), NUMBERS)
    assert value(run(2, groups(first=149, **SHAPE), NUMBERS), "SELECT count(*) FROM customers") == 150


@pytest.mark.parametrize(("since", "is_refused"), [(130, True), (131, False)])
def test_form_that_some_identifiers_lose_is_refused(run, since, is_refused):
    run(1, renamed("{:06}", since), NUMBERS)
    if is_refused:
        with pytest.raises(DataRefused, match=r"87% of the customers are recognized, and 13% in that form"):
            run(2, groups(**SHAPE), NUMBERS)
    assert value(run(2, groups(**SHAPE), NUMBERS, force=is_refused), "SELECT count(*) FROM customers") == 150
