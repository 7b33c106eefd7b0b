"""The encodings: each gives every feature its center, scale and weight, and says whether components are made of them.

Arrays in, arrays out: no SQL, no files. docs/encodings.md gives the reasons, with the figures that decided.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace

from schemas.fields import Role
from tasks.clustering.eligibility import Guards, NullScore
from tasks.encoding.base_encoding import Plain
from tasks.encoding.features import Feature

#: Share of the customers that a 0/1 feature has at least to be part of a component, and how many of them at most,
#: the commonest first: what hardly anybody has goes with nothing that could be told from chance.
_RAREST, _MOST_MARKS = 0.01, 500

#: The best silhouette is that much above the best of permuted columns where segments are there.
MIN_MARGIN = 0.04

#: Share of the best gain that another k must have. In one dimension two halves have the best silhouette of all.
_MIN_GAIN_SHARE, _MIN_GAIN_SHARE_OF_ONE = 0.5, 0.8

STANDARD = "standard"

#: The encodings by one number and by several, which ``by_numbers`` makes.
SINGLE, NUMBERS = "single", "numbers"

#: Brackets of all numbers at most; the time that components take grows with their cube.
_MOST_BRACKETS = 640


@dataclass(frozen=True)
class Strategy:
    """One way to encode.

    Attributes:
        features: of the customers, and the columns that are left out -> the features of this
            encoding; empty where it has nothing to offer.
        has_components: whether the fit is to what the columns have in common rather than to them.
        least_gain: by how much the silhouette of a larger k must be above that of a smaller one.
    """

    features: Callable[[Plain, Collection[str]], tuple[Feature, ...]]
    has_components: bool = False
    least_gain: float = 0.0


def _standard(plain: Plain, left_out: Collection[str]) -> tuple[Feature, ...]:
    return tuple(_unless(feature.source_column in left_out, feature) for feature in plain.features)


def _numbers(plain: Plain, left_out: Collection[str]) -> tuple[Feature, ...]:
    kept = {feature.source_column for feature in plain.number_features} - set(left_out)
    return by_numbers(plain, kept) if len(kept) > 1 else ()  # one alone is nothing that goes together


def _mixed(plain: Plain, left_out: Collection[str]) -> tuple[Feature, ...]:
    balanced = _balanced(plain, left_out)
    return balanced if any(feature.weight > 0 for feature in balanced) else ()


def _brackets(plain: Plain, left_out: Collection[str]) -> tuple[Feature, ...]:
    cut = tuple(
        _category_like(bracket, share)
        for own, shares in zip(plain.brackets, plain.bracket_shares(), strict=True)
        for bracket, share in zip(own, shares, strict=True)
        if bracket.source_column not in left_out
    )
    if not 0 < len(cut) <= _MOST_BRACKETS:
        return ()
    return tuple(_unless(feature.is_number, feature) for feature in _balanced(plain, left_out)) + cut


#: Name -> strategy; another is added beside it. A segment of those whose columns disagree, between two segments
#: that are there, adds up to .02 to the silhouette of components (measured on planted segments).
STRATEGIES: dict[str, Strategy] = {
    STANDARD: Strategy(_standard),
    NUMBERS: Strategy(_numbers),
    "mixed": Strategy(_mixed, has_components=True, least_gain=0.02),
    "brackets": Strategy(_brackets, has_components=True, least_gain=0.02),
}


def guards_of(name: str, least_customers: int, nulls: Mapping[int, NullScore]) -> Guards:
    """Return what keeps a k from being chosen in an encoding.

    Args:
        name: of the encoding.
        least_customers: customers that a segment must have.
        nulls: what is known of permuted columns, by k; where no gain is more than chance, shares of it mean nothing.
    """
    gain = 0.0 if name == SINGLE else STRATEGIES[name].least_gain
    share = _MIN_GAIN_SHARE_OF_ONE if name == SINGLE else _MIN_GAIN_SHARE
    is_gained = max((one.silhouette_gain for one in nulls.values()), default=0.0) >= MIN_MARGIN
    return Guards(least_customers, gain, share if is_gained else 0.0, nulls)


def by_numbers(plain: Plain, columns: Collection[str]) -> tuple[Feature, ...]:
    """Return the features of an encoding by some numbers, and nothing beside them."""
    return tuple(_unless(feature.source_column not in columns, feature) for feature in plain.features)


def _balanced(plain: Plain, left_out: Collection[str]) -> tuple[Feature, ...]:
    """Return features that all columns have an equal say in (Pages 2004): numbers and flags of variance 1.

    The indicators of a category are divided by the root of their share, so that it has variance 1
    along any of its contrasts, and a rare value counts as much as it is surprising.
    """
    shares = plain.shares()
    commonest = set((-shares).argsort(kind="stable")[:_MOST_MARKS].tolist())
    varies = iter([bool(plain.numbers[:, number].any()) for number in range(plain.numbers.shape[1])])
    marks = iter(enumerate(float(share) for share in shares))

    def balanced(feature: Feature) -> Feature:
        if feature.is_number:
            return _unless(not next(varies), feature)
        mark, share = next(marks)
        if not (mark in commonest and _RAREST <= share < 1):
            return _unless(True, feature)
        return _category_like(feature, share) if feature.kind == Role.CATEGORY.value else _flag_like(feature, share)

    return tuple(_unless(feature.source_column in left_out, balanced(feature)) for feature in plain.features)


def _category_like(feature: Feature, share: float) -> Feature:
    return replace(feature, center=share, scale=share**0.5)


def _flag_like(feature: Feature, share: float) -> Feature:
    return replace(feature, center=share, scale=(share * (1 - share)) ** 0.5)


def _unless(is_out: bool, feature: Feature) -> Feature:
    """Return a feature, without any weight where it is left out."""
    return replace(feature, weight=0.0) if is_out else feature
