"""A model (encoding, scales, values, components) is kept from run to run, until there is a reason for a new one."""

import json
import shutil
from datetime import date

import numpy as np
import pytest

from tests.conftest import aged
from tests.nights import assert_invariants, rows, run_night, value

SCHEMA = """
from pandera.typing import Series
from schemas import Dataset, category, identifier, items, numeric

class Shop(Dataset, max_rejected_share=1{settings}):
    customer_id: Series[str] = identifier()
    age: Series[int] = numeric(ge=0, le=120)
    town: Series[str] = category(nullable=True)
    products: Series[list] = items({items})
"""

PRODUCTS = [["beef", "ham", "pork"], ["kale", "beet", "leek"], ["wine", "port", "gin"], ["nappies", "wipes", "toys"]]


def customers(n=240, kinds=3, first=0, older=0, extra="", seed=0, strays=3):
    """Return lines of customers of some kinds, each with favorite products and an age of its own."""
    rng = np.random.default_rng(seed)
    lines = []
    for number in range(first, first + n):
        kind = number % kinds
        own = [product for product in PRODUCTS[kind] if rng.random() < 0.85]
        stray = [product for place in range(strays) for product in PRODUCTS[place] if rng.random() < 0.04]
        basket = ", ".join(dict.fromkeys([*own, *stray, *([extra] if extra else [])]))
        town = ["York", "Hull", "Leeds", ""][rng.integers(0, 4)]
        lines.append(f"{number},{rng.integers(20, 24) + 20 * kind + older},{town},{basket}")
    return lines


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where the schema and the file of a day are, for all tests, so that their homes are of one dataset."""
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="module")
def first(folder):
    """A home with the first day of most tests; copied before anything is done to it."""
    run_day(folder, folder / "first", 1, customers())
    return folder / "first"


@pytest.fixture
def run(folder, first, tmp_path):
    """Run one day after the other in one home; the day's own settings are given by name."""

    def on(day, lines, **options):
        home = tmp_path / "home"
        if day == 1 and lines == customers() and not options:
            return shutil.copytree(first, home), ""
        return home, run_day(folder, home, day, lines, **options)

    return on


def run_day(folder, home, day, lines, *, settings="", items="", **order):
    """Run a day and return its notes."""
    (folder / "shop.py").write_text(SCHEMA.format(settings=settings, items=items))
    source = folder / "customers.csv"
    source.write_text("\n".join(["customer_id,age,town,products", *lines, ""]))
    order = {"as_of": date(2026, 3, day), "accept_volume": True, "k_max": 5} | order
    summary = run_night(aged(source), home, dataset=str(folder / "shop.py"), **order)
    assert_invariants(home)
    return "\n".join(json.loads((home / "runs" / summary.run_id / "manifest.json").read_text())["notes"])


def space(home):
    return rows(home, "FROM features ORDER BY feature_number"), rows(home, "FROM loadings ORDER BY ALL")


def models(home):
    return rows(home, "SELECT model_id, formed_on, is_found, reason FROM models ORDER BY model_id")


@pytest.mark.parametrize("encoding", ["auto", "mixed", "brackets", "numbers", "single"])
def test_next_run_keeps_the_space(run, encoding):
    options = {} if encoding == "auto" else {"encoding": encoding}
    home, _ = run(1, customers(), **options)
    first = space(home)
    assert models(home) == [(1, date(2026, 3, 1), True, "the first run of its dataset")]
    run(2, customers(n=260, older=1, seed=1), **options)
    assert space(home) == first
    assert models(home) == [(1, date(2026, 3, 1), True, "the first run of its dataset")]
    assert rows(home, "SELECT encoding, reason FROM encodings") == [
        (value(home, "SELECT encoding FROM models"), "that of model 1, formed on 2026-03-01, which is kept")
    ]
    assert rows(home, "SELECT list(model_id ORDER BY started_at) FROM runs") == [([1, 1],)]


def test_few_unknown_values_weigh_nothing(run):
    home, _ = run(1, customers())
    first = space(home)
    unknown = ["901,30,Bath,beef, truffles", "902,30,Wells,beef", "903,30,Wells,beef, caviar, truffles"]
    run(2, [*customers(), *unknown])
    assert space(home) == first
    assert len(rows(home, "SELECT DISTINCT distance FROM customer_segments WHERE customer_id LIKE '90_'")) == 1


