"""Where anybody sees the segments, their number is what is chosen: by exact silhouettes and by sampled ones."""

import pytest

from benchmarks.sets import CLEAR_CUT, read_set
from tasks.clustering.choose_k import choose_k
from tasks.clustering.rows import distinct_rows
from tasks.clustering.silhouette_curve import Scoring


@pytest.fixture(scope="module")
def distinct_of(data):
    """Return the different rows of a public set."""

    def read(name):
        return distinct_rows(read_set(data / "clustering" / "gagolewski" / f"{name}.data.gz"))

    return read


@pytest.mark.parametrize(("name", "n_segments"), CLEAR_CUT.items())
def test_k_of_clear_clusters_is_their_number(distinct_of, name, n_segments):
    chosen = choose_k(distinct_of(name), range(2, 11), random_state=0).chosen
    assert (chosen.k, chosen.method) == (n_segments, "exact")


@pytest.mark.parametrize(("name", "n_segments"), CLEAR_CUT.items())
def test_sampling_finds_the_same_decisive_k(distinct_of, name, n_segments):
    chosen = choose_k(
        distinct_of(name), range(2, 11), random_state=0, scoring=Scoring(exact_rows=0, max_scored=100)
    ).chosen
    assert (chosen.k, chosen.method, chosen.decisive) == (n_segments, "sampled", True)
    assert chosen.rows_scored < 150
