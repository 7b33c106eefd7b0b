"""Name segments by their distinctive traits, by rule: the same figures give the same words."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from schemas.fields import MISSING_CATEGORY, NO_ITEMS, OTHER_VALUES
from schemas.yes_no import NO_WORDS, YES_WORDS
from tasks.reporting.number_text import capitalized, decimals_of, joined, number_text, percent_text


@dataclass(frozen=True)
class NamingLimits:
    """Which differences are named, and how many.

    Attributes:
        min_deviations: difference of a mean, in standard deviations.
        min_share: difference of a share; smaller ones are of no use to a reader.
        min_lack: the same of a value that they have half as often as all customers, or less often.
        kept: share of these limits from which an earlier name still holds.
        beside: strength of a trait, as a share of the strongest one's, from which it stands in a name beside it.
        in_name: traits in a name, which must fit into a column.
        in_description: traits in a description, which is one line.
        beside_features: traits of other columns after them.
        tried: strongest traits of which an earlier name may be made.
        letters: letters of a value in a name.
        none: share up to which nobody has a value.
    """

    min_deviations: float = 0.25
    min_share: float = 0.10
    min_lack: float = 0.03
    kept: float = 0.6
    beside: float = 0.5
    in_name: int = 3
    in_description: int = 4
    beside_features: int = 1
    tried: int = 16
    letters: int = 40
    none: float = 0.005


LIMITS = NamingLimits()

#: Words of a column that holds what customers bought, and of one that says where they are.
_BOUGHT = frozenset({"purchase", "purchases", "purchased", "bought", "basket", "cart", "product", "products", "orders"})
_PLACES = frozenset({"location", "city", "state", "country", "region", "county", "province", "town", "place"})


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
        is_certain: whether the difference is more than chance.
        is_feature: whether the segments were formed by it; what they are compared by beside stands in no name.
        unit: of a number, for people.
    """

    column: str
    value: str | None
    is_number: bool
    mean: float
    overall: float
    spread: float
    is_item: bool = False
    is_certain: bool = True
    is_feature: bool = True
    unit: str | None = None

    @property
    def strength(self) -> float:
        """How far the segment is from all customers, in standard deviations."""
        return abs(self.mean - self.overall) / self.spread if self.spread > 0 else 0.0

    @property
    def is_lack(self) -> bool:
        """Whether the segment has less of a value than all customers."""
        return not self.is_number and self.mean < self.overall

    def is_distinctive(self, share_of_limits: float = 1.0) -> bool:
        """Whether the difference is worth naming."""
        if not self.is_certain:
            return False
        if self.is_number:
            return self.strength >= share_of_limits * LIMITS.min_deviations
        is_rare = self.mean <= self.overall / 2
        return abs(self.mean - self.overall) >= share_of_limits * (LIMITS.min_lack if is_rare else LIMITS.min_share)

    @property
    def is_bought(self) -> bool:
        """Whether it is a product that customers buy."""
        return self.is_item and bool(_BOUGHT.intersection(self._words)) and self.value != OTHER_VALUES

    @property
    def is_value(self) -> bool:
        """Whether its first word is of the file, which stays as it is written there."""
        return not self.is_number and self.short == self._value

    @property
    def is_place(self) -> bool:
        """Whether it is where customers are."""
        return self._is_category and self._speaks and bool(_PLACES.intersection(self._words))

    @property
    def is_age(self) -> bool:
        """Whether it is the age of the customers."""
        return self.is_number and self._words[-1] == "age"

    @property
    def short(self) -> str:
        """The trait alone: 'older', 'high income', 'Texas', 'plan: 2', 'steak'."""
        if self.is_age:
            return "older" if self.mean > self.overall else "younger"
        if self.is_number:
            return f"{'high' if self.mean > self.overall else 'low'} {self.column}"
        if not self.is_lack:
            return self._what
        few = "no" if self.mean <= LIMITS.none else "few in" if self.is_place else "few with"
        return f"{few} {self._what}"

    @property
    def rarely_bought(self) -> str:
        """What is said of a product that they lack."""
        return f"buy no {self._value}" if self.mean <= LIMITS.none else f"rarely buy {self._value}"

    @property
    def clause(self) -> str:
        """The trait with its figure, as a sentence of the customers: "93% buy diapers"."""
        if self.is_number:
            unit = f" {self.unit}" if self.unit else ""
            return f"average {self.column} of {number_text(self.mean, self._decimals)}{unit}"
        share = f"{'only ' if self.is_lack else ''}{percent_text(self.mean)}" if self.mean else "none"
        if self.value is None or self.value == OTHER_VALUES:
            return f"{share} have {self._what}"
        if self.is_bought:
            return f"{share} buy {self._value}"
        if self.is_place:
            return f"{share} are in {self._value}"
        return f"{share} have {f'{self._value} in {self.column}' if self.is_item else f'{self.column} {self._value}'}"

    @property
    def figure_of_all(self) -> str:
        """The same figure of all customers."""
        return number_text(self.overall, self._decimals) if self.is_number else percent_text(self.overall)

    @property
    def _decimals(self) -> int:
        return decimals_of([self.mean, self.overall], digits=3)

    @property
    def _words(self) -> list[str]:
        return self.column.lower().split() or [""]

    @property
    def _is_category(self) -> bool:
        return not self.is_number and not self.is_item and self.value is not None

    @property
    def _what(self) -> str:
        """What customers have: the value, with the column where that says nothing alone."""
        if self.value is None:
            return self.column
        if self.value == OTHER_VALUES:
            return f"other {self.column}"
        return self._value if self._speaks else f"{self.column}: {self._value}"

    @property
    def _value(self) -> str:
        """The value on one line, without what cannot be printed, cut where it is long."""
        words = " ".join((self.value or "").split())
        value = "".join(character for character in words if character.isprintable())
        return value if len(value) <= LIMITS.letters else f"{value[: LIMITS.letters - 1]}…"

    @property
    def _speaks(self) -> bool:
        """Whether its value says what it is without the column: not yes or no, a number, a letter or a code."""
        value = self.value or ""
        is_word = re.search(r"[^\W\d_]{2}|[^\W\d_a-zA-Z]", value)
        is_code = re.search(r"^\S*\d\S*$", value) and (value == value.upper() or not re.search(r"[^\W\d_]{3}", value))
        is_answer = value.casefold() in (*YES_WORDS, *NO_WORDS, MISSING_CATEGORY, NO_ITEMS, OTHER_VALUES)
        return bool(is_word) and not is_answer and (self.is_item or not is_code)


