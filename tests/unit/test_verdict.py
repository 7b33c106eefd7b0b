from dataclasses import replace

import pytest

from tasks.clustering.choose_k import KScore
from tasks.encoding.verdict import EarlierVerdict, Evidence, Verdict, held_verdict, verdict_on

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
        ({"margin": -0.0002, "null_std": 0.0}, "none", "partition (the silhouette is that of the null model)"),
        ({"chosen": KScore(1, reason="there is 1 customer")}, "none", "nothing to act on (there is 1 customer)"),
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


STRONG, WEAK, GRADIENT = (
    Verdict("strong", "six"),
    Verdict("weak", "overlap"),
    Verdict("weak", "along", is_gradient=True),
)


@pytest.mark.parametrize(
    ("own", "earlier", "level"),
    [
        (STRONG, None, "strong"),
        (WEAK, EarlierVerdict("strong", ["strong", "strong"]), "strong"),
        (WEAK, EarlierVerdict("strong", ["weak", "strong", "weak"]), "strong"),
        (WEAK, EarlierVerdict("strong", ["weak", "weak", "strong"]), "weak"),
        (STRONG, EarlierVerdict("none", ["strong", "none"]), "none"),
        (STRONG, EarlierVerdict("strong", ["weak", "weak"]), "strong"),
    ],
)
def test_verdict_changes_on_third_run(own, earlier, level):
    assert held_verdict(own, earlier, 3).level == level


def test_kept_verdict_says_what_the_run_shows():
    kept = held_verdict(WEAK, EarlierVerdict("strong", ["weak", "strong"]), 3)
    assert str(kept) == "strong: as in the previous run; this run alone would be weak, run 2 of 3 (overlap)"
    kept = held_verdict(WEAK, EarlierVerdict("gradient", ["gradient"]), 3)
    assert str(kept).startswith("weak: a gradient, as in the previous run; this run alone would be weak, run 1 of 3")
    assert kept.is_gradient
    assert held_verdict(GRADIENT, EarlierVerdict("weak", []), 1) is GRADIENT
