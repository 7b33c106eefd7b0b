"""The page for people: complete, escaped, self-contained, and the same bytes for the same run."""

import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

import pytest

from schemas.dataset import Dataset, columns_of
from schemas.fields import category, flag, items, numeric
from schemas.page import (
    ColumnAssociationRow,
    ComponentRow,
    DeclaredRow,
    EncodingRow,
    Figure,
    KRow,
    SegmentRow,
    TriedRow,
)
from tasks.clustering.positions import sample_positions
from tasks.report import SCATTER_POINTS, Facts, Page, render_page, report, scatter_axes
from tasks.reporting.drawing import AxisText
from tasks.reporting.number_text import number_text, percent_text
from tasks.reporting.page_charts import Chart
from tasks.reporting.profile import Profile, choose_profile
from tests.nights import night_up_to
from warehouse.home.ledger import read_manifest
from warehouse.home.run import Order
from warehouse.rejects import RejectedGroup

SCRIPT = "<script>alert(1)</script>"

FACTS = Facts(
    run_id="20261124T010203Z-abcdef",
    as_of=date(2026, 11, 24),
    dataset="customers",
    source_name="customers.csv",
    source_sha256="ab" * 32,
    rows_read=1_003_012,
    rows_loaded=1_003_000,
    rows_rejected=12,
    n_clusters=4,
    silhouette=0.5225,
    seed=7,
    verdict_level="strong",
    verdict_words="4 clearly separate segments",
    verdict="strong: 4 clearly separate segments; use them (silhouette 0.52)",
    software_version="0.1.0",
    notes=("customers.csv was read as utf-8 text", "location: 1 new ('Utah') value since the previous run"),
)


class Shop(Dataset):
    """One row a customer."""

    age: int = numeric(unit="years")
    income: float = numeric(log=True)
    is_member: int = flag()
    state: str = category()
    bought: list = items()


def columns_from(*names):
    return tuple(column for column in columns_of(Shop) if column.name in names)


def figures(n_segments, n_features, name="item"):
    """Features whose difference grows with their number, each most different in another segment."""
    return [
        Figure(
            segment_id=segment + 1,
            feature=f"bought={name} {feature}",
            source_column="bought",
            kind="items",
            value=f"{name} {feature}",
            mean=0.5 + (0.001 * feature if segment == feature % n_segments else -0.0005),
            overall_mean=0.5,
            spread=0.5,
        )
        for feature in range(n_features)
        for segment in range(n_segments)
    ]


TRIED = (
    TriedRow("mixed", 3, 2, 4, 0.61, 0.25, 0.36, 0.34, 0.40, 0.21, 2000, True, "its segments stand out most"),
    TriedRow("standard", 3, 22, 2, 0.31, 0.28, 0.03, 0.01, None, None, 2000, False, "0.33 less gain than mixed"),
    TriedRow("numbers", None, None, None, None, None, None, None, None, None, None, False, "there is one number"),
)


def page_of(n_segments=4, n_features=20, name="milk", **changes):
    segments = [
        SegmentRow(number, f"{name} {number}", f"buys {name}", 1000 // number, 1 / n_segments)
        for number in range(1, n_segments + 1)
    ]
    scores = [KRow(k, 0.1 * k, 0.1 * k, 0.1 * k, 9.0 / k, 40, "", k == 4) for k in range(2, 6)]
    page = Page(
        facts=replace(FACTS, n_clusters=n_segments),
        segments=tuple(segments),
        profile=choose_profile(figures(n_segments, n_features, name), columns_of(Shop)),
        tiers=Profile((), 0),
        k_scores=tuple(scores),
        curve=Chart("<svg></svg>", "the curve"),
        scatter=Chart(None, "no scatter plot"),
        rejected=(RejectedGroup("age", "out_of_range", 1200, 17, "age 207: expected at most 120", "customers.csv"),),
        encodings=(EncodingRow("multi-hot", 1, n_features),),
        declared=(DeclaredRow("age", 2.0, False, None, None), DeclaredRow("income", 1.0, True, 0.0, 90000.0)),
        tried=TRIED,
        components=(ComponentRow(1, 4.2, 1.3, "milk, tea against high age"),),
        column_associations=(
            ColumnAssociationRow("age", "numeric", 0.71, False, "cut at 31: predicts the segment well"),
            ColumnAssociationRow(
                "bought", "items", 0.32, False, "by its most predictive item, milk: predicts the segment poorly"
            ),
        ),
    )
    return replace(page, **changes)


class Outline(HTMLParser):
    """Checks that every element is closed, and keeps tags, attributes and text."""

    VOID = frozenset({"meta", "br"})

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.attributes, self.words = [], [], [], []
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())


