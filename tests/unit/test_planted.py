"""Planted customers hold the truth where they say, answers are held against it, and permuted files keep their form."""

import re
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import chi2_contingency
from sklearn.cluster import KMeans
from sklearn.metrics import normalized_mutual_info_score, silhouette_score

from benchmarks.planted import cells_of, show
from benchmarks.planted_answers import Answer, base_of, segmented_by_textbook, textbook_rows
from benchmarks.planted_scores import (
    differences,
    read_scores,
    score_of,
    summary_of,
    table_of,
    write_scores,
)
from benchmarks.planted_sets import KINDS, SKEWED_SHARES, Cell, Plan, permuted, plant, write_csv
from benchmarks.real_files import permuted_texts, texts_of, write_texts
from tasks.encoding.base_encoding import rows_in

SEGMENTS = tuple(SKEWED_SHARES)


@pytest.fixture(params=["zipf", "flat"])
def popularity(request):
    return request.param


def told_by(planted):
    """Return the columns that tell the segments: mutual information for ages and places, a test for each product."""
    ages, labels = planted.numbers["age"], planted.labels
    brackets = np.searchsorted(np.quantile(ages, np.linspace(0, 1, 13)[1:-1]), ages)
    told = {
        name
        for name, values in (("age", brackets), ("location", planted.places))
        if normalized_mutual_info_score(labels, values) > 0.1
    }
    return told | ({"purchases"} if telling_products(planted) else set())


def telling_products(planted):
    """Return how many products are bought more in some segments than chance would have it."""
    bought = planted.baskets.toarray().astype(bool)
    counts = [[np.bincount(planted.labels[own], minlength=planted.n_segments) for own in (b, ~b)] for b in bought.T]
    return sum(chi2_contingency(table)[1] < 1e-6 for table in counts)


def drawn(planted):
    return (*planted.numbers.values(), planted.places, planted.baskets.toarray(), planted.labels)


@pytest.mark.parametrize("kind", KINDS)
def test_truth_is_in_the_named_columns(kind, popularity):
    named = {"age" if name == "spend" else name for name in KINDS[kind]}
    assert told_by(plant(Plan(kind, 4, 2_000, 20, 8, popularity=popularity))) == named


@pytest.mark.parametrize("n_segments", SEGMENTS)
@pytest.mark.parametrize("is_skewed", [False, True], ids=["even", "skewed"])
def test_sizes_are_as_asked(n_segments, is_skewed):
    planted = plant(Plan("purchases", n_segments, 1_000, is_skewed=is_skewed))
    expected = SKEWED_SHARES[n_segments] if is_skewed else [1 / n_segments] * n_segments
    assert np.abs(np.bincount(planted.labels) / 1_000 - expected).max() <= 0.001
    assert not np.array_equal(planted.labels, np.sort(planted.labels))


@pytest.mark.parametrize("kind", KINDS)
def test_same_plan_gives_the_same_customers(kind):
    plan = Plan(kind, n_customers=300)
    one, again, other = drawn(plant(plan)), drawn(plant(plan)), drawn(plant(replace(plan, seed=1)))
    assert all(map(np.array_equal, one, again))
    assert not any(map(np.array_equal, one, other))


@pytest.mark.parametrize("n_segments", SEGMENTS)
def test_own_products_are_bought_more_often(n_segments, popularity):
    planted = plant(Plan("purchases", n_segments, 3_000, 40, 8, popularity=popularity))
    bought = np.array([planted.baskets[planted.labels == label].mean(axis=0) for label in range(n_segments)])
    best, second = np.sort(bought, axis=0)[::-1][:2]
    assert (np.bincount(bought.argmax(axis=0)[best > 2 * second], minlength=n_segments) >= 3).all()


def test_most_live_in_their_segments_places():
    planted = plant(Plan("age+location", 4, 3_000, 20, 12))
    is_own = planted.places % 4 == planted.labels
    assert 0.8 < is_own.mean() < 0.9  # 80 %, and those of the others who live there by chance


def test_popularity_falls_with_rank_or_is_flat():
    zipf, flat = (plant(Plan("nothing", 4, 3_000, 100, 10, popularity=how)) for how in ("zipf", "flat"))
    for planted, least, most in ((zipf, 5, 40), (flat, 0.9, 1.6)):
        bought = planted.baskets.mean(axis=0)
        assert least < bought.max() / bought.min() < most
    places = np.bincount(zipf.places) / 3_000
    assert 0.7 < places[0] / (2 * places[1]) < 1.4


@pytest.mark.parametrize("n_segments", SEGMENTS)
def test_what_is_not_linear_has_no_correlation(n_segments):
    planted = plant(Plan("non-linear", n_segments, 6_000))
    assert abs(np.corrcoef(planted.numbers["age"], planted.numbers["spend"])[0, 1]) < 0.04