@dataclass(frozen=True)
class Names:
    """The names that segments have already.

    Attributes:
        given: segment -> name that a person gave it.
        earlier: segment -> name of the previous run.
    """

    given: Mapping[int, str] = field(default_factory=dict)
    earlier: Mapping[int, str] = field(default_factory=dict)

    def of(self, traits_of: Mapping[int, Sequence[Trait]]) -> list[str]:
        """Return the name of each segment: given, the earlier one where it still holds, or by its traits.

        No two are the same.

        Args:
            traits_of: segment -> its traits, of all segments.
        """
        used = {self.given[segment].casefold() for segment in traits_of if segment in self.given}
        names = []
        for segment, traits in traits_of.items():
            name = self.given.get(segment) or _first_unused(self._possible(segment, traits, len(traits_of)), used)
            names.append(name)
            used.add(name.casefold())
        return names

    def _possible(self, segment: int, traits: Sequence[Trait], n_segments: int) -> list[str]:
        if n_segments == 1:
            return ["All customers"]
        earlier = self.earlier.get(segment)
        return [*([earlier] if earlier and _holds(earlier, traits) else []), *_names(traits)]


def description_of(traits: Sequence[Trait], *, share: float) -> str:
    """Return a segment's description: its size and its strongest traits with figures."""
    own, beside = ([one for one in traits if one.is_feature is is_feature] for is_feature in (True, False))
    told = _in_order(own)[: LIMITS.in_description] + _in_order(beside)[: LIMITS.beside_features]
    clauses = [
        f"{one.clause} ({one.figure_of_all}{'' if number else ' of all customers'})" for number, one in enumerate(told)
    ]
    figures = joined(clauses, "and") if clauses else "no column sets them apart from all customers"
    return f"{percent_text(share)} of the customers: {figures}."


