"""Describe a component in words."""

from collections.abc import Sequence

import numpy as np

from schemas.fields import Role
from tasks.clustering.rows import Floats
from tasks.encoding.features import Feature

#: Features named at either end at most: more do not fit into a line.
_MAX_NAMED = 4

#: Share of the largest loading below which a feature is not named: it contributes a tenth of the variance at most.
_MIN_SHARE = 0.3


def component_words(features: Sequence[Feature], loadings: Floats) -> str:
    """Return the features at either end of a component: those with the largest loadings.

    Args:
        features: those that the component is made of.
        loadings: of each of them, shape (n_features,).
    """
    ends = [_end(features, sign * loadings, np.abs(loadings).max()) for sign in (1.0, -1.0)]
    return " versus ".join(end for end in ends if end)


def _end(features: Sequence[Feature], loadings: Floats, largest: float) -> str:
    strongest = np.argsort(-loadings, kind="stable")[:_MAX_NAMED]
    return ", ".join(_name(features[index]) for index in strongest if loadings[index] >= _MIN_SHARE * largest)


def _name(feature: Feature) -> str:
    column = feature.source_column.replace("_", " ")
    if feature.is_number:
        return f"high {column}"
    if feature.value is None:
        return column
    return feature.value if feature.kind == Role.ITEMS.value else f"{column} {feature.value}"
