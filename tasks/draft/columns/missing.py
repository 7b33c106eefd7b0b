"""What a column does with its missing values, and the words that say how many there are."""

from collections.abc import Mapping

from schemas.fields import MissingRule
from tasks.draft.columns.facts import Arguments
from tasks.draft.text.wording import several, shown

_COUNTED_AS: dict[MissingRule, str] = {
    "median": "the median",
    "most_frequent": "the commonest value",
    "category": "a category of their own",
}

#: Sentinels that a comment names.
_NAMED = 4


def missing_arguments(rule: MissingRule, n_empty: int, sentinels: Mapping[str, int]) -> tuple[Arguments, list[str]]:
    """Return the arguments of a column with missing values, and the reason in words; nothing where none is missing.

    Args:
        rule: what becomes of a missing value.
        n_empty: cells that are empty.
        sentinels: texts that stand for a missing value -> cells that hold them.
    """
    found = [f"{n_empty:,} empty"] if n_empty else []
    found += [f"{n:,} {shown(text)}" for text, n in list(sentinels.items())[:_NAMED]]
    if not found:
        return {}, []
    arguments: Arguments = {"sentinels": tuple(sentinels)} if sentinels else {}
    return {**arguments, "missing": rule}, [f"missing: {several(found)}, counted as {_COUNTED_AS[rule]}"]
