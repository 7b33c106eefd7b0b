"""Try encodings: customers in each of them, and the same customers with their columns permuted.

Arrays in, arrays out: no SQL, no files, no Prefect.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from tasks.clustering.eligibility import rule
from tasks.clustering.rows import Matrix
from tasks.encoding.base_encoding import Plain
from tasks.encoding.blocks import Blocks, blocks_of
from tasks.encoding.components import Components, common_components
from tasks.encoding.features import Feature, with_unique_names
from tasks.encoding.null_contrast import Contrast, contrasts
from tasks.encoding.result import UNIMODAL, Encoding, Tried
from tasks.encoding.strategies import NUMBERS, SINGLE, STANDARD, STRATEGIES, by_numbers, guards_of
from tasks.encoding.unimodality import farthest_from_one_hump, one_humped
from tasks.run.progress import Progress

#: How often the columns are permuted; customers whose silhouettes are known in every encoding, at most and at least,
#: and cells of their rows.
PERMUTATIONS = 6
SAMPLED_CUSTOMERS, _FEWEST_SAMPLED, _SAMPLED_CELLS = 2_000, 500, 100_000

#: Customers that components are made of, and cells of their rows.
COMPARED_CUSTOMERS, _COMPARED_CELLS = 10_000, 2_000_000

#: Values that a number has for each segment, at least, to fall apart by itself: a few values are groups anyhow.
_VALUES_A_SEGMENT = 3

#: Numbers that are tried alone, at most: of very many those farthest from one hump.
_MOST_ALONE = 16

#: Customers below which chance can do anything.
FEWEST_CUSTOMERS = 20

#: Why an encoding has no feature.
_NOTHING = {
    "standard": "no column is a feature",
    "numbers": "not tried: there are fewer than two numbers",
    "mixed": "not tried: no column varies",
    "brackets": "not tried: no number can be cut into brackets, or too many can",
}


@dataclass(frozen=True)
class Trial:
    """What encodings are tried on.

    Attributes:
        plain: all customers.
        ks: every k to try, ascending.
        random_state: seed.
        least_customers: customers that a segment must have.
    """

    plain: Plain
    ks: tuple[int, ...]
    random_state: int
    least_customers: int

    def encoding(self, name: str, left_out: Collection[str] = ()) -> Tried:
        """Return an encoding by its name, with nothing found in it yet.

        Args:
            name: of a strategy.
            left_out: columns that take no part.
        """
        strategy = STRATEGIES[name]
        features = tuple(with_unique_names(strategy.features(self.plain, left_out)))
        encoding = Encoding(name, features)
        if not encoding.used:
            # Customers who have nothing to tell them apart are one segment in the standard encoding.
            return Tried(name, encoding if name == STANDARD else None, reason=_NOTHING[name])
        if not strategy.has_components:
            return Tried(name, encoding)
        components = self._components(features, len(encoding.used))
        if len(components) == 0:
            return Tried(name, None, reason="no component has more variance than permuted columns have")
        return Tried(name, replace(encoding, components=components))

    def alone(self, left_out: Collection[str] = ()) -> list[Tried]:
        """Return encodings by numbers that may fall apart by themselves: those that have many values, and all together.

        They are held against numbers of one hump, as permuting tells nothing of a number by itself.
        """
        sample = self.plain.sampled(SAMPLED_CUSTOMERS, self.random_state)
        most_values = _VALUES_A_SEGMENT * max(self.ks, default=0)
        numbers = {
            feature.source_column: values.astype(np.float64)
            for feature, values in zip(self.plain.number_features, sample.numbers.T, strict=True)
            if feature.source_column not in left_out and len(np.unique(values)) > most_values
        }
        names = list(numbers)
        singles = [
            Encoding(SINGLE, by_numbers(self.plain, [name])) for name in farthest_from_one_hump(numbers, _MOST_ALONE)
        ]
        together = [Encoding(NUMBERS, by_numbers(self.plain, names))] if len(names) > 1 else []
        return [Tried(one.name, one, null_model=UNIMODAL) for one in (*singles, *together)]

    def tried(self, encodings: Sequence[Tried], progress: Progress) -> list[Tried]:
        """Return encodings with their silhouettes beside those of permuted customers."""
        if self.plain.n_customers < FEWEST_CUSTOMERS:
            few = f"not tried: {self.plain.n_customers:,} customers are too few to tell segments from chance"
            return [replace(one, reason=one.reason or few) for one in encodings]
        blocks = {place: self._blocks(one.encoding) for place, one in enumerate(encodings) if one.encoding is not None}
        able = {
            place: own for place, own in blocks.items() if own.n_blocks > 1 or encodings[place].null_model == UNIMODAL
        }
        sets = [self._set(encodings[place], own) for place, own in able.items()]
        contrast_of = {}
        for place, contrast in zip(able, contrasts(sets, self.ks, self.random_state), strict=True):
            contrast_of[place] = contrast
            progress("encodings tried", len(contrast_of), len(able))
        alone = "not tried: one column alone has nothing to be permuted against"
        return [
            self._judged(one, contrast_of[place], len(blocks[place].matrix))
            if place in contrast_of
            else replace(one, reason=one.reason or alone)
            for place, one in enumerate(encodings)
        ]

    def _components(self, features: tuple[Feature, ...], n_used: int) -> Components:
        n_customers = min(COMPARED_CUSTOMERS, max(SAMPLED_CUSTOMERS, _COMPARED_CELLS // n_used))
        compared = self.plain.sampled(n_customers, self.random_state + 1)
        return common_components(blocks_of(compared, features), self.random_state)

    def _blocks(self, encoding: Encoding) -> Blocks:
        n_customers = min(SAMPLED_CUSTOMERS, max(_FEWEST_SAMPLED, _SAMPLED_CELLS // max(1, encoding.n_dimensions)))
        return blocks_of(self.plain.sampled(n_customers, self.random_state), encoding.features)

    def _set(self, one: Tried, blocks: Blocks) -> tuple[Matrix, Iterator[Matrix]]:
        assert one.encoding is not None  # noqa: S101
        encoding, seeds = one.encoding, range(self.random_state + 1, self.random_state + 1 + PERMUTATIONS)
        if one.null_model == UNIMODAL:
            return blocks.matrix, (_one_humped(blocks.matrix, seed) for seed in seeds)
        return _projected(blocks.matrix, encoding), (_projected(blocks.permuted(seed), encoding) for seed in seeds)

    def _judged(self, one: Tried, contrast: Contrast, n_sampled: int) -> Tried:
        """Return an encoding with its contrast, and the k that the guards leave."""
        judged = replace(one, contrast=contrast, n_sampled=n_sampled)
        least = max(1, self.least_customers * n_sampled // self.plain.n_customers)
        smallest = dict(zip(contrast.ks, contrast.smallest.tolist(), strict=True))
        nulls = {k: null for k, null in contrast.null_scores.items() if smallest[k] >= least}
        best = rule(smallest, contrast.silhouettes, guards_of(one.name, least, nulls)).best
        if best is None:
            return replace(judged, reason=_why_none(contrast, self.least_customers))
        return replace(judged, k=contrast.ks[best])


def _why_none(contrast: Contrast, least_customers: int) -> str:
    """Return why no k is eligible."""
    if contrast.smallest.max() == 0:
        return "there are fewer different customers than segments at any k"
    return f"at no k every segment has {least_customers:,} customers"


def _projected(matrix: Matrix, encoding: Encoding) -> Matrix:
    if encoding.components is None:
        return matrix
    return np.asarray(matrix @ encoding.components.loadings, dtype=np.float32)


def _one_humped(matrix: Matrix, random_state: int) -> Matrix:
    columns = [
        one_humped(column.astype(np.float64), random_state + 1000 * number) for number, column in enumerate(matrix.T)
    ]
    return np.column_stack(columns).astype(np.float32)
