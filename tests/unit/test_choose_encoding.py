import numpy as np
import pytest
from sklearn.datasets import make_blobs
from sklearn.metrics import adjusted_rand_score

from schemas.encodings import ENCODINGS
from tasks.encoding.choose_encoding import choose_encoding
from tests.base_encodings import base_of

RNG = np.random.default_rng(0)
N = 800
KIND = RNG.integers(0, 4, N)
OWN_PRODUCTS = RNG.random((N, 16)) < np.where(np.arange(16) // 4 == KIND[:, None], 0.6, 0.1)
NOISE = {"age": RNG.normal(45, 13, N), "place": RNG.integers(0, 5, N), "basket": RNG.random((N, 16)) < 0.2}

TRIANGLE = [[0, 0], [10, 0], [5, 9]]


def choice_of(base, **settings):
    return choose_encoding(base, range(2, 9), random_state=0, min_customers=8, **settings)


def figures(choice):
    return {one.name: one for one in choice.results}


def test_planted_tastes_are_found_in_components():
    choice = choice_of(base_of(**{**NOISE, "basket": OWN_PRODUCTS}))
    assert choice.encoding.components is not None
    assert (choice.selected.k, choice.selected.is_found) == (4, True)
    assert choice.selected.silhouette_gain > 0.15


def test_noise_is_taken_for_noise():
    choice = choice_of(base_of(**NOISE))
    assert choice.encoding.name == "standard"
    assert not choice.selected.is_found


def test_two_number_blobs_are_found_in_numbers():
    blobs, _ = make_blobs(N, centers=TRIANGLE, random_state=0)
    choice = choice_of(base_of(**{**NOISE, "age": blobs[:, 0]}, spend=blobs[:, 1]))
    assert (choice.encoding.name, choice.selected.k) == ("numbers", 3)


@pytest.mark.parametrize("is_skewed", [False, True], ids=["normal", "lognormal"])
@pytest.mark.parametrize("correlation", [0.3, 0.8])
@pytest.mark.parametrize("n_numbers", [2, 4])
def test_one_cloud_does_not_fall_apart(n_numbers, correlation, is_skewed):
    covariance = np.full((n_numbers, n_numbers), correlation) + np.eye(n_numbers) * (1 - correlation)
    cloud = np.random.default_rng(0).multivariate_normal(np.zeros(n_numbers), covariance, N)
    cloud = np.exp(cloud) if is_skewed else cloud
    choice = choice_of(base_of(**{f"n{number}": own for number, own in enumerate(cloud.T)}))
    assert not any(one.falls_apart for one in choice.results)


def test_blobs_fall_apart_beyond_one_population():
    blobs, _ = make_blobs(N, centers=TRIANGLE, random_state=0)
    choice = choice_of(base_of(age=blobs[:, 0], spend=blobs[:, 1]))
    assert choice.selected.falls_apart
    assert choice.selected.population_gain > 0.1


def test_multimodal_number_is_found_alone():
    choice = choice_of(base_of(**{**NOISE, "age": RNG.normal(22 + 15 * KIND, 4)}))
    assert (choice.encoding.name, choice.selected.k) == ("single", 4)
    assert not any(one.is_found for one in choice.results if one.name != "single")


def test_grid_blobs_are_multimodal_on_their_own():
    blobs, _ = make_blobs(N, centers=[[0, 0], [9, 0], [0, 9], [9, 9]], random_state=0)
    choice = choice_of(base_of(age=blobs[:, 0], spend=blobs[:, 1]))
    assert (choice.encoding.name, choice.selected.null_model, choice.selected.k) == ("numbers", "unimodal", 4)
    assert [one.name for one in choice.results].count("numbers") == 1


def test_number_with_few_values_is_not_multimodal():
    choice = choice_of(base_of(**{**NOISE, "age": RNG.integers(0, 4, N)}))
    assert choice.encoding.name == "standard"


def test_non_linear_ages_are_found_in_brackets():
    home = np.array([0, 2, 1, 3])[KIND]
    place = np.where(RNG.random(N) < 0.8, home, RNG.integers(0, 5, N))
    choice = choice_of(base_of(**{**NOISE, "age": RNG.normal(22 + 15 * KIND, 4), "place": place}))
    assert (choice.encoding.name, choice.selected.k) == ("brackets", 4)


def test_two_far_groups_are_found_alone():
    choice = choice_of(base_of(age=np.r_[RNG.normal(0, 1, 60), RNG.normal(20, 1, 60)]))
    assert (choice.encoding.name, choice.selected.k, choice.selected.is_found) == ("single", 2, True)


def test_every_encoding_has_its_reason():
    choice = choice_of(base_of(**{**NOISE, "basket": OWN_PRODUCTS}))
    assert all(one.reason for one in choice.results)
    assert figures(choice)["numbers"].reason == "not tried: there are fewer than two numbers"


def test_redundant_column_is_left_out_and_named():
    spend = RNG.lognormal(size=N)
    kinds = base_of(**{**NOISE, "basket": OWN_PRODUCTS}, spend=spend, visits=2 * spend)
    choice = choice_of(kinds)
    assert choice.notes == ("visits is left out of the fit, as spend predicts it (1.00 of 1)",)
    assert {one.weight for one in choice.encoding.features if one.source_column == "visits"} == {0}


@pytest.mark.parametrize("name", ENCODINGS)
def test_requested_encoding_is_selected(name):
    blobs, _ = make_blobs(N, centers=TRIANGLE, random_state=0)
    base = base_of(age=blobs[:, 0], spend=blobs[:, 1], basket=OWN_PRODUCTS)
    assert choice_of(base, wanted=name).encoding.name == name


@pytest.mark.parametrize("name", ["mixed", "numbers", "brackets", "single"])
def test_inapplicable_encoding_gives_way_to_standard(name):
    choice = choice_of(base_of(place=RNG.integers(0, 5, N)), wanted=name)
    assert choice.encoding.name == "standard"
    assert choice.notes[0].startswith(f"the encoding {name} was asked for and does not apply")


def test_numbers_alone_are_standard_and_numbers():
    base = base_of(age=RNG.normal(size=N), spend=RNG.normal(size=N))
    assert choice_of(base).encoding.name == "numbers"
    assert choice_of(base, wanted="standard").encoding.name == "standard"


@pytest.mark.parametrize(
    "columns",
    [
        {"age": RNG.normal(size=N)},
        {"place": RNG.integers(0, 4, N)},
        {"member": RNG.random(N) < 0.5},
        {"age": RNG.normal(size=N), "spend": np.ones(N), "place": np.zeros(N)},
        {"age": np.ones(N)},
        {"age": [1, 2, 3], "place": [0, 0, 1]},
        {"basket": RNG.random((40, 200)) < 0.1},
        {"age": np.arange(25), "basket": np.zeros((25, 2))},
        {"basket": np.zeros((40, 0))},
        {"basket": np.zeros((40, 2))},
    ],
    ids=[
        "one number",
        "one category",
        "one flag",
        "all constant but one",
        "constant",
        "3 rows",
        "wide",
        "nobody buys",
        "no feature",
        "nobody buys anything",
    ],
)
@pytest.mark.parametrize("wanted", ["auto", *ENCODINGS])
def test_any_columns_have_an_encoding_and_reason(columns, wanted):
    choice = choice_of(base_of(**columns), wanted=wanted)
    assert choice.selected.reason
    assert choice.encoding.name in ENCODINGS


def test_the_same_seed_finds_the_same():
    base = base_of(**{**NOISE, "basket": OWN_PRODUCTS})
    first, second = choice_of(base), choice_of(base)
    assert np.array_equal(first.encoding.components.loadings, second.encoding.components.loadings)
    assert [one.silhouette_gain for one in first.results] == [one.silhouette_gain for one in second.results]


def test_customers_alike_in_components_share_segments():
    from sklearn.cluster import KMeans

    from tasks.clustering.rows import distinct_rows, projected
    from tasks.encoding.base_encoding import rows_in

    base = base_of(**{**NOISE, "basket": OWN_PRODUCTS})
    encoding = choice_of(base).encoding
    distinct = projected(distinct_rows(rows_in(base, encoding.features)), encoding.components.loadings)
    labels = KMeans(4, n_init=10, random_state=0).fit_predict(distinct.rows.numbers)[distinct.row_of]
    assert adjusted_rand_score(KIND, labels) > 0.7


def test_brackets_of_numbers_alone_are_not_tried():
    ring = np.exp(2j * np.pi * RNG.random(N)) * RNG.normal(10, 1, N)
    choice = choice_of(base_of(spend=ring.real, visits=ring.imag, member=RNG.random(N) < 0.5))
    assert figures(choice)["brackets"].reason == "its components link numbers alone, as the encoding numbers does"


def test_brackets_that_are_asked_for_are_used():
    ring = np.exp(2j * np.pi * RNG.random(N)) * RNG.normal(10, 1, N)
    assert choice_of(base_of(spend=ring.real, visits=ring.imag), wanted="brackets").encoding.name == "brackets"
