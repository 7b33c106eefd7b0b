"""Segments of real files: those that are known to be there are found, and none where there are none."""

import csv

import numpy as np
import pytest

from tests.acceptance.real_files import CARDS, CDNOW, MALL, TELCO, TRENDS
from tests.conftest import aged
from tests.nights import rows, run_night, value


def verdict_of(home):
    return value(home, "SELECT split_part(verdict, ':', 1) FROM runs")


def permuted(source, target, seed):
    """Write a copy of a file whose columns are permuted, each on its own."""
    with source.open(encoding="utf-8-sig", newline="") as file:
        header, *records = csv.reader(file)
    rng = np.random.default_rng(seed)
    columns = [rng.permutation(np.array(column, dtype=object)) for column in zip(*records, strict=True)]
    with target.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *zip(*columns, strict=True)])
    return aged(target)


def test_drafted_mall_finds_the_known_segments(drafted_night):
    home = drafted_night(MALL)
    assert value(home, "SELECT n_clusters FROM runs") in (5, 6)
    assert verdict_of(home) == "strong"
    used = rows(home, "SELECT source_column FROM features WHERE weight > 0 ORDER BY feature_number")
    assert used == [("age",), ("annual_income",), ("spending_score",)]


def test_shopping_trends_are_noise_and_called_so(drafted_night):
    assert verdict_of(drafted_night(TRENDS)) == "none"


def test_redundant_shopping_columns_give_little_gain(drafted_night):
    (lift,) = rows(drafted_night(TRENDS), "SELECT max(margin) FROM encodings")[0]
    assert lift < 0.04


@pytest.mark.parametrize("file", [TELCO, CARDS, CDNOW])
def test_payment_files_have_evidence_of_clusters(drafted_night, file):
    home = drafted_night(file)
    assert verdict_of(home) in ("strong", "weak")
    assert value(home, "SELECT min(share) FROM segments") >= 0.01


def test_telco_redundant_column_is_flagged(drafted_night):
    found = rows(drafted_night(TELCO), "SELECT source_column FROM column_associations WHERE is_redundant")
    assert ("internet_service",) in found


@pytest.mark.parametrize("seed", range(2))
def test_permuted_columns_make_no_segments(customers, draft_of, tmp_path, home, seed):
    source = permuted(customers / MALL, tmp_path / "permuted.csv", seed)
    run_night(source, home, dataset=str(draft_of(MALL)))
    assert verdict_of(home) == "none"
