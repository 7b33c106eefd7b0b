"""Remarks on a feature: that it may be an outcome, or that it repeats an earlier column."""

from collections.abc import Sequence
from dataclasses import replace

from schemas.fields import Role
from tasks.draft.columns.facts import Facts, Kind
from tasks.draft.text.headers import word_list
from tasks.draft.text.wording import shown

#: Words for what became of a customer, and headers that are only such a word.
_OUTCOMES = frozenset({"churn", "churned", "exited", "attrition", "attrited", "outcome"})
_LONE_OUTCOMES = frozenset({"y", "target", "label", "response", "output"})

#: Rows per value from which columns that put the same rows together are redundant, and share of values met once.
_ROWS_PER_VALUE, _MET_ONCE = 2.0, 0.1


def with_remarks(kinds: Sequence[Kind], columns: Sequence[Facts]) -> list[Kind]:
    """Return the kinds with what is to be said of columns that stay features, in the order of the columns."""
    first: dict[tuple[object, ...], Facts] = {}
    remarked = []
    for kind, facts in zip(kinds, columns, strict=True):
        remarks = []
        if kind.role in (Role.NUMERIC, Role.CATEGORY, Role.FLAG):
            earlier = first.setdefault(_content(kind, facts), facts) if _comes_again(facts) else facts
            remarks = [*_outcome(facts), *_copy(facts, earlier)]
        remarked.append(replace(kind, reasons=(*kind.reasons, *remarks)))
    return remarked


def _content(kind: Kind, facts: Facts) -> tuple[object, ...]:
    """Return the same for two columns that are redundant: numbers are if they are equal, all others if one-to-one."""
    grouping = (facts.profile.grouping, facts.n_different)
    if kind.role is not Role.NUMERIC or facts.numbers is None:
        return grouping
    return (*grouping, facts.numbers.lowest, facts.numbers.highest, facts.numbers.mean)


def _comes_again(facts: Facts) -> bool:
    """Return whether the values come again so often that two columns put the same rows together by no accident."""
    is_some = facts.n_different > 1 and facts.rows_per_value >= _ROWS_PER_VALUE
    return is_some and facts.profile.n_once <= _MET_ONCE * facts.n_different


def _outcome(facts: Facts) -> list[str]:
    words = word_list(facts.header)
    if not (set(words) & _OUTCOMES or (len(words) == 1 and words[0] in _LONE_OUTCOMES)):
        return []
    return ["this may be an outcome, which segments should not be made of: ignored() leaves it out"]


def _copy(facts: Facts, earlier: Facts) -> list[str]:
    if earlier is facts:
        return []
    name = f"column {earlier.index + 1}" if earlier.header is None else shown(earlier.header)
    return [f"says the same as {name}, which so counts twice: ignored() leaves it out"]
