from dataclasses import replace

import pytest

from tasks.encoding.verdict import Evidence, verdict_on

FOUND = Evidence(
    used_columns=("age", "basket"),
    n_columns=3,
    k=4,
    silhouette=0.61,
    margin=0.34,
    spread=0.005,
    ari_seeds=1.0,
    ari_bootstrap=0.97,
)


@pytest.mark.parametrize(
    ("change", "strength", "says"),
    [
        ({}, "strong", "0.34 above the best of permuted columns; other seeds and customers drawn again"),
        ({"margin": 0.06}, "weak", "overlap, so treat their borders as a matter of degree"),
        ({"ari_seeds": 0.5}, "weak", "other seeds find other segments (agreement 0.50)"),
        ({"ari_bootstrap": 0.4}, "weak", "customers drawn again give other segments (agreement 0.40)"),
        ({"margin": 0.03}, "none", "+0.030 from that of permuted columns"),
        ({"margin": 0.10, "spread": 0.04}, "none", "which is chance (spread 0.040)"),
        ({"margin": -0.10}, "none", "-0.100 from that of permuted columns"),
        ({"silhouette": None, "why_one": "there is 1 customer"}, "none", "there is 1 customer"),
        ({"margin": None, "why_untried": "6 customers are too few"}, "none", "6 customers are too few"),
        ({"ari_seeds": None, "ari_bootstrap": None}, "strong", "above the best of permuted columns"),
    ],
)
def test_verdict_is_what_the_evidence_says(change, strength, says):
    verdict = verdict_on(replace(FOUND, **change))
    assert verdict.startswith(f"{strength}: ")
    assert says in verdict


ALONE = replace(FOUND, is_alone=True, used_columns=("monthly_charges",), margin=0.12, spread=0.01)


def test_one_number_that_falls_apart_links_nothing_where_there_are_other_columns():
    verdict = verdict_on(ALONE)
    assert verdict.startswith("none: nothing that links the columns makes segments; monthly charges alone falls into 4")


def test_one_number_that_is_all_there_is_may_fall_apart():
    assert verdict_on(replace(ALONE, n_columns=1)).startswith("strong: monthly charges alone falls into 4 groups")
    assert verdict_on(replace(ALONE, n_columns=1, margin=0.02)).startswith("none: monthly charges has one hump")
