"""What sets segments apart: figures beside those of all customers, which of them are no chance, and columns beside."""

import random

import duckdb
import pytest

from tests.nights import assert_invariants, rows, run_night

SCHEMA = """
from pandera.typing import Series
from schemas import Dataset, category, flag, identifier, ignored, items, numeric

class Shop(Dataset):
    customer_id: Series[str] = identifier()
    age: Series[int] = numeric()
    basket: Series[list] = items(separator="|")
    email: Series[str] = ignored(profile=True)
    channel: Series[str] = ignored(profile=True)
    spend: Series[float] = ignored(profile=True)
    member: Series[bool] = ignored(profile=True)
    note: Series[str] = ignored()
"""

HEADER = "customer_id,age,basket,email,channel,spend,member,note"


def customers(n=600):
    """A third of the customers are young and 90 % of them buy wine; a channel and the spend go with them."""
    draw = random.Random(7)
    columns = [[] for _ in range(6)]
    for number in range(n):
        is_wine = number % 3 == 0
        columns[0].append(draw.randrange(20, 30) if is_wine else draw.randrange(50, 70))
        columns[1].append("|".join(["wine"] * (draw.random() < (0.9 if is_wine else 0.05)) + ["tea"] * (not is_wine)))
        columns[2].append(f"c{number}@example.com")
        columns[3].append("app" if is_wine and draw.random() < 0.7 else draw.choice(["shop", "phone", "fax"]))
        columns[4].append(round(draw.gauss(90 if is_wine else 40, 15), 2))
        columns[5].append("yes" if draw.random() < 0.5 else "no")
    lines = [",".join(map(str, (f"C{number}", *cells, "-"))) for number, cells in enumerate(zip(*columns, strict=True))]
    return "\n".join([HEADER, *lines, ""])


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("profiles")
    (folder / "shop.py").write_text(SCHEMA)
    (folder / "customers.csv").write_text(customers())
    run_night(folder / "customers.csv", folder / "home", dataset=str(folder / "shop.py"), k=2)
    return folder / "home"


def wine_lovers(home):
    return rows(home, "SELECT segment_id FROM segment_stats WHERE feature = 'basket=wine' AND mean > 0.5")[0][0]


def test_planted_product_comes_first_with_its_lift(home):
    query = (
        "SELECT feature, round(mean, 1), round(overall_mean, 2), round(lift, 1) FROM segment_stats "
        f"WHERE segment_id = {wine_lovers(home)} AND is_significant AND kind = 'items' "
        "ORDER BY standardized_difference DESC LIMIT 1"
    )
    ((feature, mean, overall, lift),) = rows(home, query)
    assert (feature, mean) == ("basket=wine", 0.9)
    assert lift == pytest.approx(mean / overall, abs=0.15)


def test_figures_of_numbers_are_those_of_duckdb(home):
    expected = """
        SELECT segment_id, avg(age), median(age), quantile_cont(age, 0.25), quantile_cont(age, 0.75), count(age),
            (avg(age) - (SELECT avg(age) FROM customers)) / (SELECT stddev_pop(age) FROM customers)
        FROM customers JOIN customer_segments USING (customer_id) GROUP BY segment_id ORDER BY segment_id"""
    found = """
        SELECT segment_id, mean, median, q1, q3, support, standardized_difference
        FROM segment_stats WHERE feature = 'age' ORDER BY segment_id"""
    for one, other in zip(rows(home, found), rows(home, expected), strict=True):
        assert one == pytest.approx(other)


def test_columns_beside_are_profiled_in_their_kinds(home):
    beside = "SELECT DISTINCT feature, kind FROM segment_stats WHERE NOT is_feature ORDER BY ALL"
    assert rows(home, beside) == [
        ("channel=app", "category"),
        ("channel=fax", "category"),
        ("channel=phone", "category"),
        ("channel=shop", "category"),
        ("member", "flag"),
        ("spend", "numeric"),
    ]
    assert rows(home, "SELECT count(*) FROM features WHERE source_column IN ('spend', 'channel', 'member')") == [(0,)]


