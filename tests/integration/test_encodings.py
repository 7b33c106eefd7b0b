"""Segments that are really there: the encoding that shows them, what guards the choice, and the verdict."""

import numpy as np
import pytest

from schemas.errors import DataRefused
from tests.conftest import aged
from tests.nights import assert_invariants, rows, run_night, value
from warehouse.home.ledger import read_manifest

N = 800
PRODUCTS = [f"product {number}" for number in range(16)]

SCHEMA = """
from pandera.typing import Series
from schemas import Dataset, category, items, numeric

class Shop(Dataset, {settings}):
    x: Series[float] = numeric({x})
    y: Series[float] = numeric()
"""

#: The nearest centroid of every customer, from features and centroids alone.
NEAREST = """
    WITH stored AS (
        SELECT customer_id, 'age' AS source_column, age::DOUBLE AS v, NULL AS text FROM customers
        UNION ALL SELECT customer_id, 'location', NULL, location FROM customers
        UNION ALL SELECT customer_id, 'purchase_history', NULL, unnest(purchase_history) FROM customers
    ), present AS (
        SELECT customer_id, feature,
            CASE encoding
                WHEN 'standardized' THEN v
                WHEN 'bracket' THEN (v >= coalesce(clip_low, v) AND (clip_high IS NULL OR v < clip_high))::INT
                ELSE (text = value)::INT
            END AS x
        FROM stored JOIN features USING (source_column)
    ), encoded AS (
        SELECT customer_id, feature, weight * (coalesce(max(x), 0) - any_value(center)) / any_value(scale) AS e
        FROM (SELECT customer_id, feature FROM customers, features) LEFT JOIN present USING (customer_id, feature)
        JOIN features USING (feature) GROUP BY customer_id, feature, weight
    ), distances AS (
        SELECT customer_id, segment_id, sum((e - value) ** 2) AS distance
        FROM encoded JOIN centroids USING (feature) GROUP BY ALL
    )
    SELECT count(*) FROM (SELECT customer_id, arg_min(segment_id, distance) AS nearest FROM distances GROUP BY ALL)
    JOIN customer_segments USING (customer_id) WHERE nearest <> segment_id
"""


def customers_file(ages, locations, bought):
    lines = ["Age,Location,Purchase History"]
    for age, location, own in zip(ages, locations, bought, strict=True):
        basket = ", ".join(product for product, is_bought in zip(PRODUCTS, own, strict=True) if is_bought)
        lines.append(f"{age:.0f},place {location},{basket}")
    return "\n".join([*lines, ""])


