"""Wide files: rare values join one feature, memory is known before it is taken, and the encoding holds no more."""

import json
import subprocess
import sys
from functools import partial

import pytest

from schemas.errors import DataRefused, SchemaError
from schemas.loading import load_dataset
from tests.conftest import aged
from tests.integration.conftest import CUSTOMERS
from tests.nights import assert_invariants, quick_night, rows, value

SCHEMA = """
from pandera.typing import Series
from schemas import Dataset, category, flag, identifier, ignored, items, numeric

class Shop(Dataset):
    {fields}
"""

HEADER = "Age,Location,Purchase History\n"

#: 2,000 customers: tea, ale and two places are common; each of 400 wares and goods and of 40 villages is held
#: by one, and some customers hold several.
WIDE = HEADER + "".join(
    f"{20 + n % 50},{f'Village {n // 50}' if n % 50 == 0 else ('Ohio', 'Texas')[n % 2]},"
    f"{('tea', 'ale')[n % 3 % 2]}{f', ware {n // 10}, good {n // 10}' if n % 10 == 0 else ''}\n"
    for n in range(2000)
)


def night_in(folder, content=WIDE, fields=CUSTOMERS, **order):
    """Run a whole night, audit and all, under a schema of a few lines; return its home."""
    for name, text in {"shop.py": SCHEMA.format(fields=fields.strip()), "customers.csv": content}.items():
        (folder / name).write_text(text)
    home = folder / "home"
    quick_night(aged(folder / "customers.csv"), home, dataset=str(folder / "shop.py"), **order)
    assert_invariants(home)
    return home


@pytest.fixture
def night(tmp_path):
    return partial(night_in, tmp_path)


@pytest.fixture(scope="module")
def wide(tmp_path_factory):
    """The home of a night of wide customers, three segments of them."""
    return night_in(tmp_path_factory.mktemp("wide"), k=3)


def notes(home):
    (manifest,) = (home / "runs").glob("*/manifest.json")
    return [note for note in json.loads(manifest.read_text())["notes"] if "are infrequent" in note]


def features(home, column="purchase_history"):
    return rows(
        home,
        f"SELECT value, grouped_values FROM features WHERE source_column = '{column}' ORDER BY feature_number",
    )


def test_infrequent_categories_join_one_counted_feature(wide):
    assert features(wide) == [("ale", 1), ("tea", 1), ("(other)", 400)]
    assert features(wide, "location") == [("Ohio", 1), ("Texas", 1), ("(other)", 40)]
    assert features(wide, "age") == [(None, None)]
    assert notes(wide) == [
        "location: 40 of 42 categories are infrequent (below 0.1% of the customers) and count as (other)",
        "purchase_history: 400 of 402 categories are infrequent (below 0.1% of the customers) and count as (other)",
    ]


def test_customer_with_several_rare_values_counts_once(wide):
    found = value(wide, "SELECT any_value(overall_mean) FROM segment_stats WHERE feature = 'purchase_history=(other)'")
    assert found == 0.1
    assert value(wide, "SELECT avg(overall_mean) FROM segment_stats WHERE feature = 'location=(other)'") == 0.02


def test_customers_keep_rare_values_as_delivered(wide):
    assert value(wide, "SELECT count(*) FROM customers WHERE list_contains(purchase_history, 'ware 199')") == 1
    assert value(wide, "SELECT count(DISTINCT location) FROM customers") == 42


#: Each customer's distances by plain SQL over the published tables: what is no feature's value is the (other) of it.
SCORED = """
    WITH held AS (
        SELECT customer_id, 'location' AS source_column, location AS value FROM customers
        UNION ALL
        SELECT customer_id, 'purchase_history' AS source_column, unnest(purchase_history) AS value FROM customers
    ), present AS (
        SELECT DISTINCT customer_id, source_column, coalesce(features.value, '(other)') AS value
        FROM held LEFT JOIN features USING (source_column, value)
    ), encoded AS (
        SELECT customers.customer_id, features.feature, weight * (CASE
            WHEN features.kind = 'numeric' THEN customers.age
            ELSE (present.customer_id IS NOT NULL)::INT
        END - center) / scale AS x
        FROM customers CROSS JOIN features LEFT JOIN present
            ON present.customer_id = customers.customer_id
            AND present.source_column = features.source_column AND present.value = features.value
    )
    SELECT customer_id, segment_id, sqrt(sum((x - value) ** 2)) AS distance
    FROM encoded JOIN centroids USING (feature) GROUP BY ALL
"""


