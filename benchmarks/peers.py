"""Count how often k is right, of ours and of what others choose k by, on the same sets of customers.

Run: python -m benchmarks.peers [--quick] [--seeds N] [--jobs J] [--customers N]. A cell is one set of customers, of
a kind of benchmarks.clouds or benchmarks.planted. Printed is a line per kind: how many cells each contestant has right.

- auto: ours, judged as those two benchmarks judge it: by k and the verdict.
- silhouette: the textbook, k-means and the best mean silhouette of k = 2 to 10; it cannot say 1.
- gap: the gap statistic (Tibshirani, Walther and Hastie 2001): 10 references uniform along the principal axes, and
  the least k that is within one standard error of the next.
- mixture: Gaussians of any covariance by BIC, on the first 5 principal axes, with .1 added to each variance. Without
  that, each value that many customers share is a component. Of the settings tried these had the most right.
- sigclust: the cluster index of 2-means compared with 100 samples of one Gaussian with the same eigenvalues (Liu et
  al. 2008), on up to 500 customers; then within each half while it is significant, at .05 for all tests together
  (Kimes et al. 2017, whose halves come from a hierarchical clustering).
- strength: prediction strength (Tibshirani and Walther 2005): the largest k of .8 or more, the mean of 3 times two
  halves that predict each other.

The others are right where k is: 1 of one population and where nothing links the columns. They are given the
textbook's matrix, numbers with mean 0 and standard deviation 1 and all else 0 and 1, and of more than 2,000
customers, as some of them are slow, a random sample of 2,000. None goes beyond k = 10.
"""

import argparse
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from joblib import Parallel, delayed
from scipy.stats import norm
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import silhouette_score
from sklearn.mixture import GaussianMixture

from benchmarks import clouds, planted, planted_sets
from benchmarks.planted_answers import base_of, segmented_base
from benchmarks.planted_scores import score_of
from benchmarks.planted_sets import Floats, Ints
from tasks.encoding.base_encoding import BaseEncoding, rows_in

OURS = "auto"

Cell = clouds.Cell | planted_sets.Cell

_MAX_CUSTOMERS, _MAX_K = 2_000, 10


def k_by_silhouette(matrix: Floats) -> int:
    """Return the k with the best mean silhouette; 1 where all customers are equal."""
    labels = {k: _k_means(matrix, k, n_init=10).labels_ for k in _ks(matrix)[1:]}
    return max(labels, key=lambda k: float(silhouette_score(matrix, labels[k])), default=1)


def k_by_gap(matrix: Floats, n_references: int = 10) -> int:
    """Return the least k whose gap is no more than a standard error below that of the next."""
    rng, ks = np.random.default_rng(0), _ks(matrix)
    low, high = matrix.min(axis=0), matrix.max(axis=0)
    references = np.array([_log_within(rng.uniform(low, high, matrix.shape), ks) for _ in range(n_references)])
    gaps = references.mean(axis=0) - _log_within(matrix, ks)
    needed = gaps - references.std(axis=0) * (1 + 1 / n_references) ** 0.5
    return next((k for k, gap, of_next in zip(ks, gaps, needed[1:], strict=False) if gap >= of_next), ks[-1])


def k_by_mixture(matrix: Floats, n_axes: int = 5, added_variance: float = 0.1) -> int:
    """Return the number of Gaussians with the lowest BIC."""
    first = matrix[:, :n_axes]
    models = {k: GaussianMixture(k, reg_covar=added_variance, n_init=3, random_state=0) for k in _ks(matrix)}
    return min(models, key=lambda k: float(models[k].fit(first).bic(first)))


def k_by_sigclust(matrix: Floats, alpha: float = 0.05) -> int:
    """Return the number of groups that the customers are halved into, as long as that is significant."""
    rng = np.random.default_rng(0)
    waiting, n_groups = [matrix], 1
    while waiting and n_groups < _MAX_K:
        group = waiting.pop(0)
        # Smaller groups are tested more strictly, so that alpha is the chance of any false split.
        if _sigclust_p_value(group, rng) < alpha * (len(group) - 1) / (len(matrix) - 1):
            labels = _k_means(group, 2).labels_
            waiting += [group[labels == 0], group[labels == 1]]
            n_groups += 1
    return n_groups


