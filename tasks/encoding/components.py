"""The principal components that several columns share, and that permuted columns do not have.

Parallel analysis (Horn 1965): a component is kept if its variance is above the largest one of permuted
columns along any component. The rest of a column is its own, and noise for the others. Arrays in, arrays
out: no SQL, no files.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from schemas.fields import Role
from tasks.clustering.parallel import in_order
from tasks.clustering.rows import Floats, Matrix
from tasks.encoding.blocks import Blocks
from tasks.encoding.features import Feature

#: Permutations; the largest of so many largest variances is the bound, which chance exceeds in one of 21 cases.
_PERMUTATIONS = 20

#: How far above that bound a component is that later customers have and a model lacks: near it chance decides.
_MISSING = 1.5

#: Features named at either end at most: more do not fit into a line.
_MAX_NAMED = 4

#: Share of the largest loading below which a feature is not named: it contributes a tenth of the variance at most.
_MIN_SHARE = 0.3

#: Share of a component's squared loadings that other features than those of numbers have, at least. Chance gives the
#: strongest components less, and weaker ones up to a quarter; a link of a number with a place has half.
_MIN_OTHERS = 0.1


@dataclass(frozen=True)
class Components:
    """The components that are kept.

    Attributes:
        loadings: orthonormal columns, shape (n_features, n_components), the strongest first.
        variances: variance of the customers along each, shape (n_components,).
        null_variance: largest variance of permuted columns along any component.
    """

    loadings: Floats
    variances: Floats
    null_variance: float

    def __len__(self) -> int:
        """Return the number of components."""
        return len(self.variances)

    def beyond(self, is_number: npt.NDArray[np.bool_]) -> "Components":
        """Return the components that some other feature than those of numbers takes part in.

        Args:
            is_number: of every feature whether it is one of a number, shape (n_features,).
        """
        others = np.square(self.loadings[~is_number]).sum(axis=0)
        kept = others >= _MIN_OTHERS
        return Components(self.loadings[:, kept], self.variances[kept], self.null_variance)


def common_components(blocks: Blocks, random_state: int) -> Components:
    """Return the components whose variance is above those of permuted columns; there may be none.

    Declared weights are divided out, as a weight adds nothing to what columns share; they count again where
    the customers are projected.

    Args:
        blocks: customers in a balanced encoding.
        random_state: seed of the permutations.
    """
    bare = _bare(blocks)
    return _above_permuted(bare, bare.matrix, random_state, 1.0)


def missing_components(blocks: Blocks, kept: Components, random_state: int) -> Components:
    """Return components that earlier ones do not have, and whose variance is far above those of permuted columns.

    Args:
        blocks: customers in the encoding of the earlier components.
        kept: those.
        random_state: seed of the permutations.
    """
    bare = _bare(blocks)
    loadings = kept.loadings.astype(np.float32)
    rest = bare.matrix - (bare.matrix @ loadings) @ loadings.T
    return _above_permuted(bare, rest.astype(np.float32), random_state, _MISSING)


def _bare(blocks: Blocks) -> Blocks:
    """Return customers without the declared weights."""
    return Blocks(blocks.matrix / blocks.weights, blocks.block_of, np.ones_like(blocks.weights))


def _above_permuted(bare: Blocks, matrix: Matrix, random_state: int, factor: float) -> Components:
    """Return the components of a matrix whose variance is above that of permuted columns by a factor."""
    if bare.n_blocks < 2 or len(matrix) < 2:
        return Components(np.zeros((matrix.shape[1], 0)), np.zeros(0), 0.0)
    variances, directions = np.linalg.eigh(_covariance(matrix))
    seeds = [random_state + number for number in range(_PERMUTATIONS)]
    bound = max(in_order(lambda seed: _largest_variance(bare.permuted(seed)), seeds))
    kept = np.flatnonzero(variances > factor * bound)[::-1]
    return Components(_signed(directions[:, kept]), variances[kept], bound)


def component_words(features: Sequence[Feature], loadings: Floats) -> str:
    """Return the features at either end of a component: those with the largest loadings.

    Args:
        features: those that the component is made of.
        loadings: of each of them, shape (n_features,).
    """
    ends = [_end(features, sign * loadings, np.abs(loadings).max()) for sign in (1.0, -1.0)]
    return " versus ".join(end for end in ends if end)


def gradient_words(features: Sequence[Feature], loadings: Floats) -> str:
    """Return where a gradient leads from and to, such as ``from low to high income``.

    Args:
        features: those that it leads along.
        loadings: of each of them, shape (n_features,).
    """
    poles, low, high = _ends_of(features, loadings)
    if low and high:
        return (
            f"from {', '.join(poles[index].high for index in low)} to {', '.join(poles[index].high for index in high)}"
        )
    ends = [poles[index] for index in low or high]
    amount = "low to high" if all(own.is_number for own in ends) else "little to much of"
    return f"from {amount} {', '.join(own.name for own in ends)}"


def leads_down(features: Sequence[Feature], loadings: Floats) -> bool:
    """Return whether a gradient leads from much to little of everything, and its words are of the other direction."""
    _, low, high = _ends_of(features, loadings)
    return bool(low) and not high


@dataclass(frozen=True)
class _Pole:
    """What a gradient may lead to: a feature, or a number by its brackets."""

    name: str
    is_number: bool

    @property
    def high(self) -> str:
        return f"high {self.name}" if self.is_number else self.name


def _ends_of(features: Sequence[Feature], loadings: Floats) -> tuple[list[_Pole], list[int], list[int]]:
    """Return what a gradient may lead to, and the strongest of it at the beginning and at the end."""
    poles, along = _brackets_joined(features, loadings)
    low, high = (_strongest(sign * along, float(np.abs(along).max())) for sign in (-1.0, 1.0))
    return poles, low, high


def _brackets_joined(features: Sequence[Feature], loadings: Floats) -> tuple[list[_Pole], Floats]:
    """Return a pole and a loading for every feature, the brackets of a number as the number again."""
    brackets: dict[str, list[float]] = {}
    poles, joined = [], []
    for feature, loading in zip(features, loadings.tolist(), strict=True):
        if feature.encoding == "bracket":
            brackets.setdefault(feature.source_column, []).append(loading)
        else:
            name = _words(feature.source_column) if feature.is_number else _name(feature)
            poles.append(_Pole(name, feature.is_number))
            joined.append(loading)
    for column, own in brackets.items():
        order = np.arange(len(own)) - (len(own) - 1) / 2
        poles.append(_Pole(_words(column), is_number=True))
        joined.append(float(order @ own / np.linalg.norm(order)))
    return poles, np.array(joined)


def _words(column: str) -> str:
    return column.replace("_", " ")


def _covariance(matrix: Matrix) -> Floats:
    centered = matrix - matrix.mean(axis=0, dtype=np.float64).astype(np.float32)
    return np.asarray(centered.T @ centered, dtype=np.float64) / len(matrix)


def _largest_variance(matrix: Matrix) -> float:
    return float(np.linalg.eigvalsh(_covariance(matrix))[-1])


def _signed(directions: Floats) -> Floats:
    """Return the directions with their largest loading positive, as a direction and its opposite are the same."""
    largest = np.abs(directions).argmax(axis=0)
    signs = np.where(directions[largest, np.arange(directions.shape[1])] < 0, -1.0, 1.0)
    return directions * signs


def _end(features: Sequence[Feature], loadings: Floats, largest: float) -> str:
    return ", ".join(_name(features[index]) for index in _strongest(loadings, largest))


def _strongest(loadings: Floats, largest: float) -> list[int]:
    strongest = np.argsort(-loadings, kind="stable")[:_MAX_NAMED].tolist()
    return [index for index in strongest if loadings[index] >= _MIN_SHARE * largest]


def _name(feature: Feature) -> str:
    column = _words(feature.source_column)
    if feature.is_number:
        return f"high {column}"
    if feature.value is None:
        return column
    return feature.value if feature.kind == Role.ITEMS.value else f"{column} {feature.value}"
