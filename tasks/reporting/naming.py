"""Name segments by what sets them apart, by rule: the same figures give the same words."""

from collections.abc import Sequence
from dataclasses import dataclass

from schemas.fields import OTHER_VALUES
from tasks.reporting.number_text import decimals_of, number_text, percent_text

#: Standard deviations that a mean is away, or points of share, from which a difference is worth a word.
_WORTH_A_WORD = 0.25
_WORTH_A_WORD_SHARE = 0.10

_IN_A_NAME, _IN_A_DESCRIPTION = 2, 4


@dataclass(frozen=True)
class Trait:
    """One figure of a segment beside the same figure of all customers.

    Attributes:
        column: source column, for people.
        value: category or item of a 0/1 feature; None for numbers and flags.
        is_number: whether mean and overall are numbers, not shares.
        mean: mean or share in the segment.
        overall: mean or share of all customers.
        spread: standard deviation over all customers.
    """

    column: str
    value: str | None
    is_number: bool
    mean: float
    overall: float
    spread: float

    @property
    def strength(self) -> float:
        """How far the segment is from all customers, in standard deviations."""
        return abs(self.mean - self.overall) / self.spread if self.spread > 0 else 0.0

    @property
    def is_telling(self) -> bool:
        """Whether the difference is worth a word; absent values are not."""
        if self.is_number:
            return self.strength >= _WORTH_A_WORD
        return self.mean - self.overall >= _WORTH_A_WORD_SHARE

    @property
    def short(self) -> str:
        """The trait in a name: 'high age', 'Texas', 'steak'."""
        if self.is_number:
            return f"{'high' if self.mean > self.overall else 'low'} {self.column}"
        if self.value == OTHER_VALUES:
            return f"other {self.column}"
        # A value may hold a line break, a name stands on one line.
        return " ".join(self.value.split()) if self.value is not None else self.column

    @property
    def sentence(self) -> str:
        """The trait in a description, with both figures."""
        if self.is_number:
            decimals = decimals_of([self.mean, self.overall], digits=3)
            return f"{self.column} {number_text(self.mean, decimals)} (all {number_text(self.overall, decimals)})"
        return f"{self.short} {percent_text(self.mean)} (all {percent_text(self.overall)})"


def name_of(traits: Sequence[Trait]) -> str:
    """Return a segment's name: its strongest traits."""
    telling = _strongest(traits)[:_IN_A_NAME]
    return ", ".join(trait.short for trait in telling) or "average customers"


def description_of(traits: Sequence[Trait], *, share: float) -> str:
    """Return a segment's description: its size and its strongest traits with figures."""
    telling = _strongest(traits)[:_IN_A_DESCRIPTION]
    figures = ", ".join(trait.sentence for trait in telling) or "like all customers in every column"
    return f"{percent_text(share)} of the customers: {figures}."


def unique_names(names: Sequence[str]) -> list[str]:
    """Return the names with a number behind those that stand before already."""
    taken: set[str] = set()
    unique = []
    for name in names:
        candidate, number = name, 1
        while candidate.casefold() in taken:
            number += 1
            candidate = f"{name} ({number})"
        taken.add(candidate.casefold())
        unique.append(candidate)
    return unique


def _strongest(traits: Sequence[Trait]) -> list[Trait]:
    return sorted((trait for trait in traits if trait.is_telling), key=lambda trait: -trait.strength)
