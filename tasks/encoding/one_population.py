"""Customers as they would be in one population: every column as it is, as correlated as it is, and no groups.

Permuting columns removes their correlation with their groups, so one correlated cloud has a higher silhouette
than its permuted columns. Here every column follows a normal variable (a Gaussian copula) whose correlations
give the columns those that they have. A number of several modes is drawn from its nearest unimodal distribution,
as modes are groups. Hennig & Lin, Flexible parametric bootstrap for testing homogeneity (2015), is the idea.

Arrays in, arrays out: no SQL, no files.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

from tasks.clustering.rows import Floats, Matrix
from tasks.encoding.blocks import Blocks
from tasks.encoding.nearest_unimodal import Unimodal, nearest_unimodal


@dataclass(frozen=True)
class PopulationSettings:
    """How one population is fitted to columns.

    Attributes:
        max_columns: columns that are correlated, those of the largest variance; the time is cubic in them.
        customers_per_column: of fewer customers per column, correlations below those of chance are taken for 0.
        max_end_share: share of the customers at either end of a number that stay there: extreme values are clipped.
        min_values: different values from which a column is a number, and its distribution made unimodal.
        min_spread: of the normal scores of a column that varies; those of a constant have rounding errors.
        full_spread: of the normal scores of numbers, which have few equal values and need no corrections.
        max_correlation: of two normal variables.
        steps: corrections of the correlations of categories and flags, which are those of cut normal variables.
        max_ratio: of wanted and drawn correlations, as small ones are chance.
        simulated: simulated customers per customer, at most: their correlations then have half of the sampling error of
            the customers' own.
        simulated_cells: cells of the simulated table, at most.
    """

    max_columns: int = 500
    customers_per_column: int = 20
    max_end_share: float = 0.02
    min_values: int = 30
    min_spread: float = 1e-6
    full_spread: float = 0.99
    max_correlation: float = 0.99
    steps: int = 4
    max_ratio: float = 4.0
    simulated: int = 4
    simulated_cells: int = 400_000


SETTINGS = PopulationSettings()


@dataclass(frozen=True)
class _Factors:
    """Normal variables with common factors.

    Attributes:
        loadings: of the variables on the factors, shape (n_columns, n_factors).
        own: standard deviation of the rest of each variable, shape (n_columns,).
    """

    loadings: Floats
    own: Floats

    def draw(self, n_customers: int, rng: np.random.Generator) -> Floats:
        """Return normal variables of some customers, shape (n_customers, n_columns)."""
        n_columns, n_factors = self.loadings.shape
        common = rng.standard_normal((n_customers, n_factors), dtype=np.float32) @ self.loadings.T
        drawn: Floats = common + rng.standard_normal((n_customers, n_columns), dtype=np.float32) * self.own
        return drawn


@dataclass(frozen=True)
class _Number:
    """A number of one population: unimodal, but for the customers at its ends.

    Attributes:
        lowest: the value of customers at the lower end, once for each.
        inner: what the others are drawn from.
        highest: the value of customers at the upper end, once for each.
    """

    lowest: Floats
    inner: Unimodal
    highest: Floats

    @classmethod
    def of(cls, values: Floats) -> "_Number":
        """Return the population's number that is nearest to some values."""
        ends = [values[values == end] for end in (values.min(), values.max())]
        lowest, highest = (own[: len(own) * (len(own) <= SETTINGS.max_end_share * len(values))] for own in ends)
        ordered = np.sort(values)[len(lowest) : len(values) - len(highest)]
        return cls(lowest, nearest_unimodal(ordered), highest)

    def draw(self, n_values: int, rng: np.random.Generator) -> Floats:
        """Return values, ascending."""
        inner = self.inner.draw(n_values - len(self.lowest) - len(self.highest), rng)
        return np.concatenate([self.lowest, inner, self.highest])