def test_columns_beside_are_significant_by_their_own(home):
    significant = f"SELECT feature FROM segment_stats WHERE is_significant AND segment_id = {wine_lovers(home)}"
    found = {feature for (feature,) in rows(home, significant)}
    assert {"basket=wine", "age", "channel=app", "spend"} <= found
    assert "member" not in found


def test_description_ends_with_a_column_beside(home):
    ((description,),) = rows(home, f"SELECT description FROM segments WHERE segment_id = {wine_lovers(home)}")
    assert description.endswith(", none buy tea (67%) and average spend of 90.9 (57.7).")


def test_run_with_columns_beside_is_whole(home):
    assert_invariants(home)


@pytest.mark.parametrize("seed", range(3))
def test_customers_of_one_kind_have_hardly_any_significant_trait(tmp_path, seed):
    draw = random.Random(seed)
    lines = [
        f"C{n},{draw.gauss(45, 12):.0f},{draw.choice(['wine', 'tea', 'wine|tea'])},,{draw.choice('abcdefgh')},"
        f"{draw.gauss(50, 9):.2f},{draw.choice(['yes', 'no'])},"
        for n in range(400)
    ]
    (tmp_path / "shop.py").write_text(SCHEMA)
    (tmp_path / "customers.csv").write_text("\n".join([HEADER, *lines, ""]))
    run_night(tmp_path / "customers.csv", tmp_path / "home", dataset=str(tmp_path / "shop.py"), encoding="numbers")
    ((verdict, significant, listed),) = rows(
        tmp_path / "home",
        "SELECT (SELECT verdict_level FROM runs ORDER BY started_at DESC LIMIT 1), count(*) FILTER (is_significant), "
        "count(*) FROM segment_stats",
    )
    assert verdict == "none"
    assert significant <= 0.05 * listed


def test_few_customers_are_no_evidence(tmp_path):
    (tmp_path / "shop.py").write_text(SCHEMA)
    lines = [f"C{n},{25 if n < 4 else 60},{'wine' if n < 4 else 'tea'},,,,," for n in range(40)]
    (tmp_path / "customers.csv").write_text("\n".join([HEADER, *lines, ""]))
    run_night(tmp_path / "customers.csv", tmp_path / "home", dataset=str(tmp_path / "shop.py"), k=2)
    listed = "SELECT support, z_score FROM segment_stats WHERE feature = 'basket=wine' AND support < 5 AND mean > 0"
    assert rows(tmp_path / "home", listed) == [(4, None)]


def test_likelihood_ratio_is_that_of_scipy(home):
    from scipy.stats import chi2_contingency

    ((mean, overall, z_score, segment),) = rows(
        home,
        "SELECT mean, overall_mean, z_score, segment_id FROM segment_stats WHERE feature = 'channel=app' AND lift > 1",
    )
    sizes = dict(rows(home, "SELECT segment_id, customers FROM segments"))
    n, total = sizes[segment], sum(sizes.values())
    own, others = mean * n, overall * total - mean * n
    table = [[own, n - own], [others, total - n - others]]
    expected = chi2_contingency(table, correction=False, lambda_="log-likelihood").statistic
    assert z_score**2 == pytest.approx(expected)


def test_one_segment_has_no_differences(tmp_path):
    (tmp_path / "shop.py").write_text(SCHEMA)
    lines = [f"C{n},30,tea,,{'ab'[n % 2]},{n}.5,yes," for n in range(60)]
    (tmp_path / "customers.csv").write_text("\n".join([HEADER, *lines, ""]))
    run_night(tmp_path / "customers.csv", tmp_path / "home", dataset=str(tmp_path / "shop.py"))
    found = rows(
        tmp_path / "home", "SELECT DISTINCT z_score, is_significant FROM segment_stats WHERE kind <> 'category'"
    )
    assert found == [(None, False)]


def test_comments_say_what_the_figures_are(home):
    with duckdb.connect(str(home / "segments.duckdb"), read_only=True) as database:
        query = "SELECT comment FROM duckdb_columns() WHERE table_name = 'segment_stats' AND column_name = 'z_score'"
        assert "Dunning 1993" in database.execute(query).fetchall()[0][0]
