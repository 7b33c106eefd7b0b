"""Try encodings: the silhouettes of sampled customers in each, compared with those of a null model.

Arrays in, arrays out: no SQL, no files, no Prefect.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from tasks.clustering.eligibility import NullScore, rule
from tasks.clustering.rows import Floats, Matrix
from tasks.clustering.stability import StabilitySettings
from tasks.encoding.base_encoding import BaseEncoding, used_in
from tasks.encoding.blocks import Blocks, blocks_of
from tasks.encoding.components import Components, common_components, component_words, missing_components
from tasks.encoding.features import Feature, with_unique_names
from tasks.encoding.nearest_unimodal import nearest_unimodal
from tasks.encoding.null_contrast import (
    PERMUTED,
    POPULATION,
    UNIMODAL,
    Contrast,
    contrasts,
    is_apart,
    min_margin,
    null_silhouettes,
)
from tasks.encoding.one_population import population_of
from tasks.encoding.strategies import NUMBERS, SINGLE, STANDARD, STRATEGIES, by_numbers, guards_of, is_left_out
from tasks.encoding.unimodality import draw_unimodal, least_unimodal
from tasks.run.progress import Progress


@dataclass(frozen=True)
class TrialSettings:
    """On how many customers encodings are tried, and how often against the null model.

    Attributes:
        samples: samples of the null model; six give its standard deviation to a third.
        first_samples: samples that every encoding is compared with; those that may be selected are with all.
        populations: samples of one population.
        max_customers: customers whose silhouettes are computed in every encoding, at most.
        min_customers: the same at least, where an encoding has hundreds of dimensions.
        cells: cells of their rows, which bound the time.
        component_customers: customers that components and redundant columns are found on, at most.
        component_cells: cells of their rows.
        values_per_segment: different values that a number has for each segment, at least, to be tried for being
            multimodal: a few values are groups anyhow.
        min_dip: dip of a number, times the root of the customers, to be tried for being multimodal: that of unimodal
            ones is .8 at most, of two or more modes 1 and more.
        max_alone: numbers that are tried alone, the least unimodal first.
        min_total: customers below which chance explains everything.
    """

    samples: int = 6
    first_samples: int = 2
    populations: int = 4
    max_customers: int = 2_000
    min_customers: int = 500
    cells: int = 100_000
    component_customers: int = 10_000
    component_cells: int = 2_000_000
    values_per_segment: int = 3
    min_dip: float = 0.9
    max_alone: int = 16
    min_total: int = StabilitySettings.min_customers


TRIALS = TrialSettings()

#: Why an encoding has no feature.
_NOTHING = {
    "standard": "no column is a feature",
    "numbers": "not tried: there are fewer than two numbers",
    "mixed": "not tried: no column varies",
    "brackets": "not tried: no number can be binned into brackets, or too many can",
}


@dataclass(frozen=True)
class Encoding:
    """How customers become numbers.

    Attributes:
        name: of the strategy, or ``single``.
        features: those of ``BaseEncoding``, in their order, then any brackets; those of weight 0 take no part.
        components: of the features that take part, numbers first; None where they are used as they are.
    """

    name: str
    features: tuple[Feature, ...]
    components: Components | None = None

    @property
    def used(self) -> list[Feature]:
        """The features that take part, numbers first, as rows have them."""
        return used_in(self.features)

    @property
    def n_dimensions(self) -> int:
        """Numbers in an encoded row."""
        return len(self.used) if self.components is None else len(self.components)


@dataclass(frozen=True)
class EncodingResult:
    """An encoding and its figures on the sample; see the table encodings.

    Attributes:
        name: of the encoding.
        encoding: None where it does not apply, for ``reason``.
        contrast: its silhouettes compared with the null model; None where it was not tried.
        population: the same compared with one population; None where it was not tried.
        k: its best k on the sample; None where no k is eligible.
        n_sampled: customers in the sample.
        null_model: ``PERMUTED``, ``COMBINATIONS`` or ``UNIMODAL``.
        reason: why it was selected or not, in words.
    """

    name: str
    encoding: Encoding | None
    contrast: Contrast | None = None
    population: Contrast | None = None
    k: int | None = None
    n_sampled: int = 0
    null_model: str = PERMUTED
    reason: str = ""

    @property
    def silhouette(self) -> float:
        """Its best silhouette among the eligible ks."""
        return self._at(self.contrast.silhouettes) if self.contrast else 0.0

    @property
    def null_silhouette(self) -> float:
        """Mean silhouette of the null model at the same k."""
        return self._at(self.contrast.null_silhouettes) if self.contrast else 0.0

    @property
    def silhouette_gain(self) -> float:
        """Its best silhouette less that of the null model at the same k."""
        return self.silhouette - self.null_silhouette

    @property
    def margin(self) -> float:
        """Its best silhouette less the best of permuted columns, which the verdict rests on.

        For few combinations and for a unimodal null model it is the gain, as few rows and few dimensions have high
        silhouettes at any k.
        """
        if self.contrast is None or self.null_model != PERMUTED:
            return self.silhouette_gain
        return self.silhouette - self.contrast.null_best

    @property
    def null_std(self) -> float:
        """Standard deviation of what the margin is measured from."""
        if self.contrast is None:
            return 0.0
        if self.null_model != PERMUTED:
            return self._at(self.contrast.null_stds)
        return self.contrast.null_std

    @property
    def null_scores(self) -> dict[int, NullScore]:
        """The mean silhouettes of the null model and of one population, and the gains over them, by k."""
        scores = self.contrast.null_scores if self.contrast else {}
        if self.population is None:
            return scores
        return {
            k: replace(scores[k], population_silhouette=own.null_silhouette, population_gain=own.silhouette_gain)
            for k, own in self.population.null_scores.items()
        }

    @property
    def population_silhouette(self) -> float | None:
        """Mean silhouette of one population at the same k."""
        return None if self.population is None else self._at(self.population.null_silhouettes)

    @property
    def population_gain(self) -> float | None:
        """Its best silhouette less that of one population at the same k: a long population has the best one at k=2."""
        return None if self.population is None else self._at(self.population.silhouette_gains)

    @property
    def population_std(self) -> float | None:
        """Standard deviation of the silhouettes of one population at the same k."""
        return None if self.population is None else self._at(self.population.null_stds)

    @property
    def falls_apart(self) -> bool:
        """Whether it shows segments that one population does not have; only permuted columns are more than one."""
        if self.population_gain is None or self.population_std is None:
            return self.is_found and self.is_complete and self.null_model != PERMUTED
        is_beyond = is_apart(self.population_gain, self.population_std, min_margin(POPULATION))
        return self.is_found and is_beyond

    @property
    def is_complete(self) -> bool:
        """Whether it was compared with all samples of the null model."""
        return self.contrast is None or len(self.contrast.nulls) >= TRIALS.samples

    @property
    def is_promising(self) -> bool:
        """Whether its margin is that of segments; the standard deviation of few samples says little."""
        return self.k is not None and self.margin >= min_margin(self.null_model)

    @property
    def is_found(self) -> bool:
        """Whether it shows segments."""
        return self.is_promising and is_apart(self.margin, self.null_std, min_margin(self.null_model))

    def _at(self, values: Floats) -> float:
        assert self.contrast is not None  # noqa: S101
        return float(values[self.contrast.ks.index(self.k)]) if self.k is not None else 0.0


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
        components = self._components(features, len(encoding.used))
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
            few = f"not tried: {self.base.n_customers:,} customers are too few to tell segments from chance"
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

    def _components(self, features: tuple[Feature, ...], n_used: int) -> Components:
        return common_components(self._component_blocks(features, n_used), self.random_state)

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