@dataclass(frozen=True)
class Population:
    """One population that customers may be drawn from.

    Attributes:
        blocks: the customers that it was fitted to.
        ranks: of each column the customers in ascending order, shape (n_customers, n_columns).
        factors: what correlates the columns.
        numbers: column -> its distribution without groups, of those that are numbers.
    """

    blocks: Blocks
    ranks: npt.NDArray[np.intp]
    factors: _Factors
    numbers: dict[int, _Number]

    def draw(self, random_state: int) -> Matrix:
        """Return as many customers of the population, in the encoding of the blocks."""
        rng = np.random.default_rng(random_state)
        matrix = self.blocks.matrix
        normal = self.factors.draw(len(matrix), rng)
        drawn = np.empty_like(matrix)
        for column, own in enumerate(self.blocks.spans()):
            ascending: npt.NDArray[np.floating]
            if column in self.numbers:
                ascending = self.numbers[column].draw(len(matrix), rng)[:, None]
            else:
                ascending = matrix[self.ranks[:, column], own]
            drawn[normal[:, column].argsort(), own] = ascending
        return drawn


def population_of(blocks: Blocks, random_state: int) -> Population:
    """Return the population whose columns are distributed and correlated as those of some customers.

    Args:
        blocks: the customers, at least two; a block is a column.
        random_state: seed of the corrections.
    """
    rng = np.random.default_rng(random_state)
    scores = _scores(blocks)
    numbers = {
        column: _Number.of(blocks.matrix[:, own.start].astype(np.float64))
        for column, own in enumerate(blocks.spans())
        if own.stop - own.start == 1 and len(np.unique(scores[:, column])) > SETTINGS.min_values
    }
    # Customers with equal values are in any order, so that their other columns do not follow them.
    ties = rng.permutation(len(scores))
    ranks = ties[scores[ties].argsort(axis=0, kind="stable")]
    return Population(blocks, ranks, _factors(scores, rng), numbers)


def _scores(blocks: Blocks) -> Floats:
    """Return a number for every column that orders its values, shape (n_customers, n_columns).

    The values of a category are ordered by what the strongest axis of all other columns is on average for them.
    """
    matrix: Floats = (blocks.matrix - blocks.matrix.mean(axis=0)).astype(np.float64)
    spans = blocks.spans()
    if all(own.stop - own.start == 1 for own in spans):
        return matrix
    scales = np.concatenate([_to_unit_variance(matrix[:, own]) for own in spans])
    left, strength, right = np.linalg.svd(matrix * scales, full_matrices=False)
    axis, loadings = left[:, 0] * strength[0], right[0] * scales
    return np.column_stack([_score(matrix[:, own], axis, loadings[own]) for own in spans])


def _to_unit_variance(own: Floats) -> Floats:
    variance = float(own.var(axis=0).sum())
    return np.full(own.shape[1], variance**-0.5 if variance > 0 else 0.0)


def _score(own: Floats, axis: Floats, loadings: Floats) -> Floats:
    if own.shape[1] == 1:
        return own[:, 0]
    _, value_of = np.unique(own, axis=0, return_inverse=True)
    others = axis - own @ loadings
    means = np.bincount(value_of, others) / np.bincount(value_of)
    scores: Floats = means[value_of]
    return scores


def _factors(scores: Floats, rng: np.random.Generator) -> _Factors:
    """Return the normal variables that give the columns the correlations that they have."""
    normal = _normal_scores(scores)
    spreads = normal.std(axis=0)
    n_columns = len(spreads)
    fitted = np.sort((-spreads).argsort(kind="stable")[: SETTINGS.max_columns])
    fitted = fitted[spreads[fitted] > SETTINGS.min_spread]
    loadings, own = np.zeros((n_columns, len(fitted))), np.ones(n_columns)
    if len(fitted) > 1:
        factors = _fitted(normal[:, fitted], rng)
        loadings = np.zeros((n_columns, factors.loadings.shape[1]))
        loadings[fitted], own[fitted] = factors.loadings, factors.own
    return _Factors(loadings, own)