def test_infrequent_categories_score_alike_in_sql(wide):
    wrong = f"""
        SELECT count(*) FROM customer_segments JOIN ({SCORED}) AS scored USING (customer_id, segment_id)
        WHERE abs(scored.distance - customer_segments.distance) > 1e-5"""
    assert value(wide, wrong) == 0
    assert value(wide, f"SELECT count(*) FROM ({SCORED})") == 6000
    nearest = f"SELECT customer_id, arg_min(segment_id, distance) AS segment_id FROM ({SCORED}) GROUP BY 1"
    both = f"SELECT count(*) FROM customer_segments JOIN ({nearest}) AS scored USING (customer_id, segment_id)"
    assert value(wide, both) == 2000


def test_zero_min_frequency_keeps_every_value(night):
    home = night(fields=CUSTOMERS.replace("items()", "items(min_frequency=0)"))
    assert len(features(home)) == 402
    assert len(features(home, "location")) == 3
    assert [note.split(":")[0] for note in notes(home)] == ["location"]


def test_value_at_min_frequency_stays_separate(night):
    text = HEADER + "".join(f"{20 + n % 9},{'ABCDDEEFFFGGG'[n] if n < 13 else 'Ohio'},tea\n" for n in range(100))
    home = night(text, fields=CUSTOMERS.replace("category()", "category(min_frequency=0.03)"))
    assert features(home, "location") == [("F", 1), ("G", 1), ("Ohio", 1), ("(other)", 5)]


def test_single_rare_value_stays_itself(night):
    text = HEADER + "".join(f"{20 + n % 9},{'Erie' if n == 5 else 'Ohio'},tea, ale\n" for n in range(100))
    home = night(text, fields=CUSTOMERS.replace("category()", "category(min_frequency=0.5)"))
    assert features(home, "location") == [("Erie", 1), ("Ohio", 1)]
    assert notes(home) == []


def test_all_infrequent_values_form_one_feature(night):
    text = HEADER + "".join(f"{20 + n % 9},Place {n},tea\n" for n in range(2000))
    home = night(text)
    assert features(home, "location") == [("(other)", 2000)]
    assert value(home, "SELECT min(mean) FROM segment_stats WHERE feature = 'location=(other)'") == 1


def test_delivered_other_value_joins_infrequent_ones(night):
    home = night(WIDE.replace("ale", "(other)"))
    assert features(home) == [("tea", 1), ("(other)", 401)]
    held = "list_contains(purchase_history, '(other)') OR len(purchase_history) > 1"
    share = value(home, f"SELECT avg(({held})::INT) FROM customers")
    found = value(home, "SELECT any_value(overall_mean) FROM segment_stats WHERE feature = 'purchase_history=(other)'")
    assert found == pytest.approx(share)
    assert notes(home)[1] == (
        "purchase_history: 400 of 402 categories are infrequent (below 0.1% of the customers) and count as (other), "
        "and so do those delivered as (other)"
    )


def test_delivered_other_value_alone_stays_itself(night):
    text = HEADER + "".join(f"{20 + n % 9},{('Ohio', '(other)')[n % 2]},tea\n" for n in range(100))
    assert features(night(text), "location") == [("(other)", 1), ("Ohio", 1)]


MISSING_FIELDS = """
    age: Series[int] = numeric()
    own: Series[str] = category(nullable=True, min_frequency=0.05)
    frequent: Series[str] = category(missing="most_frequent", min_frequency=0.5)
    member: Series[bool] = flag(missing="most_frequent")
"""


def test_missing_values_never_join_infrequent_ones(night):
    lines = [
        f"{20 + n % 9},{'' if n == 7 else f'rare {n}' if n < 7 else 'a'},{'' if n % 4 == 0 else f'v{n % 4}'},"
        f"{('yes', 'no', '')[n % 3] if n % 2 else 'yes'}"
        for n in range(100)
    ]
    home = night("\n".join(["age,own,frequent,member", *lines, ""]), MISSING_FIELDS)
    assert features(home, "own") == [("(missing)", 1), ("a", 1), ("(other)", 7)]
    # v1, v2 and v3 are held by 25 each; the 25 that are missing count as v1, which is half of all.
    assert features(home, "frequent") == [("v1", 1), ("(other)", 2)]
    imputed = dict(rows(home, "SELECT feature, imputed FROM features WHERE imputed <> 0 AND kind <> 'numeric'"))
    assert imputed == {"own=(missing)": 1, "frequent=v1": 1, "member": 1}
    shares = dict(rows(home, "SELECT DISTINCT feature, overall_mean FROM segment_stats WHERE kind = 'category'"))
    assert shares == pytest.approx(
        {"own=(missing)": 0.01, "own=a": 0.92, "own=(other)": 0.07, "frequent=v1": 0.5, "frequent=(other)": 0.5}
    )


