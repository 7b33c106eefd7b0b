"""Say in a few conditions who is in each segment: a shallow decision tree on the columns as they were delivered.

The tree (Breiman and others 1984) is grown to predict the segment, not to form it: it is a description, and says how
well it describes. Its leaves are lists of conditions, and those of a segment are its rule.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from schemas.fields import Role
from schemas.rules import Condition, Question
from tasks.clustering.rows import Floats
from tasks.reporting.number_text import joined, number_text

if TYPE_CHECKING:
    from sklearn.tree import DecisionTreeClassifier


@dataclass(frozen=True)
class RuleSettings:
    """How large the tree may grow: as small as people read it.

    Attributes:
        leaves_per_segment: leaves at most, for each segment.
        min_gain: part of the impurity that a split must remove.
        min_share: part of a segment that conditions must hold to be named; less would lengthen the rule for few.
        max_digits: digits after the decimal point of a bound.
    """

    leaves_per_segment: float = 2.0
    min_gain: float = 0.002
    min_share: float = 0.05
    max_digits: int = 6


SETTINGS = RuleSettings()

#: Conditions that are met together; one of several is the rule of a segment.
Alternatives = list[list[Condition]]


@dataclass(frozen=True)
class _Branch:
    """A node of the tree, and what led there.

    Attributes:
        segment_id: the segment that most of its customers are in.
        bounds: question -> places of answers that are above, and at most.
        without: questions to which no answer leads there, too.
        n_own: customers of the segment.
    """

    segment_id: int
    bounds: dict[int, tuple[float, float]]
    without: frozenset[int]
    n_own: int


def rules_of(
    questions: Sequence[Question], answers: Floats, segment_ids: npt.NDArray[np.int64], random_state: int
) -> dict[int, Alternatives]:
    """Return the rule of each segment; a segment that is mostly nowhere in the tree has none.

    Args:
        questions: what may be asked of a customer.
        answers: shape (n_customers, n_questions); 1 for yes and 0 for no, NaN for a number that is not known.
        segment_ids: shape (n_customers,).
        random_state: decides between questions that separate equally well.
    """
    from sklearn.tree import DecisionTreeClassifier

    places, values = _placed(answers)
    tree = DecisionTreeClassifier(
        max_leaf_nodes=max(2, math.ceil(SETTINGS.leaves_per_segment * len(np.unique(segment_ids)))),
        min_impurity_decrease=SETTINGS.min_gain,
        random_state=random_state,
    ).fit(places if questions else np.zeros((len(segment_ids), 1)), segment_ids)
    rules: dict[int, Alternatives] = {}
    for leaf in sorted(_leaves(tree, len(questions)), key=lambda one: -one.n_own):
        if leaf.n_own >= SETTINGS.min_share * np.count_nonzero(segment_ids == leaf.segment_id):
            conditions = [
                _condition(question, values[place], leaf, place)
                for place, question in enumerate(questions)
                if place in leaf.bounds
            ]
            rules.setdefault(leaf.segment_id, []).append(_without_repetition(conditions))
    return rules


def rule_in_words(alternatives: Alternatives) -> str:
    """Return a rule for people: "age above 46 and purchase history has steak; or location is Texas"."""
    return "; or ".join(_in_words(conditions) for conditions in alternatives)


def round_bound(below: float, above: float) -> float:
    """Return the bound with the fewest digits that keeps two numbers apart: at least the one, less than the other."""
    for digits in range(-math.ceil(math.log10(max(abs(above), 1.0))), SETTINGS.max_digits + 1):
        middle = below / 2 + above / 2
        for bound in (round(middle, digits), math.floor(middle * 10.0**digits) / 10.0**digits):
            if below <= bound < above:
                return float(bound)
    return below


def _placed(answers: Floats) -> tuple[Floats, list[Floats]]:
    """Return the answers as places among the different ones of their question, and these; NaN stays, and is the last.

    The tree compares numbers of half the width, in which large ones are the same or infinite.
    """
    placed = np.empty(answers.shape)
    values = []
    for place, own in enumerate(answers.T):
        different, codes = np.unique(own, return_inverse=True)
        placed[:, place] = np.where(np.isnan(own), np.nan, codes)
        values.append(different)
    return placed, values


def _leaves(tree: "DecisionTreeClassifier", n_questions: int) -> list[_Branch]:
    """Return the leaves; two of one segment that only their last split tells apart are one."""
    return _leaves_below(tree, 0, _Branch(0, {}, frozenset(range(n_questions)), 0))


def _leaves_below(tree: "DecisionTreeClassifier", node: int, reached: _Branch) -> list[_Branch]:
    nodes = tree.tree_
    left, right, place = nodes.children_left[node], nodes.children_right[node], int(nodes.feature[node])
    shares = nodes.value[node, 0]
    n_own = round(float(shares.max()) * int(nodes.n_node_samples[node]))
    here = replace(reached, segment_id=int(tree.classes_[np.argmax(shares)]), n_own=n_own)
    if left == right:
        return [here]
    low, high = here.bounds.get(place, (-math.inf, math.inf))
    threshold, goes_left = float(nodes.threshold[node]), bool(nodes.missing_go_to_left[node])
    found = []
    for child, bounds, with_missing in (
        (left, (low, min(high, threshold)), goes_left),
        (right, (max(low, threshold), high), not goes_left),
    ):
        without = here.without if with_missing else here.without - {place}
        found += _leaves_below(tree, child, replace(here, bounds={**here.bounds, place: bounds}, without=without))
    return [here] if len({leaf.segment_id for leaf in found}) == 1 else found


def _condition(question: Question, values: Floats, leaf: _Branch, place: int) -> Condition:
    low, high = leaf.bounds[place]
    if not question.is_number:
        return Condition(question, low, high)
    is_missing = bool(np.isnan(values[-1]))
    known = values[:-1] if is_missing else values
    return Condition(question, _bound(known, low), _bound(known, high), is_missing and place in leaf.without)


def _bound(known: Floats, threshold: float) -> float:
    """Return the bound with few digits between the values on both sides of a threshold of the tree."""
    if math.isinf(threshold):
        return threshold
    below = math.floor(threshold)
    return round_bound(float(known[below]), float(known[below + 1])) if below + 1 < len(known) else threshold


def _without_repetition(conditions: list[Condition]) -> list[Condition]:
    """Return the conditions without those that a category met already says: not Texas, of one in Florida."""
    named = {one.question.column.name for one in conditions if one.is_yes and one.question.column.role is Role.CATEGORY}
    return [one for one in conditions if one.is_yes or one.question.column.name not in named]


def _in_words(conditions: list[Condition]) -> str:
    """Return conditions that are met together, those of a column beside each other."""
    by_column: dict[str, list[Condition]] = {}
    for one in conditions:
        by_column.setdefault(one.question.column.name, []).append(one)
    parts = [_words_of(name.replace("_", " "), of_column) for name, of_column in by_column.items()]
    return ", ".join(parts) or "every customer"


def _words_of(column: str, conditions: list[Condition]) -> str:
    first = conditions[0]
    if first.question.is_number:
        return f"{column} {_bounds(first)}{' or not known' if first.or_missing else ''}"
    if first.question.value is None:
        return f"{column} is {'yes' if first.is_yes else 'no'}"
    has, has_not = (
        [" ".join((one.question.value or "").split()) for one in conditions if one.is_yes is is_yes]
        for is_yes in (True, False)
    )
    is_list = first.question.column.role is Role.ITEMS
    parts = [f"{'with' if is_list else 'is'} {joined(has, 'and')}"] if has else []
    parts += [f"{'without' if is_list else 'is not'} {joined(has_not, 'or')}"] if has_not else []
    return f"{column} {' and '.join(parts)}"


def _bounds(condition: Condition) -> str:
    low, high = (number_text(bound) for bound in (condition.low, condition.high))
    if math.isinf(condition.low):
        return f"at most {high}"
    return f"above {low}" if math.isinf(condition.high) else f"above {low} and at most {high}"
