"""The same customers give the same tables, whatever the order of the rows and however often they are read."""

import random

import pytest

from tests.acceptance.real_files import MALL, SHOPPING, TELCO
from tests.nights import rows

NIGHTS = [(MALL, "mall_income_score"), (SHOPPING, "customers")]
#: What may differ between two runs on the same file, by table.
OF_THE_RUN = {
    "runs": "EXCLUDE (run_id, started_at, finished_at, seconds_by_step, peak_mb_by_step)",
    "rejected_rows": "EXCLUDE (run_id)",
    "models": "EXCLUDE (run_id)",
}


@pytest.fixture(scope="module")
def shuffled_night(customers, new_night, tmp_path_factory):
    """Homes of nights on a file and on the same file with its rows in another order."""
    homes = {}

    def home_of(file, dataset):
        if (file, dataset) not in homes:
            source = tmp_path_factory.mktemp("shuffled") / file
            source.write_bytes(shuffled((customers / file).read_bytes()))
            homes[file, dataset] = new_night(source, dataset)
        return homes[file, dataset]

    return home_of


def shuffled(content):
    header, *lines = content.splitlines()
    ending = b"\r\n" if b"\r\n" in content else b"\n"
    random.Random(7).shuffle(lines)
    return ending.join([header, *lines, b""])


@pytest.mark.parametrize(("file", "dataset"), NIGHTS)
def test_row_order_changes_no_segment(night, shuffled_night, file, dataset):
    mapping = "SELECT customer_id, segment_id FROM customer_segments ORDER BY customer_id"
    lines = "SELECT customer_id, line_number FROM customers ORDER BY customer_id"
    one, other = night(file, dataset), shuffled_night(file, dataset)
    assert rows(one, mapping) == rows(other, mapping)
    assert rows(one, lines) != rows(other, lines)


@pytest.mark.parametrize("table", ["segments", "segment_stats", "k_scores", "centroids", "features"])
@pytest.mark.parametrize(("file", "dataset"), NIGHTS)
def test_order_of_the_rows_changes_no_table(night, shuffled_night, file, dataset, table):
    query = f"SELECT * FROM {table} ORDER BY ALL"
    found = rows(night(file, dataset), query)
    assert found
    assert found == rows(shuffled_night(file, dataset), query)


@pytest.mark.parametrize(("file", "dataset"), [*NIGHTS, (TELCO, "telco_churn")])
def test_two_homes_hold_the_same_tables(customers, night, new_night, file, dataset):
    one, other = night(file, dataset), new_night(customers / file, dataset)
    tables = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'main' ORDER BY 1"
    names = [name for (name,) in rows(one, tables)]
    assert {"customers", "customer_segments", "segment_profile", "rejected_rows", "runs"} <= set(names)
    for name in names:
        query = f"SELECT * {OF_THE_RUN.get(name, '')} FROM {name} ORDER BY ALL"
        assert rows(one, query) == rows(other, query), name