def test_infrequent_values_stay_one_feature(run):
    rare = [f"{number},30,York,beef, rare {number}" for number in range(500, 503)]
    home, _ = run(1, [*customers(), *rare], items="min_frequency=0.01")
    assert value(home, "SELECT count(*) FROM features WHERE value = '(other)'") == 1
    rarer = [f"{number},30,York,beef, rarer {number}" for number in range(600, 603)]
    run(2, [*customers(), *rarer], items="min_frequency=0.01")
    assert len(models(home)) == 1
    assert value(home, "SELECT round(overall_mean * 243) FROM segment_stats WHERE feature = 'products=(other)'") == 3


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"refit": True}, "asked for by --refit"),
        ({"encoding": "standard"}, "the encoding asked for is standard, and was auto"),
        ({"items": "weight=0.5"}, "the declared columns or their settings have changed"),
        ({"lines": customers(n=600)}, "there are 600 customers, and model 1 was formed on 240"),
        ({"lines": customers(extra="truffles")}, "of the values of products are unknown to model 1"),
        ({"settings": ", model_runs=1"}, "model 1 has had 1 runs, as many as model_runs=1 allows"),
    ],
)
def test_new_model_has_its_reason(run, change, reason):
    run(1, customers())
    home, notes = run(2, change.pop("lines", customers()), **change)
    ((_, first, *_), (number, formed_on, _, why)) = models(home)
    assert (first, number, formed_on) == (date(2026, 3, 1), 2, date(2026, 3, 2))
    assert reason in why
    assert "model 2 is new (" in notes
    assert reason in notes
    assert value(home, "SELECT count(*) FROM segment_transitions WHERE transition = 'survived'") == 3


def test_new_kind_of_customer_is_a_new_segment(run):
    # All products are known: some of the first customers buy those of the kind that comes later.
    run(1, customers(strays=4), encoding="mixed")
    opened = [line for line in customers(n=240, kinds=4, first=600) if int(line.split(",")[0]) % 4 == 3]
    home, notes = run(2, [*customers(strays=4), *opened], encoding="mixed")
    assert "which go together now" in notes
    assert rows(home, "SELECT transition, to_segment_id FROM segment_transitions ORDER BY 2") == [
        ("survived", 1),
        ("survived", 2),
        ("survived", 3),
        ("emerged", 4),
    ]


def test_model_without_segments_gives_way(run):
    rng = np.random.default_rng(0)
    noise = [f"{n},{rng.integers(20, 80)},{['York', 'Hull'][rng.integers(0, 2)]},tea" for n in range(240)]
    home, _ = run(1, noise)
    assert [found for _, _, found, _ in models(home)] == [False]
    run(2, noise, force=True)
    assert len(models(home)) == 1
    run(3, [line.replace(",tea", f",tea, {'ale' if int(line.split(',')[1]) > 50 else 'milk'}") for line in noise])
    assert len(models(home)) == 2


def test_replaced_day_forms_its_model_anew(run):
    home, _ = run(1, customers())
    run(1, customers(n=260, seed=1))
    assert [number for number, *_ in models(home)] == [1]
    assert value(home, "SELECT customers FROM models") == 260


def test_k_is_kept_until_another_wins(run):
    """Two pairs of ages: the nearer the two of a pair, the better k=2 is than k=4, and the other way round."""

    def pairs(apart):
        rng = np.random.default_rng(1)
        centers = [20, 20 + apart, 90 - apart, 90]
        return [f"{n},{round(centers[n % 4] + rng.normal(0, 1.5))},York,tea" for n in range(240)]

    found, notes = [], ""
    for day, apart in enumerate((12, 14, 12, 14, 14, 14), start=1):
        notes_before = notes
        home, notes = run(day, pairs(apart))
        found += rows(home, "SELECT max(k) FILTER (chosen), max(runs_ahead) FROM k_scores")
    assert found == [(2, 0), (2, 1), (2, 0), (2, 1), (2, 2), (4, 0)]
    assert "k=2 is kept from the previous run; challenger k=4 is ahead by 0.0" in notes_before
    assert "run 2 of 3" in notes_before
    assert "k=4 replaces k=2 of the previous run" in notes