@pytest.mark.parametrize(
    "wrong",
    [{"kind": "tastes"}, {"n_segments": 2}, {"n_segments": 7}, {"n_places": 3}],
    ids=lambda one: next(iter(one)),
)
def test_what_cannot_be_planted_is_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Plan(**{"kind": "purchases", **wrong})


def test_permuted_copy_keeps_only_the_columns():
    planted = plant(Plan("age+location+purchases", 4, 2_000))
    copy = permuted(planted)
    for before, after in zip(drawn(planted)[:2], drawn(copy)[:2], strict=True):
        assert np.array_equal(np.sort(before), np.sort(after))
    assert np.array_equal(planted.baskets.sum(axis=0), copy.baskets.sum(axis=0))
    assert copy.baskets.max() == 1
    assert told_by(planted) == {"age", "location", "purchases"}
    assert told_by(copy) == set()


@pytest.mark.parametrize("kind", ["purchases", "two-numbers"])
def test_file_has_the_retailers_form(tmp_path, kind):
    planted = plant(Plan(kind, n_customers=50))
    write_csv(planted, tmp_path / "file.csv")
    lines = (tmp_path / "file.csv").read_text().splitlines()
    assert lines[0] == (
        "Age,Spend,Location,Purchase History" if kind == "two-numbers" else "Age,Location,Purchase History"
    )
    assert len(lines) == 51
    for row, text in enumerate(lines[1:]):
        *numbers, place, bought = text.split(",", len(planted.numbers) + 1)
        assert [float(number) for number in numbers] == [values[row] for values in planted.numbers.values()]
        assert place == f"place {planted.places[row]}"
        products = np.flatnonzero(planted.baskets[[row]].toarray()[0])
        assert bought == ", ".join(f"product {number}" for number in products)


def test_textbook_takes_the_best_plain_silhouette():
    planted = plant(Plan("age+location+purchases", 3, 300, 20, 5))
    answer = segmented_by_textbook(planted)
    matrix = textbook_rows(planted).dense(slice(None))
    np.testing.assert_allclose(matrix[:, 0].std(), 1, rtol=1e-5)
    assert set(np.unique(matrix[:, 1:])) == {0, 1}
    assert answer.silhouette == pytest.approx(silhouette_score(matrix, answer.labels), abs=1e-6)
    assert answer.k == len(np.unique(answer.labels))
    others = [KMeans(k, n_init=2, random_state=0).fit_predict(matrix) for k in range(2, 11)]
    assert answer.silhouette >= max(silhouette_score(matrix, labels) for labels in others) - 1e-6
    assert answer.verdict == ""


def test_product_gets_what_the_file_holds():
    planted = plant(Plan("two-numbers", 3, 300, 20, 5))
    plain = base_of(planted)
    matrix = rows_in(plain, plain.features).dense(slice(None))
    np.testing.assert_allclose(matrix, textbook_rows(planted).dense(slice(None)), atol=1e-5)
    columns = ["age", "spend", *["location"] * 5, *["purchase_history"] * 20]
    assert [feature.source_column for feature in plain.features] == columns


PLAN = Plan("purchases", n_customers=400)


def scored(kind="purchases", *, encoding="auto", k=4, verdict="strong", is_permuted=False, taken="mixed", **more):
    cell = Cell(replace(PLAN, kind=kind, **more), is_permuted)
    labels = cell.customers().labels
    return score_of(cell, labels, Answer(k, labels, verdict, taken, 0.5, 0.2), encoding, 1.0)


@pytest.mark.parametrize(
    ("answer", "is_right"),
    [
        ({}, True),
        ({"k": 3}, False),
        ({"verdict": "none"}, False),
        ({"encoding": "textbook", "verdict": ""}, True),
        ({"kind": "nothing", "verdict": "none"}, True),
        ({"kind": "nothing"}, False),
        ({"kind": "nothing", "encoding": "textbook", "verdict": ""}, False),
        ({"is_permuted": True, "verdict": "none"}, True),
        ({"is_permuted": True}, False),
        ({"kind": "one-number", "verdict": "none", "taken": "single"}, True),
        ({"kind": "one-number", "verdict": "none", "taken": "standard"}, False),
        ({"kind": "one-number", "verdict": "none", "taken": "single", "k": 2}, False),
    ],
)
def test_right_is_planted_number_or_none(answer, is_right):
    assert scored(**answer).is_right is is_right


def test_rand_index_is_of_planted_segments():
    planted = plant(PLAN)
    shuffled = np.random.default_rng(0).permutation(planted.labels)
    answers = [Answer(4, own, "", "", None, None) for own in (planted.labels, shuffled)]
    found = [score_of(Cell(PLAN), planted.labels, answer, "auto", 0) for answer in answers]
    assert found[0].rand == 1
    assert abs(found[1].rand) < 0.05


