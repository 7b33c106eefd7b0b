"""What is said of look-alikes of real exports: a cloud is a gradient, derived columns are nothing, kinds are there."""

import pytest

from tasks.draft.drafting import draft_schema
from tests.nights import rows, run_night

GRADIENTS = ("fm", "rfm", "rho80", "ellipse")


@pytest.fixture
def said_of(data, tmp_path):
    """Draft and run a look-alike, and return its verdict and number of segments."""

    def said(file):
        source, schema = data / "field" / file, tmp_path / "schema.py"
        if not source.is_file():
            pytest.skip(f"{source} is not there")
        schema.write_text(draft_schema(str(source)).text, encoding="utf-8")
        run_night(source, tmp_path / "home", dataset=str(schema))
        return rows(tmp_path / "home", "SELECT verdict, n_clusters FROM runs")[0]

    return said


@pytest.mark.parametrize("file", GRADIENTS)
def test_one_cloud_is_never_called_segments(said_of, file):
    verdict, _ = said_of(f"12-rfm-continuum/{file}.csv")
    assert verdict.startswith(("weak: a gradient", "none:"))


@pytest.mark.parametrize("file", ["rfm_scored", "currency_twice"])
def test_derived_columns_are_no_segments(said_of, file):
    verdict, _ = said_of(f"13-rfm-scores-derived/{file}.csv")
    assert verdict.startswith("none:")


@pytest.mark.parametrize(("file", "n_kinds"), [("two_kinds", 2), ("three_kinds", 3)])
def test_kinds_of_customers_are_strong(said_of, file, n_kinds):
    verdict, k = said_of(f"23-edge/{file}.csv")
    assert (verdict.split(":")[0], k) == ("strong", n_kinds)


def test_correlated_groups_are_not_cut_up(said_of):
    verdict, k = said_of("01-shopify/customers_export.csv")
    assert verdict.startswith("strong:")
    assert 3 <= k <= 5