def k_by_strength(matrix: Floats, n_repeats: int = 3, least: float = 0.8) -> int:
    """Return the largest k whose segments in one half of the customers are together in what the other half predicts."""
    rng = np.random.default_rng(0)
    orders = [rng.permutation(len(matrix)) for _ in range(n_repeats)]
    halves = [(matrix[order[::2]], matrix[order[1::2]]) for order in orders]
    return max(k for k in _ks(matrix) if np.mean([_strength(*pair, k) for pair in halves]) >= least)


PEERS: dict[str, Callable[[Floats], int]] = {
    "silhouette": k_by_silhouette,
    "gap": k_by_gap,
    "mixture": k_by_mixture,
    "sigclust": k_by_sigclust,
    "strength": k_by_strength,
}


@dataclass(frozen=True)
class Judged:
    """The kind of a cell, and by contestant whether its answer is right."""

    kind: str
    is_right: dict[str, bool]


def judged(cell: Cell) -> Judged:
    """Ask every contestant about the customers of one cell."""
    base, k, is_ours_right = _answered(cell)
    matrix = matrix_of(base)
    with warnings.catch_warnings():
        # Few different customers, or a mixture that has not converged: what it says counts all the same.
        warnings.simplefilter("ignore", ConvergenceWarning)
        return Judged(cell.kind, {OURS: is_ours_right} | {name: k_by(matrix) == k for name, k_by in PEERS.items()})


def matrix_of(base: BaseEncoding) -> Floats:
    """Return the textbook's matrix of up to 2,000 customers along its principal axes, shape (n_customers, n_axes).

    Distances, and so k-means, are the same along any axes.
    """
    drawn = base.sampled(_MAX_CUSTOMERS, random_state=0)
    return _rotated(rows_in(drawn, drawn.features).dense(slice(None)).astype(np.float64))


def cells_of(n_customers: int, n_seeds: int, *, is_quick: bool = False) -> Iterator[Cell]:
    """Yield the cells of every kind; if quick, of each kind four at most."""
    sizes = [
        (n_segments, n_customers, n_products, n_places)
        for n_segments, _, n_products, n_places in (planted.QUICK_SIZES if is_quick else planted.SIZES)
    ]
    kinds: list[list[Cell]] = [list(clouds.cells_of([kind], [n_customers], n_seeds)) for kind in clouds.KINDS]
    kinds += [list(planted.cells_of([kind], sizes, n_seeds)) for kind in (*planted_sets.KINDS, planted_sets.PERMUTED)]
    for own in kinds:
        n_taken = min(4, len(own)) if is_quick else len(own)
        yield from (own[index] for index in np.linspace(0, len(own) - 1, n_taken).round().astype(int))


def table_of(results: Sequence[Judged]) -> str:
    """Return a line per kind and the sums; then of each contestant the kinds of which no other has fewer right."""
    names, kinds = (OURS, *PEERS), dict.fromkeys(one.kind for one in results)
    groups = {kind: [one for one in results if one.kind == kind] for kind in kinds} | {"in all": results}
    n_right = {kind: {name: sum(one.is_right[name] for one in own) for name in names} for kind, own in groups.items()}
    lines = [f"{'right':<24}" + "".join(f"{name:>12}" for name in names)]
    for kind, own in groups.items():
        lines.append(f"{kind:<24}" + "".join(f"{f'{n_right[kind][name]}/{len(own)}':>12}" for name in names))
    # Where all are equal none is the worst.
    differing = [kind for kind in kinds if len(set(n_right[kind].values())) > 1]
    for name in names:
        worst = [kind for kind in differing if n_right[kind][name] == min(n_right[kind].values())]
        lines.append(
            f"{name} is "
            + (f"the worst, alone or with others, at {', '.join(worst)}" if worst else "nowhere the worst")
        )
    return "\n".join(lines)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.peers", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="one seed, 1,000 customers, up to four cells per kind")
    parser.add_argument("--seeds", type=int, default=1, help="seeds of the customers; 1 by default")
    parser.add_argument("--jobs", type=int, default=-1, help="processes; as many as there are cores by default")
    parser.add_argument("--customers", type=int, help="customers per cell, 100 or more; 2,000 by default")
    options = parser.parse_args()
    n_customers = options.customers or (1_000 if options.quick else _MAX_CUSTOMERS)
    if n_customers < 100:
        parser.error(f"--customers {n_customers} should be 100 or more")
    cells = cells_of(n_customers, 1 if options.quick else options.seeds, is_quick=options.quick)
    print(table_of(Parallel(options.jobs)(delayed(judged)(cell) for cell in cells)))