def test_harder_cells_are_skewed_or_age_place():
    assert not scored(n_segments=6).is_hard
    assert not scored(n_segments=5, is_skewed=True).is_hard
    assert scored(n_segments=6, is_skewed=True).is_hard
    assert scored("age+location").is_hard


def test_summary_counts_each_cell_where_it_belongs():
    scores = [
        scored(), scored(k=3, seed=1), scored("age+location"), scored("one-number", k=2),
        scored("nothing", verdict="none"), scored(verdict="none", is_permuted=True),
    ]  # fmt: skip
    counts = {line[:28].strip(): line[28:].split()[0] for line in summary_of(scores).splitlines()[1:]}
    assert counts == {
        "structure between columns": "1/2",
        "the harder ones": "1/1",
        "one number alone": "0/1",
        "none on nothing": "1/1",
        "none on permuted copies": "1/1",
    }


def test_textbook_difference_is_of_the_same_cells():
    scores = [
        scored(encoding="textbook", verdict=""), scored(k=3), scored(encoding="textbook", verdict="", k=2, seed=1),
        scored(seed=1), scored(encoding="textbook", verdict="", seed=2), scored(k=5, seed=2), scored(k=5, seed=3),
        scored("nothing", encoding="textbook", verdict=""), scored("nothing", verdict="none"),
    ]  # fmt: skip
    found = differences(scores, "auto")
    assert (found["purchases"], found["nothing"], found["two-numbers"]) == (1, -1, 0)
    assert "at worst 1 fewer right than the textbook (purchases)" in summary_of(scores)


def test_table_has_even_and_skewed_sizes():
    text = table_of(
        "purchases", [scored(), scored(k=2, seed=1, verdict="none"), scored(is_skewed=True), scored("nothing")]
    )
    assert text.splitlines()[-1].split() == ["auto", "1/2", "1.00", "1/2", "1/1", "1.00", "0/1"]


def test_scores_survive_writing_and_reading(tmp_path):
    scores = [
        scored(),
        replace(scored("nothing", encoding="textbook", verdict=""), silhouette=None, silhouette_gain=None),
    ]
    write_scores(tmp_path / "file.csv", scores)
    assert read_scores(tmp_path / "file.csv") == scores
    assert read_scores(tmp_path / "other.csv") == []


def test_cells_cover_every_kind_shape_and_popularity():
    cells = list(cells_of([*KINDS, "permuted"], [(3, 800, 20, 5), (4, 800, 20, 5)], 2))
    assert len(set(cells)) == len(cells)
    assert {cell.kind for cell in cells} == {*KINDS, "permuted"}
    own = [cell.plan for cell in cells if cell.kind == "purchases"]
    assert len({(plan.n_segments, plan.is_skewed, plan.popularity, plan.seed) for plan in own}) == 2 * 2 * 2 * 2
    assert sum(cell.is_permuted for cell in cells) == 16


def test_what_is_missing_is_told(capsys):
    cells = [Cell(PLAN), Cell(replace(PLAN, seed=1))]
    show(cells, ["auto"], [scored(), scored("nothing")])
    printed = capsys.readouterr().out
    assert "1 of 2 answers are missing" in printed
    assert re.search(r"structure between columns +1/1 100%", printed)
    assert re.search("none on nothing +-\n", printed)  # it was not asked for


SCHEMA = """
from pandera.typing import Series
from schemas import Dataset, category, items, numeric

class Shop(Dataset, {settings}):
    age: Series[int] = numeric()
    town: Series[str] = category()
    bought: Series[list] = items()
"""


@pytest.fixture
def shop(tmp_path):
    """Write a file and its schema, and return both."""

    def write_shop(content, settings):
        (tmp_path / "shop.csv").write_text(content, encoding="utf-8-sig")
        (tmp_path / "shop.py").write_text(SCHEMA.format(settings=settings))
        return tmp_path / "shop.csv", tmp_path / "shop.py"

    return write_shop


@pytest.mark.parametrize(
    ("content", "settings"),
    [
        ('Age,Town,Bought\n30,"Ham, West",apples, juice\n41,Bath,\n19,Bath,tea\n', "header=True"),
        ("30;Ham;apples\n41;Bath;\n19;Bath;tea; bread\n", 'delimiter=";", header=False'),
    ],
    ids=["commas", "semicolons"],
)
def test_permuted_file_keeps_columns_and_dialect(tmp_path, shop, content, settings):
    texts = texts_of(*shop(content, settings))
    write_texts(texts, tmp_path / "same.csv")
    assert (tmp_path / "same.csv").read_text() == content
    copies = [permuted_texts(texts, seed) for seed in range(5)]
    for copy in copies:
        assert copy.header == texts.header
        for before, after in zip(zip(*texts.records, strict=True), zip(*copy.records, strict=True), strict=True):
            assert sorted(before) == sorted(after)
    assert len({tuple(copy.records) for copy in copies}) > 1
    assert any(set(copy.records) != set(texts.records) for copy in copies)
