"""What is known of an encoding once it was tried: whether it shows segments, and by how much.

Arrays in, arrays out: no SQL, no files, no Prefect.
"""

from dataclasses import dataclass, replace

from tasks.clustering.eligibility import NullScore
from tasks.clustering.rows import Floats
from tasks.clustering.stability import StabilitySettings
from tasks.encoding.base_encoding import used_in
from tasks.encoding.components import Components
from tasks.encoding.features import Feature
from tasks.encoding.null_contrast import PERMUTED, POPULATION, Contrast, is_apart, min_margin


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
