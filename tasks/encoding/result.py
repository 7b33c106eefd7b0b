"""An encoding, and what was found in it on a sample of the customers.

Arrays in, arrays out: no SQL, no files, no Prefect.
"""

from dataclasses import dataclass

from tasks.clustering.rows import Floats
from tasks.encoding.base_encoding import used_in
from tasks.encoding.components import Components
from tasks.encoding.features import Feature
from tasks.encoding.null_contrast import Contrast
from tasks.encoding.strategies import MIN_MARGIN

#: What silhouettes are held against.
PERMUTED, UNIMODAL = "permuted columns", "unimodal"

#: Spreads of the best of permuted columns that the best silhouette is above it where segments are there.
LEAST_SPREADS, _LEAST_SPREAD = 3.0, 0.002

#: The same of one number, above one hump: a number of equally many customers at every value reaches .04.
MIN_GAIN_OF_ONE = 0.07


@dataclass(frozen=True)
class Encoding:
    """How customers become numbers.

    Attributes:
        name: of the strategy, or ``single``.
        features: those of ``Plain``, in their order, then any brackets; those of weight 0 take no part.
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
class Tried:
    """An encoding and what was found in it.

    Attributes:
        name: of the encoding.
        encoding: None where it has nothing to offer, for ``reason``.
        contrast: its silhouettes beside those of permuted customers; None where it was not tried.
        k: its best k on the sample; None where no k is eligible.
        n_sampled: customers in the sample.
        null_model: what its silhouettes are beside: ``PERMUTED`` columns, or numbers of ``UNIMODAL`` each.
        reason: why it was taken or not, in words.
    """

    name: str
    encoding: Encoding | None
    contrast: Contrast | None = None
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
        """Silhouette of permuted customers at the same k."""
        return self._at(self.contrast.null_silhouettes) if self.contrast else 0.0

    @property
    def silhouette_gain(self) -> float:
        """By how much its best silhouette is above that of permuted customers at the same k."""
        return self.silhouette - self.null_silhouette

    @property
    def margin(self) -> float:
        """By how much its best silhouette is above what it is held against, which the verdict rests on.

        That is the best of permuted customers; of one hump it is the silhouette at the same k, as few
        dimensions have high silhouettes at any k.
        """
        if self.contrast is None or self.null_model == UNIMODAL:
            return self.silhouette_gain
        return self.silhouette - self.contrast.null_best

    @property
    def spread(self) -> float:
        """Standard deviation of what the margin is above."""
        if self.contrast is None:
            return 0.0
        return (
            self._at(self.contrast.nulls.std(axis=0, ddof=1)) if self.null_model == UNIMODAL else self.contrast.null_std
        )

    @property
    def is_found(self) -> bool:
        """Whether its segments are there."""
        if self.k is None or self.contrast is None:
            return False
        return is_apart(self.margin, self.spread, min_margin(self.null_model))

    def _at(self, values: Floats) -> float:
        assert self.contrast is not None  # noqa: S101
        return float(values[self.contrast.ks.index(self.k)]) if self.k is not None else 0.0


def min_margin(null_model: str) -> float:
    """Return the margin that segments have at least."""
    return MIN_GAIN_OF_ONE if null_model == UNIMODAL else MIN_MARGIN


def is_apart(margin: float, spread: float, least: float = MIN_MARGIN) -> bool:
    """Return whether a silhouette is above what chance gives, beyond its spread."""
    return margin >= least and margin >= LEAST_SPREADS * max(spread, _LEAST_SPREAD)