@pytest.mark.parametrize("floor", [-0.1, 1, float("nan"), "0.1", None])
def test_floor_that_is_no_share_is_refused(write, floor):
    text = repr(floor).replace("nan", "float('nan')")
    schema = write(SCHEMA.format(fields=f"x: Series[str] = category(min_frequency={text})"), "shop.py")
    with pytest.raises(SchemaError, match="should be a share of the customers, from 0 to below 1"):
        load_dataset(str(schema))


def test_oversized_run_names_the_setting_to_change(night, home, monkeypatch):
    monkeypatch.setenv("SEGMENTS_MEMORY_MB", "1")
    with pytest.raises(DataRefused) as refused:
        night(fields=CUSTOMERS.replace("items()", "items(min_frequency=0)"))
    assert "customers.csv: 2,000 customers with 406 features need about" in str(refused.value)
    assert "(SEGMENTS_MEMORY_MB=1)" in str(refused.value)
    assert "402 of the features are values of purchase_history" in str(refused.value)
    assert "raise its min_frequency=0 in the schema" in str(refused.value)
    assert not (home / "segments.duckdb").exists()
    assert not list((home / "staging").glob("*/encoded*"))


_ENCODED = """
import resource, sys
import pandas, pandera.pandas, scipy.sparse
import warehouse.memory
from tasks.deliver import deliver
from tasks.encode import encode
from tasks.ingest import ingest
from tasks.run.lifecycle import begin_night
from tasks.validate import validate
from warehouse.connection import staging
from warehouse.home.run import Order

warehouse.memory.ONE_THREAD_BYTES = 0  # threads of DuckDB take memory, and both files are to have as many
with begin_night(Order(sys.argv[1], home=sys.argv[2])) as run:
    delivery = deliver(run)
    ingested = ingest(run, delivery)
    validate(run, delivery, ingested)
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")
    encode(run, delivery, ingested)
    peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
    print(int(peak.split()[1]) / 1024, run.rows_file.stat().st_size / 2**20)
"""


def encoded_peak(write, tmp_path, n_customers):
    """Return the megabytes at the peak of the encoding in a process of its own, and those of its file."""
    lines = (
        f"{20 + n % 50},Place {n % 50},{', '.join(f'p{n * m % 30}' for m in range(1, 8))}" for n in range(n_customers)
    )
    path = write("\n".join([HEADER.strip(), *lines, ""]), f"{n_customers}.csv")
    done = subprocess.run(
        [sys.executable, "-c", _ENCODED, str(path), str(tmp_path / f"home-{n_customers}")],
        capture_output=True,
        text=True,
        check=True,
    )
    return [float(word) for word in done.stdout.splitlines()[-1].split()]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="the peak of a step is what Linux tells")
def test_encoding_memory_stays_near_file_size(write, tmp_path):
    small_peak, small_file = encoded_peak(write, tmp_path, 20_000)
    large_peak, large_file = encoded_peak(write, tmp_path, 220_000)
    # The file has the rows as they are held; a column of float64 at a time and DuckDB's pages come on top.
    assert large_peak - small_peak < 2 * (large_file - small_file) + 80


@pytest.mark.parametrize(
    ("kind", "cells"), [("Series[str] = category()", "ABC"), ("Series[bool] = flag()", "01")], ids=["category", "flag"]
)
def test_hundreds_of_columns_join_in_little_memory(night, kind, cells):
    columns = range(120)
    head = ",".join(["Key", *(f"c{number}" for number in columns)])
    rows_of = (",".join([str(n), *(cells[(n * (c + 3) + c) % 7 % len(cells)] for c in columns)]) for n in range(1000))
    fields = "\n    ".join(["key: Series[str] = identifier()", *(f"c{number}: {kind}" for number in columns)])
    home = night("\n".join([head, *rows_of]), fields)
    assert value(home, "SELECT count(*) FROM customers") == 1000