def outside_references(text):
    addresses = re.findall(r"""(?:src|href|action|data)\s*=\s*["']?([^"'\s>]+)|url\(([^)]*)\)""", text)
    return [found for pair in addresses for found in pair if found and not found.startswith("#")]


def assert_self_contained(text):
    assert outside_references(text) == []
    assert not re.search(r"https?://|@import|<link|<iframe|<object|<img", text)
    assert "script" not in Outline(text).tags


def night_of(path, home, dataset, **options):
    return night_up_to(
        "track_segments", Order(str(path), dataset=str(dataset), home=str(home), as_of=date(2026, 11, 24), **options)
    )


def reported(night):
    return report(
        night.run, *(night.results[step] for step in ("deliver", "ingest", "validate", "cluster", "track_segments"))
    )


def page_text(night):
    reported(night)
    return night.run.report_file.read_text(encoding="utf-8")


SCHEMA = f"""
from pandera.typing import Series
from schemas import Dataset, items, numeric

class Hostile(Dataset, max_rejected_share=0.5):
    "One row a customer."
    age: Series[int] = numeric(ge=0, le=120, weight=2, unit="{SCRIPT}")
    bought: Series[list] = items()
"""


@pytest.fixture(scope="module")
def hostile_night(tmp_path_factory):
    """A night whose products, rejected rows, file name and unit hold markup."""
    place = tmp_path_factory.mktemp("hostile")
    rows = [f"{age},{SCRIPT}, milk" if age < 40 else f"{age},tea, $x$" for age in range(20, 60)]
    (place / "a <b>.csv").write_text("\n".join(["age,bought", *rows, f'"{SCRIPT}",tea', f"200,{SCRIPT}"]) + "\n")
    (place / "hostile.py").write_text(SCHEMA)
    return night_of(place / "a <b>.csv", place / "home", place / "hostile.py", k_max=4)


def test_page_is_self_contained_and_counts(hostile_night):
    text = page_text(hostile_night)
    assert_self_contained(text)
    words = Outline(text).text
    assert "42 rows read from a <b>.csv: 40 loaded, 2 rejected." in words
    assert read_manifest(hostile_night.run.manifest_file)["verdict"] in words
    assert "age: 2" in words


def test_markup_from_the_delivered_file_is_text(hostile_night):
    text = page_text(hostile_night)
    assert "<script" not in text
    assert Outline(text).text.count(SCRIPT) >= 4
    assert any("&lt;script&gt;" in svg for svg in re.findall("<svg.*?</svg>", text, re.DOTALL))


def test_same_run_gives_the_same_bytes(hostile_night):
    first = page_text(hostile_night)
    assert page_text(hostile_night) == first


def test_step_reports_page_and_size(hostile_night):
    run, page = hostile_night.run, reported(hostile_night)
    assert page.report == str(run.report_file)
    assert page.size == run.report_file.stat().st_size
    assert read_manifest(run.manifest_file)["steps"][-1]["size"] == page.size


def test_one_segment_explains_the_missing_curve(tmp_path):
    (tmp_path / "equal.csv").write_text("age,location,purchase_history\n" + "30,Ohio,milk\n" * 9)
    run = night_of(tmp_path / "equal.csv", tmp_path / "home", "customers")
    text = page_text(run)
    assert_self_contained(text)
    words = Outline(text).text
    assert "k = 1, no silhouette." in words
    assert "There is no curve to draw, as no k has a silhouette." in words
    assert "No row was rejected." in words


def test_large_scatter_is_a_stated_sample(tmp_path):
    rows = [f"{20 + number % 60},Ohio,milk, tea{number % 3}" for number in range(SCATTER_POINTS + 500)]
    (tmp_path / "large.csv").write_text("\n".join(["age,location,purchase_history", *rows]) + "\n")
    run = night_of(tmp_path / "large.csv", tmp_path / "home", "customers", k=3)
    text = page_text(run)
    assert "A random sample of 2,000 of the 2,500 customers" in text
    assert len(text.encode()) < 500_000


@pytest.mark.parametrize("n_segments", [1, 2, 10, 100])
@pytest.mark.parametrize("n_features", [1, 20, 300])
def test_page_holds_every_segment_and_stays_small(n_segments, n_features):
    text = render_page(page_of(n_segments, n_features))
    words = Outline(text).text
    assert all(f"milk {number} " in words for number in range(1, n_segments + 1))
    assert_self_contained(text)
    assert len(text.encode()) < 300_000