def planted(kinds=4, own=0.6, seed=0):
    """Customers of several kinds, each with an age and products of its own; places say nothing."""
    rng = np.random.default_rng(seed)
    kind = rng.integers(0, kinds, N)
    bought = rng.random((N, 16)) < np.where(np.arange(16) * kinds // 16 == kind[:, None], own, 0.1)
    return customers_file(rng.normal(22 + 15 * kind, 4).clip(0, 110), rng.integers(0, 5, N), bought)


def noise(seed=0):
    rng = np.random.default_rng(seed)
    return customers_file(rng.normal(45, 10, N).clip(0, 110), rng.integers(0, 5, N), rng.random((N, 16)) < 0.2)


@pytest.fixture(scope="module")
def planted_home(tmp_path_factory):
    """The home of a night of customers with planted segments."""
    folder = tmp_path_factory.mktemp("planted")
    source = folder / "customers.csv"
    source.write_text(planted())
    aged(source)
    run_night(source, folder / "home")
    return folder / "home"


@pytest.fixture
def points_night(write, home):
    """Run a night of customers with two numbers; return the home."""

    def run(points, settings="min_segment_customers=5", x="", **order):
        lines = [",".join(map(repr, map(float, point))) for point in points]
        schema = SCHEMA.format(settings=settings, x=x)
        run_night(write("\n".join(["x,y", *lines, ""])), home, dataset=str(write(schema, "shop.py")), **order)
        return home

    return run


def four_groups_and_one_far_row():
    rng = np.random.default_rng(0)
    groups = rng.choice([[0, 0], [9, 0], [3, 9], [13, 8]], 300) + rng.normal(size=(300, 2))
    return np.round(np.vstack([groups, [[500, 500]]]), 3)


def test_planted_segments_are_strong_in_components(planted_home):
    assert rows(planted_home, "SELECT n_clusters, encoding, split_part(verdict, ':', 1) FROM runs") == [
        (4, "brackets", "strong")
    ]
    assert_invariants(planted_home)


def test_every_encoding_has_figures_and_reason(planted_home):
    found = rows(
        planted_home, "SELECT encoding, chosen, round(silhouette_gain, 3) > 0, reason <> '' FROM encodings ORDER BY ALL"
    )
    assert found == [
        ("brackets", True, True, True),
        ("mixed", False, True, True),
        ("numbers", False, None, True),
        ("standard", False, True, True),
    ]
    broken = "SELECT count(*) FROM encodings WHERE abs(silhouette - null_silhouette - silhouette_gain) > 1e-9"
    assert value(planted_home, broken) == 0


def test_components_exceed_chance_and_have_words(planted_home):
    found = rows(planted_home, "SELECT variance > null_variance, description FROM components ORDER BY component")
    assert [is_more for is_more, _ in found] == [True, True, True]
    assert all("product" in words and " versus " in words for _, words in found)


def test_curve_has_the_null_model(planted_home):
    found = rows(planted_home, "SELECT k, silhouette_gain, null_silhouette FROM k_scores ORDER BY k")
    assert [k for k, *_ in found] == list(range(2, 11))
    assert max(found, key=lambda row: row[1])[0] == 4


def test_every_k_and_segment_has_stability(planted_home):
    (chosen,) = rows(planted_home, "SELECT ari_seeds, ari_bootstrap FROM k_scores WHERE chosen")
    assert chosen == pytest.approx((1, 1), abs=0.1)
    assert value(planted_home, "SELECT count(*) FROM k_scores WHERE ari_bootstrap IS NULL") == 0
    assert value(planted_home, "SELECT min(stability) FROM segments") > 0.8


def test_features_and_centroids_score_a_customer(planted_home):
    assert value(planted_home, NEAREST) == 0


def test_loadings_give_the_distances_too(planted_home):
    # Customers and centroids along the components, from the tables alone.
    sql = f"""
        WITH {NEAREST.partition("WITH")[2].partition(", distances AS")[0]},
        along AS (
            SELECT customer_id, component, sum(e * loading) AS z FROM encoded JOIN loadings USING (feature) GROUP BY ALL
        ), centers AS (
            SELECT segment_id, component, sum(value * loading) AS c FROM centroids JOIN loadings USING (feature)
            GROUP BY ALL
        )
        SELECT max(abs(d - distance)) FROM (
            SELECT customer_id, sqrt(sum((z - c) ** 2)) AS d
            FROM along JOIN customer_segments USING (customer_id) JOIN centers USING (segment_id, component)
            GROUP BY customer_id
        ) JOIN customer_segments USING (customer_id)"""
    assert value(planted_home, sql) < 1e-4


def test_brackets_cover_every_age_once(planted_home):
    sql = """
        SELECT count(*) FROM (
            SELECT customer_id FROM customers JOIN features ON encoding = 'bracket'
                AND (clip_low IS NULL OR age >= clip_low) AND (clip_high IS NULL OR age < clip_high)
            GROUP BY customer_id HAVING count(*) <> 1)"""
    assert value(planted_home, sql) == 0
    assert value(planted_home, "SELECT count(*) FROM features WHERE encoding = 'bracket'") > 5


def test_noise_is_published_with_the_verdict_none(write, home):
    run_night(write(noise()), home)
    verdict, encoding = rows(home, "SELECT verdict, encoding FROM runs")[0]
    assert verdict.startswith("none: ")
    assert encoding == "standard"


def test_dataset_may_refuse_the_verdict_none(write, home):
    schema = write(
        """
from pandera.typing import Series
from schemas import Dataset, category, items, numeric

class Careful(Dataset, refuse_none=True):
    age: Series[int] = numeric()
    location: Series[str] = category()
    purchase_history: Series[list] = items()
""",
        "careful.py",
    )
    with pytest.raises(DataRefused, match=r"the verdict is none: .*refuse_none=False"):
        run_night(write(noise()), home, dataset=str(schema))
    assert not (home / "segments.duckdb").exists()


def test_one_far_row_is_flagged_not_segment(points_night):
    home = points_night(four_groups_and_one_far_row())
    assert value(home, "SELECT n_clusters FROM runs") == 4
    assert value(home, "SELECT min(customers) FROM segments") > 5
    assert rows(
        home, "SELECT x, is_outlier FROM customers JOIN customer_segments USING (customer_id) WHERE x > 100"
    ) == [(500.0, True)]


def test_far_number_is_clipped_kept_as_delivered(points_night):
    home = points_night(four_groups_and_one_far_row())
    clips = rows(home, "SELECT clip_low > -5, clip_high < 30 FROM features")
    assert clips == [(True, True)] * 2
    assert value(home, "SELECT max(x) FROM customers") == 500


def test_a_declared_clip_wins(points_night):
    home = points_night(four_groups_and_one_far_row(), x="clip=(-10, 600)")
    assert rows(home, "SELECT clip_low, clip_high FROM features WHERE feature = 'x'") == [(-10, 600)]


def test_k_below_the_floor_has_its_reason(points_night):
    home = points_night(four_groups_and_one_far_row(), settings="min_segment_customers=70")
    broken = rows(home, "SELECT k, reason FROM k_scores WHERE smallest_segment < 70 AND (eligible OR chosen)")
    assert broken == []
    assert "fewer than 70" in value(home, "SELECT any_value(reason) FROM k_scores WHERE NOT eligible")


def test_requested_k_is_chosen(write, home):
    run_night(write(planted()), home, k=3)
    assert rows(home, "SELECT k, chosen, eligible, reason FROM k_scores") == [(3, True, True, "asked for")]


@pytest.mark.parametrize("encoding", ["standard", "mixed", "brackets", "single"])
def test_requested_encoding_is_selected(write, home, encoding):
    run_night(write(planted()), home, encoding=encoding, k_max=5)
    assert value(home, "SELECT encoding FROM runs") == encoding
    assert value(home, NEAREST) == 0
    assert_invariants(home)


def test_heavier_column_counts_for_more(points_night):
    rng = np.random.default_rng(0)
    points = np.round(rng.uniform(size=(400, 2)), 4)
    home = points_night(points, x="weight=5", k=2, force=True)
    assert value(home, "SELECT max(abs(difference)) FILTER (feature = 'x') FROM segment_stats") > 0.2
    assert value(home, "SELECT max(abs(difference)) FILTER (feature = 'y') FROM segment_stats") < 0.05


@pytest.mark.parametrize("weight", ["0", "-1"])
def test_weight_of_zero_is_refused(points_night, weight):
    with pytest.raises(Exception, match=r"weight=.* should be above 0; use ignored\(\)"):
        points_night([[1, 2], [3, 4]], x=f"weight={weight}")


def test_segments_duplicating_places_are_noted(write, home):
    schema = """
from pandera.typing import Series
from schemas import Dataset, category, numeric

class Weak(Dataset):
    age: Series[int] = numeric(weight=0.2)
    location: Series[str] = category()
"""
    rng = np.random.default_rng(0)
    ages, places = rng.normal(45, 10, 600), rng.integers(0, 6, 600)
    lines = [f"{age:.0f},place {place}" for age, place in zip(ages, places, strict=True)]
    summary = run_night(write("\n".join(["Age,Location", *lines, ""])), home, dataset=str(write(schema, "weak.py")))
    assert rows(home, "SELECT source_column, association FROM column_associations WHERE is_redundant") == [
        ("location", 1.0)
    ]
    assert value(home, "SELECT n_clusters FROM runs") == 6
    notes = read_manifest(home / "runs" / summary.run_id / "manifest.json")["notes"]
    assert any(note.startswith("these segments duplicate your location column") for note in notes)


@pytest.mark.parametrize(
    "lines",
    [
        ["x,y", "1,1", "2,2", "3,4"],
        ["x,y", *(f"{n},7" for n in range(60))],
        ["x,y", *["3,7"] * 60],
        ["x,y", *(f"{n % 3},{n % 2}" for n in range(60))],
    ],
    ids=["3 rows", "all constant but one", "all equal", "few different"],
)
def test_whatever_little_there_is_has_a_verdict(write, home, lines):
    schema = write(SCHEMA.format(settings="min_segment_customers=5", x=""), "shop.py")
    run_night(write("\n".join([*lines, ""])), home, dataset=str(schema))
    assert value(home, "SELECT verdict FROM runs").startswith(("none: ", "weak: ", "strong: "))
    assert_invariants(home)


def test_gradient_has_tiers_in_the_report(write, home, tmp_path):
    cloud = np.random.default_rng(0).multivariate_normal([50, 50], [[100, 85], [85, 100]], N)
    lines = [f"{x:.2f},{y:.2f}" for x, y in cloud]
    (tmp_path / "shop.py").write_text(SCHEMA.format(settings="refuse_none=False", x=""), encoding="utf-8")
    summary = run_night(write("\n".join(["x,y", *lines, ""])), home, dataset=str(tmp_path / "shop.py"))
    assert value(home, "SELECT verdict FROM runs").startswith("weak: a gradient from low to high ")
    assert rows(home, "SELECT gradient_tier, count(*) FROM customer_segments GROUP BY ALL ORDER BY ALL") == [
        (tier, N // 5) for tier in range(1, 6)
    ]
    means = rows(home, "SELECT mean FROM tier_stats WHERE feature = 'x' ORDER BY tier")
    assert means == sorted(means)
    assert "Tiers along the gradient" in (home / "runs" / summary.run_id / "report.html").read_text(encoding="utf-8")


def test_segments_that_are_there_have_no_tiers(planted_home):
    assert value(planted_home, "SELECT count(gradient_tier) FROM customer_segments") == 0
    assert value(planted_home, "SELECT count(*) FROM tier_stats") == 0


SERVICES = """
from pandera.typing import Series
from schemas import Dataset, category, numeric

class Services(Dataset):
    charges: Series[float] = numeric()
    line: Series[str] = category()
    tv: Series[str] = category()
    music: Series[str] = category()
"""


def test_repeated_value_is_named_once(write, home, tmp_path):
    rng = np.random.default_rng(0)
    has_line, wants = rng.random(N) < 0.7, rng.random((N, 2)) < 0.5
    services = np.where(has_line[:, None], np.where(wants, "yes", "no"), "none")
    line = np.where(has_line, rng.choice(["fiber", "copper"], N), "none")
    charges = 40 + 15 * has_line + 8 * (services == "yes").sum(axis=1) + rng.normal(0, 6, N)
    lines = [
        f"{charge:.2f},{kind},{own[0]},{own[1]}" for charge, kind, own in zip(charges, line, services, strict=True)
    ]
    (tmp_path / "services.py").write_text(SERVICES, encoding="utf-8")
    summary = run_night(
        write("\n".join(["Charges,Line,TV,Music", *lines, ""])), home, dataset=str(tmp_path / "services.py")
    )
    notes = read_manifest(home / "runs" / summary.run_id / "manifest.json")["notes"]
    assert "tv=none is left out of the fit, as the same customers have line=none" in notes
    (without,) = rows(home, "SELECT description FROM segments WHERE description LIKE '%100_ have line none%'")[0]
    assert "tv none" not in without
