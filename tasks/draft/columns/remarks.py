"""What else is to be said of a feature: that it may be an outcome, or says what an earlier column says."""

from collections.abc import Sequence
from dataclasses import replace

from schemas.fields import Role
from tasks.draft.columns.facts import Facts, Kind
from tasks.draft.text.headers import word_list
from tasks.draft.text.wording import shown

#: Words for what became of a customer, and headers that are no more than such a word.
_OUTCOMES = frozenset({"churn", "churned", "exited", "attrition", "attrited", "outcome"})
_LONE_OUTCOMES = frozenset({"y", "target", "label", "segmentation", "response", "output"})

#: Rows a value from which columns that put the same rows together say the same, and share of values met once.
_ROWS_A_VALUE, _MET_ONCE = 2.0, 0.1

_FEATURES = (Role.NUMERIC, Role.CATEGORY, Role.FLAG)


def with_remarks(kinds: Sequence[Kind], columns: Sequence[Facts]) -> list[Kind]:
    """Return the kinds with what is to be said of columns that stay features, in the order of the columns."""
    first: dict[tuple[object, ...], Facts] = {}
    remarked = []
    for kind, facts in zip(kinds, columns, strict=True):
        is_feature = kind.role in _FEATURES
        remarks = [*_outcome(facts), *_copy(kind, facts, first)] if is_feature else []
        if is_feature and _comes_again(facts):
            first.setdefault(_what_it_says(kind, facts), facts)
        remarked.append(replace(kind, reasons=(*kind.reasons, *remarks)))
    return remarked


def _outcome(facts: Facts) -> list[str]:
    words = word_list(facts.header)
    if not (set(words) & _OUTCOMES or (len(words) == 1 and words[0] in _LONE_OUTCOMES)):
        return []
    return ["this may be an outcome, which segments should not be made of: ignored() leaves it out"]


def _copy(kind: Kind, facts: Facts, first: dict[tuple[object, ...], Facts]) -> list[str]:
    earlier = first.get(_what_it_says(kind, facts)) if _comes_again(facts) else None
    if earlier is None:
        return []
    name = f"column {earlier.place + 1}" if earlier.header is None else shown(earlier.header)
    return [f"says the same as {name}, which so counts twice: ignored() leaves it out"]


def _what_it_says(kind: Kind, facts: Facts) -> tuple[object, ...]:
    """Return the same for two columns that say the same: numbers do if they are equal, all others if one-to-one."""
    grouping = (facts.look.grouping, facts.look.n_different)
    if kind.role is not Role.NUMERIC or facts.numbers is None:
        return grouping
    return (*grouping, facts.numbers.lowest, facts.numbers.highest, facts.numbers.mean)


def _comes_again(facts: Facts) -> bool:
    """Return whether the values come again so often that two columns put the same rows together by no accident."""
    look = facts.look
    is_some = look.n_different > 1 and facts.rows_a_value >= _ROWS_A_VALUE
    return is_some and look.n_once <= _MET_ONCE * look.n_different
