"""Name segments by their distinctive traits, by rule: the same figures give the same words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from schemas.fields import MISSING_CATEGORY, OTHER_VALUES
from schemas.yes_no import NO_WORDS, YES_WORDS
from tasks.reporting.number_text import decimals_of, number_text, percent_text


@dataclass(frozen=True)
class NamingLimits:
    """Which differences are named, and how many.

    Attributes:
        min_deviations: difference of a mean, in standard deviations.
        min_share: difference of a share; smaller ones are of no use to a reader.
        in_name: traits in a name, which must fit into a column.
        in_description: traits in a description, which is one line.
    """

    min_deviations: float = 0.25
    min_share: float = 0.10
    in_name: int = 2
    in_description: int = 4


LIMITS = NamingLimits()


@dataclass(frozen=True)
class Trait:
    """One figure of a segment and the same figure of all customers.

    Attributes:
        column: source column, for people.
        value: category or item of a binary feature; None for numbers and flags.
        is_number: whether mean and overall are numbers, not shares.
        is_item: whether the value is an item of a list, such as a product.
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
    is_item: bool = False

    @property
    def strength(self) -> float:
        """How far the segment is from all customers, in standard deviations."""
        return abs(self.mean - self.overall) / self.spread if self.spread > 0 else 0.0

    @property
    def is_distinctive(self) -> bool:
        """Whether the difference is worth naming; the absence of a value is not."""
        if self.is_number:
            return self.strength >= LIMITS.min_deviations
        return self.mean - self.overall >= LIMITS.min_share

    @property
    def short(self) -> str:
        """The trait in a name: 'high age', 'Texas', 'steak'."""
        if self.is_number:
            return f"{'high' if self.mean > self.overall else 'low'} {self.column}"
        if self.value == OTHER_VALUES:
            return f"other {self.column}"
        if self.value is None:
            return self.column
        # A value may hold a line break, a name may not.
        value = " ".join(self.value.split())
        return value if self._speaks else f"{self.column}: {value}"

    @property
    def _speaks(self) -> bool:
        """Whether its value says what it is without the column: not yes or no, a number, a letter or a code."""
        value = self.value or ""
        is_word = re.search(r"[^\W\d_]{2}|[^\W\d_a-zA-Z]", value)
        is_code = re.search(r"^\S*\d\S*$", value) and (value == value.upper() or not re.search(r"[^\W\d_]{3}", value))
        is_answer = value.casefold() in (*YES_WORDS, *NO_WORDS, MISSING_CATEGORY)
        return bool(is_word) and not is_answer and (self.is_item or not is_code)

    @property
    def sentence(self) -> str:
        """The trait in a description, with both figures."""
        if self.is_number:
            decimals = decimals_of([self.mean, self.overall], digits=3)
            return f"{self.column} {number_text(self.mean, decimals)} ({number_text(self.overall, decimals)} overall)"
        return f"{self.short} {percent_text(self.mean)} ({percent_text(self.overall)} overall)"


def name_of(traits: Sequence[Trait]) -> str:
    """Return a segment's name: its strongest traits."""
    distinctive = _strongest(traits)[: LIMITS.in_name]
    return ", ".join(trait.short for trait in distinctive) or "average customers"


def description_of(traits: Sequence[Trait], *, share: float) -> str:
    """Return a segment's description: its size and its strongest traits with figures."""
    distinctive = _strongest(traits)[: LIMITS.in_description]
    figures = ", ".join(trait.sentence for trait in distinctive) or "like all customers in every column"
    return f"{percent_text(share)} of the customers: {figures}."


def unique_names(names: Sequence[str]) -> list[str]:
    """Return the names with a number after repeated ones."""
    used: set[str] = set()
    unique = []
    for name in names:
        candidate, number = name, 1
        while candidate.casefold() in used:
            number += 1
            candidate = f"{name} ({number})"
        used.add(candidate.casefold())
        unique.append(candidate)
    return unique


def _strongest(traits: Sequence[Trait]) -> list[Trait]:
    return sorted((trait for trait in traits if trait.is_distinctive), key=lambda trait: -trait.strength)