def test_long_texts_from_the_file_are_cut():
    reason = RejectedGroup(None, "too_many_fields", 1, 2, "x" * 1_000_000, "customers.csv")
    text = render_page(page_of(name="y" * 1_000_000, rejected=(reason,)))
    assert len(text) < 100_000


@pytest.mark.parametrize(
    "words",
    [
        "Customer segments: customers, 2026-11-24",
        "1,003,012 rows read from customers.csv: 1,003,000 loaded, 12 rejected. Rejected rows are in no segment.",
        "k = 4, silhouette 0.52.",
        "out_of_range age 1,200 17 age 207: expected at most 120",
        "20261124T010203Z-abcdef",
        "age: 2",
        "limited to 0 to 90,000, then taken as its logarithm",
        "Encoding mixed; multi-hot: 1 column as 20 features",
        "Each was tried on 2,000 customers and compared with a null model",
        "mixed 3 4 0.6100 0.2500 +0.3600 0.4000 +0.2100 selected: its segments stand out most",
        "numbers — — — — — — — there is one number",
        "milk, tea against high age (variance 4.2, of permuted columns up to 1.3)",
        "age 0.71 cut at 31: predicts the segment well",
    ],
)
def test_page_says_each_figure(words):
    assert words in Outline(render_page(page_of())).text


def test_marketer_comes_before_statistician():
    words = Outline(render_page(page_of())).text
    headings = [
        "1,003,000 customers in 4 segments.",
        "Use these segments. 4 clearly separate segments.",
        "Who they are",
        "What sets",
        "What changed",
        "Customers on",
        "The data 1,003,012 rows read",
        "Rejected rows by reason",
        "For statisticians: encodings",
        "Why these segments An encoding",
        "Why k",
        "Silhouettes by centroids",
        "About",
    ]
    places = [words.index(heading) for heading in headings]
    assert places == sorted(places)


def test_sampled_silhouette_shows_its_interval():
    exact = page_of()
    sampled = replace(exact.k_scores[0], silhouette_low=0.15, silhouette_high=0.25)
    assert "95 % interval" not in render_page(exact)
    assert "0.1500 to 0.2500" in render_page(replace(exact, k_scores=(sampled, *exact.k_scores[1:])))


def words_of(page):
    return Outline(render_page(page)).text


def test_requested_encoding_is_shown_without_others():
    asked = TriedRow("standard", 3, 22, None, None, None, None, None, None, None, None, True, "asked for")
    words = words_of(page_of(tried=(asked,), components=()))
    assert "The encoding is standard: asked for." in words
    assert "Gain" not in words
    assert "components that the columns share" not in words


def test_page_without_encodings_is_explicit():
    assert "No encoding was compared with another." in words_of(page_of(tried=(), components=()))


def test_one_segment_has_no_association():
    none = ColumnAssociationRow("age", "numeric", None, False, "there is one segment, so there is nothing to predict")
    words = words_of(page_of(column_associations=(none,)))
    assert "There is one segment, so no column can predict it." in words
    assert "Association" not in words


def test_best_predicting_columns_are_shown_others_counted():
    rows = tuple(ColumnAssociationRow(f"c{place}", "numeric", 1 - place / 100, place < 5, "why") for place in range(30))
    words = words_of(page_of(column_associations=rows))
    assert "The 8 of 30 columns that predict best." in words
    assert "c7 0.93 why" in words
    assert "c8 " not in words


def test_strongest_components_are_shown_others_counted():
    words = words_of(page_of(components=tuple(ComponentRow(n, 9 - n / 2, 1.0, f"end {n}") for n in range(1, 13))))
    assert "end 8 (variance 5" in words
    assert "end 9" not in words
    assert "The 8 strongest of 12 components" in words


def test_low_stability_is_binary_columns():
    plain = page_of()
    assert "Stability" not in words_of(plain)
    first, second, *others = plain.segments
    known = (replace(first, stability=0.93), replace(second, stability=0.41), *others)
    words = words_of(replace(plain, segments=known))
    assert "1 0.93 2 0.41 low" in words
    assert words.count("Do not rely on this segment: its stability is 0.41, below 0.6.") == 1
    assert "do not rely on a segment below 0.6" in words