def _answered(cell: Cell) -> tuple[BaseEncoding, int, bool]:
    """Return the customers of a cell, the k that is right, and whether ours is."""
    if isinstance(cell, clouds.Cell):
        base, labels = clouds.KINDS[cell.kind].customers(cell)
        return base, len(np.unique(labels)), clouds.result_of(cell).is_right
    customers = cell.customers()
    base = base_of(customers)
    is_one = cell.kind in ("nothing", planted_sets.PERMUTED)
    score = score_of(cell, customers.labels, segmented_base(base, OURS), OURS, seconds=0.0)
    return base, 1 if is_one else customers.n_segments, score.is_right


def _rotated(matrix: Floats) -> Floats:
    """Return rows along their principal axes, rounded so that equal rows stay equal."""
    centered = matrix - matrix.mean(axis=0)
    rotated: Floats = centered @ np.linalg.svd(centered, full_matrices=False)[2].T
    return rotated.round(6)


def _ks(matrix: Floats) -> range:
    """Return the k to try, from 1 to no more than there are different rows."""
    return range(1, min(_MAX_K, len(np.unique(matrix, axis=0))) + 1)


def _k_means(matrix: Floats, k: int, n_init: int = 3) -> KMeans:
    return KMeans(k, n_init=n_init, random_state=0).fit(matrix)


def _log_within(matrix: Floats, ks: Sequence[int]) -> Floats:
    """Return the logarithm of the sum of squares within segments for each k, shape (n_ks,)."""
    # Where every row is its segment's mean, the sum is 0.
    return np.log([max(_k_means(matrix, k).inertia_, 1e-9) for k in ks])


def _sigclust_p_value(group: Floats, rng: np.random.Generator, n_draws: int = 100, n_drawn: int = 500) -> float:
    """Return how likely the cluster index of one Gaussian with the eigenvalues of the group is as small."""
    rotated = _rotated(group)
    sample = rotated[rng.permutation(len(group))[:n_drawn]]
    if len(group) < 10 or len(_ks(sample)) < 2:
        return 1.0
    spread = rotated.std(axis=0)
    indices = [_cluster_index(rng.normal(size=sample.shape) * spread) for _ in range(n_draws)]
    # The tests are stricter than 1 in 100 draws, so the draws stand for a normal distribution, as in both papers.
    return float(norm.cdf((_cluster_index(sample) - np.mean(indices)) / np.std(indices)))


def _cluster_index(matrix: Floats) -> float:
    """Return the share of the sum of squares that is within the halves of 2-means."""
    return float(_k_means(matrix, 2).inertia_ / ((matrix - matrix.mean(axis=0)) ** 2).sum())


def _strength(one: Floats, other: Floats, k: int) -> float:
    """Return the mean strength of k segments in two halves of the customers, each predicted by the other."""
    fits = _k_means(one, k), _k_means(other, k)
    return (
        _kept_together(fits[0].labels_, fits[1].predict(one), k)
        + _kept_together(fits[1].labels_, fits[0].predict(other), k)
    ) / 2


def _kept_together(labels: Ints, predicted: Ints, k: int) -> float:
    """Return of the pairs of customers in a segment the share predicted to be together, in the worst segment."""
    together = np.bincount(labels * k + predicted, minlength=k * k).reshape(k, k)
    sizes = together.sum(axis=1)
    # A segment of one customer has no pairs; it counts as not predicted.
    return float(((together * (together - 1)).sum(axis=1) / np.maximum(sizes * (sizes - 1), 1)).min())


if __name__ == "__main__":
    main()
