"""A model as far as scoring needs it: the features that take part, the centroids, and what presence adds."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from schemas.encoded_feature import EncodedFeature

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class ScoringModel:
    """All it takes to score a customer.

    Attributes:
        features: those that take part.
        segment_ids: ascending, shape (k,).
        centroids: encoded, shape (k, n_features).
        loadings: shape (n_features, n_components); None where the features are used as they are.
        left_out: columns and values that are features of no weight: they are not among the grouped ones.
        text_flags: names of the flag columns that hold words, such as yes and no.
    """

    features: tuple[EncodedFeature, ...]
    segment_ids: tuple[int, ...]
    centroids: Floats
    loadings: Floats | None
    left_out: tuple[tuple[str, str], ...]
    text_flags: frozenset[str]

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The columns that take part, in the order of the features."""
        return tuple(dict.fromkeys(feature.source_column for feature in self.features))

    @cached_property
    def numbers(self) -> list[int]:
        """The places of the features that are numbers."""
        return [place for place, feature in enumerate(self.features) if feature.is_number]

    @cached_property
    def categories(self) -> dict[str, list[int]]:
        """The places of the features of each category column."""
        found: dict[str, list[int]] = {}
        for place, feature in enumerate(self.features):
            if feature.encoding == "one-hot":
                found.setdefault(feature.source_column, []).append(place)
        return found

    @cached_property
    def centers(self) -> Floats:
        """The centroids along the components, or of the numbers alone, shape (k, n_coordinates)."""
        if self.loadings is not None:
            return self.centroids @ self.loadings
        return self.centroids[:, self.numbers]

    def left_out_of(self, column: str) -> list[str]:
        """Return the values of a column that are features of no weight."""
        return [value for name, value in self.left_out if name == column]

    @cached_property
    def parts(self) -> Floats:
        """What the presence of each feature adds: along each component, or to each squared distance."""
        added = np.array([[feature.added] for feature in self.features]).reshape(-1, 1)
        if self.loadings is not None:
            return np.asarray(added * self.loadings)
        absent = np.array([[feature.absent] for feature in self.features]).reshape(-1, 1) - self.centroids.T
        return np.asarray(added * (added + 2 * absent))  # (absent + added)^2 - absent^2

    @cached_property
    def base(self) -> Floats:
        """What the absence of all features that may be absent makes of the same."""
        binary = [place for place, feature in enumerate(self.features) if not feature.is_number]
        absent = np.array([self.features[place].absent for place in binary])
        if self.loadings is not None:
            return np.asarray(absent @ self.loadings[binary])
        return np.asarray(((absent - self.centroids[:, binary]) ** 2).sum(axis=1))
