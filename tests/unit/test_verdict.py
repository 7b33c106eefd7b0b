from dataclasses import replace

import pytest

from tasks.clustering.choose_k import KScore
from tasks.encoding.verdict import Earlier, Evidence, verdict_on

CHOSEN = KScore(4, silhouette=0.61, ari_seeds=1.0, ari_bootstrap=0.97)
FOUND = Evidence(
    CHOSEN,
    used_columns=("age", "basket"),
    n_columns=3,
    null_model="permuted columns",
    margin=0.34,
    null_std=0.005,
)


@pytest.mark.parametrize(
    ("change", "level", "says"),
    [
        (
            {},
            "strong",
            "4 clearly separate segments; use them. They come back with other random seeds and bootstrap "
            "resamples (silhouette 0.61, 0.34 above the best of permuted columns)",
        ),
        (
            {"margin": 0.06},
            "weak",
            "4 segments whose borders are a matter of degree, as they overlap (silhouette 0.61, ",
        ),
        ({"chosen": replace(CHOSEN, ari_seeds=0.5)}, "weak", "other random seeds find other ones (ARI 0.50, "),
        ({"chosen": replace(CHOSEN, ari_bootstrap=0.4)}, "weak", "bootstrap resamples give other ones (ARI 0.40, "),
        ({"margin": 0.03}, "none", "treat them as an arbitrary partition (silhouette +0.030 from the null model"),
        ({"margin": 0.10, "null_std": 0.04}, "none", "whose standard deviation is 0.040"),
        ({"margin": -0.10}, "none", "silhouette -0.100 from the null model"),
        ({"chosen": KScore(1, reason="there is 1 customer")}, "none", "there is 1 customer"),
        ({"margin": None, "why_untried": "6 customers are too few"}, "none", "6 customers are too few"),
        ({"chosen": KScore(4, silhouette=0.61)}, "strong", "above the best of permuted columns"),
    ],
)
def test_verdict_is_what_the_evidence_says(change, level, says):
    verdict = verdict_on(replace(FOUND, **change))
    assert verdict.level == level
    assert says in verdict.reason
    assert str(verdict) == f"{level}: {verdict.reason}"


APART = replace(FOUND, population_gain=0.20, population_std=0.005, gradient="from low to high income")


def test_segments_fall_apart_beyond_one_population():
    verdict = verdict_on(APART)
    assert verdict.level == "strong"
    assert "permuted columns, +0.20 from one population as correlated as these columns)" in verdict.reason


@pytest.mark.parametrize(("margin", "std"), [(0.01, 0.002), (0.049, 0.002), (0.07, 0.03), (-0.2, 0.0)])
def test_one_population_is_a_gradient(margin, std):
    verdict = verdict_on(replace(APART, population_gain=margin, population_std=std))
    assert verdict.level == "weak"
    assert verdict.reason.startswith(
        "a gradient from low to high income; use the 4 segments as tiers, as nothing separates them (silhouette 0.61, "
    )


ALONE = replace(FOUND, null_model="unimodal", used_columns=("monthly_charges",), margin=0.12, null_std=0.01)


def test_multimodal_number_is_no_evidence_across_columns():
    verdict = verdict_on(ALONE)
    assert verdict.level == "none"
    assert verdict.reason.startswith(
        "no evidence of segments across columns; treat them as 4 groups of monthly charges"
    )


def test_only_column_may_be_multimodal():
    assert verdict_on(replace(ALONE, n_columns=1)).level == "strong"
    assert "0.12 above a unimodal null model" in verdict_on(replace(ALONE, n_columns=1)).reason
    assert verdict_on(replace(ALONE, n_columns=1, margin=0.02)).level == "none"


@pytest.mark.parametrize(
    ("change", "earlier", "level"),
    [
        ({"chosen": replace(CHOSEN, ari_seeds=0.89)}, Earlier("strong"), "strong"),
        ({"chosen": replace(CHOSEN, ari_seeds=0.89)}, Earlier("weak"), "weak"),
        ({"chosen": replace(CHOSEN, ari_seeds=0.86)}, Earlier("strong"), "weak"),
        ({"chosen": replace(CHOSEN, ari_bootstrap=0.78)}, Earlier("strong"), "strong"),
        ({"margin": 0.095}, Earlier("strong"), "strong"),
        ({"margin": 0.095}, Earlier("none"), "weak"),
        ({"margin": 0.035}, Earlier("weak"), "weak"),
        ({"margin": 0.035}, Earlier("none"), "none"),
        ({"population_gain": 0.055, "population_std": 0.002}, Earlier("strong"), "strong"),
        ({"population_gain": 0.055, "population_std": 0.002}, Earlier("weak", is_gradient=True), "weak"),
    ],
)
def test_verdict_at_a_bound_stays(change, earlier, level):
    assert verdict_on(replace(FOUND, **change, earlier=earlier)).level == level