def test_k_table_shows_gain_and_ari():
    plain = page_of()
    assert not re.search("ARI", words_of(plain))
    score = replace(plain.k_scores[0], null_silhouette=0.11, silhouette_gain=0.09, ari_seeds=0.87, ari_bootstrap=0.78)
    words = words_of(replace(plain, k_scores=(score, *plain.k_scores[1:])))
    assert "2 0.2000 0.2000 0.1100 +0.0900 0.87 0.78 4.500 40" in words
    assert "3 0.3000 — — — — — 3.000 40" in words


def test_left_out_column_is_named_without_weight():
    words = words_of(page_of(declared=(DeclaredRow("state", 0.0, False, None, None),)))
    assert "Left out state" in words
    assert "Weights every other column counts 1" in words


def test_markup_in_reasons_is_text():
    tried = replace(TRIED[0], reason=SCRIPT)
    component, told = ComponentRow(1, 2.0, 1.0, SCRIPT), ColumnAssociationRow("bought", "items", 0.99, True, SCRIPT)
    text = render_page(page_of(tried=(tried,), components=(component,), column_associations=(told,)))
    assert_self_contained(text)
    assert Outline(text).text.count(SCRIPT) == 3


def test_many_faults_are_cut_and_counted():
    groups = tuple(RejectedGroup("age", f"code_{number}", 9, number, "why", "customers.csv") for number in range(1, 31))
    words = Outline(render_page(page_of(rejected=groups))).text
    assert "code_20 " in words
    assert "code_21 " not in words
    assert "The 20 most frequent of 30 kinds of fault are shown." in words


def test_dataset_path_is_shown_by_name():
    assert page_of(facts=replace(FACTS, dataset="shops/north.py")).dataset == "north"


@pytest.mark.parametrize(("n_segments", "most"), [(1, 12), (4, 36), (10, 36), (100, 36)])
def test_profile_keeps_the_features_that_differ_most(n_segments, most):
    profile = choose_profile(figures(n_segments, 300), columns_of(Shop))
    assert profile.n_features == 300
    assert len(profile.rows) <= most
    strengths = [row.strength for row in profile.rows]
    assert strengths == sorted(strengths, reverse=True)
    assert "item 299" in [row.value for row in profile.rows]


def test_profile_keeps_a_feature_of_every_segment():
    rows = choose_profile(figures(10, 300), columns_of(Shop)).rows
    strongest = {max(range(10), key=lambda segment: row.cells[segment].strength) for row in rows}
    assert strongest == set(range(10))


def test_mean_that_is_missing_is_no_difference():
    assert Figure(1, "age", "age", "numeric", None, None, 40.0, 5.0).strength == 0
    assert Figure(1, "age", "age", "numeric", None, 40.0, 40.0, 0.0).strength == 0


@pytest.mark.parametrize(
    ("names", "axes"),
    [
        (("age", "income", "bought"), ("age", "bought")),
        (("age", "income", "state"), ("age", "income")),
        (("age", "state"), None),
        (("bought", "state"), None),
        (("is_member",), None),
    ],
)
def test_scatter_takes_number_and_list_or_number(names, axes):
    found = scatter_axes(columns_from(*names))
    assert (found and tuple(column.name for column in found)) == axes


def test_sample_is_seeded_without_repetition():
    drawn = sample_positions(100_000, 2_000, 3)
    assert drawn == sample_positions(100_000, 2_000, 3)
    assert drawn != sample_positions(100_000, 2_000, 4)
    assert len(set(drawn)) == SCATTER_POINTS
    assert sample_positions(5, 2_000, 3) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (1234567.0, 0, "1,234,567"), (34.123, 1, "34.1"), (0.5, 3, "0.500"), (None, 1, "—"), (float("nan"), 1, "—"),
        (1e100, 0, "1e+100"), (3.07191, None, "3.072"), (81234.5, None, "81,234"), (-3.5, 1, "-3.5"), (0.0, None, "0"),
    ],
)  # fmt: skip
def test_numbers_are_written_for_people(value, decimals, text):
    assert number_text(value, decimals) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.0, "0%"), (0.0004, "<0.1%"), (0.004, "0.4%"), (0.374, "37%"), (0.996, "99.6%"), (1.0, "100%"), (None, "—")],
)
def test_shares_are_written_in_percent(share, text):
    assert percent_text(share) == text


def test_axis_of_a_skewed_amount_is_logarithmic():
    from tasks.report import _axis

    assert _axis(columns_from("income")[0]) == AxisText("income", is_log=True)
    assert _axis(columns_from("bought")[0]) == AxisText("items in bought")