def name_of(traits: Sequence[Trait]) -> str:
    """Return a name of some traits, the strongest first, such as "Older customers in Texas who buy steak"."""
    bought = [one for one in traits if one.is_bought]
    lacks = [one.short for one in traits if one.is_lack and not one.is_bought]
    places = [one.short for one in traits if one.is_place and not one.is_lack]
    others = [one for one in traits if not one.is_bought and not one.is_place and not one.is_lack]
    if not bought and not places:
        listed = ", ".join([*(one.short for one in others), *lacks])
        return listed if others and others[0].is_value else capitalized(listed)
    having = [one.short for one in others if not one.is_age]
    words = [
        *(one.short for one in others if one.is_age),
        "customers",
        f"in {joined(places, 'or')}" if places else "",
        f"with {joined(having, 'and')}" if having else "",
        _buying(bought),
    ]
    return capitalized(", ".join([" ".join(filter(None, words)), *lacks]))


def _names(traits: Sequence[Trait]) -> list[str]:
    """Return names for a segment, the best first: of a few traits, then of more, then of what it lacks."""
    own = [one for one in traits if one.is_feature]
    apart, lacking = _varied(own, lacks=False), _varied(own, lacks=True)
    if not apart:
        return [*(name_of([trait]) for trait in lacking), "All other customers"]
    beside = [one for one in apart if one.strength >= LIMITS.beside * apart[0].strength]
    first = _one_per_column(beside)[: LIMITS.in_name]
    if len(first) == 1:
        first = beside[:2]
    if not any(one.is_bought or one.is_place for one in first):
        first = first[:2]
    others = [one for one in [*apart, *lacking] if one not in first]
    return [name_of(first), *(name_of([*first, one]) for one in others)]


def _varied(traits: Iterable[Trait], *, lacks: bool) -> list[Trait]:
    """Return the distinctive traits: the strongest of each column first, then the others, by their strength."""
    found = sorted(
        (one for one in traits if one.is_distinctive() and one.is_lack == lacks), key=lambda one: -one.strength
    )
    first = _one_per_column(found)
    return first + [one for one in found if one not in first]


def _in_order(traits: Sequence[Trait]) -> list[Trait]:
    return _varied(traits, lacks=False) + _varied(traits, lacks=True)


def _one_per_column(traits: Sequence[Trait]) -> list[Trait]:
    """Return the first trait of each column, in their order."""
    first: dict[str, Trait] = {}
    for trait in traits:
        first.setdefault(trait.column, trait)
    return list(first.values())


def _holds(name: str, traits: Sequence[Trait]) -> bool:
    """Return whether an earlier name is of traits that are distinctive still, in whatever order."""
    words = _words_of(name)
    own = [one for one in traits if one.is_feature and one.is_distinctive(LIMITS.kept)]
    certain = sorted(own, key=lambda one: -one.strength)
    for count in range(1, LIMITS.in_name + 2):
        if any(_words_of(name_of(some)) == words for some in combinations(certain[: LIMITS.tried], count)):
            return True
    return False


def _first_unused(names: Sequence[str], used: set[str]) -> str:
    """Return the first name that is not used; the best one with a number where all are."""
    numbered = (f"{names[0]} ({number})" for number in range(2, len(used) + 3))
    return next(name for name in [*names, *numbered] if name.casefold() not in used)


def _buying(bought: Sequence[Trait]) -> str:
    """Return what customers buy and do not buy, as a relative clause; empty where that is not known."""
    has = [one.short for one in bought if not one.is_lack]
    parts = [f"buy {joined(has, 'and')}"] if has else []
    parts += [one.rarely_bought for one in bought if one.is_lack]
    return f"who {joined(parts, 'and')}" if parts else ""


def _words_of(name: str) -> list[str]:
    return sorted(re.findall(r"\w+", name.casefold()))
