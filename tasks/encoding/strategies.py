"""The encodings: each sets the center, scale and weight of every feature, and whether components are used.

Arrays in, arrays out: no SQL, no files. docs/encodings.md gives the reasons, with the figures that decided.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace

from schemas.fields import Role
from tasks.clustering.eligibility import Guards, NullScore
from tasks.encoding.base_encoding import BaseEncoding
from tasks.encoding.features import Feature
from tasks.encoding.null_contrast import BOUNDS


@dataclass(frozen=True)
class StrategySettings:
    """What takes part in an encoding, and what a k needs in it.

    Attributes:
        min_share: share of the customers with a binary feature that takes part in components: rarer ones vary
            with no other column beyond chance.
        min_numbers: numbers from which components are tried where there is nothing else; of two there is no noise to
            leave out.
        max_binary: binary features that take part in components, the most frequent first.
        max_brackets: brackets of all numbers; the time of components is cubic in them.
        min_gain_share: share of the best silhouette gain that another k needs.
        min_gain_share_of_one: the same of one number, where two halves of anything have the best silhouette.
    """

    min_share: float = 0.01
    min_numbers: int = 3
    max_binary: int = 500
    max_brackets: int = 640
    min_gain_share: float = 0.5
    min_gain_share_of_one: float = 0.8


SETTINGS = StrategySettings()

STANDARD = "standard"

#: The encodings by one number and by several, which ``by_numbers`` makes.
SINGLE, NUMBERS = "single", "numbers"

MIXED = "mixed"


@dataclass(frozen=True)
class Strategy:
    """One way to encode.

    Attributes:
        features: of the customers, and the columns and features that are left out -> the features of this encoding;
            empty where it does not apply.
        has_components: whether customers are fitted along components rather than features.
        links_others: whether it links numbers with other columns, and leaves out components of numbers alone: the
            brackets of two numbers vary together in any round cloud, by the distance from its center.
        min_improvement: silhouette that a larger k needs above that of a smaller one.
    """

    features: Callable[[BaseEncoding, Collection[str]], tuple[Feature, ...]]
    has_components: bool = False
    links_others: bool = False
    min_improvement: float = 0.0


def _standard(base: BaseEncoding, left_out: Collection[str]) -> tuple[Feature, ...]:
    return tuple(_unless(is_left_out(feature, left_out), feature) for feature in base.features)


def _numbers(base: BaseEncoding, left_out: Collection[str]) -> tuple[Feature, ...]:
    kept = {feature.source_column for feature in base.number_features} - set(left_out)
    return by_numbers(base, kept) if len(kept) > 1 else ()  # one alone has nothing to vary with


def _mixed(base: BaseEncoding, left_out: Collection[str]) -> tuple[Feature, ...]:
    balanced = _balanced(base, left_out)
    return balanced if any(feature.weight > 0 for feature in balanced) else ()


def _brackets(base: BaseEncoding, left_out: Collection[str]) -> tuple[Feature, ...]:
    cut = tuple(
        _category_like(bracket, share)
        for own, shares in zip(base.brackets, base.bracket_shares(), strict=True)
        for bracket, share in zip(own, shares, strict=True)
        if bracket.source_column not in left_out
    )
    if not 0 < len(cut) <= SETTINGS.max_brackets:
        return ()
    return tuple(_unless(feature.is_number, feature) for feature in _balanced(base, left_out)) + cut


#: Name -> strategy. Along components a segment of customers between two planted segments adds up to .02 to the
#: silhouette, so a larger k needs more.
STRATEGIES: dict[str, Strategy] = {
    STANDARD: Strategy(_standard),
    NUMBERS: Strategy(_numbers),
    MIXED: Strategy(_mixed, has_components=True, min_improvement=0.02),
    "brackets": Strategy(_brackets, has_components=True, links_others=True, min_improvement=0.02),
}


def guards_of(name: str, min_customers: int, nulls: Mapping[int, NullScore]) -> Guards:
    """Return what a k needs to be eligible in an encoding.

    Args:
        name: of the encoding.
        min_customers: minimum customers of a segment.
        nulls: scores of the null model, by k; where no gain is more than chance, shares of it mean nothing.
    """
    gain = 0.0 if name == SINGLE else STRATEGIES[name].min_improvement
    share = SETTINGS.min_gain_share_of_one if name == SINGLE else SETTINGS.min_gain_share
    is_gained = _best_gain(nulls.values(), at_same_k=name == SINGLE) >= BOUNDS.min_margin
    return Guards(min_customers, gain, share if is_gained else 0.0, nulls)


def _best_gain(nulls: Collection[NullScore], *, at_same_k: bool) -> float:
    """Return the best silhouette less that of the null model, at the same k or at its own."""
    if at_same_k:
        return max((one.silhouette_gain for one in nulls), default=0.0)
    best = max((one.null_silhouette + one.silhouette_gain for one in nulls), default=0.0)
    return best - max((one.null_silhouette for one in nulls), default=0.0)


def is_left_out(feature: Feature, left_out: Collection[str]) -> bool:
    """Return whether a feature, or its whole column, is one of those that take no part."""
    return feature.source_column in left_out or feature.feature in left_out


def by_numbers(base: BaseEncoding, columns: Collection[str]) -> tuple[Feature, ...]:
    """Return the features of an encoding by some numbers alone."""
    return tuple(_unless(feature.source_column not in columns, feature) for feature in base.features)


def _balanced(base: BaseEncoding, left_out: Collection[str]) -> tuple[Feature, ...]:
    """Return features in which all columns have equal influence (Pages 2004): numbers and flags of variance 1.

    The binary features of a category are divided by the root of their share, so the category has variance 1
    along any of its contrasts.
    """
    shares = base.shares()
    most_frequent = set((-shares).argsort(kind="stable")[: SETTINGS.max_binary].tolist())
    varies = iter([bool(base.numbers[:, number].any()) for number in range(base.numbers.shape[1])])
    binary = iter(enumerate(float(share) for share in shares))

    def balanced(feature: Feature) -> Feature:
        if feature.is_number:
            return _unless(not next(varies), feature)
        index, share = next(binary)
        if not (index in most_frequent and SETTINGS.min_share <= share < 1):
            return _unless(True, feature)
        return _category_like(feature, share) if feature.kind == Role.CATEGORY.value else _flag_like(feature, share)

    return tuple(_unless(is_left_out(feature, left_out), balanced(feature)) for feature in base.features)


def _category_like(feature: Feature, share: float) -> Feature:
    return replace(feature, center=share, scale=share**0.5)


def _flag_like(feature: Feature, share: float) -> Feature:
    return replace(feature, center=share, scale=(share * (1 - share)) ** 0.5)


def _unless(is_out: bool, feature: Feature) -> Feature:
    """Return a feature, with weight 0 where it is left out."""
    return replace(feature, weight=0.0) if is_out else feature
