"""Say in words what a component is."""

from collections.abc import Sequence

import numpy as np

from schemas.fields import Role
from tasks.clustering.rows import Floats
from tasks.encoding.features import Feature

#: Features named at either end, and the share of the largest loading that they have at least.
_NAMED, _LEAST_SHARE = 4, 0.3


def component_words(features: Sequence[Feature], loadings: Floats) -> str:
    """Return what stands at either end of a component: the features with the largest loadings.

    Args:
        features: those that the component is made of.
        loadings: of each of them, shape (n_features,).
    """
    ends = [_end(features, sign * loadings, np.abs(loadings).max()) for sign in (1.0, -1.0)]
    return " against ".join(end for end in ends if end)


def _end(features: Sequence[Feature], loadings: Floats, largest: float) -> str:
    strongest = np.argsort(-loadings, kind="stable")[:_NAMED]
    return ", ".join(_name(features[place]) for place in strongest if loadings[place] >= _LEAST_SHARE * largest)


def _name(feature: Feature) -> str:
    column = feature.source_column.replace("_", " ")
    if feature.is_number:
        return f"high {column}"
    if feature.value is None:
        return column
    return feature.value if feature.kind == Role.ITEMS.value else f"{column} {feature.value}"
