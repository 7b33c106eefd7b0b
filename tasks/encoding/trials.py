"""Try encodings: the silhouettes of sampled customers in each, compared with those of a null model.

Arrays in, arrays out: no SQL, no files, no Prefect.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from schemas.shown import counted
from tasks.clustering.eligibility import rule
from tasks.clustering.rows import Floats, Matrix
from tasks.encoding.base_encoding import BaseEncoding
from tasks.encoding.blocks import Blocks, blocks_of
from tasks.encoding.components import common_components, component_words, missing_components
from tasks.encoding.features import Feature, with_unique_names
from tasks.encoding.nearest_unimodal import nearest_unimodal
from tasks.encoding.null_contrast import (
    PERMUTED,
    UNIMODAL,
    Contrast,
    contrasts,
    null_silhouettes,
)
from tasks.encoding.one_population import population_of
from tasks.encoding.strategies import NUMBERS, SINGLE, STANDARD, STRATEGIES, by_numbers, guards_of, is_left_out
from tasks.encoding.tried_encoding import TRIALS, Encoding, EncodingResult
from tasks.encoding.unimodality import draw_unimodal, least_unimodal
from tasks.run.progress import Progress

#: Why an encoding has no feature.
_NOTHING = {
    "standard": "no column is a feature",
    "numbers": "not tried: there are fewer than two numbers",
    "mixed": "not tried: no column varies",
    "brackets": "not tried: no number can be binned into brackets, or too many can",
}


@dataclass(frozen=True)
class Trials:
    """What encodings are tried on.

    Attributes:
        base: all customers.
        ks: every k to try, ascending.
        random_state: seed.
        min_customers: minimum customers of a segment.
        null_model: what encodings are compared with, but for numbers alone.
    """

    base: BaseEncoding
    ks: tuple[int, ...]
    random_state: int
    min_customers: int
    null_model: str = PERMUTED

    def encoding(self, name: str, left_out: Collection[str] = (), *, is_wanted: bool = False) -> EncodingResult:
        """Return an encoding by its name, not tried yet.

        Args:
            name: of a strategy.
            left_out: columns and features that take no part.
            is_wanted: whether it is asked for, and keeps components of numbers alone.
        """
        strategy = STRATEGIES[name]
        features = tuple(with_unique_names(strategy.features(self.base, left_out)))
        encoding = Encoding(name, features)
        if not encoding.used:
            # Customers without any feature are one segment in the standard encoding.
            return EncodingResult(name, encoding if name == STANDARD else None, reason=_NOTHING[name])
        if not strategy.has_components:
            return EncodingResult(name, encoding, null_model=self.null_model)
        components = common_components(self._component_blocks(features, len(encoding.used)), self.random_state)
        if len(components) == 0:
            return EncodingResult(name, None, reason="no component has more variance than permuted columns have")
        if strategy.links_others and not is_wanted:
            components = components.beyond(_are_brackets(encoding))
        if len(components) == 0:
            return EncodingResult(name, None, reason="its components link numbers alone, as the encoding numbers does")
        return EncodingResult(name, replace(encoding, components=components), null_model=self.null_model)

    def missing(self, encoding: Encoding) -> str:
        """Return what the customers have in common that an earlier encoding has no component of, in words.

        It is empty where there is nothing, or the encoding has no components.
        """
        if encoding.components is None:
            return ""
        blocks = self._component_blocks(encoding.features, len(encoding.used))
        found = missing_components(blocks, encoding.components, self.random_state)
        if STRATEGIES[encoding.name].links_others:
            found = found.beyond(_are_brackets(encoding))
        return component_words(encoding.used, found.loadings[:, 0]) if len(found) else ""

    def alone(self, left_out: Collection[str] = ()) -> list[EncodingResult]:
        """Return encodings by numbers that may be multimodal on their own: each alone, and all together.

        Permuting does not change a number, so they are compared with unimodal ones.
        """
        sample = self.base.sampled(TRIALS.max_customers, self.random_state)
        min_values = TRIALS.values_per_segment * max(self.ks, default=0)
        numbers = {
            feature.source_column: values.astype(np.float64)
            for feature, values in zip(self.base.number_features, sample.numbers.T, strict=True)
            if feature.source_column not in left_out
            and len(np.unique(values)) > min_values
            # A smoothed density takes a heavy tail for modes, the dip does not.
            and nearest_unimodal(values.astype(np.float64)).dip * len(values) ** 0.5 >= TRIALS.min_dip
        }
        singles = [
            Encoding(SINGLE, by_numbers(self.base, [name])) for name in least_unimodal(numbers, TRIALS.max_alone)
        ]
        kept = [feature for feature in self.base.features if not is_left_out(feature, left_out)]
        varying = [
            feature.source_column
            for feature, values in zip(self.base.number_features, sample.numbers.T, strict=True)
            if np.ptp(values) > 0 and not is_left_out(feature, left_out)
        ]
        # Where there are only numbers, those of one mode are no noise; a constant has none.
        names = varying if all(feature.is_number for feature in kept) else list(numbers)
        together = [Encoding(NUMBERS, by_numbers(self.base, names))] if numbers and len(names) > 1 else []
        return [EncodingResult(one.name, one, null_model=UNIMODAL) for one in (*singles, *together)]

    def results(self, encodings: Sequence[EncodingResult], progress: Progress) -> list[EncodingResult]:
        """Return encodings with their silhouettes compared with those of the first samples of the null model."""
        if self.base.n_customers < TRIALS.min_total:
            customers = counted(self.base.n_customers, "customer is", "customers are")
            few = f"not tried: {customers} too few to tell segments from chance"
            return [replace(one, reason=one.reason or few) for one in encodings]
        blocks = {index: self._blocks(one.encoding) for index, one in enumerate(encodings) if one.encoding is not None}
        able = {
            index: own for index, own in blocks.items() if own.n_blocks > 1 or encodings[index].null_model == UNIMODAL
        }
        sets = [
            (_projected(own.matrix, encodings[index]), self._nulls(encodings[index], own, range(TRIALS.first_samples)))
            for index, own in able.items()
        ]
        contrast_of = {}
        for index, contrast in zip(able, contrasts(sets, self.ks, self.random_state), strict=True):
            contrast_of[index] = contrast
            progress("encodings tried", len(contrast_of), len(able))
        alone = "not tried: permuting one column alone changes nothing"
        return [
            self._judged(one, contrast_of[index], len(blocks[index].matrix))
            if index in contrast_of
            else replace(one, reason=one.reason or alone)
            for index, one in enumerate(encodings)
        ]

    def completed(self, one: EncodingResult) -> EncodingResult:
        """Return an encoding compared with the other samples of its null model, and with one population.

        One that is complete is returned as it is.
        """
        if one.encoding is None or one.contrast is None or one.is_complete:
            return one
        blocks, others = self._blocks(one.encoding), range(len(one.contrast.nulls), TRIALS.samples)
        nulls = self._null_silhouettes(self._nulls(one, blocks, others))
        contrast = replace(one.contrast, nulls=np.vstack([one.contrast.nulls, nulls]))
        judged = self._judged(one, contrast, one.n_sampled)
        if not judged.is_found or one.null_model != PERMUTED:
            return judged
        population = population_of(blocks, self.random_state)
        seeds = range(self.random_state, self.random_state + TRIALS.populations)
        drawn = (_projected(population.draw(seed), one) for seed in seeds)
        return replace(judged, population=replace(contrast, nulls=self._null_silhouettes(drawn)))

    def _null_silhouettes(self, nulls: Iterable[Matrix]) -> Floats:
        return null_silhouettes(list(nulls), self.ks, self.random_state)

    def _component_blocks(self, features: tuple[Feature, ...], n_used: int) -> Blocks:
        size = min(TRIALS.component_customers, max(TRIALS.max_customers, TRIALS.component_cells // n_used))
        return blocks_of(self.base.sampled(size, self.random_state + 1), features)

    def _blocks(self, encoding: Encoding) -> Blocks:
        wanted = TRIALS.cells // max(1, encoding.n_dimensions)
        size = min(TRIALS.max_customers, max(TRIALS.min_customers, wanted))
        return blocks_of(self.base.sampled(size, self.random_state), encoding.features)

    def _nulls(self, one: EncodingResult, blocks: Blocks, samples: Iterable[int]) -> Iterator[Matrix]:
        """Yield some samples of the null model of an encoding, by their numbers."""
        for sample in samples:
            seed = self.random_state + 1 + sample
            is_unimodal = one.null_model == UNIMODAL
            yield _unimodal(blocks.matrix, seed) if is_unimodal else _projected(blocks.permuted(seed), one)

    def _judged(self, one: EncodingResult, contrast: Contrast, n_sampled: int) -> EncodingResult:
        """Return an encoding with its contrast, and the best k that is eligible."""
        judged = replace(one, contrast=contrast, n_sampled=n_sampled)
        min_customers = max(1, self.min_customers * n_sampled // self.base.n_customers)
        smallest = dict(zip(contrast.ks, contrast.smallest.tolist(), strict=True))
        nulls = {k: null for k, null in contrast.null_scores.items() if smallest[k] >= min_customers}
        best = rule(smallest, contrast.silhouettes, guards_of(one.name, min_customers, nulls)).best
        if best is None:
            return replace(judged, reason=_why_none(contrast, self.min_customers))
        return replace(judged, k=contrast.ks[best])


def _are_brackets(encoding: Encoding) -> npt.NDArray[np.bool_]:
    return np.array([feature.encoding == "bracket" for feature in encoding.used])


def _why_none(contrast: Contrast, min_customers: int) -> str:
    """Return why no k is eligible."""
    if contrast.smallest.max() == 0:
        return "there are fewer different customers than segments at any k"
    return f"at no k every segment has {min_customers:,} customers"


def _projected(matrix: Matrix, one: EncodingResult) -> Matrix:
    """Return rows as an encoding has them, from those of its features."""
    if one.encoding is None or one.encoding.components is None:
        return matrix
    return np.asarray(matrix @ one.encoding.components.loadings, dtype=np.float32)


def _unimodal(matrix: Matrix, random_state: int) -> Matrix:
    columns = [
        draw_unimodal(column.astype(np.float64), random_state + 1000 * number) for number, column in enumerate(matrix.T)
    ]
    return np.column_stack(columns).astype(np.float32)