def _fitted(normal: Floats, rng: np.random.Generator) -> _Factors:
    """Return the factors that reproduce the correlations of columns that all vary.

    A column of few values shows less of its normal variable's correlation, in proportion to the deviation of its
    normal scores. That is the beginning; then drawn customers show how far the correlations are from the observed.
    """
    n_customers, n_columns = normal.shape
    spreads = normal.std(axis=0)
    observed, shown = _correlations(normal), np.outer(spreads, spreads)
    correlations = _bounded(observed / shown)
    factors = _factored(correlations, n_customers)
    if np.all(spreads > SETTINGS.full_spread):
        return factors
    values = np.sort(normal, axis=0)
    n_drawn = max(2, min(SETTINGS.simulated * n_customers, SETTINGS.simulated_cells // n_columns))
    for _ in range(SETTINGS.steps):
        places = (ndtr(factors.draw(n_drawn, rng)) * n_customers).astype(np.intp).clip(0, n_customers - 1)
        drawn = _correlations(np.take_along_axis(values, places, axis=0))
        correlations = _bounded(correlations * _root_of_ratio(observed, drawn))
        factors = _factored(correlations, n_customers)
    return factors


def _normal_scores(scores: Floats) -> Floats:
    """Return the standard normal quantiles of the ranks, the mean of them for equal values; shape as given."""
    quantiles = ndtri((np.arange(len(scores)) + 0.5) / len(scores))
    sums = np.cumsum(np.concatenate([[0.0], quantiles]))
    normal = np.empty_like(scores)
    for column, own in enumerate(scores.T):
        _, value_of, counts = np.unique(own, return_inverse=True, return_counts=True)
        ends = sums[np.cumsum(np.concatenate([[0], counts]))]
        normal[:, column] = (np.diff(ends) / counts)[value_of]
    return normal


def _correlations(columns: Floats) -> Floats:
    """Return the correlations of columns, 0 of one that does not vary."""
    centered = columns - columns.mean(axis=0)
    lengths = np.linalg.norm(centered, axis=0)
    scaled = centered / np.where(lengths > 0, lengths, 1.0)
    correlations: Floats = scaled.T @ scaled
    return correlations


def _root_of_ratio(wanted: Floats, drawn: Floats) -> Floats:
    """Return what correlations of normal variables are to be multiplied by.

    Those of rare flags grow with about the square of the normal variables', those of numbers with it alone:
    the root of the ratio converges for both. Correlations of different signs are chance.
    """
    is_near = wanted * drawn > 0
    ratios: Floats = np.where(is_near, wanted, 1.0) / np.where(is_near, drawn, 1.0)
    return ratios.clip(1 / SETTINGS.max_ratio, SETTINGS.max_ratio) ** 0.5


def _bounded(correlations: Floats) -> Floats:
    bounded = correlations.clip(-SETTINGS.max_correlation, SETTINGS.max_correlation)
    np.fill_diagonal(bounded, 1.0)
    return bounded


def _factored(correlations: Floats, n_customers: int) -> _Factors:
    """Return factors with these correlations; of few customers those factors alone that are beyond chance.

    The bound is that of the eigenvalues of uncorrelated columns (Marchenko & Pastur 1967); the rest is the noise
    of probabilistic principal components (Tipping & Bishop 1999).
    """
    variances, directions = np.linalg.eigh(correlations)
    n_columns = len(variances)
    bound, noise = 0.0, 0.0
    if n_columns * SETTINGS.customers_per_column > n_customers:
        bound = (1 + (n_columns / n_customers) ** 0.5) ** 2
        noise = float(variances[variances <= bound].mean()) if (variances <= bound).any() else 0.0
    kept = variances > bound
    loadings = directions[:, kept] * (variances[kept] - noise).clip(0) ** 0.5
    shared = np.square(loadings).sum(axis=1)
    loadings /= np.maximum(shared, 1.0)[:, None] ** 0.5
    return _Factors(loadings, (1 - np.square(loadings).sum(axis=1)).clip(0) ** 0.5)
